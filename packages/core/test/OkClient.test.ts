import { OkCall, OkClient, OkMethod, OkMetric, OkPolicy, type OkSession, OkTransport } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { TypeLambda } from "effect/HKT"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import {
  applicationKey,
  canonicalOf,
  clientCredentials,
  clientOver,
  clientSession,
  closedPort,
  configAt,
  failure,
  getCurrentUser,
  isAppUser,
  leaks,
  nodeMd5,
  notify,
  pairsOf,
  sdkInit,
  type Seen,
  serve,
  serverCredentials,
  sessionOf,
  sessionSecret,
  stalled,
  token,
  wire
} from "./support.js"

const secrets = [token, encodeURIComponent(token), sessionSecret]

/** The client over fetch, as programs have it. */
const overHttp = (apiUrl: string, options?: OkClient.Options) =>
  Layer.merge(
    OkClient.layerHttp(options).pipe(Layer.provide([configAt(apiUrl), FetchHttpClient.layer])),
    clientSession
  )

const pairsOfSeen = (seen: Seen | undefined): ReadonlyArray<readonly [string, string]> => [
  ...new URLSearchParams(seen?.verb === "GET" ? seen.url.slice(seen.url.indexOf("?")) : seen?.body)
]

describe("The client over a fake", () => {
  it.effect("counts calls and failures with the tags of the caller", () =>
    Effect.gen(function*() {
      const countOf = (metric: Metric.Metric.Counter<number>, ...tags: ReadonlyArray<readonly [string, string]>) =>
        Metric.value(
          tags.reduce((metric, [name, value]) => Metric.tagged(metric, name, value), metric)
        ).pipe(Effect.map(({ count }) => count))
      yield* Effect.tagMetrics(Effect.either(isAppUser()), "worker", "test-worker")
      const method = ["method", "users.isAppUser"] as const
      const worker = ["worker", "test-worker"] as const
      expect(yield* countOf(OkMetric.calls, method, worker)).toBe(1)
      expect(yield* countOf(OkMetric.failures, method, ["error", "OkNotFound"], worker)).toBe(1)
    }).pipe(Effect.provide([FakeTransport.layerClient(FakeTransport.fail(isAppUser, { code: 300 }))])))

  it.effect("gives the typed meaning: the result of the method's schema", () =>
    Effect.gen(function*() {
      expect(yield* getCurrentUser()).toEqual({ uid: "1", name: "test" })
      expect(yield* OkClient.typed.interpret(isAppUser())).toBe(true)
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(getCurrentUser, { uid: "1", name: "test" }),
      FakeTransport.answer(isAppUser, true)
    ))))

  it.effect("gives the typed meaning: an error of the API is a failure with its tag", () =>
    Effect.gen(function*() {
      const text = yield* getCurrentUser().pipe(
        Effect.map(({ uid }) => uid),
        Effect.catchTag("OkPermissionDenied", (error) => Effect.succeed(`${error.method} ${error.reason}`))
      )
      expect(text).toBe("users.getCurrentUser PERMISSION_DENIED")
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(getCurrentUser, { code: 10 })))))

  it.effect("gives the other meaning: the body, an error or not", () =>
    Effect.gen(function*() {
      expect(yield* OkClient.passError.interpret(isAppUser())).toBe(true)
      expect(yield* OkCall.passError(getCurrentUser())).toEqual({
        error_code: 10,
        error_msg: "PERMISSION_DENIED : text",
        error_data: null
      })
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(isAppUser, true),
      FakeTransport.fail(getCurrentUser, { code: 10, message: "PERMISSION_DENIED : text" })
    ))))

  it.effect("fails under either meaning where there is no answer", () =>
    Effect.gen(function*() {
      expect(yield* failure(isAppUser())).toMatchObject({ _tag: "OkTransportError", reason: "NotJson" })
      expect(yield* failure(OkCall.passError(isAppUser()))).toMatchObject({
        _tag: "OkTransportError",
        reason: "NotJson"
      })
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.respond(
        isAppUser,
        () => Effect.succeed({ status: 502, body: "<html></html>", invocationError: undefined })
      )
    ))))
})

