/**
 * OK.ru in a box: an HTTP app that checks what OK.ru checks and answers with linked data. Written from the documentation
 * and not from the client, so that the one proves the other.
 *
 * @example
 * ```ts
 * import { OkClient, OkSession } from "@effect-okru/core"
 * import * as Users from "@effect-okru/methods/Users"
 * import { Sandbox } from "@effect-okru/sandbox"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = OkClient.layerHttp().pipe(
 *   Layer.provideMerge(Sandbox.layerOkConfig),
 *   Layer.provide(Sandbox.layerHttpClient),
 *   Layer.provideMerge(Sandbox.layer())
 * )
 *
 * const test = Effect.gen(function*() {
 *   const sandbox = yield* Sandbox.Sandbox
 *   const [user] = yield* sandbox.users
 *   const uid = yield* Users.getLoggedInUser().pipe(Effect.provide(OkSession.layerClient(user)))
 *   return uid === user.uid
 * }).pipe(Effect.provide(Ok))
 * ```
 *
 * @since 0.1.0
 */
import * as OkConfig from "@effect-okru/core/OkConfig"
import type * as OkMethod from "@effect-okru/core/OkMethod"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Array from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Number from "effect/Number"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { authMethods } from "./internal/answers/auth.js"
import * as Fault from "./internal/fault.js"
import { fetchInProcess } from "./internal/inProcess.js"
import * as Journal from "./internal/journal.js"
import { launchUrl } from "./internal/launch.js"
import { oauth } from "./internal/oauth.js"
import { documentedScopes } from "./internal/oauth/scope.js"
import type { Settings } from "./internal/oauth/settings.js"
import { populate } from "./internal/population.js"
import { rest } from "./internal/rest.js"
import { State } from "./internal/state.js"
import { fromMethods } from "./internal/table.js"
import * as World from "./internal/world.js"

export type {
  /**
   * @since 0.1.0
   * @category models
   */
  Request
} from "./internal/journal.js"

export type {
  /**
   * @since 0.1.0
   * @category models
   */
  Chance,
  /**
   * @since 0.1.0
   * @category models
   */
  Fault
} from "./internal/fault.js"

/**
 * The one application that the sandbox knows.
 *
 * @since 0.1.0
 * @category models
 */
export interface Application {
  readonly id: string
  readonly key: string
  readonly secretKey: Redacted.Redacted<string>
}

/**
 * A user who is signed in. Fits `OkSession.layerClient` and `OkSession.layerServer` as it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface User {
  readonly uid: string
  readonly name: string
  readonly login: string
  readonly password: Redacted.Redacted<string>
  /** Of the session that was opened last. */
  readonly accessToken: Redacted.Redacted<string>
  readonly sessionSecretKey: Redacted.Redacted<string>
  readonly refreshToken: Redacted.Redacted<string>
  /** What the user has granted to the application. */
  readonly permissions: ReadonlyArray<string>
}

/**
 * What to change of the world that a sandbox begins with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Another number gives other ids, friendships and credentials, the same one always the same. 0 by default. */
  readonly seed?: number | undefined
  readonly application?: Partial<Application> | undefined
  /** What the users who are signed in have granted. Everything that any method needs by default. */
  readonly permissions?: ReadonlyArray<string> | undefined
  /** How long a session lasts. 30 minutes by default, as on OK.ru. One with LONG_ACCESS_TOKEN lasts 30 days anyway. */
  readonly tokenLife?: Duration.DurationInput | undefined
  /**
   * The addresses that users may come back to, whatever their query. By default any on 127.0.0.1 and localhost, and those
   * of OK.ru's own SDKs: `https://oauth.mycdn.me/blank.html`, `okauth://auth`, `okauth://ok<id>`, `ok<id>://authorize`.
   */
  readonly redirectUris?: ReadonlyArray<string> | undefined
  /** Whether the application may use `response_type=token`. It may by default. */
  readonly implicit?: boolean | undefined
  /** How `token.do` writes `expires_in`. As a string by default: one copy of the documentation does. */
  readonly expiresIn?: "string" | "number" | undefined
  /**
   * Whether a refresh token is kept, the default, or comes with a new one each time, which ends nothing. With `none` the
   * token endpoint gives none at all, as some clients have seen.
   */
  readonly refreshTokens?: "kept" | "renewed" | "none" | undefined
  /**
   * Methods beside those of `@effect-okru/methods`. One of the same name takes the other's place: calls are checked by the last of a name.
   */
  readonly methods?: Iterable<OkMethod.Any> | undefined
  /** Is told of every call and every request of the OAuth addresses before it is answered: for more than the last 1,000. */
  readonly onRequest?: ((request: Journal.Request) => Effect.Effect<void>) | undefined
}

