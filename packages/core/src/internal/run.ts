import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { constVoid } from "effect/Function"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Tracer from "effect/Tracer"
import type * as OkCall from "../OkCall.js"
import type * as OkClient from "../OkClient.js"
import type { OkError, OkRequestError, OkSessionError, OkTransportError } from "../OkError.js"
import type * as OkMethod from "../OkMethod.js"
import * as OkMetric from "../OkMetric.js"
import * as OkResponse from "../OkResponse.js"
import * as OkSession from "../OkSession.js"
import type * as OkTransport from "../OkTransport.js"
import { fork } from "./inFiber.js"
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
  /** Made when something asks for it: see `spanOf`. */
  span: Tracer.Span | undefined
  hasSpan: boolean
  /** The kind of session that it was signed with, once it was. */
  signed: string | undefined
  /** How often it was sent. */
  sent: number
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
      session: apart(sessionIn(context, call.method), Context.get(context, Policy.Concurrency)),
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
      span: undefined,
      hasSpan: false,
      signed: undefined,
      sent: 0,
      restore
    })
  )
}

type Spanned = Pick<Running<unknown, unknown, unknown>, "call" | "fiber" | "hasSpan" | "span" | "start">

// With the time at which the call began. Most need it when the request is on its way already, and nobody has to wait for what takes
// as long as signing.
const spanOf = (running: Spanned): Tracer.Span | undefined => {
  if (!running.hasSpan) {
    running.hasSpan = true
    running.span = Span.make(running.fiber, running.start, running.call.method.name)
  }
  return running.span
}

// A call takes its place among the calls at a time, and waits for it only where none is free.
const begun = <B, E extends OkError, R>(running: Running<B, E, R>): Effect.Effect<B, E | OkRequestError, R> => {
  const { permits } = running
  return permits === "off" ? entered(running) : Effect.flatMap(
    permits.withPermitsIfAvailable(1)(Effect.suspend(() => entered(running))),
    Option.match({
      onNone: () =>
        concluded(
          running,
          whole(running, permits.withPermits(1)(Effect.suspend(() => inTurn(running, turn(running)))))
        ),
      onSome: Effect.succeed
    })
  )
}

type Session = OkSession.Credentials | undefined

// What a call waits for before its first request: its turn, and what its session has to say.
const turn = (
  running: Pick<Running<unknown, unknown, unknown>, "client" | "limit" | "session">
): Effect.Effect<Session, OkSessionError> => {
  const { limit, session } = running
  return limit === "off" ? currentOf(session) : Effect.flatMap(limit.enter(callerOf(running)), () => currentOf(session))
}

const none = Effect.succeed(undefined)

const currentOf = (session: OkSession.Service | undefined): Effect.Effect<Session, OkSessionError> =>
  session === undefined ? none : session.current

// A session can make calls for what it has to say. The call that asks it has its place by then: to wait for another would be to wait
// for itself.
const apart = (
  session: OkSession.Service | undefined,
  permits: Effect.Semaphore | Policy.Off
): OkSession.Service | undefined =>
  session === undefined || permits === "off" ? session : {
    user: session.user,
    get current() {
      const { current } = session
      return Settled.isSettled(current) ? current : withoutPlace(current)
    },
    renew: (stale) => withoutPlace(session.renew(stale))
  }

const withoutPlace = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(effect, Policy.Concurrency, "off")

