import type { Credentials } from "@effect-okru/auth/Credentials"
import { sharedTokenStoreLaws, tokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { withSimulatedClock } from "./simulatedClock.js"

/** A store with a mistake: a right one in memory, and what is done to it. */
type Mistake = (right: TokenStore.Service) => TokenStore.Service

const broken = (mistake: Mistake) =>
  Effect.gen(function*() {
    const store = mistake(yield* TokenStore.makeMemory)
    const outcomes = yield* Effect.forEach(tokenStoreLaws, ({ check, name }) =>
      Effect.map(
        Effect.either(Effect.provideService(check, TokenStore.TokenStore, store)),
        (outcome) => outcome._tag === "Left" ? [name] : []
      ))
    return outcomes.flat()
  }).pipe(withSimulatedClock)

/** Where a store writes down a new name at every write, its leases are found under the old one. */
const withoutLeasesOf = (
  store: TokenStore.Service,
  write: (changed: <A, E>(key: TokenStore.Key, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>) => Partial<
    TokenStore.Service
  >
): TokenStore.Service => {
  const writes = Ref.unsafeMake(HashMap.empty<string, number>())
  const countOf = (key: TokenStore.Key) =>
    Effect.map(Ref.get(writes), (all) => Option.getOrElse(HashMap.get(all, TokenStore.name(key)), () => 0))
  return {
    ...store,
    lease: (key, duration) =>
      Effect.flatMap(countOf(key), (count) => store.lease({ ...key, user: `${key.user}${count}` }, duration)),
    ...write((key, effect) =>
      Effect.tap(
        effect,
        Effect.flatMap(countOf(key), (count) => Ref.update(writes, HashMap.set(TokenStore.name(key), count + 1)))
      )
    )
  }
}

/** Takes what is stored for the tokens that were renewed where it says so. */
const replacingWhere = (isStale: (stored: Credentials, stale: Credentials) => boolean): Mistake => (store) => ({
  ...store,
  replace: (key, stale, fresh) =>
    Effect.flatMap(store.get(key), (found) =>
      Option.isSome(found) && isStale(found.value, stale)
        ? store.replace(key, found.value, fresh)
        : Effect.succeed(false))
})

const sameAccess = (stored: Credentials, stale: Credentials) => Equal.equals(stored.accessToken, stale.accessToken)

const underNames = (naming: (key: TokenStore.Key) => TokenStore.Key): Mistake => (store) => ({
  get: (key) => store.get(naming(key)),
  set: (key, credentials) => store.set(naming(key), credentials),
  replace: (key, stale, fresh) => store.replace(naming(key), stale, fresh),
  remove: (key) => store.remove(naming(key)),
  lease: (key, duration) => store.lease(naming(key), duration)
})

const onLease = (
  then: (store: TokenStore.Service, key: TokenStore.Key, duration: Duration.DurationInput) => Effect.Effect<unknown>
): Mistake =>
(store) => ({
  ...store,
  lease: (key, duration) =>
    Effect.tap(store.lease(key, duration), (granted) => granted ? then(store, key, duration) : Effect.void)
})

const mistakes: Readonly<Record<string, readonly [mistake: Mistake, law: string]>> = {
  "a renewal that is written over nothing": [
    (store) => ({ ...store, replace: () => Effect.succeed(true) }),
    "a renewal is written over the tokens it renewed, and over no others"
  ],
  "renewals that are all written": [
    (store) => ({ ...store, replace: (key, _, fresh) => Effect.as(store.set(key, fresh), true) }),
    "of many renewals of one token, one is written"
  ],
  "a renewal of an entry that writes the access token alone": [
    (store) => ({
      ...store,
      replace: (key, stale, fresh) =>
        Effect.flatMap(store.get(key), (found) =>
          store.replace(key, stale, {
            ...Option.getOrElse(found, () => fresh),
            accessToken: fresh.accessToken
          }))
    }),
    "a renewal is found whole, and nothing is left of what it replaced"
  ],
  "a renewal that forgets the refresh token": [
    (store) => ({
      ...store,
      replace: (key, stale, fresh) => store.replace(key, stale, { ...fresh, refreshToken: undefined })
    }),
    "a renewal is found whole, and nothing is left of what it replaced"
  ],
  "a renewal that compares whether there is a refresh token": [
    replacingWhere((stored, stale) =>
      sameAccess(stored, stale) && (stored.refreshToken === undefined) === (stale.refreshToken === undefined)
    ),
    "a renewal is of both tokens, the refresh token as well"
  ],
  "a renewal that compares the refresh token where one is stored": [
    replacingWhere((stored, stale) =>
      sameAccess(stored, stale) &&
      (stored.refreshToken === undefined || Equal.equals(stored.refreshToken, stale.refreshToken))
    ),
    "a renewal is of both tokens, the refresh token as well"
  ],
  "one row for an entry and its lease, deleted with the lease": [
    (store) => ({
      ...store,
      lease: (key, duration) =>
        Effect.tap(
          store.lease(key, duration),
          (granted) => granted ? Effect.addFinalizer(() => Effect.ignore(store.remove(key))) : Effect.void
        )
    }),
    "an entry outlives its leases"
  ],
  "one row for an entry and its lease, which expires with the lease": [
    onLease((store, key, duration) => Effect.forkDaemon(Effect.delay(Effect.ignore(store.remove(key)), duration))),
    "an entry outlives its leases"
  ],
  "one row for an entry and its lease, made by the lease": [
    onLease((store, key) =>
      Effect.flatMap(Effect.orDie(store.get(key)), (found) =>
        Option.isSome(found)
          ? Effect.void
          : Effect.orDie(store.set(key, { accessToken: Redacted.make(""), permissionsGranted: [] })))
    ),
    "a lease makes no entry, and writing one does not end it"
  ],
  "one row for an entry and its lease, written over by set": [
    (store) => withoutLeasesOf(store, (changed) => ({ set: (key, all) => changed(key, store.set(key, all)) })),
    "a lease makes no entry, and writing one does not end it"
  ],
  "one row for an entry and its lease, written over by replace": [
    (store) =>
      withoutLeasesOf(store, (changed) => ({ replace: (key, ...both) => changed(key, store.replace(key, ...both)) })),
    "a lease makes no entry, and writing one does not end it"
  ],
  "a lease in seconds, taken for milliseconds": [
    (store) => ({
      ...store,
      lease: (key, duration) => store.lease(key, Duration.millis(Duration.toSeconds(duration)))
    }),
    "a lease lasts"
  ],
  "a lease that is cut to a second": [
    (store) => ({
      ...store,
      lease: (key, duration) => store.lease(key, Duration.min(duration, Duration.seconds(1)))
    }),
    "a lease lasts"
  ],
  "a collation without accents": [
    underNames((key) => ({ ...key, user: key.user.normalize("NFD").replace(/\p{M}/gu, "") })),
    "entries of other applications, addresses and users are apart"
  ],
  "one lease for all addresses": [
    (store) => ({ ...store, lease: (key, duration) => store.lease({ ...key, apiUrl: "" }, duration) }),
    "leases of other applications, addresses and users are apart"
  ],
  "a lease that waits for its holder": [
    (store) => ({
      ...store,
      lease: (key, duration) =>
        Effect.flatMap(
          store.lease(key, duration),
          (granted) => granted ? Effect.succeed(true) : Effect.delay(store.lease(key, duration), "5 seconds")
        ).pipe(Effect.uninterruptible)
    }),
    "who asks for a lease does not wait for its holder"
  ]
}

describe("tokenStoreLaws", () => {
  it.effect("are kept by a right store", () => Effect.map(broken((store) => store), (laws) => assert.lengthOf(laws, 0)))

  for (const [name, [mistake, law]] of Object.entries(mistakes)) {
    it.effect(`find ${name}`, () => Effect.map(broken(mistake), (laws) => assert.include(laws, law)))
  }
})

describe("sharedTokenStoreLaws", () => {
  const brokenBetween = (instance: (shared: TokenStore.Service) => Effect.Effect<TokenStore.Service>) =>
    Effect.gen(function*() {
      const shared = yield* TokenStore.makeMemory
      const [one, other] = yield* Effect.all([instance(shared), instance(shared)])
      const outcomes = yield* Effect.forEach(
        sharedTokenStoreLaws,
        ({ check, name }) =>
          Effect.map(Effect.either(check(one, other)), (outcome) => outcome._tag === "Left" ? [name] : [])
      )
      return outcomes.flat()
    }).pipe(withSimulatedClock)

  it.effect("are kept by a right store", () =>
    Effect.map(brokenBetween(Effect.succeed), (laws) => assert.lengthOf(laws, 0)))

  it.effect("find a cache of each process", () =>
    Effect.gen(function*() {
      const cached = (shared: TokenStore.Service): Effect.Effect<TokenStore.Service> =>
        Effect.map(Ref.make(HashMap.empty<string, Credentials>()), (cache) => {
          const drop = (key: TokenStore.Key) => Ref.update(cache, HashMap.remove(TokenStore.name(key)))
          return {
            ...shared,
            get: (key) =>
              Effect.flatMap(Ref.get(cache), (all) =>
                Option.match(HashMap.get(all, TokenStore.name(key)), {
                  onNone: () =>
                    Effect.tap(shared.get(key), (found) =>
                      Option.isSome(found)
                        ? Ref.update(cache, HashMap.set(TokenStore.name(key), found.value))
                        : Effect.void),
                  onSome: Effect.succeedSome
                })),
            set: (key, credentials) => Effect.zipLeft(shared.set(key, credentials), drop(key)),
            replace: (key, stale, fresh) => Effect.zipLeft(shared.replace(key, stale, fresh), drop(key)),
            remove: (key) => Effect.zipLeft(shared.remove(key), drop(key))
          }
        })
      assert.include(yield* brokenBetween(cached), "what one has written, the other finds at once")
    }))

  it.effect("find leases that a process keeps to itself", () =>
    Effect.gen(function*() {
      const laws = yield* brokenBetween((shared) =>
        Effect.map(TokenStore.makeMemory, (own) => ({ ...shared, lease: own.lease }))
      )
      assert.deepStrictEqual(laws, [
        "a lease of one is refused to the other, until it is given back",
        "of two that ask for a lease at once, at most one has it"
      ])
    }))

  it.effect("find a renewal that goes by what the process has seen", () =>
    Effect.gen(function*() {
      const laws = yield* brokenBetween((shared) =>
        Effect.map(Ref.make(HashMap.empty<string, Credentials>()), (seen) => ({
          ...shared,
          set: (key, credentials) =>
            Effect.zipRight(
              Ref.update(seen, HashMap.set(TokenStore.name(key), credentials)),
              shared.set(key, credentials)
            ),
          replace: (key, stale, fresh) =>
            Effect.flatMap(Ref.get(seen), (all) =>
              Option.exists(
                  HashMap.get(all, TokenStore.name(key)),
                  ({ accessToken }) => Equal.equals(accessToken, stale.accessToken)
                )
                ? Effect.as(shared.set(key, fresh), true)
                : shared.replace(key, stale, fresh))
        }))
      )
      assert.deepStrictEqual(laws, ["a renewal is written over what the other has written, and over nothing else"])
    }))
})
