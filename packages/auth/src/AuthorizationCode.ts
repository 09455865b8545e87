/**
 * The authorization code grant, for backends: the user signs in on OK.ru's page, comes back with a code, and the
 * application exchanges it with its secret key for a token and a refresh token.
 *
 * A backend needs two of these, {@link start} for the page that sends the user away and {@link finish} for the one that
 * the user comes back to. They are made of the rest and of `OAuthState`.
 *
 * OK.ru knows no PKCE, no `nonce` and no `prompt`.
 *
 * @see https://apiok.ru/en/ext/oauth/server
 *
 * @since 0.1.0
 */
import type * as OkConfig from "@effect-okru/core/OkConfig"
import type { OkSigningError, OkTransportError } from "@effect-okru/core/OkError"
import type * as OkSession from "@effect-okru/core/OkSession"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type * as Credentials from "./Credentials.js"
import * as Grant from "./Grant.js"
import * as internal from "./internal/authorizeUrl.js"
import * as redirect from "./internal/redirect.js"
import * as tokenEndpoint from "./internal/tokenEndpoint.js"
import type {
  OAuthDenied,
  OAuthRejected,
  OAuthStateError,
  OAuthStateUnavailable,
  OAuthUnexpectedAnswer
} from "./OAuthError.js"
import * as OAuthState from "./OAuthState.js"
import type * as Permissions from "./Permissions.js"

/**
 * What the address of the dialogs says.
 *
 * @since 0.1.0
 * @category models
 */
export interface AuthorizeOptions extends internal.AuthorizeOptions {}

/**
 * The address of OK.ru's dialogs. If the user has granted all of the scope before and is signed in, it redirects back at
 * once.
 *
 * @example
 * ```ts
 * import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
 * import { OkConfig } from "@effect-okru/core"
 *
 * AuthorizationCode.authorizeUrl(OkConfig.make({ applicationId: "1", applicationKey: "TEST-KEY" }), {
 *   redirectUri: "https://example.com/callback",
 *   scope: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
 *   state: "test-state"
 * })
 * // "https://connect.ok.ru/oauth/authorize?client_id=1&scope=VALUABLE_ACCESS%3BPHOTO_CONTENT&response_type=code&…"
 * ```
 *
 * @since 0.1.0
 * @category pure
 */
export const authorizeUrl = (
  application: internal.Application,
  options: AuthorizeOptions
): string => internal.authorizeUrl(application, "code", options)

/**
 * What the user comes back with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Redirect {
  /** Lives 2 minutes and can be exchanged once. */
  readonly code: Redacted.Redacted<string>
  /** To be compared with the one that was given out. */
  readonly state: string | undefined
}

/**
 * Reads the address that the user came back to, whole or as the path and query that a server sees. Neither a code nor an
 * error is a denial. The state is read and not compared: {@link finish} does that.
 *
 * @since 0.1.0
 * @category pure
 */
export const parseRedirect = (url: string | URL): Either.Either<Redirect, OAuthDenied | OAuthRejected> => {
  const get = redirect.parameters(url, "query")
  const code = get("code")
  // An error beside a code is a contradiction; the error is believed.
  return code === undefined || get("error") !== undefined
    ? Either.left(redirect.failure(get))
    : Either.right({ code: Redacted.make(code), state: get("state") })
}

/**
 * Why a code could not be exchanged. `OAuthRejected` is the one for a code that is over.
 *
 * @since 0.1.0
 * @category models
 */
export type ExchangeError = OkTransportError | OkSigningError | OAuthRejected | OAuthUnexpectedAnswer

/**
 * What is exchanged.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExchangeOptions {
  readonly code: Redacted.Redacted<string>
  /** The same as in the authorize URL. */
  readonly redirectUri: string
  /**
   * What was asked for. OK.ru does not say what was granted, so this becomes `permissionsGranted`: with `LONG_ACCESS_TOKEN`
   * in it the token counts as a long one, unless OK.ru says that it ends within a day: then that one is left out.
   * `users.hasAppPermission` tells for sure.
   */
  readonly scope?: Permissions.Scope | undefined
}

/**
 * Exchanges a code for a token, which lives 30 minutes, and a refresh token, which lives 30 days and is missing for some
 * applications. Sent once: a code is good for one exchange. It has no time-out of its own: `Effect.timeout` gives it one.
 *
 * @since 0.1.0
 * @category grants
 */
