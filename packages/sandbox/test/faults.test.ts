import { OkCall, OkClient, type OkError, OkMethod, OkPolicy, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import * as TestClock from "effect/TestClock"
import { connect, createServer } from "node:net"
import { gunzipSync } from "node:zlib"
import { run } from "../scripts/calls.js"
import { asUser, sandbox } from "./support.js"

/*
 * What a call comes to when something goes wrong with it once, and how often it is then executed: a read and a write, alone
 * and repeated. `passError` gives an error of the API as a value, so there is nothing to repeat: where that makes a
 * difference its executions come second.
 */
const matrix = `
fault              | read typed       | read passError | write typed      | write passError | alone | repeated
flood              | OkThrottled 8    | body 8         | OkThrottled 8    | body 8          | 0 0   | 1 1, 0 0
flood, wait        | OkThrottled 8    | body 8         | OkThrottled 8    | body 8          | 0 0   | 1 1, 0 0
sessionExpired     | OkSessionExpired | body 102       | OkSessionExpired | body 102        | 0 0   | 0 0
unknownCode        | UnknownApiError  | body 4711      | UnknownApiError  | body 4711       | 0 0   | 0 0
resetUnread        | Interrupted      | Interrupted    | Interrupted      | Interrupted     | 0 0   | 1 0
resetBefore        | Interrupted      | Interrupted    | Interrupted      | Interrupted     | 0 0   | 1 0
resetAfter         | Interrupted      | Interrupted    | Interrupted      | Interrupted     | 1 1   | 2 1
gatewayPage        | NotJson          | NotJson        | NotJson          | NotJson         | 1 1   | 2 1
slowHeaders        | Timeout          | Timeout        | Timeout          | Timeout         | 1 1   | 2 1
slowBody           | Timeout          | Timeout        | Timeout          | Timeout         | 1 1   | 2 1
truncatedBody      | NotJson          | NotJson        | NotJson          | NotJson         | 1 1   | 2 1
brokenBody         | Interrupted      | Interrupted    | Interrupted      | Interrupted     | 1 1   | 2 1
wrongContentType   | ok               | ok             | ok               | ok              | 1 1   | 1 1
emptyBody          | OkDecodeError    | ok             | OkDecodeError    | ok              | 1 1   | 1 1
wrongJson          | OkDecodeError    | ok             | OkDecodeError    | ok              | 1 1   | 1 1
hugeBody           | TooLarge         | TooLarge       | TooLarge         | TooLarge        | 1 1   | 1 1
hugeBody, declared | TooLarge         | TooLarge       | TooLarge         | TooLarge        | 1 1   | 1 1
gzipBomb           | TooLarge         | TooLarge       | TooLarge         | TooLarge        | 1 1   | 1 1
`

const faults: { readonly [name: string]: Sandbox.Fault } = {
  "flood": { kind: "flood" },
  "flood, wait": { kind: "flood", waitMillis: 50 },
  "sessionExpired": { kind: "sessionExpired" },
  "unknownCode": { kind: "unknownCode" },
  "resetUnread": { kind: "resetUnread" },
  "resetBefore": { kind: "resetBefore" },
  "resetAfter": { kind: "resetAfter" },
  "gatewayPage": { kind: "gatewayPage" },
  "slowHeaders": { kind: "slowHeaders", millis: 600_000 },
  "slowBody": { kind: "slowBody", millis: 600_000 },
  "truncatedBody": { kind: "truncatedBody" },
  "brokenBody": { kind: "brokenBody" },
  "wrongContentType": { kind: "wrongContentType" },
  "emptyBody": { kind: "emptyBody" },
  "wrongJson": { kind: "wrongJson" },
  "hugeBody": { kind: "hugeBody" },
  "hugeBody, declared": { kind: "hugeBody", saysLength: true },
  "gzipBomb": { kind: "gzipBomb" }
}

const [columns = "", ...rows] = matrix.trim().split("\n")

// A slow answer takes ten minutes, far longer than a test may: what comes to its end did so by a time-out. Where nothing is slow
// there is time enough for a machine that has much else to do.
const timeout = (fault?: Sandbox.Fault) =>
  OkPolicy.timeout({ attempt: fault?.kind.startsWith("slow") === true ? "1 second" : "20 seconds" })

const retry = OkPolicy.retry({
  schedule: Schedule.intersect(Schedule.jittered(Schedule.exponential("10 millis")), Schedule.recurs(3))
})

const read = Users.getLoggedInUser()
const write = Users.setStatus({ status: "once" })

const session = Layer.unwrapEffect(Effect.gen(function*() {
  const { users } = yield* Sandbox.Sandbox
  return OkSession.layerClient((yield* users)[0])
}))

const Ok = Layer.mergeAll(OkClient.layerHttp({ maxBytes: 1 << 20 }), session).pipe(
  Layer.provideMerge(SandboxServer.layerOkConfig),
  Layer.provideMerge(FetchHttpClient.layer),
  Layer.provideMerge(SandboxServer.layer()),
  Layer.provideMerge(Sandbox.layer())
)

const failed = (error: OkError.OkError): string =>
  error._tag === "OkTransportError"
    ? error.reason
    : error._tag === "OkThrottled"
    ? `${error._tag} ${error.code}`
    : error._tag

const succeeded = (value: unknown): string =>
  Predicate.hasProperty(value, "error_code") ? `body ${String(value.error_code)}` : "ok"

const outcomeOf = <A, R>(effect: Effect.Effect<A, OkError.OkError, R>) =>
  Effect.map(Effect.either(effect), Either.match({ onLeft: failed, onRight: succeeded }))

/** A call that something goes wrong with once: what it came to, and how often it was executed. */
const suffer = <A, R>(fault: Sandbox.Fault, method: string, call: Effect.Effect<A, OkError.OkError, R>) =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.Sandbox
    const before = yield* sandbox.executions(method)
    yield* sandbox.fault(fault, { method })
    const outcome = yield* outcomeOf(timeout(fault)(call))
    return { outcome, count: (yield* sandbox.executions(method)) - before }
  })

