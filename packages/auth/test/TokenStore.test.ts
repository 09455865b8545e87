import * as Cipher from "@effect-okru/auth/Cipher"
import type { Credentials } from "@effect-okru/auth/Credentials"
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import { sharedTokenStoreLaws, tokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import * as PlatformError from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Path from "@effect/platform/Path"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as NodeFs from "node:fs/promises"
import * as NodeOs from "node:os"
import * as NodePath from "node:path"
import { settableClock, withSimulatedClock } from "./simulatedClock.js"

const key: TokenStore.Key = { applicationId: "1", apiUrl: "https://api.ok.ru", user: "Bob" }

const token = (text: string): Credentials => ({ accessToken: Redacted.make(text), permissionsGranted: [] })

const found = (store: TokenStore.Service) =>
  Effect.map(
    store.get(key),
    (found) => Option.getOrUndefined(Option.map(found, ({ accessToken }) => Redacted.value(accessToken)))
  )

const Encrypted = Cipher.layerAesGcm({ id: "test", secret: Redacted.make(Buffer.alloc(32, 7).toString("base64")) })

const systemError = (method: string) => (error: unknown) =>
  new PlatformError.SystemError({
    module: "FileSystem",
    method,
    reason: (error as NodeJS.ErrnoException).code === "ENOENT" ? "NotFound" : "Unknown",
    description: "test"
  })

const attempt = <A>(method: string, f: (signal: AbortSignal) => Promise<A>) =>
  Effect.tryPromise({ try: f, catch: systemError(method) })

const Files = FileSystem.layerNoop({
  exists: (path) =>
    Effect.map(Effect.either(attempt("exists", () => NodeFs.access(path))), (either) => either._tag === "Right"),
  makeDirectory: (path) => Effect.asVoid(attempt("makeDirectory", () => NodeFs.mkdir(path, { recursive: true }))),
  readFileString: (path) => attempt("readFileString", (signal) => NodeFs.readFile(path, { encoding: "utf8", signal })),
  writeFileString: (path, text) => attempt("writeFileString", (signal) => NodeFs.writeFile(path, text, { signal })),
  remove: (path) => attempt("remove", () => NodeFs.rm(path))
})

const temporaryDirectory = Effect.acquireRelease(
  Effect.promise(() => NodeFs.mkdtemp(NodePath.join(NodeOs.tmpdir(), "effect-okru-"))),
  (path) => Effect.promise(() => NodeFs.rm(path, { recursive: true }))
)

const FileStore = Layer.unwrapScoped(Effect.map(temporaryDirectory, KeyValueStore.layerFileSystem)).pipe(
  Layer.provide([Files, Path.layer]),
  Layer.orDie
)

/** Nothing but a map, seen from outside. */
const memoryTexts = Effect.map(Ref.make<Record<string, string>>({}), (ref) => ({
  ref,
  texts: {
    get: (name) => Effect.map(Ref.get(ref), (all) => Option.fromNullable(all[name])),
    set: (name, text) => Ref.update(ref, (all) => ({ ...all, [name]: text })),
    remove: (name) =>
      Ref.update(ref, (all) => Object.fromEntries(Object.entries(all).filter(([each]) => each !== name)))
  } satisfies TokenStore.Texts
}))

const plain = Effect.provide(Cipher.layerPlain)

describe("laws", () => {
  const layers: ReadonlyArray<readonly [name: string, layer: Layer.Layer<TokenStore.TokenStore>]> = [
    ["memory", TokenStore.layerMemory],
    [
      "KeyValueStore in memory",
      TokenStore.layerKeyValueStore().pipe(Layer.provide([KeyValueStore.layerMemory, Cipher.layerPlain]))
    ],
    [
      "KeyValueStore in memory, encrypted",
      TokenStore.layerKeyValueStore().pipe(Layer.provide([KeyValueStore.layerMemory, Layer.orDie(Encrypted)]))
    ]
  ]
  describe.each(layers)("%s", (_, layer) => {
    for (const law of tokenStoreLaws) {
      it.effect(law.name, () => withSimulatedClock(Effect.provide(law.check, layer)))
    }
  })
  describe.concurrent("KeyValueStore in files", () => {
    const layer = TokenStore.layerKeyValueStore().pipe(Layer.provide([FileStore, Cipher.layerPlain]))
    for (const law of tokenStoreLaws) {
      // Files take real time, and a lease measures it.
      it.live(law.name, () => Effect.provide(law.check, layer))
    }
  })

  describe("KeyValueStore in memory, of two processes", () => {
    for (const law of sharedTokenStoreLaws) {
      it.effect(law.name, () =>
        Effect.gen(function*() {
          const { texts } = yield* memoryTexts
          yield* law.check(yield* TokenStore.makeTexts(texts), yield* TokenStore.makeTexts(texts))
        }).pipe(plain, withSimulatedClock))
    }
  })
})

describe("name", () => {
  it("does not depend on case", () => {
    const names = ["bob", "Bob", "BOB", "b_o", "B_O"].map((user) => TokenStore.name({ ...key, user }).toLowerCase())
    assert.strictEqual(new Set(names).size, names.length)
  })

  it.prop(
    "different keys have different names, also without regard to case",
    [FastCheck.string(), FastCheck.string()],
    ([a, b]) => {
      const same = TokenStore.name({ ...key, user: a }).toUpperCase() ===
        TokenStore.name({ ...key, user: b }).toUpperCase()
      return same === (a === b)
    }
  )

  it.prop("the parts of a key do not run into each other", [FastCheck.string(), FastCheck.string()], ([a, b]) => {
    const one = TokenStore.name({ applicationId: `${a}:`, apiUrl: "", user: b })
    const other = TokenStore.name({ applicationId: a, apiUrl: "", user: `:${b}` })
    return one !== other
  })

  it("is a file name on every system", () => {
    assert.match(TokenStore.name({ ...key, user: "../Ж\u0000 con" }), /^[a-z0-9_:-]+$/)
  })
})

describe("makeTexts", () => {
  it.effect("reads what another process has written", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const [one, other] = yield* Effect.all([TokenStore.makeTexts(texts), TokenStore.makeTexts(texts)])
      yield* one.set(key, token("test-1"))
      assert.strictEqual(yield* found(other), "test-1")
      assert.isTrue(yield* other.replace(key, token("test-1"), token("test-2")))
      assert.isFalse(yield* one.replace(key, token("test-1"), token("test-3")))
      assert.strictEqual(yield* found(one), "test-2")
    }).pipe(plain))

  it.effect("a process that dies at any moment of a write loses nothing", () =>
    Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      for (let crashAt = 0; crashAt < 4; crashAt++) {
        for (const torn of [0, 1, 20]) {
          yield* Ref.set(ref, {})
          const store = yield* TokenStore.makeTexts(texts)
          yield* store.set(key, token("test-1"))
          // Two renewals in a row, of which the process survives only some writes; the next one is torn.
          const writes = yield* Ref.make(0)
          const dying = yield* TokenStore.makeTexts({
            ...texts,
            set: (name, text) =>
              Effect.flatMap(Ref.getAndUpdate(writes, (n) => n + 1), (n) =>
                n < crashAt
                  ? texts.set(name, text)
                  : n === crashAt
                  ? Effect.zipRight(texts.set(name, text.slice(0, torn)), Effect.interrupt)
                  : Effect.interrupt)
          })
          yield* Effect.exit(Effect.zipRight(dying.set(key, token("test-2")), dying.set(key, token("test-3"))))
          const survived = yield* found(store)
          assert.include(["test-1", "test-2", "test-3"].slice(crashAt < 2 ? 0 : 1), survived)
          // And the next process can write again, and die again.
          const again = yield* TokenStore.makeTexts({
            ...texts,
            set: (name, text) => Effect.zipRight(texts.set(name, text.slice(0, torn)), Effect.interrupt)
          })
          yield* Effect.exit(again.set(key, token("test-4")))
          assert.strictEqual(yield* found(store), survived)
          yield* store.set(key, token("test-5"))
          assert.strictEqual(yield* found(store), "test-5")
        }
      }
    }).pipe(plain))

  it.effect("what is removed leaves nothing behind", () =>
    Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      yield* store.set(key, token("test-1"))
      yield* store.set(key, token("test-2"))
      yield* store.remove(key)
      assert.deepStrictEqual(yield* Ref.get(ref), {})
    }).pipe(plain))

  it.effect("what cannot be read is a failure that quotes nothing", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts({
        ...texts,
        get: () => Effect.succeedSome(`{"accessToken":"test-secret-text"`)
      })
      const error = yield* Effect.flip(store.get(key))
      assert.strictEqual(error.reason, "Unreadable")
      assert.notInclude(`${error.message} ${JSON.stringify(error)}`, "test-secret-text")
    }).pipe(plain))

  it.effect("encrypted, nothing is in clear, and an entry does not open at another place", () =>
    Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      yield* store.set(key, { ...token("test-secret-text"), refreshToken: Redacted.make("test-secret-refresh") })
      const all = yield* Ref.get(ref)
      assert.notInclude(JSON.stringify(all), "test-secret")
      const other = { ...key, user: "Mallory" }
      yield* texts.set(TokenStore.name(other), all[TokenStore.name(key)] ?? "")
      assert.strictEqual((yield* Effect.flip(store.get(other))).reason, "Unreadable")
    }).pipe(Effect.provide(Encrypted)))
})

