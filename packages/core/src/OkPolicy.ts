/**
 * What happens around every call: repeated where that is safe, given up in time, slowed down, refused while OK.ru is down.
 *
 * Each policy is a layer for all calls of a program and a combinator, for `pipe`, for some of them. What is nearer to the call wins, so
 * a combinator belongs inside of the effect that the layer is provided to. `"off"` switches a policy off for one effect:
 *
 * ```ts
 * program.pipe(Effect.provide(OkPolicy.standard))
 * Users.getInfo({ … }).pipe(OkPolicy.timeout({ total: "2 seconds" }), OkPolicy.retry("off"))
 * ```
 *
 * Innermost first a call is encoded, signed, sent and read; given up after the time of an attempt; stopped by an open circuit
 * breaker; made again once with a renewed session; repeated; let in by the rate limit and the limit of calls at a time; given up
 * after the time in all. A repeated call is encoded and signed anew. The rate limit hears of every attempt that OK.ru throttled.
 * Without a policy a call is made once and waits as long as the transport does.
 *
 * A policy is a value in a `Context.Reference` that brings its own code: a program without policies has none of it in its bundle.
 *
 * What is repeated, and when, is in `docs/policies.md`.
 *
 * @since 0.1.0
 */
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { constVoid } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Digest from "./Digest.js"
import { fork } from "./internal/inFiber.js"
import {
  type Attempted,
  type Caller,
  CircuitBreaker,
  type CircuitBreakerPolicy,
  Concurrency,
  type Off,
  RateLimit,
  type RateLimitPolicy,
  type RequestTime,
  Retry,
  type RetryPolicy,
  Timeout,
  type TimeoutPolicy
} from "./internal/policies.js"
import { registered } from "./internal/registered.js"
import * as Setting from "./internal/setting.js"
import * as Timer from "./internal/timer.js"
import type { OkError } from "./OkError.js"
import { OkServiceError, OkTransportError } from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"
import * as OkMetric from "./OkMetric.js"

export * from "./internal/policies.js"

// ---------------------------------------------------------------------------------------------------------------------
// retry
// ---------------------------------------------------------------------------------------------------------------------

/**
 * When to repeat, and how much of the load may be repeats.
 *
 * @since 0.1.0
 * @category retry
 */
export interface RetryOptions {
  /**
   * When to repeat, and how often. By default after 200 milliseconds, twice that, and so on, at most 3 times, jittered so
   * that many callers do not come back together. The pause that OK.ru asks for (`waitMillis` of code 8) wins over it; one that is
   * longer than what the call has left of its time in all is not waited for, and the failure comes at once.
   */
  readonly schedule?: Schedule.Schedule<unknown, OkError> | undefined
  /**
   * How many calls in a hundred may be repeated, over all that share the policy, so that an outage does not multiply the
   * load. 20 by default. Ten are allowed at once whatever has gone before.
   */
  readonly budget?: number | undefined
}

const defaultSchedule = Schedule.exponential("200 millis").pipe(
  Schedule.jittered,
  Schedule.intersect(Schedule.recurs(3))
)

const repeat = 100
const burst = 10 * repeat

const makeRetry = (options: RetryOptions): Effect.Effect<RetryPolicy> =>
  Effect.sync((): RetryPolicy => {
    // In hundredths of a repeat: ten fifths are less than two.
    let tokens = burst
    const earned = Setting.amount("retry.budget", options.budget ?? 20)
    const schedule = Schedule.modifyDelay(
      Schedule.intersect(options.schedule ?? defaultSchedule, Schedule.identity<OkError>()),
      ([, error], delay) => Option.match(waitOf(error), { onNone: () => delay, onSome: Duration.millis })
    )
    const gain = (amount: number): void => {
      tokens = Math.min(burst, tokens + amount)
    }
    const spend = Effect.sync(() => {
      const isLeft = tokens >= repeat
      tokens -= isLeft ? repeat : 0
      return isLeft
    })
    // A repeat that is not made is not paid for.
    const giveBack = Effect.sync(() => gain(repeat))
    return {
      earn: () => gain(earned),
      repeat: <A, E extends OkError, R>(
        method: OkMethod.Any,
        error: E,
        again: () => Effect.Effect<A, E, R>,
        millisLeft: () => number
      ) => {
        const repeated = (
          driver: Schedule.ScheduleDriver<unknown, OkError>,
          error: E
        ): Effect.Effect<A, E, R> =>
          // Whoever waits in vain hears of a time-out, and not of what OK.ru said.
          Option.exists(waitOf(error), (wait) => wait >= millisLeft()) ? Effect.fail(error) : Effect.if(spend, {
            onFalse: () => Effect.fail(error),
            onTrue: () =>
              Effect.matchEffect(Effect.onError(waited(driver.next(error)), () => giveBack), {
                onFailure: () => Effect.fail(error),
                onSuccess: () =>
                  Effect.zipRight(
                    counted(method, error),
                    Effect.catchIf(
                      Effect.suspend(again),
                      (error) => isRetried(method, error),
                      (error) => repeated(driver, error)
                    )
                  )
              })
          })
        return isRetried(method, error)
          ? Effect.flatMap(Schedule.driver(schedule), (driver) => repeated(driver, error))
          // An exit, which tells whoever asked that nothing follows.
          : Exit.fail(error)
      }
    }
  })

