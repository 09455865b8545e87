/**
 * What calls mean. {@link OkClient} encodes, signs, sends and reads them; an interpreter says what comes of that:
 * {@link typed} decodes the answer and fails with an error of the API, {@link passError} gives the body as it came.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Kind, TypeLambda } from "effect/HKT"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Form from "./internal/form.js"
import { inFiber } from "./internal/inFiber.js"
import * as Run from "./internal/run.js"
import * as Settled from "./internal/settled.js"
import { methodTypeId } from "./internal/typeId.js"
import type { Json } from "./Json.js"
import type * as OkCall from "./OkCall.js"
import * as OkConfig from "./OkConfig.js"
import {
  type OkError,
  OkParameterError,
  type OkRequestError,
  type OkSessionError,
  OkSigningError,
  type OkTransportError
} from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"
import * as OkMetric from "./OkMetric.js"
import type * as OkProjection from "./OkProjection.js"
import * as OkResponse from "./OkResponse.js"
import type * as OkSession from "./OkSession.js"
import * as OkTransport from "./OkTransport.js"
import * as Signature from "./Signature.js"

/**
 * What an interpreter works with: requests that are encoded and signed, and answers that are read. It has no policies:
 * those are around it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly applicationKey: string
  /** The counter of the calls of a method. */
  readonly calls: (method: string) => Metric.Metric.Counter<number>
  /** Encodes and signs a call. A method that must not be signed has no credentials. */
  readonly request: (
    call: OkCall.Any,
    credentials: OkSession.Credentials | undefined
  ) => Effect.Effect<OkTransport.Request, OkParameterError | OkSigningError>
  /** Sends a request once and reads the answer. */
  readonly send: (request: OkTransport.Request) => Effect.Effect<OkResponse.Answer, OkTransportError>
  /** The same as a function, see `OkTransport.Service`. */
  readonly dispatch: OkTransport.Dispatch
}

/**
 * The client, which every call needs.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkClient extends Context.Tag("@effect-okru/core/OkClient")<OkClient, Service>() {}

/**
 * How requests are addressed. OK.ru takes all of these forms.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** `POST` by default. A `GET` puts the token into a URL, where proxies log it. */
  readonly verb?: "POST" | "GET" | undefined
  /**
   * Where the name of the method goes. `"fb.do"`, the default, sends it as the parameter `method`; `"path"` puts it into
   * the address, `/api/users/getInfo`, where it is not signed.
   */
  readonly address?: "fb.do" | "path" | undefined
}

