import * as Cipher from "@effect-okru/auth/Cipher"
import * as Credentials from "@effect-okru/auth/Credentials"
import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkClient, OkConfig, OkMethod, OkMetric, OkPolicy, OkTransport, Signature } from "@effect-okru/core"
import { OkSessionUnavailable } from "@effect-okru/core/OkError"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as DateTime from "effect/DateTime"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as RuntimeFlagsPatch from "effect/RuntimeFlagsPatch"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Supervisor from "effect/Supervisor"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { fake, json } from "./grants.js"
import { settableClock, withSimulatedClock } from "./simulatedClock.js"

const user = "Bob"
const key: TokenStore.Key = { applicationId: "1", apiUrl: "https://api.ok.ru", user }

const applicationSecretKey = Redacted.make("test-secret-application")
const Config = OkConfig.layer({ applicationId: "1", applicationKey: "TEST-APPLICATION-KEY", applicationSecretKey })

const read = OkMethod.untyped("test.read", { session: "required", kind: "read" })
const byApplication = OkMethod.untyped("test.byApplication", { session: "prohibited", kind: "read" })

const refreshToken = Redacted.make("test-secret-refresh")

/** OK.ru as far as sessions go: which token is good, and what happened, in order. */
const makeWorld = Effect.gen(function*() {
  const good = yield* Ref.make("test-secret-0")
  const log = yield* Ref.make<ReadonlyArray<string>>([])
  const note = (event: string) => Ref.update(log, (events) => [...events, event])
  const count = (event: string) => Effect.map(Ref.get(log), (events) => events.filter((each) => each === event).length)
  const send: OkTransport.Service["send"] = ({ accessToken, method }) =>
    Effect.gen(function*() {
      const token = accessToken === undefined ? undefined : Redacted.value(accessToken)
      const accepted = token === undefined || token === (yield* Ref.get(good))
      yield* note(accepted ? method : `${method} refused`)
      return {
        status: 200,
        body: accepted ? "true" : `{"error_code":102,"error_msg":"PARAM_SESSION_EXPIRED : Session expired"}`,
        invocationError: undefined
      }
    })
  const refresh = (credentials: Credentials.Credentials) =>
    Effect.gen(function*() {
      yield* note("refresh")
      yield* Effect.sleep("1 second")
      const next = yield* Ref.updateAndGet(good, (token) => `test-secret-${Number(token.slice(12)) + 1}`)
      const fresh = yield* Credentials.make({
        ...credentials,
        accessToken: Redacted.make(next),
        expiresIn: "30 minutes"
      })
      return Option.some(fresh)
    })
  /** OK.ru ends the session. */
  const expel = Ref.update(good, (token) => `test-secret-${Number(token.slice(12)) + 1}`)
  return { good, log, note, count, send, refresh, expel }
})

type World = Effect.Effect.Success<typeof makeWorld>

interface Overrides extends Partial<SessionManager.Options> {
  readonly refresh?: SessionManager.Refresh
}

/** One process of a backend. */
const makeProcess = (
  world: World,
  store: TokenStore.Service,
  { refresh = world.refresh, ...options }: Overrides = {}
) =>
  Layer.build(
    SessionManager.layerWith(refresh, {
      authorizeUrl: (user) => Effect.succeed(`https://backend.test/login?user=${user}`),
      ...options
    }).pipe(
      Layer.provideMerge(OkClient.layer()),
      Layer.provide([Signature.layer, OkTransport.layer({ send: world.send }), TokenStore.layer(store)]),
      Layer.provideMerge(Config)
    )
  ).pipe(Effect.map((context) => ({
    run: <A, E>(
      effect: Effect.Effect<
        A,
        E,
        Layer.Layer.Success<typeof Config> | OkClient.OkClient | SessionManager.SessionManager
      >
    ) => Effect.provide(effect, context),
    call: read().pipe(Effect.provide(SessionManager.sessionFor(user)), Effect.provide(context))
  })))

const signedIn = (expiresIn?: Duration.DurationInput) =>
  Credentials.make({ accessToken: Redacted.make("test-secret-0"), refreshToken, expiresIn })

const setup = (options: Overrides & { readonly expiresIn?: Duration.DurationInput } = {}) =>
  Effect.gen(function*() {
    const world = yield* makeWorld
    const store = yield* TokenStore.makeMemory
    yield* store.set(key, yield* signedIn(options.expiresIn))
    const process = yield* makeProcess(world, store, options)
    return { world, store, ...process }
  })

const check = (name: string, effect: () => Effect.Effect<void, unknown, Scope.Scope>) =>
  it.scoped(name, () => withSimulatedClock(effect()))

const stored = (store: TokenStore.Service) =>
  Effect.map(
    store.get(key),
    (found) => Option.getOrUndefined(Option.map(found, ({ accessToken }) => Redacted.value(accessToken)))
  )