/**
 * Which calls a fault is for.
 *
 * @since 0.1.0
 * @category models
 */
export interface FaultOptions {
  /** Calls of this method only. One that there is not is a defect. */
  readonly method?: OkMethod.Any | string | undefined
  /** With how many of them: 1 by default, `Infinity` for all. What is no such number is a defect. */
  readonly times?: number | undefined
}

/**
 * The sandbox as a test sees it, from inside. A user or a method that it does not know is a mistake in the test, and a defect.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** What answers HTTP requests. */
  readonly app: HttpApp.Default
  readonly application: Application
  /** Who is signed in, now. */
  readonly users: Effect.Effect<Array.NonEmptyReadonlyArray<User>>
  /** Ends a user's sessions: their tokens get error 102 from now on. */
  readonly expireSession: (uid: string) => Effect.Effect<void>
  /** Signs a user in once more: `users` has the new token. Older sessions go on as they are. */
  readonly openSession: (uid: string) => Effect.Effect<User>
  /** Ends a user's refresh tokens, as if their 30 days were over. */
  readonly expireRefreshTokens: (uid: string) => Effect.Effect<void>
  /** Ends a user's refresh tokens, as if the user had withdrawn the application. */
  readonly revokeRefreshTokens: (uid: string) => Effect.Effect<void>
  /**
   * The address at which OK.ru opens a web application for a user, with a new session and both signatures. `parameters`
   * are added to the launch parameters, or replace some: `{ custom_args: "level=3" }`.
   */
  readonly launchUrl: (
    uid: string,
    address: string,
    parameters?: { readonly [name: string]: string }
  ) => Effect.Effect<string>
  /** What users who sign in are asked for besides the password, in the dialogs and by `auth.login`, from now on. */
  readonly challenge: (challenge: "none" | "captcha" | "humanCheck") => Effect.Effect<void>
  /** The next answers of the token endpoint are HTML pages, with HTTP 200 by default. What was asked is not done. */
  readonly tokenPages: (count: number, status?: number) => Effect.Effect<void>
  /**
   * Something goes wrong with the next call of the REST API, or the next few, of one method or any. Faults come in the order
   * in which they were asked for.
   */
  readonly fault: (fault: Fault.Fault, options?: FaultOptions) => Effect.Effect<void>
  /** Something goes wrong with some of the calls, from now on. */
  readonly faultsByChance: (chance: Fault.Chance) => Effect.Effect<void>
  /** Nothing goes wrong any more. */
  readonly clearFaults: Effect.Effect<void>
  /** Grants permissions to the application on a user's behalf. */
  readonly grant: (uid: string, ...permissions: ReadonlyArray<string>) => Effect.Effect<void>
  /** Takes permissions back. */
  readonly revoke: (uid: string, ...permissions: ReadonlyArray<string>) => Effect.Effect<void>
  /** How often a method was executed: calls that were refused do not count. */
  readonly executions: (method: OkMethod.Any | string) => Effect.Effect<number>
  /** How often the token endpoint was asked, refused or not: for a grant, or at all. */
  readonly tokenRequests: (grant?: "authorization_code" | "refresh_token") => Effect.Effect<number>
  /** The last 1,000 calls and requests of the OAuth addresses, in order, without their secrets. */
  readonly requests: Effect.Effect<ReadonlyArray<Journal.Request>>
}

/**
 * The sandbox, for a test to reach into.
 *
 * @since 0.1.0
 * @category tags
 */
export class Sandbox extends Context.Tag("@effect-okru/sandbox/Sandbox")<Sandbox, Service>() {}

// Where each concern has its routes.
const routes = HttpRouter.concatAll(rest, oauth)