/**
 * The client over whatever signer and transport there are, as a value.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options = {}
): Effect.Effect<Service, never, OkConfig.OkConfig | Signature.OkSigner | OkTransport.OkTransport> =>
  Effect.gen(function*() {
    const { apiUrl, applicationKey } = yield* OkConfig.OkConfig
    const signer = yield* Signature.OkSigner
    const transport = yield* OkTransport.OkTransport
    const { address = "fb.do", verb = "POST" } = options

    const own = { application_key: applicationKey, format: "json" }
    const wires = perMethod((method) =>
      address === "fb.do"
        ? { url: `${apiUrl}/fb.do`, write: Form.writer({ ...own, method }) }
        : { url: `${apiUrl}/api/${method.replaceAll(".", "/")}`, write: Form.writer(own) }
    )

    const built = (
      { kind, name }: OkMethod.Any,
      url: string,
      { canonical, parameters, text }: Form.Form,
      sig: string | undefined,
      accessToken: Redacted.Redacted<string> | undefined
    ): OkTransport.Request => ({
      method: name,
      kind,
      verb,
      url,
      parameters,
      canonical: sig === undefined ? "" : canonical,
      sig,
      accessToken,
      form: formOf(text, sig, accessToken)
    })

    const request: Service["request"] = (call, credentials) => {
      const { method } = call
      const encoded = method.encode(call.params)
      if (Either.isLeft(encoded)) {
        return Effect.fail(encoded.left)
      }
      const sent = encoded.right
      const hasUser = credentials !== undefined && credentials._tag !== "Application"
      for (const rule of method.rules) {
        const issue = rule.broken(sent, hasUser)
        if (issue !== undefined) {
          return new OkParameterError({ method: method.name, issue })
        }
      }
      const { url, write } = wires(method.name)
      const form = written(method.name, sent, write)
      if (Either.isLeft(form)) {
        return Effect.fail(form.left)
      }
      const accessToken = hasUser ? credentials.accessToken : undefined
      if (accessToken !== undefined && !Form.isEncodable(Redacted.value(accessToken))) {
        return Effect.fail(new OkSigningError({ issue: "The session's token is not well-formed Unicode" }))
      }
      return credentials === undefined
        ? Effect.succeed(built(method, url, form.right, undefined, undefined))
        : Settled.flatMap(
          signer.sign(form.right.canonical, credentials),
          (sig) => Effect.succeed(built(method, url, form.right, sig, accessToken))
        )
    }

    return {
      applicationKey,
      calls: perMethod((method) => Metric.tagged(OkMetric.calls, "method", method)),
      request,
      send: (request) => Effect.flatMap(transport.send(request), (response) => OkResponse.read(request, response)),
      dispatch: transport.dispatch ??
        ((request, runtime, resume) => inFiber(transport.send(request), runtime(), resume))
    }
  })

// Apart from what makes the request, so that a request that waits keeps these three alive and no more.
const formOf =
  (text: string, sig: string | undefined, accessToken: Redacted.Redacted<string> | undefined): () => string => () => {
    const signed = sig === undefined ? text : Form.append(text, "sig", sig)
    return accessToken === undefined ? signed : Form.append(signed, "access_token", Redacted.value(accessToken))
  }

const perMethod = <A>(make: (method: string) => A): (method: string) => A => {
  const made = new Map<string, A>()
  return (method) => {
    let one = made.get(method)
    if (one === undefined) {
      one = make(method)
      made.set(method, one)
    }
    return one
  }
}

/**
 * The client over whatever signer and transport there are.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: Options
): Layer.Layer<OkClient, never, OkConfig.OkConfig | Signature.OkSigner | OkTransport.OkTransport> =>
  Layer.effect(OkClient, make(options))

/**
 * The client with the standard signer, on any `HttpClient`: what a program wants unless it replaces a part.
 *
 * @example
 * ```ts
 * import { OkClient, OkConfig } from "@effect-okru/core"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = OkClient.layerHttp().pipe(Layer.provideMerge(OkConfig.layerConfig()), Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp = (
  options: Options & OkTransport.HttpOptions = {}
): Layer.Layer<OkClient, never, OkConfig.OkConfig | HttpClient.HttpClient> =>
  Layer.provide(layer(options), [Signature.layer, OkTransport.layerHttp(options)])

/**
 * What calls mean: from a call to an effect, for every result `A` and session `R`. `F` is the effect's type as a function
 * of them.
 *
 * @since 0.1.0
 * @category interpreters
 */
export interface Interpreter<F extends TypeLambda> {
  readonly interpret: <A, R>(call: OkCall.OkCall<A, R>) => Kind<F, never, never, R, A>
}

/**
 * What {@link typed} makes of a call: an effect with its decoded result, or a typed failure.
 *
 * @since 0.1.0
 * @category interpreters
 */
export interface TypedTypeLambda extends TypeLambda {
  readonly type: Effect.Effect<this["Target"], OkError, OkClient | this["Out1"]>
}

/**
 * What {@link passError} makes of a call: an effect with the body as it came, which fails only where there is none.
 *
 * @since 0.1.0
 * @category interpreters
 */
export interface PassErrorTypeLambda extends TypeLambda {
  readonly type: Effect.Effect<Json, OkRequestError, OkClient | this["Out1"]>
}

/**
 * The meaning that a call has by itself: its decoded result, or a typed failure.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const typed: Interpreter<TypedTypeLambda> = {
  // A call's `A` is what its method decodes to: `OkMethod.make` ties the two.
  interpret: <A, R>(call: OkCall.OkCall<A, R>) => interpretWith(call, decoded as Run.Meaning<A, OkError>)
}

const decoded: Run.Meaning<unknown, OkError> = ({ method, params }, { body, error }) =>
  error === undefined ? method.decode(body, params) : Either.left(error)

/**
 * The body as it came, an error or not.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const passError: Interpreter<PassErrorTypeLambda> = {
  interpret: (call) => interpretWith(call, asItCame)
}

const asItCame: Run.Meaning<Json, OkRequestError> = (_, { body, error }, span) => {
  if (error !== undefined) {
    Run.annotateCode(error, span)
  }
  return Either.right(body)
}

const interpretWith = <A, R, B, E extends OkError>(
  call: OkCall.OkCall<A, R>,
  meaning: Run.Meaning<B, E>
): Effect.Effect<B, E | OkRequestError, OkClient | R> =>
  Effect.withFiberRuntime((fiber, { runtimeFlags }) => {
    // What an effect requires is in the context of its fiber.
    const context = fiber.currentContext as Context.Context<OkClient | R>
    return Run.run(call, meaning, Context.get(context, OkClient), context, fiber, runtimeFlags)
  })

/**
 * The request that a call would send, see `OkCall.request`.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const request = <A, R>(
  call: OkCall.OkCall<A, R>
): Effect.Effect<OkTransport.Request, OkParameterError | OkSigningError | OkSessionError, OkClient | R> =>
  Effect.contextWithEffect((context: Context.Context<OkClient | R>) => {
    const client = Context.get(context, OkClient)
    const session = Run.sessionIn(context, call.method)
    return session === undefined
      ? client.request(call, undefined)
      : Effect.flatMap(session.current, (credentials) => client.request(call, credentials))
  })

const written = (
  method: string,
  sent: { readonly [name: string]: string },
  write: ReturnType<typeof Form.writer>
): Either.Either<Form.Form, OkParameterError> => {
  try {
    return Either.right(write(sent))
  } catch {
    // What `encodeURIComponent` refuses is half of a surrogate pair.
    return Either.left(new OkParameterError({ method, issue: "a text is not well-formed Unicode" }))
  }
}

/**
 * Methods by name, as a namespace import of a group has them.
 *
 * @since 0.1.0
 * @category derived clients
 */
