import { OkCall, OkClient, OkError, OkMethod, OkPolicy, OkSession, OkTransport, Signature } from "@effect-okru/core"
import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
import { FakeTransport } from "@effect-okru/core/testing"
import * as RateLimiter from "@effect/experimental/RateLimiter"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberRef from "effect/FiberRef"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { clientCredentials, config, sessionOf } from "./support.js"

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

  it.effect("does not wait for what the call has no time for, and says what OK.ru said", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(retried(read()))
      assert.isTrue(Either.isLeft(result) && result.left._tag === "OkThrottled" && result.left.waitMillis === 40_000)
      // The first pause fits, and no second one.
      assert.strictEqual(millis, 40_000)
      assert.strictEqual(yield* sent, 2)
    }).pipe(
      OkPolicy.timeout({ total: "1 minute" }),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 8, data: { wait_millis: 40_000 } })))
    ))

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

  it.effect.each([1, 10])(
    "does not multiply the load of an outage: one budget for all calls, %i at a time",
    (concurrency) =>
      Effect.gen(function*() {
        yield* timed(Effect.forEach(Array.from({ length: 100 }), () => Effect.either(read()), { concurrency }))
        // Ten at once, and nothing earned, since nothing succeeded.
        assert.strictEqual(yield* sent, 110)
      }).pipe(
        Effect.provide(OkPolicy.layerRetry()),
        Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 2 })))
      )
  )

  it.effect("earns two repeats with ten calls, at a fifth each", () =>
    Effect.gen(function*() {
      yield* timed(Effect.forEach(Array.from({ length: 20 }), () => Effect.either(write())))
      assert.strictEqual(yield* sent, 20 + 10)
      yield* Effect.replicateEffect(read(), 10)
      yield* timed(Effect.forEach(Array.from({ length: 5 }), () => Effect.either(write())))
      assert.strictEqual(yield* sent, 30 + 10 + 5 + 2)
    }).pipe(
      Effect.provide(OkPolicy.layerRetry({ schedule: Schedule.recurs(1) })),
      Effect.provide(
        FakeTransport.layerClient(FakeTransport.fail(write, { code: 31 }), FakeTransport.answer(read, "done"))
      )
    ))

  it.effect("has ten repeats at once, however much succeeded before", () =>
    Effect.gen(function*() {
      yield* Effect.replicateEffect(read(), 1000)
      yield* timed(Effect.forEach(Array.from({ length: 50 }), () => Effect.either(write())))
      assert.strictEqual(yield* sent, 1000 + 50 + 10)
    }).pipe(
      Effect.provide(OkPolicy.layerRetry({ schedule: Schedule.recurs(1) })),
      Effect.provide(
        FakeTransport.layerClient(FakeTransport.fail(write, { code: 31 }), FakeTransport.answer(read, "done"))
      )
    ))

  it.effect("earns nothing with what succeeds at the second attempt", () =>
    Effect.gen(function*() {
      const { result } = yield* timed(Effect.forEach(Array.from({ length: 11 }), () => Effect.either(read())))
      assert.deepStrictEqual(
        Either.getOrThrow(result).map(tagOf),
        [...Array.from({ length: 10 }, () => "ok"), "OkServiceError"]
      )
    }).pipe(
      Effect.provide(OkPolicy.layerRetry({ budget: 100 })),
      Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
        FakeTransport.fail(read, { code: 2 }),
        ...Array.from({ length: 10 }).flatMap(() => [
          FakeTransport.answer(read, "done"),
          FakeTransport.fail(read, { code: 2 })
        ])
      )))
    ))

  it.effect("earns nothing with errors that are handed on as they are", () =>
    Effect.gen(function*() {
      yield* timed(Effect.forEach(Array.from({ length: 20 }), () => Effect.either(write())))
      assert.strictEqual(yield* sent, 20 + 10)
      yield* Effect.replicateEffect(OkCall.passError(read()), 10)
      yield* timed(Effect.forEach(Array.from({ length: 5 }), () => Effect.either(write())))
      assert.strictEqual(yield* sent, 30 + 10 + 5)
    }).pipe(
      Effect.provide(OkPolicy.layerRetry({ schedule: Schedule.recurs(1) })),
      Effect.provide(
        FakeTransport.layerClient(FakeTransport.fail(write, { code: 31 }), FakeTransport.fail(read, { code: 2 }))
      )
    ))

  it.effect("pays for no repeat that is given up before it is made", () =>
    Effect.gen(function*() {
      for (const _ of Array.from({ length: 20 })) {
        const fiber = yield* Effect.fork(read())
        yield* TestClock.adjust("50 millis")
        yield* Fiber.interrupt(fiber)
      }
      assert.strictEqual(yield* sent, 20)
      yield* timed(read())
      assert.strictEqual(yield* sent, 20 + 4)
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

/** The same transport as one that has `dispatch`. */
const dispatching = ({ send }: OkTransport.Service): OkTransport.Service => ({
  send,
  dispatch: (request, runtime, resume) => {
    const fiber = Runtime.runFork(runtime(), send(request))
    fiber.addObserver(resume)
    return Fiber.interrupt(fiber)
  }
})

/** A clock that goes as another one does, but for what is given. */
const clockOver = (clock: Clock.Clock, other: Partial<Clock.Clock>): Clock.Clock => ({
  [Clock.ClockTypeId]: Clock.ClockTypeId,
  currentTimeMillis: clock.currentTimeMillis,
  currentTimeNanos: clock.currentTimeNanos,
  unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
  unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
  sleep: (duration) => clock.sleep(duration),
  ...other
})

/** Such a clock, and how many sleep by it. */
const counting = Effect.clockWith((clock) =>
  Effect.sync(() => {
    const counts = { sleeping: 0 }
    return {
      counts,
      clock: clockOver(clock, {
        sleep: (duration) =>
          Effect.acquireUseRelease(
            Effect.sync(() => counts.sleeping++),
            () => clock.sleep(duration),
            () => Effect.sync(() => counts.sleeping--)
          )
      })
    }
  })
)

const isTimeout = (what: "attempt" | "call") => (result: Either.Either<unknown, OkError.OkError>) =>
  Either.isLeft(result) && result.left._tag === "OkTransportError" && result.left.reason === "Timeout" &&
  result.left.detail?.startsWith(`the ${what} took longer than`) === true

const transports = [
  { name: "over a transport that is an effect", transform: identity<OkTransport.Service> },
  { name: "over a transport that has dispatch", transform: dispatching }
]

describe.each(transports)("OkPolicy.timeout $name", ({ transform }) => {
  const clientWith = (session: OkSession.Service, ...answers: ReadonlyArray<FakeTransport.Answer>) =>
    Layer.merge(
      OkClient.layer().pipe(
        Layer.provide(Signature.layer),
        Layer.provideMerge(
          Layer.map(FakeTransport.layer(...answers), (context) =>
            Context.add(context, OkTransport.OkTransport, transform(Context.get(context, OkTransport.OkTransport))))
        ),
        Layer.provide(config)
      ),
      sessionOf(session)
    )
  const client = (...answers: ReadonlyArray<FakeTransport.Answer>) =>
    clientWith(OkSession.make(clientCredentials), ...answers)

  const never = client(
    FakeTransport.respond(read, () => Effect.never),
    FakeTransport.respond(write, () => Effect.never)
  )
  const done: OkTransport.Response = { status: 200, body: "\"done\"", invocationError: undefined }
  const after = (duration: Duration.DurationInput) =>
    FakeTransport.respond(read, () => Effect.delay(Effect.succeed(done), duration))

  it.effect("gives an attempt up, typed", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(read().pipe(OkPolicy.timeout({ attempt: "3 seconds" })))
      assert.strictEqual(millis, 3_000)
      assert.isTrue(isTimeout("attempt")(result))
    }).pipe(Effect.provide(never)))

  it.effect("gives a call up that waits for its first attempt", () =>
    Effect.gen(function*() {
      for (const attempt of [undefined, "3 seconds"] as const) {
        const { millis, result } = yield* timed(read().pipe(OkPolicy.timeout({ attempt, total: "2 seconds" })))
        assert.strictEqual(millis, 2_000)
        assert.isTrue(isTimeout("call")(result))
      }
    }).pipe(Effect.provide(never)))

  it.effect.each(
    [{ attempt: 0 }, { total: 0 }, { attempt: 0, total: 0 }] satisfies ReadonlyArray<OkPolicy.TimeoutOptions>
  )("gives up at once where there is no time: %j", (options) =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(read().pipe(OkPolicy.timeout(options)))
      assert.strictEqual(millis, 0)
      assert.isTrue([isTimeout("attempt"), isTimeout("call")].some((is) => is(result)))
    }).pipe(Effect.provide(never)))

  it.effect("gives a call up that waits for its turn", () =>
    Effect.gen(function*() {
      const limiter = { enter: () => Effect.sleep("3 seconds"), throttled: () => Effect.void }
      const limited = (total: Duration.DurationInput) =>
        timed(read().pipe(OkPolicy.rateLimit(limiter), OkPolicy.timeout({ total })))
      const [early, late] = [yield* limited("2 seconds"), yield* limited("5 seconds")]
      assert.deepStrictEqual([early.millis, late.millis], [2_000, 5_000])
      assert.isTrue([early, late].every(({ result }) => isTimeout("call")(result)))
      assert.strictEqual(yield* sent, 1)
    }).pipe(Effect.provide(never)))

  it.effect("gives a call up in all: attempts, pauses and what is under way", () =>
    Effect.gen(function*() {
      const policies = [
        OkPolicy.layerRetry(),
        OkPolicy.layerTimeout({ attempt: "3 seconds", total: "5 seconds" })
      ] as const
      const { millis, result } = yield* timed(Effect.provide(read(), policies))
      assert.strictEqual(millis, 5_000)
      assert.isTrue(isTimeout("call")(result))
      assert.strictEqual(yield* sent, 2)
    }).pipe(Effect.provide(never)))

  it.effect("gives each attempt its time, and lets through what comes within it", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(
        read().pipe(
          OkPolicy.timeout({ attempt: "3 seconds", total: "20 seconds" }),
          OkPolicy.retry({ schedule: Schedule.spaced("1 second") })
        )
      )
      assert.deepStrictEqual(result, Either.right("done"))
      assert.strictEqual(millis, 3_000 + 1_000 + 2_999)
      assert.strictEqual(yield* sent, 2)
    }).pipe(
      Effect.provide(
        client(FakeTransport.inOrder(FakeTransport.respond(read, () => Effect.never), after("2999 millis")))
      )
    ))

  it.effect("does not repeat a write that may have been done", () =>
    Effect.gen(function*() {
      yield* timed(write().pipe(OkPolicy.timeout({ attempt: "3 seconds" }), OkPolicy.retry()))
      assert.strictEqual(yield* sent, 1)
    }).pipe(Effect.provide(never)))

  it.effect.each(
    [{ attempt: "1 second" }, { total: "1 second" }] satisfies ReadonlyArray<OkPolicy.TimeoutOptions>
  )("interrupts what it gives up: %j", (options) =>
    Effect.gen(function*() {
      const interrupted = yield* Deferred.make<void>()
      const slow = FakeTransport.respond(read, () =>
        Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined)))
      yield* timed(read().pipe(OkPolicy.timeout(options), Effect.provide(client(slow))))
      assert.isTrue(yield* Deferred.isDone(interrupted))
    }))

  it.effect("lets the call alone speak of a failure", () =>
    Effect.gen(function*() {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => void logged.push(message))
      const result = yield* Effect.either(read().pipe(OkPolicy.timeout({ attempt: "1 second" }))).pipe(
        Effect.provide(client(FakeTransport.fail(read, { code: 100 }))),
        Logger.withMinimumLogLevel(LogLevel.All),
        Effect.provide(Logger.replace(Logger.defaultLogger, logger))
      )
      assert.strictEqual(tagOf(result), "OkInvalidParameter")
      assert.deepStrictEqual(logged, [["ok call failed"]])
    }))

  it.effect("passes an interruption on", () =>
    Effect.gen(function*() {
      const [started, interrupted] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const slow = FakeTransport.respond(read, () =>
        Effect.zipRight(Deferred.succeed(started, undefined), Effect.never).pipe(
          Effect.onInterrupt(() =>
            Deferred.succeed(interrupted, undefined)
          )
        ))
      const fiber = yield* Effect.fork(
        read().pipe(OkPolicy.timeout({ attempt: "1 second", total: "2 seconds" }), Effect.provide(client(slow)))
      )
      yield* Deferred.await(started)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.isTrue(yield* Deferred.isDone(interrupted))
    }))

  const breaks = (options: OkPolicy.TimeoutOptions, ...more: ReadonlyArray<Layer.Layer<never>>) =>
    Effect.gen(function*() {
      const results = yield* Effect.forEach([1, 2, 3], () => Effect.map(timed(read()), ({ result }) => result))
      return results.map((result) =>
        Either.isLeft(result) && result.left._tag === "OkTransportError" ? result.left.reason : result._tag
      )
    }).pipe(
      Effect.provide(more.reduce(
        (all, layer) => Layer.merge(all, layer),
        Layer.merge(
          OkPolicy.layerTimeout(options),
          OkPolicy.layerCircuitBreaker({ failures: 2, coolDown: "1 hour" })
        )
      )),
      Effect.provide(never)
    )

  it.effect("a circuit breaker counts an attempt that is late as down", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* breaks({ attempt: "1 second" }), ["Timeout", "Timeout", "CircuitOpen"])
    }))

  it.effect("a circuit breaker does not count a call that is given up in all, whatever else limits calls", () =>
    Effect.gen(function*() {
      const late = ["Timeout", "Timeout", "Timeout"]
      assert.deepStrictEqual(yield* breaks({ total: "1 second" }), late)
      assert.deepStrictEqual(yield* breaks({ total: "1 second" }, OkPolicy.layerConcurrency(4)), late)
    }))

  it.effect("holds where the caller cannot be interrupted, whatever else limits calls", () =>
    Effect.gen(function*() {
      for (const policy of [Layer.empty, OkPolicy.layerConcurrency(4), OkPolicy.layerRetry()]) {
        const { result } = yield* timed(Effect.uninterruptible(write())).pipe(
          Effect.provide(Layer.merge(OkPolicy.layerTimeout({ attempt: "1 second" }), policy)),
          Effect.provide(never)
        )
        assert.isTrue(isTimeout("attempt")(result))
      }
    }))

  it.effect("holds in all where the caller cannot be interrupted, in the second attempt, too", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(Effect.uninterruptible(read()))
      assert.isTrue(isTimeout("call")(result))
      assert.strictEqual(millis, 5_000)
      assert.strictEqual(yield* sent, 2)
    }).pipe(
      Effect.provide(Layer.merge(OkPolicy.layerRetry(), OkPolicy.layerTimeout({ total: "5 seconds" }))),
      Effect.provide(client(FakeTransport.inOrder(
        FakeTransport.fail(read, { code: 2 }),
        FakeTransport.respond(read, () => Effect.never)
      )))
    ))

  it.effect("lets a caller that cannot be interrupted have its answer, in the second attempt, too", () =>
    Effect.gen(function*() {
      const [answer, ended] = yield* Effect.all([
        Deferred.make<OkTransport.Response>(),
        Deferred.make<Exit.Exit<string, OkError.OkError>>()
      ])
      yield* Effect.gen(function*() {
        const fiber = yield* Effect.fork(
          Effect.uninterruptible(Effect.tap(Effect.exit(read()), (exit) => Deferred.succeed(ended, exit)))
        )
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* sent, 2)
        const interruption = yield* Effect.fork(Fiber.interrupt(fiber))
        yield* TestClock.adjust("1 second")
        yield* Deferred.succeed(answer, done)
        yield* Fiber.join(interruption)
        assert.deepStrictEqual(yield* Deferred.await(ended), Exit.succeed("done"))
      }).pipe(
        Effect.provide(Layer.merge(OkPolicy.layerRetry(), OkPolicy.layerTimeout({ total: "5 seconds" }))),
        Effect.provide(client(FakeTransport.inOrder(
          FakeTransport.fail(read, { code: 2 }),
          FakeTransport.respond(read, () => Deferred.await(answer))
        )))
      )
    }))

  it.effect.each([true, false])(
    "never replaces a failure that came too late, traced or not: %s",
    (isTraced) =>
      Effect.gen(function*() {
        const clock = yield* Effect.clock
        let ahead = 0n
        const busy = clockOver(clock, { unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos() + ahead })
        // The answer is there, and to read it takes longer than there is time.
        const late = FakeTransport.respond(read, () =>
          Effect.succeed({
            status: 200,
            get body() {
              ahead += 5_000_000_000n
              return `{"error_code":300,"error_msg":"NOT_FOUND : x"}`
            },
            invocationError: "300"
          }))
        const error = yield* Effect.withClock(Effect.flip(read()), busy).pipe(
          Effect.provide(Layer.merge(OkPolicy.layerTimeout({ total: "1 second" }), OkPolicy.layerRetry())),
          Effect.withTracerEnabled(isTraced),
          Effect.provide(client(late))
        )
        assert.strictEqual(error._tag, "OkNotFound")
      })
  )

  it.effect("ends between two milliseconds, too", () =>
    Effect.gen(function*() {
      for (let begin = 0; begin < 50; begin++) {
        yield* TestClock.adjust(Duration.nanos(BigInt(1_234_567 + 7919 * begin)))
        const fiber = yield* Effect.fork(Effect.either(read()))
        yield* TestClock.adjust("3001 millis")
        assert.isTrue(isTimeout("attempt")(yield* Fiber.join(fiber)))
      }
    }).pipe(Effect.provide(OkPolicy.layerTimeout({ attempt: "3 seconds", total: "5 seconds" })), Effect.provide(never)))

  it.effect.each([
    { name: "no policy", policy: Layer.empty },
    { name: "time-outs", policy: OkPolicy.standard },
    { name: "a limit", policy: Layer.merge(OkPolicy.standard, OkPolicy.layerConcurrency(1)) }
  ])(
    "keeps what a session sets in its fiber, at once or later, and not the span of the call: $name",
    ({ policy }) =>
      Effect.gen(function*() {
        const ref = FiberRef.unsafeMake(0)
        for (const wait of [Effect.void, Effect.yieldNow()]) {
          const session = sessionOf({
            ...OkSession.make(clientCredentials),
            current: wait.pipe(Effect.zipRight(FiberRef.update(ref, (n) => n + 1)), Effect.as(clientCredentials))
          })
          // Whatever is provided ends with what it is provided to, and with it what a call may leave behind.
          yield* Effect.gen(function*() {
            yield* read()
            assert.isTrue(Option.isNone(yield* Effect.option(Effect.currentSpan)))
          }).pipe(Effect.provide(policy), Effect.provide(session))
        }
        assert.strictEqual(yield* FiberRef.get(ref), 2)
      }).pipe(Effect.provide(client(FakeTransport.answer(read, "done"))))
  )

  it.effect.each([
    { name: "no policy", policy: Layer.empty },
    { name: "time-outs", policy: OkPolicy.standard },
    { name: "a limit", policy: Layer.merge(OkPolicy.standard, OkPolicy.layerConcurrency(1)) }
  ])("interrupts a session that does not answer: $name", ({ policy }) =>
    Effect.gen(function*() {
      const [asked, interrupted] = yield* Effect.all([Deferred.make<void>(), Deferred.make<void>()])
      const session = sessionOf({
        ...OkSession.make(clientCredentials),
        current: Effect.zipRight(Deferred.succeed(asked, undefined), Effect.never).pipe(
          Effect.onInterrupt(() => Deferred.succeed(interrupted, undefined))
        )
      })
      const fiber = yield* Effect.fork(read().pipe(Effect.provide(policy), Effect.provide(session)))
      yield* Deferred.await(asked)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      assert.isTrue(yield* Deferred.isDone(interrupted))
      assert.strictEqual(yield* sent, 0)
    }).pipe(Effect.provide(client())))

  it.effect("goes by a clock that nobody sets", () =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      let set = 0
      const setBack = clockOver(clock, { unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + set })
      const fiber = yield* Effect.fork(Effect.withClock(Effect.either(read()), setBack))
      yield* TestClock.adjust("1 second")
      set = -3_600_000
      yield* TestClock.adjust("2 seconds")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(fiber)))
    }).pipe(Effect.provide(OkPolicy.layerTimeout({ attempt: "3 seconds" })), Effect.provide(never)))

  it.effect("a circuit breaker does not count what is interrupted", () =>
    Effect.gen(function*() {
      for (const _ of [1, 2, 3]) {
        const fiber = yield* Effect.fork(read())
        yield* TestClock.adjust("500 millis")
        yield* Fiber.interrupt(fiber)
      }
      assert.strictEqual(yield* sent, 3)
    }).pipe(
      Effect.provide([
        OkPolicy.layerTimeout({ attempt: "1 second" }),
        OkPolicy.layerCircuitBreaker({ failures: 1, coolDown: "1 hour" })
      ]),
      Effect.provide(never)
    ))

  describe("a renewal", () => {
    const renewing = (renewal: Effect.Effect<void>): OkSession.Service => ({
      ...OkSession.make(clientCredentials),
      renew: () => Effect.as(renewal, true)
    })
    const expired = FakeTransport.inOrder(FakeTransport.fail(read, { code: 102 }), FakeTransport.answer(read, "done"))

    it.effect("is within the time in all", () =>
      Effect.gen(function*() {
        const { millis, result } = yield* timed(read().pipe(OkPolicy.timeout({ total: "5 seconds" })))
        assert.strictEqual(millis, 5_000)
        assert.isTrue(isTimeout("call")(result))
        assert.strictEqual(yield* sent, 1)
      }).pipe(Effect.provide(clientWith(renewing(Effect.never), expired))))

    it.effect("is not within the time of an attempt", () =>
      Effect.gen(function*() {
        const { millis, result } = yield* timed(
          read().pipe(OkPolicy.timeout({ attempt: "1 second", total: "5 seconds" }))
        )
        assert.deepStrictEqual(result, Either.right("done"))
        assert.strictEqual(millis, 3_000)
        assert.strictEqual(yield* sent, 2)
      }).pipe(Effect.provide(clientWith(renewing(Effect.sleep("3 seconds")), expired))))
  })

  it.effect("gives many calls at once each its own time, and one fiber sleeps for all", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const calls = Effect.forEach(
        Array.from({ length: 50 }, (_, index) => index * 100),
        (start) =>
          Effect.gen(function*() {
            yield* TestClock.sleep(start)
            const result = yield* Effect.withClock(Effect.either(read()), clock)
            return { result, millis: (yield* Clock.currentTimeMillis) - start }
          }),
        { concurrency: "unbounded" }
      )
      const fiber = yield* Effect.fork(calls)
      yield* TestClock.adjust("2950 millis")
      assert.strictEqual(counts.sleeping, 1)
      yield* TestClock.adjust("1 minute")
      const results = yield* Fiber.join(fiber)
      assert.isTrue(results.every(({ result }) => isTimeout("attempt")(result)))
      assert.deepStrictEqual(new Set(results.map(({ millis }) => millis)), new Set([3_000]))
      assert.strictEqual(counts.sleeping, 0)
    }).pipe(Effect.provide(OkPolicy.layerTimeout({ attempt: "3 seconds" })), Effect.provide(never)))

  it.effect("goes by the clock of each call", () =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      // One that stands still, and one that does not wait.
      let now = 0
      const other = (sleep: Clock.Clock["sleep"]) =>
        clockOver(clock, {
          currentTimeMillis: Effect.sync(() => now),
          unsafeCurrentTimeMillis: () => now,
          unsafeCurrentTimeNanos: () => BigInt(now) * 1_000_000n,
          sleep
        })
      const still = other(() => Effect.never)
      const hasty = other((duration) =>
        Effect.sync(() => {
          now += Duration.toMillis(duration)
        })
      )
      const first = yield* Effect.fork(Effect.either(read()))
      const second = yield* Effect.fork(Effect.withClock(Effect.either(read()), still))
      yield* Effect.yieldNow()
      assert.isTrue(isTimeout("attempt")(yield* Effect.withClock(Effect.either(read()), hasty)))
      assert.strictEqual(now, 3_000)
      assert.isNull(first.unsafePoll())
      yield* TestClock.adjust("3 seconds")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(first)))
      yield* TestClock.adjust("1 hour")
      assert.isNull(second.unsafePoll())
      yield* Fiber.interrupt(second)
    }).pipe(Effect.provide(OkPolicy.layerTimeout({ attempt: "3 seconds" })), Effect.provide(never)))

  it.effect("leaves nothing behind after a call that ends early", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      for (const _ of [1, 2, 3]) {
        assert.strictEqual(yield* Effect.withClock(read(), clock), "done")
      }
      const fiber = yield* Effect.fork(Effect.withClock(write(), clock))
      yield* TestClock.adjust(0)
      yield* Fiber.interrupt(fiber)
      assert.isAtMost(counts.sleeping, 2)
      // A fiber that has nobody to tell ends within a second, however long the time is.
      yield* TestClock.adjust("1 second")
      assert.strictEqual(counts.sleeping, 0)
      // Another one begins with the next call.
      const { millis, result } = yield* timed(Effect.withClock(write(), clock))
      assert.strictEqual(millis, 3_600_000 / 20)
      assert.isTrue(isTimeout("attempt")(result))
      assert.strictEqual(counts.sleeping, 0)
    }).pipe(
      Effect.provide(OkPolicy.layerTimeout({ attempt: "3 minutes", total: "1 hour" })),
      Effect.provide(client(FakeTransport.answer(read, "done"), FakeTransport.respond(write, () => Effect.never)))
    ))

  it.effect("leaves no fiber behind when its layer ends", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const scope = yield* Scope.make()
      const policy = yield* Layer.buildWithScope(
        OkPolicy.layerTimeout({ attempt: "1 minute", total: "2 minutes" }),
        scope
      )
      const fiber = yield* Effect.fork(Effect.withClock(Effect.provide(read(), policy), clock))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(counts.sleeping, 1)
      yield* Fiber.interrupt(fiber)
      yield* Scope.close(scope, Exit.void)
      assert.strictEqual(counts.sleeping, 0)
    }).pipe(Effect.provide(never)))

  it.effect("holds for a call that outlives its layer, and for one that begins after it", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const scope = yield* Scope.make()
      const policy = yield* Layer.buildWithScope(OkPolicy.layerTimeout({ attempt: "1 minute" }), scope)
      const call = Effect.withClock(Effect.either(Effect.provide(read(), policy)), clock)
      const first = yield* Effect.fork(call)
      yield* TestClock.adjust("1 second")
      yield* Scope.close(scope, Exit.void)
      const second = yield* Effect.fork(call)
      yield* TestClock.adjust("59 seconds")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(first)))
      yield* TestClock.adjust("1 second")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(second)))
      const third = yield* Effect.fork(call)
      yield* TestClock.adjust("1 minute")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(third)))
      yield* TestClock.adjust("1 second")
      assert.strictEqual(counts.sleeping, 0)
    }).pipe(Effect.provide(never)))

  it.effect("holds for a call in a daemon that outlives its combinator", () =>
    Effect.gen(function*() {
      const fiber = yield* OkPolicy.timeout({ attempt: "1 minute" })(Effect.forkDaemon(Effect.either(read())))
      yield* TestClock.adjust("1 minute")
      assert.isTrue(isTimeout("attempt")(yield* Fiber.join(fiber)))
    }).pipe(Effect.provide(never)))

  it.effect("leaves no fiber behind when its effect ends", () =>
    Effect.gen(function*() {
      const { clock, counts } = yield* counting
      const effect = OkPolicy.timeout({ attempt: "1 minute" })(
        Effect.zipRight(read(), Effect.sync(() => counts.sleeping))
      )
      yield* Effect.withClock(Effect.zipRight(effect, effect), clock)
      assert.strictEqual(counts.sleeping, 0)
    }).pipe(Effect.provide(client(FakeTransport.answer(read, "done")))))
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

  const limiter = { enter: () => Effect.void, throttled: () => Effect.void }

  it.effect.each([
    { name: "alone", policy: Layer.empty },
    { name: "beside time-outs", policy: OkPolicy.standard },
    {
      name: "beside a rate limit, which asks a session who it is",
      policy: OkPolicy.layerRateLimit(Effect.succeed(limiter))
    }
  ])("takes no place for the calls that a session makes to be one: $name", ({ policy }) =>
    Effect.gen(function*() {
      const context = yield* Effect.context<Effect.Effect.Context<ReturnType<typeof write>>>()
      const login = Effect.provide(Effect.orDie(write()), context)
      const session = sessionOf({
        current: Effect.as(login, clientCredentials),
        renew: () => Effect.as(login, true)
      })
      const { result } = yield* timed(Effect.provide(read(), [policy, OkPolicy.layerConcurrency(1), session]))
      assert.deepStrictEqual(result, Either.right("done"))
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(write, "done"),
      FakeTransport.inOrder(FakeTransport.fail(read, { code: 102 }), FakeTransport.answer(read, "done"))
    ))))
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

  it.effect("opens after 5 failures in a row, where nothing else is said", () =>
    Effect.gen(function*() {
      const tags = yield* Effect.replicateEffect(Effect.map(Effect.either(read()), tagOf), 6)
      assert.deepStrictEqual(tags, [...Array.from({ length: 5 }, () => "OkServiceError"), "OkTransportError"])
      assert.strictEqual(yield* sent, 5)
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker()),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code: 9999 })))
    ))

  it.effect("lets one call through after the cool-down, however many come until that has its answer", () =>
    Effect.gen(function*() {
      const answer = yield* Deferred.make<OkTransport.Response>()
      yield* Effect.gen(function*() {
        yield* Effect.either(read())
        yield* TestClock.adjust("30 seconds")
        const fiber = yield* Effect.fork(
          Effect.forEach(Array.from({ length: 10 }), () => Effect.either(read()), { concurrency: "unbounded" })
        )
        yield* TestClock.adjust("29 seconds")
        assert.strictEqual(yield* sent, 2)
        yield* Deferred.succeed(answer, { status: 200, body: "\"done\"", invocationError: undefined })
        assert.deepStrictEqual((yield* Fiber.join(fiber)).map(tagOf), [
          "ok",
          ...Array.from({ length: 9 }, () => "OkTransportError")
        ])
      }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
        FakeTransport.fail(read, { code: 9999 }),
        FakeTransport.respond(read, () => Deferred.await(answer))
      ))))
    }).pipe(Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 1 }))))

  it.effect("closes where an answer takes longer than the cool-down", () =>
    Effect.gen(function*() {
      const body = "\"done\""
      const slow = FakeTransport.respond(read, () =>
        Effect.delay(Effect.succeed({ status: 200, body, invocationError: undefined }), "1500 millis"))
      yield* Effect.gen(function*() {
        yield* Effect.either(read())
        for (const _ of Array.from({ length: 6 })) {
          yield* TestClock.adjust("500 millis")
          yield* Effect.fork(Effect.either(read()))
        }
        // The first went at 1 second, and the last are here since its answer is.
        yield* TestClock.adjust(0)
        assert.strictEqual(yield* sent, 1 + 2 + 2)
      }).pipe(Effect.provide(FakeTransport.layerClient(
        FakeTransport.inOrder(FakeTransport.fail(read, { code: 9999 }), slow)
      )))
    }).pipe(Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 1, coolDown: "1 second" }))))

  it.effect("is kept open by the newest attempt that fails, and closed by any that does not", () =>
    Effect.gen(function*() {
      const slow = (millis: number, status: number) =>
        FakeTransport.respond(
          read,
          () => Effect.delay(Effect.succeed({ status, body: "\"done\"", invocationError: undefined }), millis)
        )
      yield* Effect.gen(function*() {
        const call = Effect.fork(Effect.either(read()))
        yield* call
        yield* TestClock.adjust("1 second")
        yield* call
        yield* TestClock.adjust("1 second")
        yield* call
        // The first of the two has failed after 1.9 seconds, in the cool-down of the second.
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* sent, 3)
        yield* call
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* sent, 4)
        // The second closes it, though a third is under way.
        yield* TestClock.adjust("500 millis")
        yield* call
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* sent, 5)
      }).pipe(Effect.provide(FakeTransport.layerClient(
        FakeTransport.inOrder(FakeTransport.fail(read, { code: 9999 }), slow(1900, 502), slow(1500, 200))
      )))
    }).pipe(Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 1, coolDown: "1 second" }))))

  it.effect("stays closed after failures that are not in a row", () =>
    Effect.gen(function*() {
      const { result } = yield* timed(Effect.forEach(Array.from({ length: 5 }), () => Effect.either(read())))
      assert.deepStrictEqual(Either.getOrThrow(result).map(tagOf), [
        "OkServiceError",
        "ok",
        "OkServiceError",
        "ok",
        "ok"
      ])
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 2 })),
      Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
        FakeTransport.fail(read, { code: 9999 }),
        FakeTransport.answer(read, "done"),
        FakeTransport.fail(read, { code: 9999 }),
        FakeTransport.answer(read, "done")
      )))
    ))

  it.effect("stays closed where answers are too large: what sends them is there", () =>
    Effect.gen(function*() {
      const errors = yield* Effect.replicateEffect(Effect.flip(read()), 5)
      assert.deepStrictEqual(
        errors.map((error) => error._tag === "OkTransportError" && error.reason),
        Array.from({ length: 5 }, () => "TooLarge" as const)
      )
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 3 })),
      Effect.provide(FakeTransport.layerClient(broken(read, "TooLarge")))
    ))

  it.effect("closes in time whatever is done to the date", () =>
    Effect.gen(function*() {
      const clock = yield* Effect.clock
      let set = 0
      const setBack = clockOver(clock, {
        unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + set,
        currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + set)
      })
      const call = Effect.withClock(Effect.either(read()), setBack)
      yield* Effect.replicateEffect(call, 3)
      set = -3_600_000
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* call, Either.right("done"))
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 3 })),
      Effect.provide(FakeTransport.layerClient(outage))
    ))

  /** A call that was let through before the circuit opened: ends it with an answer, and says what it came to. */
  const straggler = Effect.gen(function*() {
    const [arrived, answer] = yield* Effect.all([Deferred.make<void>(), Deferred.make<OkTransport.Response>()])
    const slow = FakeTransport.respond(
      write,
      () => Effect.zipRight(Deferred.succeed(arrived, undefined), Deferred.await(answer))
    )
    const fiber = yield* Effect.fork(Effect.provide(Effect.either(write()), FakeTransport.layerClient(slow)))
    yield* Deferred.await(arrived)
    return (response: OkTransport.Response) => Effect.zipRight(Deferred.succeed(answer, response), Fiber.join(fiber))
  })

  it.effect("is not kept open by a call from before it opened, which fails at last", () =>
    Effect.gen(function*() {
      const end = yield* straggler
      const seen = yield* Deferred.make<OkTransport.Response>()
      yield* Effect.replicateEffect(Effect.either(read()), 3)
      yield* TestClock.adjust("30 seconds")
      const probe = yield* Effect.fork(
        Effect.provide(
          read(),
          FakeTransport.layerClient(FakeTransport.respond(read, () => Deferred.await(seen)))
        )
      )
      yield* TestClock.adjust("1 second")
      assert.strictEqual(
        tagOf(yield* end({ status: 502, body: "<html>", invocationError: undefined })),
        "OkTransportError"
      )
      yield* Deferred.succeed(seen, { status: 200, body: "\"done\"", invocationError: undefined })
      assert.strictEqual(yield* Fiber.join(probe), "done")
      assert.strictEqual(yield* read(), "done")
    }).pipe(
      Effect.provide(OkPolicy.layerCircuitBreaker({ failures: 3 })),
      Effect.provide(FakeTransport.layerClient(outage))
    ))

  it.effect("is not closed by a call from before it opened", () =>
    Effect.gen(function*() {
      const end = yield* straggler
      yield* Effect.replicateEffect(Effect.either(read()), 3)
      assert.strictEqual(tagOf(yield* end({ status: 200, body: "\"done\"", invocationError: undefined })), "ok")
      assert.include((yield* Effect.flip(read())).message, "CircuitOpen")
      yield* TestClock.adjust("30 seconds")
      assert.strictEqual(yield* read(), "done")
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

  /** Makes a call under a limit, and says what the limit heard, with its key left out. */
  const heard = <A, E extends { readonly _tag: string }, R>(call: Effect.Effect<A, E, R>) =>
    Effect.gen(function*() {
      const keys = new Set<string>()
      const pauses: Array<number | undefined> = []
      const { result } = yield* timed(call.pipe(OkPolicy.rateLimit({
        enter: (key) => Effect.sync(() => keys.add(key)),
        throttled: (key, millis) =>
          Effect.sync(() => {
            keys.add(key)
            pauses.push(millis)
          })
      })))
      // It hears of the key that it let in.
      assert.strictEqual(keys.size, 1)
      return { pauses, outcome: tagOf(result) }
    })

  const slowDown = FakeTransport.fail(read, { code: 8, data: { wait_millis: 20_000 } })
  const noMore = FakeTransport.fail(read, { code: 11 })
  const fine = FakeTransport.answer(read, "done")

  it.effect("hears of each attempt that is throttled, also where the next one succeeds", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* heard(read().pipe(OkPolicy.retry())), {
        pauses: [20_000, undefined],
        outcome: "ok"
      })
      assert.strictEqual(yield* sent, 3)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(slowDown, noMore, fine)))))

  it.effect("hears of each attempt where all are throttled", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* heard(read().pipe(OkPolicy.retry())), {
        pauses: [20_000, 20_000, 20_000, 20_000],
        outcome: "OkThrottled"
      })
    }).pipe(Effect.provide(FakeTransport.layerClient(slowDown))))

  it.effect.each([true, false])("hears of the answer after a session that is over, renewed or not: %s", (isRenewed) => {
    const renewing = sessionOf({ ...OkSession.make(clientCredentials), renew: () => Effect.succeed(isRenewed) })
    const over = FakeTransport.fail(read, { code: 102 })
    const pauses: Array<string> = []
    const limiter: OkPolicy.RateLimiter = {
      enter: () => Effect.void,
      throttled: (_, millis) => Effect.sync(() => void pauses.push(`${millis}`))
    }
    return Effect.gen(function*() {
      const { result } = yield* timed(read().pipe(OkPolicy.rateLimit(limiter), Effect.provide(renewing)))
      assert.strictEqual(tagOf(result), isRenewed ? "OkThrottled" : "OkSessionExpired")
      assert.deepStrictEqual(pauses, isRenewed ? ["20000"] : [])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(over, slowDown))))
  })

  it.effect("hears of an error that is a value", () =>
    Effect.gen(function*() {
      for (const pauses of [[20_000], [undefined], []]) {
        assert.deepStrictEqual(yield* heard(OkCall.passError(read())), { pauses, outcome: "ok" })
      }
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(slowDown, noMore, fine)))))

  it.effect.each([26, 1004, 2, 102, 300])(
    "does not hear of an error that asks for no pause: %i",
    (code) =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* heard(read().pipe(OkPolicy.retry()))).pauses, [])
        assert.deepStrictEqual((yield* heard(OkCall.passError(read()))).pauses, [])
      }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(read, { code, data: { wait_millis: 5 } }))))
  )

  const never: OkPolicy.RateLimiter = { enter: () => Effect.void, throttled: () => Effect.void }

  it.effect("leaves it to the attempt to tell of a session that cannot be had, which is made again", () =>
    Effect.gen(function*() {
      const asked = yield* Ref.make(0)
      const session: OkSession.Service = {
        ...OkSession.make(clientCredentials),
        // Of each attempt and of its key.
        current: Effect.flatMap(
          Ref.updateAndGet(asked, (n) => n + 1),
          (n) => n <= 2 ? new OkError.OkSessionUnavailable({ issue: "down" }) : Effect.succeed(clientCredentials)
        )
      }
      const { result } = yield* timed(
        read().pipe(OkPolicy.rateLimit(never), OkPolicy.retry(), Effect.provide(sessionOf(session)))
      )
      assert.deepStrictEqual(result, Either.right("done"))
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))))

  it.effect("asks a session for its credentials when the turn has come, and signs with them once", () =>
    Effect.gen(function*() {
      let generation = 1
      const signed: Array<string> = []
      const credentials = (generation: number) =>
        OkSession.Credentials.Client({
          accessToken: Redacted.make(`test-token-${generation}`),
          sessionSecretKey: Redacted.make("test-secret")
        })
      const session = sessionOf({
        ...OkSession.make(clientCredentials),
        user: "TEST-USER",
        get current() {
          return Effect.succeed(credentials(generation))
        }
      })
      const signer = Layer.succeed(Signature.OkSigner, {
        sign: (_, credentials) => {
          signed.push(credentials._tag === "Application" ? "" : Redacted.value(credentials.accessToken))
          return Effect.succeed("test-sig")
        }
      })
      const transport = OkTransport.layer({
        send: () => Effect.succeed({ status: 200, body: "\"done\"", invocationError: undefined })
      })
      const limiter: OkPolicy.RateLimiter = { ...never, enter: () => Effect.sync(() => void generation++) }
      for (const policy of [Layer.empty, OkPolicy.standard, OkPolicy.layerCircuitBreaker()]) {
        yield* read().pipe(
          OkPolicy.rateLimit(limiter),
          Effect.provide([
            OkClient.layer().pipe(Layer.provide([signer, transport, config])),
            Layer.merge(session, policy)
          ])
        )
      }
      assert.deepStrictEqual(signed, ["test-token-2", "test-token-3", "test-token-4"])
    }))

  it.effect("counts by who a session says it is, whatever its token", () =>
    Effect.gen(function*() {
      const keys = yield* Ref.make<ReadonlyArray<string>>([])
      const limiter: OkPolicy.RateLimiter = { ...never, enter: (key) => Ref.update(keys, (all) => [...all, key]) }
      for (const [user, token] of [["TEST-USER", "1"], ["TEST-USER", "2"], ["another", "2"]] as const) {
        const credentials = OkSession.Credentials.Client({
          accessToken: Redacted.make(`test-token-${token}`),
          sessionSecretKey: Redacted.make("test-secret")
        })
        yield* read().pipe(
          OkPolicy.rateLimit(limiter),
          Effect.provide(sessionOf({ ...OkSession.make(credentials), user }))
        )
      }
      const [first, second, third] = yield* Ref.get(keys)
      assert.strictEqual(first, second)
      assert.notStrictEqual(second, third)
      assert.notInclude(first ?? "TEST-USER", "TEST-USER")
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))))

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