describe("once per user", () => {
  check("1,000 fibers on a session that OK.ru says is over: 1 refresh, no call lost", () =>
    Effect.gen(function*() {
      const { call, world } = yield* setup()
      yield* world.expel
      const answers = yield* Effect.all(Array.from({ length: 1000 }, () => call), { concurrency: "unbounded" })
      assert.deepStrictEqual(answers, Array.from({ length: 1000 }, () => true))
      assert.strictEqual(yield* world.count("refresh"), 1)
      assert.strictEqual(yield* world.count("test.read refused"), 1000)
      assert.strictEqual(yield* world.count("test.read"), 1000)
    }))

  check(
    "1,000 fibers on a session that has expired by the clock: 1 refresh, and no call in vain",
    () =>
      Effect.gen(function*() {
        const { call, world } = yield* setup({ expiresIn: "30 minutes" })
        yield* Effect.sleep("31 minutes")
        const answers = yield* Effect.all(Array.from({ length: 1000 }, () => call), { concurrency: "unbounded" })
        assert.deepStrictEqual(answers, Array.from({ length: 1000 }, () => true))
        assert.strictEqual(yield* world.count("refresh"), 1)
        assert.strictEqual(yield* world.count("test.read refused"), 0)
      })
  )

  check("those that fail late, with the token from before, do not refresh again", () =>
    Effect.gen(function*() {
      const { call, run, world } = yield* setup()
      const session = yield* run(Effect.map(SessionManager.SessionManager, (manager) => manager.session(user)))
      const stale = yield* session.current
      yield* world.expel
      yield* call
      assert.isTrue(yield* session.renew(stale))
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))

  check("users do not wait for each other", () =>
    Effect.gen(function*() {
      const { call, run, store } = yield* setup({ expiresIn: 0, refresh: () => Effect.never })
      yield* store.set({ ...key, user: "Carol" }, yield* signedIn("30 minutes"))
      yield* Effect.fork(call)
      yield* Effect.sleep("1 millis")
      assert.isTrue(yield* run(Effect.provide(read(), SessionManager.sessionFor("Carol"))))
    }))

  check("a waiter takes over when the fiber that renews is interrupted", () =>
    Effect.gen(function*() {
      const started = yield* Deferred.make<void>()
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const first = yield* Ref.make(true)
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) =>
          Effect.flatMap(Ref.getAndSet(first, false), (isFirst) =>
            isFirst
              ? Effect.zipRight(Deferred.succeed(started, undefined), Effect.never)
              : world.refresh(credentials))
      })
      yield* world.expel
      const renewing = yield* Effect.fork(call)
      yield* Deferred.await(started)
      const waiting = yield* Effect.fork(
        Effect.all(Array.from({ length: 100 }, () => call), { concurrency: "unbounded" })
      )
      yield* Effect.sleep("1 millis")
      yield* Fiber.interrupt(renewing)
      assert.strictEqual((yield* Fiber.join(waiting)).length, 100)
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))

  check("a refresh that gives the same token is shared, too", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) =>
          world.note("same").pipe(
            Effect.zipRight(Effect.sleep("1 second")),
            Effect.as(Option.some(credentials))
          )
      })
      yield* world.expel
      yield* Effect.all(Array.from({ length: 100 }, () => Effect.flip(call)), { concurrency: "unbounded" })
      assert.strictEqual(yield* world.count("same"), 1)
    }))

  check("a session that is over and has no refresh token takes no lease", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* Credentials.make({ accessToken: Redacted.make("test-secret-0") }))
      const { call } = yield* makeProcess(world, { ...store, lease: () => Effect.dieMessage("not to be taken") })
      yield* world.expel
      assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
    }))

  check("counts each session that was renewed, and each call that was made again", () =>
    Effect.gen(function*() {
      const counted = Effect.all([Metric.value(OkMetric.renewals), Metric.value(OkMetric.replays)])
      const before = yield* counted
      const { call, world } = yield* setup()
      yield* world.expel
      yield* Effect.all(Array.from({ length: 10 }, () => call), { concurrency: "unbounded" })
      const after = yield* counted
      assert.deepStrictEqual(after.map(({ count }, index) => count - (before[index]?.count ?? 0)), [1, 10])
    }))

  check("a failure is shared by those that waited, and the next call tries again", () =>
    Effect.gen(function*() {
      const failing = yield* Ref.make(true)
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) =>
          Effect.flatMap(Ref.get(failing), (fails) =>
            fails
              ? world.note("refused").pipe(
                Effect.zipRight(Effect.sleep("1 second")),
                Effect.zipRight(Effect.fail(new OkSessionUnavailable({ issue: "no connection" })))
              )
              : world.refresh(credentials))
      })
      yield* world.expel
      const errors = yield* Effect.all(Array.from({ length: 1000 }, () => Effect.flip(call)), {
        concurrency: "unbounded"
      })
      assert.isTrue(errors.every(({ _tag }) => _tag === "OkSessionUnavailable"))
      assert.strictEqual(yield* world.count("refused"), 1)
      yield* Ref.set(failing, false)
      assert.isTrue(yield* call)
    }))
})

