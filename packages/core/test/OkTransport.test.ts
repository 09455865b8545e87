import { OkCall, type OkError, OkPolicy, OkTransport } from "@effect-okru/core"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import * as Scheduler from "effect/Scheduler"
import * as TestClock from "effect/TestClock"
import { AsyncLocalStorage } from "node:async_hooks"
import { answerLaws } from "./answerLaws.js"
import { clientOver, clientSession, failure, isAppUser, leaks, token, wire } from "./support.js"
import { transportLaws } from "./transportLaws.js"

transportLaws("over fetch", OkTransport.layerHttp().pipe(Layer.provide(FetchHttpClient.layer)))
transportLaws("over Node's undici", OkTransport.layerHttp().pipe(Layer.provide(NodeHttpClient.layerUndici)))
transportLaws("over node:http", OkTransport.layerHttp().pipe(Layer.provide(NodeHttpClient.layer)))
answerLaws("over fetch", (options) =>
  HttpClient.HttpClient.pipe(
    Effect.map((client) => OkTransport.makeHttp(client, options)),
    Effect.provide(FetchHttpClient.layer)
  ))

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

const whileConnecting = (code: string, message?: string) => Object.assign(coded(code, message), { syscall: "connect" })

/** As Node fails for a host with several addresses. */
const ofAll = (...errors: ReadonlyArray<Error & { readonly code: string }>) =>
  new TypeError("fetch failed", { cause: Object.assign(new AggregateError(errors), { code: errors[0]?.code }) })

