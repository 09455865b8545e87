/**
 * What every `TokenStore` must do, as checks that run in any test runner. Run them on a store of your own.
 *
 * @since 0.1.0
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Equal from "effect/Equal"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import type { Credentials } from "../Credentials.js"
import * as SecureRandom from "../SecureRandom.js"
import * as TokenStore from "../TokenStore.js"

/**
 * A store does not keep a law.
 *
 * @since 0.1.0
 * @category errors
 */
export class LawBroken extends Schema.TaggedError<LawBroken>("@effect-okru/auth/testing/LawBroken")("LawBroken", {
  /** What was to be. */
  expected: Schema.String
}) {
  override get message(): string {
    return `the store does not keep the law: expected ${this.expected}`
  }
}

/**
 * What a store must do, and the check that it does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Law {
  readonly name: string
  /**
   * Works under keys of its own, so that it can be run on a store that holds something, and leaves no entry there. A lease that ran out
   * may stay.
   */
  readonly check: Effect.Effect<void, LawBroken | TokenStore.TokenStoreError, TokenStore.TokenStore>
}

const expect = (holds: boolean, expected: string): Effect.Effect<void, LawBroken> =>
  holds ? Effect.void : new LawBroken({ expected })

const token = (text: string): Credentials => ({ accessToken: Redacted.make(text), permissionsGranted: [] })

const whole: Credentials = {
  accessToken: Redacted.make("test-access-token «Привет» 😀"),
  sessionSecretKey: Redacted.make("test-session-secret-key"),
  refreshToken: Redacted.make("test-refresh-token"),
  expiresAt: DateTime.unsafeMake(1_900_000_000_123),
  permissionsGranted: ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"],
  tokenType: "session",
  state: "test-state"
}

const holds = (found: Option.Option<Credentials>, credentials: Credentials): boolean =>
  Option.exists(found, (found) => Equal.equals(found.accessToken, credentials.accessToken))

const expectWhole = (found: Option.Option<Credentials>, written: Credentials): Effect.Effect<void, LawBroken> =>
  Effect.gen(function*() {
    const credentials = Option.getOrUndefined(found)
    for (
      const name of ["accessToken", "sessionSecretKey", "refreshToken", "expiresAt", "tokenType", "state"] as const
    ) {
      yield* expect(
        Equal.equals(credentials?.[name], written[name]),
        written[name] === undefined ? `no ${name}` : `${name} as it was written`
      )
    }
    yield* expect(
      credentials?.permissionsGranted.join(";") === written.permissionsGranted.join(";"),
      "permissionsGranted as they were written"
    )
  })

const othersThan = (key: TokenStore.Key): ReadonlyArray<TokenStore.Key> => [
  { ...key, applicationId: `${key.applicationId}0` },
  { ...key, apiUrl: "http://127.0.0.1:8080" },
  // Those with accents are alike to a database that compares by collation, and the first two of them by normal form.
  ...["bob", "BOB", "Bob ", "B/ob", "../Bob", "Bob:lease", "Bób", "Bo\u0301b", "Боб", "Беб", "Бёб", ""].map((user) => ({
    ...key,
    user
  }))
]

// Far longer than any store takes over a lease, and still short enough to be waited for.
const shortLease = Duration.seconds(1)
const longLease = Duration.minutes(1)
// When what ends with a short lease has ended, in a store that looks now and then.
const afterShortLease = Duration.millis(1500)
// As long as a `SessionManager` waits for a store.
const storeTimeout = Duration.seconds(3)

const underNewKey = <E>(
  store: TokenStore.Service,
  check: (key: TokenStore.Key) => Effect.Effect<void, E>
): Effect.Effect<void, E> =>
  Effect.gen(function*() {
    const random = yield* SecureRandom.SecureRandom
    const key = {
      applicationId: `test-${Encoding.encodeHex(yield* random.bytes(8))}`,
      apiUrl: "https://api.ok.ru",
      user: "Bob"
    }
    yield* Effect.ensuring(check(key), Effect.ignore(store.remove(key)))
  })

const law = (
  name: string,
  check: (
    store: TokenStore.Service,
    key: TokenStore.Key
  ) => Effect.Effect<void, LawBroken | TokenStore.TokenStoreError>
): Law => ({
  name,
  check: Effect.flatMap(TokenStore.TokenStore, (store) => underNewKey(store, (key) => check(store, key)))
})