describe("before expiry", () => {
  check("one call renews, the others go on with the token that is good", () =>
    Effect.gen(function*() {
      const { call, world } = yield* setup({ expiresIn: "30 minutes" })
      yield* Effect.sleep("28 minutes")
      yield* call
      assert.strictEqual(yield* world.count("refresh"), 0)
      yield* Effect.sleep("90 seconds")
      const one = yield* Effect.fork(call)
      yield* Effect.sleep("1 millis")
      assert.strictEqual(yield* world.count("refresh"), 1)
      yield* Effect.all(Array.from({ length: 100 }, () => call), { concurrency: "unbounded" })
      assert.strictEqual(yield* world.count("test.read"), 101)
      assert.isTrue(Option.isNone(yield* Fiber.poll(one)))
      yield* Fiber.join(one)
      assert.strictEqual(yield* world.count("refresh"), 1)
      assert.strictEqual(yield* world.count("test.read refused"), 0)
    }))

  check(
    "while the token is good, an endpoint that is down fails no call and is not asked by each",
    () =>
      Effect.gen(function*() {
        const { call, world } = yield* Effect.flatMap(makeWorld, (world) =>
          Effect.gen(function*() {
            const store = yield* TokenStore.makeMemory
            yield* store.set(key, yield* signedIn("30 minutes"))
            return {
              world,
              ...(yield* makeProcess(world, store, {
                refresh: () =>
                  Effect.zipRight(world.note("refused"), Effect.fail(new OkSessionUnavailable({ issue: "down" })))
              }))
            }
          }))
        yield* Effect.sleep("29 minutes")
        yield* Effect.replicateEffect(call, 50)
        assert.strictEqual(yield* world.count("refused"), 1)
        yield* Effect.sleep("11 seconds")
        yield* Effect.replicateEffect(call, 50)
        assert.strictEqual(yield* world.count("refused"), 2)
        yield* Effect.sleep("49 seconds")
        assert.strictEqual((yield* Effect.flip(call))._tag, "OkSessionUnavailable")
      })
  )

  check(
    "while the token is good, an endpoint that hangs costs one impatient caller its call, not each",
    () =>
      Effect.gen(function*() {
        const asked = yield* Ref.make(0)
        const { call } = yield* setup({
          expiresIn: "30 minutes",
          refresh: () => Effect.zipRight(Ref.update(asked, (n) => n + 1), Effect.never)
        })
        yield* Effect.sleep(Duration.minutes(29.5))
        const answers = yield* Effect.replicateEffect(Effect.timeoutOption(call, "500 millis"), 5)
        assert.strictEqual(answers.filter(Option.isNone).length, 1)
        assert.strictEqual(yield* Ref.get(asked), 1)
      })
  )

  check("who signs in while a renewal finds the old session over need not sign in again", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      yield* world.expel
      const { call } = yield* makeProcess(world, store, {
        refresh: () =>
          Effect.gen(function*() {
            const good = yield* Ref.get(world.good)
            yield* Effect.orDie(
              Effect.flatMap(
                Credentials.make({ accessToken: Redacted.make(good), refreshToken }),
                (signedIn) => store.set(key, signedIn)
              )
            )
            return Option.none()
          })
      })
      assert.deepStrictEqual(yield* Effect.all([call, call, call], { concurrency: "unbounded" }), [true, true, true])
    }))

  check(
    "who signs in meanwhile with the same access token and another refresh token need not, either",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        yield* store.set(key, yield* signedIn(0))
        const again = { ...(yield* signedIn("30 minutes")), refreshToken: Redacted.make("test-secret-again") }
        const { call } = yield* makeProcess(world, store, {
          refresh: () => Effect.as(Effect.orDie(store.set(key, again)), Option.none())
        })
        assert.isTrue(yield* call)
        assert.deepStrictEqual(Option.getOrThrow(yield* store.get(key)), again)
      })
  )

  check(
    "a refresh that is refused asks for no address, and leaves a session that is used to its end",
    () =>
      Effect.gen(function*() {
        const events = yield* Ref.make<ReadonlyArray<string>>([])
        const note = (event: string) => Ref.update(events, (all) => [...all, event])
        const { call } = yield* setup({
          expiresIn: "30 minutes",
          refresh: () => Effect.as(note("refresh"), Option.none()),
          authorizeUrl: () => Effect.as(note("authorizeUrl"), "https://backend.test/login")
        })
        yield* Effect.sleep(Duration.minutes(29.5))
        yield* Effect.replicateEffect(call, 5)
        yield* Effect.sleep("15 seconds")
        yield* call
        assert.deepStrictEqual(yield* Ref.get(events), ["refresh"])
        yield* Effect.sleep("15 seconds")
        assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
        assert.deepStrictEqual(yield* Ref.get(events), ["refresh", "authorizeUrl"])
      })
  )

  check(
    "while the token is good, a refresh or a store that dies fails no call and is not asked by each",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        yield* store.set(key, yield* signedIn("30 seconds"))
        const lines = yield* Ref.make<ReadonlyArray<string>>([])
        const logger = Logger.make(({ message }) =>
          Effect.runSync(Ref.update(lines, (all) => [...all, String(message)]))
        )
        const dies = Effect.zipRight(world.note("asked"), Effect.die(new TypeError("test-secret-0 is no function")))
        for (
          const process of [
            yield* makeProcess(world, store, { refresh: () => dies }),
            yield* makeProcess(world, { ...store, lease: () => dies })
          ]
        ) {
          const before = yield* world.count("asked")
          yield* Effect.replicateEffect(process.call, 5).pipe(
            Effect.provide(
              Layer.merge(Logger.replace(Logger.defaultLogger, logger), Logger.minimumLogLevel(LogLevel.All))
            )
          )
          assert.strictEqual((yield* world.count("asked")) - before, 1)
        }
        const said = (yield* Ref.get(lines)).filter((line) => line.includes("before it expires"))
        assert.deepStrictEqual(
          said,
          Array.from(
            { length: 2 },
            () => "a session was not renewed before it expires: a defect of the refresh or the store, TypeError"
          )
        )
      })
  )

  check("the next attempt does not go by a clock that can be set", () =>
    Effect.gen(function*() {
      const { clock, setForward } = yield* settableClock
      const asked = yield* Ref.make(0)
      const { call } = yield* setup({
        expiresIn: "30 seconds",
        refresh: () =>
          Effect.zipRight(Ref.update(asked, (n) => n + 1), Effect.fail(new OkSessionUnavailable({ issue: "down" })))
      })
      yield* Effect.withClock(
        Effect.gen(function*() {
          yield* call
          yield* setForward("15 seconds")
          yield* call
          assert.strictEqual(yield* Ref.get(asked), 1)
          yield* Effect.sleep("11 seconds")
          yield* call
        }),
        clock
      )
      assert.strictEqual(yield* Ref.get(asked), 2)
    }))

  check("a session that cannot be refreshed is used to its end", () =>
    Effect.gen(function*() {
      const asked = yield* Ref.make(0)
      const { call, store } = yield* setup({
        authorizeUrl: () => Effect.as(Ref.update(asked, (n) => n + 1), "https://backend.test/login")
      })
      yield* store.set(
        key,
        yield* Credentials.make({ accessToken: Redacted.make("test-secret-0"), expiresIn: "30 minutes" })
      )
      yield* Effect.sleep(Duration.minutes(29.5))
      yield* call
      assert.strictEqual(yield* Ref.get(asked), 0)
      yield* Effect.sleep("30 seconds")
      assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
      assert.strictEqual(yield* Ref.get(asked), 1)
    }))

  check("a life time shorter than the margin is not renewed at every call", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn("30 seconds"))
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) =>
          Effect.gen(function*() {
            yield* world.note("refresh")
            const expiresAt = DateTime.addDuration(yield* DateTime.now, "30 seconds")
            return Option.some({ ...credentials, expiresAt })
          })
      })
      yield* Effect.replicateEffect(call, 100)
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))
})

