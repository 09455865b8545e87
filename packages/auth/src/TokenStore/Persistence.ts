/**
 * A `TokenStore` in any persistence of `@effect/experimental`: Redis, LMDB. Apart from the other stores, so that only who
 * imports it needs that package.
 *
 * @since 0.1.0
 */
import * as Persistence from "@effect/experimental/Persistence"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import type * as Cipher from "../Cipher.js"
import * as TokenStore from "../TokenStore.js"

/**
 * Where in the persistence entries are, and how long they stay.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends TokenStore.Options {
  /** What stands in front of every key. `effect-okru` by default. */
  readonly storeId?: string | undefined
  /**
   * How long an entry is kept after it was last written, so that users who never come back are forgotten. For ever by
   * default. Not less than the 30 days of a refresh token, or users have to sign in more often than OK.ru asks for.
   */
  readonly timeToLive?: Duration.DurationInput | undefined
}

/**
 * A store in whatever `BackingPersistence` there is. Like a key-value store it reads and writes, and cannot compare and
 * set: read the comment of `TokenStore` on what that can promise.
 *
 * @example
 * ```ts
 * import * as Cipher from "@effect-okru/auth/Cipher"
 * import * as Persistence from "@effect-okru/auth/TokenStore/Persistence"
 * import * as Redis from "@effect/experimental/Persistence/Redis"
 * import * as Layer from "effect/Layer"
 *
 * const Store = Persistence.layer({ timeToLive: "60 days" }).pipe(
 *   Layer.provide([Redis.layer({ host: "127.0.0.1" }), Cipher.layerPlain])
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<TokenStore.TokenStore, never, Persistence.BackingPersistence | Cipher.Cipher> =>
  Layer.scoped(
    TokenStore.TokenStore,
    Effect.gen(function*() {
      const backing = yield* Persistence.BackingPersistence
      const store = yield* backing.make(options.storeId ?? "effect-okru")
      const kept = Option.map(Option.fromNullable(options.timeToLive), Duration.decode)
      // Redis takes whole milliseconds, and keeps for ever what has no time to live.
      const whole = (timeToLive: Option.Option<Duration.Duration>) =>
        Option.map(
          Option.filter(timeToLive, Duration.isFinite),
          (timeToLive) => Duration.millis(Math.ceil(Duration.toMillis(timeToLive)))
        )
      return yield* TokenStore.makeTexts({
        get: (name) =>
          Effect.flatMap(
            Effect.mapError(store.get(name), (error) => isTorn(error) ? torn() : unavailable(error)),
            Option.match({
              onNone: () => Effect.succeedNone,
              onSome: (text) =>
                typeof text === "string"
                  ? Effect.succeedSome(text)
                  : new TokenStore.TokenStoreError({ reason: "Unreadable", issue: "an entry is not a text" })
            })
          ),
        set: (name, text, timeToLive) =>
          Effect.mapError(store.set(name, text, whole(Option.orElse(timeToLive, () => kept))), unavailable),
        remove: (name) =>
          Effect.catchAll(store.remove(name), (error) => isNotFound(error) ? Effect.void : unavailable(error))
      }, options)
    })
  )

// Half-written, in a store that keeps JSON.
const torn = () => new TokenStore.TokenStoreError({ reason: "Unreadable", issue: "an entry is no JSON" })

const causeOf = (error: Persistence.PersistenceError): unknown =>
  error.reason === "BackingError" ? error.cause : undefined

const isTorn = (error: Persistence.PersistenceError): boolean => causeOf(error) instanceof SyntaxError

// As a store of files says it.
const isNotFound = (error: Persistence.PersistenceError): boolean => {
  const cause = causeOf(error)
  return Predicate.isTagged(cause, "SystemError") && Predicate.hasProperty(cause, "reason") &&
    cause.reason === "NotFound"
}

// The words of a database's error can quote the command, and with it the token: only a code is kept.
const unavailable = (error: Persistence.PersistenceError): TokenStore.TokenStoreError => {
  const cause = causeOf(error)
  const code = Predicate.hasProperty(cause, "code") ? cause.code : ""
  return new TokenStore.TokenStoreError({
    reason: "Unavailable",
    issue: `${error.method}: ${typeof code === "string" && /^\w+$/.test(code) ? code : error.reason}`
  })
}
