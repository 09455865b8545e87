import { OkError, OkPolicy } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Friends from "@effect-okru/methods/Friends"
import * as Mediatopic from "@effect-okru/methods/Mediatopic"
import * as Users from "@effect-okru/methods/Users"
import { assert, describe, expectTypeOf, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/TestClock"
import { readFileSync } from "node:fs"
import * as Table from "../src/policies-table.js"
import * as Policies from "../src/policies.js"

const sent = Effect.map(FakeTransport.requests, (requests) => requests.length)

/** Runs an effect to its end, however long it waits, and says how long that was. */
const timed = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const start = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.fork(
      Effect.flatMap(Effect.either(effect), (result) =>
        Effect.map(Clock.currentTimeMillis, (now) => ({ result, millis: now - start })))
    )
    yield* TestClock.adjust("2 hours")
    return yield* Fiber.join(fiber)
  })

const times = <A, E, R>(n: number, effect: Effect.Effect<A, E, R>, concurrency: number | "unbounded" = 1) =>
  Effect.forEach(Array.from({ length: n }), () => effect, { concurrency })

const one = Users.getInfo({ uids: ["1"], fields: ["uid"] })

const ivan = [{ uid: "2", name: "Ivan" }]

const broken = (reason: OkError.OkTransportError["reason"]) =>
  FakeTransport.respond(
    Mediatopic.post,
    () => Effect.fail(new OkError.OkTransportError({ method: "mediatopic.post", reason }))
  )

/** Does not answer before a time, then does. */
const hangingUntil = (millis: number) =>
  FakeTransport.respond(Users.getInfo, () =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      now < millis
        ? Effect.never
        : Effect.succeed({ status: 200, body: "[{\"uid\":\"1\"}]", invocationError: undefined })))

const downUntil = (millis: number) =>
  FakeTransport.respond(Users.getInfo, () =>
    Effect.map(Clock.currentTimeMillis, (now) =>
      now < millis
        ? { status: 502, body: "<html>", invocationError: undefined }
        : { status: 200, body: "[{\"uid\":\"1\"}]", invocationError: undefined }))

const after = <A, E, R>(duration: Duration.DurationInput, effect: Effect.Effect<A, E, R>) =>
  Effect.delay(effect, duration)

describe("a backend that reads a lot", () => {
  it.effect("makes 32 calls at a time, and gets over a single failure", () =>
    Effect.gen(function*() {
      const now = yield* Ref.make(0)
      const most = yield* Ref.make(0)
      const answer = (index: number) => ({
        status: 200,
        body: index % 40 === 0 ? "{\"error_code\":2,\"error_msg\":\"SERVICE : down\"}" : "[{\"uid\":\"1\"}]",
        invocationError: index % 40 === 0 ? "2" : undefined
      })
      const slow = FakeTransport.respond(Users.getInfo, (_, index) =>
        Effect.acquireUseRelease(
          Effect.tap(Ref.updateAndGet(now, (n) => n + 1), (n) => Ref.update(most, (m) => Math.max(m, n))),
          () => after("100 millis", Effect.succeed(answer(index))),
          () => Ref.update(now, (n) => n - 1)
        ))
      const { result } = yield* timed(times(96, one, "unbounded")).pipe(
        Effect.provide(Policies.readHeavyBackend),
        Effect.provide(FakeTransport.layerClient(slow))
      )
      assert.strictEqual(result._tag, "Right")
      assert.strictEqual(yield* Ref.get(most), 32)
    }))

  it.effect("does not multiply the load of an outage", () =>
    Effect.gen(function*() {
      const { result } = yield* timed(times(100, Effect.flip(one), "unbounded"))
      assert.isTrue(result._tag === "Right" && result.right.every(({ _tag }) => _tag === "OkServiceError"))
      assert.strictEqual(yield* sent, 110)
    }).pipe(
      Effect.provide(Policies.readHeavyBackend),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(Users.getInfo, { code: 2 })))
    ))

  it.effect("gives a call up after 10 seconds", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(one)
      assert.strictEqual(millis, 10_000)
      assert.strictEqual(result._tag === "Left" ? result.left._tag : "", "OkTransportError")
    }).pipe(
      Effect.provide(Policies.readHeavyBackend),
      Effect.provide(FakeTransport.layerClient(hangingUntil(Infinity)))
    ))
})

