/**
 * The Python that has aiohttp, where there is one.
 */
import * as Command from "@effect/platform/Command"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Version } from "./machine.js"

const Versions = Schema.parseJson(Schema.Struct({ python: Schema.String, aiohttp: Schema.String }))

const program = "import aiohttp, json, platform; " +
  "print(json.dumps({'python': platform.python_version(), 'aiohttp': aiohttp.__version__}))"

const aiohttpOf = (interpreter: string) =>
  Command.make(interpreter, "-c", program).pipe(
    Command.stderr("pipe"),
    Command.string,
    Effect.flatMap(Schema.decode(Versions)),
    Effect.map(({ aiohttp, python }) => ({
      interpreter,
      versions: [["Python", python], ["aiohttp", aiohttp]] satisfies ReadonlyArray<Version>
    }))
  )

// The second is the system's, where the first is of a version manager.
export const python = Effect.option(Effect.firstSuccessOf(["python3", "/usr/bin/python3"].map(aiohttpOf)))
