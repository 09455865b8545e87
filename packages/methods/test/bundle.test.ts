/**
 * What lands in a browser's bundle. Sources go through what a release goes through, TypeScript and the PURE marks of
 * babel-plugin-annotate-pure-calls, and then through esbuild.
 */
import { transformAsync } from "@babel/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import { assert, describe, it } from "@effect/vitest"
import * as esbuild from "esbuild"
import { readFile } from "node:fs/promises"
import { gzipSync } from "node:zlib"

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

const groupOf = (name: string) => name.replace(/\..*/, "")

const capitalized = (group: string) => group.charAt(0).toUpperCase() + group.slice(1)

const bundle = async (program: string) => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: program, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    plugins: [released]
  })
  const text = outputFiles[0]?.text ?? ""
  return {
    methods: Catalogue.methods.map(({ name }) => name).filter((name) => text.includes(`"${name}"`)),
    gzip: gzipSync(text, { level: 9 }).length
  }
}

const imports = `
  import * as OkClient from "@effect-okru/core/OkClient"
  import * as OkConfig from "@effect-okru/core/OkConfig"
  import * as OkSession from "@effect-okru/core/OkSession"
  import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
`

const run = (call: string) => `
  Effect.runPromise(${call}.pipe(
    Effect.provide(OkSession.layerClient({
      accessToken: Redacted.make("test-token"), sessionSecretKey: Redacted.make("test-secret")
    })),
    Effect.provide(OkClient.layerHttp()),
    Effect.provide(FetchHttpClient.layer),
    Effect.provide(OkConfig.layer({ applicationId: "1", applicationKey: "TEST" }))
  )).then((result) => { document.title = String(result) })
`

// What a program of its own would need for the same call: Effect, its HttpClient and Schema.
const floor = `
  import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
  import * as HttpClient from "@effect/platform/HttpClient"
  import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
  import * as Effect from "effect/Effect"
  import * as Redacted from "effect/Redacted"
  import * as Schema from "effect/Schema"
  const Ids = Schema.parseJson(Schema.Array(Schema.String))
  Effect.runPromise(Effect.flatMap(HttpClient.HttpClient, (client) => client.execute(
    HttpClientRequest.bodyText(HttpClientRequest.post("https://api.ok.ru/fb.do"), Redacted.value(Redacted.make("x")))
  )).pipe(
    Effect.flatMap((response) => response.text),
    Effect.flatMap(Schema.decode(Ids)),
    Effect.provide(FetchHttpClient.layer)
  )).then((result) => { document.title = String(result) })
`

describe("a bundle", () => {
  it("of one method, imported by subpath, holds one method", { timeout: 60_000 }, async () => {
    const { methods } = await bundle(
      `${imports} import * as Friends from "@effect-okru/methods/Friends"; ${run("Friends.get()")}`
    )
    assert.deepStrictEqual(methods, ["friends.get"])
  })

  it("of one method of every group holds 24 methods", { timeout: 60_000 }, async () => {
    const firsts = Catalogue.methods.map(({ name }) => name).filter((name, index, names) =>
      groupOf(name) !== groupOf(names[index - 1] ?? ".")
    )
    const { methods } = await bundle(`
      ${
      firsts.map(groupOf).map((group) => `import * as ${group} from "@effect-okru/methods/${capitalized(group)}"`).join(
        "\n"
      )
    }
      globalThis.methods = [${firsts.join(", ")}]`)
    assert.deepStrictEqual(methods, firsts)
    assert.strictEqual(firsts.length, 24)
  })

  it("of one method is at most 11.5 kB above Effect's own floor", { timeout: 60_000 }, async () => {
    const one = await bundle(
      `${imports} import * as Friends from "@effect-okru/methods/Friends"; ${run("Friends.get()")}`
    )
    const base = await bundle(floor)
    assert.isBelow(one.gzip - base.gzip, 11_500)
  })
})
