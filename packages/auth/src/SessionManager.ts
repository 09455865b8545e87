/**
 * Sessions that stay alive, for many users and for all processes of a backend.
 *
 * A session of {@link sessionFor} takes its credentials from the `TokenStore` at every call, so that a renewal, a new
 * sign-in or a log-out in any process holds at once in all of them. It renews them
 *
 * - **before they expire**: one call does it, the others go on with the token that is still good;
 * - **when they have expired, or OK.ru says so** (102, 103): one fiber renews, the others that failed with the same
 *   token wait and share the outcome. If that fiber is interrupted, one of those that wait takes over.
 *
 * Between processes the store's lease picks the one that renews. What comes of it is saved before any call is repeated.
 *
 * A long token (`LONG_ACCESS_TOKEN`) is prolonged with `auth.touchSession`, at most once a day, instead of refreshed. A
 * touch that fails is made again an hour later.
 *
 * @see https://apiok.ru/en/ext/oauth/server
 *
 * @since 0.1.0
 */
import type * as OkClient from "@effect-okru/core/OkClient"
import * as OkConfig from "@effect-okru/core/OkConfig"
import {
  type OkSessionError,
  OkSessionUnavailable,
  type OkSigningError,
  ReauthorizationRequired
} from "@effect-okru/core/OkError"
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkMetric from "@effect-okru/core/OkMetric"
import * as OkPolicy from "@effect-okru/core/OkPolicy"
import * as OkSession from "@effect-okru/core/OkSession"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Fiber from "effect/Fiber"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as Tracer from "effect/Tracer"
import * as Credentials from "./Credentials.js"
import * as PerKey from "./internal/perKey.js"
import * as RefreshToken from "./RefreshToken.js"
import * as TokenStore from "./TokenStore.js"

/**
 * The sessions of a backend, by user.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The session of a user, by the name the backend keeps it under. Costs nothing until it is called with. */
  readonly session: (user: string) => OkSession.Service
  /** Keeps what a user has signed in with. */
  readonly save: (user: string, credentials: Credentials.Credentials) => Effect.Effect<void, TokenStore.TokenStoreError>
  /** What is kept of a user. */
  readonly find: (
    user: string
  ) => Effect.Effect<Option.Option<Credentials.Credentials>, TokenStore.TokenStoreError>
  /**
   * Logs a user out: a renewal that is under way will not bring the session back, as far as the store's `replace` holds. OK.ru is
   * not told: its OAuth has no way, and to take the user's grant back is `Users.removeAppPermissions`.
   */
  readonly forget: (user: string) => Effect.Effect<void, TokenStore.TokenStoreError>
}

/**
 * The manager of an application's sessions: one for a process.
 *
 * @since 0.1.0
 * @category tags
 */
export class SessionManager extends Context.Tag("@effect-okru/auth/SessionManager")<SessionManager, Service>() {}

/**
 * How a new access token is had for credentials with a refresh token, `RefreshToken.renew` for one. `None` when OK.ru does
 * not take the refresh token any more: it is removed from the store, so that it is not asked for again. A failure when that
 * is not known, for want of an answer. Must not be sent through a client that has a session of this manager.
 *
 * @since 0.1.0
 * @category models
 */
export type Refresh<R = never> = (
  credentials: Credentials.Credentials
) => Effect.Effect<Option.Option<Credentials.Credentials>, OkSessionUnavailable, R>

/**
 * When sessions are renewed, and where users go whose session cannot be.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<R = never> {
  /**
   * Where to send a user who has to sign in again. Best the backend's own page that starts a sign-in, where a fresh
   * `state` is given to the browser that comes.
   */
  readonly authorizeUrl: (user: string) => Effect.Effect<string, OkSessionUnavailable, R>
  /** How long before its end a token is renewed. 1 minute by default. A long token is touched once a day. */
  readonly renewBefore?: Duration.DurationInput | undefined
  /**
   * How long a renewal waits for OK.ru, a place among the connections of the `HttpClient` included. 10 seconds by default.
   */
  readonly timeout?: Duration.DurationInput | undefined
}