describe("a nightly job", () => {
  it.effect("sits an outage of five minutes out", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(times(20, one))
      assert.strictEqual(result._tag, "Right")
      assert.isAtLeast(millis, 5 * 60_000)
      assert.isAtMost(yield* sent, 20 + 9)
    }).pipe(
      Effect.provide(Policies.nightlyJob),
      Effect.provide(FakeTransport.layerClient(downUntil(5 * 60_000)))
    ))

  it.effect("makes 5 calls in a second", () =>
    Effect.gen(function*() {
      const { millis } = yield* timed(times(50, one, "unbounded"))
      assert.isAtLeast(millis, 8_000)
      assert.isAtMost(millis, 11_000)
    }).pipe(
      Effect.provide(Policies.nightlyJob),
      Effect.provide(FakeTransport.layerClient(FakeTransport.answer(Users.getInfo, [{ uid: "1" }])))
    ))

  it.effect("waits as long as OK.ru asks for", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(one)
      assert.strictEqual(result._tag, "Right")
      assert.strictEqual(millis, 20 * 60_000)
    }).pipe(
      Effect.provide(Policies.nightlyJob),
      Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
        FakeTransport.fail(Users.getInfo, { code: 8, data: { wait_millis: 20 * 60_000 } }),
        FakeTransport.answer(Users.getInfo, [{ uid: "1" }])
      )))
    ))
})

describe("OkPolicy.standard", () => {
  const never = FakeTransport.layerClient(hangingUntil(Infinity))
  const shorter = Layer.merge(OkPolicy.standard, OkPolicy.layerTimeout({ attempt: "3 seconds", total: "8 seconds" }))

  it.effect("takes 30 seconds at most, and less with a layer next to it or a combinator inside", () =>
    Effect.gen(function*() {
      const millisOf = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.map(timed(effect), ({ millis }) => millis)
      assert.strictEqual(yield* millisOf(one.pipe(Effect.provide(OkPolicy.standard))), 30_000)
      assert.strictEqual(yield* millisOf(one.pipe(Effect.provide(shorter))), 8_000)
      const patient = one.pipe(OkPolicy.timeout({ attempt: "1 second" }), OkPolicy.retry("off"))
      assert.strictEqual(yield* millisOf(patient.pipe(Effect.provide(OkPolicy.standard))), 1_000)
    }).pipe(Effect.provide(never)))
})

describe("a page that somebody waits for", () => {
  const friends = FakeTransport.answer(Friends.get, ["2"])

  it.effect("shows the friends, after a repeat where one is needed", () =>
    Effect.gen(function*() {
      const { millis, result } = yield* timed(Policies.friendsBox)
      assert.deepStrictEqual(result, Either.right(ivan))
      assert.isAtMost(millis, 150)
    }).pipe(Effect.provide(FakeTransport.layerClient(
      friends,
      FakeTransport.inOrder(
        FakeTransport.fail(Users.getInfo, { code: 2 }),
        FakeTransport.answer(Users.getInfo, ivan)
      )
    ))))

  for (
    const [name, answer] of [
      ["does not answer", FakeTransport.respond(Users.getInfo, () => Effect.never)],
      ["asks for a pause of a minute", FakeTransport.fail(Users.getInfo, { code: 8, data: { wait_millis: 60_000 } })],
      ["is down", FakeTransport.fail(Users.getInfo, { code: 9999 })]
    ] as const
  ) {
    it.effect(`is there within 2 seconds without them where OK.ru ${name}`, () =>
      Effect.gen(function*() {
        const { millis, result } = yield* timed(Policies.friendsBox)
        assert.deepStrictEqual(result, Either.right([]))
        assert.isAtMost(millis, 2_000)
        assert.isAtMost(yield* sent, 3)
      }).pipe(Effect.provide(FakeTransport.layerClient(friends, answer))))
  }

  it.effect("keeps its budget where both calls are slow", () =>
    Effect.gen(function*() {
      const slow = (method: typeof Friends.get | typeof Users.getInfo) =>
        FakeTransport.respond(method, () => Effect.never)
      const { millis } = yield* timed(Policies.friendsBox).pipe(
        Effect.provide(FakeTransport.layerClient(slow(Friends.get), slow(Users.getInfo)))
      )
      assert.isAtMost(millis, 2_000)
    }))

  it("has no failure left that it has an answer for", () => {
    type Tags = Effect.Effect.Error<typeof Policies.friendsBox>["_tag"]
    expectTypeOf<Extract<Tags, "TimeoutException" | "OkTransportError" | "OkServiceError" | "OkThrottled">>()
      .toBeNever()
    expectTypeOf<"OkSessionExpired">().toExtend<Tags>()
  })
})

