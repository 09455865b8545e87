/**
 * The implicit grant, for applications without a server: the user comes back with the token and its session secret key in
 * the fragment of the address, which only the user's browser or app sees. It has to be switched on for the application
 * (as client OAuth). There is no refresh token.
 *
 * Two ways: {@link start} and {@link finish} around a browser, or {@link signIn} with a login and a password, which goes
 * through OK.ru's two pages as a browser would. The latter is for accounts of your own; it depends on pages that OK.ru
 * can change, and OK.ru can ask for a human at any time.
 *
 * @see https://apiok.ru/en/ext/oauth/client
 *
 * @since 0.1.0
 */
import * as OkConfig from "@effect-okru/core/OkConfig"
import type { OkSigningError, OkTransportError } from "@effect-okru/core/OkError"
import type * as OkSession from "@effect-okru/core/OkSession"
import * as OkTransport from "@effect-okru/core/OkTransport"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { AuthorizeOptions } from "./AuthorizationCode.js"
import * as Credentials from "./Credentials.js"
import * as Grant from "./Grant.js"
import * as internal from "./internal/authorizeUrl.js"
import * as Dialogs from "./internal/dialogs.js"
import type * as Html from "./internal/html.js"
import * as redirect from "./internal/redirect.js"
import {
  OAuthDenied,
  OAuthHumanCheck,
  OAuthInvalidCredentials,
  OAuthRejected,
  OAuthStateError,
  type OAuthStateUnavailable,
  OAuthUnknownPage
} from "./OAuthError.js"
import * as OAuthState from "./OAuthState.js"
import * as Permissions from "./Permissions.js"

/**
 * The redirect address for programs that have none of their own: an empty page of OK.ru's.
 *
 * @since 0.1.0
 * @category constants
 */
export const blankPage = "https://oauth.mycdn.me/blank.html"

/**
 * The address of OK.ru's dialogs, see `AuthorizationCode.authorizeUrl`.
 *
 * @since 0.1.0
 * @category pure
 */
export const authorizeUrl = (
  application: internal.Application,
  options: AuthorizeOptions
): string => internal.authorizeUrl(application, "token", options)

/**
 * What the user comes back with.
 *
 * @since 0.1.0
 * @category models
 */
export interface Redirect {
  readonly accessToken: Redacted.Redacted<string>
  /** Signs the calls. */
  readonly sessionSecretKey: Redacted.Redacted<string> | undefined
  /** Empty where OK.ru does not say. */
  readonly permissionsGranted: ReadonlyArray<string>
  readonly expiresIn: Duration.Duration | undefined
  /** To be compared with the one that was given out. */
  readonly state: string | undefined
}

/**
 * Reads the address that the user came back to, with its fragment. Neither a token nor an error is a denial. The state
 * is read and not compared: {@link finish} does that.
 *
 * @since 0.1.0
 * @category pure
 */
export const parseRedirect = (url: string | URL): Either.Either<Redirect, OAuthDenied | OAuthRejected> => {
  const get = redirect.parameters(url, "fragment")
  const accessToken = get("access_token")
  // After a sign-in in the OK app a refresh token comes in place of the secret key, and OK.ru's SDKs sign with it.
  const sessionSecretKey = get("session_secret_key") ?? get("refresh_token")
  return accessToken === undefined || get("error") !== undefined
    ? Either.left(redirect.failure(get))
    : Either.right({
      accessToken: Redacted.make(accessToken),
      sessionSecretKey: sessionSecretKey === undefined ? undefined : Redacted.make(sessionSecretKey),
      permissionsGranted: Permissions.fromScope(get("permissions_granted") ?? ""),
      expiresIn: redirect.expiresIn(get("expires_in")),
      state: get("state")
    })
}

/**
 * Gives out a state and the address to send the user to.
 *
 * @since 0.1.0
 * @category sign in
 */
export const start: (
  options: Omit<AuthorizeOptions, "state"> & OAuthState.Binding
) => Effect.Effect<string, OAuthStateUnavailable, OkConfig.OkConfig | OAuthState.OAuthState> = internal.start("token")

/**
 * Takes the user back: reads the redirect, compares and uses up the state.
 *
 * @since 0.1.0
 * @category sign in
 */
export const finish = (
  options: {
    /** The address that the user came back to, with its fragment. */
    readonly url: string | URL
  } & OAuthState.Binding
): Effect.Effect<
  Credentials.Credentials,
  OAuthDenied | OAuthRejected | OAuthStateError | OAuthStateUnavailable,
  OAuthState.OAuthState
> =>
  Effect.gen(function*() {
    const states = yield* OAuthState.OAuthState
    const received = yield* parseRedirect(options.url)
    yield* states.verify(received.state, options)
    return yield* Credentials.make(received)
  })

/**
 * Why {@link signIn} did not sign in.
 *
 * @since 0.1.0
 * @category models
 */
export type SignInError =
  | OkTransportError
  | OAuthDenied
  | OAuthRejected
  | OAuthStateError
  | OAuthInvalidCredentials
  | OAuthHumanCheck
  | OAuthUnknownPage

/**
 * Who signs in, and for what.
 *
 * @since 0.1.0
 * @category models
 */
export interface SignInOptions {
  /** A login, an e-mail address or a phone number. */
  readonly login: string
  readonly password: Redacted.Redacted<string>
  readonly scope: Permissions.Scope
  /** {@link blankPage} by default. It is never opened: its address is enough. */
  readonly redirectUri?: string | undefined
  readonly layout?: AuthorizeOptions["layout"]
  /**
   * Begins again, and with it sends the password again, after a failed connection or an unknown page. Without it there
   * is one attempt. Whatever it says, there is no other after wrong credentials, a check for humans or a denial.
   */
  readonly retry?: Schedule.Schedule<unknown, SignInError> | undefined
}

