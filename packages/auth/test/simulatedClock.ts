import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/**
 * Time that moves to the next sleeper as soon as nothing else is left to run: a day costs nothing, and what happens at
 * what time is exact. For programs that wait on nothing outside.
 */
export const withSimulatedClock = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    let now = 1_700_000_000_000
    let pumping = false
    const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
    const pump = () => {
      pumping = sleepers.size > 0
      if (pumping) {
        now = [...sleepers].reduce((soonest, { at }) => Math.min(soonest, at), Number.POSITIVE_INFINITY)
        for (const sleeper of sleepers) {
          if (sleeper.at === now) {
            sleepers.delete(sleeper)
            sleeper.wake()
          }
        }
        setImmediate(pump)
      }
    }
    const sleep = (duration: Duration.Duration) =>
      Effect.async<void>((resume) => {
        const sleeper = { at: now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        sleepers.add(sleeper)
        if (!pumping) {
          pumping = true
          setImmediate(pump)
        }
        return Effect.sync(() => sleepers.delete(sleeper))
      })
    const unsafeCurrentTimeMillis = () => now
    const unsafeCurrentTimeNanos = () => BigInt(Math.round(now * 1_000_000))
    return Effect.withClock(effect, {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis,
      unsafeCurrentTimeNanos,
      currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
      currentTimeNanos: Effect.sync(unsafeCurrentTimeNanos),
      sleep
    }).pipe(Effect.ensuring(Effect.sync(() => sleepers.clear())))
  })

/** The clock there is, with a time of day that can be set. What measures time, and who sleeps, does not hear of it. */
export const settableClock = Effect.map(Effect.clock, (clock) => {
  let offset = 0
  const unsafeCurrentTimeMillis = () => clock.unsafeCurrentTimeMillis() + offset
  const settable: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis,
    unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
    currentTimeMillis: Effect.sync(unsafeCurrentTimeMillis),
    currentTimeNanos: clock.currentTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }
  return {
    clock: settable,
    setForward: (by: Duration.DurationInput) =>
      Effect.sync(() => {
        offset += Duration.toMillis(by)
      }),
    setBack: (by: Duration.DurationInput) =>
      Effect.sync(() => {
        offset -= Duration.toMillis(by)
      })
  }
})