describe("The client over HTTP", () => {
  it.scoped("posts a signed form to /fb.do", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.writeHead(200, { "content-type": "application/json;charset=utf-8" }).end("true")
      })
      expect(yield* Effect.provide(isAppUser({ uid: "Привет 😀" }), overHttp(server.url))).toBe(true)
      const [seen] = server.seen
      const pairs = pairsOfSeen(seen)
      expect(seen?.verb).toBe("POST")
      expect(seen?.url).toBe("/fb.do")
      expect(seen?.headers["content-type"]).toMatch(/^application\/x-www-form-urlencoded/)
      expect(Object.fromEntries(pairs)).toEqual({
        application_key: applicationKey,
        format: "json",
        method: "users.isAppUser",
        uid: "Привет 😀",
        access_token: token,
        sig: nodeMd5(canonicalOf(pairs) + sessionSecret)
      })
    }))

  it.scoped("gets with everything in the query where it is told to", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end("true")
      })
      yield* Effect.provide(isAppUser({ uid: "1 + 1 = 2 & more" }), overHttp(server.url, { verb: "GET" }))
      const [seen] = server.seen
      const pairs = pairsOfSeen(seen)
      expect(seen?.verb).toBe("GET")
      expect(seen?.body).toBe("")
      expect(Object.fromEntries(pairs)).toMatchObject({
        uid: "1 + 1 = 2 & more",
        access_token: token,
        sig: nodeMd5(canonicalOf(pairs) + sessionSecret)
      })
    }))

  it.scoped("puts the name of the method into the path where it is told to, and neither sends nor signs it", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end(`{"uid":"1"}`)
      })
      for (const verb of ["POST", "GET"] as const) {
        yield* Effect.provide(getCurrentUser(), overHttp(server.url, { address: "path", verb }))
      }
      expect(server.seen.map(({ url }) => url.split("?")[0])).toEqual(Array(2).fill("/api/users/getCurrentUser"))
      for (const seen of server.seen) {
        const pairs = pairsOfSeen(seen)
        expect(pairs.map(([name]) => name)).not.toContain("method")
        expect(Object.fromEntries(pairs)["sig"]).toBe(
          nodeMd5(`application_key=${applicationKey}format=json${sessionSecret}`)
        )
      }
    }))

  it.effect("turns every dot of a name into a slash of the path", () =>
    Effect.gen(function*() {
      const request = yield* OkCall.request(OkMethod.untyped("a.b.c", { session: "required" })())
      expect(request.url).toBe("http://127.0.0.1:1/api/a/b/c")
      expect(Object.keys(request.parameters)).not.toContain("method")
    }).pipe(Effect.provide(overHttp("http://127.0.0.1:1", { address: "path" }))))

  it.scoped("puts no secret into the address of a POST", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end("true")
      })
      for (const address of ["fb.do", "path"] as const) {
        yield* Effect.provide(isAppUser(), overHttp(server.url, { address }))
      }
      expect(server.seen.map(({ url }) => url)).toEqual(["/fb.do", "/api/users/isAppUser"])
    }))

  it.scoped("sends neither token nor signature with a method that must not be signed", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end(`{"session_key":"test"}`)
      })
      yield* Effect.provide(sdkInit({ device: "1" }), overHttp(server.url))
      expect(pairsOfSeen(server.seen[0]).map(([name]) => name)).toEqual([
        "application_key",
        "device",
        "format",
        "method"
      ])
    }))

  it.scoped("reads an error by its header and by its body, at any status", () =>
    Effect.gen(function*() {
      const server = yield* serve((response, _, index) => {
        if (index === 0) {
          response.writeHead(200, { "Invocation-Error": "102", "content-type": "text/html" }).end()
        } else {
          response.writeHead(500).end(`{"error_code":8,"error_data":{"wait_millis":1000}}`)
        }
      })
      const call = Effect.provide(getCurrentUser(), overHttp(server.url))
      expect(yield* failure(call)).toMatchObject({ _tag: "OkSessionExpired", code: 102 })
      expect(yield* failure(call)).toMatchObject({ _tag: "OkThrottled", code: 8, waitMillis: 1000 })
    }))

  it.scoped("cancels the request of a call that is interrupted", () =>
    Effect.gen(function*() {
      const { arrived, closed, url } = yield* stalled()
      const fiber = yield* Effect.fork(Effect.provide(isAppUser(), overHttp(url)))
      yield* Deferred.await(arrived)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(closed)
    }))

  it.scoped("says that nothing was sent where nobody listens, and that nobody knows where an answer breaks off", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.writeHead(200, { "content-length": "100" })
        response.write("{", () => response.destroy())
      })
      expect(yield* failure(Effect.provide(isAppUser(), overHttp(yield* closedPort)))).toMatchObject({
        _tag: "OkTransportError",
        reason: "NotConnected"
      })
      expect(yield* failure(Effect.provide(isAppUser(), overHttp(server.url)))).toMatchObject({
        _tag: "OkTransportError",
        reason: "Interrupted"
      })
    }))

  it.effect.each(["POST", "GET"] as const)("prints no token when nobody listens: %s", (verb) =>
    Effect.gen(function*() {
      const layer = overHttp(yield* closedPort, { verb })
      const error = yield* failure(Effect.provide(isAppUser({ uid: "1" }), layer))
      expect(error).toMatchObject({ _tag: "OkTransportError", reason: "NotConnected" })
      expect(leaks(error, ...secrets)).toEqual([])
      const passed = yield* failure(Effect.provide(OkCall.passError(isAppUser({ uid: "1" })), layer))
      expect(leaks(passed, ...secrets)).toEqual([])
    }))
})

