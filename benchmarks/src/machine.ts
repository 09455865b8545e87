/**
 * Where and with what it was measured.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os"
import { fileURLToPath } from "node:url"

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memory: number
  readonly system: string
  readonly node: string
  /** How many processes wanted to run, over the last minute, before this one began. */
  readonly load: number
  readonly versions: ReadonlyArray<Version>
}

export type Version = readonly [name: string, version: string]

const folders = [
  "effect",
  "effect4",
  "@effect/platform",
  "@effect/platform-node",
  "undici",
  "ok.ru",
  "@octokit/request",
  "vk-io"
]

const Manifest = Schema.parseJson(Schema.Struct({ name: Schema.String, version: Schema.String }))

/** `others` are the versions of what is no package here. */
export const machine = (
  others: ReadonlyArray<Version>
): Effect.Effect<Machine, Effect.Effect.Error<typeof versions>, FileSystem.FileSystem> =>
  Effect.map(versions, (versions) => ({
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    load: loadavg()[0] ?? 0,
    versions: [...versions, ["undici of Node, behind fetch", process.versions["undici"] ?? "unknown"], ...others]
  }))

const versions = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) =>
    Effect.forEach(
      folders,
      (folder) =>
        fs.readFileString(fileURLToPath(new URL(`../node_modules/${folder}/package.json`, import.meta.url))).pipe(
          Effect.flatMap(Schema.decode(Manifest)),
          Effect.map(({ name, version }): Version => [name, version])
        )
    )
)
