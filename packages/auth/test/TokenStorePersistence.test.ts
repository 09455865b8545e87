import * as Cipher from "@effect-okru/auth/Cipher"
import { tokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import * as PersistentStore from "@effect-okru/auth/TokenStore/Persistence"
import * as Persistence from "@effect/experimental/Persistence"
import { SystemError } from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { withSimulatedClock } from "./simulatedClock.js"

const key: TokenStore.Key = { applicationId: "1", apiUrl: "https://api.ok.ru", user: "Bob" }

const credentials = { accessToken: Redacted.make("test-secret-access"), permissionsGranted: [] }

/** As `KeyValueStore.layerFileSystem` does, it fails to remove what is not there. */
const strict = Layer.map(KeyValueStore.layerMemory, (context) => {
  const store = Context.get(context, KeyValueStore.KeyValueStore)
  return Context.make(KeyValueStore.KeyValueStore, {
    ...store,
    remove: (key) =>
      Effect.flatMap(
        store.has(key),
        (has) =>
          has ? store.remove(key) : new SystemError({ reason: "NotFound", module: "FileSystem", method: "remove" })
      )
  })
})

const backings: ReadonlyArray<readonly [name: string, backing: Layer.Layer<Persistence.BackingPersistence>]> = [
  ["memory", Persistence.layerMemory],
  ["KeyValueStore", Layer.provide(Persistence.layerKeyValueStore, KeyValueStore.layerMemory)],
  ["KeyValueStore of files", Layer.provide(Persistence.layerKeyValueStore, strict)]
]

describe.each(backings)("laws on %s", (_, backing) => {
  const layer = PersistentStore.layer({ timeToLive: "60 days" }).pipe(Layer.provide([backing, Cipher.layerPlain]))
  for (const law of tokenStoreLaws) {
    it.effect(law.name, () => withSimulatedClock(Effect.provide(law.check, layer)))
  }
})

describe("layer", () => {
  const withStore = <A, E>(
    options: PersistentStore.Options,
    f: (store: TokenStore.Service) => Effect.Effect<A, E>
  ) =>
    withSimulatedClock(
      Effect.flatMap(TokenStore.TokenStore, f).pipe(
        Effect.provide(PersistentStore.layer(options)),
        Effect.provide([Persistence.layerMemory, Cipher.layerPlain])
      )
    )

  it.effect("forgets who does not come back, where it is told to", () =>
    withStore({ timeToLive: "60 days" }, (store) =>
      Effect.gen(function*() {
        yield* store.set(key, credentials)
        yield* Effect.sleep("59 days")
        assert.isTrue(Option.isSome(yield* store.get(key)))
        yield* store.set(key, credentials)
        yield* Effect.sleep("59 days")
        assert.isTrue(Option.isSome(yield* store.get(key)))
        yield* Effect.sleep("2 days")
        assert.isTrue(Option.isNone(yield* store.get(key)))
      })))

  it.effect("keeps for ever otherwise", () =>
    withStore({}, (store) =>
      Effect.gen(function*() {
        yield* store.set(key, credentials)
        yield* Effect.sleep("10000 days")
        assert.isTrue(Option.isSome(yield* store.get(key)))
      })))

  it.effect("asks for times to live in whole milliseconds, as Redis takes them, and for none that has no end", () =>
    Effect.gen(function*() {
      const asked = yield* Ref.make<ReadonlyArray<Option.Option<number>>>([])
      const recording = Layer.map(Persistence.layerMemory, (context) => {
        const backing = Context.get(context, Persistence.BackingPersistence)
        return Context.make(Persistence.BackingPersistence, {
          ...backing,
          make: (storeId: string) =>
            Effect.map(backing.make(storeId), (store) => ({
              ...store,
              set: (key: string, value: unknown, timeToLive: Option.Option<Duration.Duration>) =>
                Effect.zipRight(
                  Ref.update(asked, (all) => [...all, Option.map(timeToLive, Duration.toMillis)]),
                  store.set(key, value, timeToLive)
                )
            }))
        })
      })
      yield* withSimulatedClock(
        Effect.gen(function*() {
          const store = yield* TokenStore.TokenStore
          yield* store.set(key, credentials)
          yield* Effect.scoped(store.lease(key, Duration.micros(1_000_500n)))
          yield* Effect.scoped(store.lease({ ...key, user: "Carol" }, Duration.infinity))
        }).pipe(
          Effect.provide(PersistentStore.layer({ timeToLive: Duration.micros(60_000_001n) })),
          Effect.provide([recording, Cipher.layerPlain])
        )
      )
      assert.deepStrictEqual(yield* Ref.get(asked), [
        Option.some(60_001),
        Option.some(60_001),
        Option.some(1001),
        Option.none()
      ])
    }))

  it.effect("reads the spare copy of an entry that was half-written", () =>
    Effect.gen(function*() {
      const values = yield* KeyValueStore.KeyValueStore
      const store = yield* TokenStore.TokenStore
      yield* store.set(key, credentials)
      const entry = `effect-okru${TokenStore.name(key)}`
      assert.isTrue(yield* values.has(entry))
      yield* values.set(entry, `["test`)
      assert.isTrue(Option.isSome(yield* store.get(key)))
      yield* store.set(key, credentials)
    }).pipe(
      Effect.provide(PersistentStore.layer()),
      Effect.provide([Persistence.layerKeyValueStore, Cipher.layerPlain]),
      Effect.provide(KeyValueStore.layerMemory)
    ))

  it.effect("a database that fails is a typed failure without its words", () => {
    const cause = Object.assign(new Error("SET okru test-secret-access"), { code: "ECONNREFUSED" })
    const denied = Effect.fail(Persistence.PersistenceBackingError.make("set", cause))
    const failing = Persistence.BackingPersistence.of({
      [Persistence.BackingPersistenceTypeId]: Persistence.BackingPersistenceTypeId,
      make: () =>
        Effect.succeed({
          get: () => Effect.succeedNone,
          getMany: () => denied,
          set: () => denied,
          setMany: () => denied,
          remove: () => denied,
          clear: denied
        })
    })
    return Effect.gen(function*() {
      const error = yield* Effect.flip(
        Effect.flatMap(TokenStore.TokenStore, (store) => store.set(key, credentials)).pipe(
          Effect.provide(PersistentStore.layer()),
          Effect.provideService(Persistence.BackingPersistence, failing),
          Effect.provide(Cipher.layerPlain)
        )
      )
      assert.strictEqual(error.message, "the token store: set: ECONNREFUSED")
    })
  })
})