const rowOf = (name: string, fault: Sandbox.Fault) =>
  Effect.gen(function*() {
    const cells = <A, R>(method: string, call: Effect.Effect<A, OkError.OkError, R>) =>
      Effect.all({ once: suffer(fault, method, call), more: suffer(fault, method, retry(call)) })
    // Executions are counted by method, so that reads and writes do not get into each other's way.
    const [[readTyped, readPassing], [writeTyped, writePassing]] = yield* Effect.all([
      Effect.all([cells("users.getLoggedInUser", read), cells("users.getLoggedInUser", OkCall.passError(read))]),
      Effect.all([cells("users.setStatus", write), cells("users.setStatus", OkCall.passError(write))])
    ], { concurrency: 2 })
    const counts = (policy: "once" | "more") => {
      const typed = `${readTyped[policy].count} ${writeTyped[policy].count}`
      const passing = `${readPassing[policy].count} ${writePassing[policy].count}`
      return typed === passing ? typed : `${typed}, ${passing}`
    }
    // Whatever went wrong, the next call is as good as any.
    expect(yield* outcomeOf(timeout()(read))).toBe("ok")
    const outcomes = [readTyped, readPassing, writeTyped, writePassing].map(({ once }) => once.outcome)
    return [name, ...outcomes, counts("once"), counts("more")]
  })

const split = (row: string): ReadonlyArray<string> => row.split("|").map((cell) => cell.trim())

/** How many sockets, servers and timers keep the process alive. */
const resources = Effect.sync(() => {
  const names = process.getActiveResourcesInfo()
  const count = (part: string) => names.filter((name) => name.includes(part)).length
  return { sockets: count("TCPSocket"), servers: count("TCPServer"), timers: count("Timeout") }
})

/** Asks again for ten seconds, for what ends a moment later than it is given up. */
const soon = <A>(ask: Effect.Effect<A>, accept: (value: A) => boolean): Effect.Effect<A> =>
  Effect.repeat(ask, {
    until: accept,
    schedule: Schedule.intersect(Schedule.spaced("10 millis"), Schedule.recurs(1000))
  }).pipe(Effect.zipRight(ask))

