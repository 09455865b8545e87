import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { constFalse, constVoid } from "effect/Function"
import * as Metric from "effect/Metric"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Tracer from "effect/Tracer"
import type * as OkCall from "../OkCall.js"
import type * as OkClient from "../OkClient.js"
import type { OkError, OkRequestError, OkTransportError } from "../OkError.js"
import type * as OkMethod from "../OkMethod.js"
import * as OkMetric from "../OkMetric.js"
import * as OkResponse from "../OkResponse.js"
import * as OkSession from "../OkSession.js"
import type * as OkTransport from "../OkTransport.js"
import * as Policy from "./policies.js"
import { registered } from "./registered.js"
import * as Settled from "./settled.js"
import * as Span from "./span.js"

/** What an interpreter makes of an answer. */
export type Meaning<B, E> = (
  call: OkCall.Any,
  answer: OkResponse.Answer,
  span: Tracer.Span | undefined
) => Either.Either<B, E>

// A call under way, in one object: what each of them keeps alive while it waits adds up.
interface Running<B, E, R> {
  readonly call: OkCall.OkCall<unknown, R>
  readonly meaning: Meaning<B, E>
  readonly client: OkClient.Service
  readonly session: OkSession.Service | undefined
  readonly context: Context.Context<R>
  readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
  readonly runtimeFlags: RuntimeFlags.RuntimeFlags
  readonly clock: Clock.Clock
  /** In nanoseconds of the clock. */
  readonly start: bigint
  readonly timeout: Policy.TimeoutPolicy | Policy.Off
  readonly retry: Policy.RetryPolicy | Policy.Off
  readonly limit: Policy.RateLimitPolicy | Policy.Off
  readonly permits: Effect.Semaphore | Policy.Off
  readonly breaker: Policy.CircuitBreakerPolicy | Policy.Off
  readonly span: Tracer.Span | undefined
  /** What is not restored cannot be interrupted: the span ends. */
  readonly restore: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

/**
 * Makes a call, with its span and its policies. `Effect.useSpan`, `Effect.onExit`, `Effect.tapError` and the interrupt of
 * `Effect.async` one inside of the other would be four times the steps.
 */
export const run = <B, E extends OkError, R>(
  call: OkCall.OkCall<unknown, R>,
  meaning: Meaning<B, E>,
  client: OkClient.Service,
  context: Context.Context<R>,
  fiber: Fiber.RuntimeFiber<unknown, unknown>,
  runtimeFlags: RuntimeFlags.RuntimeFlags
): Effect.Effect<B, E | OkRequestError, R> => {
  const { name } = call.method
  const clock = Context.get(fiber.currentDefaultServices, Clock.Clock)
  client.calls(name).unsafeUpdate(1, fiber.getFiberRef(FiberRef.currentMetricLabels))
  return Effect.uninterruptibleMask((restore) =>
    begun({
      call,
      meaning,
      client,
      session: sessionIn(context, call.method),
      context,
      fiber,
      runtimeFlags,
      clock,
      start: clock.unsafeCurrentTimeNanos(),
      timeout: Context.get(context, Policy.Timeout),
      retry: Context.get(context, Policy.Retry),
      limit: Context.get(context, Policy.RateLimit),
      permits: Context.get(context, Policy.Concurrency),
      breaker: Context.get(context, Policy.CircuitBreaker),
      span: Span.make(fiber, clock, name),
      restore
    })
  )
}

const begun = <B, E extends OkError, R>(running: Running<B, E, R>): Effect.Effect<B, E | OkRequestError, R> => {
  const { dispatch } = running.client
  try {
    const ready = dispatch === undefined ? undefined : readyRequest(running)
    return dispatch === undefined || ready === undefined
      ? concluded(running, Effect.suspend(() => attempt(running, !waits(running))))
      : shortcut(running, dispatch, ready)
  } catch (defect) {
    return concluded(running, Effect.die(defect))
  }
}

type Policies = Pick<Running<unknown, unknown, unknown>, "breaker" | "limit" | "permits">

const waits = ({ limit, permits }: Policies): boolean => limit !== "off" || permits !== "off"

interface Ready {
  readonly request: OkTransport.Request
  readonly credentials: OkSession.Credentials | undefined
}

// The request of a call that has nothing to wait for before it is sent, and what it is signed with.
const readyRequest = (
  running: Policies & Pick<Running<unknown, unknown, unknown>, "call" | "client" | "session" | "span">
): Ready | undefined => {
  const { breaker, call, client, session, span } = running
  const current = session?.current
  if (waits(running) || breaker !== "off" || (current !== undefined && !Settled.isSettled(current))) {
    return undefined
  }
  const credentials = current?.value
  const request = client.request(call, credentials)
  if (!Settled.isSettled(request)) {
    return undefined
  }
  annotateSession(span, credentials)
  return { request: request.value, credentials }
}

// What most calls are: a request, and an answer that is the result.
const shortcut = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  dispatch: NonNullable<OkClient.Service["dispatch"]>,
  { credentials, request }: Ready
): Effect.Effect<B, E | OkRequestError, R> => {
  const { call, clock, restore, timeout } = running
  let giveUp: Effect.Effect<void> = Effect.void
  let stop = constVoid
  const sent = registered<OkTransport.Response, OkTransportError>((resume) => {
    giveUp = dispatch(request, () => runtime(running), resume)
    if (timeout !== "off") {
      stop = timeout.first(call.method.name, clock, resume)
    }
  })
  return Effect.matchCauseEffect(restore(sent), {
    onSuccess: (response) => {
      stop()
      try {
        return answered(running, OkResponse.read(request, response), credentials)
      } catch (defect) {
        return concluded(running, Effect.die(defect))
      }
    },
    onFailure: (cause) => {
      stop()
      return Effect.zipRight(giveUp, concluded(running, Effect.failCause(cause)))
    }
  })
}