const both = (makeStore: Effect.Effect<readonly [TokenStore.Service, TokenStore.Service]>) =>
  Effect.gen(function*() {
    const world = yield* makeWorld
    const stores = yield* makeStore
    yield* stores[0].set(key, yield* signedIn("30 minutes"))
    const [one, other] = yield* Effect.all([makeProcess(world, stores[0]), makeProcess(world, stores[1])])
    const calls = Effect.all(Array.from({ length: 100 }, (_, index) => index % 2 === 0 ? one.call : other.call), {
      concurrency: "unbounded"
    })
    for (let expiry = 1; expiry <= 3; expiry++) {
      // Between expiries: nothing.
      yield* calls
      assert.strictEqual(yield* world.count("refresh"), expiry - 1)
      // By the clock, and by what OK.ru says.
      yield* expiry === 2 ? world.expel : Effect.sleep("31 minutes")
      assert.strictEqual((yield* calls).length, 100)
      assert.strictEqual(yield* world.count("refresh"), expiry)
    }
  })

describe("between processes", () => {
  check(
    "one refresh per expiry, on a store that can compare and set",
    () => both(Effect.map(TokenStore.makeMemory, (store) => [store, store]))
  )

  check("one refresh per expiry, on a store that can only read and write", () =>
    both(
      Effect.gen(function*() {
        const ref = yield* Ref.make<ReadonlyMap<string, string>>(new Map())
        const texts: TokenStore.Texts = {
          // Every access takes its time, so that the two get in each other's way.
          get: (name) =>
            Effect.delay(Effect.map(Ref.get(ref), (all) => Option.fromNullable(all.get(name))), "10 millis"),
          set: (name, text) => Effect.delay(Ref.update(ref, (all) => new Map(all).set(name, text)), "10 millis"),
          remove: (name) =>
            Effect.delay(Ref.update(ref, (all) => new Map([...all].filter(([each]) => each !== name))), "10 millis")
        }
        return yield* Effect.all([TokenStore.makeTexts(texts), TokenStore.makeTexts(texts)])
      }).pipe(Effect.provide(Cipher.layerPlain))
    ))

  check("what another process has saved at the last moment is not renewed again", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      const stale = yield* signedIn()
      yield* store.set(key, stale)
      const { call } = yield* makeProcess(world, {
        ...store,
        // The other one has read before this one, and is done before this one has the lease.
        lease: (...args) =>
          Effect.zipRight(
            Effect.orDie(
              Effect.flatMap(world.refresh(stale), (fresh) => store.replace(key, stale, Option.getOrThrow(fresh)))
            ),
            store.lease(...args)
          )
      })
      yield* world.expel
      assert.isTrue(yield* call)
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))

  check("when the process that renews dies, another one takes over", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      // What a process that is killed leaves behind: a lease that nobody gives back.
      const { call } = yield* makeProcess(world, store)
      yield* store.lease(key, "30 seconds")
      yield* world.expel
      assert.isTrue(yield* call)
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))

  check("who waits for another process for too long is told", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup()
      yield* store.lease(key, "1 hour")
      yield* world.expel
      const error = yield* Effect.flip(call)
      assert.strictEqual(error._tag, "OkSessionUnavailable")
    }))
})

describe("who waits for a renewal of this process", () => {
  check(
    "is not given the token that it has come to renew, which another process has put there",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        const stale = yield* signedIn()
        yield* store.set(key, stale)
        const { run } = yield* makeProcess(world, store)
        const session = yield* run(Effect.map(SessionManager.SessionManager, (manager) => manager.session(user)))
        const first = yield* session.current
        const other = yield* Effect.fork(Effect.scoped(Effect.gen(function*() {
          yield* store.lease(key, "30 seconds")
          yield* Effect.sleep("90 millis")
          yield* store.replace(key, stale, { ...stale, accessToken: Redacted.make("test-secret-1") })
        })))
        yield* Effect.sleep("10 millis")
        // Finds that the other process is at it, and looks again later.
        const polling = yield* Effect.fork(session.renew(first))
        yield* Effect.sleep("100 millis")
        const second = yield* session.current
        yield* Ref.set(world.good, "test-secret-2")
        assert.isTrue(yield* session.renew(second))
        assert.strictEqual(yield* stored(store), "test-secret-3")
        assert.strictEqual(yield* world.count("refresh"), 1)
        yield* Effect.all([Fiber.join(polling), Fiber.join(other)])
      })
  )

  check(
    "is not given the token that it has come to renew, whose own renewal is still finishing",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        yield* store.set(key, yield* signedIn())
        const { call } = yield* makeProcess(world, {
          ...store,
          lease: () => Effect.acquireRelease(Effect.succeed(true), () => Effect.sleep("200 millis"))
        })
        yield* world.expel
        yield* Effect.fork(Effect.exit(call))
        yield* Effect.sleep("1100 millis")
        assert.strictEqual(yield* world.count("refresh"), 1)
        yield* world.expel
        assert.isTrue(yield* call)
        assert.strictEqual(yield* world.count("refresh"), 2)
      })
  )
})

