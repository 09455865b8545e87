/**
 * What every measurement needs: the server, processes to measure, and how long all of it may take.
 */
import * as Command from "@effect/platform/Command"
import type * as CommandExecutor from "@effect/platform/CommandExecutor"
import type { PlatformError } from "@effect/platform/Error"
import type * as Array from "effect/Array"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { fileURLToPath } from "node:url"
import type { Name } from "./catalogue.js"
import * as Child from "./Child.js"
import { floor, own, ownUntraced, type Row } from "./peers.js"
import * as Protocol from "./protocol.js"

/** How much is done. */
export interface Plan {
  /** How many pairs of processes are compared, of the floor and a candidate, one pair after the other. */
  readonly processes: number
  /** The same of what a goal is about, whose figure is not far from it. */
  readonly goalProcesses: number
  /** How often the two take turns. */
  readonly rounds: number
  /** How long a turn is, and how many calls it is at least: those of a slow client take longer. */
  readonly millis: number
  readonly least: number
  /** How many calls a process makes before it is measured. */
  readonly warmUp: number
  /** For how long it does at most, in milliseconds. */
  readonly longestWarmUp: number
  readonly concurrencies: Array.NonEmptyReadonlyArray<number>
  /** Where a peer is measured; this library is at all of them. */
  readonly peerConcurrencies: Array.NonEmptyReadonlyArray<number>
  /** The rows of the table, all of them where it does not say. */
  readonly rows?: ReadonlyArray<Row["name"]> | undefined
  /** The clients of @effect/platform that this library is measured on. */
  readonly http: ReadonlyArray<"fetch" | "undici">
  /** Whether an `HttpClient` alone is measured with its own spans, without, or both. */
  readonly spans: ReadonlyArray<boolean>
  /** Calls in flight when memory is measured, and how often that is done. */
  readonly inFlight: number
  readonly flights: number
  /** Calls over which memory is to stay flat, and after how many it is looked at. `0` leaves it out. */
  readonly long: number
  readonly checkpoint: number
  /** Numbers of calls over which the cost of one is to stay the same. */
  readonly counts: Array.NonEmptyReadonlyArray<number>
  /** How many calls are made of each number in a round, in as many goes as that takes. */
  readonly ofEach: number
  /** How often those numbers come round. */
  readonly ofEachRounds: number
  /** Whether bundles are weighed. */
  readonly bundles: boolean
  /** Processes started to measure an import. */
  readonly imports: number
}

export const full: Plan = {
  processes: 3,
  goalProcesses: 10,
  rounds: 8,
  millis: 80,
  least: 200,
  warmUp: 15_000,
  longestWarmUp: 4000,
  concurrencies: [1, 16, 64],
  peerConcurrencies: [1, 16, 64],
  http: ["fetch", "undici"],
  spans: [true, false],
  inFlight: 10_000,
  flights: 7,
  long: 1_000_000,
  checkpoint: 100_000,
  counts: [10, 100, 1000, 10_000, 100_000],
  ofEach: 10_000,
  ofEachRounds: 6,
  bundles: true,
  imports: 15
}

export const quick: Plan = {
  processes: 1,
  goalProcesses: 1,
  rounds: 3,
  millis: 40,
  least: 16,
  warmUp: 4000,
  longestWarmUp: 600,
  concurrencies: [1, 16, 64],
  peerConcurrencies: [16],
  rows: [floor, own, ownUntraced, "node:http", "ok.ru"],
  http: ["fetch"],
  spans: [true],
  inFlight: 2000,
  flights: 1,
  long: 0,
  checkpoint: 0,
  counts: [10, 1000],
  ofEach: 2000,
  ofEachRounds: 1,
  bundles: false,
  imports: 2
}

export interface Service {
  readonly plan: Plan
  readonly server: Child.Server
  /** A process with one client in it. */
  readonly worker: (
    name: Name
  ) => Effect.Effect<Child.Worker, Child.ChildError | PlatformError, CommandExecutor.CommandExecutor | Scope.Scope>
  /** The same, warm. */
  readonly warmWorker: (
    name: Name
  ) => Effect.Effect<Child.Worker, Child.ChildError | PlatformError, CommandExecutor.CommandExecutor | Scope.Scope>
  /** The bare aiohttp of Python, where there is one, warm. */
  readonly python: (
    interpreter: string
  ) => Effect.Effect<Child.Worker, Child.ChildError | PlatformError, CommandExecutor.CommandExecutor | Scope.Scope>
}

export class Bench extends Context.Tag("@effect-okru/benchmarks/Bench")<Bench, Service>() {}

/** Where what is measured was built to. */
export const dist = fileURLToPath(new URL("../dist/", import.meta.url))

const node = (script: string, ...args: ReadonlyArray<string>): Command.Command =>
  Command.make(process.execPath, "--expose-gc", `${dist}${script}`, ...args)

export const layer = (
  plan: Plan
): Layer.Layer<Bench, Child.ChildError | PlatformError, CommandExecutor.CommandExecutor> =>
  Layer.scoped(
    Bench,
    Effect.gen(function*() {
      const server: Child.Server = yield* Child.start("server", node("server.js"), Protocol.Listening)
      const { origin } = server.hello
      const start = (name: string, command: Command.Command) =>
        Child.start<Protocol.Command, { readonly ready: true }, { readonly ready: true }>(name, command, Protocol.Ready)
      const warm = <E, R>(worker: Effect.Effect<Child.Worker, E, R>) =>
        Effect.tap(worker, (worker) =>
          worker.ask(
            { _tag: "Slice", concurrency: 16, calls: plan.warmUp, millis: plan.longestWarmUp },
            Protocol.Slice
          ))
      const worker: Service["worker"] = (name) => start(name, node("worker.js", name, origin))
      const python = fileURLToPath(new URL("aiohttp_client.py", import.meta.url))
      return {
        plan,
        server,
        worker,
        warmWorker: (name) => warm(worker(name)),
        python: (interpreter) => warm(start("aiohttp", Command.make(interpreter, python, origin)))
      }
    })
  )
