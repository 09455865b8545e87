/**
 * What calls mean. {@link OkClient} encodes, signs, sends and reads them; an interpreter says what comes of that:
 * {@link typed} decodes the answer and fails with an error of the API, {@link passError} gives the body as it came.
 *
 * @since 0.1.0
 */
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import { constFalse, constVoid, identity } from "effect/Function"
import type { Kind, TypeLambda } from "effect/HKT"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as Tracer from "effect/Tracer"
import * as Digest from "./Digest.js"
import * as Form from "./internal/form.js"
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
  type OkSigningError,
  type OkTransportError
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
  /** What the transport sends with in fewer steps, if it can. */
  readonly dispatch: OkTransport.Service["dispatch"]
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
      const form = write(method.name, sent, {
        application_key: applicationKey,
        format: "json",
        ...(address === "fb.do" && { method: method.name })
      })
      if (Either.isLeft(form)) {
        return Effect.fail(form.left)
      }
      const { canonical, parameters, text } = form.right
      const accessToken = hasUser ? credentials.accessToken : undefined
      const build = (sig: string | undefined): OkTransport.Request => {
        const signed = sig === undefined ? text : Form.append(text, "sig", sig)
        return {
          method: method.name,
          kind: method.kind,
          verb,
          url: address === "fb.do" ? `${apiUrl}/fb.do` : `${apiUrl}/api/${method.name.replaceAll(".", "/")}`,
          parameters,
          canonical: credentials === undefined ? "" : canonical,
          sig,
          accessToken,
          form: Redacted.make(
            accessToken === undefined ? signed : Form.append(signed, "access_token", Redacted.value(accessToken))
          )
        }
      }
      return credentials === undefined
        ? Effect.succeed(build(undefined))
        : Settled.flatMap(signer.sign(canonical, credentials), (sig) => Effect.succeed(build(sig)))
    }

    const counters = new Map<string, Metric.Metric.Counter<number>>()
    return {
      applicationKey,
      calls: (method) => {
        const counter = counters.get(method) ?? Metric.tagged(OkMetric.calls, "method", method)
        counters.set(method, counter)
        return counter
      },
      request,
      send: (request) => Effect.flatMap(transport.send(request), (response) => OkResponse.read(request, response)),
      dispatch: transport.dispatch
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
    interpretWith(call, ({ body, error }, span): Either.Either<Json, OkRequestError> => {
      if (error !== undefined) {
        annotateCode(error, span)
      }
      return Either.right(body)
    })
}

