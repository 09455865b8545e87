import * as Fetch from "@effect-okru/core/fetch"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { answerLaws, plainRequest } from "./answerLaws.js"
import { failure, serve } from "./support.js"
import { transportLaws } from "./transportLaws.js"

transportLaws("on fetch itself", Fetch.layer())
answerLaws("on fetch itself", (options) => Effect.succeed(Fetch.make(options)))

/** A `fetch` that keeps what it was given. */
const recording = (answer: () => Response = () => new Response("true")) => {
  const seen: Array<{ readonly url: string; readonly init: RequestInit | undefined }> = []
  const fetch: typeof globalThis.fetch = (url, init) => {
    seen.push({ url: String(url), init })
    return Promise.resolve(answer())
  }
  return { seen, fetch }
}

describe("Fetch.layer", () => {
  it.scoped("takes the global fetch of the time when it sends", () =>
    Effect.gen(function*() {
      const { send } = Fetch.make()
      const { fetch, seen } = recording()
      const original = globalThis.fetch
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          globalThis.fetch = fetch
        }),
        () =>
          Effect.sync(() => {
            globalThis.fetch = original
          })
      )
      expect((yield* send(plainRequest("https://ok.test"))).body).toBe("true")
      expect(seen.map(({ url }) => url)).toEqual(["https://ok.test/fb.do"])
    }))

  it.effect("adds settings and headers of the program's own, and keeps those that make the request what it is", () =>
    Effect.gen(function*() {
      const { fetch, seen } = recording()
      const { send } = Fetch.make({
        fetch,
        init: { cache: "no-store", headers: { "x-test": "there", "Content-Type": "text/plain" } }
      })
      const request = plainRequest("https://ok.test")
      yield* send(request)
      yield* send({ ...request, verb: "GET" })
      const [post, get] = seen.map(({ init }) => ({ ...init, headers: [...new Headers(init?.headers)] }))
      expect(post).toMatchObject({
        method: "POST",
        cache: "no-store",
        redirect: "manual",
        body: request.form(),
        headers: [["content-type", "application/x-www-form-urlencoded;charset=utf-8"], ["x-test", "there"]]
      })
      expect(get).toMatchObject({ cache: "no-store", redirect: "manual" })
      expect(get?.headers).toContainEqual(["x-test", "there"])
      expect(get?.body).toBeUndefined()
    }))

  it.effect("has a typed failure for a fetch that throws", () =>
    Effect.gen(function*() {
      const { send } = Fetch.make({
        fetch: () => {
          throw new TypeError("no fetch here")
        }
      })
      expect(yield* failure(send(plainRequest("https://ok.test")))).toMatchObject({
        _tag: "OkTransportError",
        reason: "Interrupted",
        detail: "no fetch here"
      })
    }))

  it.effect("counts what comes from another origin, where a browser does not tell whether it was compressed", () =>
    Effect.gen(function*() {
      const answer = () =>
        Object.defineProperty(new Response("x".repeat(100), { headers: { "content-length": "10" } }), "type", {
          value: "cors"
        })
      const { fetch } = recording(answer)
      const send = (maxBytes: number) => Fetch.make({ fetch, maxBytes }).send(plainRequest("https://ok.test"))
      expect((yield* send(100)).body).toBe("x".repeat(100))
      expect(yield* failure(send(99))).toMatchObject({ reason: "TooLarge", status: 200 })
    }))

  it.effect("reads a redirection that a browser hides as an answer that is none", () =>
    Effect.gen(function*() {
      const { fetch } = recording(() => Response.error())
      expect(yield* Fetch.make({ fetch }).send(plainRequest("https://ok.test"))).toEqual({
        status: 0,
        body: "",
        invocationError: undefined
      })
    }))

  it.scoped("has no part in what goes on when it was given up", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end("true")
      })
      const runtime = yield* Effect.runtime<never>()
      const results: Array<unknown> = []
      const { dispatch, send } = Fetch.make()
      yield* dispatch?.(plainRequest(server.url), () => runtime, (result) => {
        results.push(result)
      }) ?? Effect.dieMessage("no dispatch")
      expect((yield* send(plainRequest(server.url))).body).toBe("true")
      expect(results).toEqual([])
    }))
})
