/**
 * Where the credentials of users are kept, so that losing a process loses no token, and so that several processes of a
 * backend renew a session once.
 *
 * | layer | kept in | one renewal between processes |
 * |---|---|---|
 * | {@link layerMemory} | this process | there is one process |
 * | {@link layerKeyValueStore} | any `KeyValueStore` of `@effect/platform`: files, a browser's storage | by timing |
 * | `@effect-okru/auth/TokenStore/Persistence` | any persistence of `@effect/experimental`: Redis, LMDB | by timing |
 * | {@link layer} | what you have | as strong as you make it |
 *
 * ## What "by timing" means
 *
 * A key-value store can read and write, and cannot compare and set. Out of that, {@link makeTexts} makes:
 *
 * - **Leases**, by Fischer's algorithm: find the lease free, write one's own name, wait for `settle`, and have it if
 *   the name is still there. It excludes all others provided that everyone's own reading and writing takes less than
 *   `settle`, which each one measures: who took longer does not get the lease, whatever stands in the store, takes its
 *   name away and tries again. It also asks for machines whose clocks agree to within 10 seconds, and for a holder that
 *   does not outlast its lease. A lease from further in the future was written before a clock was set back, and is taken
 *   over.
 * - **{@link Service.replace}**, which is atomic within a process. Between processes the lease orders the renewals;
 *   what can still meet is a renewal and a user who signs in or out during the same milliseconds.
 * - **Writes that survive a crash.** A file that is half written when a process dies is not lost: there are two copies,
 *   written one after the other.
 *
 * If timing fails nevertheless, a session is refreshed twice. OK.ru allows that: a refresh token can be used more than
 * once.
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import * as HashMap from "effect/HashMap"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Cipher from "./Cipher.js"
import { Credentials } from "./Credentials.js"
import * as PerKey from "./internal/perKey.js"
import * as platformError from "./internal/platformError.js"
import * as SecureRandom from "./SecureRandom.js"

/**
 * Whose credentials, for which application, at which address: an entry of a sandbox is never taken for one of OK.ru.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  /** `OkConfig.applicationId` */
  readonly applicationId: string
  /** `OkConfig.apiUrl` */
  readonly apiUrl: string
  /** The backend's own name of the user, or OK.ru's id. */
  readonly user: string
}

/**
 * - `"Unavailable"`: the store did not answer. The same can succeed later.
 * - `"Unreadable"`: what it holds cannot be read: written with another key, tampered with, or by another version.
 * - `"TooSlow"`: three times in a row it took longer than `settle` to read and write a lease, so that nobody can say who
 *   has it.
 *
 * @since 0.1.0
 * @category errors
 */
export class TokenStoreError
  extends Schema.TaggedError<TokenStoreError>("@effect-okru/auth/TokenStoreError")("TokenStoreError", {
    reason: Schema.Literal("Unavailable", "Unreadable", "TooSlow"),
    /** What happened. Holds nothing of what is stored. */
    issue: Schema.String
  })
{
  override get message(): string {
    return `the token store: ${this.issue}`
  }
}

/**
 * What keeps credentials, and says whose turn it is to renew them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly get: (key: Key) => Effect.Effect<Option.Option<Credentials>, TokenStoreError>
  /** Writes what a user has signed in with, over whatever there was. */
  readonly set: (key: Key, credentials: Credentials) => Effect.Effect<void, TokenStoreError>
  /**
   * Writes what a renewal gave, only if the store still holds the tokens that were renewed. `false`, and nothing
   * written, when the user has signed in or out since.
   */
  readonly replace: (
    key: Key,
    stale: Credentials,
    fresh: Credentials
  ) => Effect.Effect<boolean, TokenStoreError>
  /** Succeeds also where there is nothing to remove. */
  readonly remove: (key: Key) => Effect.Effect<void, TokenStoreError>
  /**
   * The right to renew, for one holder at a time: `true` to the one that has it, until its scope closes or the time is
   * over. Does not wait for another holder.
   */
  readonly lease: (
    key: Key,
    duration: Duration.DurationInput
  ) => Effect.Effect<boolean, TokenStoreError, Scope.Scope>
}

/**
 * The store of a backend's sessions.
 *
 * @since 0.1.0
 * @category tags
 */
export class TokenStore extends Context.Tag("@effect-okru/auth/TokenStore")<TokenStore, Service>() {}

/**
 * A key as one text, for stores that have texts for keys. Different keys give different texts even where the store
 * ignores case, as file systems do: lower-case letters, digits, `-`, `_` and `:`.
 *
 * @example
 * ```ts
 * import * as TokenStore from "@effect-okru/auth/TokenStore"
 *
 * TokenStore.name({ applicationId: "1", apiUrl: "https://api.ok.ru", user: "Bob" })
 * // "okru:1:https_003a_002f_002fapi_002eok_002eru:_0042ob"
 * ```
 *
 * @since 0.1.0
 * @category keys
 */