// A call that has its place. Most have their turn and their session at once, or as soon as anybody looks.
const entered = <B, E extends OkError, R>(running: Running<B, E, R>): Effect.Effect<B, E | OkRequestError, R> => {
  try {
    const waiting = turn(running)
    if (Settled.isSettled(waiting)) {
      return ready(running, waiting.value)
    }
    if (running.timeout === "off") {
      return concluded(running, whole(running, inTurn(running, waiting)))
    }
    // In a fiber of its own, which can be given up. `Effect.timeout` takes two and a timer, also where nothing has to wait.
    const { fiber, inherit } = fork(waiting, runtime(running, spanOf(running)))
    const polled = fiber.unsafePoll()
    if (polled === null) {
      return Effect.ensuring(
        concluded(running, whole(running, inTurn(running, Effect.flatten(Fiber.join(fiber))))),
        Fiber.interrupt(fiber)
      )
    }
    const session = Exit.flatten(polled)
    return Effect.zipRight(
      // Not the span of the call, which the fiber has in its context.
      within(running, inherit),
      Exit.isSuccess(session)
        ? ready(running, session.value)
        : concluded(running, repeated(running, Exit.failCause(session.cause), true))
    )
  } catch (defect) {
    return concluded(running, Effect.die(defect))
  }
}

// A call that has nothing to wait for before it is sent.
const ready = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  credentials: Session
): Effect.Effect<B, E | OkRequestError, R> => {
  const { breaker, call, client } = running
  const request = client.request(call, credentials)
  if (!Settled.isSettled(request)) {
    return concluded(running, rest(running, repeated(running, exchange(running, credentials, false, request), false)))
  }
  if (breaker !== "off") {
    return concluded(running, repeated(running, within(running, exchange(running, credentials, true, request)), true))
  }
  running.signed = kindOf(credentials)
  return shortcut(running, request.value, credentials)
}

// What most calls are: a request, and an answer that is the result.
const shortcut = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  request: OkTransport.Request,
  credentials: OkSession.Credentials | undefined
): Effect.Effect<B, E | OkRequestError, R> => {
  const { call, client, clock, restore, timeout } = running
  let giveUp: Effect.Effect<void> = Effect.void
  let stop = constVoid
  const sent = registered<OkTransport.Response, OkTransportError>((resume) => {
    running.sent++
    giveUp = client.dispatch(request, () => runtime(running, spanOf(running)), resume)
    if (timeout !== "off") {
      stop = timeout.first(call.method.name, clock, resume)
    }
    spanOf(running)
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
      return Effect.flatMap(
        Effect.exit(giveUp),
        (ended) =>
          concluded(
            running,
            repeated(
              running,
              Effect.failCause(Exit.isSuccess(ended) ? cause : Cause.sequential(cause, ended.cause)),
              true
            )
          )
      )
    }
  })
}

const answered = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  read: Either.Either<OkResponse.Answer, OkTransportError>,
  credentials: OkSession.Credentials | undefined
): Effect.Effect<B, E | OkRequestError, R> => {
  if (Either.isLeft(read)) {
    return concluded(running, repeated(running, Effect.fail(read.left), true))
  }
  const answer = read.right
  const more = followUp(running, answer, credentials)
  if (more !== undefined) {
    return concluded(running, repeated(running, rest(running, more), true))
  }
  const result = meaningOf(running, answer)
  if (Either.isLeft(result)) {
    return concluded(running, repeated(running, result, true))
  }
  return ended(running, Exit.succeed(result.right))
}

// What goes well at once earns retries for what does not. To hand on what OK.ru refused is nothing that went well.
const meaningOf = <B, E>(
  running: Pick<Running<B, E, unknown>, "meaning" | "retry" | "sent"> & Spanned,
  answer: OkResponse.Answer
): Either.Either<B, E> => {
  const { call, meaning, retry, sent } = running
  const result = meaning(call, answer, spanOf(running))
  if (retry !== "off" && sent === 1 && answer.error === undefined && Either.isRight(result)) {
    retry.earn()
  }
  return result
}

const ended = <A, E>(
  running: Pick<Running<unknown, unknown, unknown>, "clock" | "sent" | "signed"> & Spanned,
  exit: Exit.Exit<A, E>
): Exit.Exit<A, E> => {
  const { clock, fiber, sent, signed } = running
  const span = spanOf(running)
  if (span !== undefined) {
    if (signed !== undefined) {
      span.attribute("okru.session", signed)
    }
    span.attribute("okru.attempts", sent)
    Span.end(span, fiber, clock, exit)
  }
  return exit
}