describe("a setting that cannot be", () => {
  const limit = (options: Partial<RateLimit.Options>) =>
    Layer.provide(
      RateLimit.layer({ limit: 1, window: "1 second", ...options }),
      RateLimiter.layer.pipe(Layer.provide(RateLimiter.layerStoreMemory))
    )

  it.effect.each(
    [
      ["retry.budget must be a number from 0 on, got NaN", OkPolicy.layerRetry({ budget: Number.NaN })],
      ["retry.budget must be a number from 0 on, got -1", OkPolicy.layerRetry({ budget: -1 })],
      ["timeout.total must be a number from 0 on, got NaN", OkPolicy.layerTimeout({ total: Number.NaN })],
      ["timeout.attempt must be a number from 0 on, got -5", OkPolicy.layerTimeout({ attempt: -5 })],
      ["concurrency must be a whole number from 1 on, got 0", OkPolicy.layerConcurrency(0)],
      ["concurrency must be a whole number from 1 on, got NaN", OkPolicy.layerConcurrency(Number.NaN)],
      ["circuitBreaker.failures must be a whole number", OkPolicy.layerCircuitBreaker({ failures: 0 })],
      ["circuitBreaker.coolDown must be a number", OkPolicy.layerCircuitBreaker({ coolDown: Number.NaN })],
      ["rateLimit.limit must be a whole number from 1 on, got 1.5", limit({ limit: 1.5 })],
      ["rateLimit.limit must be a whole number from 1 on, got 0", limit({ limit: 0 })],
      ["rateLimit.window must be a number", limit({ window: Number.NaN })],
      ["rateLimit.pause must be a number", limit({ pause: Number.NaN })]
    ] as const
  )("is a defect that says so: %s", ([message, policy]) =>
    Effect.gen(function*() {
      const cause = yield* Effect.flip(Effect.sandbox(Effect.scoped(Layer.build(policy))))
      assert.include(Cause.pretty(cause), message)
    }))

  it.effect("is a defect of an effect that has it, too", () =>
    Effect.gen(function*() {
      const cause = yield* Effect.flip(Effect.sandbox(read().pipe(OkPolicy.concurrency(0))))
      assert.include(Cause.pretty(cause), "concurrency must be a whole number from 1 on, got 0")
    }).pipe(Effect.provide(FakeTransport.layerClient())))
})

describe("OkPolicy.fallback", () => {
  const known = OkPolicy.fallback((error) => Effect.succeed(error._tag))

  it.effect("stands in where OK.ru cannot be reached or does not work", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* known(read()), "OkTransportError")
      assert.strictEqual(yield* known(write()), "OkServiceError")
    }).pipe(Effect.provide(FakeTransport.layerClient(
      broken(read, "NotConnected"),
      FakeTransport.fail(write, { code: 2 })
    ))))

  it.effect("leaves an answer alone, and an error that is one", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* known(read()), "done")
      assert.strictEqual((yield* Effect.flip(known(write())))._tag, "OkNotFound")
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(read, "done"),
      FakeTransport.fail(write, { code: 300 })
    ))))
})