const waitOf = (error: OkError): Option.Option<number> =>
  error._tag === "OkThrottled" ? Option.fromNullable(error.waitMillis) : Option.none()

/**
 * Whether a call that failed in this way is made again by {@link retry}.
 *
 * Certain that nothing was done, so any call is: no connection was made, OK.ru throttled it (8, 11, 26), did not get all of it
 * (31), or there was no session to make it with. Not certain, so only what reads is: the connection broke, the time was over,
 * a gateway answered, the platform failed (1, 2, 324, 9999). Never: what moves money or signs in, whatever the failure.
 *
 * @since 0.1.0
 * @category retry
 */
export const isRetried = (method: Pick<OkMethod.Any, "kind" | "once">, error: OkError): boolean => {
  if (method.once) {
    return false
  }
  switch (error._tag) {
    case "OkThrottled":
      return error.code !== 1004
    case "OkSessionUnavailable":
      return true
    case "OkServiceError":
      return method.kind === "read" || error.code === 31
    case "OkTransportError":
      return error.reason === "NotConnected" ||
        (method.kind === "read" && error.reason !== "CircuitOpen" && error.reason !== "TooLarge")
    default:
      return false
  }
}

/**
 * Repeats calls of an effect that failed in a way that allows it, see {@link isRetried}.
 *
 * @since 0.1.0
 * @category retry
 */
export const retry =
  (options: RetryOptions | Off = {}) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    options === "off"
      ? Effect.provideService(effect, Retry, "off")
      : Effect.flatMap(makeRetry(options), (policy) => Effect.provideService(effect, Retry, policy))

/**
 * Repeats the calls of a program. They share one budget.
 *
 * @since 0.1.0
 * @category retry
 */
export const layerRetry = (options: RetryOptions = {}): Layer.Layer<never> => Layer.effect(Retry, makeRetry(options))

// ---------------------------------------------------------------------------------------------------------------------
// timeout
// ---------------------------------------------------------------------------------------------------------------------

/**
 * How long an attempt and a call may take. A time that is left out has no end.
 *
 * @since 0.1.0
 * @category timeout
 */
export interface TimeoutOptions {
  /** For one attempt: sent, answered, read. */
  readonly attempt?: Duration.DurationInput | undefined
  /** For the call in all: waiting for its turn, every attempt, the pauses between them, a renewal. */
  readonly total?: Duration.DurationInput | undefined
}

interface Limit {
  readonly what: "attempt" | "call"
  readonly millis: number
  readonly timer: Timer.Timer
  readonly late: (method: string) => OkTransportError
}

// In a fiber that is nobody's child, and can be given up where the caller cannot: a child is interrupted with a caller that goes on.
const givenUp = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  runtime: Runtime.Runtime<R>,
  late: () => OkTransportError,
  count: (onTime: () => void) => () => void
): Effect.Effect<A, E | OkTransportError> =>
  registered((resume) => {
    let isLate = false
    const { fiber, inherit } = fork(effect, runtime)
    const stop = count(() => {
      isLate = true
      fiber.unsafeInterruptAsFork(FiberId.none)
    })
    fiber.addObserver((exit) => {
      stop()
      const result = Exit.flatten(exit)
      resume(isLate && Exit.isInterrupted(result) ? Effect.fail(late()) : Effect.zipRight(inherit, result))
    })
    return Fiber.interrupt(fiber)
  })

