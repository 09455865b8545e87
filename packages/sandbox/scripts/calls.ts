/*
 * Many calls through a sandbox on a port while things go wrong, and what became of each.
 */
import { OkClient, type OkError, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Array from "effect/Array"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

export interface Options {
  readonly calls: number
  readonly concurrency: number
  /** How many calls something goes wrong with, from 0 to 1. */
  readonly faults: number
  readonly seed: number
  readonly policy: Layer.Layer<never>
}

export interface Report {
  readonly calls: number
  readonly succeeded: number
  /** By tag, and the reason where it was the connection. */
  readonly failed: { readonly [tag: string]: number }
  /** Neither succeeded nor failed in a way that is typed. */
  readonly lost: number
  readonly faults: number
  readonly writesExecutedTwice: number
  readonly unhandledRejections: number
  /** In bytes, after a tenth of the calls, and in the end. */
  readonly heap: { readonly warm: number; readonly end: number }
  readonly millis: number
}

const maxBytes = 1 << 20

// Slow is slower than an attempt may be, and huge larger than an answer may be.
const among: Array.NonEmptyReadonlyArray<Sandbox.Fault> = [
  { kind: "flood" },
  { kind: "flood", waitMillis: 30 },
  { kind: "flood", waitMillis: 30, place: "body" },
  { kind: "sessionExpired" },
  { kind: "unknownCode" },
  { kind: "resetUnread" },
  { kind: "resetBefore" },
  { kind: "resetAfter" },
  { kind: "gatewayPage" },
  { kind: "slowHeaders", millis: 20_000 },
  { kind: "slowBody", millis: 20_000 },
  { kind: "truncatedBody" },
  { kind: "brokenBody" },
  { kind: "wrongContentType" },
  { kind: "emptyBody" },
  { kind: "wrongJson" },
  { kind: "hugeBody", bytes: 4 * maxBytes },
  { kind: "gzipBomb", bytes: 4 * maxBytes }
]

const heap = Effect.sync(() => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
})

const countRejections = Effect.acquireRelease(
  Effect.sync(() => {
    const seen = { count: 0 }
    const listener = () => {
      seen.count += 1
    }
    process.on("unhandledRejection", listener)
    return { seen, listener }
  }),
  ({ listener }) => Effect.sync(() => process.off("unhandledRejection", listener))
)

const outcomeOf = <A>(exit: Exit.Exit<A, OkError.OkError>): string =>
  Exit.match(exit, {
    onSuccess: () => "succeeded",
    onFailure: (cause) =>
      Either.match(Cause.failureOrCause(cause), {
        onLeft: (error) => error._tag === "OkTransportError" ? `${error._tag} ${error.reason}` : error._tag,
        onRight: () => "lost"
      })
  })

/** Every second call writes, under a text of its own, by which the sandbox knows it again. */
const callOf = (index: number) =>
  index % 2 === 0 ? Effect.asVoid(Users.getLoggedInUser()) : Effect.asVoid(Users.setStatus({ status: String(index) }))

export const run = ({ calls, concurrency, faults, policy, seed }: Options): Effect.Effect<Report, unknown> =>
  Effect.gen(function*() {
    const executions = new Uint8Array(calls)
    const spoilt = { count: 0 }
    const onRequest = ({ executed, fault, parameters }: Sandbox.Request) =>
      Effect.sync(() => {
        spoilt.count += fault === undefined ? 0 : 1
        const index = Number(parameters["status"] ?? NaN)
        if (executed && index < calls) {
          executions[index] = (executions[index] ?? 0) + 1
        }
      })
    const outcomes = new Map<string, number>()
    const make = (from: number, to: number) =>
      Effect.forEach(
        Array.range(from, to - 1),
        (index) =>
          Effect.map(Effect.exit(callOf(index)), (exit) => {
            const outcome = outcomeOf(exit)
            outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
          }),
        { concurrency, discard: true }
      )
    const session = Layer.unwrapEffect(Effect.gen(function*() {
      const { users } = yield* Sandbox.Sandbox
      return OkSession.layerClient((yield* users)[0])
    }))
    const Ok = Layer.mergeAll(OkClient.layerHttp({ maxBytes }), session, policy).pipe(
      Layer.provideMerge(SandboxServer.layerOkConfig),
      Layer.provide(FetchHttpClient.layer),
      Layer.provideMerge(SandboxServer.layer()),
      Layer.provideMerge(Sandbox.layer({ onRequest }))
    )
    const { seen } = yield* countRejections
    const started = yield* Clock.currentTimeMillis
    const [warm, end] = yield* Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.faultsByChance({ share: faults, among, seed })
      const tenth = Math.ceil(calls / 10)
      yield* make(0, tenth)
      const warm = yield* heap
      yield* make(tenth, calls)
      return [warm, yield* heap] as const
    }).pipe(Effect.provide(Ok))
    const millis = (yield* Clock.currentTimeMillis) - started
    // Node tells of a rejection that nobody handles after the turn in which it happens.
    yield* Effect.sleep("10 millis")
    const { lost = 0, succeeded = 0, ...failed } = Object.fromEntries(outcomes)
    return {
      calls,
      succeeded,
      failed,
      lost: lost + calls - [...outcomes.values()].reduce((sum, count) => sum + count, 0),
      faults: spoilt.count,
      writesExecutedTwice: executions.filter((count) => count > 1).length,
      unhandledRejections: seen.count,
      heap: { warm, end },
      millis
    }
  }).pipe(Effect.scoped)

const megabytes = (bytes: number): string => `${(bytes / (1 << 20)).toFixed(1)} MB`

export const asTable = (report: Report): string => {
  const failures = Object.entries(report.failed).sort(([a], [b]) => a < b ? -1 : 1)
  const rows: ReadonlyArray<readonly [string, number | string]> = [
    ["calls", report.calls],
    ["faults", report.faults],
    ["succeeded", report.succeeded],
    ["failed, typed", failures.reduce((sum, [, count]) => sum + count, 0)],
    ...failures.map(([tag, count]) => [`  ${tag}`, count] as const),
    ["lost", report.lost],
    ["writes executed twice", report.writesExecutedTwice],
    ["unhandled rejections", report.unhandledRejections],
    ["heap after a tenth", megabytes(report.heap.warm)],
    ["heap in the end", megabytes(report.heap.end)],
    ["duration", `${(report.millis / 1000).toFixed(1)} s`]
  ]
  return rows.map(([name, value]) => `${name.padEnd(34)}${String(value).padStart(10)}`).join("\n")
}
