import * as Undici from "@effect-okru/core/undici"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as diagnostics from "node:diagnostics_channel"
import type { ServerResponse } from "node:http"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { buildConnector, errors } from "undici"
import { answerLaws, plainRequest } from "./answerLaws.js"
import { failure, leaks, serve, token } from "./support.js"
import { transportLaws } from "./transportLaws.js"

transportLaws("on undici", Undici.layer())
answerLaws("on undici", Undici.make)

it.scoped("Undici.layer takes one byte order mark for none of the text, as TextDecoder does, and no second one", () =>
  Effect.gen(function*() {
    const server = yield* serve((response) => response.end("\uFEFF\uFEFF1"))
    const { send } = yield* Undici.make()
    expect((yield* send(plainRequest(server.url))).body).toBe("\uFEFF1")
  }))

it.scoped.each([
  { encoding: "gzip", packed: gzipSync },
  { encoding: "GZIP", packed: gzipSync },
  { encoding: "Identity", packed: (text: string) => Buffer.from(text) },
  { encoding: "BR", packed: brotliCompressSync }
])(
  "Undici.layer knows a content coding in whatever case: $encoding",
  ({ encoding, packed }) =>
    Effect.gen(function*() {
      const server = yield* serve((response) =>
        response.writeHead(200, { "content-encoding": encoding }).end(packed("true"))
      )
      const { send } = yield* Undici.make()
      expect((yield* send(plainRequest(server.url))).body).toBe("true")
    })
)

it.scoped("Undici.layer unpacks no more codings than fetch does", () =>
  Effect.gen(function*() {
    const server = yield* serve((response, _, index) => {
      const codings = Array.from({ length: index + 5 }, () => "gzip")
      response.writeHead(200, { "content-encoding": codings.join() }).end(
        codings.reduce((bytes) => gzipSync(bytes), Buffer.from("true"))
      )
    })
    const { send } = yield* Undici.make()
    expect((yield* send(plainRequest(server.url))).body).toBe("true")
    expect(yield* failure(send(plainRequest(server.url)))).toMatchObject({
      reason: "Interrupted",
      status: 200,
      detail: "more than 5 content codings"
    })
  }))

it.scoped("Undici.layer leaves what announces an answer alone, however long it says that is", () =>
  Effect.gen(function*() {
    const server = yield* serve((response) => {
      response.socket?.write("HTTP/1.1 103 Early Hints\r\nContent-Length: 1000\r\n\r\n")
      response.end("true")
    })
    const { send } = yield* Undici.make({ maxBytes: 100 })
    expect(yield* send(plainRequest(server.url))).toMatchObject({ status: 200, body: "true" })
  }))

it.scoped("Undici.layer refuses an answer that says it is too large at once, and waits for none of it", () =>
  Effect.gen(function*() {
    const server = yield* serve((response) => {
      response.writeHead(200, { "content-length": 101 }).flushHeaders()
    })
    const { send } = yield* Undici.make({ maxBytes: 100 })
    expect(yield* failure(send(plainRequest(server.url)))).toMatchObject({ reason: "TooLarge", status: 200 })
  }))

const sentBy = (seen: ReadonlyArray<{ readonly body: string }>) =>
  seen.map(({ body }) => new URLSearchParams(body).get("text"))

/** A server that answers nothing by itself: its requests come one by one, with what answers each. */
const held = Effect.gen(function*() {
  const arrivals = yield* Queue.unbounded<{ readonly text: string | null; readonly response: ServerResponse }>()
  const server = yield* serve((response, { body }) => {
    Queue.unsafeOffer(arrivals, { response, text: new URLSearchParams(body).get("text") })
  })
  return { ...server, next: Queue.take(arrivals) }
})

/** Connects as undici does, and counts. */
const counted = () => {
  const connector = buildConnector({})
  const tries = { count: 0 }
  const connect: buildConnector.connector = (options, callback) => {
    tries.count++
    connector(options, callback)
  }
  return { connect, tries }
}

