import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"

/**
 * Tells many when the same time is over for each of them. One fiber sleeps for all, until the first is due: a fiber for each,
 * which is what `Effect.timeout` takes, costs as much as a call.
 *
 * So whoever hears of it goes on in the `AsyncLocalStorage` of Node in which that fiber began, which can be that of another request.
 * A `FiberRef` is kept. To keep the other, too, each call would need a promise, which within an `AsyncLocalStorage` costs half a
 * microsecond: more than all else that is done here.
 */
export interface Timer {
  /** Begins to count, and does not call back before it has returned. What it returns stops it. */
  readonly start: (clock: Clock.Clock, onTime: () => void) => () => void
}

// All wait equally long, so a queue is in the order in which they are due. It is a ring, with a place that waits for nothing
// as its beginning and end. Whoever leaves lets go of its neighbours: in a `Set`, and in a ring whose parts still hold each
// other, what is over would keep what came after it from the quick part of a garbage collection.
interface Waiting {
  readonly due: number
  readonly onTime: () => void
  previous: Waiting
  next: Waiting
}

const ring = (due: number, onTime: () => void): Waiting => {
  // Its neighbours are there two lines further on.
  const waiting = { due, onTime } as Waiting
  waiting.previous = waiting
  waiting.next = waiting
  return waiting
}

const leave = (waiting: Waiting): void => {
  waiting.previous.next = waiting.next
  waiting.next.previous = waiting.previous
  waiting.previous = waiting
  waiting.next = waiting
}

// Where nothing waits any more the fiber ends within this time, and does not keep a process alive for longer.
const longestSleep = 1000

// The other time that clocks tell can be set back or on.
const now = (clock: Clock.Clock): number => millis(clock.unsafeCurrentTimeNanos())

const millis = (nanos: bigint): number => Number(nanos) / 1_000_000

/** The time that nobody sets, in milliseconds from whenever. `Clock.currentTimeNanos` of a `TestClock` is a defect now and then. */
export const currentMillis: Effect.Effect<number> = Effect.clockWith((clock) => Effect.succeed(now(clock)))

/** How long ago a time was that the same clock told, in nanoseconds. */
export const millisSince = (clock: Clock.Clock, start: bigint): number => millis(clock.unsafeCurrentTimeNanos() - start)

/** So many milliseconds. Of less than a nanosecond `Duration` makes nothing, which nobody would wait for and no clock get beyond. */
export const roundedUp = (millis: number): Duration.Duration =>
  millis === Infinity ? Duration.infinity : Duration.nanos(BigInt(Math.ceil(millis * 1_000_000)))

/** The fibers end with the scope, or when a call that outlives it has ended. */
export const make = (duration: number, scope: Scope.Scope): Timer => {
  const queues = new Map<Clock.Clock, Waiting>()
  const watch = (clock: Clock.Clock, queue: Waiting): Effect.Effect<void> =>
    Effect.suspend(() => {
      const time = now(clock)
      for (let first = queue.next; first !== queue; first = queue.next) {
        if (first.due > time) {
          return Effect.zipRight(
            clock.sleep(roundedUp(Math.min(first.due - time, longestSleep))),
            watch(clock, queue)
          )
        }
        leave(first)
        first.onTime()
      }
      queues.delete(clock)
      return Effect.void
    })
  const begin = (clock: Clock.Clock, queue: Waiting, options: { readonly scope?: Scope.Scope }): void => {
    const fiber = Effect.runFork(Effect.zipRight(Effect.yieldNow(), watch(clock, queue)), options)
    fiber.addObserver((exit) => {
      if (Exit.isSuccess(exit)) {
        return
      }
      if (queue.next === queue) {
        queues.delete(clock)
      } else {
        begin(clock, queue, {})
      }
    })
  }
  return {
    start: (clock, onTime) => {
      const waiting = ring(now(clock) + duration, onTime)
      const known = queues.get(clock)
      const queue = known ?? ring(Infinity, () => {})
      waiting.previous = queue.previous
      waiting.next = queue
      queue.previous.next = waiting
      queue.previous = waiting
      if (known === undefined) {
        queues.set(clock, queue)
        begin(clock, queue, { scope })
      }
      return () => leave(waiting)
    }
  }
}