/**
 * So many attempts in all, with a pause between them, for {@link SignInOptions.retry}.
 *
 * @since 0.1.0
 * @category schedules
 */
export const attempts = (
  count: number,
  interval: Duration.DurationInput = Duration.seconds(1)
): Schedule.Schedule<unknown> => Schedule.intersect(Schedule.recurs(count - 1), Schedule.spaced(interval))

/**
 * Signs in with a login and a password: opens OK.ru's login page, fills it in, allows what is asked for, and reads the
 * token from the redirect. The redirect is not followed, so any registered address will do.
 *
 * It needs an `HttpClient` that hands out redirects and cookies instead of handling them. Those of Node and undici
 * (`@effect/platform-node`) do; `FetchHttpClient` does on servers, where it is told to by this function, and cannot in
 * browsers. The client must not repeat requests by itself.
 *
 * @example
 * ```ts
 * import * as Implicit from "@effect-okru/auth/Implicit"
 * import * as Redacted from "effect/Redacted"
 *
 * const credentials = Implicit.signIn({
 *   login: "test-login",
 *   password: Redacted.make("test-password"),
 *   scope: ["VALUABLE_ACCESS"],
 *   // asked for: three attempts, a second apart
 *   retry: Implicit.attempts(3)
 * })
 * ```
 *
 * @since 0.1.0
 * @category grants
 */
export const signIn = (
  options: SignInOptions
): Effect.Effect<Credentials.Credentials, SignInError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  options.retry === undefined
    ? attempt(options)
    : Effect.retry(attempt(options), {
      schedule: options.retry,
      while: ({ _tag }) => _tag === "OkTransportError" || _tag === "OAuthUnknownPage"
    })

const attempt = (
  { layout, login, password, redirectUri = blankPage, scope }: SignInOptions
): Effect.Effect<Credentials.Credentials, SignInError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const config = yield* OkConfig.OkConfig
    const client = yield* HttpClient.HttpClient
    const state = yield* OAuthState.generate
    const { connectUrl } = config
    const browser = yield* Dialogs.make({ client, connectUrl, redirectUri, secrets: [password] })

    const opened = yield* browser.open(authorizeUrl(config, { layout, redirectUri, scope, state }))
    const loggedIn = yield* on(opened, isLogin, (page, form) =>
      Effect.filterOrFail(
        browser.submit(page, form, { "fr.email": login, "fr.password": Redacted.value(password) }),
        (arrival) => find(arrival, isLogin) === undefined,
        () => new OAuthInvalidCredentials()
      ))
    const allowed = yield* on(loggedIn, isPermissions, (page, form) => browser.submit(page, form, { [accept]: "" }))

    if (allowed._tag === "Page") {
      return yield* Dialogs.unknownPage(allowed.url, allowed.status, "is not the page that was expected here")
    }
    const received = yield* parseRedirect(allowed.url)
    if (!OAuthState.equals(state, received.state)) {
      return yield* new OAuthStateError({ reason: received.state === undefined ? "Missing" : "Unknown" })
    }
    return yield* Credentials.make(received)
  }).pipe(Effect.mapError(without(password)))

// OK.ru's words, and its addresses, can repeat what was sent.
const without = (password: Redacted.Redacted<string>) => {
  const clean = OkTransport.withoutSecrets([password])
  return (error: SignInError): SignInError => {
    switch (error._tag) {
      case "OAuthDenied":
        return new OAuthDenied({ ...error, error: clean(error.error), description: clean(error.description) })
      case "OAuthRejected":
        return new OAuthRejected({ ...error, error: clean(error.error), description: clean(error.description) })
      case "OAuthHumanCheck":
        return new OAuthHumanCheck({ ...error, verificationUrl: clean(error.verificationUrl) })
      case "OAuthUnknownPage":
        return new OAuthUnknownPage({ ...error, page: clean(error.page), command: clean(error.command) })
      default:
        return error
    }
  }
}

const accept = "button_accept_request"

const isLogin = (form: Html.Form): boolean =>
  form.method === "post" && ["fr.email", "fr.password"].every((name) => form.fields.some(([field]) => field === name))

const isPermissions = (form: Html.Form): boolean => form.method === "post" && form.buttons.includes(accept)

const find = (arrival: Dialogs.Arrival, is: (form: Html.Form) => boolean): Html.Form | undefined =>
  arrival._tag === "Page" ? arrival.page.forms.find(is) : undefined

// OK.ru leaves out the login for a user who is signed in, and the permissions for one who has granted them.
const on = <E>(
  arrival: Dialogs.Arrival,
  is: (form: Html.Form) => boolean,
  submit: (page: Dialogs.Page, form: Html.Form) => Effect.Effect<Dialogs.Arrival, E>
): Effect.Effect<Dialogs.Arrival, E> => {
  const form = find(arrival, is)
  return arrival._tag === "Page" && form !== undefined ? submit(arrival, form) : Effect.succeed(arrival)
}

/**
 * A user's session from a login and a password, on the client circuit.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSession = (
  options: SignInOptions
): Layer.Layer<
  Grant.Grant | OkSession.OkSession | OkSession.OkAnySession,
  SignInError | OkSigningError,
  OkConfig.OkConfig | HttpClient.HttpClient
> => Grant.layer(signIn(options))