/** Runs an effect against a sandbox of its own, and fails where it leaves anything behind. */
const tidily = <A, E>(effect: Effect.Effect<A, E, Layer.Layer.Success<typeof Ok>>) =>
  Effect.gen(function*() {
    const before = yield* resources
    const supervisor = yield* Supervisor.track
    const fibers = Effect.map(supervisor.value, (fibers) => fibers.length)
    const value = yield* Effect.gen(function*() {
      const idle = yield* fibers
      const value = yield* effect
      // An answer that nobody reads to its end and nobody gives up would keep the fiber that writes it.
      expect(yield* soon(fibers, (count) => count <= idle), "fibers while the server is up").toBe(idle)
      return value
    }).pipe(Effect.provide(Ok), Effect.supervised(supervisor))
    expect(yield* soon(fibers, (count) => count === 0), "fibers").toBe(0)
    const more = Effect.map(resources, (after) => ({
      sockets: Math.max(0, after.sockets - before.sockets),
      servers: Math.max(0, after.servers - before.servers),
      timers: Math.max(0, after.timers - before.timers)
    }))
    const none = { sockets: 0, servers: 0, timers: 0 }
    expect(yield* soon(more, (more) => Equal.equals(Data.struct(more), Data.struct(none))), "left behind").toEqual(none)
    return value
  })

describe("what is left behind", () => {
  it.live("is seen", () =>
    Effect.gen(function*() {
      const before = yield* resources
      const supervisor = yield* Supervisor.track
      const fiber = yield* Effect.supervised(Effect.forkDaemon(Effect.async<never>(() => {})), supervisor)
      const server = createServer()
      yield* Effect.async<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      })
      const address = server.address()
      const socket = connect(typeof address === "object" ? address?.port ?? 0 : 0, "127.0.0.1")
      const timer = setTimeout(() => undefined, 60_000)
      const after = yield* resources
      expect(yield* supervisor.value).toHaveLength(1)
      expect(after.servers).toBeGreaterThan(before.servers)
      expect(after.sockets).toBeGreaterThan(before.sockets)
      expect(after.timers).toBeGreaterThan(before.timers)
      yield* Fiber.interrupt(fiber)
      yield* Effect.sync(() => {
        clearTimeout(timer)
        socket.destroy()
        server.close()
      })
    }))
})

describe("faults over HTTP", () => {
  it("has a row for every fault", () => {
    expect(rows.map((row) => split(row)[0])).toEqual(Object.keys(faults))
    expect(split(columns)).toHaveLength(7)
  })

  for (const [name, fault] of Object.entries(faults)) {
    it.live(name, () =>
      Effect.gen(function*() {
        const row = yield* tidily(rowOf(name, fault))
        expect(row).toEqual(rows.map(split).find((row) => row[0] === name))
      }), 120_000)
  }
})

