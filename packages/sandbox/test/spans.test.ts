import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Tracer from "effect/Tracer"
import * as Browser from "./browser.js"
import { asUser, get, type Parameters, post } from "./support.js"

/** A tracer that keeps every span, with all that is written into it. */
const recording = () => {
  const spans: Array<{ readonly name: string; readonly written: Array<unknown> }> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      const written: Array<unknown> = []
      spans.push({ name, written })
      return {
        _tag: "Span",
        name,
        spanId: String(spans.length),
        traceId: "test",
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes: new Map(),
        links,
        sampled: true,
        kind,
        end: (_, exit) => written.push(exit),
        attribute: (key, value) => written.push(key, value),
        event: (name, _, attributes) => written.push(name, attributes),
        addLinks: (links) => written.push(links)
      }
    },
    context: (f) => f()
  })
  return { spans, tracer }
}

it.live("a sandbox on a port writes no token and no form into a span, whatever it is asked", () => {
  const { spans, tracer } = recording()
  return Effect.gen(function*() {
    const { application, users } = yield* Sandbox.Sandbox
    const { url } = yield* SandboxServer.SandboxServer
    const [user] = yield* users
    const form: Parameters = yield* asUser("users.setStatus", { status: "test-status" })
    const secrets = yield* Effect.gen(function*() {
      yield* get("/fb.do", form, url)
      yield* post("/fb.do", form, url)
      yield* get("/api/users/setStatus", form, url)
      yield* get("/nowhere", form, url)
      const browser = yield* Browser.make(url)
      const page = yield* browser.open(
        `/oauth/authorize?${new URLSearchParams({
          client_id: application.id,
          response_type: "code",
          redirect_uri: "http://127.0.0.1:1/callback",
          state: "test-state"
        })}`
      )
      const typed = { "fr.email": user.login, "fr.password": Redacted.value(user.password) }
      const back = yield* browser.submit(page, typed)
      const token = {
        grant_type: "authorization_code",
        code: back.url.searchParams.get("code") ?? "",
        redirect_uri: "http://127.0.0.1:1/callback",
        client_id: application.id,
        client_secret: Redacted.value(application.secretKey)
      }
      const { status } = yield* post(`/oauth/token.do?${new URLSearchParams(token)}`, {}, url)
      expect(status).toBe(200)
      const cookies = yield* browser.cookies
      return [...Object.values(typed), ...Object.values(cookies), token.code, token.client_secret, "test-state"]
    }).pipe(Effect.withTracerEnabled(false))
    yield* Effect.withSpan(Effect.void, "of the test")
    expect(spans.map(({ name }) => name)).toContain("of the test")
    for (const secret of [...secrets, form["access_token"] ?? "none", form["sig"] ?? "none", "test-status"]) {
      expect(spans.filter(({ written }) => JSON.stringify(written).includes(secret))).toEqual([])
    }
  }).pipe(
    Effect.provide(SandboxServer.layer().pipe(Layer.provideMerge(Sandbox.layer()))),
    Effect.provide(FetchHttpClient.layer),
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" }),
    Effect.withTracer(tracer)
  )
})
