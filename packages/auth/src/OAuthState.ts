/**
 * The `state` that goes with a user to OK.ru and comes back: who cannot show the one that was given out is not the one
 * who was sent, and a redirect without it may be forged.
 *
 * A state is random, good for one sign-in and for a limited time, and compared in constant time. Where it is kept is a
 * choice:
 *
 * | layer | for | tied to the user's browser by |
 * |---|---|---|
 * | {@link layerCookie} | backends: nothing to keep, any number of processes | the cookie |
 * | {@link layerKeyValueStore} | backends with sessions of their own | `binding` |
 * | {@link layerKeyValueStore} over `sessionStorage` | programs in a browser, which leave their page | the storage |
 * | {@link layerMemory} | one process, programs with one user, tests | `binding` |
 *
 * On a backend a state must be tied to the browser it was given to: otherwise somebody can start a sign-in himself and
 * have another user finish it. Without the cookie, pass as `binding` the id of the browser's session to both calls. It is
 * not kept: a store has a SHA-256 digest of it, for which this platform needs WebCrypto (browsers have it on https only).
 *
 * @since 0.1.0
 */
import type * as PlatformError from "@effect/platform/Error"
import * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as PerKey from "./internal/perKey.js"
import * as platformError from "./internal/platformError.js"
import * as timingSafe from "./internal/timingSafe.js"
import { OAuthStateError, OAuthStateUnavailable } from "./OAuthError.js"
import * as SecureRandom from "./SecureRandom.js"

/**
 * The browser that a state is for.
 *
 * @since 0.1.0
 * @category models
 */
export interface Binding {
  /** Names the browser: the id of its session with the backend. A state is good only with the one it was given out for. */
  readonly binding?: string | undefined
}

/**
 * What gives out states and takes them back.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** A new state, for the authorize URL. */
  readonly issue: (options?: Binding) => Effect.Effect<string, OAuthStateUnavailable>
  /** Compares the state that came back and uses it up: the next time it is unknown. */
  readonly verify: (
    state: string | undefined,
    options?: Binding
  ) => Effect.Effect<void, OAuthStateError | OAuthStateUnavailable>
}

/**
 * The states that are out.
 *
 * @since 0.1.0
 * @category tags
 */
export class OAuthState extends Context.Tag("@effect-okru/auth/OAuthState")<OAuthState, Service>() {}

/**
 * How long states are good.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** How long the user may take. 10 minutes by default. */
  readonly timeToLive?: Duration.DurationInput | undefined
}

/**
 * A new state: 256 bits of `SecureRandom`, as 43 characters that need no escaping.
 *
 * @since 0.1.0
 * @category pure
 */
export const generate: Effect.Effect<string> = Effect.flatMap(
  SecureRandom.SecureRandom,
  ({ bytes }) => Effect.map(bytes(32), Encoding.encodeBase64Url)
)

/**
 * Whether the state that came back is the one that was given out, in constant time. For a program that keeps it by
 * itself.
 *
 * @since 0.1.0
 * @category pure
 */
export const equals = (expected: string, actual: string | undefined): boolean =>
  actual !== undefined && timingSafe.equals(expected, actual)

const Pending = Schema.Struct({
  state: Schema.String,
  /** A digest, empty where no binding was given. */
  binding: Schema.String,
  expiresAt: Schema.Number
})

interface Pending extends Schema.Schema.Type<typeof Pending> {}

const PendingJson = Schema.parseJson(Pending)
const decodePending = Schema.decodeOption(PendingJson)
const encodePending = Schema.encodeSync(PendingJson)

// A look-up takes a time that depends on what is stored. So half of a state is looked up, and then all of it compared.
const keyOf = (state: string): string => state.slice(0, 22)

const isOne = (state: string): boolean => /^[\w-]{43}$/.test(state)

const defaultTimeToLive = Duration.minutes(10)

// Who knows the id of a browser's session has that session, so it is kept no more than a password is. The state, which is
// as long as any other, makes the digest another one each time.
const digestOf = (state: string, binding: string): Effect.Effect<string, OAuthStateUnavailable> =>
  binding === ""
    ? Effect.succeed("")
    : Effect.tryPromise({
      try: () => crypto.subtle.digest("SHA-256", new TextEncoder().encode(state + binding)),
      catch: () => new OAuthStateUnavailable({ issue: "a binding needs WebCrypto, which is not available here" })
    }).pipe(Effect.map((digest) => Encoding.encodeBase64Url(new Uint8Array(digest))))

const issueWith = (
  { timeToLive = defaultTimeToLive }: Options,
  keep: (pending: Pending) => Effect.Effect<void, OAuthStateUnavailable>
): Service["issue"] =>
({ binding = "" } = {}) =>
  Effect.gen(function*() {
    const state = yield* generate
    const digest = yield* digestOf(state, binding)
    const now = yield* Clock.currentTimeMillis
    yield* keep({
      state,
      binding: digest,
      expiresAt: Math.min(now + Duration.toMillis(timeToLive), Number.MAX_SAFE_INTEGER)
    })
    return state
  })