const answered = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  read: Either.Either<OkResponse.Answer, OkTransportError>,
  credentials: OkSession.Credentials | undefined
): Effect.Effect<B, E | OkRequestError, R> => {
  const { call, client, meaning, retry, session, span } = running
  if (Either.isLeft(read)) {
    return concluded(running, Effect.fail(read.left))
  }
  const answer = read.right
  if (session !== undefined && credentials !== undefined && isExpired(answer)) {
    const once = (credentials: OkSession.Credentials) =>
      Effect.flatMap(
        client.request(call, credentials),
        (request) => inTime(running, (send) => send(request), false)
      )
    const again = renewed(session, credentials, once, (answer) => meaning(call, answer, span), answer)
    return concluded(running, rest(running, again))
  }
  const result = meaning(call, answer, span)
  if (Either.isLeft(result)) {
    return concluded(running, result)
  }
  if (retry !== "off") {
    retry.earn()
  }
  return ended(running, Exit.succeed(result.right))
}

const ended = <A, E>(
  { clock, fiber, span }: Pick<Running<unknown, unknown, unknown>, "clock" | "fiber" | "span">,
  exit: Exit.Exit<A, E>
): Exit.Exit<A, E> => {
  if (span !== undefined) {
    Span.end(span, fiber, clock, exit)
  }
  return exit
}

// A call from its first attempt on, whatever comes of it.
const concluded = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  first: Effect.Effect<B, E | OkRequestError, R>
): Effect.Effect<B, E | OkRequestError, R> => {
  const { call, limit, permits, restore, retry, span } = running
  const isWaiting = waits(running)
  const repeated = retry === "off" ? first : Effect.matchEffect(first, {
    onSuccess: (value) => {
      retry.earn()
      return Effect.succeed(value)
    },
    onFailure: (error) => {
      const again = retry.repeat(call.method, error, () => attempt(running, false))
      // What is not repeated has come to its end, in time or not.
      return isWaiting || Exit.isExit(again) ? again : rest(running, again)
    }
  })
  const limited = limit === "off" ? repeated : limit.limit(callerOf(running), repeated)
  const permitted = permits === "off" ? limited : permits.withPermits(1)(limited)
  return Effect.matchCauseEffect(restore(isWaiting ? rest(running, permitted) : permitted), {
    onSuccess: (value) => ended(running, Exit.succeed(value)),
    onFailure: (cause) =>
      Effect.zipRight(
        Either.match(Cause.failureOrCause(cause), {
          onLeft: (error) => within(span, failed(call.method.name, error, span)),
          onRight: () => Effect.void
        }),
        Effect.suspend(() => ended(running, Exit.failCause(cause)))
      )
  })
}

// An attempt, whatever it takes.
const attempt = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  isWhole: boolean
): Effect.Effect<B, E | OkRequestError> =>
  inTime(running, (send, isLate) => {
    const { breaker, call } = running
    const guarded: Send = breaker === "off"
      ? send
      : (request) => breaker.guard(call.method.name, Effect.suspend(() => send(request)), isLate)
    return exchange(running, guarded)
  }, isWhole)

