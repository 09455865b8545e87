import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as FiberRefs from "effect/FiberRefs"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Scheduler from "effect/Scheduler"

/** An effect that runs in a fiber of its own, as its exit: a failure is not one that nobody handles. */
export interface Forked<A, E> {
  readonly fiber: Fiber.RuntimeFiber<Exit.Exit<A, E>>
  /**
   * What the fiber has set is set where this runs, as after `Fiber.join`. Nothing, where it has set nothing: to inherit from a fiber
   * takes as long as the rest of a call.
   */
  readonly inherit: Effect.Effect<void>
}

export const fork = <A, E, R>(effect: Effect.Effect<A, E, R>, runtime: Runtime.Runtime<R>): Forked<A, E> => {
  let before = FiberRefs.empty()
  const fiber = Runtime.runFork(runtime, Effect.exit(effect), { updateRefs: (refs) => before = refs })
  return {
    fiber,
    inherit: Effect.suspend(() => hasSet(before, fiber.getFiberRefs()) ? Fiber.inheritAll(fiber) : Effect.void)
  }
}

const hasSet = (before: FiberRefs.FiberRefs, after: FiberRefs.FiberRefs): boolean => {
  for (const [ref, [[, value]]] of after.locals) {
    if (before.locals.get(ref)?.[0][1] !== value && ref !== FiberRef.currentRuntimeFlags) {
      return true
    }
  }
  return false
}

/** Runs an effect in a fiber of its own and hands on what comes of it, once. What it returns interrupts the fiber. */
export const inFiber = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  runtime: Runtime.Runtime<R>,
  resume: (result: Effect.Effect<A, E>) => void,
  updateRefs?: Runtime.RunForkOptions["updateRefs"]
): Effect.Effect<void> => {
  const scheduler = Option.getOrUndefined(Option.map(Fiber.getCurrentFiber(), queueOf))
  const fiber = Runtime.runFork(runtime, Effect.exit(effect), { scheduler, updateRefs })
  fiber.addObserver((exit) => resume(Exit.flatten(exit)))
  return Effect.suspend(() => Fiber.interrupt(fiber))
}

// Effect keeps a queue for each fiber, in a `WeakMap`: where a call follows the other that is a twelfth of it. A fiber that its
// caller waits for takes the caller's. Not where FiberRefs are inherited: the scheduler is one of them.
const queueOf = (caller: Fiber.RuntimeFiber<unknown, unknown>): Scheduler.Scheduler => {
  const scheduler = caller.currentScheduler
  return {
    shouldYield: (fiber) => scheduler.shouldYield(fiber),
    scheduleTask: (task, priority) => scheduler.scheduleTask(task, priority, caller)
  }
}
