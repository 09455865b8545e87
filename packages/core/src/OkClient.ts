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
import * as Digest from "./Digest.js"
import { methodTypeId } from "./internal/typeId.js"
import type { Json } from "./Json.js"
import type * as OkCall from "./OkCall.js"
import * as OkConfig from "./OkConfig.js"
import {
  type OkError,
  OkParameterError,
  type OkRequestError,
  type OkSessionError,
  type OkSigningError
} from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"
import * as OkMetric from "./OkMetric.js"
import * as OkPolicy from "./OkPolicy.js"
import type * as OkProjection from "./OkProjection.js"
import * as OkResponse from "./OkResponse.js"
import * as OkSession from "./OkSession.js"
import * as OkTransport from "./OkTransport.js"
import * as Signature from "./Signature.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly applicationKey: string
  /** Encodes and signs a call. A method that must not be signed has no credentials. */
  readonly request: (
    call: OkCall.Any,
    credentials: OkSession.Credentials | undefined
  ) => Effect.Effect<OkTransport.Request, OkParameterError | OkSigningError>
  /** Sends a request once and reads the answer. */
  readonly send: (request: OkTransport.Request) => Effect.Effect<OkResponse.Answer, OkRequestError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class OkClient extends Context.Tag("@effect-okru/core/OkClient")<OkClient, Service>() {}

/**
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

    const request: Service["request"] = (call, credentials) =>
      Effect.gen(function*() {
        const { method } = call
        const sent = yield* method.encode(call.params)
        const hasUser = credentials !== undefined && credentials._tag !== "Application"
        for (const rule of method.rules) {
          const issue = rule.broken(sent, hasUser)
          if (issue !== undefined) {
            return yield* new OkParameterError({ method: method.name, issue })
          }
        }
        const parameters = sorted({
          ...sent,
          application_key: applicationKey,
          format: "json",
          ...(address === "fb.do" && { method: method.name })
        })
        const accessToken = hasUser ? credentials.accessToken : undefined
        const canonical = credentials === undefined ? "" : Signature.canonical(parameters)
        const sig = credentials === undefined ? undefined : yield* signer.sign(canonical, credentials)
        const form = yield* encodeForm(method.name, parameters, sig, accessToken)
        return {
          method: method.name,
          kind: method.kind,
          verb,
          url: address === "fb.do" ? `${apiUrl}/fb.do` : `${apiUrl}/api/${method.name.replaceAll(".", "/")}`,
          parameters,
          canonical,
          sig,
          accessToken,
          form
        }
      })

    return {
      applicationKey,
      request,
      send: (request) => Effect.flatMap(transport.send(request), (response) => OkResponse.read(request, response))
    }
  })

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
 * @since 0.1.0
 * @category interpreters
 */
export interface TypedTypeLambda extends TypeLambda {
  readonly type: Effect.Effect<this["Target"], OkError, OkClient | this["Out1"]>
}

