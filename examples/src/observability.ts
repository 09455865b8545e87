/**
 * What a backend sees of its calls: the trace of a page as a tree, the metrics as a table, the logs of level debug.
 *
 * Runs on an OK.ru in the same process and exports to memory. `docs/observability.md` has the names.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Calls from "./observability/Calls.js"
import * as Report from "./observability/Report.js"
import * as Telemetry from "./observability/Telemetry.js"
import * as Page from "./Page.js"

const section = (title: string, lines: ReadonlyArray<string>) =>
  Effect.zipRight(Page.title(title), Effect.forEach(lines, (line) => Console.log(`  ${line}`), { discard: true }))

const main = Effect.gen(function*() {
  const { logs, metrics, spans } = yield* Effect.provide(Telemetry.observed(Calls.page), Calls.layer)
  yield* section("The trace of a page that calls OK.ru", Report.tree(spans))
  yield* section("The metrics", Report.table(metrics))
  yield* section("The logs of level debug", Report.lines(logs))
})

// Not the pretty logger: the logs of the calls are exported, and no logger prints them besides.
NodeRuntime.runMain(main, { disablePrettyLogger: true })
