/**
 * Measurements that come round in turn, so that whatever else the machine does meets all of them.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"

/** Makes a round so often, and puts the figures of each place in it together. */
export const inRounds = <A, E, R>(
  rounds: number,
  round: Effect.Effect<Array.NonEmptyReadonlyArray<Array.NonEmptyReadonlyArray<A>>, E, R>
): Effect.Effect<Array.NonEmptyReadonlyArray<Array.NonEmptyReadonlyArray<A>>, E, R> =>
  Effect.map(
    Effect.forEach(Array.makeBy(rounds, (index) => index), () => round),
    (all) => all.reduce((some, more) => Array.zipWith(some, more, (some, more) => Array.appendAll(some, more)))
  )
