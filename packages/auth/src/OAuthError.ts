/**
 * What can go wrong with a grant, one tag for each reaction a caller can have. Where the connection fails, grants fail
 * with core's `OkTransportError`; where OkConfig lacks the application's secret key, with core's `OkSigningError`.
 *
 * Each one is a class that can be constructed in a test and says in its message what happened and what to do. None holds
 * a code, a token, a password or a secret, and what OK.ru sent has them taken out.
 *
 * OK.ru has no list of the values of `error`: those of clients' reports and of RFC 6749 are known here, any other is kept
 * as it came.
 *
 * @see https://apiok.ru/en/ext/oauth/server
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const text = Schema.optionalWith(Schema.String, { default: () => "" })

const suffix = (text: string): string => text === "" ? "" : `: ${text}`

/**
 * The user did not grant the access, or came back with neither a grant nor an error, which OK.ru also does: errors of the
 * code flow can be in the fragment of the address, which no server sees. Offer to sign in again.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthDenied extends Schema.TaggedError<OAuthDenied>("@effect-okru/auth/OAuthDenied")("OAuthDenied", {
  /** `access_denied`, or empty where OK.ru gave no reason. */
  error: text,
  /** `error_description`, where OK.ru gave one. */
  description: text,
  /** The `state` that came along. OK.ru's own cancel link has none. */
  state: Schema.optional(Schema.String)
}) {
  override get message(): string {
    return `the user did not grant the access${suffix(this.error)}${suffix(this.description)}`
  }
}

/**
 * OK.ru refused the request: a code that is over (it lives 2 minutes and is good once), a wrong `client_secret` or
 * `redirect_uri`, a grant that is not switched on for the application. The same request fails again.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthRejected extends Schema.TaggedError<OAuthRejected>("@effect-okru/auth/OAuthRejected")(
  "OAuthRejected",
  {
    /** What was asked for: `authorize`, `authorization_code`, `refresh_token`. */
    request: Schema.String,
    /**
     * `error` as OK.ru sent it: `invalid_request`, `invalid_token`, `unsupported_response_type_for_this_app`. For an
     * error in the form of the REST API, its name, or its code where it has none.
     */
    error: Schema.String,
    /** `error_description`, where OK.ru gave one. */
    description: text
  }
) {
  override get message(): string {
    return `${this.request}: OK.ru refused: ${this.error}${suffix(this.description)}` +
      ` (check the application's id, secret key, redirect address and switched-on grants; a code is good once, 2 minutes)`
  }
}

/**
 * An answer that is not what the endpoint documents: a page instead of JSON, which OK.ru sends for absent or malformed
 * parameters, with status 400 or even 200, or JSON without a token.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthUnexpectedAnswer
  extends Schema.TaggedError<OAuthUnexpectedAnswer>("@effect-okru/auth/OAuthUnexpectedAnswer")(
    "OAuthUnexpectedAnswer",
    {
      /** What was asked for: `authorize`, `authorization_code`, `refresh_token`. */
      request: Schema.String,
      reason: Schema.Literal("NotJson", "NoToken"),
      /** The HTTP status, where there is one. */
      status: Schema.optional(Schema.Int),
      /** The beginning of a page's text. */
      detail: text
    }
  )
{
  override get message(): string {
    return `${this.request}: ${this.reason === "NotJson" ? "a page instead of JSON" : "an answer without a token"}` +
      `${this.status === undefined ? "" : `, HTTP ${this.status}`}${suffix(this.detail)}`
  }
}

/**
 * The `state` is not one that was given out, so the redirect may be forged: do not go on with it. Start again.
 *
 * - `"Missing"`: none came back.
 * - `"Unknown"`: not given out, used already, or given out for another browser.
 * - `"Expired"`: the user took too long.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthStateError extends Schema.TaggedError<OAuthStateError>("@effect-okru/auth/OAuthStateError")(
  "OAuthStateError",
  { reason: Schema.Literal("Missing", "Unknown", "Expired") }
) {
  override get message(): string {
    return `${stateReasons[this.reason]}: refuse the redirect and start the sign-in again`
  }
}

const stateReasons = {
  Missing: "the redirect has no state",
  Unknown: "the state of the redirect was not given out here, or was used before",
  Expired: "the state of the redirect has expired"
}

/**
 * The place where states are kept did not answer. The same request can succeed later.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthStateUnavailable
  extends Schema.TaggedError<OAuthStateUnavailable>("@effect-okru/auth/OAuthStateUnavailable")(
    "OAuthStateUnavailable",
    {
      /** What failed. */
      issue: Schema.String
    }
  )
{
  override get message(): string {
    return `the store of OAuth states did not answer: ${this.issue}`
  }
}