const verifyWith = (
  take: (state: string) => Effect.Effect<Pending | undefined, OAuthStateUnavailable>
): Service["verify"] =>
(state, { binding = "" } = {}) =>
  Effect.gen(function*() {
    if (state === undefined || state === "") {
      return yield* new OAuthStateError({ reason: "Missing" })
    }
    // Nothing else gets to a store, whose keys may be names of files.
    const pending = isOne(state) ? yield* take(state) : undefined
    if (
      pending === undefined || !timingSafe.equals(pending.state, state) ||
      !timingSafe.equals(pending.binding, yield* digestOf(pending.state, binding))
    ) {
      return yield* new OAuthStateError({ reason: "Unknown" })
    }
    if ((yield* Clock.currentTimeMillis) >= pending.expiresAt) {
      return yield* new OAuthStateError({ reason: "Expired" })
    }
  })

/**
 * States in the memory of one process.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (
  options: Options & {
    /** How many can be pending. Above it the oldest is dropped, so that nobody can fill the memory. 100 000 by default. */
    readonly capacity?: number | undefined
  } = {}
): Layer.Layer<OAuthState> =>
  Layer.sync(OAuthState, () => {
    // All live equally long, so the order of insertion is the order of expiry.
    const pending = new Map<string, Pending>()
    const dropWhile = (predicate: (oldest: Pending) => boolean) => {
      for (const [key, oldest] of pending) {
        if (!predicate(oldest)) {
          return
        }
        pending.delete(key)
      }
    }
    return {
      issue: issueWith(options, (value) =>
        Effect.map(Clock.currentTimeMillis, (now) => {
          dropWhile(({ expiresAt }) => expiresAt <= now)
          dropWhile(() => pending.size >= (options.capacity ?? 100_000))
          pending.set(keyOf(value.state), value)
        })),
      verify: verifyWith((state) =>
        Effect.sync(() => {
          const value = pending.get(keyOf(state))
          pending.delete(keyOf(state))
          return value
        })
      )
    }
  })

/**
 * States in a `KeyValueStore`, for all processes that share it, under keys that begin with `okru-state/`. A state that
 * never comes back is not removed, since such a store has no life times: let the store drop old entries, or use
 * {@link layerCookie}. That a state is used once is as certain, between processes, as the store's `remove` after its
 * `get`; OK.ru exchanges a code once in any case.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerKeyValueStore = (
  options: Options = {}
): Layer.Layer<OAuthState, never, KeyValueStore.KeyValueStore> =>
  Layer.effect(
    OAuthState,
    Effect.gen(function*() {
      const store = KeyValueStore.prefix(yield* KeyValueStore.KeyValueStore, "okru-state/")
      const locks = yield* PerKey.make(() => Effect.unsafeMakeSemaphore(1))
      const orUnavailable = Effect.mapError((error: PlatformError.PlatformError) =>
        new OAuthStateUnavailable({ issue: platformError.issueOf(error) })
      )
      return {
        issue: issueWith(options, (pending) => orUnavailable(store.set(keyOf(pending.state), encodePending(pending)))),
        verify: verifyWith((state) => {
          const key = keyOf(state)
          return locks.use(key, (lock) =>
            lock.withPermits(1)(
              orUnavailable(
                Effect.gen(function*() {
                  const text = yield* store.get(key)
                  if (Option.isNone(text)) {
                    return undefined
                  }
                  // Whoever removes it has used it up.
                  return (yield* platformError.isThere(store.remove(key)))
                    ? Option.getOrUndefined(decodePending(text.value))
                    : undefined
                })
              )
            ))
        })
      }
    })
  )

/**
 * The state in a cookie of the user's browser, `HttpOnly`, `SameSite=Lax` and, unless said otherwise, `Secure`. To be
 * provided for each request. The cookie is set and removed with the response to it, so `issue` and `verify` belong into
 * the fiber that handles it. One sign-in per browser at a time: a second one takes the place of the first.
 *
 * That a state is used once is as certain as that the browser drops the cookie; OK.ru exchanges a code once in any case.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerCookie = (
  options: Options & {
    /** `false` for plain HTTP on loopback only. */
    readonly secure?: boolean | undefined
    /** `__Host-okru-state` by default, `okru-state` where it is not secure. */
    readonly name?: string | undefined
  } = {}
): Layer.Layer<OAuthState, never, HttpServerRequest.HttpServerRequest> =>
  Layer.effect(
    OAuthState,
    Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
      const { secure = true } = options
      const name = options.name ?? (secure ? "__Host-okru-state" : "okru-state")
      const attributes = { httpOnly: true, path: "/", sameSite: "lax", secure } as const
      return {
        issue: issueWith(options, (pending) =>
          HttpApp.appendPreResponseHandler((_, response) =>
            Effect.succeed(
              HttpServerResponse.unsafeSetCookie(response, name, encodePending(pending), {
                ...attributes,
                ...lastingFor(options.timeToLive ?? defaultTimeToLive)
              })
            )
          )),
        verify: verifyWith((state) => {
          const pending = Option.getOrUndefined(decodePending(request.cookies[name] ?? ""))
          // A forged redirect must not end the sign-in that the user is in.
          return pending === undefined || !timingSafe.equals(pending.state, state)
            ? Effect.succeed(undefined)
            : Effect.as(
              HttpApp.appendPreResponseHandler((_, response) =>
                Effect.succeed(HttpServerResponse.expireCookie(response, name, attributes))
              ),
              pending
            )
        })
      }
    })
  )

// A cookie without an age lasts as long as the browser is open.
// Browsers take whole seconds, and 0 for the end: the cookie itself says when it is over.
const lastingFor = (timeToLive: Duration.DurationInput) =>
  Duration.isFinite(Duration.decode(timeToLive))
    ? { maxAge: Duration.seconds(Math.ceil(Duration.toSeconds(timeToLive))) }
    : {}