describe("no token is lost", () => {
  check("it is saved before a call is repeated", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const { call } = yield* makeProcess(world, {
        ...store,
        replace: (...args) => Effect.zipLeft(store.replace(...args), world.note("saved"))
      })
      yield* world.expel
      yield* call
      assert.deepStrictEqual(yield* Ref.get(world.log), ["test.read refused", "refresh", "saved", "test.read"])
    }))

  check(
    "interrupted after OK.ru has answered, it is saved nevertheless, on a store that fails at first",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        yield* store.set(key, yield* signedIn())
        const saving = yield* Deferred.make<void>()
        const { call } = yield* makeProcess(world, {
          ...store,
          replace: (...args) =>
            Effect.flatMap(Deferred.succeed(saving, undefined), (isFirst) =>
              Effect.zipRight(
                Effect.sleep("1 second"),
                isFirst
                  ? new TokenStore.TokenStoreError({ reason: "Unavailable", issue: "test" })
                  : store.replace(...args)
              ))
        })
        yield* world.expel
        const fiber = yield* Effect.fork(call)
        yield* Deferred.await(saving)
        assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
        assert.strictEqual(yield* stored(store), "test-secret-2")
      })
  )

  check("a store that hangs at that moment does not hang who is interrupted", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const { call } = yield* makeProcess(world, { ...store, replace: () => Effect.never })
      yield* world.expel
      const fiber = yield* Effect.fork(call)
      yield* Effect.sleep("2 seconds")
      const [took] = yield* Effect.timed(Fiber.interrupt(fiber))
      assert.isBelow(Duration.toSeconds(took), 10)
    }))

  check("a store that does not take a lease back hangs nobody", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn(0))
      const { call } = yield* makeProcess(world, {
        ...store,
        lease: () => Effect.acquireRelease(Effect.succeed(true), () => Effect.never)
      }, {
        refresh: (credentials) =>
          Effect.map(
            Credentials.make({ ...credentials, accessToken: Redacted.make("test-secret-0"), expiresIn: "30 minutes" }),
            Option.some
          )
      })
      // Not a child of the test, which would wait for it as long as it hangs.
      const fiber = yield* Effect.forkDaemon(call)
      yield* Effect.sleep("4 seconds")
      assert.isTrue(Option.isSome(yield* Fiber.poll(fiber)))
      assert.isTrue(yield* Fiber.join(fiber))
    }))

  check("a store that fails at that moment is asked again", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn())
      const attempts = yield* Ref.make(0)
      const { call } = yield* makeProcess(world, {
        ...store,
        replace: (...args) =>
          Effect.flatMap(Ref.updateAndGet(attempts, (n) => n + 1), (n) =>
            n < 3 ? new TokenStore.TokenStoreError({ reason: "Unavailable", issue: "test" }) : store.replace(...args))
      })
      yield* world.expel
      assert.isTrue(yield* call)
      assert.strictEqual(yield* stored(store), "test-secret-2")
      assert.strictEqual(yield* world.count("refresh"), 1)
    }))

  check("a renewal does not bring back who has logged out meanwhile", () =>
    Effect.gen(function*() {
      const { call, run, store, world } = yield* setup()
      yield* world.expel
      const fiber = yield* Effect.fork(Effect.flip(call))
      yield* Effect.sleep("1 millis")
      yield* run(Effect.flatMap(SessionManager.SessionManager, (manager) => manager.forget(user)))
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "ReauthorizationRequired")
      assert.isUndefined(yield* stored(store))
    }))

  check("a renewal does not overwrite who has signed in again meanwhile", () =>
    Effect.gen(function*() {
      const { call, run, store, world } = yield* setup()
      yield* world.expel
      const fiber = yield* Effect.fork(call)
      yield* Effect.sleep("1 millis")
      yield* Effect.sleep("500 millis")
      const again = yield* Credentials.make({ accessToken: Redacted.make("test-secret-9"), refreshToken })
      yield* run(Effect.flatMap(SessionManager.SessionManager, (manager) => manager.save(user, again)))
      yield* Effect.sleep("500 millis")
      yield* Ref.set(world.good, "test-secret-9")
      assert.isTrue(yield* Fiber.join(fiber))
      assert.strictEqual(yield* stored(store), "test-secret-9")
    }))
})

describe("the end of a session", () => {
  check("nobody has signed in: where to send the user", () =>
    Effect.gen(function*() {
      const { run } = yield* setup()
      const error = yield* Effect.flip(run(Effect.provide(read(), SessionManager.sessionFor("Carol"))))
      assert.isTrue(
        error._tag === "ReauthorizationRequired" && error.user === "Carol" &&
          error.authorizeUrl === "https://backend.test/login?user=Carol"
      )
    }))

  check(
    "OK.ru does not take the refresh token: where to send the user, and the token stays",
    () =>
      Effect.gen(function*() {
        const { call, store, world } = yield* setup({ refresh: () => Effect.succeedNone })
        yield* world.expel
        assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
        assert.strictEqual(yield* stored(store), "test-secret-0")
      })
  )

  check("a refresh token that OK.ru does not take is asked for once", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn(0))
      const counting = {
        ...store,
        lease: (...args: Parameters<typeof store.lease>) => Effect.zipRight(world.note("lease"), store.lease(...args))
      }
      const refresh = () => Effect.as(world.note("refused"), Option.none())
      const processes = yield* Effect.all([
        makeProcess(world, counting, { refresh }),
        makeProcess(world, counting, { refresh })
      ])
      for (const { call } of processes) {
        const errors = yield* Effect.replicateEffect(Effect.flip(call), 20)
        assert.isTrue(errors.every(({ _tag }) => _tag === "ReauthorizationRequired"))
      }
      assert.strictEqual(yield* world.count("refused"), 1)
      assert.strictEqual(yield* world.count("lease"), 1)
      assert.isUndefined(Option.getOrThrow(yield* store.get(key)).refreshToken)
    }))

  check("a session without a refresh token is not refreshed", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup({ refresh: () => Effect.dieMessage("not to be called") })
      yield* store.set(key, yield* Credentials.make({ accessToken: Redacted.make("test-secret-0") }))
      yield* call
      yield* world.expel
      assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
    }))

  check("OK.ru does not answer: unavailable, after the time-out", () =>
    Effect.gen(function*() {
      const { call } = yield* setup({ expiresIn: 0, refresh: () => Effect.never })
      const fiber = yield* Effect.fork(Effect.flip(call))
      yield* Effect.sleep("9 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(fiber)))
      yield* Effect.sleep("1 second")
      assert.strictEqual((yield* Fiber.join(fiber))._tag, "OkSessionUnavailable")
    }))

  check("the store fails, or does not answer: unavailable", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      const failing = yield* makeProcess(world, {
        ...store,
        get: () => new TokenStore.TokenStoreError({ reason: "Unreadable", issue: "written with another key" })
      })
      const error = yield* Effect.flip(failing.call)
      assert.isTrue(error._tag === "OkSessionUnavailable" && error.message.includes("written with another key"))
      const silent = yield* makeProcess(world, { ...store, get: () => Effect.never })
      assert.strictEqual((yield* Effect.flip(silent.call))._tag, "OkSessionUnavailable")
    }))

  check("who is interrupted while the store keeps it waiting leaves nobody waiting", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      const asked = yield* Deferred.make<void>()
      const left = yield* Deferred.make<void>()
      const { call } = yield* makeProcess(world, {
        ...store,
        get: () =>
          Effect.zipRight(Deferred.succeed(asked, undefined), Effect.never).pipe(
            Effect.onInterrupt(() => Deferred.succeed(left, undefined))
          )
      })
      const fiber = yield* Effect.fork(call)
      yield* Deferred.await(asked)
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(fiber)))
      yield* Deferred.await(left)
      // The time-out, too, lets go of the store.
      assert.strictEqual((yield* Effect.flip(call))._tag, "OkSessionUnavailable")
    }))

  check("nothing that fails prints a secret", () =>
    Effect.gen(function*() {
      const { call, world } = yield* setup({
        refresh: () => Effect.fail(new OkSessionUnavailable({ issue: "no connection" }))
      })
      yield* world.expel
      const exit = yield* Effect.exit(call)
      assert.isTrue(Exit.isFailure(exit))
      assert.notInclude(`${JSON.stringify(exit)}${Exit.isFailure(exit) && Cause.pretty(exit.cause)}`, "test-secret")
    }))
})

