/**
 * A transport that answers from a list, typed by the methods, and records what was sent: the way to test a backend that
 * calls OK.ru without any HTTP.
 *
 * @example
 * ```ts
 * import { FakeTransport } from "@effect-okru/core/testing"
 * import * as Friends from "@effect-okru/methods/Friends"
 * import * as Effect from "effect/Effect"
 *
 * const test = Effect.gen(function*() {
 *   const friends = yield* Friends.get()
 *   const sent = yield* FakeTransport.requests
 *   return { friends, sent } // ["1", "2"] and [{ method: "friends.get", parameters: {}, session: "user" }]
 * }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(Friends.get, ["1", "2"]))))
 * ```
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as OkClient from "../OkClient.js"
import * as OkConfig from "../OkConfig.js"
import type { OkTransportError } from "../OkError.js"
import type * as OkMethod from "../OkMethod.js"
import * as OkSession from "../OkSession.js"
import * as OkTransport from "../OkTransport.js"
import * as Signature from "../Signature.js"

/**
 * A request that was sent, without what is the same in all of them, the signature and the token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Recorded {
  readonly method: string
  /** As texts, the way they are sent. */
  readonly parameters: { readonly [name: string]: string }
  /** Whose session signed it; `"none"` where nothing was signed. */
  readonly session: "user" | "application" | "none"
}

/**
 * What a test can ask the fake.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** What was sent so far, in order. */
  readonly requests: Effect.Effect<ReadonlyArray<Recorded>>
}

/**
 * The fake as a test sees it, beside the transport that a client sees.
 *
 * @since 0.1.0
 * @category tags
 */
export class FakeTransport extends Context.Tag("@effect-okru/core/testing/FakeTransport")<FakeTransport, Service>() {}

/**
 * What was sent so far, in order.
 *
 * @since 0.1.0
 * @category accessors
 */
export const requests: Effect.Effect<ReadonlyArray<Recorded>, never, FakeTransport> = Effect.flatMap(
  FakeTransport,
  (fake) => fake.requests
)

/**
 * The answer to the calls of one method. `index` counts that method's calls from 0.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  readonly method: string
  readonly respond: (
    request: OkTransport.Request,
    index: number
  ) => Effect.Effect<OkTransport.Response, OkTransportError>
}

const json = (body: unknown, invocationError?: number): OkTransport.Response => ({
  status: 200,
  body: JSON.stringify(body),
  invocationError: invocationError?.toString()
})

const encode = <M extends OkMethod.Any>(method: M, value: unknown): Effect.Effect<OkTransport.Response> =>
  // A value that the method's own schema cannot encode is a mistake in the test, not an outcome.
  Effect.map(Effect.orDie(Schema.encodeUnknown(method.success)(value)), (body) => json(body))

/**
 * Answers a method with values: the first call with the first one, and so on. The last one answers every further call.
 *
 * @since 0.1.0
 * @category answers
 */
export const answer = <M extends OkMethod.Callable>(
  method: M,
  ...values: readonly [OkMethod.AnswerOf<M>, ...Array<OkMethod.AnswerOf<M>>]
): Answer => ({
  method: method.name,
  respond: (_, index) => encode(method, values[Math.min(index, values.length - 1)])
})

/**
 * Answers a method with a function of the values it was called with.
 *
 * @since 0.1.0
 * @category answers
 */
export const answerWith = <M extends OkMethod.Callable>(
  method: M,
  f: (params: OkMethod.ParamsOf<M>, index: number) => OkMethod.AnswerOf<M>
): Answer => ({
  method: method.name,
  respond: (request, index) =>
    // What a method's parameters decode to is what it is called with: `OkMethod.make` ties the two.
    Schema.decodeUnknown(Schema.Struct(method.params) as unknown as Schema.Schema<OkMethod.ParamsOf<M>, unknown>)(
      request.parameters
    ).pipe(
      Effect.orDie,
      Effect.flatMap((params) => encode(method, f(params, index)))
    )
})

/**
 * Answers a method with an error of the API.
 *
 * @since 0.1.0
 * @category answers
 */
export const fail = (
  method: OkMethod.Any,
  error: {
    readonly code: number
    /** `error_msg`, `NAME : text`. */
    readonly message?: string | undefined
    readonly data?: unknown
  }
): Answer => ({
  method: method.name,
  respond: () =>
    Effect.succeed(
      json({ error_code: error.code, error_msg: error.message ?? "", error_data: error.data ?? null }, error.code)
    )
})