/**
 * The refresh token is over: the user has to sign in again.
 *
 * - `"Expired"`: its 30 days have passed.
 * - `"Revoked"`: the user withdrew the application or changed the password.
 * - `"Malformed"`: it is no refresh token; an access token, perhaps.
 * - `"Unknown"`: OK.ru does not tell, which is the rule.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthRefreshTokenOver
  extends Schema.TaggedError<OAuthRefreshTokenOver>("@effect-okru/auth/OAuthRefreshTokenOver")(
    "OAuthRefreshTokenOver",
    {
      reason: Schema.Literal("Expired", "Revoked", "Malformed", "Unknown"),
      /** `error` as OK.ru sent it. */
      error: Schema.String,
      /** `error_description`, where OK.ru gave one. */
      description: text
    }
  )
{
  override get message(): string {
    return `the refresh token is over (${this.reason}): ${this.error}${suffix(this.description)}` +
      `; the user has to sign in again`
  }
}

/**
 * The login page came back: OK.ru does not accept the login and the password. Never repeat this on your own: it leads to
 * captchas and blocks.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthInvalidCredentials
  extends Schema.TaggedError<OAuthInvalidCredentials>("@effect-okru/auth/OAuthInvalidCredentials")(
    "OAuthInvalidCredentials",
    {}
  )
{
  override get message(): string {
    return "OK.ru does not accept the login and the password; do not repeat this with the same ones"
  }
}

/**
 * OK.ru wants to see a human: the user has to sign in in a browser. Never repeat this on your own.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthHumanCheck extends Schema.TaggedError<OAuthHumanCheck>("@effect-okru/auth/OAuthHumanCheck")(
  "OAuthHumanCheck",
  {
    check: Schema.Literal("Captcha", "Verification"),
    /** The page with the check. */
    verificationUrl: Schema.String
  }
) {
  override get message(): string {
    return `OK.ru asks for a human (${this.check}): the user has to pass verificationUrl in a browser`
  }
}

/**
 * A page that is neither of the two dialogs, or a way to one that a program should not go. OK.ru may have changed its
 * site: use the code grant, which needs no page to be read.
 *
 * @since 0.1.0
 * @category errors
 */
export class OAuthUnknownPage extends Schema.TaggedError<OAuthUnknownPage>("@effect-okru/auth/OAuthUnknownPage")(
  "OAuthUnknownPage",
  {
    /** Where it is, without its query: `https://connect.ok.ru/dk`. */
    page: Schema.String,
    /** `st.cmd`, OK.ru's name of a page, where its address has one. */
    command: text,
    status: Schema.Int,
    /** What is unknown about it. */
    issue: Schema.String
  }
) {
  override get message(): string {
    return `${this.page}${this.command === "" ? "" : ` (${this.command})`}, HTTP ${this.status}: ${this.issue}`
  }
}

/**
 * The launch parameters were not made by OK.ru for this application: do not believe a word of them.
 *
 * - `"Missing"`: one of `sig`, `auth_sig`, `logged_user_id`, `session_key`, `session_secret_key`, `application_key` is
 *   absent or empty.
 * - `"Duplicate"`: a parameter is there twice.
 * - `"Application"`: they are another application's.
 * - `"Signature"`: `sig` or `auth_sig` is wrong.
 *
 * @see https://apiok.ru/en/dev/app/
 *
 * @since 0.1.0
 * @category errors
 */
export class LaunchParametersError
  extends Schema.TaggedError<LaunchParametersError>("@effect-okru/auth/LaunchParametersError")(
    "LaunchParametersError",
    {
      reason: Schema.Literal("Missing", "Duplicate", "Application", "Signature"),
      /** Which one. */
      parameter: Schema.String
    }
  )
{
  override get message(): string {
    return `the launch parameters are not to be trusted: ${this.parameter}: ${launchReasons[this.reason]}`
  }
}

const launchReasons = {
  Missing: "is missing",
  Duplicate: "is there more than once",
  Application: "is not that of this application",
  Signature: "is wrong, or OkConfig has another secret key"
}

/**
 * Everything a grant can fail with by itself.
 *
 * @since 0.1.0
 * @category models
 */
export type OAuthError =
  | OAuthDenied
  | OAuthRejected
  | OAuthUnexpectedAnswer
  | OAuthStateError
  | OAuthStateUnavailable
  | OAuthRefreshTokenOver
  | OAuthInvalidCredentials
  | OAuthHumanCheck
  | OAuthUnknownPage
  | LaunchParametersError