type Send = (request: OkTransport.Request) => Effect.Effect<OkResponse.Answer, OkRequestError>

const inTime = <A, E, R>(
  running: Running<unknown, unknown, R>,
  attempt: (send: Send, isLate: () => boolean) => Effect.Effect<A, E>,
  isWhole: boolean
): Effect.Effect<A, E | OkTransportError> => {
  const { call, client, clock, span, timeout } = running
  return timeout === "off"
    ? within(span, Effect.suspend(() => attempt(client.send, constFalse)))
    : timeout.attempt({
      method: call.method.name,
      runtime: runtime(running),
      clock,
      isWhole,
      attempt: (time) => attempt((request) => timed(client.send(request), time), time.isOver)
    })
}

// The time of an attempt is that of its request.
const timed = <A, E>(sent: Effect.Effect<A, E>, time: Policy.AttemptTime): Effect.Effect<A, E> => {
  time.start()
  return Effect.map(sent, (answer) => {
    time.stop()
    return answer
  })
}

const runtime = <R>(
  { context, fiber, runtimeFlags, span }: Running<unknown, unknown, R>
): Runtime.Runtime<R> =>
  Runtime.make({
    context: inside(context, span),
    fiberRefs: fiber.getFiberRefs(),
    // What runs with it can be given up, also for a caller that cannot be interrupted.
    runtimeFlags: RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption)
  })

// What comes after a first request.
const rest = <A, E, R>(
  { call, span, start, timeout }: Pick<
    Running<unknown, unknown, unknown>,
    "call" | "span" | "start" | "timeout"
  >,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | OkTransportError, R> => {
  const spanned = within(span, effect)
  return timeout === "off" ? spanned : timeout.rest(call.method.name, start, spanned)
}

const within = <A, E, R>(span: Tracer.Span | undefined, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  span === undefined
    ? effect
    : Effect.mapInputContext(effect, (context: Context.Context<R>) => inside(context, span))

const inside = <R>(context: Context.Context<R>, span: Tracer.Span | undefined): Context.Context<R> =>
  span === undefined ? context : Context.add(context, Tracer.ParentSpan, span)

// A request and its answer.
const exchange = <B, E, R>(running: Running<B, E, R>, send: Send): Effect.Effect<B, E | OkRequestError> => {
  const { call, client, session, span } = running
  const once = (credentials: OkSession.Credentials | undefined) =>
    Settled.flatMap(client.request(call, credentials), send)
  const heard = (answer: OkResponse.Answer) => meant(running, answer)
  if (session === undefined) {
    annotateSession(span, undefined)
    return Effect.flatMap(once(undefined), heard)
  }
  return Settled.flatMap(session.current, (credentials) => {
    annotateSession(span, credentials)
    return Effect.flatMap(
      once(credentials),
      (answer): Effect.Effect<B, E | OkRequestError> =>
        isExpired(answer) ? renewed(session, credentials, once, heard, answer) : heard(answer)
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

// What an answer means, when the rate limit has heard of it.
const meant = <B, E, R>(running: Running<B, E, R>, answer: OkResponse.Answer): Effect.Effect<B, E> => {
  const { call, limit, meaning, span } = running
  return limit === "off" || answer.error === undefined
    ? meaning(call, answer, span)
    : Effect.zipRight(limit.heard(callerOf(running), answer.error), meaning(call, answer, span))
}

const callerOf = (
  { client: { applicationKey }, session }: Pick<Running<unknown, unknown, unknown>, "client" | "session">
): Policy.Caller => ({ applicationKey, session })

const failed = (method: string, error: OkError, span: Tracer.Span | undefined): Effect.Effect<void> => {
  if ("code" in error) {
    annotateCode(error, span)
  }
  return Effect.zipRight(
    Metric.increment(Metric.tagged(Metric.tagged(OkMetric.failures, "method", method), "error", error._tag)),
    Effect.logDebug("ok call failed").pipe(Effect.annotateLogs({ method, error: error._tag }))
  )
}

/** Notes the code of an error in a call's span. */
export const annotateCode = ({ code }: { readonly code: number }, span: Tracer.Span | undefined): void =>
  span?.attribute("okru.error_code", code)

const annotateSession = (span: Tracer.Span | undefined, credentials: OkSession.Credentials | undefined): void =>
  span?.attribute("okru.session", credentials === undefined ? "none" : credentials._tag.toLowerCase())

/** The session that a method is signed with, of those that a context has. */
export const sessionIn = (
  context: Context.Context<never>,
  method: OkMethod.Any
): OkSession.Service | undefined => {
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