// What is left of a call, and its end.
const concluded = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  effect: Effect.Effect<B, E | OkRequestError, R>
): Effect.Effect<B, E | OkRequestError, R> => {
  const { call, restore } = running
  return Effect.matchCauseEffect(restore(effect), {
    onSuccess: (value) => ended(running, Exit.succeed(value)),
    onFailure: (cause) =>
      Effect.zipRight(
        Effect.ensuring(
          Either.match(Cause.failureOrCause(cause), {
            onLeft: (error) => within(running, failed(call.method.name, error, spanOf(running))),
            onRight: () => Effect.void
          }),
          Effect.sync(() => ended(running, Exit.failCause(cause)))
        ),
        Exit.failCause(cause)
      )
  })
}

// A call in its turn: its first attempt and those that follow. Whoever waits for the turn has the time in all around it.
const inTurn = <B, E extends OkError, R>(
  running: Running<B, E, R>,
  turn: Effect.Effect<Session, OkSessionError>
): Effect.Effect<B, E | OkRequestError> =>
  repeated(running, Effect.flatMap(turn, (credentials) => exchange(running, credentials, false)), false)

// A first attempt, and more where it failed. Untimed, here and below: no time in all is around it yet.
const repeated = <B, E extends OkError, E2 extends OkError, R>(
  running: Running<B, E, R>,
  first: Effect.Effect<B, E2>,
  isUntimed: boolean
): Effect.Effect<B, E | E2 | OkRequestError> => {
  const { call, clock, retry, start, timeout } = running
  return retry === "off" ? first : Effect.catchAll(first, (error) => {
    const again = retry.repeat<B, E | E2 | OkRequestError, never>(
      call.method,
      error,
      () => attempt(running),
      () => timeout === "off" ? Infinity : timeout.millisLeft(clock, start)
    )
    // What is not repeated has come to its end, in time or not.
    return !isUntimed || Exit.isExit(again) ? again : rest(running, again)
  })
}

// Another attempt, with the session as it is by now.
const attempt = <B, E, R>(running: Running<B, E, R>): Effect.Effect<B, E | OkRequestError> =>
  Settled.flatMap(currentOf(running.session), (credentials) => exchange(running, credentials, false))

// A request, and what comes of its answer.
const exchange = <B, E, R>(
  running: Running<B, E, R>,
  credentials: OkSession.Credentials | undefined,
  isUntimed: boolean,
  request = running.client.request(running.call, credentials)
): Effect.Effect<B, E | OkRequestError> => {
  running.signed = kindOf(credentials)
  return Effect.flatMap(once(running, request, isUntimed), (answer): Effect.Effect<B, E | OkRequestError> => {
    const more = followUp(running, answer, credentials)
    return more === undefined ? meaningOf(running, answer) : isUntimed ? rest(running, more) : more
  })
}

const once = <R>(
  running: Running<unknown, unknown, R>,
  request: ReturnType<OkClient.Service["request"]>,
  isUntimed: boolean
): Effect.Effect<OkResponse.Answer, OkRequestError> =>
  Settled.flatMap(request, (request) => sent(running, request, isUntimed))

// A request that is sent within its time, if the breaker lets it.
const sent = <R>(
  running: Running<unknown, unknown, R>,
  request: OkTransport.Request,
  isUntimed: boolean
): Effect.Effect<OkResponse.Answer, OkTransportError> => {
  const { breaker, call, client, clock, timeout } = running
  const { name } = call.method
  let giveUp: Effect.Effect<void> = Effect.void
  let stop = constVoid
  let isGivenUp = false
  // With what this fiber has set, which need not be the one that the call began in.
  const response = Effect.withFiberRuntime<OkTransport.Response, OkTransportError>((fiber) =>
    registered((resume) => {
      running.sent++
      giveUp = client.dispatch(request, () => runtime({ ...running, fiber }, spanOf(running)), resume)
      if (timeout !== "off") {
        stop = (isUntimed ? timeout.first : timeout.again)(name, clock, (late, what) => {
          isGivenUp = what === "call"
          resume(late)
        })
      }
    })
  )
  const answer = Effect.flatMap(
    Effect.onExit(response, (exit) => {
      stop()
      return Exit.isSuccess(exit) ? Effect.void : giveUp
    }),
    (response) => OkResponse.read(request, response)
  )
  return breaker === "off" ? answer : breaker.guard(name, answer, () => isGivenUp)
}