const touchSession = OkMethod.make("auth.touchSession", {
  session: "required",
  permissions: [],
  kind: "read",
  params: {},
  success: OkField.boolean,
  manual: false
})

const longLife = Duration.days(30)
const storeTimeout = Duration.seconds(3)
const pollEvery = Duration.millis(250)
// Between two renewals before expiry, so that an endpoint that is down does not slow every call.
const coolDown = Duration.seconds(10)
// After a touch that failed: one a day is needed.
const touchCoolDown = Duration.hours(1)

// Not the time that can be set back, which would keep renewals waiting.
const steadyMillis = Effect.clockWith((clock) => Effect.succeed(Number(clock.unsafeCurrentTimeNanos()) / 1_000_000))

interface Renewal {
  readonly lock: Effect.Semaphore
  readonly last: Ref.Ref<{
    readonly count: number
    readonly at: number
    /** The long token that could not be touched then. */
    readonly untouched: Option.Option<Credentials.Credentials["accessToken"]>
    readonly outcome: Option.Option<Outcome>
  }>
}

interface Outcome {
  /** Whether the renewal took the token for over: one that did not may have left something untried. */
  readonly over: boolean
  readonly result: Either.Either<Reached, OkSessionError>
}

/** The credentials that reach a goal. */
interface Reached {
  readonly credentials: Credentials.Credentials
  /** The token that this process has renewed for them, unless it found them in the store. */
  readonly renewed: Option.Option<Credentials.Credentials["accessToken"]>
}

/** What a renewal is to reach, and whether the token that it starts from is over. */
interface Goal {
  readonly over: boolean
  readonly stale: Credentials.Credentials["accessToken"]
  readonly isReached: (stored: Credentials.Credentials) => Effect.Effect<boolean>
}

const isNotExpired = ({ accessToken }: Credentials.Credentials): Goal => ({
  over: true,
  stale: accessToken,
  isReached: (stored) => Effect.negate(Credentials.isExpired(stored))
})

const isNot = ({ accessToken }: { readonly accessToken: Credentials.Credentials["accessToken"] }): Goal => ({
  over: true,
  stale: accessToken,
  isReached: (stored) => Effect.succeed(!Equal.equals(stored.accessToken, accessToken))
})

