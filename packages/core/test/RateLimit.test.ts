import { OkMethod, type OkPolicy } from "@effect-okru/core"
import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
import { FakeTransport } from "@effect-okru/core/testing"
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as RedisStore from "@effect/experimental/RateLimiter/Redis"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import * as RedisServer from "./redisServer.js"

const key = "TEST-APPLICATION-KEY:user"

const limit = 3
/** The time of a turn. A window is an hour, for Redis counts a fixed one in real time: no test takes as long. */
const turn = Duration.toMillis("20 minutes")
const window = limit * turn

/** A process with a policy of its own, and what the store says to it. */
const machine = (options: Partial<RateLimit.Options> = {}) =>
  Effect.gen(function*() {
    const limiter = yield* RateLimiter.make
    const delays = yield* Queue.unbounded<number>()
    const policy = yield* RateLimit.make({ limit, window, ...options }).pipe(
      Effect.provideService(RateLimiter.RateLimiter, {
        ...limiter,
        consume: (options) =>
          Effect.tap(limiter.consume(options), ({ delay }) => Queue.offer(delays, Duration.toMillis(delay)))
      })
    )
    return {
      ...policy,
      /** How long each of the next calls has to wait, when the store has said so. */
      delays: (count: number) => Effect.replicateEffect(Queue.take(delays), count),
      /** How many more calls have asked the store. */
      asked: Queue.size(delays)
    }
  })

/** Makes so many calls at once: what each puts there when it is let in. */
const enter = (policy: OkPolicy.RateLimiter, count: number) =>
  Effect.tap(
    Queue.unbounded<void>(),
    (entered) =>
      Effect.replicateEffect(Effect.fork(Effect.zipRight(policy.enter(key), Queue.offer(entered, undefined))), count)
  )

/** Waits until so many more calls are in, and sees that no other is. */
const areIn = (entered: Queue.Queue<void>, count: number) =>
  Effect.gen(function*() {
    yield* Queue.takeN(entered, count)
    assert.strictEqual(yield* Queue.size(entered), 0)
  })

/** What holds whatever keeps the counts. */
const laws = (store: Layer.Layer<RateLimiter.RateLimiterStore>) => {
  it.effect("as many calls as the limit go at once", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* areIn(yield* enter(first, 3), 3)
      assert.deepStrictEqual(yield* first.delays(3), [0, 0, 0])
    }).pipe(Effect.provide(store)))

  it.effect("more calls than the limit wait, each for a turn of its own", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      const entered = yield* enter(first, 5)
      assert.deepStrictEqual(yield* first.delays(5), [0, 0, 0, turn, 2 * turn])
      yield* areIn(entered, 3)
      yield* TestClock.adjust(turn)
      yield* areIn(entered, 1)
      yield* TestClock.adjust(turn)
      yield* areIn(entered, 1)
    }).pipe(Effect.provide(store)))

  it.effect.each(["token-bucket", "fixed-window"] as const)(
    "a window that is no whole number of turns limits, too: %s",
    (
      algorithm
    ) =>
      Effect.gen(function*() {
        const first = yield* machine({ algorithm, window: window + 1 })
        yield* areIn(yield* enter(first, 4), 3)
        const delays = yield* first.delays(4)
        assert.deepStrictEqual(delays.slice(0, 3), [0, 0, 0])
        assert.isAtLeast(delays[3] ?? 0, turn)
      }).pipe(Effect.provide(store))
  )

  it.effect("calls that stop waiting give their turns back", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* areIn(yield* enter(first, 3), 3)
      const waiting = yield* Effect.replicateEffect(Effect.fork(first.enter(key)), 10)
      yield* first.delays(3 + 10)
      yield* Fiber.interruptAll(waiting)
      // Each has told the store.
      yield* first.delays(10)
      yield* TestClock.adjust(turn)
      const entered = yield* enter(first, 2)
      assert.deepStrictEqual(yield* first.delays(2), [0, turn])
      yield* areIn(entered, 1)
    }).pipe(Effect.provide(store)))

  it.effect("turns that are given back late let no more calls in at once than the limit", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* areIn(yield* enter(first, 3), 3)
      const waiting = yield* Effect.replicateEffect(Effect.fork(first.enter(key)), 10)
      yield* first.delays(3 + 10)
      // The first half: the bucket is full before the last two have had their turns.
      yield* Fiber.interruptAll(waiting.slice(0, 5))
      yield* first.delays(5)
      yield* TestClock.adjust(8 * turn)
      yield* Fiber.interruptAll(waiting)
      // Both give back, and take it again.
      yield* first.delays(2 + 2)
      const entered = yield* enter(first, 5)
      assert.deepStrictEqual(yield* first.delays(5), [0, 0, 0, turn, 2 * turn])
      yield* areIn(entered, 3)
    }).pipe(Effect.provide(store)))

  it.effect("a fixed window lets them in at its beginning", () =>
    Effect.gen(function*() {
      const first = yield* machine({ algorithm: "fixed-window" })
      const entered = yield* enter(first, 5)
      const delays = yield* first.delays(5)
      assert.deepStrictEqual(delays.map((delay) => delay > 0 && delay <= window), [false, false, false, true, true])
      yield* areIn(entered, 3)
      yield* TestClock.adjust(window)
      yield* areIn(entered, 2)
    }).pipe(Effect.provide(store)))

  it.effect("two machines share one limit", () =>
    Effect.gen(function*() {
      const [first, second] = yield* Effect.all([machine(), machine()])
      yield* areIn(yield* enter(first, 3), 3)
      const entered = yield* enter(second, 2)
      assert.deepStrictEqual(yield* second.delays(2), [turn, 2 * turn])
      yield* areIn(entered, 0)
      yield* TestClock.adjust(2 * turn)
      yield* areIn(entered, 2)
    }).pipe(Effect.provide(store)))

  it.effect("another key has a limit and pauses of its own", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* areIn(yield* enter(first, 3), 3)
      yield* first.throttled(key, turn)
      yield* first.enter("TEST-APPLICATION-KEY:other user")
    }).pipe(Effect.provide(store)))

  it.effect("after a pause calls leave by their turns, not together", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* first.throttled(key, 10 * turn)
      const entered = yield* enter(first, 5)
      yield* TestClock.adjust(10 * turn - 1)
      assert.strictEqual(yield* first.asked, 0)
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(yield* first.delays(5), [0, 0, 0, turn, 2 * turn])
      yield* areIn(entered, 3)
      yield* TestClock.adjust(2 * turn)
      yield* areIn(entered, 2)
    }).pipe(Effect.provide(store)))

  it.effect("a call whose turn falls into a pause takes another after it", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      const entered = yield* enter(first, 6)
      assert.deepStrictEqual(yield* first.delays(6), [0, 0, 0, turn, 2 * turn, 3 * turn])
      yield* areIn(entered, 3)
      yield* first.throttled(key, 2.5 * turn)
      yield* TestClock.adjust(2 * turn)
      yield* areIn(entered, 0)
      yield* TestClock.adjust(0.5 * turn)
      // The turns of two calls were in the pause. That of the third comes after it and stays its own.
      assert.deepStrictEqual(yield* first.delays(2), [2 * turn, 3 * turn])
      yield* areIn(entered, 0)
      yield* TestClock.adjust(0.5 * turn)
      yield* areIn(entered, 1)
      yield* TestClock.adjust(2.5 * turn)
      yield* areIn(entered, 2)
    }).pipe(Effect.provide(store)))

  it.effect("the longer of two pauses counts, and one without a time is as long as it is set", () =>
    Effect.gen(function*() {
      const first = yield* machine({ pause: turn })
      yield* first.throttled(key, undefined)
      yield* first.throttled(key, 1)
      const entered = yield* enter(first, 1)
      yield* TestClock.adjust(turn - 1)
      assert.strictEqual(yield* first.asked, 0)
      yield* TestClock.adjust(1)
      yield* areIn(entered, 1)
    }).pipe(Effect.provide(store)))
}