/**
 * The laws of one instance of a store. Some take leases, and three wait for a second or two by the `Clock`: under a
 * `TestClock` that has to be adjusted meanwhile. They can run at the same time.
 *
 * What several instances do to each other, {@link sharedTokenStoreLaws} check.
 *
 * @example
 * ```ts
 * import * as TokenStore from "@effect-okru/auth/TokenStore"
 * import { tokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
 * import * as Effect from "effect/Effect"
 *
 * const checks = tokenStoreLaws.map(({ check, name }) => ({
 *   name,
 *   run: () => Effect.runPromise(Effect.provide(check, TokenStore.layerMemory))
 * }))
 * ```
 *
 * @since 0.1.0
 * @category laws
 */
export const tokenStoreLaws: ReadonlyArray<Law> = [
  law(
    "nothing is found under a key that was not written",
    (store, key) => Effect.flatMap(store.get(key), (found) => expect(Option.isNone(found), "nothing"))
  ),

  law("what was written is found whole", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, whole)
      yield* expectWhole(yield* store.get(key), whole)
    })),

  law("what is absent stays absent", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, whole)
      yield* store.set(key, token("test-2"))
      yield* expectWhole(yield* store.get(key), token("test-2"))
    })),

  law("the last one that was written is found", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, token("test-1"))
      yield* store.set(key, token("test-2"))
      yield* expect(holds(yield* store.get(key), token("test-2")), "the second token")
    })),

  law("entries of other applications, addresses and users are apart", (store, key) =>
    Effect.gen(function*() {
      const others = othersThan(key)
      const all = [key, ...others]
      yield* Effect.forEach(all, (each, index) => store.set(each, token(`test-${index}`)), { discard: true })
      yield* Effect.forEach(all, (each, index) =>
        Effect.flatMap(store.get(each), (found) =>
          expect(holds(found, token(`test-${index}`)), `the token of ${JSON.stringify(each)}`)), { discard: true })
      yield* store.remove(key)
      yield* Effect.forEach(others, (each) =>
        Effect.flatMap(store.get(each), (found) =>
          expect(Option.isSome(found), "other entries to stay")), { discard: true })
    }).pipe(
      Effect.ensuring(Effect.forEach(othersThan(key), (each) =>
        Effect.ignore(store.remove(each)), { discard: true }))
    )),

  law("what was removed is not found, and can be removed again", (store, key) =>
    Effect.gen(function*() {
      yield* store.remove(key)
      yield* store.set(key, whole)
      yield* store.remove(key)
      yield* store.remove(key)
      yield* expect(Option.isNone(yield* store.get(key)), "nothing after remove")
    })),

  law("a renewal is written over the tokens it renewed, and over no others", (store, key) =>
    Effect.gen(function*() {
      const [first, second, third] = [token("test-1"), token("test-2"), token("test-3")]
      yield* expect(!(yield* store.replace(key, first, second)), "no renewal of what is not there")
      yield* expect(Option.isNone(yield* store.get(key)), "nothing written by it")
      yield* store.set(key, first)
      yield* expect(yield* store.replace(key, first, second), "the renewal of the first token")
      yield* expect(!(yield* store.replace(key, first, third)), "no second renewal of the first token")
      yield* expect(holds(yield* store.get(key), second), "the second token")
      yield* store.set(key, { ...second, refreshToken: Redacted.make("test-refresh") })
      yield* expect(
        !(yield* store.replace(key, second, third)),
        "no renewal over a new sign-in with the same access token"
      )
      yield* store.remove(key)
      yield* expect(!(yield* store.replace(key, second, third)), "no renewal after a log-out")
      yield* expect(Option.isNone(yield* store.get(key)), "nothing after a log-out")
    })),

  law("a renewal is found whole, and nothing is left of what it replaced", (store, key) =>
    Effect.gen(function*() {
      const fresh = { ...token("test-2"), refreshToken: Redacted.make("test-refresh-2") }
      yield* store.set(key, whole)
      yield* expect(yield* store.replace(key, whole, fresh), "the renewal to be written")
      yield* expectWhole(yield* store.get(key), fresh)
      yield* expect(yield* store.replace(key, fresh, whole), "the next renewal to be written")
      yield* expectWhole(yield* store.get(key), whole)
    })),

  law("a renewal is of both tokens, the refresh token as well", (store, key) =>
    Effect.gen(function*() {
      const { refreshToken: _, ...without } = whole
      const other = { ...whole, refreshToken: Redacted.make("test-refresh-2") }
      yield* store.set(key, whole)
      yield* expect(!(yield* store.replace(key, other, token("test"))), "no renewal over another refresh token")
      yield* expect(
        !(yield* store.replace(key, without, token("test"))),
        "no renewal of a token without a refresh token"
      )
      yield* expectWhole(yield* store.get(key), whole)
      yield* store.set(key, without)
      yield* expect(
        !(yield* store.replace(key, whole, token("test"))),
        "no renewal over a token without a refresh token"
      )
      yield* expectWhole(yield* store.get(key), without)
    })),

  law("of many renewals of one token, one is written", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, token("test"))
      const replaced = yield* Effect.forEach(
        Array.from({ length: 20 }, (_, index) => token(`test-${index}`)),
        (fresh) => Effect.map(store.replace(key, token("test"), fresh), (done) => done ? [fresh] : []),
        { concurrency: "unbounded" }
      )
      const [winner, ...others] = replaced.flat()
      const found = yield* store.get(key)
      yield* expect(
        winner !== undefined && others.length === 0 && holds(found, winner),
        "exactly one of them to be written and found"
      )
    })),

  law("a lease has one holder, until its scope closes", (store, key) =>
    Effect.gen(function*() {
      yield* Effect.scoped(Effect.gen(function*() {
        yield* expect(yield* store.lease(key, longLease), "the lease that is free")
        yield* expect(!(yield* Effect.scoped(store.lease(key, longLease))), "no lease while another holds it")
        yield* expect(!(yield* Effect.scoped(store.lease(key, longLease))), "a refusal to change nothing")
      }))
      yield* expect(yield* Effect.scoped(store.lease(key, longLease)), "the lease that was given back")
    })),

  law(
    "leases of other applications, addresses and users are apart",
    (store, key) =>
      Effect.scoped(Effect.gen(function*() {
        yield* expect(yield* store.lease(key, longLease), "the lease that is free")
        yield* Effect.forEach(othersThan(key), (each) =>
          Effect.flatMap(
            store.lease(each, longLease),
            (granted) => expect(granted, `the lease of ${JSON.stringify(each)}`)
          ), { concurrency: "unbounded", discard: true })
      }))
  ),

  law("who asks for a lease does not wait for its holder", (store, key) =>
    Effect.scoped(Effect.gen(function*() {
      yield* expect(yield* store.lease(key, longLease), "the lease that is free")
      const refused = yield* Effect.scoped(store.lease(key, longLease)).pipe(
        // A store that waits where it cannot be interrupted is told, too.
        Effect.disconnect,
        Effect.timeoutOption(storeTimeout)
      )
      yield* expect(Option.contains(refused, false), `a refusal within ${Duration.format(storeTimeout)}`)
    }))),

  law("a lease lasts", (store, key) =>
    Effect.scoped(Effect.gen(function*() {
      yield* expect(yield* store.lease(key, longLease), "the lease that is free")
      yield* Effect.sleep(afterShortLease)
      yield* expect(!(yield* Effect.scoped(store.lease(key, longLease))), "no lease before the first one ends")
    }))),

  law(
    "a lease that is not given back ends by itself, and does not take the next one with it",
    (store, key) =>
      Effect.scoped(Effect.gen(function*() {
        const late = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
        yield* expect(yield* Scope.extend(store.lease(key, shortLease), late), "the lease that is free")
        yield* Effect.sleep(shortLease)
        yield* expect(yield* store.lease(key, longLease), "the lease that is over")
        yield* Scope.close(late, Exit.void)
        yield* expect(!(yield* Effect.scoped(store.lease(key, longLease))), "no lease while the second one holds it")
      }))
  ),

  law("a lease and an entry do not touch each other", (store, key) =>
    Effect.scoped(Effect.gen(function*() {
      yield* store.set(key, whole)
      yield* expect(yield* store.lease(key, longLease), "the lease that is free")
      yield* expect(holds(yield* store.get(key), whole), "the entry under a lease")
      yield* store.remove(key)
      yield* expect(!(yield* Effect.scoped(store.lease(key, longLease))), "the lease to stay")
    }))),

  law("an entry outlives its leases", (store, key) =>
    Effect.scoped(Effect.gen(function*() {
      yield* store.set(key, whole)
      yield* expect(yield* Effect.scoped(store.lease(key, longLease)), "the lease that is free")
      yield* expectWhole(yield* store.get(key), whole)
      yield* expect(yield* store.lease(key, shortLease), "the lease that was given back")
      yield* Effect.sleep(afterShortLease)
      yield* expectWhole(yield* store.get(key), whole)
    }))),

  law("a lease makes no entry, and writing one does not end it", (store, key) =>
    Effect.scoped(Effect.gen(function*() {
      const expectHeld = (after: string) =>
        Effect.flatMap(Effect.scoped(store.lease(key, longLease)), (granted) =>
          expect(!granted, `the lease to stay ${after}`))
      yield* expect(yield* store.lease(key, longLease), "the lease that is free")
      yield* expect(Option.isNone(yield* store.get(key)), "no entry where there is a lease alone")
      yield* expect(!(yield* store.replace(key, whole, token("test"))), "no renewal where there is a lease alone")
      yield* store.set(key, whole)
      yield* expectHeld("after set")
      yield* expect(yield* store.replace(key, whole, token("test")), "the renewal to be written")
      yield* expectHeld("after replace")
    }))),

  law("of many that ask for a lease at once, at most one has it", (store, key) =>
    Effect.gen(function*() {
      const granted = yield* Effect.scoped(
        Effect.forEach(Array.from({ length: 10 }), () => store.lease(key, longLease), { concurrency: "unbounded" })
      )
      yield* expect(granted.filter((has) => has).length <= 1, "at most one holder")
    }))
]

