import { OkCall, OkClient, OkConfig, type OkError, OkMethod, OkTransport, Signature } from "@effect-okru/core"
import { expect, layer } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import {
  applicationKey,
  applicationSecret,
  clientSession,
  closedPort,
  failure,
  leaks,
  serve,
  stalled,
  token
} from "./support.js"

const method = OkMethod.untyped("group.method", { session: "required", kind: "read" })

/** A signed request to an address, with parameters that an encoding can spoil. */
const requestTo = (
  apiUrl: string,
  verb: "POST" | "GET" = "POST",
  params: OkMethod.UntypedParams = { text: "Привет, 😀 & 100%+=?#'()*~", empty: "" }
): Effect.Effect<OkTransport.Request> =>
  Effect.orDie(OkCall.request(method(params))).pipe(
    // Whatever the address: an OkConfig takes none that is wrong.
    Effect.map((request) => ({ ...request, url: `${apiUrl}/fb.do` })),
    Effect.provide(OkClient.layer({ verb })),
    Effect.provide([Signature.layer, OkTransport.layer({ send: () => Effect.never })]),
    Effect.provide(
      OkConfig.layer({
        applicationId: "1",
        applicationKey,
        applicationSecretKey: Redacted.make(applicationSecret)
      })
    ),
    Effect.provide(clientSession)
  )

type Send = (
  request: OkTransport.Request
) => Effect.Effect<OkTransport.Response, OkError.OkTransportError, OkTransport.OkTransport>

/** The ways in which a transport sends. They are to be the same. */
const ways: { readonly send: Send; readonly dispatch: Send } = {
  send: (request) => Effect.flatMap(OkTransport.OkTransport, (transport) => transport.send(request)),
  dispatch: (request) =>
    Effect.flatMap(OkTransport.OkTransport, ({ dispatch }) =>
      dispatch === undefined
        ? Effect.dieMessage("the transport has no dispatch")
        : Effect.flatMap(
          Effect.runtime<never>(),
          (runtime) => Effect.async((resume) => dispatch(request, () => runtime, resume))
        ))
}

const verbs = ["POST", "GET"] as const

/** What every transport has to do, whatever it is made of, in each way that it can send. */
export const transportLaws = (name: string, transport: Layer.Layer<OkTransport.OkTransport>): void => {
  for (const way of ["send", "dispatch"] as const) {
    lawsOf(`${name}, by ${way}`, transport, ways[way])
  }
  layer(transport)(`The transport ${name}, by dispatch`, (it) => {
    const dispatched = (request: OkTransport.Request) =>
      Effect.gen(function*() {
        const { dispatch } = yield* OkTransport.OkTransport
        const runtime = yield* Effect.runtime<never>()
        const results = yield* Queue.unbounded<Effect.Effect<OkTransport.Response, OkError.OkTransportError>>()
        const giveUp = dispatch?.(request, () => runtime, (result) => Queue.unsafeOffer(results, result))
        return { results, giveUp: giveUp ?? (yield* Effect.dieMessage("the transport has no dispatch")) }
      })

    it.scoped("can be given up when the answer is there, and does no harm to the next one on its connection", () =>
      Effect.gen(function*() {
        const server = yield* serve((response) => {
          response.end("true")
        })
        const { giveUp, results } = yield* dispatched(yield* requestTo(server.url))
        expect((yield* Effect.flatten(Queue.take(results))).body).toBe("true")
        yield* giveUp
        expect((yield* ways.dispatch(yield* requestTo(server.url))).body).toBe("true")
        expect(yield* Queue.size(results)).toBe(0)
      }))

    it.scoped("can be given up when it has failed", () =>
      Effect.gen(function*() {
        const server = yield* serve((response) => {
          response.destroy()
        })
        for (const url of [server.url, yield* closedPort, "http://127.0.0.1:99999"]) {
          const { giveUp, results } = yield* dispatched(yield* requestTo(url))
          yield* failure(Effect.flatten(Queue.take(results)))
          yield* giveUp
          expect(yield* Queue.size(results)).toBe(0)
        }
      }))

    it.scoped("can be given up twice", () =>
      Effect.gen(function*() {
        const server = yield* stalled()
        const { giveUp } = yield* dispatched(yield* requestTo(server.url))
        yield* Deferred.await(server.arrived)
        yield* giveUp
        yield* giveUp
        yield* Deferred.await(server.closed)
      }))
  })
}