describe("the control endpoint", () => {
  const order = (body: string, contentType = "application/json") =>
    Effect.gen(function*() {
      const { url } = yield* SandboxServer.SandboxServer
      const request = HttpClientRequest.post(`${url}/sandbox/faults`)
      const response = yield* HttpClient.execute(HttpClientRequest.bodyText(request, body, contentType))
      return { status: response.status, text: yield* response.text }
    })

  const clear = Effect.gen(function*() {
    const { url } = yield* SandboxServer.SandboxServer
    const response = yield* HttpClient.del(`${url}/sandbox/faults`)
    return response.status
  })

  it.live("breaks what it is told to, as often as it is told to, and stops", () =>
    tidily(Effect.gen(function*() {
      const status = { kind: "gatewayPage", status: 503 }
      expect((yield* order(JSON.stringify({ fault: status, method: "users.setStatus", times: 2 }))).status).toBe(204)
      expect(yield* outcomeOf(read)).toBe("ok")
      expect(yield* outcomeOf(write)).toBe("NotJson")
      expect(yield* outcomeOf(write)).toBe("NotJson")
      expect(yield* outcomeOf(write)).toBe("ok")
      expect((yield* order(JSON.stringify({ fault: { kind: "unknownCode", code: 4712 } }))).status).toBe(204)
      expect(yield* Effect.flip(read)).toMatchObject({ _tag: "UnknownApiError", code: 4712 })
      expect((yield* order(JSON.stringify({ share: 1, among: [{ kind: "emptyBody" }], seed: 3 }))).status).toBe(204)
      expect(yield* outcomeOf(read)).toBe("OkDecodeError")
      expect(yield* outcomeOf(read)).toBe("OkDecodeError")
      expect(yield* clear).toBe(204)
      expect(yield* outcomeOf(read)).toBe("ok")
    })))

  it.live("says what it does not understand, a line for each mistake", () =>
    tidily(Effect.gen(function*() {
      const said = (body: unknown) => Effect.map(order(JSON.stringify(body)), ({ text }) => text.split("\n"))
      const [kind, ...none] = yield* said({ fault: { kind: "earthquake" } })
      expect(kind).toMatch(/^fault\.kind: Expected "flood" \| .*, actual "earthquake"$/)
      expect(none).toEqual([])
      expect(yield* said({ fault: { kind: "flood", waitMills: 1, place: "top" }, times: 0 })).toEqual([
        `fault.waitMills: is unexpected, expected: "kind" | "waitMillis" | "place"`,
        `fault.place: Expected "body", actual "top"`,
        `fault.place: Expected "error_data", actual "top"`,
        "times: Expected a positive number, actual 0"
      ])
      expect(yield* said({ share: 2, among: [{ kind: "gatewayPage", status: "502" }] })).toEqual([
        "share: Expected a number between 0 and 1, actual 2",
        `among.0.status: Expected number, actual "502"`
      ])
      expect(yield* said({ fault: { kind: "flood" }, method: "users.getLogedInUser" })).toEqual([
        "Sandbox: there is no method users.getLogedInUser"
      ])
      expect(yield* said({})).toEqual(["fault: is missing"])
      expect(yield* said(1)).toEqual(["Expected { fault, method?, times? }, actual 1"])
      expect(yield* said({ fault: { kind: "flood" }, method: "users.getLogedInUser" }))
        .toEqual(["Sandbox: there is no method users.getLogedInUser"])
      expect((yield* order("{")).text.length).toBeLessThan(200)
    })))

  it.live("refuses what it does not understand", () =>
    tidily(Effect.gen(function*() {
      expect((yield* order("{")).status).toBe(400)
      expect((yield* order("{}")).status).toBe(400)
      expect((yield* order(JSON.stringify({ fault: { kind: "earthquake" } }))).status).toBe(400)
      expect((yield* order(JSON.stringify({ fault: { kind: "flood" }, times: 0 }))).status).toBe(400)
      expect((yield* order(JSON.stringify({ fault: { kind: "flood", waitMills: 1 } }))).status).toBe(400)
      expect((yield* order(JSON.stringify({ fault: { kind: "flood" }, method: "users.get" }))).status).toBe(400)
      expect((yield* order(JSON.stringify({ fault: { kind: "flood" } }), "text/plain")).status).toBe(415)
      expect(yield* outcomeOf(read)).toBe("ok")
    })))

  it.effect("is there on a port only", () =>
    Effect.gen(function*() {
      const response = yield* HttpClient.post("https://api.ok.ru/sandbox/faults")
      expect(response.status).toBe(404)
    }).pipe(Effect.provide(Layer.provideMerge(Sandbox.layerHttpClient, Sandbox.layer()))))
})