/**
 * A manager as a value, see {@link layer} for the usual way. What it remembers of a renewal ends with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <R1 = never, R2 = never>(
  refresh: Refresh<R1>,
  options: Options<R2>
): Effect.Effect<
  Service,
  never,
  OkConfig.OkConfig | OkClient.OkClient | TokenStore.TokenStore | Scope.Scope | R1 | R2
> =>
  Effect.gen(function*() {
    const { apiUrl, applicationId } = yield* OkConfig.OkConfig
    const store = yield* TokenStore.TokenStore
    // Without a limit of calls at a time: the call that waits for a renewal has a place among them, and keeps it. To wait for
    // another one would be to wait for itself.
    const context = Context.add(
      withoutSpan(yield* Effect.context<OkClient.OkClient | R1 | R2>()),
      OkPolicy.Concurrency,
      "off"
    )
    const scope = yield* Effect.scope
    const renewals = yield* PerKey.make((): Renewal => ({
      lock: Effect.unsafeMakeSemaphore(1),
      last: Ref.unsafeMake({
        count: 0,
        at: Number.NEGATIVE_INFINITY,
        untouched: Option.none(),
        outcome: Option.none()
      })
    }))
    const renewBefore = Duration.decode(options.renewBefore ?? "1 minute")
    const timeout = Duration.decode(options.timeout ?? "10 seconds")
    // Covers all that is done under it: a read, the renewal, three attempts to save.
    const lease = Duration.sum(timeout, Duration.seconds(20))

    const renewedInTime = within(timeout, "OK.ru did not renew the session in time")

    const keyOf = (user: string): TokenStore.Key => ({ applicationId, apiUrl, user })

    const load = (user: string, { over }: Pick<Goal, "over">): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      Effect.flatMap(
        ask(store.get(keyOf(user)), { sets: false }),
        Option.match({ onNone: () => end(user, over), onSome: Effect.succeed })
      )

    // Neither a loss of the connection nor an interruption at this very moment loses the token. In a fiber of its own,
    // where the time-outs can end an attempt and an interruption of the caller cannot.
    const save = (user: string, stale: Credentials.Credentials, fresh: Credentials.Credentials) =>
      ask(store.replace(keyOf(user), stale, fresh)).pipe(
        Effect.retry({ times: 2, schedule: Schedule.exponential("100 millis") }),
        Effect.interruptible,
        Effect.forkDaemon,
        Effect.flatMap(Fiber.join)
      )

    // Of a token that is still good nobody hears that it cannot be renewed, so nobody needs an address.
    const end = (user: string, over: boolean): Effect.Effect<never, OkSessionError> =>
      over
        ? Effect.flatMap(
          Effect.provide(options.authorizeUrl(user), context),
          (authorizeUrl) => new ReauthorizationRequired({ user, authorizeUrl })
        )
        : new OkSessionUnavailable({ issue: "the session ends with its token" })

    const byRefresh = (
      user: string,
      stored: Credentials.Credentials,
      goal: Goal
    ): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      stored.refreshToken === undefined
        ? end(user, goal.over)
        : Effect.flatMap(
          Effect.provide(refresh(stored), context),
          Option.match({
            onNone: () =>
              Effect.flatMap(
                save(user, stored, { ...stored, refreshToken: undefined }),
                // Who has signed in meanwhile need not do it again.
                (saved) => saved ? end(user, goal.over) : load(user, goal)
              ),
            onSome: Effect.succeed
          })
        )

    const byTouch = (
      user: string,
      stored: Credentials.Credentials,
      goal: Goal
    ): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      touchSession().pipe(
        // A session of its own: one of this manager would wait for itself.
        Effect.provideService(OkSession.OkSession, { ...OkSession.make(Credentials.toSession(stored)), user }),
        Effect.provide(context),
        Effect.flatMap((prolonged) =>
          prolonged
            ? Effect.map(DateTime.now, (now) => ({ ...stored, expiresAt: DateTime.addDuration(now, longLife) }))
            : new OkSessionUnavailable({ issue: "auth.touchSession did not prolong the token" })
        ),
        Effect.catchTag("OkSessionExpired", () => byRefresh(user, stored, goal)),
        Effect.catchAll((error) =>
          error._tag === "ReauthorizationRequired" || error._tag === "OkSessionUnavailable"
            ? Effect.fail(error)
            : new OkSessionUnavailable({ issue: error.message })
        )
      )

    /** `None`: another process is at it, or the user has signed in or out meanwhile. */
    const tryOnce = (user: string, goal: Goal): Effect.Effect<Option.Option<Reached>, OkSessionError> =>
      Effect.gen(function*() {
        const seen = yield* load(user, goal)
        if (yield* goal.isReached(seen)) {
          return Option.some({ credentials: seen, renewed: Option.none() })
        }
        if (goal.over && seen.refreshToken === undefined) {
          return yield* end(user, goal.over)
        }
        if (!(yield* ask(store.lease(keyOf(user), lease)))) {
          return Option.none()
        }
        const stored = yield* load(user, goal)
        if (yield* goal.isReached(stored)) {
          return Option.some({ credentials: stored, renewed: Option.none() })
        }
        return yield* Effect.uninterruptibleMask((restore) =>
          Effect.flatMap(
            restore(
              renewedInTime(
                Credentials.isLong(stored) && !goal.over ? byTouch(user, stored, goal) : byRefresh(user, stored, goal)
              )
            ),
            (fresh) =>
              Effect.flatMap(
                save(user, stored, fresh),
                (saved) =>
                  saved
                    ? Effect.as(
                      Metric.increment(OkMetric.renewals),
                      Option.some({ credentials: fresh, renewed: Option.some(stored.accessToken) })
                    )
                    : Effect.succeedNone
              )
          )
        )
      }).pipe(leased)

    const untilReached = (user: string, goal: Goal): Effect.Effect<Reached, OkSessionError> =>
      Effect.flatMap(
        tryOnce(user, goal),
        Option.match({
          onNone: () => Effect.delay(Effect.suspend(() => untilReached(user, goal)), pollEvery),
          onSome: Effect.succeed
        })
      )

    const beforeLong = within(Duration.times(lease, 2), "another process renews it and does not finish")

    // Kept for a while after the last user, for the cool-down.
    const cool = (
      user: string,
      { last }: Renewal,
      untouched: Option.Option<Credentials.Credentials> = Option.none()
    ): Effect.Effect<void> =>
      Effect.gen(function*() {
        const at = yield* steadyMillis
        yield* Ref.update(last, (state) => ({
          ...state,
          at,
          untouched: Option.map(untouched, ({ accessToken }) => accessToken)
        }))
        yield* renewals.hold(user)
        yield* Effect.forkIn(
          Effect.ensuring(
            Effect.interruptible(Effect.sleep(Option.isSome(untouched) ? touchCoolDown : coolDown)),
            renewals.release(user)
          ),
          scope
        )
      }).pipe(Effect.uninterruptible)

    const isCool = ({ last }: Renewal, stored: Credentials.Credentials): Effect.Effect<boolean> =>
      Effect.zipWith(Ref.get(last), steadyMillis, ({ at, untouched }, now) =>
        now - at < Duration.toMillis(coolDown) ||
        (Option.contains(untouched, stored.accessToken) && now - at < Duration.toMillis(touchCoolDown)))

    // An interrupted renewal leaves no outcome.
    const record = (
      user: string,
      renewal: Renewal,
      { over }: Goal,
      effect: Effect.Effect<Reached, OkSessionError>
    ): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      Effect.gen(function*() {
        const result = yield* Effect.either(effect)
        yield* Ref.update(
          renewal.last,
          (state) => ({ ...state, count: state.count + 1, outcome: Option.some({ over, result }) })
        )
        yield* cool(user, renewal)
        return (yield* result).credentials
      })

    // What was found in the store, or has just been saved there, may be the very token that the next one has come to renew. Who
    // came to renew the same token as this one shares also a refresh that gave it again.
    const isFor = (goal: Goal, { over, result }: Outcome): Effect.Effect<boolean> =>
      Either.isLeft(result)
        ? Effect.succeed(over)
        : over && Option.contains(result.right.renewed, goal.stale)
        ? Effect.succeed(true)
        : goal.isReached(result.right.credentials)

    const renew = (user: string, goal: Goal): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      renewals.use(user, (renewal) =>
        Effect.flatMap(Ref.get(renewal.last), ({ count: seen }) =>
          Effect.gen(function*() {
            const { count, outcome } = yield* Ref.get(renewal.last)
            if (count !== seen && Option.isSome(outcome) && (yield* isFor(goal, outcome.value))) {
              return (yield* outcome.value.result).credentials
            }
            return yield* record(user, renewal, goal, beforeLong(untilReached(user, goal)))
          }).pipe(renewal.lock.withPermits(1))))

    /** Fails never, and does not die: the token is still good. */
    const renewAhead = (user: string, stored: Credentials.Credentials): Effect.Effect<Credentials.Credentials> => {
      const goal: Goal = {
        over: false,
        stale: stored.accessToken,
        isReached: (other) =>
          Equal.equals(other.accessToken, stored.accessToken) ? Effect.negate(isDue(other)) : Effect.succeed(true)
      }
      const attempt = Effect.map(
        tryOnce(user, goal),
        Option.getOrElse((): Reached => ({ credentials: stored, renewed: Option.none() }))
      )
      return renewals.use(user, (renewal) =>
        Effect.flatMap(isCool(renewal, stored), (isCool) =>
          isCool
            ? Effect.succeed(stored)
            : Effect.onError(
              record(user, renewal, goal, attempt),
              // A caller whose time is over before OK.ru answers, too, must not be followed by one that waits as long.
              () => cool(user, renewal, Option.liftPredicate(stored, Credentials.isLong))
            )).pipe(
            renewal.lock.withPermitsIfAvailable(1),
            Effect.map(Option.getOrElse(() => stored)),
            Effect.catchAllCause((cause) =>
              Cause.isInterruptedOnly(cause)
                ? Effect.failCause(Cause.stripFailures(cause))
                : Effect.as(Effect.logDebug(`a session was not renewed before it expires: ${reasonOf(cause)}`), stored)
            )
          ))
    }

    const isDue = (stored: Credentials.Credentials): Effect.Effect<boolean> =>
      Credentials.isLong(stored)
        ? stored.expiresAt === undefined
          ? Effect.succeed(true)
          : Credentials.expiresWithin(stored, Duration.subtract(longLife, Duration.days(1)))
        : stored.refreshToken === undefined
        ? Effect.succeed(false)
        : Credentials.expiresWithin(stored, renewBefore)

    const current = (user: string): Effect.Effect<Credentials.Credentials, OkSessionError> =>
      Effect.gen(function*() {
        const stored = yield* load(user, { over: true })
        if (yield* Credentials.isExpired(stored)) {
          return yield* renew(user, isNotExpired(stored))
        }
        return (yield* isDue(stored)) ? yield* renewAhead(user, stored) : stored
      })

    return {
      session: (user) => ({
        user,
        current: Effect.map(current(user), Credentials.toSession),
        renew: (stale) =>
          stale._tag === "Application" ? Effect.succeed(false) : Effect.as(renew(user, isNot(stale)), true)
      }),
      save: (user, credentials) => store.set(keyOf(user), credentials),
      find: (user) => store.get(keyOf(user)),
      forget: (user) => store.remove(keyOf(user))
    }
  })

