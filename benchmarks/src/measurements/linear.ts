/**
 * What a call costs when there are few and when there are many.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Number from "effect/Number"
import { Bench } from "../Bench.js"
import type { Name } from "../catalogue.js"
import type { Worker } from "../Child.js"
import * as Protocol from "../protocol.js"
import { inRounds } from "../rounds.js"
import * as Stat from "../Stat.js"

/** For a number of calls made at one go. */
export interface Point {
  readonly calls: number
  /** Calls in a second of CPU. */
  readonly perCore: Stat.Stat
  /** CPU of a call, divided by what it took in the same round with all numbers and all clients. */
  readonly ratio: Stat.Stat
}

// The same for all, so that it is their number that differs.
const concurrency = 10
// For all numbers as many calls between two looks: a median of few long times is no median of many short ones.
const every = 1000

interface Look {
  /** Microseconds for a call. */
  readonly cpu: number
  readonly ratio: number
}

// A round takes less than a minute, and what a second of the machine is worth changes by the minute.
const compared = (
  round: Array.NonEmptyReadonlyArray<Array.NonEmptyReadonlyArray<number>>
): Array.NonEmptyReadonlyArray<Array.NonEmptyReadonlyArray<Look>> => {
  const usual = Number.sumAll(Array.map(round, (cpu) => Stat.of(cpu).median)) / round.length
  return Array.map(round, (cpu) => Array.map(cpu, (cpu) => ({ cpu, ratio: cpu / usual })))
}

const pointOf = (calls: number, looks: Array.NonEmptyReadonlyArray<Look>): Point => ({
  calls,
  perCore: Stat.of(Array.map(looks, ({ cpu }) => 1e6 / cpu)),
  ratio: Stat.of(Array.map(looks, ({ ratio }) => ratio))
})

/** The points of each client, which come round in turn. */
export const linear = (names: Array.NonEmptyReadonlyArray<Name>) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const workers = yield* Effect.forEach(names, warmWorker)
    const looks = (worker: Worker, calls: number) => {
      const goes = Math.max(1, Math.floor(plan.ofEach / calls))
      return Effect.map(
        worker.ask({ _tag: "Goes", concurrency, calls, goes, every }, Protocol.Looks),
        ({ cpu }) => Array.map(cpu, (cpu) => cpu / every)
      )
    }
    // Not counted: a process that has waited for a while takes a second to be as fast as it was.
    const warm = (worker: Worker) => looks(worker, every)
    const round = Effect.forEach(workers, (worker) =>
      Effect.zipRight(warm(worker), Effect.forEach(plan.counts, (calls) => looks(worker, calls))))
    const all = yield* inRounds(
      plan.ofEachRounds,
      Effect.map(round, (ofAll) =>
        compared(Array.flatten(ofAll)))
    )
    return Array.map(
      Array.chunksOf(all, plan.counts.length),
      (ofOne) => Array.zipWith(plan.counts, ofOne, pointOf)
    )
  }).pipe(Effect.scoped)
