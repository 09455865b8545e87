/**
 * What programs weigh that a browser loads. Sources go through what a release goes through, TypeScript and the PURE marks of
 * babel-plugin-annotate-pure-calls, and then through esbuild.
 */
import { transformAsync } from "@babel/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import esbuildPlugins from "@size-limit/esbuild"
import filePlugins from "@size-limit/file"
import * as Schema from "effect/Schema"
import * as esbuild from "esbuild"
import { readFile } from "node:fs/promises"
import sizeLimit from "size-limit"

/**
 * What a program may weigh more than another, in bytes of gzip. A limit above its goal is today's weight, rounded up to
 * 250 bytes, with 50 to spare for another zlib.
 */
const weights: ReadonlyArray<{
  readonly what: string
  readonly program: keyof typeof programs
  readonly than: keyof typeof programs
  readonly limit: number
  readonly goal?: number
}> = [
  { what: "one method", program: "oneMethodOnFetch", than: "floor", limit: -5_500, goal: 6_000 },
  { what: "one method, over an HttpClient", program: "oneMethod", than: "floor", limit: 14_750, goal: 6_000 },
  { what: "one method, over fetch by hand", program: "oneMethodOnFetch", than: "floorOnFetch", limit: 20_250 },
  { what: "10 more methods of its group", program: "oneGroup", than: "oneMethod", limit: 2_750 },
  { what: "the first method of another group", program: "users", than: "oneMethod", limit: 3_000 },
  { what: "one that brings many models", program: "topics", than: "oneMethod", limit: 5_250 },
  { what: "all methods", program: "allMethods", than: "oneMethod", limit: 20_250, goal: 14_000 },
  { what: "all methods, on fetch itself", program: "allMethodsOnFetch", than: "floor", limit: 27_500 },
  { what: "the first with pages, on fetch itself", program: "pagesOnFetch", than: "oneMethodOnFetch", limit: 14_500 }
]

const released: esbuild.Plugin = {
  name: "released",
  setup(build) {
    build.onLoad({ filter: /packages\/(core|methods)\/src\/.*\.ts$/ }, async ({ path }) => {
      const { code } = await esbuild.transform(await readFile(path, "utf8"), { loader: "ts", target: "es2022" })
      const marked = await transformAsync(code, { plugins: ["annotate-pure-calls"], configFile: false, compact: false })
      return { contents: marked?.code ?? code, loader: "js" }
    })
  }
}

export const groupOf = (name: string) => name.replace(/\..*/, "")

const capitalized = (group: string) => group.charAt(0).toUpperCase() + group.slice(1)

/** Calls one method, with what the client is made of. */
const calling = (client: string) => `
  import * as Friends from "@effect-okru/methods/Friends"
  import * as OkClient from "@effect-okru/core/OkClient"
  import * as OkConfig from "@effect-okru/core/OkConfig"
  import * as OkSession from "@effect-okru/core/OkSession"
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  Effect.runPromise(Friends.get().pipe(
    Effect.provide(OkSession.layerClient({
      accessToken: Redacted.make("test-token"), sessionSecretKey: Redacted.make("test-secret")
    })),
    ${client},
    Effect.provide(OkConfig.layer({ applicationId: "1", applicationKey: "TEST" }))
  )).then((result) => { document.title = String(result) })
`

const oneMethod = `
  import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
  ${calling("Effect.provide(OkClient.layerHttp()), Effect.provide(FetchHttpClient.layer)")}
`

const oneMethodOnFetch = `
  import * as Fetch from "@effect-okru/core/fetch"
  import * as Signature from "@effect-okru/core/Signature"
  ${calling("Effect.provide(OkClient.layer()), Effect.provide([Signature.layer, Fetch.layer()])")}
`

/** What a program of its own would need for the same call: Effect, Schema and what sends. */
const sending = (send: string) => `
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  import * as Schema from "effect/Schema"
  const Ids = Schema.parseJson(Schema.Array(Schema.String))
  const form = Redacted.make("x")
  Effect.runPromise(${send}.pipe(Effect.flatMap(Schema.decode(Ids)))).then((result) => {
    document.title = String(result)
  })
`

