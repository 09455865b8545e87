import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Runtime from "effect/Runtime"
import type { OkError, OkTransportError } from "../OkError.js"
import type * as OkMethod from "../OkMethod.js"
import type * as OkSession from "../OkSession.js"

// What a call looks for: the policies in force, and what each has to be able to do. Apart from `OkPolicy`, which makes them, so that
// a program without policies loads none.

/**
 * No policy.
 *
 * @since 0.1.0
 * @category models
 */
export type Off = "off"

/**
 * What repeats calls. It brings its own code, so a program without retries has none of it.
 *
 * @since 0.1.0
 * @category retry
 */
export interface RetryPolicy {
  /** A call succeeded at its first attempt, so a little more of the load may be repeats. */
  readonly earn: () => void
  /**
   * Makes a call again whose first attempt failed, where its failure allows that. `millisLeft` is how long the call may still take:
   * what OK.ru asks to wait longer for is not waited for.
   */
  readonly repeat: <A, E extends OkError, R>(
    method: OkMethod.Any,
    error: E,
    again: () => Effect.Effect<A, E, R>,
    millisLeft: () => number
  ) => Effect.Effect<A, E, R>
}

/**
 * The policy in force.
 *
 * @since 0.1.0
 * @category retry
 */
export class Retry extends Context.Reference<Retry>()("@effect-okru/core/OkPolicy/Retry", {
  defaultValue: (): RetryPolicy | Off => "off"
}) {}

/**
 * Counts the time of a request. Whoever waits hears when it is over, and of what: the attempt or the call in all. What it returns
 * stops it.
 *
 * @since 0.1.0
 * @category timeout
 */
export type RequestTime = (
  method: string,
  clock: Clock.Clock,
  onLate: (late: Effect.Effect<never, OkTransportError>, what: "attempt" | "call") => void
) => () => void

/**
 * What gives calls up in time: what is sent, and all else of a call.
 *
 * @since 0.1.0
 * @category timeout
 */
export interface TimeoutPolicy {
  /** For the first request of a call that had nothing to wait for: the time in all is over with it, where that is shorter. */
  readonly first: RequestTime
  /** For any other request. */
  readonly again: RequestTime
  /** Gives up a call that has to wait from its beginning on, in a fiber of its own that runs with what is given. */
  readonly whole: <A, E, R>(
    method: string,
    clock: Clock.Clock,
    runtime: Runtime.Runtime<R>,
    effect: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | OkTransportError, R>
  /** How many milliseconds are left of a call that began at a time, in nanoseconds of the clock. Infinity where it has no end. */
  readonly millisLeft: (clock: Clock.Clock, start: bigint) => number
  /** Gives up what is left of a call that began at a time, in nanoseconds of the clock. */
  readonly rest: <A, E, R>(
    method: string,
    start: bigint,
    effect: Effect.Effect<A, E, R>
  ) => Effect.Effect<A, E | OkTransportError, R>
}

/**
 * The policy in force.
 *
 * @since 0.1.0
 * @category timeout
 */
export class Timeout extends Context.Reference<Timeout>()("@effect-okru/core/OkPolicy/Timeout", {
  defaultValue: (): TimeoutPolicy | Off => "off"
}) {}

/**
 * Who is calling: a limit is of an application, and of each of its users.
 *
 * @since 0.1.0
 * @category rate limit
 */
export interface Caller {
  readonly applicationKey: string
  /** `undefined` for a call that is not signed. */
  readonly session: OkSession.Service | undefined
}

/**
 * What stands between calls and a `RateLimiter`.
 *
 * @since 0.1.0
 * @category rate limit
 */
export interface RateLimitPolicy {
  /** Waits for a turn. */
  readonly enter: (caller: Caller) => Effect.Effect<void>
  /** Hears of an error that OK.ru answered with, whatever becomes of it. Codes 8 and 11 hold the caller's next calls back. */
  readonly heard: (caller: Caller, error: OkError) => Effect.Effect<void>
}

/**
 * The policy in force.
 *
 * @since 0.1.0
 * @category rate limit
 */
export class RateLimit extends Context.Reference<RateLimit>()("@effect-okru/core/OkPolicy/RateLimit", {
  defaultValue: (): RateLimitPolicy | Off => "off"
}) {}

/**
 * The policy in force.
 *
 * @since 0.1.0
 * @category concurrency
 */
export class Concurrency extends Context.Reference<Concurrency>()("@effect-okru/core/OkPolicy/Concurrency", {
  defaultValue: (): Effect.Semaphore | Off => "off"
}) {}

/**
 * What refuses attempts while OK.ru is down, and learns from those that are made.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export interface CircuitBreakerPolicy {
  /** Makes an attempt, if it may be made now. While the circuit is open, one in each cool-down may, to see. */
  readonly guard: <A extends Attempted, E extends OkError, R>(
    method: string,
    attempt: Effect.Effect<A, E, R>,
    /** Whether the attempt ended because the call did, which says nothing of OK.ru. */
    isGivenUp: () => boolean
  ) => Effect.Effect<A, E | OkTransportError, R>
}

/**
 * What came of an attempt. An error of the API can be a value.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export interface Attempted {
  readonly error: OkError | undefined
}

/**
 * The policy in force.
 *
 * @since 0.1.0
 * @category circuit breaker
 */
export class CircuitBreaker extends Context.Reference<CircuitBreaker>()("@effect-okru/core/OkPolicy/CircuitBreaker", {
  defaultValue: (): CircuitBreakerPolicy | Off => "off"
}) {}