describe("a spoilt answer", () => {
  // Taken as it comes: a client makes the same of many.
  const ask = (fault?: Sandbox.Fault) =>
    Effect.gen(function*() {
      const { fault: spoil, users } = yield* Sandbox.Sandbox
      yield* fault === undefined ? Effect.void : spoil(fault)
      const form = yield* asUser("users.getInfo", { uids: (yield* users)[0].uid, fields: "uid,gender" })
      const request = HttpClientRequest.post("https://api.ok.ru/fb.do")
      return yield* HttpClient.execute(HttpClientRequest.bodyUrlParams(request, form))
    })

  const textOf = (fault?: Sandbox.Fault) => Effect.flatMap(ask(fault), (response) => response.text)

  const bytesOf = (fault: Sandbox.Fault) =>
    Effect.flatMap(ask(fault), (response) => Effect.map(response.arrayBuffer, (buffer) => new Uint8Array(buffer)))

  it.effect("of wrongContentType is whole and text/html", () =>
    Effect.gen(function*() {
      const good = yield* ask()
      const spoilt = yield* ask({ kind: "wrongContentType" })
      expect(good.headers["content-type"]).toBe("application/json;charset=utf-8")
      expect(spoilt.headers["content-type"]).toBe("text/html")
      expect(yield* spoilt.text).toBe(yield* good.text)
    }).pipe(Effect.provide(sandbox())))

  it.effect("of gatewayPage is HTML with status 502 or the one asked for", () =>
    Effect.gen(function*() {
      for (const [status, expected] of [[undefined, 502], [503, 503]] as const) {
        const page = yield* ask({ kind: "gatewayPage", status })
        expect(page.status).toBe(expected)
        expect(page.headers["content-type"]).toBe("text/html")
        expect(yield* page.text).toContain(`<h1>${expected}</h1>`)
      }
    }).pipe(Effect.provide(sandbox())))

  for (const kind of ["slowHeaders", "slowBody"] as const) {
    it.effect(`of ${kind} is whole after a second or the pause asked for`, () =>
      Effect.gen(function*() {
        const whole = yield* textOf()
        for (const [millis, pause] of [[undefined, 1000], [2500, 2500]] as const) {
          const start = yield* Clock.currentTimeMillis
          // An answer that never comes is not interrupted either: the test must not wait for its end.
          const fiber = yield* Effect.forkDaemon(textOf({ kind, millis }))
          // The clock must not be moved before the answer waits for it. One that does not wait at all is over instead.
          const [sleeps] = yield* Effect.repeat(
            Effect.zip(Effect.zipRight(Effect.yieldNow(), TestClock.sleeps()), Fiber.poll(fiber)),
            { until: ([sleeps, exit]) => Chunk.isNonEmpty(sleeps) || Option.isSome(exit) }
          )
          expect([...sleeps]).toEqual([start + pause])
          yield* TestClock.adjust(pause)
          expect(yield* Fiber.join(fiber)).toBe(whole)
        }
      }).pipe(Effect.provide(sandbox())), 20_000)
  }

  it.effect("of slowBody comes by half before the pause, of slowHeaders not at all", () =>
    Effect.gen(function*() {
      const whole = yield* textOf()
      const response = yield* ask({ kind: "slowBody" })
      const first = yield* Stream.runHead(Stream.decodeText(response.stream))
      expect(first).toEqual(Option.some(whole.slice(0, Math.ceil(whole.length / 2))))
      const fiber = yield* Effect.fork(ask({ kind: "slowHeaders" }))
      yield* TestClock.adjust(999)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(sandbox())))

  it.effect("of hugeBody is JSON of as many bytes as asked for, which it says if it is to", () =>
    Effect.gen(function*() {
      const said = yield* ask({ kind: "hugeBody", bytes: 1000, saysLength: true })
      expect(said.headers["content-length"]).toBe("1000")
      expect(yield* said.text).toBe(`"${"a".repeat(998)}"`)
      const silent = yield* ask({ kind: "hugeBody", bytes: 1000 })
      expect(silent.headers["content-length"]).toBeUndefined()
      expect(yield* silent.text).toHaveLength(1000)
      const parts = (1 << 20) * 2 + 1000
      expect((yield* bytesOf({ kind: "hugeBody", bytes: parts })).length).toBe(parts)
    }).pipe(Effect.provide(sandbox())))

  it.effect("of gzipBomb is the same, compressed", () =>
    Effect.gen(function*() {
      expect((yield* ask({ kind: "gzipBomb", bytes: 1 })).headers["content-encoding"]).toBe("gzip")
      const compressed = yield* bytesOf({ kind: "gzipBomb", bytes: 1000 })
      expect(gunzipSync(compressed).toString()).toBe(`"${"a".repeat(998)}"`)
    }).pipe(Effect.provide(sandbox())))

  it.effect("of hugeBody and gzipBomb is of 100 MB where no size is asked for", () =>
    Effect.gen(function*() {
      const { headers, stream } = yield* ask({ kind: "hugeBody", saysLength: true })
      expect(headers["content-length"]).toBe("100000000")
      // Given up after a part, or it would be made until memory is short.
      yield* Stream.runHead(stream)
      const bomb = yield* bytesOf({ kind: "gzipBomb" })
      expect(bomb.length).toBeLessThan(200_000)
      expect(gunzipSync(bomb).length).toBe(100_000_000)
    }).pipe(Effect.provide(sandbox())), 30_000)
})

describe("faults in process", () => {
  const unknownMethod = OkMethod.untyped("test.unknown", { session: "optional", kind: "read" })

  const defectOf = <A>(effect: Effect.Effect<A>) =>
    Effect.sandbox(effect).pipe(Effect.flip, Effect.flatMap(Cause.dieOption))

  const inProcess = (options?: Sandbox.Options) =>
    Layer.mergeAll(OkClient.layerHttp({ maxBytes: 1 << 20 }), session).pipe(
      Layer.provideMerge(Sandbox.layerOkConfig),
      Layer.provideMerge(Sandbox.layerHttpClient),
      Layer.provideMerge(Sandbox.layer(options))
    )

  // Nothing is decompressed without a socket, so there is no bomb.
  const { gzipBomb: _, ...sensible } = faults

  it.live.each(Object.entries(sensible))(
    "%s comes to the same as over HTTP",
    ([name, fault]) =>
      Effect.gen(function*() {
        const outcomes = yield* Effect.all([
          suffer(fault, "users.getLoggedInUser", read),
          suffer(fault, "users.getLoggedInUser", OkCall.passError(read)),
          suffer(fault, "users.setStatus", write),
          suffer(fault, "users.setStatus", OkCall.passError(write))
        ])
        const row = rows.map(split).find((row) => row[0] === name) ?? []
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(row.slice(1, 5))
        expect(`${outcomes[0].count} ${outcomes[2].count}`).toBe(row[5])
      }).pipe(Effect.provide(inProcess())),
    60_000
  )

  it.effect("what is slow takes the time of the caller's clock", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      for (const kind of ["slowHeaders", "slowBody"] as const) {
        yield* sandbox.fault({ kind, millis: 60_000 })
        const fiber = yield* Effect.fork(OkPolicy.timeout({ attempt: "59 seconds" })(read))
        yield* TestClock.adjust("58 seconds")
        expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
        yield* TestClock.adjust("1 second")
        expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ reason: "Timeout" })
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("a pause that is asked for is read in both places", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      for (const place of ["body", "error_data"] as const) {
        yield* sandbox.fault({ kind: "flood", waitMillis: 1234, place })
        expect(yield* Effect.flip(read)).toMatchObject({ _tag: "OkThrottled", code: 8, waitMillis: 1234 })
      }
    }).pipe(Effect.provide(inProcess())))

  it.effect("faults come in order, to the method that is meant, and end", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.fault({ kind: "flood" }, { method: Users.setStatus })
      yield* sandbox.fault({ kind: "wrongJson" }, { times: 2 })
      yield* sandbox.fault({ kind: "unknownCode" })
      const [r, w] = [outcomeOf(read), outcomeOf(write)]
      const outcomes = yield* Effect.all([r, w, w, w, r])
      expect(outcomes).toEqual(["OkDecodeError", "OkThrottled 8", "OkDecodeError", "UnknownApiError", "ok"])
      expect((yield* sandbox.requests).map(({ executed, fault }) => [fault, executed])).toEqual([
        ["wrongJson", true],
        ["flood", false],
        ["wrongJson", true],
        ["unknownCode", false],
        [undefined, true]
      ])
      yield* sandbox.fault({ kind: "flood" }, { times: Infinity })
      yield* sandbox.clearFaults
      expect(yield* outcomeOf(read)).toBe("ok")
    }).pipe(Effect.provide(inProcess())))

  it.effect("what is asked for goes before chance", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.faultsByChance({ share: 1, among: [{ kind: "emptyBody" }] })
      yield* sandbox.fault({ kind: "flood" }, { method: Users.setStatus })
      expect(yield* outcomeOf(write)).toBe("OkThrottled 8")
      yield* sandbox.fault({ kind: "unknownCode" })
      const r = outcomeOf(read)
      expect(yield* Effect.all([r, r])).toEqual(["UnknownApiError", "OkDecodeError"])
    }).pipe(Effect.provide(inProcess())))

  it.effect("a fault that cannot be is a mistake in the test, and a defect", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      const dies = (options: Sandbox.FaultOptions) =>
        Effect.map(defectOf(sandbox.fault({ kind: "flood" }, options)), (defect) => String(defect))
      expect(yield* dies({ method: "users.getLogedInUser" })).toContain(
        "Sandbox: there is no method users.getLogedInUser"
      )
      expect(yield* dies({ method: unknownMethod })).toContain("Sandbox: there is no method test.unknown")
      for (const times of [0, -1, 1.5, NaN, -Infinity]) {
        expect(yield* dies({ times })).toContain(
          `Sandbox: times must be a whole number from 1 on or Infinity, got ${times}`
        )
      }
      expect(yield* outcomeOf(read)).toBe("ok")
    }).pipe(Effect.provide(inProcess())))

  it.effect("so is counting the executions of a method that there is not", () =>
    Effect.gen(function*() {
      const { executions } = yield* Sandbox.Sandbox
      expect(String(yield* defectOf(executions("users.getLogedInUser"))))
        .toContain("Sandbox: there is no method users.getLogedInUser")
      expect(String(yield* defectOf(executions(unknownMethod)))).toContain("Sandbox: there is no method test.unknown")
    }).pipe(Effect.provide(inProcess())))

  it.effect("chance is the same for a seed, and as often as it says", () =>
    Effect.gen(function*() {
      const draw = (seed: number) =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.faultsByChance({ share: 0.2, among: [{ kind: "flood" }, { kind: "wrongContentType" }], seed })
          yield* Effect.replicateEffect(Effect.either(read), 200)
          return (yield* sandbox.requests).map(({ fault }) => fault ?? "none").join(" ")
        }).pipe(Effect.provide(inProcess()))
      const first = yield* draw(1)
      expect(yield* draw(1)).toBe(first)
      expect(yield* draw(2)).not.toBe(first)
      for (const kind of ["flood", "wrongContentType"]) {
        expect(first.split(kind).length - 1).toBeGreaterThan(10)
        expect(first.split(kind).length - 1).toBeLessThan(30)
      }
    }), 60_000)

  it.effect("a write that is executed twice shows", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.fault({ kind: "resetAfter" })
      yield* Effect.retry(write, { times: 1 })
      expect(yield* sandbox.executions(Users.setStatus)).toBe(2)
    }).pipe(Effect.provide(inProcess())))

  it.effect("whoever wants is told of every request", () =>
    Effect.gen(function*() {
      const told: Array<Sandbox.Request> = []
      const onRequest = (request: Sandbox.Request) => Effect.sync(() => told.push(request))
      yield* Effect.gen(function*() {
        const sandbox = yield* Sandbox.Sandbox
        yield* sandbox.fault({ kind: "resetBefore" })
        yield* Effect.either(write)
        yield* write
        expect(told).toEqual(yield* sandbox.requests)
        expect(told.map(({ executed, fault }) => [fault, executed])).toEqual([["resetBefore", false], [
          undefined,
          true
        ]])
      }).pipe(Effect.provide(inProcess({ onRequest })))
    }))
})

