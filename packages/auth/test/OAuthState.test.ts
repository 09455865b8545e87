import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import * as PlatformError from "@effect/platform/Error"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"

const issue = (binding?: string) => Effect.flatMap(OAuthState.OAuthState, (states) => states.issue({ binding }))
const verify = (state: string | undefined, binding?: string) =>
  Effect.flatMap(OAuthState.OAuthState, (states) => states.verify(state, { binding }))
const refused = (state: string | undefined, binding?: string) =>
  Effect.map(
    Effect.flip(verify(state, binding)),
    (error) => error._tag === "OAuthStateError" ? error.reason : error._tag
  )

const layers = {
  layerMemory: OAuthState.layerMemory(),
  layerKeyValueStore: Layer.provide(OAuthState.layerKeyValueStore(), KeyValueStore.layerMemory)
}

for (const [name, layer] of Object.entries(layers)) {
  describe(name, () => {
    it.effect("knows what it gave out, once", () =>
      Effect.gen(function*() {
        const states = yield* Effect.replicateEffect(issue(), 20)
        assert.strictEqual(new Set(states).size, 20)
        for (const state of states) {
          assert.match(state, /^[\w-]{43}$/)
          yield* verify(state)
          assert.strictEqual(yield* refused(state), "Unknown")
        }
      }).pipe(Effect.provide(layer)))

    it.effect("lets one of many at the same time through", () =>
      Effect.gen(function*() {
        const state = yield* issue()
        const outcomes = yield* Effect.all(Array.from({ length: 50 }, () => Effect.either(verify(state))), {
          concurrency: "unbounded"
        })
        assert.lengthOf(outcomes.filter(({ _tag }) => _tag === "Right"), 1)
      }).pipe(Effect.provide(layer)))

    it.effect("lets it expire", () =>
      Effect.gen(function*() {
        const [early, late] = [yield* issue(), yield* issue()]
        yield* TestClock.adjust("599999 millis")
        yield* verify(early)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* refused(late), "Expired")
      }).pipe(Effect.provide(layer)))

    it.effect("ties it to a browser", () =>
      Effect.gen(function*() {
        for (const other of ["another", "", undefined]) {
          assert.strictEqual(yield* refused(yield* issue("browser"), other), "Unknown")
        }
        assert.strictEqual(yield* refused(yield* issue(), "browser"), "Unknown")
        yield* verify(yield* issue("browser"), "browser")
      }).pipe(Effect.provide(layer)))

    it.effect.prop(
      "refuses what it did not give out",
      [FastCheck.string(), FastCheck.nat(42)],
      ([text, index]) =>
        Effect.gen(function*() {
          const state = yield* issue()
          assert.strictEqual(yield* refused(text), text === "" ? "Missing" : "Unknown")
          assert.strictEqual(yield* refused(undefined), "Missing")
          const other = state[index] === "A" ? "B" : "A"
          assert.strictEqual(yield* refused(state.slice(0, index) + other + state.slice(index + 1)), "Unknown")
        }).pipe(Effect.provide(layer)),
      { fastCheck: { numRuns: 40 } }
    )
  })
}

describe("layerMemory", () => {
  it.effect("holds no more than its capacity, and forgets what has expired", () =>
    Effect.gen(function*() {
      const [first, second, third] = [yield* issue(), yield* issue(), yield* issue()]
      assert.strictEqual(yield* refused(first), "Unknown")
      yield* verify(third)
      yield* TestClock.adjust("10 minutes")
      yield* issue()
      assert.strictEqual(yield* refused(second), "Unknown")
    }).pipe(Effect.provide(OAuthState.layerMemory({ capacity: 2 }))))
})