/** A tracer that keeps everything that is written into its spans. */
const recording = () => {
  const written: Array<unknown> = []
  const names: Array<string> = []
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind) => {
      names.push(name)
      const span: Tracer.Span = {
        _tag: "Span",
        name,
        spanId: String(names.length),
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
      spans.push(span)
      return span
    },
    context: (f) => f()
  })
  return { names, spans, written, tracer }
}

const traced = <A, E, R>(tracer: Tracer.Tracer, effect: Effect.Effect<A, E, R>) =>
  effect.pipe(Effect.withSpan("caller", { attributes: { here: true } }), Effect.withTracer(tracer))

describe("The spans of a call", () => {
  it.scoped.each(["POST", "GET"] as const)(
    "hold no secret, in no attribute and no event: %s",
    (verb) =>
      Effect.gen(function*() {
        const server = yield* serve((response, _, index) => {
          response.end(index === 0 ? "true" : `{"error_code":102,"error_msg":"text"}`)
        })
        const { names, tracer, written } = recording()
        yield* traced(tracer, Effect.provide(isAppUser({ uid: "1" }), overHttp(server.url, { verb })))
        yield* Effect.exit(traced(tracer, Effect.provide(isAppUser({ uid: "1" }), overHttp(server.url, { verb }))))
        yield* Effect.exit(
          traced(tracer, Effect.provide(isAppUser({ uid: "1" }), overHttp(yield* closedPort, { verb })))
        )
        expect(names.filter((name) => name === "caller")).toHaveLength(3)
        expect(written).not.toEqual([])
        expect(leaks(written, ...secrets)).toEqual([])
        expect(leaks(names, ...secrets)).toEqual([])
      })
  )

  it.scoped.each(
    [
      ["a call", Layer.empty],
      ["a call that waits for its turn", OkPolicy.layerConcurrency(1)]
    ] as const
  )("hold no answer: %s", ([, policy]) =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end(`{"uid":"1","name":"TEST-NAME"}`)
      })
      const { names, tracer, written } = recording()
      const user = yield* Effect.withTracer(
        Effect.provide(getCurrentUser(), Layer.merge(policy, overHttp(server.url))),
        tracer
      )
      expect(leaks(user, "TEST-NAME")).not.toEqual([])
      expect(names).toEqual(["ok users.getCurrentUser"])
      expect(leaks(written, "TEST-NAME")).toEqual([])
    }))

  it.effect.each(
    [
      ["when it is on its way, where the transport asks for nothing", false],
      ["before it is sent, where the transport asks for the context of the call", true]
    ] as const
  )("begin with the call, and are made %s", ([, asks]) => {
    const { names, spans, tracer } = recording()
    let seen: ReadonlyArray<string> = []
    let parent: Option.Option<Tracer.AnySpan> = Option.none()
    const transport = OkTransport.layer({
      send: () => Effect.dieMessage("not by this road"),
      dispatch: (_request, runtime, resume) => {
        if (asks) {
          parent = Context.getOption(runtime().context, Tracer.ParentSpan)
        }
        seen = [...names]
        resume(Effect.succeed({ status: 200, body: "true", invocationError: undefined }))
        return Effect.void
      }
    })
    return Effect.gen(function*() {
      let now = 0n
      const clock = yield* Effect.clock
      const ticking = Object.assign(Object.create(clock), { unsafeCurrentTimeNanos: () => ++now })
      yield* isAppUser({ uid: "1" }).pipe(
        Effect.provide([clientOver(transport), clientSession]),
        Effect.withClock(ticking),
        Effect.withTracer(tracer)
      )
      expect(names).toEqual(["ok users.isAppUser"])
      expect(spans[0]?.status).toMatchObject({ startTime: 1n })
      expect(seen).toEqual(asks ? names : [])
      expect(Option.getOrUndefined(parent)).toBe(asks ? spans[0] : undefined)
    })
  })

  it.effect("say what the call was signed with, also where the transport throws", () => {
    const { spans, tracer, written } = recording()
    const transport = OkTransport.layer({
      send: () => Effect.dieMessage("not by this road"),
      dispatch: () => {
        throw new Error("test")
      }
    })
    return Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.provide(isAppUser(), [clientOver(transport), clientSession]))
      expect(Exit.isFailure(exit) && Cause.isDie(exit.cause)).toBe(true)
      expect(spans).toHaveLength(1)
      expect(written[written.indexOf("okru.session") + 1]).toBe("client")
    }).pipe(Effect.withTracer(tracer))
  })

  it.effect("say how often it was sent, and what it was signed with in the end", () => {
    const { spans, tracer, written } = recording()
    const calls = [
      { answers: ["true"], attempts: 1, session: "client" },
      { answers: [`{"error_code":2}`, `{"error_code":2}`, "true"], attempts: 3, session: "client" },
      { answers: [`{"error_code":102}`, "true"], attempts: 2, session: "server" }
    ]
    return Effect.gen(function*() {
      for (const { answers, attempts, session } of calls) {
        const current = yield* Ref.make<OkSession.Credentials>(clientCredentials)
        const renewing = sessionOf({
          current: Ref.get(current),
          renew: () => Effect.as(Ref.set(current, serverCredentials), true)
        })
        written.length = 0
        expect(yield* Effect.provide(isAppUser(), [clientOver(wire(...answers).layer), renewing])).toBe(true)
        const valueOf = (name: string) => written[written.indexOf(name) + 1]
        expect({ attempts: valueOf("okru.attempts"), session: valueOf("okru.session") }).toEqual({ attempts, session })
      }
      expect(spans).toHaveLength(calls.length)
    }).pipe(
      OkPolicy.retry({ schedule: Schedule.recurs(3) }),
      Effect.withTracer(tracer)
    )
  })

  it.scoped("would hold the token, were it not for the transport: what this test sees of a bare client", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end("true")
      })
      const { tracer, written } = recording()
      const client = yield* HttpClient.HttpClient
      yield* traced(tracer, client.get(`${server.url}/fb.do?access_token=${encodeURIComponent(token)}`))
      expect(leaks(written, ...secrets)).not.toEqual([])
    }).pipe(Effect.provide(FetchHttpClient.layer)))

  it.scoped("send no header of a trace to OK.ru", () =>
    Effect.gen(function*() {
      const server = yield* serve((response) => {
        response.end("true")
      })
      yield* traced(recording().tracer, Effect.provide(isAppUser(), overHttp(server.url)))
      const headers = Object.keys(server.seen[0]?.headers ?? {})
      expect(headers).not.toContain("traceparent")
      expect(headers).not.toContain("b3")
    }))
})