describe("Undici.layer: a line", () => {
  it.scoped("is as long as it takes: so many connections at a time, in order", () =>
    Effect.gen(function*() {
      const transport = yield* Undici.make({ connections: 2 })
      const server = yield* held
      const texts = Array.from({ length: 6 }, (_, index) => String(index))
      const fiber = yield* Effect.fork(
        Effect.forEach(texts, (text) => transport.send(plainRequest(server.url, text)), { concurrency: "unbounded" })
      )
      const first = yield* Effect.all([server.next, server.next])
      for (const { response, text } of first) {
        // Were there a third connection, its request would be here.
        expect(server.seen).toHaveLength(2)
        if (text === "0") {
          response.end(text)
        }
      }
      const others = first.filter(({ text }) => text !== "0")
      for (const expected of ["2", "3", "4", "5"]) {
        const { response, text } = yield* server.next
        expect(text).toBe(expected)
        response.end(text)
      }
      others.forEach(({ response, text }) => response.end(text))
      expect((yield* Fiber.join(fiber)).map(({ body }) => body)).toEqual(texts)
    }))

  it.scoped("can be left: what is interrupted there is never sent", () =>
    Effect.gen(function*() {
      const transport = yield* Undici.make({ connections: 1 })
      const server = yield* held
      const send = (text: string) => Effect.fork(transport.send(plainRequest(server.url, text)))
      const first = yield* send("first")
      const { response } = yield* server.next
      const second = yield* send("second")
      const third = yield* send("third")
      yield* Effect.yieldNow()
      expect(Exit.isInterrupted(yield* Fiber.interrupt(second))).toBe(true)
      response.end("1")
      expect((yield* Fiber.join(first)).body).toBe("1")
      const next = yield* server.next
      expect(next.text).toBe("third")
      next.response.end("3")
      expect((yield* Fiber.join(third)).body).toBe("3")
      expect(sentBy(server.seen)).toEqual(["first", "third"])
    }))

  it.scoped("has 100 connections, where nothing else is said", () =>
    Effect.gen(function*() {
      const { connect, tries } = counted()
      const transport = yield* Undici.make({ pool: { connect } })
      const server = yield* held
      const fiber = yield* Effect.fork(
        Effect.forEach(Array.from({ length: 101 }), () => transport.send(plainRequest(server.url)), {
          concurrency: "unbounded"
        })
      )
      const first = yield* Effect.replicateEffect(server.next, 100)
      first.forEach(({ response }) => response.end("true"))
      ;(yield* server.next).response.end("true")
      expect(yield* Fiber.join(fiber)).toHaveLength(101)
      expect(tries.count).toBe(100)
    }))

  it.scoped("can be left by many at no cost: the connection that they waited for is kept", () =>
    Effect.gen(function*() {
      const { connect, tries } = counted()
      const transport = yield* Undici.make({ connections: 1, pool: { connect } })
      const server = yield* held
      const send = (text: string) => Effect.fork(transport.send(plainRequest(server.url, text)))
      const first = yield* send("first")
      const { response } = yield* server.next
      const line = yield* Effect.forEach(Array.from({ length: 50 }, (_, index) => String(index)), send)
      yield* Effect.yieldNow()
      yield* Fiber.interruptAll(line)
      response.end("1")
      yield* Fiber.join(first)
      const last = yield* send("last")
      ;(yield* server.next).response.end("2")
      expect((yield* Fiber.join(last)).body).toBe("2")
      expect(sentBy(server.seen)).toEqual(["first", "last"])
      expect(tries.count).toBe(1)
    }))

  it.scoped("can be left by what dispatch returns, too", () =>
    Effect.gen(function*() {
      const transport = yield* Undici.make({ connections: 1 })
      const runtime = yield* Effect.runtime<never>()
      const server = yield* held
      const first = yield* Effect.fork(transport.send(plainRequest(server.url, "first")))
      const { response } = yield* server.next
      const results: Array<unknown> = []
      const giveUp = transport.dispatch?.(plainRequest(server.url, "second"), () => runtime, (result) => {
        results.push(result)
      })
      yield* giveUp ?? Effect.dieMessage("no dispatch")
      response.end("1")
      yield* Fiber.join(first)
      const third = yield* Effect.fork(transport.send(plainRequest(server.url, "third")))
      ;(yield* server.next).response.end("3")
      yield* Fiber.join(third)
      expect(sentBy(server.seen)).toEqual(["first", "third"])
      expect(results).toEqual([])
    }))
})