// A defect may say anything, so only what it is gets into a log.
const reasonOf = (cause: Cause.Cause<OkSessionError>): string =>
  Either.match(Cause.failureOrCause(cause), {
    onLeft: ({ message }) => message,
    onRight: (cause) => {
      const [defect] = Cause.defects(cause)
      return `a defect of the refresh or the store${defect instanceof Error ? `, ${defect.name}` : ""}`
    }
  })

// A renewal is a part of the call that needs it, not of whatever the layer was built in. Nothing here asks for a span, so
// what was asked for is still there.
const withoutSpan = <R>(context: Context.Context<R>): Context.Context<R> =>
  Context.omit(Tracer.ParentSpan)(context) as Context.Context<R>

/**
 * What the store says, in time. `Effect.timeoutFail` takes two fibers and a timer, several times what all the rest of
 * `current` does, and at every call. So the time counts for a store that keeps its caller waiting.
 */
const ask = <A, R>(
  effect: Effect.Effect<A, TokenStore.TokenStoreError, R>,
  /**
   * Whether what it sets in its fiber counts, as with a store that writes cookies. Only what reads does without: to inherit from a
   * fiber costs as much as a call.
   */
  { sets }: { readonly sets: boolean } = { sets: true }
): Effect.Effect<A, OkSessionUnavailable, R> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.flatMap(Effect.runtime<R>(), (runtime) => {
      // With its outcome as a value: a fiber that fails is logged as one that nobody waits for.
      const asking = Runtime.runFork(runtime, Effect.exit(Effect.interruptible(effect)))
      const polled = asking.unsafePoll()
      return Effect.flatMap(
        polled === null
          ? Effect.onError(restore(inTime(Fiber.join(asking))), () => Fiber.interruptFork(asking))
          : sets
          ? Fiber.join(asking)
          : polled,
        Effect.mapError(({ message }) => new OkSessionUnavailable({ issue: message }))
      )
    })
  )

