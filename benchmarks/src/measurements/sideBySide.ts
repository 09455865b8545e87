/**
 * Two processes that take turns: the floor, a candidate, the floor, a candidate, and the floor once more. Each turn of the
 * candidate is divided by the two turns of the floor around it, so that whatever else the machine does meets both.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { Bench } from "../Bench.js"
import type { ChildError, Worker } from "../Child.js"
import * as Protocol from "../protocol.js"
import * as Stat from "../Stat.js"

export interface Comparison {
  /** Microseconds of CPU for a call of the candidate. */
  readonly cpu: Stat.Stat
  /** Of the floor. */
  readonly floorCpu: Stat.Stat
  /** One divided by the other. */
  readonly ratio: Stat.Stat
  /** Calls in a second. */
  readonly rate: Stat.Stat
  readonly floorRate: Stat.Stat
  readonly rateRatio: Stat.Stat
}

const cpuOf = ({ calls, cpu }: Protocol.Slice): number => cpu / calls

const rateOf = ({ calls, wall }: Protocol.Slice): number => (calls / wall) * 1000

export const sideBySide = (
  floor: Worker,
  candidate: Worker,
  concurrency: number
): Effect.Effect<Comparison, ChildError, Bench> =>
  Effect.gen(function*() {
    const { plan } = yield* Bench
    const turn = (worker: Worker) => worker.ask({ _tag: "Slice", concurrency, millis: plan.millis }, Protocol.Slice)
    // Not counted: it opens the connections that this concurrency needs.
    yield* turn(candidate)
    yield* turn(floor)
    const first = yield* turn(floor)
    const rounds = yield* Effect.forEach(
      Array.makeBy(plan.rounds, (round) => round),
      () => Effect.all([turn(candidate), turn(floor)])
    )
    const floors = Array.prepend(Array.map(rounds, ([, floor]) => floor), first)
    const candidates = Array.map(rounds, ([candidate]) => candidate)
    const over = (figure: (slice: Protocol.Slice) => number) =>
      Stat.of(Array.map(candidates, (slice, index) =>
        figure(slice) / ((figure(floors[index] ?? first) + figure(floors[index + 1] ?? first)) / 2)))
    return {
      cpu: Stat.of(Array.map(candidates, cpuOf)),
      floorCpu: Stat.of(Array.map(floors, cpuOf)),
      ratio: over(cpuOf),
      rate: Stat.of(Array.map(candidates, rateOf)),
      floorRate: Stat.of(Array.map(floors, rateOf)),
      rateRatio: over(rateOf)
    }
  })