const interruptible = <R>(): Effect.Effect<Runtime.Runtime<R>, never, R> =>
  Effect.map(Effect.runtime<R>(), Runtime.enableRuntimeFlag(RuntimeFlags.Interruption))

const makeTimeout = (options: TimeoutOptions) => (scope: Scope.Scope): TimeoutPolicy => {
  const limit = (what: Limit["what"], duration: Duration.DurationInput | undefined): Limit | undefined => {
    if (duration === undefined) {
      return undefined
    }
    const millis = Setting.millis(what === "call" ? "timeout.total" : "timeout.attempt", duration)
    const detail = `the ${what} took longer than ${Duration.format(duration)}`
    return {
      what,
      millis,
      timer: Timer.make(millis, scope),
      late: (method) => new OkTransportError({ method, reason: "Timeout", detail })
    }
  }
  const counting = (limit: Limit | undefined): RequestTime => (method, clock, onLate) =>
    limit === undefined
      ? constVoid
      : limit.timer.start(clock, () => onLate(Effect.fail(limit.late(method)), limit.what))
  const ofAttempt = limit("attempt", options.attempt)
  const ofCall = limit("call", options.total)
  const millisLeft = (clock: Clock.Clock, start: bigint): number =>
    ofCall === undefined ? Infinity : ofCall.millis - Timer.millisSince(clock, start)
  return {
    // Both begin with the first request: one is over first.
    first: counting(
      ofAttempt === undefined || (ofCall !== undefined && ofCall.millis < ofAttempt.millis) ? ofCall : ofAttempt
    ),
    again: counting(ofAttempt),
    whole: (method, clock, runtime, effect) =>
      ofCall === undefined
        ? effect
        : givenUp(effect, runtime, () => ofCall.late(method), (onTime) => ofCall.timer.start(clock, onTime)),
    millisLeft,
    rest: <A, E, R>(method: string, start: bigint, effect: Effect.Effect<A, E, R>) =>
      ofCall === undefined ? effect : Effect.clockWith((clock) => {
        const left = millisLeft(clock, start)
        return left > 0
          ? Effect.flatMap(
            interruptible<R>(),
            (runtime) =>
              givenUp(effect, runtime, () => ofCall.late(method), (onTime) => {
                // The timer is for what all wait equally long for.
                const fiber = Runtime.runFork(runtime, Effect.sleep(Timer.roundedUp(left)))
                fiber.addObserver((exit) => {
                  if (Exit.isSuccess(exit)) {
                    onTime()
                  }
                })
                return () => fiber.unsafeInterruptAsFork(FiberId.none)
              })
          )
          : Effect.fail(ofCall.late(method))
      })
  }
}

/**
 * Gives the calls of an effect up in time: an `OkTransportError` with the reason `"Timeout"`. What is under way is
 * interrupted.
 *
 * @since 0.1.0
 * @category timeout
 */
export const timeout =
  (options: TimeoutOptions | Off) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    options === "off"
      ? Effect.provideService(effect, Timeout, "off")
      : Effect.scopedWith((scope) => Effect.provideService(effect, Timeout, makeTimeout(options)(scope)))

/**
 * Gives the calls of a program up in time.
 *
 * @since 0.1.0
 * @category timeout
 */
export const layerTimeout = (options: TimeoutOptions): Layer.Layer<never> =>
  Layer.scoped(Timeout, Effect.map(Effect.scope, makeTimeout(options)))

// ---------------------------------------------------------------------------------------------------------------------
// rate limit and concurrency
// ---------------------------------------------------------------------------------------------------------------------

/**
 * Lets calls in one after the other. `@effect-okru/core/experimental/RateLimit` has one on
 * `@effect/experimental/RateLimiter`.
 *
 * @since 0.1.0
 * @category rate limit
 */
export interface RateLimiter {
  /** Waits for a turn. The key names the application and, by a digest, the user: by the token where the session does not say who it is. */
  readonly enter: (key: string) => Effect.Effect<void>
  /** OK.ru throttled a call of this key. */
  readonly throttled: (key: string, waitMillis: number | undefined) => Effect.Effect<void>
}