/**
 * Answers a method with whatever an effect gives: a body that is no JSON, a broken connection, a slow answer. Takes a
 * name, too, for methods that have no value.
 *
 * @since 0.1.0
 * @category answers
 */
export const respond = (
  method: OkMethod.Any | string,
  f: Answer["respond"]
): Answer => ({ method: typeof method === "string" ? method : method.name, respond: f })

/**
 * One answer after the other, of one method: the first call gets the first answer, and so on. The last one answers every
 * further call.
 *
 * @example
 * ```ts
 * import { FakeTransport } from "@effect-okru/core/testing"
 * import * as Friends from "@effect-okru/methods/Friends"
 *
 * const throttledOnce = FakeTransport.inOrder(
 *   FakeTransport.fail(Friends.get, { code: 8 }),
 *   FakeTransport.answer(Friends.get, ["1"])
 * )
 * ```
 *
 * @since 0.1.0
 * @category answers
 */
export const inOrder = (first: Answer, ...rest: ReadonlyArray<Answer>): Answer => {
  const other = rest.find(({ method }) => method !== first.method)
  return {
    method: first.method,
    respond: (request, index) => {
      const last = Math.min(index, rest.length)
      return other === undefined
        ? ([first, ...rest][last] ?? first).respond(request, index - last)
        : Effect.dieMessage(
          `FakeTransport.inOrder: its answers are of one method, and these are of ${first.method} and ${other.method}. ` +
            `Give the layer one inOrder for each method.`
        )
    }
  }
}

const own = ["application_key", "format", "method"]

const recorded = (request: OkTransport.Request): Recorded => ({
  method: request.method,
  parameters: Object.fromEntries(Object.entries(request.parameters).filter(([name]) => !own.includes(name))),
  session: request.accessToken !== undefined ? "user" : request.sig !== undefined ? "application" : "none"
})

const make = (
  answers: ReadonlyArray<Answer>
): Effect.Effect<Context.Context<FakeTransport | OkTransport.OkTransport>> =>
  Effect.map(Ref.make<ReadonlyArray<Recorded>>([]), (sent) => {
    const send = (request: OkTransport.Request) =>
      Effect.gen(function*() {
        const before = yield* Ref.getAndUpdate(sent, (requests) => [...requests, recorded(request)])
        const answer = answers.find((answer) => answer.method === request.method)
        if (answer === undefined) {
          return yield* Effect.dieMessage(
            `FakeTransport: ${request.method} was called and has no answer. Answered are: ` +
              `${answers.map((answer) => answer.method).join(", ") || "none"}. ` +
              `Add one to the layer: FakeTransport.answer with the method itself, or ` +
              `FakeTransport.respond("${request.method}", …).`
          )
        }
        const index = before.filter(({ method }) => method === request.method).length
        return yield* answer.respond({ ...request, parameters: recorded(request).parameters }, index)
      })
    return Context.make(FakeTransport, { requests: Ref.get(sent) }).pipe(Context.add(OkTransport.OkTransport, { send }))
  })

/**
 * The transport alone, to be put under a client. A call of a method that has no answer is a defect that says so.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (...answers: ReadonlyArray<Answer>): Layer.Layer<FakeTransport | OkTransport.OkTransport> =>
  Layer.effectContext(make(answers))

/**
 * A whole client on the fake: an application, the standard signer and a user's session, all with test credentials. Every
 * program runs on it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClient = (
  ...answers: ReadonlyArray<Answer>
): Layer.Layer<
  | FakeTransport
  | OkClient.OkClient
  | OkConfig.OkConfig
  | OkSession.OkSession
  | OkSession.OkAppSession
  | OkSession.OkAnySession
> =>
  Layer.mergeAll(
    OkClient.layer().pipe(Layer.provide(Signature.layer), Layer.provideMerge(layer(...answers))),
    // The configuration below has the secret that this session asks for.
    Layer.orDie(OkSession.layerServer({ accessToken: Redacted.make("test-access-token") }))
  ).pipe(
    Layer.provideMerge(
      OkConfig.layer({
        applicationId: "1",
        applicationKey: "TEST-APPLICATION-KEY",
        applicationSecretKey: Redacted.make("test-application-secret-key")
      })
    )
  )
