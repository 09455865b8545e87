import { OkCall, OkError, OkMethod, OkPolicy } from "@effect-okru/core"
import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
import { FakeTransport } from "@effect-okru/core/testing"
import * as RateLimiter from "@effect/experimental/RateLimiter"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"

const row = { session: "required", permissions: [], params: {}, success: Schema.String } as const

const read = OkMethod.make("test.read", { ...row, kind: "read" })
const write = OkMethod.make("test.write", { ...row, kind: "write" })
const pay = OkMethod.make("test.pay", { ...row, kind: "write", once: true })

const broken = (method: OkMethod.Any, reason: OkError.OkTransportError["reason"]) =>
  FakeTransport.respond(method, () => Effect.fail(new OkError.OkTransportError({ method: method.name, reason })))

const sent = Effect.map(FakeTransport.requests, (requests) => requests.length)

/** Runs an effect to its end, however long it waits, and says how long that was. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.fork(
      Effect.flatMap(Effect.either(effect), (result) =>
        Effect.map(Clock.currentTimeMillis, (now) => ({ result, millis: now - start })))
    )
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

const tagOf = (result: { readonly _tag: string; readonly left?: { readonly _tag: string } }) =>
  result.left?._tag ?? "ok"

describe("OkPolicy.retry", () => {
  const retried = OkPolicy.retry()

  const cases: ReadonlyArray<readonly [string, (method: OkMethod.Callable) => FakeTransport.Answer, boolean, boolean]> =
    [
      ["throttled (8)", (method) => FakeTransport.fail(method, { code: 8 }), true, true],
      ["out of calls (11)", (method) => FakeTransport.fail(method, { code: 11 }), true, true],
      ["payments too often (1004)", (method) => FakeTransport.fail(method, { code: 1004 }), false, false],
      ["service down (2)", (method) => FakeTransport.fail(method, { code: 2 }), true, false],
      ["not all arrived (31)", (method) => FakeTransport.fail(method, { code: 31 }), true, true],
      ["user blocked (7)", (method) => FakeTransport.fail(method, { code: 7 }), false, false],
      ["bad parameter (100)", (method) => FakeTransport.fail(method, { code: 100 }), false, false],
      ["no permission (10)", (method) => FakeTransport.fail(method, { code: 10 }), false, false],
      ["session over (102)", (method) => FakeTransport.fail(method, { code: 102 }), false, false],
      ["wrong password (401)", (method) => FakeTransport.fail(method, { code: 401 }), false, false],
      ["unknown (4711)", (method) => FakeTransport.fail(method, { code: 4711 }), false, false],
      ["never connected", (method) => broken(method, "NotConnected"), true, true],
      ["connection lost", (method) => broken(method, "Interrupted"), true, false],
      [
        "a gateway's page",
        (method) =>
          FakeTransport.respond(
            method,
            () => Effect.succeed({ status: 502, body: "<html>", invocationError: undefined })
          ),
        true,
        false
      ],
      [
        "not what the schema says",
        (method) =>
          FakeTransport.respond(method, () => Effect.succeed({ status: 200, body: "[]", invocationError: undefined })),
        false,
        false
      ]
    ]

  it.effect.each(cases.map(([name, answer, ofRead, ofWrite]) => ({ name, answer, ofRead, ofWrite })))(
    "after $name: a read $ofRead, a write $ofWrite, a payment never",
    ({ answer, ofRead, ofWrite }) =>
      Effect.gen(function*() {
        for (const [method, again] of [[read, ofRead], [write, ofWrite], [pay, false]] as const) {
          const count = yield* Effect.gen(function*() {
            yield* timed(retried(method()))
            return yield* sent
          }).pipe(Effect.provide(FakeTransport.layerClient(answer(method))))
          assert.strictEqual(count, again ? 4 : 1, method.name)
        }
      })
  )

  it.effect("backs off, jittered, and gives the last failure", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(retried(read()))
      assert.strictEqual(tagOf(result), "OkServiceError")
      // 200 + 400 + 800, each between 80 and 120 hundredths of that.
      assert.isAtLeast(millis, 1_120)
      assert.isAtMost(millis, 1_680)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))))

  it.effect("waits as long as OK.ru asks for, whatever the schedule", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(retried(read()))
      assert.strictEqual(tagOf(result), "ok")
      assert.strictEqual(millis, 45_000)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
      FakeTransport.fail(read, { code: 8, data: { wait_millis: 45_000 } }),
      FakeTransport.answer(read, "done")
    )))))

  it.effect("goes by a schedule of one's own", () =>
    Effect.gen(function*() {
      const { millis } = yield* timed(
        read().pipe(OkPolicy.retry({ schedule: Schedule.intersect(Schedule.spaced("7 seconds"), Schedule.recurs(2)) }))
      )
      assert.strictEqual(millis, 14_000)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))))

  it.effect("leaves an error alone that is a value, and repeats what is none", () =>
    Effect.gen(function*() {
      const { result } = yield* timed(retried(OkCall.passError(read())))
      assert.strictEqual(tagOf(result), "ok")
      assert.strictEqual(yield* sent, 1)
      yield* timed(retried(OkCall.passError(write())))
      assert.strictEqual(yield* sent, 1 + 4)
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.fail(read, { code: 8 }),
      broken(write, "NotConnected")
    ))))

  it.effect("does not multiply the load of an outage: one budget for all calls of a layer", () =>
    Effect.gen(function*() {
      yield* timed(Effect.forEach(Array.from({ length: 100 }), () => Effect.either(read()), { concurrency: 10 }))
      // Ten at once, and nothing earned, since nothing succeeded.
      assert.strictEqual(yield* sent, 110)
    }).pipe(
      Effect.provide(OkPolicy.layerRetry()),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))
    ))

  it.effect("can be switched off for one effect", () =>
    Effect.gen(function*() {
      yield* timed(read().pipe(OkPolicy.retry("off")))
      assert.strictEqual(yield* sent, 1)
      yield* timed(read())
      assert.strictEqual(yield* sent, 1 + 4)
    }).pipe(
      Effect.provide(OkPolicy.standard),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))
    ))
})

describe("OkPolicy.timeout", () => {
  const never = FakeTransport.layerClient(
    FakeTransport.respond(read, () => Effect.never),
    FakeTransport.respond(write, () => Effect.never)
  )

  it.effect("gives an attempt up, typed", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(read().pipe(OkPolicy.timeout({ attempt: "3 seconds" })))
      assert.strictEqual(millis, 3_000)
      assert.isTrue(
        result._tag === "Left" && result.left._tag === "OkTransportError" && result.left.reason === "Timeout"
      )
    }).pipe(Effect.provide(never)))

  it.effect("gives a call up in all: attempts, pauses and what is under way", () =>
    Effect.gen(function*() {
      const policies = [
        OkPolicy.layerRetry(),
        OkPolicy.layerTimeout({ attempt: "3 seconds", total: "5 seconds" })
      ] as const
      const { millis, result } = yield* timed(Effect.provide(read(), policies))
      assert.strictEqual(millis, 5_000)
      assert.strictEqual(tagOf(result), "OkTransportError")
      assert.strictEqual(yield* sent, 2)
    }).pipe(Effect.provide(never)))

  it.effect("does not repeat a write that may have been done", () =>
    Effect.gen(function*() {
      yield* timed(write().pipe(OkPolicy.timeout({ attempt: "3 seconds" }), OkPolicy.retry()))
      assert.strictEqual(yield* sent, 1)
    }).pipe(Effect.provide(never)))

  it.effect("interrupts what it gives up", () =>
    Effect.gen(function*() {
      const interrupted = yield* Deferred.make<void>()
      const slow = FakeTransport.respond(read, () =>
        Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined)))
      yield* timed(
        read().pipe(
          OkPolicy.timeout({ attempt: "1 second" }),
          Effect.provide(FakeTransport.layerClient(slow))
        )
      )
      assert.isTrue(yield* Deferred.isDone(interrupted))
    }))
})

describe("OkPolicy.concurrency", () => {
  it.effect("lets no more calls in at a time", () =>
    Effect.gen(function*() {
      const now = yield* Ref.make(0)
      const most = yield* Ref.make(0)
      const slow = FakeTransport.respond(read, () =>
        Effect.acquireUseRelease(
          Effect.tap(Ref.updateAndGet(now, (n) => n + 1), (n) => Ref.update(most, (m) => Math.max(m, n))),
          () => Effect.as(Effect.sleep("1 second"), { status: 200, body: "\"done\"", invocationError: undefined }),
          () => Ref.update(now, (n) => n - 1)
        ))
      const { millis } = yield* timed(
        Effect.forEach(Array.from({ length: 9 }), () => read(), { concurrency: "unbounded" }).pipe(
          OkPolicy.concurrency(3),
          Effect.provide(FakeTransport.layerClient(slow))
        )
      )
      assert.strictEqual(yield* Ref.get(most), 3)
      assert.strictEqual(millis, 3_000)
    }))
})

describe("OkPolicy.circuitBreaker", () => {
  const outage = FakeTransport.inOrder(
    ...[0, 1, 2].map(() => FakeTransport.fail(read, { code: 9999 })) as [
      FakeTransport.Answer,
      ...Array<FakeTransport.Answer>
    ],
    FakeTransport.answer(read, "done")
  )

  it.effect("opens after failures in a row, refuses at once, and closes after one that succeeds", () =>
    Effect.gen(function*() {
      const call = Effect.either(read())
      yield* call
      yield* call
      yield* call
      assert.strictEqual(yield* sent, 3)
      const refused = yield* Effect.flip(read())
      assert.isTrue(refused._tag === "OkTransportError" && refused.reason === "CircuitOpen")
      assert.strictEqual(yield* sent, 3)
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* read(), "done")
      assert.strictEqual(yield* read(), "done")
      assert.strictEqual(yield* sent, 5)
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 3 })),
      Effect.provide(FakeTransport.layerClient(outage))
    ))

  it.effect("does not open for errors that are answers, decoded or not", () =>
    Effect.gen(function*() {
      for (const call of [Effect.either(read()), Effect.either(read()), Effect.either(OkCall.passError(read()))]) {
        yield* call
      }
      assert.strictEqual((yield* Effect.flip(read()))._tag, "OkNotFound")
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 2 })),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 300 })))
    ))

  it.effect("counts an outage under passError, too", () =>
    Effect.gen(function*() {
      yield* OkCall.passError(read())
      yield* OkCall.passError(read())
      assert.strictEqual((yield* Effect.flip(OkCall.passError(read())))._tag, "OkTransportError")
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 2 })),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))
    ))
})

describe("a rate limit", () => {
  const Limit = RateLimit.layer({ limit: 2, window: "1 second", algorithm: "fixed-window" }).pipe(
    Layer.provide(RateLimiter.layer),
    Layer.provide(RateLimiter.layerStoreMemory)
  )

  it.effect("lets so many calls in a window in, and no more", () =>
    Effect.gen(function*() {
      const { millis } = yield* timed(
        Effect.forEach(Array.from({ length: 7 }), () => read(), { concurrency: "unbounded" })
      )
      assert.strictEqual(yield* sent, 7)
      assert.isAtLeast(millis, 3_000)
      assert.isAtMost(millis, 4_000)
    }).pipe(Effect.provide(Limit), Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))))

  it.effect("holds calls back after OK.ru throttled one", () =>
    Effect.gen(function*() {
      yield* Effect.either(read())
      const { millis } = yield* timed(read())
      assert.strictEqual(millis, 20_000)
    }).pipe(
      Effect.provide(Limit),
      Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
        FakeTransport.fail(read, { code: 8, data: { wait_millis: 20_000 } }),
        FakeTransport.answer(read, "done")
      )))
    ))

  it.effect("does not see the token in its key", () =>
    Effect.gen(function*() {
      const keys = yield* Ref.make<ReadonlyArray<string>>([])
      const policy = { enter: (key: string) => Ref.update(keys, (all) => [...all, key]), throttled: () => Effect.void }
      yield* read().pipe(OkPolicy.rateLimit(policy))
      assert.deepStrictEqual((yield* Ref.get(keys)).map((key) => key.replace(/[0-9a-f]{32}$/, "…")), [
        "TEST-APPLICATION-KEY:…"
      ])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))))
})
