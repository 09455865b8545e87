/**
 * What programs weigh in a browser's bundle. The packages weigh themselves, for their tests: this asks them.
 */
import * as Command from "@effect/platform/Command"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))

/** Bytes of gzip that a program weighs more than another. */
const Weight = Schema.Struct({
  what: Schema.String,
  than: Schema.String,
  weight: Schema.Number,
  goal: Schema.optional(Schema.Number)
})

export interface Weight extends Schema.Schema.Type<typeof Weight> {}

export const bundle = Command.make(
  process.execPath,
  `${root}node_modules/tsx/dist/cli.mjs`,
  `${root}packages/methods/scripts/weigh.ts`
).pipe(
  Command.workingDirectory(root),
  Command.stderr("inherit"),
  Command.string,
  Effect.flatMap(Schema.decode(Schema.parseJson(Schema.Array(Weight))))
)
