/**
 * `pnpm bench`: builds, measures, prints and writes `results.md`. `--quick` takes less than a minute and writes only with
 * `--write`. `--profile` says whose code the time of a call goes to.
 */
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import * as Bench from "./Bench.js"
import { build } from "./build.js"
import { profiles } from "./measurements/profiles.js"
import { report } from "./report.js"
import { measure } from "./Results.js"

const results = fileURLToPath(new URL("../results.md", import.meta.url))

const options = Effect.sync(() =>
  parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      profile: { type: "boolean", default: false }
    }
  }).values
)

const program = Effect.gen(function*() {
  const { profile, quick, write } = yield* options
  yield* Console.error("building")
  yield* build
  const layer = Bench.layer(quick ? Bench.quick : Bench.full)
  if (profile) {
    return yield* Effect.flatMap(Effect.provide(profiles, layer), Console.log)
  }
  const text = report(
    yield* Effect.provide(measure, layer),
    DateTime.formatIsoDateUtc(yield* DateTime.now),
    quick ? "quick" : "full"
  )
  yield* Console.log(text)
  if (!quick || write) {
    yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.writeFileString(results, text))
    yield* Console.error("written to benchmarks/results.md")
  }
})

NodeRuntime.runMain(Effect.timeout(Effect.provide(program, NodeContext.layer), "3 hours"))
