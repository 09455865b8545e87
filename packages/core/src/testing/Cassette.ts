/**
 * Record what OK.ru answers once, replay it ever after: a test against the real API that needs no network the second
 * time.
 *
 * A cassette is a JSON file that can be committed. It holds, for each exchange, the method, the parameters and the answer:
 * no token, no signature, no application key, and no secret that stands in a parameter or an answer by its name. Answers are personal
 * data all the same: record with a test user.
 *
 * @since 0.1.0
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import type { ParseError } from "effect/ParseResult"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import { isSecretName, redact, secretNames } from "../internal/redact.js"
import * as OkTransport from "../OkTransport.js"

const Exchange = Schema.Struct({
  method: Schema.String,
  parameters: Schema.Record({ key: Schema.String, value: Schema.String }),
  status: Schema.Number,
  invocationError: Schema.optional(Schema.String),
  body: Schema.String
})

type Exchange = typeof Exchange.Type

const Tape = Schema.parseJson(Schema.Array(Exchange), { space: 2 })

/**
 * Replays a cassette. A request is answered by the next exchange with the same method and parameters; one that was never
 * recorded, or recorded less often, is a defect that says so. Fails with a `PlatformError` where the file cannot be read, with a
 * `ParseError` where it is no cassette.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerReplay = (
  path: string
): Layer.Layer<OkTransport.OkTransport, PlatformError | ParseError, FileSystem.FileSystem> =>
  Layer.effect(
    OkTransport.OkTransport,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const tape = yield* Effect.flatMap(files.readFileString(path), Schema.decode(Tape))
      const left = yield* Ref.make(tape)
      return {
        send: (request) =>
          Effect.flatMap(
            Ref.modify(left, (exchanges) => {
              const found = exchanges.find(({ method, parameters }) =>
                method === request.method && sameParameters(parameters, recordedParameters(request))
              )
              return [found, exchanges.filter((exchange) => exchange !== found)]
            }),
            (exchange) =>
              exchange === undefined
                ? Effect.dieMessage(
                  `Cassette: no exchange is left for ${request.method} with these parameters. Delete ${path} to record anew.`
                )
                : Effect.succeed({
                  status: exchange.status,
                  body: exchange.body,
                  invocationError: exchange.invocationError
                })
          )
      }
    })
  )

/**
 * Sends through the transport below and writes the cassette, and the folders that it is in, when its scope closes. What failed for
 * want of an answer is not written: it would be replayed ever after. A file that cannot be written is a defect.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerRecord = (
  path: string
): Layer.Layer<OkTransport.OkTransport, never, OkTransport.OkTransport | FileSystem.FileSystem> =>
  Layer.scoped(
    OkTransport.OkTransport,
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const transport = yield* OkTransport.OkTransport
      const tape = yield* Ref.make<ReadonlyArray<Exchange>>([])
      const hasGap = yield* Ref.make(false)
      const write = Ref.get(tape).pipe(
        Effect.flatMap(Schema.encode(Tape)),
        Effect.flatMap((text) => Effect.zipRight(makeFolder(files, path), files.writeFileString(path, `${text}\n`))),
        Effect.orDie
      )
      yield* Effect.addFinalizer((exit) =>
        Effect.unlessEffect(write, Effect.map(Ref.get(hasGap), (hasGap) => hasGap && Exit.isFailure(exit)))
      )
      return {
        send: (request) =>
          Effect.tap(
            Effect.onError(transport.send(request), () => Ref.set(hasGap, true)),
            (response) => Ref.update(tape, (exchanges) => [...exchanges, exchange(request, response)])
          )
      }
    })
  )

/**
 * Replays a cassette if its file exists, records one otherwise: {@link layerReplay}, {@link layerRecord}.
 *
 * @example
 * ```ts
 * import { OkTransport } from "@effect-okru/core"
 * import { Cassette } from "@effect-okru/core/testing"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const Transport = Cassette.layer("test/friends.cassette.json").pipe(
 *   Layer.provide(OkTransport.layerHttp()),
 *   Layer.provide(FetchHttpClient.layer)
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  path: string
): Layer.Layer<OkTransport.OkTransport, PlatformError | ParseError, OkTransport.OkTransport | FileSystem.FileSystem> =>
  Layer.unwrapEffect(
    Effect.flatMap(
      FileSystem.FileSystem,
      (files) => Effect.map(files.exists(path), (exists) => exists ? layerReplay(path) : layerRecord(path))
    )
  )

const makeFolder = (files: FileSystem.FileSystem, path: string): Effect.Effect<void, PlatformError> => {
  const folder = /^(.+)[\\/]/s.exec(path)?.[1]
  return folder === undefined ? Effect.void : files.makeDirectory(folder, { recursive: true })
}

const exchange = (request: OkTransport.Request, response: OkTransport.Response): Exchange => ({
  method: request.method,
  parameters: recordedParameters(request),
  status: response.status,
  ...(response.invocationError !== undefined && { invocationError: response.invocationError }),
  body: withoutNamed(redact(response.body, request))
})

// What stands in JSON stays JSON.
const withoutNamed = (text: string): string =>
  text
    .replace(members, "$1\"<redacted>\"")
    .replace(membersInTexts, "$1\\\"<redacted>\\\"")
    .replace(inAddresses, "$1$2<redacted>")

// Members of an answer that open a session: of `auth.login`, `sdk.init` and the like.
const members = new RegExp(String.raw`("(?:${secretNames})"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)`, "gi")

// JSON in a text, as in `error_data`: all quotes and strokes are escaped once more.
const membersInTexts = new RegExp(
  String.raw`(\\"(?:${secretNames})\\"\s*:\s*)(?:\\"(?:[^"\\]|\\\\(?:\\.|[^"\\])|\\[^"\\])*\\"|-?\d[\d.eE+-]*)`,
  "gi"
)

const parameter = String.raw`(?:[?&#]|\\u0026|%3F|%26)(?:${secretNames}|sig)`

// The right to upload is in the address to upload to, and an address can be in the query of another.
const inAddresses = new RegExp(
  String.raw`(${parameter}(?:=|\\u003d))[^&"\\\s]*|(${parameter}%3D)(?:(?!%26)[^&"\\\s])*`,
  "gi"
)

const recordedParameters = (request: OkTransport.Request): { readonly [name: string]: string } =>
  Object.fromEntries(
    Object.entries(request.parameters)
      .filter(([name]) => name !== "application_key")
      .map(([name, value]) => [name, isSecretName(name) ? "<redacted>" : withoutNamed(value)])
  )

const sameParameters = (
  a: { readonly [name: string]: string },
  b: { readonly [name: string]: string }
): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value)