describe("OkTransport.layerHttp", () => {
  it.effect.each([
    { name: "a refused connection", cause: coded("ECONNREFUSED"), reason: "NotConnected" },
    { name: "an unknown host", cause: coded("ENOTFOUND"), reason: "NotConnected" },
    { name: "a name server that does not answer", cause: coded("EAI_AGAIN"), reason: "NotConnected" },
    { name: "a connection that was not made in time", cause: coded("UND_ERR_CONNECT_TIMEOUT"), reason: "NotConnected" },
    { name: "a cause of a cause", cause: new Error("a", { cause: coded("ECONNREFUSED") }), reason: "NotConnected" },
    {
      name: "a host that cannot be reached",
      cause: whileConnecting("EHOSTUNREACH"),
      reason: "NotConnected"
    },
    {
      name: "a host that is lost in the middle",
      cause: Object.assign(coded("EHOSTUNREACH"), { syscall: "read" }),
      reason: "Interrupted"
    },
    {
      name: "a host none of whose addresses can be reached",
      cause: ofAll(whileConnecting("EHOSTUNREACH"), whileConnecting("ETIMEDOUT"), coded("ECONNREFUSED")),
      reason: "NotConnected"
    },
    {
      name: "a host one of whose addresses was lost in the middle",
      cause: ofAll(coded("ECONNRESET"), whileConnecting("ENETUNREACH")),
      reason: "Interrupted"
    },
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

  it.effect("names each address of a host that cannot be reached", () =>
    Effect.gen(function*() {
      expect(yield* failure(isAppUser())).toMatchObject({
        detail: "fetch failed: connect ENETUNREACH ::1: connect ECONNREFUSED 127.0.0.1"
      })
    }).pipe(
      Effect.provide([
        clientOver(
          OkTransport.layerHttp().pipe(Layer.provide(failing(
            "Transport",
            ofAll(
              whileConnecting("ENETUNREACH", "connect ENETUNREACH ::1"),
              whileConnecting("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1")
            )
          )))
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

type Exchange = Effect.Effect<unknown, HttpClientError.RequestError>

/** A transport over a client that answers with what an effect gives, or with `true`. */
const over = (exchange: Exchange) =>
  OkTransport.makeHttp(HttpClient.make((request) =>
    Effect.map(
      exchange,
      (body) => HttpClientResponse.fromWeb(request, body instanceof Response ? body : new Response("true"))
    )
  ))

/** Read in one go, without the fibers of a stream. */
const short = () => new Response("true", { headers: { "content-length": "4" } })

const request: OkTransport.Request = {
  method: "test.read",
  kind: "read",
  verb: "POST",
  url: "http://127.0.0.1:1/fb.do",
  parameters: {},
  canonical: "",
  sig: undefined,
  accessToken: undefined,
  form: () => "a=1"
}

class Service extends Context.Tag("test/Service")<Service, string>() {}

describe.each([
  { name: "by send", send: ({ send }: OkTransport.Service) => send(request) },
  {
    name: "by dispatch",
    send: ({ dispatch }: OkTransport.Service) =>
      Effect.flatMap(
        Effect.runtime<never>(),
        (runtime) =>
          Effect.async<OkTransport.Response, OkError.OkTransportError>((resume) =>
            dispatch?.(request, () => runtime, resume)
          )
      )
  }
])("A request over an HttpClient, $name", ({ send }) => {
  it.scoped("has the context and the FiberRefs of its caller", () =>
    Effect.gen(function*() {
      const ref = yield* FiberRef.make("initial")
      const seen: Array<unknown> = []
      const exchange = Effect.gen(function*() {
        seen.push(yield* FiberRef.get(ref), Context.getOption(yield* Effect.context<never>(), Service))
      })
      yield* send(over(exchange)).pipe(Effect.locally(ref, "outer"), Effect.provideService(Service, "service"))
      expect(seen).toMatchObject(["outer", { _tag: "Some", value: "service" }])
    }))

  it.effect("has the loggers of its caller", () =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => void logged.push(message))
      yield* send(over(Effect.log("in the client"))).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      expect(logged).toEqual([["in the client"]])
    }))

  it.effect("waits in the queue of its caller, whatever the scheduler", () =>
    Effect.gen(function*() {
      const caller = yield* Effect.withFiberRuntime<unknown>(Effect.succeed)
      const queues = new Set<unknown>()
      const scheduler: Scheduler.Scheduler = {
        shouldYield: (fiber) => Scheduler.defaultScheduler.shouldYield(fiber),
        scheduleTask: (task, priority, fiber) => {
          queues.add(fiber)
          Scheduler.defaultScheduler.scheduleTask(task, priority, fiber)
        }
      }
      yield* send(over(Effect.as(Effect.yieldNow(), short()))).pipe(Effect.withScheduler(scheduler))
      expect(queues.size).toBe(1)
      expect(queues.has(caller)).toBe(true)
    }))

  it("is in the asynchronous context of its caller", async () => {
    const storage = new AsyncLocalStorage<string>()
    const seen: Array<unknown> = []
    const transport = over(Effect.zipRight(Effect.yieldNow(), Effect.sync(() => seen.push(storage.getStore()))))
    await Promise.all(
      ["one", "other"].map((caller) => storage.run(caller, () => Effect.runPromise(send(transport))))
    )
    expect(seen).toEqual(["one", "other"])
  })

  it.effect("is no fiber of the program to the metrics of Effect", () =>
    Effect.gen(function*() {
      const started = Metric.value(Metric.fiberStarted)
      const transport = over(Effect.sync(short))
      const [first, second, third] = [
        yield* started,
        yield* Effect.zipRight(transport.send(request), started),
        yield* Effect.zipRight(send(transport), started)
      ]
      // The platform has one of its own for the text of an answer.
      expect(third.count - second.count).toBe(second.count - first.count)
    }))

  it.effect("adds the settings of fetch that its caller gives, save that a redirection is not followed", () =>
    Effect.gen(function*() {
      const seen: Array<RequestInit | undefined> = []
      const fetch: typeof globalThis.fetch = (_, init) => {
        seen.push(init)
        return Promise.resolve(new Response("true"))
      }
      const transport = yield* OkTransport.OkTransport.pipe(
        Effect.provide(OkTransport.layerHttp().pipe(Layer.provide(FetchHttpClient.layer)))
      )
      yield* send(transport).pipe(
        Effect.provideService(FetchHttpClient.RequestInit, { cache: "no-store", redirect: "follow" }),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      expect(seen).toMatchObject([{ cache: "no-store", redirect: "manual" }])
    }))

  it.effect("has no byte order mark in its answer, whether the client takes it off or not", () =>
    Effect.gen(function*() {
      const bytes = new TextEncoder().encode("\uFEFFtrue")
      for (const headers of [{}, { "content-length": String(bytes.length) }]) {
        const client = HttpClient.make((request) =>
          Effect.succeed(
            Object.defineProperty(
              HttpClientResponse.fromWeb(request, new Response(bytes, { headers })),
              "text",
              { value: Effect.succeed("\uFEFFtrue") }
            )
          )
        )
        expect((yield* send(OkTransport.makeHttp(client))).body).toBe("true")
      }
      const twice = new TextEncoder().encode("\uFEFF\uFEFFtrue")
      const streamed = HttpClient.make((request) =>
        Effect.sync(() => HttpClientResponse.fromWeb(request, new Response(twice)))
      )
      expect((yield* send(OkTransport.makeHttp(streamed))).body).toBe("\uFEFFtrue")
    }))

  it.effect("is given up in time where its caller cannot be interrupted", () =>
    Effect.gen(function*() {
      const silent = OkTransport.layer(OkTransport.makeHttp(HttpClient.make(() => Effect.never)))
      const call = isAppUser().pipe(
        OkPolicy.timeout({ attempt: "1 second" }),
        Effect.provide([clientOver(silent), clientSession])
      )
      const fiber = yield* Effect.fork(Effect.uninterruptible(failure(call)))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "OkTransportError", reason: "Timeout" })
    }))

  it.effect("is inside of the span of its caller, and makes none", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const exchange = Effect.map(Effect.orDie(Effect.currentSpan), ({ name }) => void seen.push(name))
      yield* Effect.withSpan(send(over(exchange)), "outer")
      expect(seen).toEqual(["outer"])
    }))

  it.effect("leaves a defect and an interruption of the client what they are", () =>
    Effect.gen(function*() {
      expect(yield* Effect.exit(send(over(Effect.die("a defect"))))).toEqual(Exit.die("a defect"))
      expect(Exit.isInterrupted(yield* Effect.exit(send(over(Effect.interrupt))))).toBe(true)
    }))

  const breaking = () =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("the connection broke")) })
  const refused = new HttpClientError.RequestError({
    request: HttpClientRequest.get(`http://127.0.0.1:1?access_token=${token}`),
    reason: "Transport"
  })

  it.effect.each([
    { name: "that fails", exchange: Effect.fail(refused) },
    { name: "without a body", exchange: Effect.sync(() => new Response(null)) },
    { name: "whose answer breaks", exchange: Effect.sync(() => new Response(breaking())) },
    {
      name: "whose answer is too large and breaks",
      exchange: Effect.sync(() => new Response(breaking(), { headers: { "content-length": String(1 << 30) } }))
    }
  ])("$name is logged by nobody", ({ exchange }) =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ cause, message }) => void logged.push(message, cause))
      const transport = OkTransport.makeHttp(
        HttpClient.make((request) => Effect.map(exchange, (response) => HttpClientResponse.fromWeb(request, response)))
      )
      yield* Effect.either(send(transport)).pipe(
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      expect(logged).toEqual([])
    }))

  it.effect("that is interrupted waits for the end of what the client does", () =>
    Effect.gen(function*() {
      const arrived = yield* Deferred.make<void>()
      const ends: Array<string> = []
      const exchange = Deferred.succeed(arrived, undefined).pipe(
        Effect.zipRight(Effect.never),
        Effect.onInterrupt(() => Effect.zipRight(Effect.yieldNow(), Effect.sync(() => ends.push("client"))))
      )
      const fiber = yield* Effect.fork(Effect.ensuring(send(over(exchange)), Effect.sync(() => ends.push("caller"))))
      yield* Deferred.await(arrived)
      yield* Fiber.interrupt(fiber)
      expect(ends).toEqual(["client", "caller"])
    }))

  it.effect.each([{ name: "can", region: Effect.interruptible }, { name: "cannot", region: Effect.uninterruptible }])(
    "whose answer says that it is too large is cancelled, though nothing of it comes, where it $name be interrupted",
    ({ region }) =>
      Effect.gen(function*() {
        let isCancelled = false
        const body = new ReadableStream<Uint8Array>({
          pull: () => new Promise(() => {}),
          cancel: () => {
            isCancelled = true
          }
        })
        const headers = { "content-length": String(1 << 30) }
        const exchange = Effect.sync(() => new Response(body, { headers }))
        expect(yield* failure(region(send(over(exchange))))).toMatchObject({ reason: "TooLarge", status: 200 })
        expect(isCancelled).toBe(true)
      })
  )
})

