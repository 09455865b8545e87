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
  /** Works under keys of its own, so that it can be run on a store that holds something, and leaves nothing there. */
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

// Far longer than any store takes over a lease, and still short enough to be waited for.
const shortLease = Duration.seconds(1)
const longLease = Duration.minutes(1)

const law = (
  name: string,
  check: (
    store: TokenStore.Service,
    key: TokenStore.Key
  ) => Effect.Effect<void, LawBroken | TokenStore.TokenStoreError>
): Law => ({
  name,
  check: Effect.gen(function*() {
    const store = yield* TokenStore.TokenStore
    const random = yield* SecureRandom.SecureRandom
    const key = {
      applicationId: `test-${Encoding.encodeHex(yield* random.bytes(8))}`,
      apiUrl: "https://api.ok.ru",
      user: "Bob"
    }
    yield* Effect.ensuring(check(store, key), Effect.ignore(store.remove(key)))
  })
})

/**
 * The laws. Some take leases, one waits for a second.
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
      const found = Option.getOrUndefined(yield* store.get(key))
      for (
        const name of ["accessToken", "sessionSecretKey", "refreshToken", "expiresAt", "tokenType", "state"] as const
      ) {
        yield* expect(Equal.equals(found?.[name], whole[name]), `${name} as it was written`)
      }
      yield* expect(
        found?.permissionsGranted.join(";") === whole.permissionsGranted.join(";"),
        "permissionsGranted as they were written"
      )
    })),

  law("what is absent stays absent", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, whole)
      yield* store.set(key, token("test-2"))
      const found = Option.getOrUndefined(yield* store.get(key))
      yield* expect(
        found?.refreshToken === undefined && found?.sessionSecretKey === undefined && found?.expiresAt === undefined,
        "no refreshToken, sessionSecretKey and expiresAt"
      )
    })),

  law("the last one that was written is found", (store, key) =>
    Effect.gen(function*() {
      yield* store.set(key, token("test-1"))
      yield* store.set(key, token("test-2"))
      yield* expect(holds(yield* store.get(key), token("test-2")), "the second token")
    })),

  law("entries of other applications, addresses and users are apart", (store, key) =>
    Effect.gen(function*() {
      const others = [
        { ...key, applicationId: `${key.applicationId}0` },
        { ...key, apiUrl: "http://127.0.0.1:8080" },
        ...["bob", "BOB", "Bob ", "B/ob", "../Bob", "Bob:lease", "Боб", ""].map((user) => ({
          applicationId: key.applicationId,
          apiUrl: key.apiUrl,
          user
        }))
      ]
      const all = [key, ...others]
      yield* Effect.forEach(all, (each, index) => store.set(each, token(`test-${index}`)), { discard: true })
      yield* Effect.forEach(all, (each, index) =>
        Effect.flatMap(store.get(each), (found) =>
          expect(holds(found, token(`test-${index}`)), `the token of ${JSON.stringify(each)}`)), { discard: true })
      yield* store.remove(key)
      yield* Effect.forEach(others, (each) =>
        Effect.flatMap(store.get(each), (found) =>
          expect(Option.isSome(found), "other entries to stay")), { discard: true })
      yield* Effect.forEach(others, (each) =>
        store.remove(each), { discard: true })
    })),

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
        yield* expect(
          yield* Effect.scoped(store.lease({ ...key, user: "Carol" }, longLease)),
          "the lease of another user"
        )
      }))
      yield* expect(yield* Effect.scoped(store.lease(key, longLease)), "the lease that was given back")
    })),

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

  law("of many that ask for a lease at once, at most one has it", (store, key) =>
    Effect.gen(function*() {
      const granted = yield* Effect.scoped(
        Effect.forEach(Array.from({ length: 10 }), () => store.lease(key, longLease), { concurrency: "unbounded" })
      )
      yield* expect(granted.filter((has) => has).length <= 1, "at most one holder")
    }))
]
