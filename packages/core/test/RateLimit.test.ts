import { OkMethod } from "@effect-okru/core"
import * as RateLimit from "@effect-okru/core/experimental/RateLimit"
import { FakeTransport } from "@effect-okru/core/testing"
import * as RateLimiter from "@effect/experimental/RateLimiter"
import * as RedisStore from "@effect/experimental/RateLimiter/Redis"
import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as RedisServer from "./redisServer.js"

const read = OkMethod.make("test.read", {
  session: "required",
  permissions: [],
  kind: "read",
  params: {},
  success: Schema.String
})

const window = 400

const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    yield* effect
    return (yield* Clock.currentTimeMillis) - start
  })

/** What holds whatever keeps the counts. Redis counts in real time, so all of them do. */
const laws = (store: Layer.Layer<RateLimiter.RateLimiterStore>) => {
  const limited = <A, E>(
    f: (policies: {
      readonly first: Layer.Layer<never>
      readonly second: Layer.Layer<never>
    }) => Effect.Effect<A, E, FakeTransport.FakeTransport>
  ) =>
    Effect.gen(function*() {
      // Two limiters on one store are two machines.
      const context = yield* Layer.build(store)
      const machine = () =>
        RateLimit.layer({ limit: 3, window: `${window} millis`, algorithm: "fixed-window" }).pipe(
          Layer.provide(RateLimiter.layer),
          Layer.provide(Layer.succeedContext(context))
        )
      return yield* f({ first: machine(), second: machine() })
    }).pipe(Effect.scoped, Effect.provide(FakeTransport.layer(FakeTransport.answer(read, "done"))))

  const calls = (count: number) =>
    Effect.forEach(Array.from({ length: count }), () => read(), { concurrency: "unbounded" }).pipe(
      Effect.provide(FakeTransport.layerClient(FakeTransport.answer(read, "done")))
    )

  it.live("as many calls as the limit go at once", () =>
    limited(({ first }) =>
      Effect.gen(function*() {
        assert.isBelow(yield* timed(Effect.provide(calls(3), first)), window)
      })
    ))

  it.live("more calls than the limit wait for the next window", () =>
    limited(({ first }) =>
      Effect.gen(function*() {
        assert.isAtLeast(yield* timed(Effect.provide(calls(5), first)), window - 100)
      })
    ))

  it.live("two machines share one limit", () =>
    limited(({ first, second }) =>
      Effect.gen(function*() {
        const both = Effect.all([Effect.provide(calls(3), first), Effect.provide(calls(3), second)], {
          concurrency: "unbounded"
        })
        assert.isAtLeast(yield* timed(both), window - 100)
      })
    ))
}

describe("a rate limit in memory", () => {
  laws(RateLimiter.layerStoreMemory)
})

describe.skipIf(!RedisServer.isInstalled)("a rate limit in Redis (needs redis-server)", () => {
  laws(Layer.unwrapScoped(Effect.map(Effect.orDie(RedisServer.make), RedisStore.layerStore)))
})