const lawsOf = (name: string, transport: Layer.Layer<OkTransport.OkTransport>, send: Send): void => {
  layer(transport)(`The transport ${name}`, (it) => {
    it.scoped("passes an answer through whatever its status", () =>
      Effect.gen(function*() {
        const statuses = [200, 201, 202, 300, 400, 401, 403, 404, 409, 418, 429, 451, 500, 502, 503, 504, 599]
        const server = yield* serve((response, _, index) => {
          response.writeHead(statuses[index] ?? 200, { "content-type": "text/html" }).end(`body of ${index}`)
        })
        const request = yield* requestTo(server.url)
        for (const [index, status] of statuses.entries()) {
          expect(yield* send(request)).toEqual({ status, body: `body of ${index}`, invocationError: undefined })
        }
        expect(server.seen).toHaveLength(statuses.length)
      }))

    it.scoped("passes an empty answer through", () =>
      Effect.gen(function*() {
        const server = yield* serve((response, _, index) => {
          response.writeHead([200, 204, 304][index] ?? 500).end()
        })
        const request = yield* requestTo(server.url)
        for (const status of [200, 204, 304, 500]) {
          expect(yield* send(request)).toEqual({ status, body: "", invocationError: undefined })
        }
      }))

    for (const status of [301, 302, 303, 307, 308]) {
      it.scoped(`sends once, and takes a redirection for an answer: ${status}`, () =>
        Effect.gen(function*() {
          const elsewhere = yield* serve((response) => {
            response.writeHead(200).end("elsewhere")
          })
          const server = yield* serve((response) => {
            response.writeHead(status, { location: `${elsewhere.url}/fb.do` }).end("moved")
          })
          const answer = yield* Effect.either(send(yield* requestTo(server.url)))
          // What is signed with a user's token is for one host only.
          expect(elsewhere.seen).toEqual([])
          expect(server.seen).toHaveLength(1)
          expect(answer).toMatchObject({ _tag: "Right", right: { status, body: "moved" } })
        }))
    }

    it.scoped("reads the header Invocation-Error in any letter case, and no other", () =>
      Effect.gen(function*() {
        const headers = ["Invocation-Error", "invocation-error", "INVOCATION-ERROR"]
        const server = yield* serve((response, _, index) => {
          response.writeHead(200, { [headers[index] ?? "X-Other"]: "102", "X-More": "7" }).end("{}")
        })
        const request = yield* requestTo(server.url)
        for (const expected of ["102", "102", "102", undefined]) {
          expect((yield* send(request)).invocationError).toBe(expected)
        }
      }))

    it.scoped("sends the form of a POST byte for byte, in the body and nowhere else", () =>
      Effect.gen(function*() {
        const server = yield* serve((response) => {
          response.end("{}")
        })
        const request = yield* requestTo(server.url)
        yield* send(request)
        const [seen] = server.seen
        expect(seen?.verb).toBe("POST")
        expect(seen?.url).toBe("/fb.do")
        expect(seen?.body).toBe(request.form())
        expect(seen?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded; ?charset=utf-8$/i)
        expect(Object.fromEntries(new URLSearchParams(seen?.body))).toEqual({
          ...request.parameters,
          sig: request.sig,
          access_token: token
        })
      }))

    it.scoped("sends the form of a GET in the query, without a body", () =>
      Effect.gen(function*() {
        const server = yield* serve((response) => {
          response.end("{}")
        })
        const request = yield* requestTo(server.url, "GET")
        yield* send(request)
        const [seen] = server.seen
        expect(seen?.verb).toBe("GET")
        expect(seen?.body).toBe("")
        expect(seen?.url.startsWith("/fb.do?")).toBe(true)
        expect(Object.fromEntries(new URLSearchParams(seen?.url.slice("/fb.do?".length)))).toEqual({
          ...request.parameters,
          sig: request.sig,
          access_token: token
        })
      }))

    it.scoped("adds no header that shows a secret", () =>
      Effect.gen(function*() {
        const server = yield* serve((response) => {
          response.end("{}")
        })
        for (const verb of verbs) {
          yield* send(yield* requestTo(server.url, verb))
        }
        const headers = JSON.stringify(server.seen.map(({ headers }) => headers))
        expect(server.seen).toHaveLength(2)
        expect(headers).not.toContain(token)
        expect(headers).not.toContain(encodeURIComponent(token))
      }))

    it.scoped("reads an answer as UTF-8, wherever its bytes are cut", () =>
      Effect.gen(function*() {
        const text = JSON.stringify("Одноклассники 😀 漢字")
        const bytes = Buffer.from(text)
        const server = yield* serve((response, _, index) => {
          response.writeHead(200, { "content-type": index % 2 === 0 ? "application/json" : "text/plain" })
          response.write(bytes.subarray(0, index + 2), () => {
            response.end(bytes.subarray(index + 2))
          })
        })
        const request = yield* requestTo(server.url)
        for (let cut = 0; cut < 20; cut++) {
          expect((yield* send(request)).body).toBe(text)
        }
      }))

    it.scoped("carries a megabyte both ways", () =>
      Effect.gen(function*() {
        const server = yield* serve((response, { body }) => {
          response.end(new URLSearchParams(body).get("text"))
        })
        const text = "я".repeat(1 << 19)
        expect((yield* send(yield* requestTo(server.url, "POST", { text }))).body).toBe(text)
      }))

    it.scoped("gives each of many requests at once its own answer", () =>
      Effect.gen(function*() {
        const server = yield* serve((response, { body }) => {
          response.end(new URLSearchParams(body).get("text"))
        })
        const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`)
        const answers = yield* Effect.forEach(
          texts,
          (text) => Effect.flatMap(requestTo(server.url, "POST", { text }), send),
          { concurrency: "unbounded" }
        )
        expect(answers.map(({ body }) => body)).toEqual(texts)
      }))

    for (const verb of verbs) {
      it.scoped(`cancels the request when it is interrupted before the answer: ${verb}`, () =>
        Effect.gen(function*() {
          const server = yield* stalled()
          const fiber = yield* Effect.fork(send(yield* requestTo(server.url, verb)))
          yield* Deferred.await(server.arrived)
          expect(yield* Deferred.isDone(server.closed)).toBe(false)
          yield* Fiber.interrupt(fiber)
          yield* Deferred.await(server.closed)
        }))

      it.scoped(`cancels the request when it is interrupted in the middle of the answer: ${verb}`, () =>
        Effect.gen(function*() {
          // More than the buffers between the two hold: its callback comes when the client has read some of it.
          const server = yield* stalled("{".padEnd(16 << 20))
          const fiber = yield* Effect.fork(send(yield* requestTo(server.url, verb)))
          yield* Deferred.await(server.arrived)
          yield* Fiber.interrupt(fiber)
          yield* Deferred.await(server.closed)
        }))

      it.effect(`fails as NotConnected, without a secret, where nobody listens: ${verb}`, () =>
        Effect.gen(function*() {
          const request = yield* requestTo(yield* closedPort, verb)
          const error = yield* failure(send(request))
          expect(error).toMatchObject({ _tag: "OkTransportError", method: "group.method", reason: "NotConnected" })
          expect(error.status).toBeUndefined()
          expect(error.detail).not.toBe("")
          expect(secretsIn(error, request)).toEqual([])
        }))

      it.effect(`fails as NotConnected, without a secret, where the address is none: ${verb}`, () =>
        Effect.gen(function*() {
          const request = yield* requestTo("http://127.0.0.1:99999", verb)
          const error = yield* failure(send(request))
          expect(error).toMatchObject({ _tag: "OkTransportError", reason: "NotConnected" })
          expect(secretsIn(error, request)).toEqual([])
        }))

      it.scoped(`fails as Interrupted, without a secret, where the connection breaks before the answer: ${verb}`, () =>
        Effect.gen(function*() {
          const server = yield* serve((response) => {
            response.destroy()
          })
          const request = yield* requestTo(server.url, verb)
          const error = yield* failure(send(request))
          expect(error).toMatchObject({ _tag: "OkTransportError", method: "group.method", reason: "Interrupted" })
          expect(secretsIn(error, request)).toEqual([])
        }))

      it.scoped(`fails as Interrupted, without a secret, where it breaks in the middle of the answer: ${verb}`, () =>
        Effect.gen(function*() {
          const server = yield* serve((response) => {
            response.writeHead(200, { "content-length": "1000" })
            response.write(`{"uid":`, () => response.destroy())
          })
          const request = yield* requestTo(server.url, verb)
          const error = yield* failure(send(request))
          expect(error).toMatchObject({ _tag: "OkTransportError", method: "group.method", reason: "Interrupted" })
          expect(secretsIn(error, request)).toEqual([])
        }))
    }

    it.scoped("works again after a failure", () =>
      Effect.gen(function*() {
        const server = yield* serve((response, _, index) => {
          if (index === 0) {
            response.destroy()
          } else {
            response.end("true")
          }
        })
        const request = yield* requestTo(server.url)
        expect((yield* failure(send(request))).reason).toBe("Interrupted")
        expect((yield* send(request)).body).toBe("true")
      }))
  })
}

const secretsIn = (error: unknown, request: OkTransport.Request): ReadonlyArray<string> =>
  leaks(error, token, encodeURIComponent(token), request.form(), request.sig ?? "no signature")