const coded = (code: string) => Object.assign(new Error("test"), { code })

describe("Undici.layer: connections", () => {
  /** The connections of a server that are open, one signal for each that ends. */
  const counting = Effect.gen(function*() {
    const ended = yield* Queue.unbounded<void>()
    const sockets = new Set<unknown>()
    const server = yield* serve((response) => {
      const { socket } = response
      if (socket !== null && !sockets.has(socket)) {
        sockets.add(socket)
        socket.on("close", () => {
          sockets.delete(socket)
          Queue.unsafeOffer(ended, undefined)
        })
      }
      response.end("true")
    })
    return { ...server, sockets, ended: Queue.take(ended) }
  })

  it.scoped("are kept for the next request, and end with the scope, to every host", () =>
    Effect.gen(function*() {
      const [one, other] = yield* Effect.all([counting, counting])
      const scope = yield* Scope.make()
      const transport = yield* Scope.extend(Undici.make(), scope)
      for (const { url } of [one, other, one, other, one]) {
        expect((yield* transport.send(plainRequest(url))).body).toBe("true")
      }
      expect([one, other].map(({ seen }) => seen.length)).toEqual([3, 2])
      expect([one, other].map(({ sockets }) => sockets.size)).toEqual([1, 1])
      yield* Scope.close(scope, Exit.void)
      yield* Effect.all([one.ended, other.ended])
      expect([one, other].map(({ sockets }) => sockets.size)).toEqual([0, 0])
    }))

  it.scoped("end with the scope while requests are under way and in line: each is a failure", () =>
    Effect.gen(function*() {
      const server = yield* held
      const scope = yield* Scope.make()
      const transport = yield* Scope.extend(Undici.make({ connections: 1 }), scope)
      const first = yield* Effect.fork(transport.send(plainRequest(server.url, "first")))
      const { response } = yield* server.next
      const closed = yield* Deferred.make<void>()
      response.on("close", () => Deferred.unsafeDone(closed, Effect.void))
      const second = yield* Effect.fork(transport.send(plainRequest(server.url, "second")))
      yield* Effect.yieldNow()
      yield* Scope.close(scope, Exit.void)
      yield* Deferred.await(closed)
      expect((yield* failure(Fiber.join(first))).reason).toBe("Interrupted")
      expect((yield* failure(Fiber.join(second))).reason).toBe("NotConnected")
      expect(sentBy(server.seen)).toEqual(["first"])
    }))

  /** Connects when it is let go: each try in its turn, as undici does, or with an error. */
  const heldBack = Effect.gen(function*() {
    const tries = yield* Queue.unbounded<(error?: Error) => void>()
    const connector = buildConnector({})
    const connect: buildConnector.connector = (options, callback) => {
      Queue.unsafeOffer(tries, (error) => error === undefined ? connector(options, callback) : callback(error, null))
    }
    return { connect, nextTry: Queue.take(tries) }
  })

  /** Two requests and one connection, which could not be made for the first. */
  const refused = Effect.gen(function*() {
    const server = yield* held
    const { connect, nextTry } = yield* heldBack
    const scope = yield* Scope.make()
    const transport = yield* Scope.extend(Undici.make({ connections: 1, pool: { connect } }), scope)
    const first = yield* Effect.fork(transport.send(plainRequest(server.url, "first")))
    const second = yield* Effect.fork(transport.send(plainRequest(server.url, "second")))
    ;(yield* nextTry)(coded("ECONNREFUSED"))
    expect((yield* failure(Fiber.join(first))).reason).toBe("NotConnected")
    return { nextTry, scope, second, server }
  })

  it.scoped("end with the scope where the one before could not be made: what it carries is a failure", () =>
    Effect.gen(function*() {
      const { nextTry, scope, second, server } = yield* refused
      ;(yield* nextTry)()
      expect((yield* server.next).text).toBe("second")
      yield* Scope.close(scope, Exit.void)
      expect((yield* failure(Fiber.join(second))).reason).toBe("Interrupted")
    }))

  it.scoped("that are made when the scope is closed carry nothing", () =>
    Effect.gen(function*() {
      const { nextTry, scope, second, server } = yield* refused
      const connected = yield* nextTry
      yield* Scope.close(scope, Exit.void)
      connected()
      expect((yield* failure(Fiber.join(second))).reason).toBe("NotConnected")
      expect(server.seen).toEqual([])
    }))

  it.scoped("to a host with a certificate for another name are a failure of all that wait, and are tried again", () =>
    Effect.gen(function*() {
      const server = yield* held
      const { connect, nextTry } = yield* heldBack
      const transport = yield* Undici.make({ connections: 1, pool: { connect } })
      const send = (text: string) => Effect.fork(transport.send(plainRequest(server.url, text)))
      const all = yield* Effect.forEach(["1", "2", "3"], send)
      ;(yield* nextTry)(coded("ERR_TLS_CERT_ALTNAME_INVALID"))
      for (const fiber of all) {
        expect(yield* failure(Fiber.join(fiber))).toMatchObject({ reason: "NotConnected", detail: "test" })
      }
      const next = yield* send("4")
      ;(yield* nextTry)()
      ;(yield* server.next).response.end("true")
      expect((yield* Fiber.join(next)).body).toBe("true")
      expect(sentBy(server.seen)).toEqual(["4"])
    }))

  it.scoped("to a host with a certificate for another name leave the line to those that stand", () =>
    Effect.gen(function*() {
      const server = yield* held
      const { connect, nextTry } = yield* heldBack
      const transport = yield* Undici.make({ connections: 2, pool: { connect } })
      const send = (text: string) => Effect.fork(transport.send(plainRequest(server.url, text)))
      const [first, second, third] = yield* Effect.all([send("1"), send("2"), send("3")])
      ;(yield* nextTry)()
      const { response } = yield* server.next
      ;(yield* nextTry)(coded("ERR_TLS_CERT_ALTNAME_INVALID"))
      expect((yield* failure(Fiber.join(second))).reason).toBe("NotConnected")
      response.end("1")
      expect((yield* Fiber.join(first)).body).toBe("1")
      ;(yield* server.next).response.end("3")
      expect((yield* Fiber.join(third)).body).toBe("3")
    }))

  it.scoped("that take longer to be made than undici waits for are not connected", () =>
    Effect.gen(function*() {
      const { connect, nextTry } = yield* heldBack
      const transport = yield* Undici.make({ pool: { connect } })
      const fiber = yield* Effect.fork(transport.send(plainRequest("http://127.0.0.1:1")))
      ;(yield* nextTry)(new errors.ConnectTimeoutError("too long"))
      expect(yield* failure(Fiber.join(fiber))).toMatchObject({ reason: "NotConnected", detail: "too long" })
    }))

  it.scoped("are not made any more after the scope, to no host", () =>
    Effect.gen(function*() {
      const [one, other] = yield* Effect.all([counting, counting])
      const transport = yield* Effect.scoped(Effect.tap(Undici.make(), ({ send }) => send(plainRequest(one.url))))
      for (const { url } of [one, other]) {
        expect((yield* failure(transport.send(plainRequest(url)))).reason).toBe("NotConnected")
      }
      expect(other.seen).toEqual([])
    }))

  it.scoped("that take longer than undici's own time-out are a Timeout", () =>
    Effect.gen(function*() {
      // The one setting here that runs in real time: undici counts it itself, to about a second.
      const transport = yield* Undici.make({ pool: { headersTimeout: 1 } })
      const server = yield* serve(() => {})
      const error = yield* failure(transport.send(plainRequest(server.url)))
      expect(error).toMatchObject({ _tag: "OkTransportError", method: "group.method", reason: "Timeout" })
      expect(leaks(error, token)).toEqual([])
    }))

  it.scoped("whose answer stops in the middle for longer than that are one, too", () =>
    Effect.gen(function*() {
      const transport = yield* Undici.make({ pool: { bodyTimeout: 1 } })
      const server = yield* serve((response) => {
        response.writeHead(200).write("{")
      })
      expect(yield* failure(transport.send(plainRequest(server.url)))).toMatchObject({ reason: "Timeout", status: 200 })
    }))
})