const runtime = <R>(
  { context, fiber, runtimeFlags }: Running<unknown, unknown, R>,
  span: Tracer.Span | undefined
): Runtime.Runtime<R> =>
  Runtime.make({
    context: inside(context, span),
    fiberRefs: fiber.getFiberRefs(),
    // What runs with it can be given up, also for a caller that cannot be interrupted.
    runtimeFlags: RuntimeFlags.enable(runtimeFlags, RuntimeFlags.Interruption)
  })

// A call that has to wait from its beginning on.
const whole = <A, E, R>(running: Running<unknown, unknown, R>, effect: Effect.Effect<A, E, R>) => {
  const { call, clock, timeout } = running
  const spanned = within(running, effect)
  return timeout === "off" ? spanned : timeout.whole(call.method.name, clock, runtime(running, undefined), spanned)
}

// What comes after a first request.
const rest = <A, E, R>(
  running: Pick<Running<unknown, unknown, unknown>, "timeout"> & Spanned,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E | OkTransportError, R> => {
  const { call, start, timeout } = running
  const spanned = within(running, effect)
  return timeout === "off" ? spanned : timeout.rest(call.method.name, start, spanned)
}

const within = <A, E, R>(running: Spanned, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
  const span = spanOf(running)
  return span === undefined
    ? effect
    : Effect.mapInputContext(effect, (context: Context.Context<R>) => inside(context, span))
}

const inside = <R>(context: Context.Context<R>, span: Tracer.Span | undefined): Context.Context<R> =>
  span === undefined ? context : Context.add(context, Tracer.ParentSpan, span)

// What is done about an error before it means anything, if something is.
const followUp = <B, E, R>(
  running: Running<B, E, R>,
  answer: OkResponse.Answer,
  credentials: OkSession.Credentials | undefined
): Effect.Effect<B, E | OkRequestError> | undefined => {
  const { limit, session } = running
  return answer.error === undefined
    ? undefined
    : session !== undefined && credentials !== undefined && answer.error._tag === "OkSessionExpired"
    ? renewed(running, session, credentials, answer)
    : limit === "off"
    ? undefined
    : meant(running, answer)
}

// The same call once more, with a session that was renewed.
const renewed = <B, E, R>(
  running: Running<B, E, R>,
  session: OkSession.Service,
  expired: OkSession.Credentials,
  answer: OkResponse.Answer
): Effect.Effect<B, E | OkRequestError> =>
  Effect.flatMap(session.renew(expired), (isRenewed) =>
    isRenewed
      ? Effect.zipRight(
        Metric.increment(OkMetric.replays),
        Effect.flatMap(
          Effect.flatMap(
            session.current,
            (credentials) => {
              running.signed = kindOf(credentials)
              return once(running, running.client.request(running.call, credentials), false)
            }
          ),
          (answer) => meant(running, answer)
        )
      )
      : meant(running, answer))

// What an answer means, when the rate limit has heard of it.
const meant = <B, E, R>(
  running: Running<B, E, R>,
  answer: OkResponse.Answer
): Effect.Effect<B, E | OkRequestError> => {
  const { limit } = running
  const result = meaningOf(running, answer)
  return limit === "off" || answer.error === undefined
    ? result
    : Effect.zipRight(limit.heard(callerOf(running), answer.error), result)
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

const kindOf = (credentials: OkSession.Credentials | undefined): string =>
  credentials === undefined ? "none" : credentials._tag.toLowerCase()

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