/**
 * What two instances of one store must do to each other, and the check that they do.
 *
 * @since 0.1.0
 * @category models
 */
export interface SharedLaw {
  readonly name: string
  /**
   * Works under keys of its own, so that it can be run on a store that holds something, and leaves no entry there. A lease that ran out
   * may stay.
   */
  readonly check: (
    one: TokenStore.Service,
    other: TokenStore.Service
  ) => Effect.Effect<void, LawBroken | TokenStore.TokenStoreError>
}

const sharedLaw = (
  name: string,
  check: (
    one: TokenStore.Service,
    other: TokenStore.Service,
    key: TokenStore.Key
  ) => Effect.Effect<void, LawBroken | TokenStore.TokenStoreError>
): SharedLaw => ({
  name,
  check: (one, other) => underNewKey(one, (key) => check(one, other, key))
})

/**
 * The laws of a store that processes share, for one that keeps something beside what they share: a cache, a lock. Each
 * is given two instances on the same data, as two processes have them.
 *
 * @example
 * ```ts
 * import { sharedTokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
 * import * as TokenStore from "@effect-okru/auth/TokenStore"
 * import * as Context from "effect/Context"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * declare const Store: Layer.Layer<TokenStore.TokenStore>
 *
 * // Each `Layer.build` makes one anew.
 * const instance = Effect.map(Layer.build(Store), Context.get(TokenStore.TokenStore))
 *
 * const checks = sharedTokenStoreLaws.map(({ check, name }) => ({
 *   name,
 *   run: () =>
 *     Effect.all([instance, instance]).pipe(
 *       Effect.flatMap(([one, other]) => check(one, other)),
 *       Effect.scoped,
 *       Effect.runPromise
 *     )
 * }))
 * ```
 *
 * @since 0.1.0
 * @category laws
 */