/**
 * A sandbox with a world of its own.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Service> =>
  Effect.gen(function*() {
    const seed = options.seed ?? 0
    const tokenLife = Duration.toMillis(options.tokenLife ?? "30 minutes")
    const application: Application = {
      id: options.application?.id ?? `${512_000_000 + seed}`,
      key: options.application?.key ?? `TEST-APPLICATION-KEY-${seed}`,
      secretKey: options.application?.secretKey ?? Redacted.make(`test-application-secret-key-${seed}`)
    }
    // What a test gives goes before what the sandbox has.
    const table = fromMethods([...authMethods, ...Catalogue.methods, ...(options.methods ?? [])])
    const permissions = options.permissions ??
      Array.dedupe(Array.fromIterable(table.values()).flatMap(({ method }) => method.permissions))
    const settings: Settings = {
      redirectUris: options.redirectUris,
      implicit: options.implicit ?? true,
      expiresIn: options.expiresIn ?? "string",
      refreshTokens: options.refreshTokens ?? "kept",
      scopes: Array.union(documentedScopes, permissions)
    }
    const now = yield* Clock.currentTimeMillis
    const world = yield* Effect.flatMap(populate({ seed, permissions, tokenLife, now }), Ref.make)
    const journal = yield* Ref.make(Journal.empty)
    const faults = yield* Ref.make(Fault.none)
    const onRequest = options.onRequest ?? (() => Effect.void)

    const modifyUser = <A>(
      uid: string,
      f: (world: World.World) => readonly [A, World.World]
    ): Effect.Effect<A> =>
      Effect.flatten(Ref.modify(world, (before) => {
        if (!Record.has(before.accounts, uid)) {
          return [unknownUser(uid), before]
        }
        const [value, after] = f(before)
        return [Effect.succeed(value), after]
      }))

    const change = (uid: string, f: (world: World.World) => World.World): Effect.Effect<void> =>
      modifyUser(uid, (world) => [undefined, f(world)])

    const open = (uid: string): Effect.Effect<readonly [World.Session, World.World]> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        modifyUser(uid, (world) => {
          const opened = World.openSession(world, uid, now)
          return [opened, opened[1]]
        }))

    const knownMethod = (method: OkMethod.Any | string): Effect.Effect<string> => {
      const name = typeof method === "string" ? method : method.name
      return table.has(name) ? Effect.succeed(name) : Effect.dieMessage(`Sandbox: there is no method ${name}`)
    }

    return {
      app: routes.pipe(
        Effect.catchTag("RouteNotFound", () => notFound),
        Effect.provideService(State, { application, table, settings, world, journal, faults, onRequest })
      ),
      application,
      users: Effect.flatMap(Ref.get(world), (world) => {
        const users = usersOf(world)
        return Array.isNonEmptyReadonlyArray(users)
          ? Effect.succeed(users)
          : Effect.dieMessage("Sandbox: nobody is signed in")
      }),
      expireSession: (uid) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => change(uid, (world) => World.expireSessions(world, uid, now))),
      openSession: (uid) =>
        Effect.flatMap(open(uid), ([session, world]) => Effect.fromNullable(userOf(world, session))).pipe(
          Effect.catchTag("NoSuchElementException", () => unknownUser(uid))
        ),
      expireRefreshTokens: (uid) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          change(uid, (world) =>
            World.updateRefreshTokens(world, uid, (token) => ({ ...token, expires: Math.min(token.expires, now) })))),
      revokeRefreshTokens: (uid) =>
        change(uid, (world) =>
          World.updateRefreshTokens(world, uid, (token) => ({ ...token, revoked: true }))),
      launchUrl: (uid, address, parameters = {}) =>
        Effect.map(open(uid), ([session, world]) =>
          launchUrl(application, world, session, address, parameters)),
      challenge: (challenge) => Ref.update(world, (world) => ({ ...world, challenge })),
      tokenPages: (left, status = 200) => Ref.update(world, (world) => ({ ...world, tokenPages: { left, status } })),
      fault: (fault, { method, times = 1 } = {}) =>
        Effect.gen(function*() {
          const name = method === undefined ? undefined : yield* knownMethod(method)
          if (!isCount(times)) {
            return yield* Effect.dieMessage(`Sandbox: times must be a whole number from 1 on or Infinity, got ${times}`)
          }
          yield* Ref.update(faults, (faults) => Fault.add(faults, fault, name, times))
        }),
      faultsByChance: (chance) => Ref.update(faults, (faults) => ({ ...faults, chance: Fault.byChance(chance) })),
      clearFaults: Ref.set(faults, Fault.none),
      grant: (uid, ...granted) =>
        change(uid, (world) => World.updatePermissions(world, uid, (permissions) => Array.union(permissions, granted))),
      revoke: (uid, ...revoked) =>
        change(
          uid,
          (world) => World.updatePermissions(world, uid, (permissions) => Array.difference(permissions, revoked))
        ),
      executions: (method) =>
        Effect.zipWith(knownMethod(method), Ref.get(journal), (name, { executions }) =>
          Journal.countOf(executions, name)),
      tokenRequests: (grant) =>
        Effect.map(Ref.get(journal), ({ tokenRequests }) =>
          grant === undefined
            ? Number.sumAll(Object.values(tokenRequests))
            : Journal.countOf(tokenRequests, grant)),
      requests: Effect.map(Ref.get(journal), ({ requests }) =>
        requests)
    }
  })

// Infinity is as whole as any.
const isCount = (times: number): boolean => times >= 1 && Math.floor(times) === times

const notFound = HttpServerResponse.html("<html><body><h1>404 Not Found</h1></body></html>").pipe(
  Effect.map(HttpServerResponse.setStatus(404))
)

const unknownUser = (uid: string): Effect.Effect<never> => Effect.dieMessage(`Sandbox: there is no user ${uid}`)

const usersOf = (world: World.World): ReadonlyArray<User> =>
  Object.keys(world.accounts).flatMap((uid) => {
    const session = Option.getOrUndefined(Array.findLast(world.sessions, (session) => session.uid === uid))
    const user = session === undefined ? undefined : userOf(world, session)
    return user === undefined ? [] : [user]
  })

const userOf = (world: World.World, session: World.Session): User | undefined => {
  const { accessToken, refreshToken, sessionSecretKey, uid } = session
  const account = World.accountOf(world, uid)
  const profile = World.profileOf(world, uid)
  return account === undefined || profile === undefined ? undefined : {
    uid,
    name: `${profile.firstName} ${profile.lastName}`,
    login: account.login,
    password: account.password,
    accessToken,
    sessionSecretKey,
    refreshToken,
    permissions: account.permissions
  }
}

/**
 * A sandbox with data of its own, thrown away with its scope.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<Sandbox> => Layer.effect(Sandbox, make(options))

/**
 * What answers HTTP requests: `POST` and `GET` of `/fb.do` and `/api/<group>/<method>`, and what users sign in by,
 * `/oauth/authorize`, `/oauth/token.do` and the pages under `/dk`.
 *
 * @since 0.1.0
 * @category app
 */