const interpretWith = <A, R, B, E extends OkError>(
  call: OkCall.OkCall<A, R>,
  meaning: (answer: OkResponse.Answer, span: Tracer.Span) => Either.Either<B, E>
): Effect.Effect<B, E | OkRequestError, OkClient | R> =>
  Effect.withFiberRuntime<B, E | OkRequestError, OkClient | R>((fiber, { runtimeFlags }) => {
    const { name } = call.method
    // What an effect requires is in the context of its fiber.
    const outer = fiber.currentContext as Context.Context<OkClient | R>
    const client = Context.get(outer, OkClient)
    const session = sessionIn(outer, call.method)
    const timeout = Context.get(outer, OkPolicy.Timeout)
    const retry = Context.get(outer, OkPolicy.Retry)
    const limit = Context.get(outer, OkPolicy.RateLimit)
    const permits = Context.get(outer, OkPolicy.Concurrency)
    const breaker = Context.get(outer, OkPolicy.CircuitBreaker)
    const waits = limit !== "off" || permits !== "off"
    const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
    const start = clock.unsafeCurrentTimeMillis()
    client.calls(name).unsafeUpdate(1, noLabels)

    return spanned(fiber, name, clock, (span, restore, end) => {
      const runtime = () =>
        Runtime.make({
          context: Context.add(outer, Tracer.ParentSpan, span),
          // Its failure is that of the call, and not one that nobody handles.
          fiberRefs: FiberRefs.updateAs(fiber.getFiberRefs(), {
            fiberId: fiber.id(),
            fiberRef: FiberRef.unhandledErrorLogLevel,
            value: Option.none()
          }),
          runtimeFlags
        })
      const heard = (answer: OkResponse.Answer): Effect.Effect<B, E> =>
        limit === "off" || answer.error === undefined
          ? meaning(answer, span)
          : Effect.zipRight(
            limit.heard(Effect.orElseSucceed(rateLimitKey(session, client), () => client.applicationKey), answer.error),
            meaning(answer, span)
          )
      // What comes after a first request.
      const rest = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | OkTransportError, R> => {
        const inside = within(span, effect)
        return timeout === "off" ? inside : timeout.rest(name, start, inside)
      }
      const inTime = <A, E>(
        attempt: (send: Send, isLate: () => boolean) => Effect.Effect<A, E>,
        isWhole: boolean
      ): Effect.Effect<A, E | OkTransportError> =>
        timeout === "off"
          ? within(span, Effect.suspend(() => attempt(client.send, constFalse)))
          : timeout.attempt({
            method: name,
            runtime: runtime(),
            clock,
            isWhole,
            attempt: (time) => attempt((request) => timed(client.send(request), time), time.isOver)
          })
      // An attempt, whatever it takes.
      const attempt = (isWhole: boolean) =>
        inTime(
          (send, isLate) => exchange(call, client, session, span, guarded(breaker, name, send, isLate), heard),
          isWhole
        )
      // The call from its first attempt on, whatever comes of it.
      const concluded = (first: Effect.Effect<B, E | OkRequestError, R>): Effect.Effect<B, E | OkRequestError, R> => {
        const repeated = retry === "off" ? first : Effect.matchEffect(first, {
          onSuccess: (value) => {
            retry.earn()
            return Effect.succeed(value)
          },
          onFailure: (error) => (waits ? identity : rest)(retry.repeat(call.method, error, () => attempt(false)))
        })
        const limited = limit === "off"
          ? repeated
          : Effect.flatMap(rateLimitKey(session, client), (key) => limit.limit(key, repeated))
        const permitted = permits === "off" ? limited : permits.withPermits(1)(limited)
        return Effect.matchCauseEffect(restore(waits ? rest(permitted) : permitted), {
          onSuccess: (value) => end(Exit.succeed(value)),
          onFailure: (cause) =>
            Effect.zipRight(
              Either.match(Cause.failureOrCause(cause), {
                onLeft: (error) => within(span, failed(name, error, span)),
                onRight: () => Effect.void
              }),
              Effect.suspend(() => end(Exit.failCause(cause)))
            )
        })
      }

      // What most calls are takes few steps, and keeps little alive while it waits: a request that is ready at once, and an
      // answer that is the result.
      const { dispatch } = client
      if (dispatch === undefined || waits || breaker !== "off" || !isSettled(session)) {
        return concluded(Effect.suspend(() => attempt(!waits)))
      }
      const credentials = session?.current.value
      annotateSession(span, credentials)
      try {
        const request = client.request(call, credentials)
        if (!Settled.isSettled(request)) {
          return concluded(Effect.suspend(() => attempt(true)))
        }
        let giveUp: Effect.Effect<void> = Effect.void
        let stop = constVoid
        const sent = registered<OkTransport.Response, OkTransportError>((resume) => {
          giveUp = dispatch(request.value, runtime, resume)
          if (timeout !== "off") {
            stop = timeout.first(name, clock, (error) => resume(Effect.fail(error)))
          }
        })
        return Effect.matchCauseEffect(restore(sent), {
          onSuccess: (response) => {
            stop()
            try {
              const read = OkResponse.read(request.value, response)
              if (Either.isLeft(read)) {
                return concluded(Effect.fail(read.left))
              }
              if (session !== undefined && isExpired(read.right)) {
                const once = (credentials: OkSession.Credentials) =>
                  Effect.flatMap(client.request(call, credentials), (request) => inTime((send) => send(request), false))
                return concluded(rest(renewed(session, session.current.value, once, heard, read.right)))
              }
              const result = meaning(read.right, span)
              if (Either.isLeft(result)) {
                return concluded(result)
              }
              if (retry !== "off") {
                retry.earn()
              }
              return end(Exit.succeed(result.right))
            } catch (defect) {
              return concluded(Effect.die(defect))
            }
          },
          onFailure: (cause) => {
            stop()
            return Effect.zipRight(giveUp, concluded(Effect.failCause(cause)))
          }
        })
      } catch (defect) {
        return concluded(Effect.die(defect))
      }
    })
  })

// A span around what can be interrupted: `Effect.useSpan`, but what is around it can be one step with what is inside.
const spanned = <A, E, R>(
  fiber: Fiber.RuntimeFiber<unknown, unknown>,
  method: string,
  clock: Clock.Clock,
  use: (
    span: Tracer.Span,
    restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>,
    end: (exit: Exit.Exit<A, E>) => Exit.Exit<A, E>
  ) => Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> => {
  const isTimed = fiber.getFiberRef(FiberRef.currentTracerTimingEnabled)
  // Neither parameters nor answers: both are personal data.
  const attributes = { "okru.method": method }
  return Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(
      Effect.makeSpan(`ok ${method}`, { kind: "client", captureStackTrace: false, attributes }),
      (span) =>
        use(span, restore, (exit) => {
          span.end(isTimed ? clock.unsafeCurrentTimeNanos() : 0n, exit)
          return exit
        })
    )
  )
}

// `Effect.async`, but lets go of what it has called. V8 takes functions that are assigned to a property for such as live long, as
// Effect's own is that calls this: all that it refers to would be kept from the quick part of a garbage collection.
const registered = <A, E>(register: (resume: (effect: Effect.Effect<A, E>) => void) => void): Effect.Effect<A, E> => {
  let first: typeof register | undefined = register
  return Effect.async((resume) => {
    const register = first
    first = undefined
    register?.(resume)
  })
}

const noLabels: ReadonlyArray<never> = []