/**
 * The limit holds for callers that cannot be interrupted, too: the loser of `Effect.timeoutFail` is waited for, and cannot be
 * interrupted where its parent cannot. A root fiber can.
 */
const within =
  (duration: Duration.Duration, issue: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | OkSessionUnavailable, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.timeoutFail(effect, { duration, onTimeout: () => new OkSessionUnavailable({ issue }) }).pipe(
        Effect.interruptible,
        // As a value: a fiber that fails is logged as one that nobody waits for.
        Effect.exit,
        Effect.forkDaemon,
        Effect.flatMap((fiber) =>
          Effect.catchAllCause(
            restore(Fiber.join(fiber)),
            // What has come at that very moment is handed on, since it may be a token that is to be saved.
            () => Effect.flatten(Fiber.interrupt(fiber))
          )
        ),
        Effect.flatten
      )
    )

const inTime = within(storeTimeout, "the token store did not answer in time")

/** Like `Effect.scoped`, with a limit to the time that the store has to take its lease back. */
const leased = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<R, Scope.Scope>> =>
  Effect.acquireUseRelease(
    Scope.make(),
    (scope) => Scope.extend(effect, scope),
    // A lease that was not given back ends by itself.
    (scope, exit) => Effect.ignore(ask(Effect.uninterruptible(Scope.close(scope, exit))))
  )