describe("a write that must not repeat", () => {
  const published = (answer: FakeTransport.Answer) =>
    Effect.gen(function*() {
      const { result } = yield* timed(Policies.publish("Hello"))
      return [result._tag === "Right" ? result.right : result.left._tag, yield* sent] as const
    }).pipe(Effect.provide(OkPolicy.standard), Effect.provide(FakeTransport.layerClient(answer)))

  const post = Mediatopic.post

  it.effect.each([
    { name: "was published", answer: FakeTransport.answer(post, "77"), outcome: "77" },
    { name: "did not get through", answer: broken("NotConnected"), outcome: "OkTransportError" },
    { name: "was refused", answer: FakeTransport.fail(post, { code: 10 }), outcome: "OkPermissionDenied" },
    { name: "was throttled", answer: FakeTransport.fail(post, { code: 8 }), outcome: "OkThrottled" },
    { name: "did not arrive", answer: FakeTransport.fail(post, { code: 31 }), outcome: "OkServiceError" },
    { name: "met a failure of the platform", answer: FakeTransport.fail(post, { code: 2 }), outcome: "MayBeDone" },
    { name: "lost its connection", answer: broken("Interrupted"), outcome: "MayBeDone" },
    {
      name: "got no answer",
      answer: FakeTransport.respond(post, () => Effect.never),
      outcome: "MayBeDone"
    },
    {
      name: "got an answer that is none",
      answer: FakeTransport.respond(
        post,
        () => Effect.succeed({ status: 200, body: "{}", invocationError: undefined })
      ),
      outcome: "MayBeDone"
    }
  ])("is sent once where it $name: $outcome", ({ answer, outcome }) =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* published(answer), [outcome, 1])
    }))

  it.effect("says in its message what to do", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(Policies.publish("Hello"))
      assert.match(error.message, /^it may be done, do not repeat it: mediatopic\.post: 2 /)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(post, { code: 2 })))))
})

describe("a breaker in front of an outage", () => {
  const known = Policies.orWhileDown(Effect.succeed("what is known" as const))

  it.effect("stops calling after 5 failures, answers from what is known, and comes back by itself", () =>
    Effect.gen(function*() {
      // 4 attempts and their pauses, one more attempt, then nothing.
      const first = yield* Effect.fork(Effect.either(one))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* Fiber.join(first))._tag, "Left")
      const second = yield* Effect.fork(Effect.either(one))
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.join(second)
      assert.strictEqual(yield* sent, 5)
      assert.deepStrictEqual(yield* times(100, known(one)), Array.from({ length: 100 }, () => "what is known" as const))
      assert.strictEqual(yield* sent, 5)
      yield* TestClock.adjust("30 seconds")
      assert.deepStrictEqual(yield* known(one), [{ uid: "1" }])
      assert.deepStrictEqual(yield* times(3, one), Array.from({ length: 3 }, () => [{ uid: "1" }]))
      assert.strictEqual(yield* sent, 5 + 4)
    }).pipe(
      Effect.provide(Policies.behindBreaker),
      Effect.provide(FakeTransport.layerClient(hangingUntil(40_000)))
    ))

  it.effect("leaves other failures as they are", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(known(one)))._tag, "OkNotFound")
    }).pipe(
      Effect.provide(Policies.behindBreaker),
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(Users.getInfo, { code: 300 })))
    ))
})

describe("the pages", () => {
  const at = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")

  it("docs/policies.md has the tables of the code", () => {
    const page = at("docs/policies.md")
    assert.include(page, "<!-- retried -->")
    assert.strictEqual(page, Table.withTables(page), `between the marks belongs:\n\n${Table.generated()}\n`)
  })

  it("the table has every known code once", () => {
    const codes = Table.retryTable().split("\n").flatMap((row) => row.split("|")[2]?.match(/\d+/g) ?? []).map(Number)
    assert.sameMembers(codes, OkError.knownCodes().map(({ code }) => code))
  })
})
