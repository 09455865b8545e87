/**
 * All that is measured, one after the other.
 */
import * as Array from "effect/Array"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Bench } from "./Bench.js"
import type { Name } from "./catalogue.js"
import { type Machine, machine } from "./machine.js"
import { bundle, type Weight } from "./measurements/bundle.js"
import { type ColdStart, coldStart } from "./measurements/coldStart.js"
import { linear, type Point } from "./measurements/linear.js"
import { type Checkpoint, type Growth, inFlight, overTime } from "./measurements/memory.js"
import { type At, type Comparison, sideBySide } from "./measurements/sideBySide.js"
import { floor, own, type Row, rows } from "./peers.js"
import { python } from "./python.js"

export interface Results {
  readonly machine: Machine
  readonly table: ReadonlyArray<Row & { readonly at: ReadonlyArray<At> }>
  /** What was not measured, and why. */
  readonly skipped: ReadonlyArray<string>
  /** This library on an `HttpClient`, divided by that client's POST. */
  readonly onHttpClient: ReadonlyArray<{
    readonly http: "fetch" | "undici"
    /** With the span of its own that the client makes, or without. */
    readonly spans: boolean
    readonly at: ReadonlyArray<At>
  }>
  /** Divided by `JSON.parse` of the same text. */
  readonly parse: Comparison
  readonly decode: Comparison
  /** Divided by MD5 and concatenation by hand. */
  readonly sign: Comparison
  readonly inFlight: {
    readonly calls: number
    readonly floor: Growth
    /** The floor with a fiber for each call. */
    readonly inFibers: Growth
    readonly own: Growth
  }
  readonly overTime: ReadonlyArray<Checkpoint>
  readonly linear: ReadonlyArray<{ readonly sessions: string; readonly points: ReadonlyArray<Point> }>
  readonly coldStart: ReadonlyArray<{ readonly group: string; readonly start: ColdStart }>
  readonly bundle: ReadonlyArray<Weight>
}

const part = (against: Name, candidate: Name) =>
  Effect.gen(function*() {
    const { warmWorker } = yield* Bench
    yield* Console.error(`${candidate}, divided by ${against}`)
    const [{ comparison }] = yield* sideBySide(warmWorker(against), warmWorker(candidate), [1])
    return comparison
  })

export const measure = Effect.gen(function*() {
  const bench = yield* Bench
  const { plan } = bench
  const planned = rows.filter(({ name }) => plan.rows?.includes(name) ?? true)
  const isAiohttpPlanned = planned.some(({ name }) => name === "aiohttp")
  const found = isAiohttpPlanned ? yield* python : Option.none()
  const started = yield* machine(Option.match(found, { onNone: () => [], onSome: ({ versions }) => versions }))

  // First: it does not measure time, and can fail.
  const bundles = yield* plan.bundles ? Effect.zipRight(Console.error("bundles"), bundle) : Effect.succeed([])

  const table = yield* Effect.forEach(
    planned.filter(({ name }) => name !== "aiohttp" || Option.isSome(found)),
    (row) =>
      Effect.gen(function*() {
        const { hasGoal, kind, name } = row
        yield* Console.error(row.title.replaceAll(/[*`]/g, ""))
        const candidate = name === "aiohttp"
          ? bench.python(Option.getOrThrow(found).interpreter)
          : bench.warmWorker(name)
        const concurrencies = kind === "own" ? plan.concurrencies : plan.peerConcurrencies
        const pairs = hasGoal === true ? plan.goalProcesses : plan.processes
        return { ...row, at: yield* sideBySide(bench.warmWorker(floor), candidate, concurrencies, pairs) }
      })
  )

  const onHttpClient = yield* Effect.forEach(
    plan.http.flatMap((http) => plan.spans.map((spans) => ({ http, spans }))),
    ({ http, spans }) =>
      Effect.gen(function*() {
        yield* Console.error(`effect-okru on ${http}, divided by its HttpClient alone${spans ? "" : " without spans"}`)
        const bare = bench.warmWorker(spans ? `platform on ${http}, bare` : `platform on ${http}, bare, no span`)
        const candidate = bench.warmWorker(`effect-okru on ${http}`)
        return {
          http,
          spans,
          at: yield* sideBySide(bare, candidate, plan.peerConcurrencies, spans ? plan.goalProcesses : plan.processes)
        }
      })
  )

  const parse = yield* part("JSON.parse", "parse")
  const decode = yield* part("JSON.parse", "decode")
  const sign = yield* part("sign by hand", "sign")

  yield* Console.error(`${plan.inFlight} calls in flight`)
  const flights = yield* inFlight

  const sessions = ["1 session", "10,000 sessions"] as const
  yield* Console.error(`from ${plan.counts.at(0)} to ${plan.counts.at(-1)} calls, ${sessions.join(" and ")}`)
  const points = yield* linear(sessions)

  const starts = yield* Effect.forEach(["Friends", "Users"], (group) =>
    Effect.gen(function*() {
      yield* Console.error(`importing ${group}`)
      return { group, start: yield* coldStart(group) }
    }))

  const long = yield* plan.long === 0
    ? Effect.succeed([])
    : Effect.zipRight(Console.error(`memory over ${plan.long} calls`), overTime(own))

  const results: Results = {
    machine: started,
    table,
    skipped: [
      ...isAiohttpPlanned && Option.isNone(found) ? ["aiohttp: no python3 here that has it"] : [],
      ...plan.rows === undefined ? [] : ["most peers"],
      ...plan.long === 0 ? ["memory over a million calls"] : [],
      ...plan.bundles ? [] : ["bundles"]
    ],
    onHttpClient,
    parse,
    decode,
    sign,
    inFlight: { calls: plan.inFlight, ...flights },
    overTime: long,
    linear: Array.zipWith(sessions, points, (sessions, points) => ({ sessions, points })),
    coldStart: starts,
    bundle: bundles
  }
  return results
})
