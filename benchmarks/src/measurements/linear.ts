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
// Whatever the number, a median of some.
const goes = { least: 3, most: 50 }

export const linear = (name: Name) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const process = yield* warmWorker(name)
    return yield* Effect.forEach(plan.counts, (calls) =>
      Effect.gen(function*() {
        const repeats = Math.max(goes.least, Math.min(goes.most, Math.floor(plan.ofEach / calls)))
        const slices = yield* Effect.forEach(
          Array.makeBy(repeats, (index) => index),
          () => process.ask({ _tag: "Slice", concurrency: Math.min(concurrency, calls), calls }, Protocol.Slice)
        )
        const point: Point = {
          calls,
          perCore: Stat.of(Array.map(slices, (slice) => (slice.calls / slice.cpu) * 1e6))
        }
        return point
      }))
  }).pipe(Effect.scoped)
