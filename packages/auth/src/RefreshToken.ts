/**
 * The refresh token grant: a new access token without the user. A refresh token lives 30 days and can be used again and
 * again within them; OK.ru sends no new one.
 *
 * @see https://apiok.ru/en/ext/oauth/server
 *
 * @since 0.1.0
 */
import type * as OkConfig from "@effect-okru/core/OkConfig"
import { OkSessionUnavailable, type OkSigningError, type OkTransportError } from "@effect-okru/core/OkError"
import type * as OkSession from "@effect-okru/core/OkSession"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import type * as Credentials from "./Credentials.js"
import * as Grant from "./Grant.js"
import * as tokenEndpoint from "./internal/tokenEndpoint.js"
import { OAuthRefreshTokenOver, type OAuthRejected, type OAuthUnexpectedAnswer } from "./OAuthError.js"

/**
 * Why a token could not be refreshed. After `OAuthRefreshTokenOver` the user has to sign in again; after `OAuthRejected`
 * the application's settings are to be checked.
 *
 * @since 0.1.0
 * @category models
 */
export type RefreshError =
  | OkTransportError
  | OkSigningError
  | OAuthRejected
  | OAuthUnexpectedAnswer
  | OAuthRefreshTokenOver

/**
 * What is refreshed.
 *
 * @since 0.1.0
 * @category models
 */
export interface RefreshOptions {
  readonly refreshToken: Redacted.Redacted<string>
  /**
   * What the user granted when the refresh token was given. OK.ru does not repeat it, so it is handed on: without
   * `LONG_ACCESS_TOKEN` where OK.ru says that the new token ends within a day.
   */
  readonly permissionsGranted?: ReadonlyArray<string> | undefined
}

/**
 * Asks for a new access token. The credentials have the same refresh token, unless OK.ru sends a new one. It can be sent
 * again after a failure of the connection, and has no time-out of its own: `Effect.timeout` gives it one.
 *
 * @since 0.1.0
 * @category grants
 */
export const refresh = (
  options: RefreshOptions
): Effect.Effect<Credentials.Credentials, RefreshError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  tokenEndpoint.request("refresh_token", { refresh_token: options.refreshToken }).pipe(
    Effect.flatMap((credentials) => tokenEndpoint.granted(credentials, options.permissionsGranted ?? [])),
    Effect.map((credentials) => ({
      ...credentials,
      refreshToken: credentials.refreshToken ?? options.refreshToken
    })),
    Effect.catchTag("OAuthRejected", (rejected) => Effect.fail(asOver(rejected) ?? rejected))
  )

// `access_denied` and `invalid_token` were seen by clients, `invalid_grant` is RFC 6749's, the rest are the REST API's.
const overErrors = ["access_denied", "invalid_token", "invalid_grant", "PARAM_SESSION_EXPIRED", "PARAM_SESSION_KEY"]

const asOver = ({ description, error }: OAuthRejected): OAuthRefreshTokenOver | undefined => {
  const words = `${error} ${description}`
  return overErrors.includes(error)
    ? new OAuthRefreshTokenOver({
      reason: /expir/i.test(words)
        ? "Expired"
        : /revoke|withdr/i.test(words)
        ? "Revoked"
        : /structure/i.test(words)
        ? "Malformed"
        : "Unknown",
      error,
      description
    })
    : undefined
}

/**
 * How a `SessionManager` renews what the code grant gave: `None` where there is no refresh token or it is over, a
 * failure where that is not known.
 *
 * @since 0.1.0
 * @category grants
 */
export const renew = (
  credentials: Credentials.Credentials
): Effect.Effect<
  Option.Option<Credentials.Credentials>,
  OkSessionUnavailable,
  OkConfig.OkConfig | HttpClient.HttpClient
> =>
  credentials.refreshToken === undefined
    ? Effect.succeedNone
    : refresh({ refreshToken: credentials.refreshToken, permissionsGranted: credentials.permissionsGranted }).pipe(
      Effect.asSome,
      Effect.catchTag("OAuthRefreshTokenOver", () => Effect.succeed(Option.none())),
      Effect.mapError((error) => new OkSessionUnavailable({ issue: error.message }))
    )

/**
 * A user's session from a refresh token, on the server circuit. It does not renew itself: `SessionManager` does.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSession = (
  options: RefreshOptions
): Layer.Layer<
  Grant.Grant | OkSession.OkSession | OkSession.OkAppSession | OkSession.OkAnySession,
  RefreshError,
  OkConfig.OkConfig | HttpClient.HttpClient
> => Grant.layerServer(refresh(options))