/**
 * The manager. It refreshes with the refresh token grant, straight through the `HttpClient`.
 *
 * That may be the one that calls go through. Where calls can keep all of its connections busy for seconds, a refresh
 * stands in line behind them, and its time-out counts meanwhile: give this layer a client with connections of its own.
 *
 * @example
 * ```ts
 * import * as Cipher from "@effect-okru/auth/Cipher"
 * import * as SessionManager from "@effect-okru/auth/SessionManager"
 * import * as TokenStore from "@effect-okru/auth/TokenStore"
 * import { OkClient, OkConfig } from "@effect-okru/core"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as KeyValueStore from "@effect/platform/KeyValueStore"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = SessionManager.layer({
 *   authorizeUrl: () => Effect.succeed("https://example.com/login")
 * }).pipe(
 *   Layer.provideMerge(OkClient.layerHttp()),
 *   Layer.provide(TokenStore.layerKeyValueStore()),
 *   Layer.provide([KeyValueStore.layerMemory, Cipher.layerPlain, FetchHttpClient.layer]),
 *   Layer.provideMerge(OkConfig.layerConfig())
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <R = never>(
  options: Options<R>
): Layer.Layer<
  SessionManager,
  never,
  OkConfig.OkConfig | OkClient.OkClient | TokenStore.TokenStore | HttpClient.HttpClient | R
> => layerWith(RefreshToken.renew, options)

/**
 * The manager with another way to a new token: a service of yours that holds the refresh tokens, a fake in a test.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerWith = <R1 = never, R2 = never>(
  refresh: Refresh<R1>,
  options: Options<R2>
): Layer.Layer<SessionManager, never, OkConfig.OkConfig | OkClient.OkClient | TokenStore.TokenStore | R1 | R2> =>
  Layer.scoped(SessionManager, make(refresh, options))

/**
 * The session of a user. Its calls fail with `ReauthorizationRequired` when the user has to sign in again, and with
 * `OkSessionUnavailable` when the store or OK.ru does not answer; both are `OkError`s. To provide a layer costs as much as
 * some calls: provide it to all that a request does, not to each call.
 *
 * @example
 * ```ts
 * import * as SessionManager from "@effect-okru/auth/SessionManager"
 * import * as Friends from "@effect-okru/methods/Friends"
 * import * as Effect from "effect/Effect"
 *
 * const friendsOf = (user: string) => Friends.get().pipe(Effect.provide(SessionManager.sessionFor(user)))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const sessionFor = (
  user: string
): Layer.Layer<OkSession.OkSession | OkSession.OkAnySession, never, SessionManager> =>
  Layer.unwrapEffect(Effect.map(SessionManager, (manager) => OkSession.layer(manager.session(user))))

/**
 * The session of a user, and the application's own beside it: for a backend, which has the application's secret key.
 *
 * @since 0.1.0
 * @category layers
 */
export const serverSessionFor = (
  user: string
): Layer.Layer<
  OkSession.OkSession | OkSession.OkAppSession | OkSession.OkAnySession,
  OkSigningError,
  SessionManager | OkConfig.OkConfig
> =>
  Layer.merge(
    Layer.project(OkSession.layerApplication, OkSession.OkAppSession, OkSession.OkAppSession, identity),
    sessionFor(user)
  )
