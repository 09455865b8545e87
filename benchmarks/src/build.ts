/**
 * Builds what is measured: the packages as they are released, beside the benchmark as an installation has them, so that
 * plain Node runs plain JavaScript. Sources run through a loader would cost more: see README.md.
 */
import * as Command from "@effect/platform/Command"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { dist } from "./Bench.js"

class BuildError extends Data.TaggedError("BuildError")<{ readonly message: string }> {}

const root = fileURLToPath(new URL("../../", import.meta.url))

const Manifest = Schema.parseJson(Schema.Struct({
  name: Schema.String,
  publishConfig: Schema.Struct({ exports: Schema.Unknown })
}))

/** A package as it is packed: what it publishes stands for what it has here. */
const install = (name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const from = `${root}packages/${name}`
    const to = `${dist}node_modules/@effect-okru/${name}`
    const manifest = yield* Effect.flatMap(fs.readFileString(`${from}/package.json`), Schema.decode(Manifest))
    yield* fs.remove(to, { recursive: true, force: true })
    yield* fs.makeDirectory(to, { recursive: true })
    yield* fs.copy(`${from}/dist`, `${to}/dist`)
    yield* fs.writeFileString(
      `${to}/package.json`,
      JSON.stringify({ name: manifest.name, type: "module", exports: manifest.publishConfig.exports })
    )
  })

// Where an installation has them: beside the packages, so that Node looks for them in as few places.
const link = (name: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const to = `${dist}node_modules/${name}`
    yield* fs.makeDirectory(dirname(to), { recursive: true })
    yield* fs.remove(to, { recursive: true, force: true })
    yield* fs.symlink(yield* fs.realPath(`${root}benchmarks/node_modules/${name}`), to)
  })

export const build = Effect.gen(function*() {
  const compile = Command.make(process.execPath, `${root}node_modules/typescript/bin/tsc`, "-b", `${root}benchmarks`)
  const code = yield* compile.pipe(Command.stdout("inherit"), Command.stderr("inherit"), Command.exitCode)
  if (code !== 0) {
    return yield* new BuildError({ message: `tsc ended with ${code}` })
  }
  yield* Effect.forEach(["core", "auth", "methods"], install)
  yield* Effect.forEach(["effect", "@effect/platform", "undici"], link)
})