describe("layerKeyValueStore", () => {
  it.effect("is shared by processes, and does not take what somebody else wrote for a state", () =>
    Effect.gen(function*() {
      const store = yield* KeyValueStore.KeyValueStore
      const shared = OAuthState.layerKeyValueStore()
      const state = yield* Effect.provide(issue("browser"), shared)
      yield* Effect.provide(verify(state, "browser"), shared)
      assert.strictEqual(yield* store.size, 0)

      const broken = yield* Effect.provide(issue(), shared)
      yield* store.set(`okru-state/${broken.slice(0, 22)}`, "{}")
      assert.strictEqual(yield* Effect.provide(refused(broken), shared), "Unknown")
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))

  it.effect("does not write down what it is tied to, nor the same thing for it twice", () =>
    Effect.gen(function*() {
      const store = yield* KeyValueStore.KeyValueStore
      const shared = OAuthState.layerKeyValueStore()
      const states = yield* Effect.replicateEffect(Effect.provide(issue("test-session-id"), shared), 2)
      const texts = yield* Effect.forEach(states, (state) =>
        Effect.map(store.get(`okru-state/${state.slice(0, 22)}`), Option.getOrThrow))
      assert.notInclude(texts.join(), "test-session-id")
      const bindings = texts.map((text) =>
        /"binding":"([\w-]{43})"/.exec(text)?.[1]
      )
      assert.isDefined(bindings[0])
      assert.notStrictEqual(bindings[0], bindings[1])
    }).pipe(Effect.provide(KeyValueStore.layerMemory)))

  it.effect("lets one of many through, however slow the store is", () =>
    Effect.gen(function*() {
      const state = yield* issue()
      const outcomes = yield* Effect.all(Array.from({ length: 20 }, () => Effect.either(verify(state))), {
        concurrency: "unbounded"
      })
      assert.lengthOf(outcomes.filter(({ _tag }) => _tag === "Right"), 1)
    }).pipe(
      Effect.provide(OAuthState.layerKeyValueStore()),
      Effect.provideServiceEffect(
        KeyValueStore.KeyValueStore,
        Effect.map(KeyValueStore.KeyValueStore, (store) => ({
          ...store,
          get: (key: string) => Effect.zipLeft(store.get(key), Effect.yieldNow())
        }))
      ),
      Effect.provide(KeyValueStore.layerMemory)
    ))

  it.effect("tells a store that is down from a forged state", () => {
    const down = new PlatformError.SystemError({
      reason: "TimedOut",
      module: "KeyValueStore",
      method: "get",
      description: "the test store is down"
    })
    const store = KeyValueStore.makeStringOnly({
      get: () => Effect.fail(down),
      set: () => Effect.fail(down),
      remove: () => Effect.fail(down),
      clear: Effect.fail(down),
      size: Effect.fail(down)
    })
    return Effect.gen(function*() {
      assert.strictEqual((yield* Effect.flip(issue()))._tag, "OAuthStateUnavailable")
      assert.strictEqual(yield* refused("a".repeat(43)), "OAuthStateUnavailable")
    }).pipe(Effect.provide(OAuthState.layerKeyValueStore()), Effect.provideService(KeyValueStore.KeyValueStore, store))
  })
})

describe("layerKeyValueStore, over a store that is", () => {
  const over = (store: Partial<KeyValueStore.KeyValueStore>) =>
    Effect.provideServiceEffect(
      KeyValueStore.KeyValueStore,
      Effect.map(KeyValueStore.KeyValueStore, (memory) => ({ ...memory, ...store }))
    )

  it.effect("files, is not asked for what no state can be", () =>
    Effect.gen(function*() {
      for (const state of [`${"a".repeat(21)}😀${"a".repeat(20)}`, "../../secret", "a".repeat(44)]) {
        assert.strictEqual(yield* refused(state), "Unknown")
      }
    }).pipe(
      Effect.provide(OAuthState.layerKeyValueStore()),
      over({ get: (key) => Effect.dieMessage(`asked for ${key}`) }),
      Effect.provide(KeyValueStore.layerMemory)
    ))

  it.effect("emptied by another process in the meantime, lets none through", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refused(yield* issue()), "Unknown")
    }).pipe(
      Effect.provide(OAuthState.layerKeyValueStore()),
      over({
        remove: () =>
          Effect.fail(
            new PlatformError.SystemError({ reason: "NotFound", module: "FileSystem", method: "remove" })
          )
      }),
      Effect.provide(KeyValueStore.layerMemory)
    ))

  it.effect("kept for ever, holds states that never expire", () =>
    Effect.gen(function*() {
      const state = yield* issue()
      yield* TestClock.adjust("36500 days")
      yield* verify(state)
    }).pipe(
      Effect.provide(OAuthState.layerKeyValueStore({ timeToLive: Duration.infinity })),
      Effect.provide(KeyValueStore.layerMemory)
    ))
})