export const sharedTokenStoreLaws: ReadonlyArray<SharedLaw> = [
  sharedLaw("what one has written, the other finds at once", (one, other, key) =>
    Effect.gen(function*() {
      const [first, second, third] = [token("test-1"), token("test-2"), token("test-3")]
      yield* expect(Option.isNone(yield* other.get(key)), "nothing under a key that was not written")
      yield* one.set(key, first)
      yield* expect(holds(yield* other.get(key), first), "what the one has written")
      yield* one.set(key, second)
      yield* expect(holds(yield* other.get(key), second), "what the one has written over it")
      yield* expect(yield* one.replace(key, second, third), "the renewal to be written")
      yield* expect(holds(yield* other.get(key), third), "what the one has renewed")
      yield* one.remove(key)
      yield* expect(Option.isNone(yield* other.get(key)), "nothing after the one has removed it")
    })),

  sharedLaw(
    "a renewal is written over what the other has written, and over nothing else",
    (one, other, key) =>
      Effect.gen(function*() {
        const [first, second, third] = [token("test-1"), token("test-2"), token("test-3")]
        yield* one.set(key, first)
        yield* expect(yield* other.replace(key, first, second), "the renewal of what the one has written")
        yield* expect(!(yield* one.replace(key, first, third)), "no renewal of what the other has renewed")
        yield* expect(holds(yield* one.get(key), second), "what the other has renewed")
        yield* other.remove(key)
        yield* expect(!(yield* one.replace(key, second, third)), "no renewal of what the other has removed")
      })
  ),

  sharedLaw(
    "a lease of one is refused to the other, until it is given back",
    (one, other, key) =>
      Effect.gen(function*() {
        yield* Effect.scoped(Effect.gen(function*() {
          yield* expect(yield* one.lease(key, longLease), "the lease that is free")
          yield* expect(!(yield* Effect.scoped(other.lease(key, longLease))), "no lease while the one holds it")
        }))
        yield* expect(yield* Effect.scoped(other.lease(key, longLease)), "the lease that was given back")
      })
  ),

  sharedLaw("of two that ask for a lease at once, at most one has it", (one, other, key) =>
    Effect.gen(function*() {
      const granted = yield* Effect.scoped(
        Effect.all([one.lease(key, longLease), other.lease(key, longLease)], { concurrency: "unbounded" })
      )
      yield* expect(granted.filter((has) => has).length <= 1, "at most one holder")
    }))
]