const long = (expiresIn?: Duration.DurationInput) =>
  Credentials.make({
    accessToken: Redacted.make("test-secret-0"),
    permissionsGranted: ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"],
    expiresIn
  })

describe("a caller that cannot be interrupted", () => {
  // Not a child of the test, which would wait for it as long as it hangs.
  const forked = <A, E>(call: Effect.Effect<A, E>) => Effect.forkDaemon(Effect.uninterruptible(Effect.flip(call)))
  const tagOf = <E extends { readonly _tag: string }, E2>(fiber: Fiber.Fiber<E, E2>) =>
    Effect.map(
      Fiber.poll(fiber),
      Option.match({
        onNone: () => "waits",
        onSome: Exit.match({ onFailure: () => "went well", onSuccess: ({ _tag }) => _tag })
      })
    )

  check(
    "does not wait longer than others for a renewal, nor do those that come after it",
    () =>
      Effect.gen(function*() {
        const { call } = yield* setup({ expiresIn: 0, refresh: () => Effect.never })
        const first = yield* forked(call)
        const second = yield* forked(call)
        yield* Effect.sleep("9 seconds")
        assert.strictEqual(yield* tagOf(first), "waits")
        yield* Effect.sleep("2 seconds")
        assert.strictEqual(yield* tagOf(first), "OkSessionUnavailable")
        assert.strictEqual(yield* tagOf(second), "OkSessionUnavailable")
      })
  )

  check("does not wait longer than others for the store", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      const { call } = yield* makeProcess(world, { ...store, get: () => Effect.never })
      const fiber = yield* forked(call)
      yield* Effect.sleep("2 seconds")
      assert.strictEqual(yield* tagOf(fiber), "waits")
      yield* Effect.sleep("2 seconds")
      assert.strictEqual(yield* tagOf(fiber), "OkSessionUnavailable")
    }))

  check("does not wait longer than others for another process", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn(0))
      const { call } = yield* makeProcess(world, { ...store, lease: () => Effect.succeed(false) })
      const fiber = yield* forked(call)
      yield* Effect.sleep("61 seconds")
      assert.strictEqual(yield* tagOf(fiber), "OkSessionUnavailable")
    }))
})

