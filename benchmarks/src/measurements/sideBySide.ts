/**
 * Two processes that take turns: the floor, a candidate, the floor, a candidate, and the floor once more. Each turn of the
 * candidate is divided by the two turns of the floor around it, so that whatever else the machine does meets both. Some pairs of
 * processes, one after the other: where V8 happens to put things makes one process some hundredths faster than its twin.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Bench } from "../Bench.js"
import type { ChildError, Worker } from "../Child.js"
import * as Protocol from "../protocol.js"
import { inRounds } from "../rounds.js"
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

export interface At {
  readonly concurrency: number
  readonly comparison: Comparison
}

interface Turn {
  readonly before: Protocol.Slice
  readonly candidate: Protocol.Slice
  readonly after: Protocol.Slice
}

const turns = (
  floor: Worker,
  candidate: Worker,
  concurrency: number
): Effect.Effect<Array.NonEmptyReadonlyArray<Turn>, ChildError, Bench> =>
  Effect.gen(function*() {
    const { plan } = yield* Bench
    const { least, millis } = plan
    const turn = (worker: Worker) => worker.ask({ _tag: "Slice", concurrency, millis, least }, Protocol.Slice)
    // Not counted: it opens the connections that this concurrency needs.
    yield* turn(candidate)
    yield* turn(floor)
    let before = yield* turn(floor)
    return yield* Effect.forEach(
      Array.makeBy(plan.rounds, (round) => round),
      () =>
        Effect.map(Effect.all([turn(candidate), turn(floor)]), ([candidate, after]): Turn => {
          const one = { before, candidate, after }
          before = after
          return one
        })
    )
  })

const compared = (turns: Array.NonEmptyReadonlyArray<Turn>): Comparison => {
  const candidate = (figure: (slice: Protocol.Slice) => number) =>
    Stat.of(Array.map(turns, (turn) => figure(turn.candidate)))
  const floor = (figure: (slice: Protocol.Slice) => number) => Stat.of(Array.map(turns, ({ after }) => figure(after)))
  const over = (figure: (slice: Protocol.Slice) => number) =>
    Stat.of(
      Array.map(turns, ({ after, before, candidate }) => figure(candidate) / ((figure(before) + figure(after)) / 2))
    )
  return {
    cpu: candidate(cpuOf),
    floorCpu: floor(cpuOf),
    ratio: over(cpuOf),
    rate: candidate(rateOf),
    floorRate: floor(rateOf),
    rateRatio: over(rateOf)
  }
}

/** Compares a client with its floor, each in a process of its own, at some concurrencies. */
export const sideBySide = <E, R>(
  floor: Effect.Effect<Worker, E, R>,
  candidate: Effect.Effect<Worker, E, R>,
  concurrencies: Array.NonEmptyReadonlyArray<number>,
  /** How many pairs of processes, where it is not as many as usual. */
  pairs?: number
): Effect.Effect<Array.NonEmptyReadonlyArray<At>, E | ChildError, Exclude<R, Scope.Scope> | Bench> =>
  Effect.gen(function*() {
    const { plan } = yield* Bench
    const pair = Effect.gen(function*() {
      const [one, other] = yield* Effect.all([floor, candidate], { concurrency: 2 })
      return yield* Effect.forEach(concurrencies, (concurrency) => turns(one, other, concurrency))
    })
    const ofAll = yield* inRounds(pairs ?? plan.processes, Effect.scoped(pair))
    return Array.zipWith(concurrencies, ofAll, (concurrency, turns) => ({ concurrency, comparison: compared(turns) }))
  })
