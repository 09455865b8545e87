import { OkClient, OkConfig, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { asUser, get, post } from "./support.js"

const me = Effect.gen(function*() {
  const { users } = yield* Sandbox.Sandbox
  const [user] = yield* users
  const uid = yield* Users.getLoggedInUser()
  return uid === user.uid
})

const session = Layer.unwrapEffect(Effect.gen(function*() {
  const { users } = yield* Sandbox.Sandbox
  return OkSession.layerClient((yield* users)[0])
}))

describe("in process", () => {
  const Ok = Layer.mergeAll(OkClient.layerHttp(), session).pipe(
    Layer.provideMerge(Sandbox.layerOkConfig),
    Layer.provide(Sandbox.layerHttpClient),
    Layer.provideMerge(Sandbox.layer())
  )

  it.effect("the client talks to it without a socket", () =>
    Effect.gen(function*() {
      expect(yield* me).toBe(true)
    }).pipe(Effect.provide(Ok)))

  it.effect("the client reads its errors", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      const [user] = yield* sandbox.users
      yield* sandbox.expireSession(user.uid)
      const error = yield* Effect.flip(Users.getCurrentUser())
      expect(error).toMatchObject({ _tag: "OkSessionExpired", code: 102, reason: "PARAM_SESSION_EXPIRED" })
    }).pipe(Effect.provide(Ok)))

  it.effect("any host is the sandbox", () =>
    Effect.gen(function*() {
      const form = yield* asUser("users.getLoggedInUser")
      expect((yield* post("/fb.do", form, "http://nowhere.test:1234")).text).toMatch(/^"\d+"$/)
      expect((yield* get("/fb.do", form, "http://nowhere.test")).text).toMatch(/^"\d+"$/)
    }).pipe(Effect.provide(Layer.provideMerge(Sandbox.layerHttpClient, Sandbox.layer()))))

  it.effect("what it does stands in no span of the caller", () =>
    Effect.gen(function*() {
      const span = yield* Effect.makeSpan("caller", { captureStackTrace: false })
      yield* get("/fb.do", {}).pipe(
        Effect.locally(HttpClient.currentTracerDisabledWhen, () => true),
        Effect.withParentSpan(span)
      )
      expect([...span.attributes]).toEqual([])
    }).pipe(Effect.provide(Layer.provideMerge(Sandbox.layerHttpClient, Sandbox.layer()))))

  // A web handler has a runtime of its own, and so the real clock.
  it.live("it is an app like any other", () =>
    Effect.gen(function*() {
      const context = yield* Effect.context<Sandbox.Sandbox>()
      const handler = HttpApp.toWebHandler(Effect.provide(Sandbox.app, context))
      const body = new URLSearchParams(yield* asUser("users.getLoggedInUser"))
      const request = new Request("http://sandbox.test/fb.do", { method: "POST", body })
      const response = yield* Effect.promise(() => handler(request))
      expect(yield* Effect.promise(() => response.json())).toEqual(expect.any(String))
    }).pipe(Effect.provide(Sandbox.layer())))

  it.effect("each sandbox is its own", () =>
    Effect.gen(function*() {
      const count = Effect.flatMap(Sandbox.Sandbox, ({ executions }) => executions(Users.getLoggedInUser))
      expect(yield* Effect.zipRight(me, count).pipe(Effect.provide(Ok))).toBe(1)
      expect(yield* count.pipe(Effect.provide(Sandbox.layer()))).toBe(0)
    }))
})

describe("on a port", () => {
  const Served = SandboxServer.layer().pipe(Layer.provideMerge(Sandbox.layer({ tokenLife: "30 days" })))
  const Ok = Layer.mergeAll(OkClient.layerHttp(), session).pipe(
    Layer.provideMerge(SandboxServer.layerOkConfig),
    Layer.provide(FetchHttpClient.layer),
    Layer.provideMerge(Served)
  )

  it.live("the client talks to it over HTTP", () =>
    Effect.gen(function*() {
      const { url } = yield* SandboxServer.SandboxServer
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      expect((yield* OkConfig.OkConfig).apiUrl).toBe(url)
      expect(yield* me).toBe(true)
    }).pipe(Effect.provide(Ok)))

  it.live("it is gone when the scope closes, with the connections that were kept", () =>
    Effect.gen(function*() {
      const url = yield* Effect.gen(function*() {
        const { url } = yield* SandboxServer.SandboxServer
        yield* post("/fb.do", {}, url)
        return url
      }).pipe(Effect.provide(Served))
      expect((yield* Effect.either(post("/fb.do", {}, url)))._tag).toBe("Left")
    }).pipe(Effect.provide(FetchHttpClient.layer)))
})