export interface Methods {
  readonly [name: string]: unknown
}

/**
 * A client with the shape of the API: `api.users.getInfo({ … })`.
 *
 * @since 0.1.0
 * @category derived clients
 */
export type Derived<Groups extends { readonly [group: string]: Methods }, F extends TypeLambda> = {
  readonly [G in keyof Groups]: {
    readonly [M in keyof Groups[G] as Groups[G][M] extends OkMethod.Any ? M : never]: DerivedMethod<Groups[G][M], F>
  }
}

/**
 * One method of a derived client. Its `fields` narrow the result as they do in a direct call.
 *
 * @since 0.1.0
 * @category derived clients
 */
export type DerivedMethod<M, F extends TypeLambda> = M extends {
  readonly projection: OkProjection.Projection<infer P, infer A, infer R, infer Where, infer Always>
} ? DerivedProjecting<P, A, R, Where, Always, F>
  : M extends (...params: infer P) => OkCall.OkCall<infer A, infer R> ? (...params: P) => Kind<F, never, never, R, A>
  : never

/**
 * A method of a derived client whose result follows from `fields`: narrowed where they are known to the compiler, whole
 * otherwise.
 *
 * @since 0.1.0
 * @category derived clients
 */
export interface DerivedProjecting<
  Params,
  A,
  R,
  Where extends OkProjection.At,
  Always extends string,
  F extends TypeLambda
> {
  <const Fields extends OkProjection.FieldsOf<Params>>(
    params: OkProjection.WithFields<Params, Fields>
  ): Kind<F, never, never, R, OkProjection.Answer<A, Where, Always, Fields>>
  (...params: OkMethod.Arguments<Params>): Kind<F, never, never, R, A>
}

/**
 * Derives a client for some groups and one interpreter, for those who like the shape of other libraries. Direct calls
 * are the main road: only they leave out of a bundle what is not called.
 *
 * @example
 * ```ts
 * import { OkClient } from "@effect-okru/core"
 * import * as Friends from "@effect-okru/methods/Friends"
 * import * as Users from "@effect-okru/methods/Users"
 *
 * const api = OkClient.derive({ users: Users, friends: Friends }, OkClient.passError)
 * const body = api.users.getCurrentUser() // Effect<Json, OkRequestError, OkClient | OkSession>
 * ```
 *
 * @since 0.1.0
 * @category derived clients
 */
export const derive: {
  <const Groups extends { readonly [group: string]: Methods }>(groups: Groups): Derived<Groups, TypedTypeLambda>
  <const Groups extends { readonly [group: string]: Methods }, F extends TypeLambda>(
    groups: Groups,
    interpreter: Interpreter<F>
  ): Derived<Groups, F>
} = (
  groups: { readonly [group: string]: Methods },
  interpreter: { readonly interpret: (call: OkCall.Any) => unknown } = typed
) =>
  // The two mapped types above say what the two loops below do, which the compiler cannot follow.
  lazyRecord(groups, (methods) =>
    lazyRecord(Record.filter(methods, isMethod), (method) =>
    (...params: ReadonlyArray<unknown>) =>
      interpreter.interpret(method(...params)))) as never

const isMethod = (u: unknown): u is (...params: ReadonlyArray<unknown>) => OkCall.Any =>
  Predicate.isFunction(u) && Predicate.hasProperty(u, methodTypeId)

// A client for the whole API makes only what is used.
const lazyRecord = <A, B>(source: { readonly [key: string]: A }, f: (value: A) => B): { readonly [key: string]: B } => {
  const record: { [key: string]: B } = {}
  for (const [key, value] of Object.entries(source)) {
    Object.defineProperty(record, key, {
      enumerable: true,
      configurable: true,
      get: () => {
        const made = f(value)
        Object.defineProperty(record, key, { enumerable: true, value: made })
        return made
      }
    })
  }
  return record
}
