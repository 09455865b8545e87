import type { OkTransport } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { ServerResponse } from "node:http"
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from "node:zlib"
import { failure, leaks, serve, token } from "./support.js"

/** A request with a token, unsigned. */
export const plainRequest = (url: string, text = ""): OkTransport.Request => ({
  method: "group.method",
  kind: "read",
  verb: "POST",
  url: `${url}/fb.do`,
  parameters: { text },
  canonical: "",
  sig: undefined,
  accessToken: Redacted.make(token),
  form: () => new URLSearchParams({ text, access_token: token }).toString()
})

// The best quality takes seconds for what is made here.
const quickly = (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })

/** What a transport has to do that bounds answers and unpacks them. */
export const answerLaws = (
  name: string,
  make: (options: { readonly maxBytes?: number }) => Effect.Effect<OkTransport.Service, never, Scope.Scope>
): void => {
  describe(`An answer to the transport ${name}`, () => {
    const text = JSON.stringify("ы".repeat(1000))
    const bytes = Buffer.from(text)

    const answered = (
      answer: (response: ServerResponse) => void,
      options: { readonly maxBytes?: number } = {}
    ) =>
      Effect.scoped(
        Effect.gen(function*() {
          const transport = yield* make(options)
          const server = yield* serve(answer)
          return yield* transport.send(plainRequest(server.url))
        })
      )

    const cases: ReadonlyArray<{ readonly name: string; readonly answer: (response: ServerResponse) => void }> = [
      {
        name: "that says how large it is",
        answer: (response) => response.writeHead(200, { "content-length": bytes.length }).end(bytes)
      },
      {
        name: "that does not say how large it is",
        answer: (response) => {
          response.writeHead(200)
          response.write(bytes.subarray(0, 700), () => response.end(bytes.subarray(700)))
        }
      },
      {
        name: "compressed with gzip",
        answer: (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(bytes))
      },
      {
        name: "compressed with deflate",
        answer: (response) => response.writeHead(200, { "content-encoding": "deflate" }).end(deflateSync(bytes))
      },
      {
        name: "compressed with brotli",
        answer: (response) => response.writeHead(200, { "content-encoding": "br" }).end(brotliCompressSync(bytes))
      },
      {
        name: "compressed with deflate, without its frame",
        answer: (response) => response.writeHead(200, { "content-encoding": "deflate" }).end(deflateRawSync(bytes))
      },
      {
        name: "compressed with gzip by its old name",
        answer: (response) => response.writeHead(200, { "content-encoding": "x-gzip" }).end(gzipSync(bytes))
      },
      {
        name: "compressed twice",
        answer: (response) =>
          response.writeHead(200, { "content-encoding": "gzip, gzip" }).end(gzipSync(gzipSync(bytes)))
      },
      {
        name: "compressed twice, told by two headers",
        answer: (response) =>
          response.writeHead(200, ["content-encoding", "deflate", "content-encoding", "br"]).end(
            quickly(deflateSync(bytes))
          )
      },
      {
        name: "of a coding that is none",
        answer: (response) => response.writeHead(200, { "content-encoding": "utf-8" }).end(bytes)
      },
      {
        name: "of a coding that is none, among others",
        answer: (response) => response.writeHead(200, { "content-encoding": "utf-8, gzip" }).end(bytes)
      },
      {
        name: "that says that it is as it is",
        answer: (response) => response.writeHead(200, { "content-encoding": "identity" }).end(bytes)
      }
    ]

    it.effect.each(cases)("$name is read up to the bound, and not beyond", ({ answer }) =>
      Effect.gen(function*() {
        expect(yield* answered(answer)).toEqual({ status: 200, body: text, invocationError: undefined })
        expect((yield* answered(answer, { maxBytes: bytes.length })).body).toBe(text)
        expect(yield* failure(answered(answer, { maxBytes: bytes.length - 1 }))).toMatchObject({
          _tag: "OkTransportError",
          method: "group.method",
          reason: "TooLarge",
          status: 200
        })
      }))

    it.effect("is read up to 32 MB, where no other bound is set", () =>
      Effect.gen(function*() {
        const large = "x".repeat(3 * 1024 * 1024)
        expect((yield* answered((response) => response.end(large))).body.length).toBe(large.length)
        const error = yield* failure(
          answered((response) => response.writeHead(200, { "content-length": 32 * 1024 * 1024 + 1 }).write("x"))
        )
        expect(error).toMatchObject({ reason: "TooLarge", status: 200 })
      }))

    it.effect.each(["gzip", "br"] as const)(
      "that is small and would be huge is too large: %s",
      (encoding) =>
        Effect.gen(function*() {
          const huge = Buffer.alloc(64 * 1024 * 1024)
          const packed = encoding === "br" ? quickly(huge) : gzipSync(huge)
          expect(packed.length).toBeLessThan(100_000)
          const error = yield* failure(
            answered((response) => response.writeHead(200, { "content-encoding": encoding }).end(packed), {
              maxBytes: 100_000
            })
          )
          expect(error).toMatchObject({ reason: "TooLarge", status: 200 })
        })
    )

    it.effect("that would be huge behind two codings is too large", () =>
      Effect.gen(function*() {
        const packed = gzipSync(quickly(Buffer.alloc(64 * 1024 * 1024)))
        const error = yield* failure(
          answered((response) => response.writeHead(200, { "content-encoding": "br, gzip" }).end(packed), {
            maxBytes: 100_000
          })
        )
        expect(error).toMatchObject({ reason: "TooLarge", status: 200 })
      }))

    it.effect.each([
      { name: "in two headers", header: ["102", "100"] },
      { name: "in one", header: "102, 100" }
    ])("with two codes of an error has the first: $name", ({ header }) =>
      Effect.gen(function*() {
        const answer = yield* answered((response) => response.writeHead(200, { "invocation-error": header }).end("{}"))
        expect(answer).toEqual({ status: 200, body: "{}", invocationError: "102" })
      }))

    it.effect("that is too large is not read to its end", () =>
      Effect.gen(function*() {
        const closed = yield* Deferred.make<boolean>()
        const error = yield* failure(answered((response) => {
          response.on("close", () => Deferred.unsafeDone(closed, Effect.succeed(response.writableFinished)))
          // It never ends.
          response.writeHead(200).write(bytes)
        }, { maxBytes: 100 }))
        expect(error.reason).toBe("TooLarge")
        expect(yield* Deferred.await(closed)).toBe(false)
      }))

    it.effect("that is not what its encoding says is a failure that says so", () =>
      Effect.gen(function*() {
        const error = yield* failure(
          answered((response) => response.writeHead(200, { "content-encoding": "gzip" }).end("not packed"))
        )
        expect(error).toMatchObject({ _tag: "OkTransportError", reason: "Interrupted", status: 200 })
        expect(leaks(error, token)).toEqual([])
      }))

    it.effect.each([200, 204, 304])("that is empty has nothing to unpack: %i", (status) =>
      Effect.gen(function*() {
        expect(yield* answered((response) => response.writeHead(status, { "content-encoding": "gzip" }).end())).toEqual(
          {
            status,
            body: "",
            invocationError: undefined
          }
        )
      }))

    it.effect.each([
      { name: "at the beginning", body: "\uFEFF[\"a\"]", expected: "[\"a\"]" },
      { name: "alone", body: "\uFEFF", expected: "" },
      { name: "in the middle", body: "[\"\uFEFF\"]", expected: "[\"\uFEFF\"]" }
    ])("has no byte order mark: $name", ({ body, expected }) =>
      Effect.gen(function*() {
        expect((yield* answered((response) => response.end(body))).body).toBe(expected)
      }))
  })
}