describe("layerCookie", () => {
  const app = (options?: Parameters<typeof OAuthState.layerCookie>[0]) => {
    const states = OAuthState.layerCookie(options)
    const handler = HttpApp.toWebHandler(
      Effect.gen(function*() {
        const { url } = yield* HttpServerRequest.HttpServerRequest
        if (url.startsWith("/login")) {
          return HttpServerResponse.text(yield* issue())
        }
        const reason = yield* Effect.match(verify(url.slice("/callback?".length)), {
          onFailure: (error) => error._tag === "OAuthStateError" ? error.reason : error._tag,
          onSuccess: () => "fine"
        })
        return HttpServerResponse.text(reason)
      }).pipe(Effect.provide(states))
    )
    return (path: string, cookie = "") =>
      Effect.promise(async () => {
        const response = await handler(new Request(`http://127.0.0.1${path}`, { headers: { cookie } }))
        return { body: await response.text(), cookies: response.headers.getSetCookie() }
      })
  }
  const pairOf = (cookies: ReadonlyArray<string>) => cookies[0]?.split(";")[0] ?? ""

  it.live("keeps the state in a guarded cookie and removes it once it came back", () =>
    Effect.gen(function*() {
      const visit = app()
      const { body: state, cookies } = yield* visit("/login")
      assert.lengthOf(cookies, 1)
      assert.match(cookies[0] ?? "", /^__Host-okru-state=/)
      for (const attribute of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=600"]) {
        assert.include(cookies[0] ?? "", `; ${attribute}`)
      }
      const back = yield* visit(`/callback?${state}`, pairOf(cookies))
      assert.strictEqual(back.body, "fine")
      assert.match(back.cookies[0] ?? "", /^__Host-okru-state=;.*Max-Age=0/)
    }))

  it.live("refuses another browser and another state, and leaves the cookie be", () =>
    Effect.gen(function*() {
      const visit = app({ secure: false })
      const mine = yield* visit("/login")
      const theirs = yield* visit("/login")
      assert.match(mine.cookies[0] ?? "", /^okru-state=/)
      assert.notInclude(mine.cookies[0] ?? "", "Secure")
      for (const cookie of ["", pairOf(theirs.cookies), "okru-state=nonsense", "okru-state=%7B%7D"]) {
        const refused = yield* visit(`/callback?${mine.body}`, cookie)
        assert.deepStrictEqual(refused, { body: "Unknown", cookies: [] })
      }
      assert.strictEqual((yield* visit(`/callback?${mine.body}`, pairOf(mine.cookies))).body, "fine")
    }))

  it.live("is not deleted at once where it lasts for less than a second", () =>
    Effect.gen(function*() {
      const { cookies } = yield* app({ timeToLive: "1500 millis" })("/login")
      assert.include(cookies[0] ?? "", "; Max-Age=2")
      const short = yield* app({ timeToLive: "500 millis" })("/login")
      assert.include(short.cookies[0] ?? "", "; Max-Age=1")
    }))

  it.live("expires by the server's clock, whatever the browser does", () =>
    Effect.gen(function*() {
      const visit = app({ timeToLive: 0 })
      const { body: state, cookies } = yield* visit("/login")
      assert.strictEqual((yield* visit(`/callback?${state}`, pairOf(cookies))).body, "Expired")
    }))
})

describe("pure", () => {
  it.effect("states are the bytes of SecureRandom", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* OAuthState.generate, `${"A".repeat(42)}A`)
    }).pipe(
      Effect.provide(SecureRandom.layer({ bytes: (count) => Effect.succeed(new Uint8Array(count)) }))
    ))

  it.prop("equals is equality", [FastCheck.string(), FastCheck.string()], ([a, b]) => {
    assert.strictEqual(OAuthState.equals(a, b), a === b)
    assert.isTrue(OAuthState.equals(a, a))
    assert.isFalse(OAuthState.equals(a, undefined))
  })
})