const floor = `
  import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
  import * as HttpClient from "@effect/platform/HttpClient"
  import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
  ${
  sending(`Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(
    HttpClientRequest.bodyText(HttpClientRequest.post("https://api.ok.ru/fb.do"), Redacted.value(form))
  )).pipe(Effect.flatMap((response) => response.text), Effect.provide(FetchHttpClient.layer))`)
}
`

const floorOnFetch = sending(`Effect.tryPromise((signal) =>
  fetch("https://api.ok.ru/fb.do", { method: "POST", body: Redacted.value(form), signal }).then((response) => response.text())
)`)

export const named = Catalogue.methods.map(({ name }) => name)

/** A program that has methods, each by its group's own path, beside the one that it calls. */
export const having = (methods: ReadonlyArray<string>, program = oneMethod) =>
  `${program}
  ${
    Array.from(
      new Set(methods.map(groupOf)),
      (group) => `import * as ${group} from "@effect-okru/methods/${capitalized(group)}"`
    )
      .join("\n")
  }
  globalThis.methods = [${methods.join(", ")}]`

const friends = named.filter((name) => groupOf(name) === "friends")

export const programs = {
  floor,
  floorOnFetch,
  oneMethod,
  oneMethodOnFetch,
  oneGroup: having(friends),
  users: having(["users.getInfo"]),
  topics: having(["mediatopic.getByIds"]),
  allMethods: having(named),
  // `Stream`, which an `HttpClient` has anyway, comes with pages.
  pagesOnFetch: having(["friends.getSuggestions"], oneMethodOnFetch),
  allMethodsOnFetch: having(named, oneMethodOnFetch)
}

const options = (program: string): esbuild.BuildOptions => ({
  stdin: { contents: program, resolveDir: import.meta.dirname, loader: "ts" },
  bundle: true,
  minify: true,
  format: "esm",
  platform: "browser",
  plugins: [released]
})

/** The methods and the modules that have a part in the bundle of a program. */
export const partsOf = async (program: string) => {
  const { metafile, outputFiles } = await esbuild.build({ ...options(program), metafile: true, write: false })
  const text = outputFiles[0]?.text ?? ""
  return {
    methods: named.filter((name) => text.includes(`"${name}"`)),
    modules: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
    )
  }
}

const Sizes = Schema.Array(Schema.Struct({ size: Schema.Number }))

/** The bytes of gzip of each program's bundle. */
const sizesOf = async <Name extends string>(programs: { readonly [name in Name]: string }) => {
  const names = Object.keys(programs) as Array<Name>
  const checks = names.map((name) => ({
    files: [],
    gzip: true,
    modifyEsbuildConfig: (config: esbuild.BuildOptions): esbuild.BuildOptions => ({
      ...config,
      ...options(programs[name]),
      entryPoints: []
    })
  }))
  const sizes = Schema.decodeUnknownSync(Sizes)(await sizeLimit([...esbuildPlugins, ...filePlugins], { checks }))
  return (name: Name) => sizes[names.indexOf(name)]?.size ?? Number.NaN
}

/** What each program weighs more than another, and what each further method does. */
export const weighed = async () => {
  const size = await sizesOf(programs)
  const beyond = (program: keyof typeof programs, than: keyof typeof programs) => size(program) - size(than)
  const each = (program: keyof typeof programs, methods: number) => Math.round(beyond(program, "oneMethod") / methods)
  return [
    ...weights.map(({ program, than, ...rest }) => ({ ...rest, than, weight: beyond(program, than) })),
    {
      what: "each further method of the same group",
      than: "oneMethod",
      limit: 260,
      goal: 150,
      weight: each("oneGroup", friends.length - 1)
    },
    {
      what: "each further method, on average",
      than: "oneMethod",
      limit: 150,
      goal: 150,
      weight: each("allMethods", named.length - 1)
    }
  ]
}
