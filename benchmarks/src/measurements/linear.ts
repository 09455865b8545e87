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
// For all numbers as many calls between two looks: a median of few long times is no median of many short ones.
const every = 1000

export const linear = (name: Name) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const process = yield* warmWorker(name)
    const looks = (calls: number) => {
      const goes = Math.max(1, Math.floor(plan.ofEach / calls))
      return Effect.map(
        process.ask({ _tag: "Goes", concurrency, calls, goes, every }, Protocol.Looks),
        ({ cpu }) => cpu
      )
    }
    const all = yield* inRounds(plan.ofEachRounds, Effect.forEach(plan.counts, looks))
    return Array.zipWith(plan.counts, all, (calls, looks): Point => ({
      calls,
      perCore: Stat.of(Array.map(looks, (cpu) => (every / cpu) * 1e6))
    }))
  }).pipe(Effect.scoped)