describe("leases between processes", () => {
  it.effect("one of two that ask at the same time has it", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const stores = yield* Effect.all([TokenStore.makeTexts(texts), TokenStore.makeTexts(texts)])
      const fiber = yield* Effect.fork(Effect.scoped(
        Effect.forEach(stores, (store) => store.lease(key, "1 minute"), { concurrency: "unbounded" })
      ))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual((yield* Fiber.join(fiber)).filter((has) => has).length, 1)
    }).pipe(plain))

  it.effect("one that writes a little later than another has been heard of by it", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const writing = (delay: Duration.DurationInput): TokenStore.Texts => ({
        ...texts,
        set: (name, text) => Effect.delay(texts.set(name, text), delay)
      })
      const stores = yield* Effect.forEach(
        ["10 millis", "150 millis"] as const,
        (delay) => TokenStore.makeTexts(writing(delay))
      )
      const granted = yield* Effect.scoped(
        Effect.forEach(stores, (store) => store.lease(key, "1 minute"), { concurrency: "unbounded" })
      )
      assert.deepStrictEqual(granted, [false, true])
    })).pipe(plain))

  it.effect("one that writes late does not get it, whatever stands in the store, and keeps nobody from it", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      const quick = yield* TokenStore.makeTexts(texts)
      // It has found the lease free, and writes when the other one has it already.
      const slow = yield* TokenStore.makeTexts({
        ...texts,
        set: (name, text) => Effect.delay(texts.set(name, text), "900 millis")
      })
      const late = yield* Effect.fork(Effect.either(Effect.scoped(slow.lease(key, "1 minute"))))
      const first = yield* Effect.fork(
        Effect.scoped(Effect.zipLeft(quick.lease(key, "1 minute"), Effect.sleep("500 millis")))
      )
      const outcome = yield* Fiber.join(late)
      assert.isTrue(outcome._tag === "Left" && outcome.left.reason === "TooSlow")
      assert.isTrue(yield* Fiber.join(first))
      assert.deepStrictEqual(yield* Ref.get(ref), {})
      assert.isTrue(yield* Effect.scoped(quick.lease(key, "1 minute")))
    })).pipe(plain))

  it.effect("a store that is slow for once grants it nevertheless", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      for (const slowWrites of [1, 2, 3]) {
        const writes = yield* Ref.make(0)
        const store = yield* TokenStore.makeTexts({
          ...texts,
          set: (name, text) =>
            Effect.flatMap(Ref.updateAndGet(writes, (n) => n + 1), (n) =>
              Effect.delay(texts.set(name, text), n <= slowWrites ? "210 millis" : 0))
        })
        const granted = yield* Effect.either(Effect.scoped(store.lease(key, "1 minute")))
        assert.strictEqual(granted._tag === "Right" ? granted.right : granted.left.reason, slowWrites < 3 || "TooSlow")
        assert.deepStrictEqual(yield* Ref.get(ref), {})
      }
    })).pipe(plain))

  it.effect("one that is over by the time that it is settled is granted to nobody", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      yield* Effect.scoped(Effect.gen(function*() {
        assert.isFalse(yield* store.lease(key, "200 millis"))
        assert.isTrue(yield* store.lease(key, "201 millis"))
      }))
    })).pipe(plain))

  it.effect("cannot do without a time to settle", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const exit = yield* Effect.exit(TokenStore.makeTexts(texts, { settle: 0 }))
      assert.isTrue(Exit.isFailure(exit) && Cause.isDie(exit.cause))
    }).pipe(plain))

  it.effect("one of a process that died before the clock was set back is taken over", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      const { clock, setBack } = yield* settableClock
      yield* Effect.withClock(
        Effect.gen(function*() {
          const died = yield* Scope.make()
          assert.isTrue(yield* Scope.extend(store.lease(key, "30 seconds"), died))
          // As far as the clocks of two machines may be apart.
          yield* setBack("10 seconds")
          assert.isFalse(yield* Effect.scoped(store.lease(key, "1 second")))
          yield* setBack("1 hour")
          assert.isTrue(yield* Effect.scoped(store.lease(key, "1 second")))
        }),
        clock
      )
    })).pipe(plain))

  it.effect("one that was too slow and is interrupted does not take it from the other", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const quick = yield* TokenStore.makeTexts(texts)
      // A command on a socket: it cannot be called back, and is answered late.
      const slow = yield* TokenStore.makeTexts({
        ...texts,
        set: (name, text) =>
          Effect.zipRight(
            Effect.forkDaemon(Effect.delay(texts.set(name, text), "1 second")),
            Effect.sleep("5 seconds")
          )
      })
      const late = yield* Effect.fork(Effect.scoped(slow.lease(key, "1 minute")))
      const first = yield* Effect.fork(
        Effect.scoped(Effect.zipLeft(quick.lease(key, "1 minute"), Effect.sleep("10 seconds")))
      )
      yield* TestClock.adjust("3 seconds")
      yield* Fiber.interrupt(late)
      const third = yield* Effect.fork(Effect.scoped(quick.lease(key, "1 minute")))
      yield* TestClock.adjust("1 second")
      assert.isFalse(yield* Fiber.join(third))
      yield* TestClock.adjust("10 seconds")
      assert.isTrue(yield* Fiber.join(first))
    }).pipe(plain))

  it.effect("a half-written lease of a process that died is taken over", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      yield* texts.set(`${TokenStore.name(key)}:lease`, `{"holder":"ab`)
      const fiber = yield* Effect.fork(Effect.scoped(store.lease(key, "1 minute")))
      yield* TestClock.adjust("1 second")
      assert.isTrue(yield* Fiber.join(fiber))
    }).pipe(plain))

  it.effect("a half-written lease of a process that is still writing it is not taken over", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const other = yield* TokenStore.makeTexts({
        ...texts,
        set: (name, text) => Effect.delay(texts.set(name, text), "150 millis")
      })
      // A file, for a moment.
      const writing = yield* TokenStore.makeTexts({
        ...texts,
        set: (name, text) =>
          Effect.zipRight(texts.set(name, text.slice(0, 10)), Effect.delay(texts.set(name, text), "100 millis"))
      })
      yield* Effect.scoped(Effect.gen(function*() {
        const first = yield* Effect.forkScoped(writing.lease(key, "1 minute"))
        yield* Effect.sleep("1 millis")
        assert.isFalse(yield* other.lease(key, "1 minute"))
        assert.isTrue(yield* Fiber.join(first))
      }))
    })).pipe(plain))

  it.effect("a store that hangs when it is given back does not hang its holder", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts({ ...texts, remove: () => Effect.never })
      const done = yield* Effect.fork(Effect.scoped(store.lease(key, "1 minute")))
      yield* Effect.sleep("1 second")
      assert.isTrue(Option.isSome(yield* Fiber.poll(done)))
      const interrupted = yield* Effect.fork(Effect.scoped(store.lease({ ...key, user: "Carol" }, "1 minute")))
      yield* Effect.sleep("1 millis")
      const [took] = yield* Effect.timed(Fiber.interrupt(interrupted))
      assert.isAtMost(Duration.toMillis(took), 200)
    })).pipe(plain))

  it.effect("one that is nearly over is left to end by itself: somebody else may have it by then", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const quick = yield* TokenStore.makeTexts(texts)
      const slow = yield* TokenStore.makeTexts({
        ...texts,
        remove: (name) => Effect.delay(texts.remove(name), "150 millis")
      })
      const late = yield* Scope.make()
      assert.isTrue(yield* Scope.extend(slow.lease(key, "1 second"), late))
      yield* Effect.sleep("750 millis")
      const closing = yield* Effect.fork(Scope.close(late, Exit.void))
      yield* Effect.sleep("60 millis")
      yield* Effect.scoped(Effect.gen(function*() {
        assert.isTrue(yield* quick.lease(key, "1 minute"))
        yield* Fiber.join(closing)
        assert.isFalse(yield* Effect.scoped(quick.lease(key, "1 minute")))
      }))
    })).pipe(plain))

  it.effect("an interrupted request for a lease leaves none", () =>
    Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      const fiber = yield* Effect.fork(Effect.scoped(store.lease(key, "1 minute")))
      yield* TestClock.adjust("1 millis")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(yield* Ref.get(ref), {})
    }).pipe(plain))

  it.effect("one that was written and then failed leaves none", () =>
    withSimulatedClock(Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const reads = yield* Ref.make(0)
      const store = yield* TokenStore.makeTexts({
        ...texts,
        get: (name) =>
          Effect.flatMap(Ref.updateAndGet(reads, (count) => count + 1), (count) =>
            count === 2
              ? Effect.fail(new TokenStore.TokenStoreError({ reason: "Unavailable", issue: "for once" }))
              : texts.get(name))
      })
      const error = yield* Effect.flip(Effect.scoped(store.lease(key, "1 minute")))
      assert.strictEqual(error.reason, "Unavailable")
      assert.isTrue(yield* Effect.scoped(store.lease(key, "1 minute")))
    })).pipe(plain))

  it.effect("one is granted at any fraction of a millisecond", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts)
      for (let step = 0; step < 20; step++) {
        yield* TestClock.adjust(Duration.millis(187.348213))
        const fiber = yield* Effect.fork(Effect.scoped(store.lease(key, "1 minute")))
        yield* TestClock.adjust("200 millis")
        assert.isTrue(yield* Fiber.join(fiber))
      }
    }).pipe(plain))

  it.effect("its holder's name comes from the secure source", () =>
    Effect.gen(function*() {
      const { ref, texts } = yield* memoryTexts
      const store = yield* TokenStore.makeTexts(texts).pipe(
        Effect.provide(SecureRandom.layer({ bytes: (count) => Effect.succeed(new Uint8Array(count).fill(0xab)) }))
      )
      const fiber = yield* Effect.fork(Effect.scoped(store.lease(key, "1 minute")))
      yield* TestClock.adjust("1 millis")
      assert.include(JSON.stringify(yield* Ref.get(ref)), "ab".repeat(16))
      yield* Fiber.interrupt(fiber)
    }).pipe(plain))
})