export const app: HttpApp.Default<never, Sandbox> = Effect.flatMap(Sandbox, (sandbox) => sandbox.app)

/**
 * An `HttpClient` that calls the sandbox in the same process, without a socket, whatever host a request is for.
 *
 * A request is answered in the fiber that makes it: with its clock, and interrupted with it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttpClient: Layer.Layer<HttpClient.HttpClient, never, Sandbox> = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(Sandbox, (sandbox) => fetchInProcess(sandbox.app))
)

/**
 * The options of {@link layerOkConfig}, to change some of them.
 *
 * @since 0.1.0
 * @category config
 */
export const config: Effect.Effect<OkConfig.Options, never, Sandbox> = Effect.map(
  Sandbox,
  ({ application }) => configOf(application)
)

/**
 * The application of the sandbox, with OK.ru's own addresses: for {@link layerHttpClient}, which answers for any.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerOkConfig: Layer.Layer<OkConfig.OkConfig, never, Sandbox> = Layer.unwrapEffect(
  Effect.map(config, OkConfig.layer)
)

/**
 * The application for `OkConfig.layer`, with the addresses of a sandbox that is served at an origin.
 *
 * @since 0.1.0
 * @category config
 */
export const configOf = (application: Application, url?: string): OkConfig.Options => ({
  applicationId: application.id,
  applicationKey: application.key,
  applicationSecretKey: application.secretKey,
  apiUrl: url,
  connectUrl: url
})