const within = <A, E, R>(span: Tracer.Span, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.mapInputContext(effect, (context: Context.Context<R>) => Context.add(context, Tracer.ParentSpan, span))

type Send = (request: OkTransport.Request) => Effect.Effect<OkResponse.Answer, OkRequestError>

// The time of an attempt is that of its request.
const timed = <A, E>(sent: Effect.Effect<A, E>, time: OkPolicy.AttemptTime): Effect.Effect<A, E> => {
  time.start()
  return Effect.map(sent, (answer) => {
    time.stop()
    return answer
  })
}

const guarded = (
  breaker: OkPolicy.CircuitBreakerPolicy | OkPolicy.Off,
  method: string,
  send: Send,
  isLate: () => boolean
): Send =>
  breaker === "off" ? send : (request) =>
    breaker.guard({
      method,
      attempt: Effect.suspend(() => send(request)),
      errorOf: ({ error }) => error,
      isLate
    })

const failed = (method: string, error: OkError, span: Tracer.Span): Effect.Effect<void> => {
  if ("code" in error) {
    annotateCode(error, span)
  }
  return Effect.zipRight(
    Metric.increment(Metric.tagged(Metric.tagged(OkMetric.failures, "method", method), "error", error._tag)),
    Effect.logDebug("ok call failed").pipe(Effect.annotateLogs({ method, error: error._tag }))
  )
}

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
    const session = sessionIn(context, call.method)
    return session === undefined
      ? client.request(call, undefined)
      : Effect.flatMap(session.current, (credentials) => client.request(call, credentials))
  })

// A request and its answer.
const exchange = <A, R, B, E>(
  call: OkCall.OkCall<A, R>,
  client: Service,
  session: OkSession.Service | undefined,
  span: Tracer.Span,
  send: Send,
  meaning: (answer: OkResponse.Answer) => Effect.Effect<B, E>
): Effect.Effect<B, E | OkRequestError> => {
  const once = (credentials: OkSession.Credentials | undefined) =>
    Settled.flatMap(client.request(call, credentials), send)
  if (session === undefined) {
    annotateSession(span, undefined)
    return Effect.flatMap(once(undefined), meaning)
  }
  return Settled.flatMap(session.current, (credentials) => {
    annotateSession(span, credentials)
    return Effect.flatMap(
      once(credentials),
      (answer): Effect.Effect<B, E | OkRequestError> =>
        isExpired(answer) ? renewed(session, credentials, once, meaning, answer) : meaning(answer)
    )
  })
}

// Another one, with a session that was renewed.
const renewed = <B, E>(
  session: OkSession.Service,
  expired: OkSession.Credentials,
  once: (credentials: OkSession.Credentials) => Effect.Effect<OkResponse.Answer, OkRequestError>,
  meaning: (answer: OkResponse.Answer) => Effect.Effect<B, E>,
  answer: OkResponse.Answer
): Effect.Effect<B, E | OkRequestError> =>
  Effect.flatMap(session.renew(expired), (isRenewed) =>
    isRenewed
      ? Effect.zipRight(
        Metric.increment(OkMetric.renewals),
        Effect.flatMap(Effect.flatMap(session.current, once), meaning)
      )
      : meaning(answer))

const isExpired = ({ error }: OkResponse.Answer): boolean => error?._tag === "OkSessionExpired"

const isSettled = (
  session: OkSession.Service | undefined
): session is (OkSession.Service & { readonly current: Exit.Success<OkSession.Credentials, never> }) | undefined =>
  session === undefined || Settled.isSettled(session.current)

const annotateSession = (span: Tracer.Span, credentials: OkSession.Credentials | undefined): void =>
  span.attribute("okru.session", credentials === undefined ? "none" : credentials._tag.toLowerCase())

const annotateCode = ({ code }: { readonly code: number }, span: Tracer.Span): void =>
  span.attribute("okru.error_code", code)

// A limit is of the application and of each of its users. The key can leave the process, so it does not hold the token.
const rateLimitKey = (
  session: OkSession.Service | undefined,
  { applicationKey }: Service
): Effect.Effect<string, OkSessionError> =>
  session === undefined
    ? Effect.succeed(applicationKey)
    : Effect.flatMap(Digest.Digest, (digest) =>
      Effect.map(session.current, (credentials) =>
        credentials._tag === "Application"
          ? applicationKey
          : `${applicationKey}:${digest.md5(Redacted.value(credentials.accessToken))}`))

const sessionIn = (context: Context.Context<never>, method: OkMethod.Any): OkSession.Service | undefined => {
  if (!method.signed) {
    return undefined
  }
  // What a call requires is the service that its method's `session` names: `OkMethod.SessionService` is this as a type.
  switch (method.session) {
    case "required":
      return Context.unsafeGet(context, OkSession.OkSession)
    case "optional":
      return Context.unsafeGet(context, OkSession.OkAnySession)
    case "prohibited":
      return Context.unsafeGet(context, OkSession.OkAppSession)
  }
}

const write = (
  method: string,
  sent: { readonly [name: string]: string },
  own: { readonly [name: string]: string }
): Either.Either<Form.Form, OkParameterError> => {
  try {
    return Either.right(Form.make(sent, own))
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
