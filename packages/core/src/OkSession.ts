/**
 * Who calls. A session is one of three services, and a layer outputs those it can stand for:
 *
 * | layer | {@link OkSession} | {@link OkAppSession} | {@link OkAnySession} |
 * |---|---|---|---|
 * | {@link layerClient} | yes | | yes |
 * | {@link layerServer} | yes | yes | yes |
 * | {@link layerApplication} | | yes | yes |
 *
 * A method whose session is required needs `OkSession`, one whose session is prohibited `OkAppSession`, one whose
 * session is optional `OkAnySession`. A program whose layers cannot do what its methods need does not compile.
 *
 * A backend with many users provides a session per user and per request.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { noApplicationSecret, present } from "./internal/secret.js"
import * as OkConfig from "./OkConfig.js"
import { type OkSessionError, OkSigningError } from "./OkError.js"

/**
 * What a call is signed with.
 *
 * - `Client`: a user, with the session secret key that came with the token.
 * - `Server`: a user, with the application's secret key in place of a session secret key.
 * - `Application`: no user, no token: the application itself.
 *
 * @since 0.1.0
 * @category models
 */
export type Credentials = Data.TaggedEnum<{
  Client: {
    readonly accessToken: Redacted.Redacted<string>
    readonly sessionSecretKey: Redacted.Redacted<string>
  }
  Server: { readonly accessToken: Redacted.Redacted<string> }
  Application: {}
}>

/**
 * Makes {@link Credentials}, and matches them: `Credentials.Client({ accessToken, sessionSecretKey })`,
 * `Credentials.$match`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const Credentials: Data.TaggedEnum.Constructor<Credentials> = Data.taggedEnum<Credentials>()

/**
 * A session as calls use it. One that renews itself and one that stays as it is look alike.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Who it is, by a name that stays the same when the session is renewed. A rate limit counts by it, and by the access token where
   * there is none.
   */
  readonly user?: string | undefined
  /** The credentials for the next call. */
  readonly current: Effect.Effect<Credentials, OkSessionError>
  /**
   * Called when OK.ru says that the session is over (102, 103), with the credentials it said it of: once for each attempt of a call.
   * `true` means that `current` now gives others and that the call is to be made again.
   */
  readonly renew: (stale: Credentials) => Effect.Effect<boolean, OkSessionError>
}

/**
 * A session with a user behind it.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkSession extends Context.Tag("@effect-okru/core/OkSession")<OkSession, Service>() {}

/**
 * The application itself, without a user: signed with its secret key, no token sent.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkAppSession extends Context.Tag("@effect-okru/core/OkSession/OkAppSession")<OkAppSession, Service>() {}

/**
 * A user if there is one, otherwise the application.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkAnySession extends Context.Tag("@effect-okru/core/OkSession/OkAnySession")<OkAnySession, Service>() {}

/**
 * A session that stays as it is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (credentials: Credentials): Service => ({
  current: Effect.succeed(credentials),
  renew: () => Effect.succeed(false)
})

const application = make(Credentials.Application())

const userContext = (session: Service): Context.Context<OkSession | OkAnySession> =>
  Context.make(OkSession, session).pipe(Context.add(OkAnySession, session))

/**
 * A user's session of your own, which may renew itself.
 *
 * @example
 * ```ts
 * import { OkSession } from "@effect-okru/core"
 * import * as Effect from "effect/Effect"
 * import type * as Redacted from "effect/Redacted"
 *
 * const layerToken = (token: Effect.Effect<Redacted.Redacted<string>>) =>
 *   OkSession.layer({
 *     current: Effect.map(token, (accessToken) => OkSession.Credentials.Server({ accessToken })),
 *     renew: () => Effect.succeed(false)
 *   })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (session: Service): Layer.Layer<OkSession | OkAnySession> =>
  Layer.succeedContext(userContext(session))

const requireSecret = (what: string): Effect.Effect<void, OkSigningError, OkConfig.OkConfig> =>
  Effect.flatMap(OkConfig.OkConfig, (config) =>
    Option.isSome(config.applicationSecretKey)
      ? Effect.void
      : Effect.fail(
        new OkSigningError({ issue: noApplicationSecret(what) })
      ))

/**
 * The client circuit: a token with its own session secret key, from the implicit grant, a password login or the
 * launch parameters of a web app. What else the argument has is not kept.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClient = ({ accessToken, sessionSecretKey }: {
  readonly accessToken: Redacted.Redacted<string>
  readonly sessionSecretKey: Redacted.Redacted<string>
}): Layer.Layer<OkSession | OkAnySession> => layer(make(Credentials.Client({ accessToken, sessionSecretKey })))

/**
 * The server circuit: a token without a session secret key, from the authorization code grant. Signed with the
 * application's secret key, so it can also call what only the application may. Fails with `OkSigningError` where `OkConfig` has no
 * secret key. What else the argument has is not kept.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServer = ({ accessToken }: {
  readonly accessToken: Redacted.Redacted<string>
}): Layer.Layer<OkSession | OkAppSession | OkAnySession, OkSigningError, OkConfig.OkConfig> =>
  Layer.effectContext(
    Effect.as(
      requireSecret("A server session"),
      Context.add(userContext(make(Credentials.Server({ accessToken }))), OkAppSession, application)
    )
  )

/**
 * The application alone, for methods that need no user. OK.ru's pages let applications inside of OK.ru call a method without its
 * optional session, and external ones, which use OAuth, not. Fails with `OkSigningError` where `OkConfig` has no secret key.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerApplication: Layer.Layer<OkAppSession | OkAnySession, OkSigningError, OkConfig.OkConfig> = Layer
  .effectContext(
    Effect.as(
      requireSecret("A session without a user"),
      Context.make(OkAppSession, application).pipe(Context.add(OkAnySession, application))
    )
  )

/**
 * A user's session from whatever credentials there are, as the Python library `aiookru` infers it: an empty text counts
 * as absent; with a session secret key the client circuit, otherwise with the application's secret key the server
 * circuit, otherwise a failure.
 *
 * One case is decided otherwise than there. With both keys at hand `aiookru` signs with the application's, although
 * OK.ru's rule is that a session which came with a key of its own is signed with that key.
 *
 * @since 0.1.0
 * @category layers
 */
export const fromCredentials = (options: {
  readonly accessToken?: Redacted.Redacted<string> | undefined
  readonly sessionSecretKey?: Redacted.Redacted<string> | undefined
}): Layer.Layer<OkSession | OkAnySession, OkSigningError, OkConfig.OkConfig> =>
  Layer.effectContext(
    Effect.gen(function*() {
      const { applicationSecretKey } = yield* OkConfig.OkConfig
      const accessToken = present(options.accessToken)
      const sessionSecretKey = present(options.sessionSecretKey)
      if (Option.isNone(accessToken)) {
        return yield* new OkSigningError({ issue: "There is no session without an access token: set accessToken" })
      }
      if (Option.isSome(sessionSecretKey)) {
        return userContext(
          make(Credentials.Client({ accessToken: accessToken.value, sessionSecretKey: sessionSecretKey.value }))
        )
      }
      if (Option.isSome(applicationSecretKey)) {
        return userContext(make(Credentials.Server({ accessToken: accessToken.value })))
      }
      return yield* new OkSigningError({
        issue: "Neither circuit is possible: give the session's sessionSecretKey, " +
          "or the application's applicationSecretKey in OkConfig"
      })
    })
  )