const denied = Effect.fail(
  new PlatformError.SystemError({
    module: "KeyValueStore",
    method: "set",
    reason: "PermissionDenied",
    description: "cannot write test-secret-text"
  })
)

describe("layerKeyValueStore", () => {
  it.effect("a store that fails is a typed failure without its words", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flatMap(TokenStore.TokenStore, (store) => store.get(key)).pipe(
        Effect.provide(TokenStore.layerKeyValueStore()),
        Effect.provideService(
          KeyValueStore.KeyValueStore,
          KeyValueStore.makeStringOnly({
            get: () => denied,
            set: () => denied,
            remove: () => denied,
            clear: Effect.void,
            size: Effect.succeed(0)
          })
        ),
        Effect.flip
      )
      assert.strictEqual(error.message, "the token store: KeyValueStore.set: PermissionDenied")
    }).pipe(plain))

  it.live("files keep the sessions over a restart", () =>
    Effect.gen(function*() {
      const directory = yield* temporaryDirectory
      const process = <A, E>(effect: Effect.Effect<A, E, TokenStore.TokenStore>) =>
        Effect.provide(
          effect,
          TokenStore.layerKeyValueStore().pipe(
            Layer.provide([KeyValueStore.layerFileSystem(directory), Cipher.layerPlain]),
            Layer.provide([Files, Path.layer])
          )
        )
      yield* process(Effect.flatMap(TokenStore.TokenStore, (store) => store.set(key, token("test-1"))))
      assert.strictEqual(yield* process(Effect.flatMap(TokenStore.TokenStore, found)), "test-1")
    }).pipe(Effect.scoped))

  it.effect("writes of one user do not wait for those of another", () =>
    Effect.gen(function*() {
      const { texts } = yield* memoryTexts
      const gate = yield* Deferred.make<void>()
      const store = yield* TokenStore.makeTexts({
        ...texts,
        set: (name, text) =>
          Effect.zipRight(name.includes("slow") ? Deferred.await(gate) : Effect.void, texts.set(name, text))
      })
      const slow = yield* Effect.fork(store.set({ ...key, user: "slow" }, token("test-1")))
      yield* store.set(key, token("test-2"))
      assert.strictEqual(yield* found(store), "test-2")
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(slow)
    }).pipe(plain))
})