interface NameTypeLambda extends TypeLambda {
  readonly type: string
}

describe("OkClient.derive", () => {
  const groups = {
    users: { getCurrentUser, isAppUser, version: 1, User: Schema.Struct({}), helper: () => "no method" },
    notifications: { sendSimple: notify }
  }

  it.effect("gives the API its usual shape, with the typed meaning", () => {
    const api = OkClient.derive(groups)
    return Effect.gen(function*() {
      expect(yield* api.users.isAppUser({ uid: "1" })).toBe(true)
      expect(yield* api.users.getCurrentUser()).toEqual({ uid: "1" })
      expect((yield* failure(api.notifications.sendSimple({ uid: "1", text: "test" })))._tag).toBe("OkThrottled")
      expect(yield* FakeTransport.requests).toEqual([
        { method: "users.isAppUser", parameters: { uid: "1" }, session: "user" },
        { method: "users.getCurrentUser", parameters: {}, session: "user" },
        { method: "notifications.sendSimple", parameters: { uid: "1", text: "test" }, session: "application" }
      ])
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(isAppUser, true),
      FakeTransport.answer(getCurrentUser, { uid: "1" }),
      FakeTransport.fail(notify, { code: 8 })
    )))
  })

  it.effect("gives the same shape another meaning", () => {
    const api = OkClient.derive(groups, OkClient.passError)
    return Effect.gen(function*() {
      expect(yield* api.users.getCurrentUser()).toEqual({ error_code: 102, error_msg: "", error_data: null })
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(getCurrentUser, { code: 102 }))))
  })

  it("takes an interpreter of your own", () => {
    const name: OkClient.Interpreter<NameTypeLambda> = { interpret: (call) => inspect(call.method.name) }
    const api = OkClient.derive(groups, name)
    expect(api.users.isAppUser({ uid: "1" })).toBe("'users.isAppUser'")
  })

  it("leaves out what is no method", () => {
    const api = OkClient.derive(groups)
    expect(Object.keys(api)).toEqual(["users", "notifications"])
    expect(Object.keys(api.users)).toEqual(["getCurrentUser", "isAppUser"])
    expect("helper" in api.users).toBe(false)
    // @ts-expect-error not a method
    expect(api.users.version).toBeUndefined()
  })

  it("builds a group and a method when they are first used, and once", () => {
    const read: Array<string> = []
    const lazy = (name: string) => ({
      get isAppUser() {
        read.push(name)
        return isAppUser
      }
    })
    let interpreted = 0
    const counting: OkClient.Interpreter<NameTypeLambda> = {
      interpret: (call) => {
        interpreted += 1
        return call.method.name
      }
    }
    const api = OkClient.derive({ one: lazy("one"), two: lazy("two") }, counting)
    expect(read).toEqual([])
    const { one } = api
    expect(read).not.toContain("two")
    const before = read.length
    expect(api.one).toBe(one)
    expect(api.one.isAppUser).toBe(one.isAppUser)
    expect(read).toHaveLength(before)
    expect(interpreted).toBe(0)
    one.isAppUser()
    one.isAppUser()
    expect(interpreted).toBe(2)
  })

  it.effect("holds methods without a row as well", () => {
    const api = OkClient.derive({ group: { newMethod: OkMethod.untyped("group.newMethod") } })
    const transport = wire(`{"any":"thing"}`)
    return Effect.gen(function*() {
      expect(yield* api.group.newMethod({ gid: 51 })).toEqual({ any: "thing" })
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["gid", "51"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })
})

describe("OkClient.make", () => {
  it.effect("is a service whose parts can be used by themselves", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const client = yield* OkClient.OkClient
      const request = yield* client.request(sdkInit({ device: "1" }), undefined)
      expect(transport.sent).toEqual([])
      expect(yield* client.send(request)).toEqual({ body: true, error: undefined })
      expect(transport.sent).toEqual([request])
    }).pipe(Effect.provide(clientOver(transport.layer)))
  })

  it.effect("asks for no session that a method does not need", () =>
    Effect.gen(function*() {
      const context = yield* Effect.context<OkClient.OkClient>()
      expect(Option.isSome(Context.getOption(context, OkClient.OkClient))).toBe(true)
      expect(yield* Effect.provide(sdkInit({ device: "1" }), context)).toBe("test")
    }).pipe(Effect.provide(clientOver(OkTransport.layer({
      send: () => Effect.succeed({ status: 200, body: `{"session_key":"test"}`, invocationError: undefined })
    })))))
})