// The key can leave the process, so it holds neither a name nor a token. A session that cannot be had is for the attempt to tell of.
const keyOf = ({ applicationKey, session }: Caller): Effect.Effect<string> =>
  session === undefined
    ? Effect.succeed(applicationKey)
    : Effect.flatMap(Digest.Digest, ({ md5 }) =>
      session.user !== undefined
        ? Effect.succeed(`${applicationKey}:${md5(session.user)}`)
        : Effect.match(session.current, {
          onFailure: () => applicationKey,
          onSuccess: (credentials) =>
            credentials._tag === "Application"
              ? applicationKey
              : `${applicationKey}:${md5(Redacted.value(credentials.accessToken))}`
        }))

const makeRateLimit = (limiter: RateLimiter): RateLimitPolicy => ({
  enter: (caller) => Effect.flatMap(keyOf(caller), (key) => waited(limiter.enter(key))),
  heard: (caller, error) =>
    error._tag === "OkThrottled" && (error.code === 8 || error.code === 11)
      ? Effect.flatMap(keyOf(caller), (key) => limiter.throttled(key, error.waitMillis))
      : Effect.void
})

/**
 * Lets the calls of an effect in by a limit of its own, or by none.
 *
 * @since 0.1.0
 * @category rate limit
 */
export const rateLimit =
  (limiter: RateLimiter | Off) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, RateLimit, limiter === "off" ? "off" : makeRateLimit(limiter))

/**
 * Lets the calls of a program in one after the other, by the limiter that an effect makes: `RateLimit.make(…)`, or one of your own.
 *
 * @since 0.1.0
 * @category rate limit
 */
export const layerRateLimit = <E, R>(limiter: Effect.Effect<RateLimiter, E, R>): Layer.Layer<never, E, R> =>
  Layer.effect(RateLimit, Effect.map(limiter, makeRateLimit))

/**
 * At most so many calls of an effect at a time, whatever the concurrency of the effect itself. The rest wait.
 *
 * @since 0.1.0
 * @category concurrency
 */
export const concurrency =
  (permits: number | Off) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    permits === "off"
      ? Effect.provideService(effect, Concurrency, "off")
      : Effect.flatMap(makeConcurrency(permits), (semaphore) => Effect.provideService(effect, Concurrency, semaphore))

/**
 * At most so many calls of a program at a time.
 *
 * @since 0.1.0
 * @category concurrency
 */
export const layerConcurrency = (permits: number): Layer.Layer<never> =>
  Layer.effect(Concurrency, makeConcurrency(permits))

const makeConcurrency = (permits: number): Effect.Effect<Effect.Semaphore> =>
  Effect.suspend(() => Effect.makeSemaphore(Setting.count("concurrency", permits)))

// ---------------------------------------------------------------------------------------------------------------------
// circuit breaker
// ---------------------------------------------------------------------------------------------------------------------

/**
 * When the circuit opens, and for how long.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export interface CircuitBreakerOptions {
  /** After how many failures in a row the circuit opens. 5 by default. */
  readonly failures?: number | undefined
  /** How long it stays open before one call is let through to see, and how long until the next one is. 30 seconds by default. */
  readonly coolDown?: Duration.DurationInput | undefined
}

// What sends too large an answer is there.
const isDown = (error: OkError | undefined): boolean =>
  (error?._tag === "OkTransportError" && error.reason !== "TooLarge") || error?._tag === "OkServiceError"

/** An attempt that was let through to see: while which opening, and until when no other one is. */
interface Probe {
  readonly opening: number
  readonly until: number
}

