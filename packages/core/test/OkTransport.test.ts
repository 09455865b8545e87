import { OkCall, OkTransport } from "@effect-okru/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { clientOver, clientSession, failure, isAppUser, leaks, token, wire } from "./support.js"
import { transportLaws } from "./transportLaws.js"

transportLaws("over fetch", OkTransport.layerHttp().pipe(Layer.provide(FetchHttpClient.layer)))

/** A client that fails every request with an error of the platform. */
const failing = (
  reason: "Transport" | "Encode" | "InvalidUrl",
  cause: unknown
): Layer.Layer<HttpClient.HttpClient> =>
  Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) => Effect.fail(new HttpClientError.RequestError({ request, reason, cause })))
  )

const coded = (code: string, message = "test") => Object.assign(new Error(message), { code })

describe("OkTransport.layerHttp", () => {
  it.effect.each([
    { name: "a refused connection", cause: coded("ECONNREFUSED"), reason: "NotConnected" },
    { name: "an unknown host", cause: coded("ENOTFOUND"), reason: "NotConnected" },
    { name: "a name server that does not answer", cause: coded("EAI_AGAIN"), reason: "NotConnected" },
    { name: "a connection that was not made in time", cause: coded("UND_ERR_CONNECT_TIMEOUT"), reason: "NotConnected" },
    { name: "a cause of a cause", cause: new Error("a", { cause: coded("ECONNREFUSED") }), reason: "NotConnected" },
    { name: "a reset", cause: coded("ECONNRESET"), reason: "Interrupted" },
    { name: "an error without a code", cause: new Error("test"), reason: "Interrupted" },
    { name: "no error at all", cause: undefined, reason: "Interrupted" },
    { name: "a text", cause: "test", reason: "Interrupted" }
  ])("says whether anything can have been sent: $name", ({ cause, reason }) =>
    Effect.gen(function*() {
      const error = yield* failure(isAppUser())
      expect(error).toMatchObject({ _tag: "OkTransportError", method: "users.isAppUser", reason })
    }).pipe(
      Effect.provide([
        clientOver(OkTransport.layerHttp().pipe(Layer.provide(failing("Transport", cause)))),
        clientSession
      ])
    ))

  it.effect.each(["Encode", "InvalidUrl"] as const)(
    "knows that nothing was sent with a request that is none: %s",
    (reason) =>
      Effect.gen(function*() {
        expect(yield* failure(isAppUser())).toMatchObject({ _tag: "OkTransportError", reason: "NotConnected" })
      }).pipe(
        Effect.provide([
          clientOver(OkTransport.layerHttp().pipe(Layer.provide(failing(reason, new Error("test"))))),
          clientSession
        ])
      )
  )

  it.effect("keeps the words of the causes, each once, and no secret in them", () =>
    Effect.gen(function*() {
      const error = yield* failure(isAppUser())
      expect(error._tag === "OkTransportError" && error.detail).toBe("fetch failed: connect to <redacted>")
      expect(leaks(error, token)).toEqual([])
    }).pipe(
      Effect.provide([
        clientOver(
          OkTransport.layerHttp().pipe(Layer.provide(
            failing(
              "Transport",
              new Error("fetch failed", {
                cause: new Error("fetch failed", { cause: new Error(`connect to ${token}`) })
              })
            )
          )),
          { client: { verb: "GET" } }
        ),
        clientSession
      ])
    ))

  it.effect("survives a cause that is its own cause", () => {
    const cause = new Error("round")
    cause.cause = cause
    return Effect.gen(function*() {
      expect(yield* failure(isAppUser())).toMatchObject({ _tag: "OkTransportError", detail: "round" })
    }).pipe(
      Effect.provide([
        clientOver(OkTransport.layerHttp().pipe(Layer.provide(failing("Transport", cause)))),
        clientSession
      ])
    )
  })

  it.effect("sends through the client as it was transformed", () => {
    const headers: Array<string | undefined> = []
    const client = HttpClient.make((request) => {
      headers.push(request.headers["x-test"])
      return Effect.succeed(HttpClientResponse.fromWeb(request, new Response("true")))
    })
    const transport = OkTransport.layerHttp({
      transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-test", "there"))
    }).pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, client)))
    return Effect.gen(function*() {
      expect(yield* isAppUser()).toBe(true)
      expect(headers).toEqual(["there"])
    }).pipe(Effect.provide([clientOver(transport), clientSession]))
  })
})

describe("OkTransport.layer", () => {
  it.effect("puts a transport of your own under the client", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      expect(yield* isAppUser()).toBe(true)
      expect(transport.sent.map(({ method }) => method)).toEqual(["users.isAppUser"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })
})

describe("The size of an answer", () => {
  const text = JSON.stringify("ы".repeat(1000))
  const bytes = new TextEncoder().encode(text)

  /** Answers with chunks of three bytes, which cut letters in two; tells how many were taken. */
  const answering = (headers: { readonly [name: string]: string }, taken: { chunks: number }) =>
    Layer.succeed(
      HttpClient.HttpClient,
      HttpClient.make((request) =>
        Effect.sync(() => {
          let at = 0
          const body = new ReadableStream<Uint8Array>({
            pull: (controller) => {
              taken.chunks++
              controller.enqueue(bytes.slice(at, at += 3))
              if (at >= bytes.length) {
                controller.close()
              }
            }
          }, { highWaterMark: 0 })
          return HttpClientResponse.fromWeb(request, new Response(body, { headers }))
        })
      )
    )

  const send = (headers: { readonly [name: string]: string }, maxBytes?: number, taken = { chunks: 0 }) =>
    OkCall.passError(isAppUser()).pipe(
      Effect.provide([
        clientOver(OkTransport.layerHttp({ maxBytes }).pipe(Layer.provide(answering(headers, taken)))),
        clientSession
      ])
    )

  it.effect.each([
    { name: "that is told", headers: { "content-length": String(bytes.length) } },
    { name: "that is not told", headers: {} },
    { name: "that is told of what is compressed", headers: { "content-length": "9", "content-encoding": "gzip" } }
  ])("$name: as large as the bound is read, letters whole", ({ headers }) =>
    Effect.gen(function*() {
      expect(yield* send(headers, bytes.length)).toBe("ы".repeat(1000))
      expect(yield* send(headers)).toBe("ы".repeat(1000))
      expect(yield* failure(send(headers, bytes.length - 1))).toMatchObject({
        _tag: "OkTransportError",
        reason: "TooLarge",
        status: 200
      })
    }))

  it.effect("beyond the bound is not read to its end", () =>
    Effect.gen(function*() {
      const taken = { chunks: 0 }
      yield* failure(send({}, 30, taken))
      expect(taken.chunks).toBeLessThan(30)
    }))
})