describe("a reset before the request is read", () => {
  const InProcess = Layer.mergeAll(OkClient.layerHttp(), session).pipe(
    Layer.provideMerge(Sandbox.layerOkConfig),
    Layer.provideMerge(Sandbox.layerHttpClient),
    Layer.provideMerge(Sandbox.layer())
  )

  const [r, w] = [outcomeOf(read), outcomeOf(write)]
  const [readName, writeName] = ["users.getLoggedInUser", "users.setStatus"]

  /** What the sandbox knows of each request: nothing that is read, where it was reset before. */
  const met = Effect.gen(function*() {
    const sandbox = yield* Sandbox.Sandbox
    return (yield* sandbox.requests).map(({ fault, method, parameters, uid }) => [
      fault,
      method,
      uid !== undefined || Object.keys(parameters).length > 0
    ])
  })

  const unread = ["resetUnread", undefined, false]

  for (const [place, layer] of [["on a port", Ok], ["in process", InProcess]] as const) {
    describe(place, () => {
      it.live("happens to the next call, whatever its method", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.fault({ kind: "resetUnread" }, { times: 2 })
          expect(yield* Effect.all([r, w, r])).toEqual(["Interrupted", "Interrupted", "ok"])
          expect(yield* met).toEqual([unread, unread, [undefined, readName, true]])
        }).pipe(Effect.provide(layer)))

      it.live("happens by chance", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.faultsByChance({ share: 1, among: [{ kind: "resetUnread" }] })
          expect(yield* r).toBe("Interrupted")
          expect(yield* met).toEqual([unread])
        }).pipe(Effect.provide(layer)))

      it.live("happens to a call although something is asked for with another method, and before it with the same", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.fault({ kind: "flood" }, { method: Users.setStatus })
          yield* sandbox.fault({ kind: "resetUnread" }, { times: 2 })
          expect(yield* Effect.all([r, w, w]))
            .toEqual(["Interrupted", "Interrupted", "OkThrottled 8"])
          expect(yield* met).toEqual([unread, unread, ["flood", writeName, true]])
        }).pipe(Effect.provide(layer)))

      it.live("comes after what was asked for earlier with any method, and before chance", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.faultsByChance({ share: 1, among: [{ kind: "wrongContentType" }] })
          yield* sandbox.fault({ kind: "flood" })
          yield* sandbox.fault({ kind: "resetUnread" })
          expect(yield* Effect.all([r, r, r])).toEqual(["OkThrottled 8", "Interrupted", "ok"])
          expect(yield* met).toEqual([["flood", readName, true], unread, ["wrongContentType", readName, true]])
        }).pipe(Effect.provide(layer)))

      it.live("goes after what was asked for, where it is chance", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.faultsByChance({ share: 1, among: [{ kind: "resetUnread" }] })
          yield* sandbox.fault({ kind: "flood" })
          expect(yield* Effect.all([r, r])).toEqual(["OkThrottled 8", "Interrupted"])
          expect(yield* met).toEqual([["flood", readName, true], unread])
        }).pipe(Effect.provide(layer)))

      it.live("asked for with a method is one after reading", () =>
        Effect.gen(function*() {
          const sandbox = yield* Sandbox.Sandbox
          yield* sandbox.fault({ kind: "resetUnread" }, { method: Users.setStatus })
          expect(yield* Effect.all([r, w])).toEqual(["ok", "Interrupted"])
          expect(yield* met).toEqual([[undefined, readName, true], ["resetUnread", writeName, true]])
        }).pipe(Effect.provide(layer)))
    })
  }

  it.live("waits for the next call where those before are being read", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.fault({ kind: "wrongContentType" })
      yield* sandbox.fault({ kind: "resetUnread" })
      yield* Effect.all([read, read], { concurrency: 2 })
      expect(yield* r).toBe("Interrupted")
      expect(yield* met).toEqual([["wrongContentType", readName, true], [undefined, readName, true], unread])
    }).pipe(Effect.provide(InProcess)))
})

describe("many calls", () => {
  it.live("with faults are all accounted for", () =>
    Effect.gen(function*() {
      // As `OkPolicy.standard`, in less of its time.
      const policy = Layer.merge(
        OkPolicy.layerRetry({ schedule: Schedule.intersect(Schedule.exponential("20 millis"), Schedule.recurs(3)) }),
        OkPolicy.layerTimeout({ attempt: "2 seconds", total: "10 seconds" })
      )
      const report = yield* run({ calls: 400, concurrency: 32, faults: 0.1, seed: 1, policy })
      const typed = Object.values(report.failed).reduce((sum, count) => sum + count, 0)
      expect(report).toMatchObject({ calls: 400, lost: 0, writesExecutedTwice: 0, unhandledRejections: 0 })
      expect(report.succeeded + typed).toBe(400)
      expect(report.faults).toBeGreaterThan(20)
      expect(typed).toBeGreaterThan(0)
    }), 60_000)
})
