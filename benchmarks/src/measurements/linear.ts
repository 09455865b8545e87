/**
 * What a call costs when there are few and when there are many.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { Bench } from "../Bench.js"
import type { Name } from "../catalogue.js"
import * as Protocol from "../protocol.js"
import { inRounds } from "../rounds.js"
import * as Stat from "../Stat.js"

/** Calls in a second of CPU, for a number of calls made at one go. */
export interface Point {
  readonly calls: number
  readonly perCore: Stat.Stat
}

// The same for all, so that it is their number that differs.
const concurrency = 10
// A few calls are made at many goes before anybody looks: between two looks a process sleeps, and wakes up with cold caches.
const ofLook = 1000

export const linear = (name: Name) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const process = yield* warmWorker(name)
    const looks = (calls: number) => {
      const goes = Math.max(1, Math.floor(ofLook / calls))
      const times = Math.max(1, Math.floor(plan.ofEach / (plan.ofEachRounds * goes * calls)))
      return Effect.forEach(
        Array.makeBy(times, (index) => index),
        () => process.ask({ _tag: "Slice", concurrency, calls, goes }, Protocol.Slice)
      )
    }
    const slices = yield* inRounds(plan.ofEachRounds, Effect.forEach(plan.counts, looks))
    return Array.zipWith(plan.counts, slices, (calls, slices): Point => ({
      calls,
      perCore: Stat.of(Array.map(slices, (slice) => (slice.calls / slice.cpu) * 1e6))
    }))
  }).pipe(Effect.scoped)