describe("OkTransport.withoutSecrets", () => {
  const hex = (code: number, length: number) => code.toString(16).padStart(length, "0")
  const units = (character: string) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
  const bytes = (character: string) => [...new TextEncoder().encode(character)]
  /** How something writes a character. */
  const ways: ReadonlyArray<(character: string) => string> = [
    (character) => character,
    (character) => JSON.stringify(character).slice(1, -1),
    (character) => character === "/" ? "\\/" : character,
    (character) => units(character).map((code) => `\\u${hex(code, 4)}`).join(""),
    (character) => units(character).map((code) => `\\u${hex(code, 4).toUpperCase()}`).join(""),
    (character) => bytes(character).map((byte) => `%${hex(byte, 2)}`).join(""),
    (character) => bytes(character).map((byte) => `%${hex(byte, 2).toUpperCase()}`).join(""),
    (character) => new URLSearchParams([["", character]]).toString().slice(1),
    (character) => `&#${character.codePointAt(0)};`,
    (character) => `&#0${character.codePointAt(0)};`,
    (character) => `&#x${character.codePointAt(0)?.toString(16)};`,
    (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;" })[character] ?? character
  ]
  const written = (character: string, way: number, isJson: boolean) =>
    /^[a-z0-9]$/i.test(character)
      ? character
      : isJson && character === "\\"
      ? "\\\\"
      : character === "\\" && way === 1
      ? character
      : ways[way]?.(character) ?? character

  const secret = FastCheck.array(
    FastCheck.tuple(
      FastCheck.oneof(
        FastCheck.constantFrom(..."abAB019 &<>\"'/\\+=%;#.-_~*()!$,:@?\n\t", "я", "€", "😀", "\uD800"),
        FastCheck.string({ unit: "binary", minLength: 1, maxLength: 1 })
      ),
      FastCheck.nat(ways.length - 1)
    ),
    { minLength: 8, maxLength: 40 }
  )

  it.prop(
    "finds a secret however each of its characters is written",
    [secret, FastCheck.boolean()],
    ([secret, isJson]) => {
      // Of two halves that stand together, one character is made.
      const characters = Array.from(secret.map(([character]) => character).join(""))
      const text = characters.map((character, index) => written(character, secret[index]?.[1] ?? 0, isJson)).join("")
      const clean = OkTransport.withoutSecrets(`before: ${text} :after`, [Redacted.make(characters.join(""))])
      expect(clean).toBe("before: <redacted> :after")
    }
  )

  it("takes no time that grows with the ways to write it", () => {
    const backslashes = "\\".repeat(200)
    expect(OkTransport.withoutSecrets(`${backslashes}y`, [Redacted.make(`${backslashes}x`)])).toBe(`${backslashes}y`)
    const ampersands = "&amp;".repeat(40)
    expect(OkTransport.withoutSecrets(`${ampersands}y`, [Redacted.make(`${ampersands}x`)])).toBe(`${ampersands}y`)
  })
})