const hasRequest = Schema.is(
  Schema.Struct({
    request: Schema.Struct({ path: Schema.String, body: Schema.NullOr(Schema.Uint8ArrayFromSelf) })
  })
)

describe("Undici.layer: a pipelined connection", () => {
  /** Each request that undici begins to write, by its text. */
  const written = Effect.gen(function*() {
    const texts: Array<string | null> = []
    const listen = (message: unknown) => {
      if (hasRequest(message)) {
        const { body, path } = message.request
        texts.push(
          new URLSearchParams(body === null ? path.slice(path.indexOf("?")) : Buffer.from(body).toString()).get("text")
        )
      }
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => diagnostics.subscribe("undici:client:sendHeaders", listen)),
      () => Effect.sync(() => diagnostics.unsubscribe("undici:client:sendHeaders", listen))
    )
    return texts
  })

  const get = (url: string, text: string, kind: "read" | "write") =>
    ({ ...plainRequest(url, text), verb: "GET", kind }) as const

  /** One whose answer has come in part, which makes room for another one behind it. */
  const begun = Effect.gen(function*() {
    const arrived = yield* Deferred.make<ServerResponse>()
    const server = yield* serve((response, _, index) => {
      if (index === 0) {
        response.writeHead(200).write(
          " ".repeat(16 << 20),
          () => Deferred.unsafeDone(arrived, Effect.succeed(response))
        )
      } else {
        response.end("true")
      }
    })
    const transport = yield* Undici.make({ connections: 1, pool: { pipelining: 2 } })
    return { ...server, transport, arrived: Deferred.await(arrived) }
  })

  it.scoped("that breaks repeats no write by GET", () =>
    Effect.gen(function*() {
      const texts = yield* written
      const { arrived, transport, url } = yield* begun
      const first = yield* Effect.fork(transport.send(get(url, "first", "read")))
      const response = yield* arrived
      const second = yield* Effect.fork(transport.send(get(url, "second", "write")))
      yield* Effect.yieldNow()
      response.destroy()
      expect((yield* failure(Fiber.join(first))).reason).toBe("Interrupted")
      expect((yield* Fiber.join(second)).body).toBe("true")
      expect(texts).toEqual(["first", "second"])
    }))

  it.scoped("repeats no write when what is behind it is given up", () =>
    Effect.gen(function*() {
      const texts = yield* written
      const { arrived, transport, url } = yield* begun
      const first = yield* Effect.fork(transport.send({ ...plainRequest(url, "first"), kind: "write" }))
      yield* arrived
      const second = yield* Effect.fork(transport.send(get(url, "second", "read")))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      expect(yield* failure(Effect.map(Fiber.join(first), ({ status }) => status))).toMatchObject({
        reason: "Interrupted",
        detail: "the connection was lost"
      })
      expect(texts).toEqual(["first", "second"])
    }))

  it.scoped("repeats a read when what is behind it is given up, and begins its answer anew", () =>
    Effect.gen(function*() {
      const texts = yield* written
      const { arrived, transport, url } = yield* begun
      const first = yield* Effect.fork(transport.send(get(url, "first", "read")))
      yield* arrived
      const second = yield* Effect.fork(transport.send(get(url, "second", "read")))
      yield* Effect.yieldNow()
      yield* Fiber.interrupt(second)
      // A difference of so much takes minutes to print.
      expect((yield* Fiber.join(first)).body.length).toBe("true".length)
      expect(texts).toEqual(["first", "second", "first"])
    }))
})
