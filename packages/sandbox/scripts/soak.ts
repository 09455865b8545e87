import { OkPolicy } from "@effect-okru/core"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import { asTable, run } from "./calls.js"

const flag = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text)
  if (!(value >= min && value <= max)) {
    throw new RangeError(`--${name} takes a number from ${min} to ${max}, not "${text}"`)
  }
  return value
}

const options = Effect.sync(() => {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "20000" },
      concurrency: { type: "string", default: "64" },
      faults: { type: "string", default: "0.1" },
      seed: { type: "string", default: "1" }
    }
  })
  return {
    calls: Math.floor(flag("calls", values.calls, 20, 1_000_000)),
    concurrency: Math.floor(flag("concurrency", values.concurrency, 1, 1000)),
    faults: flag("faults", values.faults, 0, 1),
    seed: Math.floor(flag("seed", values.seed, 0, 2 ** 31)),
    policy: OkPolicy.standard
  }
})

const program = Effect.gen(function*() {
  const report = yield* Effect.timeout(Effect.flatMap(options, run), "10 minutes")
  yield* Console.log(asTable(report))
  if (report.lost + report.writesExecutedTwice + report.unhandledRejections > 0) {
    return yield* Effect.fail("calls were lost, writes executed twice, or rejections not handled")
  }
})

NodeRuntime.runMain(program)