export const exchange = (
  options: ExchangeOptions
): Effect.Effect<Credentials.Credentials, ExchangeError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  Effect.flatMap(
    tokenEndpoint.request("authorization_code", { code: options.code }, { redirect_uri: options.redirectUri }),
    (credentials) => tokenEndpoint.granted(credentials, options.scope ?? [])
  )

/**
 * Gives out a state and the address to send the user to.
 *
 * @since 0.1.0
 * @category sign in
 */
export const start: (
  options: Omit<AuthorizeOptions, "state"> & OAuthState.Binding
) => Effect.Effect<string, OAuthStateUnavailable, OkConfig.OkConfig | OAuthState.OAuthState> = internal.start("code")

/**
 * Everything that {@link finish} can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type FinishError = ExchangeError | OAuthDenied | OAuthStateError | OAuthStateUnavailable

/**
 * Where the user came back to, and what was asked for.
 *
 * @since 0.1.0
 * @category models
 */
export interface FinishOptions extends OAuthState.Binding {
  /** The address that the user came back to. */
  readonly url: string | URL
  /** The same as for {@link start}. */
  readonly redirectUri: string
  /** The same as for {@link start}: becomes `permissionsGranted`, see {@link exchange}. */
  readonly scope?: Permissions.Scope | undefined
}

/**
 * Takes the user back: reads the redirect, compares and uses up the state, exchanges the code. It has no time-out of its own.
 *
 * The code is in the address, which the logger and the tracer of an HTTP server write down whole: switch them off for this
 * page.
 *
 * @example
 * ```ts
 * import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
 * import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
 * import * as HttpRouter from "@effect/platform/HttpRouter"
 * import * as HttpServer from "@effect/platform/HttpServer"
 * import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
 * import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
 * import * as Effect from "effect/Effect"
 *
 * const redirectUri = "https://example.com/callback"
 *
 * // `OAuthState.layerCookie` ties the state to the browser. With another layer give both a `binding`.
 * const login = AuthorizationCode.start({ redirectUri, scope: ["VALUABLE_ACCESS"] }).pipe(
 *   Effect.map((url) => HttpServerResponse.redirect(url))
 * )
 *
 * const callback = Effect.gen(function*() {
 *   const request = yield* HttpServerRequest.HttpServerRequest
 *   const credentials = yield* AuthorizationCode.finish({ url: request.url, redirectUri })
 *   // keep them: SessionManager.save
 *   return HttpServerResponse.text(`granted until ${credentials.expiresAt}`)
 * }).pipe(
 *   Effect.catchTags({
 *     OAuthDenied: () => HttpServerResponse.text("You did not grant the access.", { status: 403 }),
 *     OAuthStateError: () => HttpServerResponse.text("Please start again.", { status: 400 })
 *   }),
 *   HttpMiddleware.withLoggerDisabled
 * )
 *
 * const Server = HttpRouter.empty.pipe(
 *   HttpRouter.get("/login", login),
 *   HttpRouter.get("/callback", callback),
 *   HttpServer.serve(HttpMiddleware.logger),
 *   // sets HttpMiddleware.currentTracerDisabledWhen
 *   HttpMiddleware.withTracerDisabledWhen((request) => request.url.startsWith("/callback"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category sign in
 */
export const finish = (
  options: FinishOptions
): Effect.Effect<
  Credentials.Credentials,
  FinishError,
  OkConfig.OkConfig | OAuthState.OAuthState | HttpClient.HttpClient
> =>
  Effect.gen(function*() {
    const states = yield* OAuthState.OAuthState
    const { code, state } = yield* parseRedirect(options.url)
    yield* states.verify(state, options)
    const credentials = yield* exchange({ code, redirectUri: options.redirectUri, scope: options.scope })
    return { ...credentials, state }
  })

/**
 * A user's session from a code, on the server circuit.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSession = (
  options: ExchangeOptions
): Layer.Layer<
  Grant.Grant | OkSession.OkSession | OkSession.OkAppSession | OkSession.OkAnySession,
  ExchangeError,
  OkConfig.OkConfig | HttpClient.HttpClient
> => Grant.layerServer(exchange(options))
