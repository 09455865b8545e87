/**
 * What a call costs when there are few and when there are many.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { Bench } from "../Bench.js"
import type { Name } from "../catalogue.js"
import * as Protocol from "../protocol.js"
import * as Stat from "../Stat.js"

/** Calls in a second of CPU, for a number of calls made at one go. */
export interface Point {
  readonly calls: number
  readonly perCore: Stat.Stat
}

const concurrency = 64
// A few calls are made at many goes before anybody looks: between two looks a process sleeps, and wakes up with cold caches.
const ofLook = 1000
// Whatever the number, a median of some.
const leastLooks = 3

export const linear = (name: Name) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const process = yield* warmWorker(name)
    return yield* Effect.forEach(plan.counts, (calls) =>
      Effect.gen(function*() {
        const goes = Math.max(1, Math.floor(ofLook / calls))
        const looks = Math.max(leastLooks, Math.floor(plan.ofEach / (goes * calls)))
        const slices = yield* Effect.forEach(
          Array.makeBy(looks, (index) => index),
          () => process.ask({ _tag: "Slice", concurrency: Math.min(concurrency, calls), calls, goes }, Protocol.Slice)
        )
        const point: Point = {
          calls,
          perCore: Stat.of(Array.map(slices, (slice) => (slice.calls / slice.cpu) * 1e6))
        }
        return point
      }))
  }).pipe(Effect.scoped)
