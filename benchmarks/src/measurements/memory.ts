/**
 * What calls take while they wait for their answers, and what is left of them in the end.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { Bench } from "../Bench.js"
import type { Name } from "../catalogue.js"
import { floorInFibers, floorPatient, ownPatient } from "../peers.js"
import * as Protocol from "../protocol.js"
import * as Stat from "../Stat.js"

export const megabytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)

/** Bytes that a process grew by. */
export interface Growth {
  readonly resident: Stat.Stat
  readonly heap: Stat.Stat
}

// Each flight is of a new process: one that has made calls has pages to spare, and grows by less.
const flight = (name: Name) =>
  Effect.scoped(Effect.gen(function*() {
    const { plan, server, worker } = yield* Bench
    const process = yield* worker(name)
    yield* server.ask({ _tag: "Hold" }, Protocol.Done)
    const growth = yield* process.ask({ _tag: "Fly", calls: plan.inFlight }, Protocol.Memory).pipe(
      Effect.ensuring(Effect.orDie(server.ask({ _tag: "Release" }, Protocol.Done)))
    )
    yield* process.ask({ _tag: "Land" }, Protocol.Done)
    return growth
  }))

/**
 * Many calls at a time, with a server that keeps its answers back. Who makes them comes round in turn: what the system does with
 * its pages meets all.
 */
export const inFlight = Effect.gen(function*() {
  const { plan } = yield* Bench
  const round = Effect.all({ floor: flight(floorPatient), inFibers: flight(floorInFibers), own: flight(ownPatient) })
  const rounds = yield* Effect.forEach(Array.makeBy(plan.flights, (index) => index), () => round)
  const growthOf = (whose: keyof typeof rounds[number]): Growth => ({
    resident: Stat.of(Array.map(rounds, (round) => round[whose].resident)),
    heap: Stat.of(Array.map(rounds, (round) => round[whose].heap))
  })
  return { floor: growthOf("floor"), inFibers: growthOf("inFibers"), own: growthOf("own") }
})

/** In use after so many calls of one process. */
export interface Checkpoint extends Protocol.Memory {
  readonly calls: number
}

/** A long run, with a look at the memory now and then. */
export const overTime = (name: Name) =>
  Effect.gen(function*() {
    const { plan, warmWorker } = yield* Bench
    const process = yield* warmWorker(name)
    return yield* Effect.forEach(
      Array.makeBy(plan.long / plan.checkpoint, (index) => (index + 1) * plan.checkpoint),
      (calls) =>
        Effect.gen(function*() {
          yield* process.ask({ _tag: "Slice", concurrency: 64, calls: plan.checkpoint }, Protocol.Slice)
          const memory = yield* process.ask({ _tag: "Memory" }, Protocol.Memory)
          const checkpoint: Checkpoint = { calls, ...memory }
          return checkpoint
        })
    )
  }).pipe(Effect.scoped)
