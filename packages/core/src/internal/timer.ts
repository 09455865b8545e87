import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Tells many when the same time is over for each of them. One fiber sleeps for all, until the first is due: a fiber for each,
 * which is what `Effect.timeout` takes, costs as much as a call.
 */
export interface Timer {
  /** Begins to count. What it returns stops it. */
  readonly start: (clock: Clock.Clock, onTime: () => void) => () => void
}

interface Waiting {
  readonly due: number
  readonly onTime: () => void
}

// Where nothing waits any more the fiber ends within this time, and does not keep a process alive for longer.
const longestSleep = 1000

/** The fibers end with the scope. */
export const make = (millis: number, scope: Scope.Scope): Timer => {
  // All wait equally long, so those of one clock are in the order in which they are due.
  const queues = new Map<Clock.Clock, Set<Waiting>>()
  const watch = (clock: Clock.Clock, queue: Set<Waiting>): Effect.Effect<void> =>
    Effect.suspend(() => {
      const now = clock.unsafeCurrentTimeMillis()
      for (const waiting of queue) {
        if (waiting.due > now) {
          const sleep = clock.sleep(Duration.millis(Math.min(waiting.due - now, longestSleep)))
          return Effect.zipRight(sleep, watch(clock, queue))
        }
        queue.delete(waiting)
        waiting.onTime()
      }
      queues.delete(clock)
      return Effect.void
    })
  return {
    start: (clock, onTime) => {
      const waiting = { due: clock.unsafeCurrentTimeMillis() + millis, onTime }
      let queue = queues.get(clock)
      if (queue === undefined) {
        queue = new Set([waiting])
        queues.set(clock, queue)
        Effect.runFork(watch(clock, queue), { scope })
      } else {
        queue.add(waiting)
      }
      const joined = queue
      return () => joined.delete(waiting)
    }
  }
}
