/**
 * A rate limit for calls on `@effect/experimental/RateLimiter`: in memory for one process, in Redis for several.
 *
 * OK.ru documents no limits and throttles single applications when their calls hurt it (codes 8 and 11). A limit of your
 * own keeps an application from getting there. When OK.ru throttles a call all the same, further calls of the same user, or of the
 * application where there is no user, wait as long as it asks for.
 *
 * The counts are where the store is. The pauses are in the process that was throttled, with every store: others learn of one
 * when OK.ru throttles them too.
 *
 * @since 0.1.0
 */
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Setting from "../internal/setting.js"
import * as Timer from "../internal/timer.js"
import * as OkPolicy from "../OkPolicy.js"

/**
 * How many calls in which time, and how long to wait when OK.ru throttles one all the same.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * How many calls of the application, or of one of its users, in a window. The turn of a call is of whole milliseconds, rounded up, and
   * the window so many turns: of 300 calls in a second 250 are let in, and never more than 1,000.
   */
  readonly limit: number
  readonly window: Duration.DurationInput
  /** `"token-bucket"` spreads calls evenly and is the default; `"fixed-window"` lets them all in at its beginning. */
  readonly algorithm?: "fixed-window" | "token-bucket" | undefined
  /** How long calls wait after OK.ru throttled one and did not say how long. 1 second by default. */
  readonly pause?: Duration.DurationInput | undefined
}

/**
 * The policy, for `OkPolicy.rateLimit`. A store that does not answer lets calls through and logs a warning: a limit is there to
 * help, not to bring a backend down.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  options: Options
): Effect.Effect<OkPolicy.RateLimiter, never, RateLimiter.RateLimiter> =>
  Effect.gen(function*() {
    const limiter = yield* RateLimiter.RateLimiter
    const pauses = yield* Ref.make(HashMap.empty<string, number>())
    // The Redis store takes whole milliseconds for each call only, and fails otherwise.
    const limit = Setting.count("rateLimit.limit", options.limit)
    const window = Duration.millis(Math.ceil(Setting.millis("rateLimit.window", options.window) / limit) * limit)
    const pause = Setting.millis("rateLimit.pause", options.pause ?? "1 second")
    const algorithm = options.algorithm ?? "token-bucket"
    const consume = (key: string, tokens: number) =>
      limiter.consume({ algorithm, onExceeded: "delay", key: `okru:${key}`, limit, window, tokens })
    // For those that come later: nobody who waits already has its turn sooner. A bucket that is full by then stays full. What a
    // store cannot take back is lost.
    const giveBack = (key: string) =>
      Effect.ignore(Effect.flatMap(consume(key, -1), ({ remaining }) =>
        algorithm === "token-bucket" && remaining > limit ? consume(key, 1) : Effect.void))
    const turn = (key: string) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(restore(consume(key, 1)), ({ delay }) =>
          Duration.toMillis(delay) > 0
            // In a fiber of its own, since whoever stops waiting does not wait for a store either.
            ? Effect.onInterrupt(restore(Effect.sleep(delay)), () =>
              Effect.forkDaemon(giveBack(key)))
            : Effect.void)
      ).pipe(
        Effect.catchAll((error) => Effect.logWarning(`a call was let through without a limit: ${error.message}`))
      )
    const endOf = (all: HashMap.HashMap<string, number>, key: string) =>
      Option.getOrElse(HashMap.get(all, key), () => 0)
    const pauseLeft = (key: string) =>
      Effect.flatMap(Timer.currentMillis, (now) =>
        Ref.modify(pauses, (all) => {
          const left = endOf(all, key) - now
          return left > 0 ? [left, all] : [0, HashMap.remove(all, key)]
        }))
    // A pause can begin while a call waits for its turn. Its turn is then one of those that the pause took, and it takes
    // another: calls that kept theirs would all leave together at the end.
    const enter = (key: string): Effect.Effect<void> =>
      Effect.flatMap(pauseLeft(key), (left) =>
        left > 0
          ? Effect.zipRight(Effect.sleep(Timer.roundedUp(left)), enter(key))
          : Effect.zipRight(turn(key), Effect.flatMap(pauseLeft(key), (left) => left > 0 ? enter(key) : Effect.void)))
    return {
      enter,
      throttled: (key, waitMillis) =>
        Effect.flatMap(Timer.currentMillis, (now) =>
          Ref.update(pauses, (all) => {
            const end = now + (waitMillis ?? pause)
            // Whose pause is over may never come back.
            return HashMap.set(HashMap.filter(all, (end) => end > now), key, Math.max(end, endOf(all, key)))
          }))
    }
  })

/**
 * Limits the calls of a program.
 *
 * @example
 * ```ts
 * import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
 * import * as RateLimiter from "@effect/experimental/RateLimiter"
 * import * as Layer from "effect/Layer"
 *
 * const Limit = RateLimit.layer({ limit: 20, window: "1 second" }).pipe(
 *   Layer.provide(RateLimiter.layer),
 *   Layer.provide(RateLimiter.layerStoreMemory)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<never, never, RateLimiter.RateLimiter> =>
  OkPolicy.layerRateLimit(make(options))
