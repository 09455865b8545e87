/**
 * What importing a group of methods adds to importing what any program with an HTTP call and a schema imports.
 */
import * as Command from "@effect/platform/Command"
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Bench, dist } from "../Bench.js"
import * as Stat from "../Stat.js"

const Taken = Schema.Struct({ wall: Schema.Number, cpu: Schema.Number })

const Start = Schema.parseJson(Schema.Struct({
  floor: Taken,
  all: Taken,
  modules: Schema.Number,
  own: Schema.Number
}))

export interface ColdStart {
  /** Milliseconds. */
  readonly floor: Stat.Stat
  readonly all: Stat.Stat
  /** All divided by the floor, in time and in CPU. */
  readonly wall: Stat.Stat
  readonly cpu: Stat.Stat
  /** Files loaded, and those of them that are this library's. */
  readonly modules: number
  readonly own: number
}

const floor = ["effect/Effect", "@effect/platform/HttpClient", "effect/Schema"]

export const coldStart = (group: string) =>
  Effect.gen(function*() {
    const { plan } = yield* Bench
    const start = Command.make(process.execPath, `${dist}coldStart.js`, ...floor, `@effect-okru/methods/${group}`).pipe(
      Command.stderr("inherit"),
      Command.string,
      Effect.flatMap(Schema.decode(Start))
    )
    // Not counted: it brings the files into the cache of the system.
    const { modules, own } = yield* start
    const starts = yield* Effect.forEach(Array.makeBy(plan.imports, (index) => index), () => start)
    const stat = (figure: (start: typeof Start.Type) => number) => Stat.of(Array.map(starts, figure))
    const result: ColdStart = {
      floor: stat(({ floor }) => floor.wall),
      all: stat(({ all }) => all.wall),
      wall: stat(({ all, floor }) => all.wall / floor.wall),
      cpu: stat(({ all, floor }) => all.cpu / floor.cpu),
      modules,
      own
    }
    return result
  })
