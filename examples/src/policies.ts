/**
 * Policies for five programs that call OK.ru. `docs/policies.md` says why they are as they are, a test runs each.
 */
import { type OkError, OkPolicy } from "@effect-okru/core"
import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
import * as Friends from "@effect-okru/methods/Friends"
import * as Mediatopic from "@effect-okru/methods/Mediatopic"
import * as Users from "@effect-okru/methods/Users"
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"

// A backend that reads a lot.

export const readHeavyBackend = Layer.mergeAll(
  OkPolicy.layerTimeout({ attempt: "3 seconds", total: "10 seconds" }),
  OkPolicy.layerRetry({ budget: 10 }),
  OkPolicy.layerConcurrency(32)
)

// A job that runs at night and has time.

export const nightlyJob = Layer.mergeAll(
  OkPolicy.layerTimeout({ attempt: "1 minute" }),
  // 1 second, 2, 4, …, 8 and a half minutes in all.
  OkPolicy.layerRetry({
    schedule: Schedule.intersect(Schedule.jittered(Schedule.exponential("1 second")), Schedule.recurs(9)),
    budget: 100
  }),
  OkPolicy.layerConcurrency(1),
  RateLimit.layer({ limit: 5, window: "1 second", pause: "1 minute" })
).pipe(
  Layer.provide(RateLimiter.layer),
  Layer.provide(RateLimiter.layerStoreMemory)
)

// A page that somebody waits for.

const soon = Schedule.intersect(Schedule.jittered(Schedule.spaced("100 millis")), Schedule.recurs(1))

export const friendsBox = Effect.gen(function*() {
  const ids = yield* Friends.get()
  return ids.length === 0 ? [] : yield* Users.getInfo({ uids: ids.slice(0, 20), fields: ["uid", "name"] })
}).pipe(
  OkPolicy.timeout({ attempt: "800 millis" }),
  OkPolicy.retry({ schedule: soon }),
  Effect.timeout("2 seconds"),
  Effect.catchTag("TimeoutException", "OkTransportError", "OkServiceError", "OkThrottled", () => Effect.succeed([]))
)

// A write that must not repeat.

/** OK.ru may have done what it was asked for, or not: look before you ask again. */
export class MayBeDone extends Data.TaggedError("MayBeDone")<{ readonly cause: OkError.OkError }> {
  override get message(): string {
    return `it may be done, do not repeat it: ${this.cause.message}`
  }
}

const isRefused = (error: OkError.OkError): boolean =>
  error._tag === "OkTransportError" && error.reason === "CircuitOpen"

const isOpen = (error: OkError.OkError): boolean =>
  error._tag === "OkDecodeError" ||
  ((error._tag === "OkServiceError" || error._tag === "OkTransportError") && !isRefused(error) &&
    // A write is repeated after what certainly was not done.
    !OkPolicy.isRetried({ kind: "write", once: false }, error))

export const publish = (text: string) =>
  Mediatopic.post({ attachment: { media: [{ type: "text", text }] } }).pipe(
    OkPolicy.retry("off"),
    OkPolicy.timeout({ attempt: "20 seconds" }),
    Effect.mapError((error) => isOpen(error) ? new MayBeDone({ cause: error }) : error)
  )

// A breaker in front of an outage.

export const behindBreaker = Layer.mergeAll(
  OkPolicy.layerTimeout({ attempt: "2 seconds", total: "10 seconds" }),
  OkPolicy.layerRetry(),
  OkPolicy.layerCircuitBreaker({ failures: 5, coolDown: "30 seconds" })
)

/** What is known from before, while OK.ru is not called. */
export const orWhileDown =
  <B, E2, R2>(known: Effect.Effect<B, E2, R2>) => <A, E extends OkError.OkError, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.catchIf(effect, isRefused, () => known)