const makeCircuitBreaker = (options: CircuitBreakerOptions): Effect.Effect<CircuitBreakerPolicy> =>
  Effect.map(Ref.make({ failures: 0, openUntil: 0, opening: 0 }), (state): CircuitBreakerPolicy => {
    const limit = Setting.count("circuitBreaker.failures", options.failures ?? 5)
    const coolDown = Setting.millis("circuitBreaker.coolDown", options.coolDown ?? "30 seconds")
    const admit = Effect.flatMap(
      Timer.currentMillis,
      (now) =>
        Ref.modify(state, (before) => {
          const until = now + coolDown
          return before.failures < limit
            ? [Option.some<Probe | undefined>(undefined), before]
            : now < before.openUntil
            ? [Option.none(), before]
            // Whoever comes next waits for what this one finds, or for as long again.
            : [Option.some({ opening: before.opening, until }), { ...before, openUntil: until }]
        })
    )
    // Of an open circuit only the attempts that were let through to see say something: the others are from before it opened. An answer
    // can take longer than it cools down. Any that is good closes it then, and of those that are not the newest is heard.
    const settle = (isDown: boolean, probe: Probe | undefined) =>
      Effect.flatMap(
        Timer.currentMillis,
        (now) =>
          Ref.update(state, (before) => {
            const isOpen = before.failures >= limit
            if (isOpen && (probe?.opening !== before.opening || (isDown && probe.until !== before.openUntil))) {
              return before
            }
            const failures = isDown ? before.failures + 1 : 0
            return {
              failures,
              openUntil: isDown ? now + coolDown : 0,
              opening: !isOpen && failures >= limit ? before.opening + 1 : before.opening
            }
          })
      )
    return {
      guard: <A extends Attempted, E extends OkError, R>(
        method: string,
        attempt: Effect.Effect<A, E, R>,
        isGivenUp: () => boolean
      ) =>
        Effect.flatMap(admit, (admitted): Effect.Effect<A, E | OkTransportError, R> =>
          Option.isSome(admitted)
            ? Effect.onExit(attempt, (exit) =>
              exit._tag === "Success"
                ? settle(isDown(exit.value.error), admitted.value)
                : exit.cause._tag === "Fail" && !isGivenUp()
                ? settle(isDown(exit.cause.error), admitted.value)
                : Effect.void)
            : new OkTransportError({
              method,
              reason: "CircuitOpen",
              detail: "OK.ru failed several times in a row; this call was not made"
            }))
    }
  })

/**
 * Stops calling while OK.ru is down: after some failures in a row calls of an effect fail at once, with an
 * `OkTransportError` of the reason `"CircuitOpen"`, until one that is let through now and then succeeds. Failures of the
 * connection and of the platform count; an error of the API that is an answer does not.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export const circuitBreaker =
  (options: CircuitBreakerOptions | Off = {}) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    options === "off"
      ? Effect.provideService(effect, CircuitBreaker, "off")
      : Effect.flatMap(makeCircuitBreaker(options), (policy) => Effect.provideService(effect, CircuitBreaker, policy))

/**
 * Stops the calls of a program while OK.ru is down.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export const layerCircuitBreaker = (options: CircuitBreakerOptions = {}): Layer.Layer<never> =>
  Layer.effect(CircuitBreaker, makeCircuitBreaker(options))

// ---------------------------------------------------------------------------------------------------------------------
// fallback
// ---------------------------------------------------------------------------------------------------------------------

/**
 * What to do instead where OK.ru cannot be reached, or does not work: what is known from before, or nothing. The two failures that
 * say so, `OkTransportError` and `OkServiceError`, are gone from the type.
 *
 * @example
 * ```ts
 * import { OkPolicy } from "@effect-okru/core"
 * import * as Friends from "@effect-okru/methods/Friends"
 * import * as Effect from "effect/Effect"
 *
 * const friends = Friends.get().pipe(OkPolicy.fallback(() => Effect.succeed([])))
 * ```
 *
 * @since 0.1.0
 * @category fallback
 */
export const fallback = <B, E2, R2>(
  instead: (error: OkTransportError | OkServiceError) => Effect.Effect<B, E2, R2>
) =>
<A, E, R>(
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A | B, Exclude<E, OkTransportError | OkServiceError> | E2, R | R2> =>
  Effect.catchAll(
    effect,
    (error): Effect.Effect<B, Exclude<E, OkTransportError | OkServiceError> | E2, R2> =>
      error instanceof OkTransportError || error instanceof OkServiceError
        ? instead(error)
        // What it is not, the compiler does not take out of a type variable.
        : Effect.fail(error as Exclude<E, OkTransportError | OkServiceError>)
  )

// ---------------------------------------------------------------------------------------------------------------------
// all together
// ---------------------------------------------------------------------------------------------------------------------

/**
 * A good default: an attempt may take 10 seconds and a call 30 in all, what is safe to repeat is repeated up to 3 times.
 *
 * @since 0.1.0
 * @category layers
 */
export const standard: Layer.Layer<never> = Layer.merge(
  layerRetry(),
  layerTimeout({ attempt: "10 seconds", total: "30 seconds" })
)

const waited = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Metric.trackDurationWith(effect, OkMetric.waiting, Duration.toSeconds)

const counted = (method: OkMethod.Any, error: OkError): Effect.Effect<void> =>
  Effect.all([
    Metric.increment(Metric.tagged(OkMetric.retries, "method", method.name)),
    Effect.logDebug("ok call repeated").pipe(Effect.annotateLogs({ method: method.name, error: error._tag }))
  ])