export const name = ({ apiUrl, applicationId, user }: Key): string =>
  ["okru", ...[applicationId, apiUrl, user].map(escape)].join(":")

const spare = (key: Key): string => `${name(key)}:spare`

const leaseName = (key: Key): string => `${name(key)}:lease`

const escape = (text: string): string =>
  text.replace(/[^a-z0-9-]/g, (unit) => `_${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)

// A new sign-in may bring the same access token, with another refresh token.
const sameTokens = (a: Credentials, b: Credentials): boolean =>
  Equal.equals(a.accessToken, b.accessToken) && Equal.equals(a.refreshToken, b.refreshToken)

/**
 * A store in memory, for one process and for tests.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory: Effect.Effect<Service> = Effect.gen(function*() {
  const entries = yield* Ref.make(HashMap.empty<string, Credentials>())
  const leases = yield* Ref.make(HashMap.empty<string, { readonly until: number }>())
  return {
    get: (key) => Effect.map(Ref.get(entries), HashMap.get(name(key))),
    set: (key, credentials) => Ref.update(entries, HashMap.set(name(key), credentials)),
    replace: (key, stale, fresh) =>
      Ref.modify(entries, (all) =>
        Option.exists(HashMap.get(all, name(key)), (stored) => sameTokens(stored, stale))
          ? [true, HashMap.set(all, name(key), fresh)]
          : [false, all]),
    remove: (key) => Ref.update(entries, HashMap.remove(name(key))),
    lease: (key, duration) =>
      Effect.map(
        Effect.acquireRelease(
          Effect.flatMap(Clock.currentTimeMillis, (now) => {
            // Told from another lease by identity.
            const own = { until: now + Duration.toMillis(duration) }
            return Ref.modify(leases, (all) =>
              Option.exists(HashMap.get(all, name(key)), ({ until }) => until > now)
                ? [Option.none(), all]
                : [Option.some(own), HashMap.set(all, name(key), own)])
          }),
          (own) =>
            Ref.update(leases, (all) =>
              Option.isSome(own) && Option.contains(HashMap.get(all, name(key)), own.value)
                ? HashMap.remove(all, name(key))
                : all)
        ),
        Option.isSome
      )
  }
})

/**
 * A store in memory, for one process and for tests. A backend that is to keep its users signed in over a restart wants
 * another one.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<TokenStore> = Layer.effect(TokenStore, makeMemory)

/**
 * A store of your own. One on a database that can compare and set makes leases and {@link Service.replace} exact; run
 * the laws of `@effect-okru/auth/testing/TokenStoreLaws` on it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (service: Service): Layer.Layer<TokenStore> => Layer.succeed(TokenStore, service)

/**
 * Anything that keeps texts under names.
 *
 * @since 0.1.0
 * @category models
 */
export interface Texts {
  readonly get: (name: string) => Effect.Effect<Option.Option<string>, TokenStoreError>
  /** A text with a time to live may be dropped after it, and not before. */
  readonly set: (
    name: string,
    text: string,
    timeToLive: Option.Option<Duration.Duration>
  ) => Effect.Effect<void, TokenStoreError>
  /** Succeeds also where there is nothing to remove. */
  readonly remove: (name: string) => Effect.Effect<void, TokenStoreError>
}

/**
 * How long a store of texts takes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The longest that reading a text and writing another may take, and what taking a lease costs. 200 milliseconds by
   * default, and more than none. The same in all processes. Well below a second: a store that was slower is asked three
   * times in all, and a `SessionManager` waits 3 seconds for it. While a store is slower, two may renew one session,
   * which OK.ru allows. A lease for no longer than this is granted to nobody.
   */
  readonly settle?: Duration.DurationInput | undefined
}

const Entry = Schema.parseJson(Credentials)
const leaseFields = Schema.Struct({ holder: Schema.String, since: Schema.Number, until: Schema.Number })
interface LeaseRecord extends Schema.Schema.Type<typeof leaseFields> {}
const LeaseRecord = Schema.parseJson(leaseFields)

const decodeEntry = Schema.decode(Entry)
const encodeEntry = Schema.encode(Entry)
const decodeLease = Schema.decodeOption(LeaseRecord)
const encodeLease = Schema.encode(LeaseRecord)

// By how much the clocks of machines may differ.
const clockSkew = Duration.toMillis("10 seconds")

/**
 * A store over anything that keeps texts, with what the module's comment says about leases and crashes. To make one with a
 * `settle` of no time is a defect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeTexts = (texts: Texts, options: Options = {}): Effect.Effect<Service, never, Cipher.Cipher> =>
  Effect.gen(function*() {
    const cipher = yield* Cipher.Cipher
    const random = yield* SecureRandom.SecureRandom
    const settle = Duration.decode(options.settle ?? "200 millis")
    if (Duration.isZero(settle)) {
      return yield* Effect.die(new Cause.IllegalArgumentException("settle must be longer than no time"))
    }
    const locks = yield* PerKey.make(() => Effect.unsafeMakeSemaphore(1))
    const locked = (key: Key) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
      locks.use(name(key), (lock) => lock.withPermits(1)(effect))

    const read = (key: Key, at: string): Effect.Effect<Option.Option<Credentials>, TokenStoreError> =>
      Effect.flatMap(
        texts.get(at),
        Option.match({
          onNone: () => Effect.succeedNone,
          onSome: (text) =>
            cipher.decrypt(text, name(key)).pipe(
              Effect.mapError(unreadable),
              Effect.flatMap((clear) =>
                Effect.mapError(decodeEntry(Redacted.value(clear)), () =>
                  // The words of the schema quote what they read.
                  new TokenStoreError({ reason: "Unreadable", issue: "an entry is not one of this version" }))
              ),
              Effect.asSome
            )
        })
      )

    const get: Service["get"] = (key) =>
      Effect.catchIf(read(key, name(key)), isUnreadable, (error) =>
        Effect.flatMap(
          read(key, spare(key)),
          Option.match({ onNone: () => Effect.fail(error), onSome: Effect.succeedSome })
        ))

    // One of the two copies is whole at any time: the one that cannot be read is written first.
    const write = (key: Key, credentials: Credentials): Effect.Effect<void, TokenStoreError> =>
      Effect.gen(function*() {
        const clear = yield* Effect.orDie(encodeEntry(credentials))
        const text = yield* Effect.mapError(cipher.encrypt(Redacted.make(clear), name(key)), unreadable)
        const broken = yield* Effect.as(read(key, name(key)), false).pipe(
          Effect.catchIf(isUnreadable, () => Effect.succeed(true))
        )
        const places = broken ? [name(key), spare(key)] : [spare(key), name(key)]
        yield* Effect.forEach(places, (at) => texts.set(at, text, Option.none()), {
          discard: true
        })
      })

    return {
      get,
      set: (key, credentials) => locked(key)(write(key, credentials)),
      replace: (key, stale, fresh) =>
        locked(key)(Effect.flatMap(get(key), (stored) =>
          Option.exists(stored, (stored) => sameTokens(stored, stale))
            ? Effect.as(write(key, fresh), true)
            : Effect.succeed(false))),
      remove: (key) => locked(key)(Effect.zipRight(texts.remove(spare(key)), texts.remove(name(key)))),
      lease: makeLease(texts, settle, random)
    }
  })

// `Clock.currentTimeNanos`, which `Effect.timed` goes by, is a defect of a `TestClock` at a fraction of a millisecond.
const steadyNanos = Effect.clockWith((clock) => Effect.sync(() => clock.unsafeCurrentTimeNanos()))

const makeLease = (
  texts: Texts,
  settle: Duration.Duration,
  random: SecureRandom.Service
): Service["lease"] => {
  const readLease = (key: Key): Effect.Effect<Option.Option<LeaseRecord | "broken">, TokenStoreError> =>
    Effect.gen(function*() {
      const text = yield* texts.get(leaseName(key))
      const now = yield* Clock.currentTimeMillis
      return Option.map(text, (text) =>
        decodeLease(text).pipe(
          Option.filter(({ since }) => since - now <= clockSkew),
          Option.getOrElse(() => "broken" as const)
        ))
    })

  const claim = (key: Key, holder: string, duration: Duration.Duration, overBroken: boolean) =>
    Effect.gen(function*() {
      const lease = Option.getOrUndefined(yield* readLease(key))
      if (lease === "broken" && !overBroken) {
        return lease
      }
      const now = yield* Clock.currentTimeMillis
      if (lease !== undefined && lease !== "broken" && lease.until > now) {
        return "held"
      }
      const text = yield* Effect.orDie(
        encodeLease({
          holder,
          since: now,
          // JSON has no `Infinity`.
          until: Math.min(now + Duration.toMillis(duration), Number.MAX_SAFE_INTEGER)
        })
      )
      yield* texts.set(leaseName(key), text, Option.some(duration))
      return "written"
    }).pipe(Effect.timedWith(steadyNanos))

  const removeOwn = (key: Key, holder: string): Effect.Effect<void, TokenStoreError> =>
    Effect.gen(function*() {
      const lease = Option.getOrUndefined(yield* readLease(key))
      const now = yield* Clock.currentTimeMillis
      // Of a lease that is nearly over somebody else may be the holder before it is removed.
      if (lease !== "broken" && lease?.holder === holder && lease.until - now > Duration.toMillis(settle)) {
        yield* texts.remove(leaseName(key))
      }
    })

  const take = (
    key: Key,
    holder: string,
    duration: Duration.Duration,
    isInTime: Ref.Ref<boolean>
  ): Effect.Effect<boolean, TokenStoreError> =>
    Effect.gen(function*() {
      const first = yield* claim(key, holder, duration, false)
      const [took, claimed] = first[1] === "broken"
        // Half written. Whoever is still at it after this will find itself too slow.
        ? yield* Effect.delay(claim(key, holder, duration, true), settle)
        : first
      if (claimed !== "written") {
        return false
      }
      if (Duration.greaterThanOrEqualTo(took, settle)) {
        // It may stand where another holder's name was, who then is safe no more. To leave it would be worse: nobody
        // could renew until it is over.
        yield* removeOwn(key, holder)
        return yield* new TokenStoreError({
          reason: "TooSlow",
          issue: `taking a lease took ${Duration.format(took)}; raise settle, which is ${Duration.format(settle)}`
        })
      }
      yield* Ref.set(isInTime, true)
      yield* Effect.sleep(settle)
      const lease = yield* readLease(key)
      const now = yield* Clock.currentTimeMillis
      return Option.exists(lease, (lease) => lease !== "broken" && lease.holder === holder && lease.until > now)
    })

  const attempt = (
    key: Key,
    duration: Duration.Duration
  ): Effect.Effect<boolean, TokenStoreError, Scope.Scope> =>
    Effect.gen(function*() {
      const holder = Encoding.encodeHex(yield* random.bytes(16))
      const isInTime = yield* Ref.make(false)
      const began = yield* Clock.currentTimeMillis
      const giveBack = Effect.gen(function*() {
        const now = yield* Clock.currentTimeMillis
        // An interrupted claim that was slow may be written yet, and there where another holder's is.
        if ((yield* Ref.get(isInTime)) || now - began < Duration.toMillis(settle)) {
          yield* removeOwn(key, holder)
        }
      }).pipe(
        // A lease that could not be given back ends by itself.
        Effect.timeout(settle),
        Effect.ignore,
        Effect.interruptible,
        // In a fiber of its own the time-out can end it, and an interruption of the caller cannot.
        Effect.forkDaemon,
        Effect.flatMap(Fiber.join)
      )
      return yield* Effect.uninterruptibleMask((restore) =>
        restore(take(key, holder, duration, isInTime)).pipe(
          Effect.onError(() => giveBack),
          Effect.tap((granted) => granted ? Effect.addFinalizer(() => giveBack) : Effect.void)
        )
      )
    })

  return (key, duration) =>
    // A store that is slow for once is no reason to fail.
    Effect.retry(attempt(key, Duration.decode(duration)), { times: 2, while: ({ reason }) => reason === "TooSlow" })
}

const unreadable = (error: Cipher.CipherError): TokenStoreError =>
  new TokenStoreError({ reason: "Unreadable", issue: error.message })

const isUnreadable = (error: TokenStoreError): boolean => error.reason === "Unreadable"

const unavailable = (error: PlatformError.PlatformError): TokenStoreError =>
  new TokenStoreError({ reason: "Unavailable", issue: platformError.issueOf(error) })

/**
 * A store in whatever `KeyValueStore` there is: files, a browser's storage, one of your own. Read the module's comment on
 * what that can promise.
 *
 * On a disk the tokens are readable to whoever reads the directory: give it the mode 700, or encrypt.
 *
 * @example
 * ```ts
 * import * as Cipher from "@effect-okru/auth/Cipher"
 * import * as TokenStore from "@effect-okru/auth/TokenStore"
 * import * as KeyValueStore from "@effect/platform/KeyValueStore"
 * import * as Layer from "effect/Layer"
 *
 * // needs the FileSystem and the Path of your platform
 * const Store = TokenStore.layerKeyValueStore().pipe(
 *   Layer.provide([KeyValueStore.layerFileSystem("/var/lib/backend/sessions"), Cipher.layerPlain])
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerKeyValueStore = (
  options?: Options
): Layer.Layer<TokenStore, never, KeyValueStore.KeyValueStore | Cipher.Cipher> =>
  Layer.effect(
    TokenStore,
    Effect.flatMap(KeyValueStore.KeyValueStore, (store) =>
      makeTexts({
        get: (name) => Effect.mapError(store.get(name), unavailable),
        set: (name, text) => Effect.mapError(store.set(name, text), unavailable),
        remove: (name) => Effect.mapError(Effect.asVoid(platformError.isThere(store.remove(name))), unavailable)
      }, options))
  )
