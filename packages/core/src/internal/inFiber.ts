import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"

/** Runs an effect in a fiber of its own and hands on what comes of it, once. What it returns interrupts the fiber. */
export const inFiber = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  runtime: Runtime.Runtime<R>,
  resume: (result: Effect.Effect<A, E>) => void,
  options?: Runtime.RunForkOptions
): Effect.Effect<void> => {
  // As an exit, so that a failure is not one that nobody handles.
  const fiber = Runtime.runFork(runtime, Effect.exit(effect), options)
  fiber.addObserver((exit) => resume(Exit.flatten(exit)))
  return Fiber.interrupt(fiber)
}
