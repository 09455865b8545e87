import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/** Whether an effect has its value already. */
export const isSettled = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Success<A, never> & typeof effect =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

/** As `Effect.flatMap`, but goes on at once where the first effect has its value already: most of a call needs no fiber. */
export const flatMap = <A, E, R, B, E2, R2>(
  effect: Effect.Effect<A, E, R>,
  f: (value: A) => Effect.Effect<B, E2, R2>
): Effect.Effect<B, E | E2, R | R2> => isSettled(effect) ? f(effect.value) : Effect.flatMap(effect, f)