/**
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
  interpret: <A, R>(call: OkCall.OkCall<A, R>) =>
    interpretWith(call, ({ body, error }): Either.Either<A, OkError> =>
      error === undefined
        // A call's `A` is what its method decodes to: `OkMethod.make` ties the two.
        ? call.method.decode(body, call.params) as Either.Either<A, OkError>
        : Either.left(error))
}

/**
 * The body as it came, an error or not.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const passError: Interpreter<PassErrorTypeLambda> = {
  interpret: (call) =>
    interpretWith(call, ({ body, error }) => Effect.as(error === undefined ? Effect.void : annotateCode(error), body))
}

const interpretWith = <A, R, B, E extends OkError>(
  call: OkCall.OkCall<A, R>,
  meaning: (answer: OkResponse.Answer) => Effect.Effect<B, E>
): Effect.Effect<B, E | OkRequestError, OkClient | R> =>
  Effect.zipRight(
    Metric.increment(Metric.tagged(OkMetric.calls, "method", call.method.name)),
    OkPolicy.around(call.method, rateLimitKey(call), Effect.flatMap(exchange(call), meaning))
  ).pipe(
    Effect.tapError((error) =>
      Effect.all([
        "code" in error ? annotateCode(error) : Effect.void,
        Metric.increment(
          Metric.tagged(Metric.tagged(OkMetric.failures, "method", call.method.name), "error", error._tag)
        ),
        Effect.logDebug("ok call failed").pipe(Effect.annotateLogs({ method: call.method.name, error: error._tag }))
      ])
    ),
    // Neither parameters nor answers: both are personal data.
    Effect.withSpan(`ok ${call.method.name}`, {
      kind: "client",
      captureStackTrace: false,
      attributes: { "okru.method": call.method.name }
    })
  )

/**
 * The request that a call would send, see `OkCall.request`.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const request = <A, R>(
  call: OkCall.OkCall<A, R>
): Effect.Effect<OkTransport.Request, OkParameterError | OkSigningError | OkSessionError, OkClient | R> =>
  Effect.flatMap(OkClient, (client) =>
    call.method.signed
      ? Effect.flatMap(sessionOf(call), (session) =>
        Effect.flatMap(session.current, (credentials) => client.request(call, credentials)))
      : client.request(call, undefined))

const exchange = <A, R>(call: OkCall.OkCall<A, R>): Effect.Effect<OkResponse.Answer, OkRequestError, OkClient | R> =>
  Effect.gen(function*() {
    const client = yield* OkClient
    const once = (credentials: OkSession.Credentials | undefined) =>
      Effect.flatMap(
        client.request(call, credentials),
        (request) => OkPolicy.attempt(call.method.name, client.send(request), ({ error }) => error)
      )
    if (!call.method.signed) {
      yield* Effect.annotateCurrentSpan("okru.session", "none")
      return yield* once(undefined)
    }
    const session = yield* sessionOf(call)
    const credentials = yield* session.current
    yield* Effect.annotateCurrentSpan("okru.session", credentials._tag.toLowerCase())
    const answer = yield* once(credentials)
    if (answer.error?._tag !== "OkSessionExpired" || !(yield* session.renew(credentials))) {
      return answer
    }
    yield* Metric.increment(OkMetric.renewals)
    return yield* Effect.flatMap(session.current, once)
  })

const annotateCode = ({ code }: { readonly code: number }): Effect.Effect<void> =>
  Effect.annotateCurrentSpan("okru.error_code", code)

// A limit is of the application and of each of its users. The key can leave the process, so it does not hold the token.
const rateLimitKey = <A, R>(call: OkCall.OkCall<A, R>): Effect.Effect<string, OkSessionError, OkClient | R> =>
  Effect.flatMap(Effect.all([OkClient, Digest.Digest]), ([client, digest]) =>
    call.method.signed
      ? Effect.flatMap(sessionOf(call), (session) =>
        Effect.map(session.current, (credentials) =>
          credentials._tag === "Application"
            ? client.applicationKey
            : `${client.applicationKey}:${digest.md5(Redacted.value(credentials.accessToken))}`))
      : Effect.succeed(client.applicationKey))

const sorted = (parameters: { readonly [name: string]: string }): { readonly [name: string]: string } =>
  Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => a < b ? -1 : 1))

const sessionTags = {
  required: OkSession.OkSession,
  optional: OkSession.OkAnySession,
  prohibited: OkSession.OkAppSession
}

// The call's `R` is the service that its method's `session` names: `OkMethod.SessionService` is this table as a type.
const sessionOf = <A, R>(call: OkCall.OkCall<A, R>): Effect.Effect<OkSession.Service, never, R> =>
  sessionTags[call.method.session] as unknown as Effect.Effect<OkSession.Service, never, R>

const encodeForm = (
  method: string,
  parameters: { readonly [name: string]: string },
  sig: string | undefined,
  accessToken: Redacted.Redacted<string> | undefined
): Either.Either<Redacted.Redacted<string>, OkParameterError> => {
  let form = ""
  const add = (name: string, value: string) => {
    form += `${form === "" ? "" : "&"}${encodeURIComponent(name)}=${encodeURIComponent(value)}`
  }
  return Either.try({
    try: () => {
      Object.entries(parameters).forEach(([name, value]) => add(name, value))
      if (sig !== undefined) {
        add("sig", sig)
      }
      if (accessToken !== undefined) {
        add("access_token", Redacted.value(accessToken))
      }
      return Redacted.make(form)
    },
    // What `encodeURIComponent` refuses is half of a surrogate pair.
    catch: () => new OkParameterError({ method, issue: "a text is not well-formed Unicode" })
  })
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
