/**
 * A client under measurement that is written with Effect. Beside `Client`, so that the process of any other has no Effect
 * in it.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { isCurrentUser } from "./answer.js"
import type { Client } from "./Client.js"

/** Calls from inside of a program, as programs of Effect make them: a fiber for each of those that are under way. */
export const fromEffect = <A, E, R>(
  call: Effect.Effect<A, E, R>,
  layer: Layer.Layer<R, unknown>,
  isRight: Client["isRight"] = isCurrentUser
): Client => {
  const runtime = ManagedRuntime.make(layer)
  return {
    call: () => runtime.runPromise(call),
    isRight,
    run: (concurrency, more) => {
      const lane = Effect.fork(Effect.whileLoop({ while: () => more(1), body: () => call, step: () => {} }))
      return runtime.runPromise(
        Effect.flatMap(
          Effect.replicateEffect(lane, concurrency),
          (lanes) => Effect.forEach(lanes, Fiber.join, { discard: true })
        )
      )
    }
  }
}