describe("a rate limit in memory", () => {
  laws(RateLimiter.layerStoreMemory)
})

describe.skipIf(!RedisServer.isInstalled)("a rate limit in Redis (needs redis-server)", () => {
  laws(Layer.unwrapScoped(Effect.map(Effect.orDie(RedisServer.make), RedisStore.layerStore)))
})

describe("a rate limit", () => {
  it.effect("pauses for a second, where nothing else is said", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* first.throttled(key, undefined)
      const entered = yield* enter(first, 1)
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* first.asked, 0)
      yield* TestClock.adjust("1 millis")
      yield* areIn(entered, 1)
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory)))

  it.effect("ends a pause that began between two milliseconds", () =>
    Effect.gen(function*() {
      const first = yield* machine()
      yield* TestClock.adjust(Duration.nanos(41_005_043n))
      yield* first.throttled(key, 1000)
      const entered = yield* enter(first, 1)
      yield* TestClock.adjust("1 second")
      // The rest of a nanosecond.
      yield* TestClock.adjust(1)
      yield* areIn(entered, 1)
    }).pipe(Effect.provide(RateLimiter.layerStoreMemory)))

  const read = OkMethod.make("test.read", {
    session: "required",
    permissions: [],
    kind: "read",
    params: {},
    success: Schema.String
  })
  const Limit = (store: RateLimiter.RateLimiterStore["Type"]) =>
    RateLimit.layer({ limit, window }).pipe(
      Layer.provide(RateLimiter.layer),
      Layer.provide(Layer.succeed(RateLimiter.RateLimiterStore, store))
    )

  it.effect("lets calls through where its store does not answer", () => {
    const down = Effect.fail(new RateLimiter.RateLimitStoreError({ message: "the store is down" }))
    return Effect.gen(function*() {
      assert.deepStrictEqual(yield* Effect.replicateEffect(read(), 5), Array.from({ length: 5 }, () => "done"))
    }).pipe(
      Effect.provide(Limit({ fixedWindow: () => down, tokenBucket: () => down })),
      Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))
    )
  })
})