describe("long tokens", () => {
  check("are touched once a day, and live on as long as they are used", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup({ refresh: () => Effect.dieMessage("not to be called") })
      yield* store.set(key, yield* long("30 days"))
      for (let day = 1; day <= 100; day++) {
        yield* Effect.sleep("24 hours")
        yield* Effect.replicateEffect(call, 10)
        assert.strictEqual(yield* world.count("auth.touchSession"), day)
      }
    }))

  check("are touched at once where OK.ru did not say when they end", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup()
      yield* store.set(key, yield* long())
      yield* Effect.replicateEffect(call, 10)
      assert.strictEqual(yield* world.count("auth.touchSession"), 1)
      const { expiresAt } = Option.getOrThrow(yield* store.get(key))
      const now = yield* DateTime.now
      assert.strictEqual(expiresAt && DateTime.distance(now, expiresAt), Duration.toMillis("30 days"))
    }))

  check("take no place among the calls at a time: the call that waits for them has one", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup()
      const policy = yield* Layer.build(OkPolicy.layerConcurrency(1))
      // The policy where the call is made, and where the manager was built as well.
      const inside = yield* Effect.provide(makeProcess(world, store), policy)
      for (const each of [call, inside.call]) {
        yield* store.set(key, yield* long("5 days"))
        const [took] = yield* Effect.timed(Effect.provide(each, policy))
        assert.isBelow(Duration.toMillis(took), 1000)
      }
      assert.strictEqual(yield* world.count("auth.touchSession"), 2)
    }))

  check("that OK.ru has ended need the user", () =>
    Effect.gen(function*() {
      const { call, store, world } = yield* setup()
      yield* store.set(key, yield* long("30 days"))
      yield* world.expel
      assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
      assert.deepStrictEqual(yield* Ref.get(world.log), ["test.read refused"])
    }))

  check("are touched again an hour after a touch that failed, and a new one at once", () =>
    Effect.gen(function*() {
      for (const body of ["false", `{"error_code":10,"error_msg":"PERMISSION_DENIED : no"}`]) {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        yield* store.set(key, yield* long("28 days"))
        const { call } = yield* makeProcess({
          ...world,
          send: (request) =>
            request.method === "auth.touchSession"
              ? Effect.as(world.note("touch"), { status: 200, body, invocationError: undefined })
              : Effect.succeed({ status: 200, body: "true", invocationError: undefined })
        }, store)
        yield* Effect.replicateEffect(Effect.zipRight(call, Effect.sleep("10 seconds")), 360)
        assert.strictEqual(yield* world.count("touch"), 1)
        yield* call
        assert.strictEqual(yield* world.count("touch"), 2)
        yield* Effect.sleep("11 seconds")
        yield* store.set(key, { ...(yield* long("28 days")), accessToken: Redacted.make("test-secret-1") })
        yield* call
        assert.strictEqual(yield* world.count("touch"), 3)
      }
    }))

  check(
    "that OK.ru has ended are refreshed where they can be, before a call is made with them",
    () =>
      Effect.gen(function*() {
        const { call, store, world } = yield* setup()
        yield* store.set(key, { ...(yield* long("1 day")), refreshToken })
        yield* world.expel
        assert.isTrue(yield* call)
        assert.deepStrictEqual(yield* Ref.get(world.log), ["auth.touchSession refused", "refresh", "test.read"])
      })
  )

  check("do not wait for a touch that fails", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* long("1 day"))
      const { call } = yield* makeProcess({
        ...world,
        send: (request) =>
          request.method === "auth.touchSession"
            ? Effect.zipRight(
              world.note("touch"),
              Effect.succeed({ status: 200, body: `{"error_code":2}`, invocationError: undefined })
            )
            : world.send(request)
      }, store)
      assert.deepStrictEqual(yield* Effect.replicateEffect(call, 10), Array.from({ length: 10 }, () => true))
      assert.strictEqual(yield* world.count("touch"), 1)
    }))
})

describe("a renewal ahead that fails", () => {
  check("is not the answer to a call whose session is over", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* long("1 day"))
      const { call, run } = yield* makeProcess({
        ...world,
        send: (request) =>
          request.method === "auth.touchSession"
            ? Effect.as(Effect.sleep("1 second"), { status: 200, body: "false", invocationError: undefined })
            : world.send(request)
      }, store)
      yield* store.set(key, { ...(yield* long("1 day")), refreshToken })
      const ahead = yield* Effect.fork(call)
      yield* Effect.sleep("100 millis")
      const session = yield* run(Effect.map(SessionManager.SessionManager, (manager) => manager.session(user)))
      assert.isTrue(yield* session.renew(Credentials.toSession(yield* long("1 day"))))
      assert.strictEqual(yield* world.count("refresh"), 1)
      yield* Fiber.await(ahead)
    }))
})

describe("the spans of a renewal", () => {
  check("belong to the call that needs it, not to where the layer was built", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn("30 minutes"))
      const parents = yield* Ref.make<ReadonlyArray<string>>([])
      const { call } = yield* Effect.withSpan(
        makeProcess(world, store, {
          refresh: (credentials) =>
            Effect.zipRight(
              Effect.orDie(
                Effect.flatMap(Effect.currentSpan, (span) => Ref.update(parents, (names) => [...names, span.name]))
              ),
              world.refresh(credentials)
            )
        }),
        "startup"
      )
      yield* world.expel
      yield* Effect.withSpan(call, "request")
      assert.deepStrictEqual(yield* Ref.get(parents), ["ok test.read"])
    }).pipe(Effect.orDie))
})

describe("sessionFor", () => {
  check("serverSessionFor can call what only the application may", () =>
    Effect.gen(function*() {
      const { run, world } = yield* setup()
      yield* run(Effect.provide(Effect.all([read(), byApplication()]), SessionManager.serverSessionFor(user)))
      assert.deepStrictEqual(yield* Ref.get(world.log), ["test.read", "test.byApplication"])
    }))

  check("serverSessionFor needs the application's secret key", () =>
    Effect.gen(function*() {
      const { run } = yield* setup()
      const error = yield* run(
        byApplication().pipe(
          Effect.provide(SessionManager.serverSessionFor(user)),
          Effect.provide(OkConfig.layer({ applicationId: "1", applicationKey: "TEST-APPLICATION-KEY" })),
          Effect.flip
        )
      )
      assert.strictEqual(error._tag, "OkSigningError")
    }))

  check("what a grant gave is kept, found and forgotten", () =>
    Effect.gen(function*() {
      const { run, store } = yield* setup()
      yield* run(Effect.gen(function*() {
        const manager = yield* SessionManager.SessionManager
        yield* manager.save("Carol", yield* signedIn())
        assert.isTrue(Option.isSome(yield* manager.find("Carol")))
        assert.isTrue(Option.isSome(yield* store.get({ ...key, user: "Carol" })))
        yield* manager.forget("Carol")
        assert.isTrue(Option.isNone(yield* manager.find("Carol")))
      }))
    }))

  check("users who were renewed once leave nothing behind", () =>
    Effect.gen(function*() {
      setFlagsFromString("--expose-gc")
      const gc: () => void = runInNewContext("gc")
      const heap = Effect.sync(() => {
        gc()
        return process.memoryUsage().heapUsed
      })
      const { run } = yield* Effect.flatMap(makeWorld, (world) => {
        const expired = Credentials.make({ accessToken: Redacted.make("test-secret-0"), refreshToken, expiresIn: 0 })
        // A store without a memory of its own.
        return makeProcess({
          ...world,
          send: () => Effect.succeed({ status: 200, body: "1", invocationError: undefined })
        }, {
          get: () => Effect.asSome(expired),
          set: () => Effect.void,
          replace: () => Effect.succeed(true),
          remove: () => Effect.void,
          lease: () => Effect.succeed(true)
        }, {
          refresh: () =>
            Effect.flatMap(Credentials.make({ accessToken: Redacted.make("test-secret-1") }), Effect.succeedSome)
        })
      })
      const renew = (from: number, to: number) =>
        Effect.gen(function*() {
          for (let at = from; at < to; at++) {
            yield* run(Effect.provide(read(), SessionManager.sessionFor(`user-${at}`)))
          }
          yield* Effect.sleep("11 seconds")
        })
      // Until V8 has compiled what it will.
      yield* renew(0, 2000)
      const before = yield* heap
      yield* renew(2000, 3500)
      const after = yield* heap
      assert.isBelow(after - before, 500_000)
    }))
})

