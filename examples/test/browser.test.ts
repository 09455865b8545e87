import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as SandboxUser from "@effect-okru/sandbox/SandboxUser"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as esbuild from "esbuild"
import { createServer } from "node:http"
import { gzipSync } from "node:zlib"
import { friendsOf } from "../src/browser.js"
import { hasChromium, inChromium, openPage } from "./chromium.js"

const Quiet = Logger.minimumLogLevel(LogLevel.None)

/** What the page has: the example, and the transport under it. */
const script = `
  import * as Fetch from "@effect-okru/core/fetch"
  import * as Effect from "effect/Effect"
  import * as Fiber from "effect/Fiber"
  import * as Redacted from "effect/Redacted"
  import { friendsOf } from "../src/browser.js"

  globalThis.friends = (application, accessToken, sessionSecretKey) =>
    Effect.runPromise(friendsOf(application, {
      accessToken: Redacted.make(accessToken), sessionSecretKey: Redacted.make(sessionSecretKey)
    }))

  const sending = (url, maxBytes) => Fetch.make({ maxBytes }).send({
    method: "test.read", kind: "read", verb: "POST", url, parameters: {}, canonical: "", sig: undefined,
    accessToken: undefined, form: () => "a=1"
  })
  globalThis.send = (url, maxBytes) => Effect.runPromise(Effect.match(sending(url, maxBytes), {
    onFailure: ({ _tag, reason, status = "none" }) => [_tag, reason, status],
    onSuccess: ({ body, status }) => [body, status]
  }))
  globalThis.interrupted = async (url) => {
    const fiber = Effect.runFork(sending(url))
    await fetch(url.replace("/stalled", "/arrived"), { method: "POST" })
    return (await Effect.runPromise(Fiber.interrupt(fiber)))._tag
  }
`

const bundled = Effect.map(
  Effect.promise(() =>
    esbuild.build({
      stdin: { contents: script, resolveDir: import.meta.dirname, loader: "ts" },
      bundle: true,
      format: "iife",
      platform: "browser",
      write: false
    })
  ),
  ({ outputFiles }) => outputFiles[0]?.text ?? ""
)

/** A page at an address, with the script in it, and what evaluates a call there. */
const pageAt = (url: string) =>
  Effect.gen(function*() {
    const content = yield* bundled
    const { page } = yield* openPage
    yield* Effect.promise(async () => {
      await page.goto(url)
      await page.addScriptTag({ content })
    })
    return (name: string, ...args: ReadonlyArray<unknown>): Effect.Effect<unknown> =>
      Effect.promise(() => page.evaluate(`${name}(...${JSON.stringify(args)})`))
  })

/** The address of a server for as long as the scope is open. */
const serving = (app: HttpApp.Default) =>
  Effect.gen(function*() {
    const node = createServer()
    const server = yield* NodeHttpServer.make(() => node, { host: "127.0.0.1", port: 0 })
    // A browser's idle connection would keep the server from closing.
    yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
    yield* server.serve(app)
    return server.address._tag === "TcpAddress" ? `http://127.0.0.1:${server.address.port}` : ""
  })

/** A server with a page, and with an app behind it. */
const pages = (app: HttpApp.Default) =>
  HttpRouter.empty.pipe(
    HttpRouter.get("/", HttpServerResponse.html("<!doctype html><title>test</title>")),
    Effect.catchTag("RouteNotFound", () => app)
  )

const nothing = HttpServerResponse.empty({ status: 404 })

// The answer begins, and the connection breaks.
const broken = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
  const response = NodeHttpServerRequest.toServerResponse(request)
  response.writeHead(200, { "access-control-allow-origin": "*", "content-length": 100 })
  response.write("{", () => response.destroy())
  return Effect.never
})

/** A server that pages of other origins may read. */
const elsewhere = Effect.gen(function*() {
  const arrived = yield* Deferred.make<void>()
  const closed = yield* Deferred.make<void>()
  const large = gzipSync("x".repeat(100_000))
  const url = yield* serving(
    HttpRouter.empty.pipe(
      HttpRouter.post("/plain", HttpServerResponse.text("true")),
      HttpRouter.post(
        "/gzip",
        HttpServerResponse.uint8Array(large, { headers: { "content-encoding": "gzip" } })
      ),
      HttpRouter.post("/moved", HttpServerResponse.redirect("/plain")),
      HttpRouter.post("/broken", broken),
      HttpRouter.post("/arrived", Effect.as(Deferred.await(arrived), HttpServerResponse.empty())),
      HttpRouter.post(
        "/stalled",
        Effect.zipRight(Deferred.succeed(arrived, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => Deferred.succeed(closed, undefined))
        )
      ),
      HttpMiddleware.cors(),
      Effect.catchTag("RouteNotFound", () => nothing)
    )
  )
  return { url, closed: Deferred.await(closed) }
})

it.scoped("the program of a page runs wherever there is a fetch", () =>
  Effect.gen(function*() {
    const user = yield* SandboxUser.first
    const { app, application } = yield* Sandbox.Sandbox
    const { applicationId, applicationKey } = Sandbox.configOf(application)
    const friends = yield* friendsOf({ applicationId, applicationKey, apiUrl: yield* serving(app) }, user)
    assert.isNotEmpty(friends)
  }).pipe(Effect.provide(Sandbox.layer()), Effect.provide(Quiet)))

describe("a page in Chromium", () => {
  it.scopedLive.skipIf(!hasChromium)(inChromium("asks for the friends of its user"), () =>
    Effect.gen(function*() {
      const user = yield* SandboxUser.first
      const { app, application } = yield* Sandbox.Sandbox
      const apiUrl = yield* serving(pages(app))
      const { applicationId, applicationKey } = Sandbox.configOf(application)
      const config = { applicationId, applicationKey, apiUrl }
      const evaluate = yield* pageAt(apiUrl)
      const secrets = [user.accessToken, user.sessionSecretKey].map(Redacted.value)
      const friends = yield* evaluate("friends", config, ...secrets)
      assert.deepStrictEqual(friends, yield* friendsOf(config, user))
      assert.isNotEmpty(friends)
    }).pipe(Effect.provide(Sandbox.layer()), Effect.provide(Quiet)), 60_000)

  it.scopedLive.skipIf(!hasChromium)(
    inChromium("sends over fetch, and has each outcome as a value"),
    () =>
      Effect.gen(function*() {
        const { closed, url } = yield* elsewhere
        const hidden = yield* serving(HttpServerResponse.text("true"))
        const evaluate = yield* pageAt(yield* serving(pages(nothing)))
        const send = (path: string, ...bound: ReadonlyArray<number>) => evaluate("send", `${url}${path}`, ...bound)
        assert.deepStrictEqual(yield* send("/plain"), ["true", 200])
        assert.deepStrictEqual(yield* send("/gzip"), ["x".repeat(100_000), 200])
        // The browser hides from the page that the answer was compressed.
        assert.deepStrictEqual(yield* send("/gzip", 50_000), ["OkTransportError", "TooLarge", 200])
        assert.deepStrictEqual(yield* send("/moved"), ["", 0])
        assert.deepStrictEqual(yield* send("/broken"), ["OkTransportError", "Interrupted", 200])
        assert.deepStrictEqual(yield* evaluate("send", hidden), ["OkTransportError", "Interrupted", "none"])
        assert.strictEqual(yield* evaluate("interrupted", `${url}/stalled`), "Failure")
        yield* closed
      }).pipe(Effect.provide(Quiet)),
    60_000
  )
})