describe("the cost of a call with a token that is good", () => {
  /** How much a call does: what the store is asked, the fibers it starts, and the steps of them all. */
  const costAmong = (users: number) =>
    Effect.gen(function*() {
      const asked: Array<string> = []
      const count = <A, E, R>(name: string, effect: Effect.Effect<A, E, R>) =>
        Effect.zipRight(Effect.sync(() => asked.push(name)), effect)
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      const { call } = yield* makeProcess(world, {
        get: (key) => count("get", store.get(key)),
        set: (...args) => count("set", store.set(...args)),
        replace: (...args) => count("replace", store.replace(...args)),
        remove: (key) => count("remove", store.remove(key)),
        lease: (...args) => count("lease", store.lease(...args))
      })
      const credentials = yield* signedIn("30 minutes")
      yield* Effect.forEach(
        Array.from({ length: users }, (_, index) => index === 0 ? user : `user-${index}`),
        (user) => store.set({ ...key, user }, credentials),
        { discard: true }
      )
      yield* call
      asked.length = 0
      const work = new Work()
      yield* call.pipe(
        Effect.withRuntimeFlagsPatch(RuntimeFlagsPatch.enable(RuntimeFlags.OpSupervision)),
        Effect.supervised(work)
      )
      return { asked: [...asked], fibers: work.fibers, steps: work.steps }
    })

  class Work extends Supervisor.AbstractSupervisor<void> {
    readonly value = Effect.void
    fibers = 0
    steps = 0
    override onStart() {
      this.fibers++
    }
    override onEffect() {
      this.steps++
    }
  }

  check("is one read of the store, and the same among 10,000 users", () =>
    Effect.gen(function*() {
      const alone = yield* costAmong(1)
      assert.deepStrictEqual(alone.asked, ["get"])
      assert.isAbove(alone.steps, 0)
      assert.deepStrictEqual(yield* costAmong(10_000), alone)
    }))

  check("starts no timer for a store that answers at once", () =>
    Effect.gen(function*() {
      const { call } = yield* setup({ expiresIn: "30 minutes" })
      const clock = yield* Effect.clock
      const slept: Array<Duration.Duration> = []
      yield* Effect.withClock(call, {
        ...clock,
        sleep: (duration) => Effect.zipRight(Effect.sync(() => slept.push(duration)), clock.sleep(duration))
      })
      assert.lengthOf(slept, 0)
    }))
})

describe("layer", () => {
  check(
    "refreshes by the refresh token grant, straight through the HttpClient, and keeps what OK.ru does not repeat",
    () =>
      Effect.gen(function*() {
        const world = yield* makeWorld
        const store = yield* TokenStore.makeMemory
        const permissionsGranted = ["VALUABLE_ACCESS"]
        yield* store.set(key, { ...(yield* signedIn()), permissionsGranted })
        const http = fake(() => json({ access_token: "test-secret-1", token_type: "session", expires_in: "1800" }))
        yield* world.expel
        const answer = yield* read().pipe(
          Effect.provide(SessionManager.sessionFor(user)),
          Effect.provide(
            SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://backend.test/login") }).pipe(
              Layer.provideMerge(OkClient.layer()),
              Layer.provide([
                Signature.layer,
                OkTransport.layer({ send: world.send }),
                TokenStore.layer(store),
                http.layer
              ]),
              Layer.provideMerge(Config)
            )
          )
        )
        assert.isTrue(answer)
        assert.deepStrictEqual(http.seen.map(({ form, url, verb }) => ({ form, url: url.href, verb })), [{
          verb: "POST",
          url: "https://api.ok.ru/oauth/token.do",
          form: {
            client_id: "1",
            client_secret: "test-secret-application",
            grant_type: "refresh_token",
            refresh_token: "test-secret-refresh"
          }
        }])
        const kept = Option.getOrThrow(yield* store.get(key))
        assert.strictEqual(kept.refreshToken && Redacted.value(kept.refreshToken), "test-secret-refresh")
        assert.deepStrictEqual(kept.permissionsGranted, permissionsGranted)
      })
  )

  check("OK.ru's word that the refresh token is over sends the user to sign in", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn(0))
      const http = fake(() => json({ error: "invalid_token", error_description: "Invalid refresh token" }, 400))
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) => Effect.provide(RefreshToken.renew(credentials), [http.layer, Config])
      })
      assert.strictEqual((yield* Effect.flip(call))._tag, "ReauthorizationRequired")
    }))
})

describe("retries of the caller", () => {
  check("go through when the endpoint is back", () =>
    Effect.gen(function*() {
      const world = yield* makeWorld
      const store = yield* TokenStore.makeMemory
      yield* store.set(key, yield* signedIn(0))
      const attempts = yield* Ref.make(0)
      const { call } = yield* makeProcess(world, store, {
        refresh: (credentials) =>
          Effect.flatMap(Ref.updateAndGet(attempts, (n) => n + 1), (n) =>
            n < 3 ? new OkSessionUnavailable({ issue: "down" }) : world.refresh(credentials))
      })
      assert.isTrue(yield* Effect.retry(call, Schedule.spaced("1 second")))
      assert.strictEqual(yield* Ref.get(attempts), 3)
    }))
})
