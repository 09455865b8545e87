/**
 * Everything that can go wrong with a call, one tag for each reaction a caller can have.
 *
 * - {@link OkApiError}: OK.ru answered with an error. Ten kinds for the 106 codes that are known, and
 *   {@link UnknownApiError} for the rest.
 * - {@link OkRequestError}: there is no answer to speak of: bad input, no secret to sign with, no connection.
 * - {@link OkDecodeError}: an answer that is not what the method's schema says.
 *
 * Each one is a class that can be constructed in a test, says in its message what happened, to which method and what
 * to do, and never prints a secret or the body of an answer. Encoded with its schema it has the body, so map it to an error of your own
 * before it leaves a backend.
 *
 * The codes are those of https://apiok.ru/en/dev/errors and of public clients. The list may miss recent ones.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { dual, identity } from "effect/Function"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { apiError, commonFields, describe, errorData, withDefault } from "./internal/apiError.js"
import * as codes from "./internal/errorCodes.js"

/**
 * Whether the same call can go well later, as far as the code of an error says.
 *
 * - `"no"`: the same call fails again.
 * - `"yes"`: at once.
 * - `"after-delay"`: after a pause, of seconds where OK.ru is busy, of minutes to hours where it blocks.
 * - `"after-reauth"`: with a renewed session or more permissions.
 *
 * Whether a call may be made again depends on its method, too, since what writes may have been done: `OkPolicy.isRetried` says it.
 *
 * The classification is ours, drawn from what OK.ru's own SDKs and other clients do.
 *
 * @since 0.1.0
 * @category models
 */
export type Retry = "no" | "yes" | "after-delay" | "after-reauth"

/**
 * The session is over or its token is not valid (102, 103). Renew the session or sign in again.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkSessionExpired extends apiError<OkSessionExpired>()(
  "OkSessionExpired",
  codes.sessionExpired,
  "renew the session or sign in again"
) {}

/**
 * OK.ru does not accept the application key or the signature (101, 104, 105). The configuration or the circuit is
 * wrong: a session that came with a session secret key is signed with that key, one that came without it with the
 * application's secret.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkSignatureError extends apiError<OkSignatureError>()(
  "OkSignatureError",
  codes.signatureError,
  "check the application key and the secret that belongs to this session"
) {}

/**
 * The application or the user may not do this: a scope that was not granted (10), a call that needs a signed-in user
 * (200, 453, 457), somebody else's object, or the settings of a friend or a group. {@link OkPermissionDenied.retry}
 * is `"after-reauth"` where signing in again, with more scopes, can help.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkPermissionDenied extends apiError<OkPermissionDenied>()(
  "OkPermissionDenied",
  codes.permissionDenied,
  "the user has to sign in and grant the scopes, or owns nothing here"
) {}

/**
 * OK.ru does not accept what was sent: a parameter (100 and its relatives), an unknown method (3), a text or an image
 * over its limits. The same call fails again.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkInvalidParameter extends apiError<OkInvalidParameter>()(
  "OkInvalidParameter",
  codes.invalidParameter,
  "change what is sent; the same call fails again"
) {}

/**
 * What was asked for does not exist, or no longer (300 and its relatives).
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkNotFound extends apiError<OkNotFound>()(
  "OkNotFound",
  codes.notFound,
  "check the id"
) {}

/**
 * Too many calls (8, 11), notifications (26) or payments (1004). Wait before the next one; no policy repeats a payment.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkThrottled extends apiError<OkThrottled>()(
  "OkThrottled",
  codes.throttled,
  "wait before the next call",
  {
    /** The pause OK.ru asks for, in milliseconds. Sent with code 8 to an application that was slowed down. */
    waitMillis: Schema.optional(Schema.JsonNumber)
  }
) {}

/**
 * The user's action (7), the caller's address (9), the application (210) or the content (511) is blocked. Where
 * {@link OkBlocked.retry} is `"after-delay"` the block ends by itself, after minutes to hours.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkBlocked extends apiError<OkBlocked>()(
  "OkBlocked",
  codes.blocked,
  "stop; some blocks end by themselves after minutes to hours"
) {}

/**
 * A human has to act: wrong login or password (401), a captcha (402), a check in a browser (403), an account that is
 * not activated (22) or not verified (514). Never repeat these on your own: it leads to captchas and blocks.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkAuthChallenge extends apiError<OkAuthChallenge>()(
  "OkAuthChallenge",
  codes.authChallenge,
  "the user has to act; do not repeat the call",
  {
    /** The page on which the user passes the check (`ver_redirect_url`), where OK.ru gives one. */
    verificationUrl: Schema.optional(Schema.String)
  }
) {}

/**
 * OK.ru understood the call and declines it: the user cancelled, a request exists already, the balance is too low,
 * the time for editing is over. Tell the user.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkRefused extends apiError<OkRefused>()(
  "OkRefused",
  codes.refused,
  "tell the user"
) {}

/**
 * The platform failed (1, 2, 9999) or did not get the whole request (31, 324). Repeat later what may be repeated.
 *
 * @since 0.1.0
 * @category api errors
 */
export class OkServiceError extends apiError<OkServiceError>()(
  "OkServiceError",
  codes.serviceError,
  "the platform failed; repeat later what may be repeated"
) {}

/**
 * An error code that nobody knows, with all that OK.ru sent.
 *
 * @since 0.1.0
 * @category api errors
 */
export class UnknownApiError extends Schema.TaggedError<UnknownApiError>("@effect-okru/core/UnknownApiError")(
  "UnknownApiError",
  {
    ...commonFields,
    code: Schema.JsonNumber,
    /** The name in front of the text of `error_msg`; empty where there is none. */
    reason: withDefault(Schema.String, () => "")
  }
) {
  get retry(): Retry {
    return "no"
  }
  /** `error_data` as OK.ru sent it. */
  get data(): unknown {
    return errorData(this.body)
  }
  override get message(): string {
    return describe(this, this.reason, "a code this library does not know")
  }
}

/**
 * An error that OK.ru answered with.
 *
 * @since 0.1.0
 * @category models
 */
export type OkApiError =
  | OkSessionExpired
  | OkSignatureError
  | OkPermissionDenied
  | OkInvalidParameter
  | OkNotFound
  | OkThrottled
  | OkBlocked
  | OkAuthChallenge
  | OkRefused
  | OkServiceError
  | UnknownApiError

/**
 * A parameter that cannot be sent: a 101st id, a comma inside an item of a list, a date that is none. Nothing was sent.
 *
 * @since 0.1.0
 * @category request errors
 */
export class OkParameterError extends Schema.TaggedError<OkParameterError>("@effect-okru/core/OkParameterError")(
  "OkParameterError",
  {
    method: Schema.String,
    /** Where and what, `uids: at most 100 items, got 101`. Holds no value that was passed. */
    issue: Schema.String
  }
) {
  override get message(): string {
    return `${this.method}: ${this.issue} (nothing was sent)`
  }
}

/**
 * There is nothing to sign with: the application's secret key is missing from the configuration, the session has no token or no
 * session secret key, or one that cannot be sent. Nothing was sent.
 *
 * @since 0.1.0
 * @category request errors
 */
export class OkSigningError extends Schema.TaggedError<OkSigningError>("@effect-okru/core/OkSigningError")(
  "OkSigningError",
  {
    /** What is missing, and where to put it. */
    issue: Schema.String
  }
) {
  override get message(): string {
    return this.issue
  }
}

/**
 * No usable answer came back.
 *
 * - `"NotConnected"`: the connection was never made, so nothing was sent.
 * - `"Interrupted"`: the connection broke, or the client gave up on it; whether OK.ru read the request is not known.
 * - `"Timeout"`: no answer in time; whether OK.ru did the work is not known.
 * - `"NotJson"`: a gateway's page, a truncated body or anything else that cannot be read.
 * - `"Status"`: JSON that is no error of the API, under an HTTP status that says failure.
 * - `"TooLarge"`: an answer beyond the bound of the transport; the rest of it was not read.
 * - `"CircuitOpen"`: a circuit breaker refused the call, so nothing was sent.
 *
 * @since 0.1.0
 * @category request errors
 */
export class OkTransportError extends Schema.TaggedError<OkTransportError>("@effect-okru/core/OkTransportError")(
  "OkTransportError",
  {
    method: Schema.String,
    reason: Schema.Literal("NotConnected", "Interrupted", "Timeout", "NotJson", "Status", "TooLarge", "CircuitOpen"),
    /** The HTTP status, where an answer arrived. */
    status: Schema.optional(Schema.Int),
    /** What the connection said, or the beginning of the body, with every secret of the request taken out. */
    detail: withDefault(Schema.String, () => "")
  }
) {
  override get message(): string {
    const status = this.status === undefined ? "" : `, HTTP ${this.status}`
    return `${this.method}: no usable answer: ${this.reason}${status}${this.detail === "" ? "" : `: ${this.detail}`}`
  }
}

/**
 * A session that renews itself has come to its end: the refresh token is over, or the user withdrew the application. The
 * user has to sign in again. Nothing was done: the call was not sent, or OK.ru refused its session.
 *
 * @since 0.1.0
 * @category request errors
 */
export class ReauthorizationRequired
  extends Schema.TaggedError<ReauthorizationRequired>("@effect-okru/core/ReauthorizationRequired")(
    "ReauthorizationRequired",
    {
      /** Who, by the name the backend keeps the session under. */
      user: Schema.String,
      /** Where to send the user. */
      authorizeUrl: Schema.String
    }
  )
{
  override get message(): string {
    return `${this.user} has no session, or one that is over: send the user to authorizeUrl to sign in`
  }
}

/**
 * A session that renews itself could not do so now, since its store or OK.ru did not answer. Nothing was done: the call was
 * not sent, or OK.ru refused its session. The same call can succeed later.
 *
 * @since 0.1.0
 * @category request errors
 */
export class OkSessionUnavailable
  extends Schema.TaggedError<OkSessionUnavailable>("@effect-okru/core/OkSessionUnavailable")(
    "OkSessionUnavailable",
    {
      /** What failed. */
      issue: Schema.String
    }
  )
{
  override get message(): string {
    return `the session could not be had or renewed: ${this.issue}`
  }
}

/**
 * Why there is no session to call with. Sessions that stay as they are never fail.
 *
 * @since 0.1.0
 * @category models
 */
export type OkSessionError = ReauthorizationRequired | OkSessionUnavailable

/**
 * The answer is not what the method's schema says. The path and the reason print, the body does not.
 *
 * @since 0.1.0
 * @category errors
 */
export class OkDecodeError extends Schema.TaggedError<OkDecodeError>("@effect-okru/core/OkDecodeError")(
  "OkDecodeError",
  {
    method: Schema.String,
    /** Where and what, `[0].uid: expected string, got object`. Holds no value of the answer. */
    issue: Schema.String,
    /** The whole body. Redacted, since it can hold personal data; in clear where the error is encoded with its schema. */
    body: withDefault(Schema.Redacted(Schema.Unknown), () => Redacted.make<unknown>(null))
  }
) {
  override get message(): string {
    return `${this.method}: unexpected answer: ${this.issue} (OkCall.passError gives the body as it came)`
  }
}

/**
 * There is no answer of OK.ru: the call could not be made, or nothing readable came back. The only failures that are
 * left under {@link OkCall.passError}.
 *
 * @since 0.1.0
 * @category models
 */
export type OkRequestError = OkParameterError | OkSigningError | OkSessionError | OkTransportError

/**
 * Everything a call can fail with.
 *
 * @since 0.1.0
 * @category models
 */
export type OkError = OkApiError | OkDecodeError | OkRequestError

const kinds = () =>
  [
    OkSessionExpired,
    OkSignatureError,
    OkPermissionDenied,
    OkInvalidParameter,
    OkNotFound,
    OkThrottled,
    OkBlocked,
    OkAuthChallenge,
    OkRefused,
    OkServiceError
  ] as const

/**
 * Every code that is known, with its kind, OK.ru's name and whether the same call can go well later. The tables of the docs
 * are made from it.
 *
 * @since 0.1.0
 * @category codes
 */
export const knownCodes = (): ReadonlyArray<{
  readonly code: number
  readonly tag: OkApiError["_tag"]
  readonly reason: string
  readonly retry: Retry
}> =>
  kinds().flatMap((Kind) =>
    Object.entries<readonly [string, Retry]>(Kind.codes).map(([code, [reason, retry]]) => ({
      code: Number(code),
      tag: Kind._tag,
      reason,
      retry
    }))
  )

/**
 * The error for an answer of OK.ru, as the typed interpreter makes it. Where the code is known when you write it,
 * construct the class instead.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromCode = (options: {
  readonly method: string
  readonly code: number
  /** The name in front of the text. Kept only where the code is not known: a known one has its own. */
  readonly reason?: string | undefined
  readonly detail?: string | undefined
  readonly body?: unknown
  /** What takes the secrets of the request out of a text that prints. */
  readonly clean?: ((text: string) => string) | undefined
}): OkApiError => {
  const { body = null, clean = identity, code, detail = "", method, reason = "" } = options
  const props = { method, code, detail, body: Redacted.make<unknown>(body) }
  const Kind = kinds().find((Kind) => code in Kind.codes)
  if (Kind === undefined) {
    return new UnknownApiError({ ...props, reason })
  }
  const waitMillis = millisIn(inBody(body, "wait_millis"))
  const verificationUrl = inBody(body, "ver_redirect_url")
  // `find` has matched the code with its class, which a union of constructors cannot express.
  const Class = Kind as unknown as new(props: object) => OkApiError
  return new Class({
    ...props,
    ...(Kind === OkThrottled && waitMillis !== undefined && { waitMillis }),
    ...(Kind === OkAuthChallenge && typeof verificationUrl === "string" && { verificationUrl: clean(verificationUrl) })
  })
}

const millisIn = (value: unknown): number | undefined => {
  const millis = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value
  return typeof millis === "number" && millis >= 0 && Number.isFinite(millis) ? millis : undefined
}

// Where OK.ru puts these in the body is documented nowhere: both places are read.
const inBody = (body: unknown, key: string): unknown =>
  Predicate.hasProperty(body, key)
    ? body[key]
    : Predicate.hasProperty(body, "error_data") && Predicate.hasProperty(body.error_data, key)
    ? body.error_data[key]
    : undefined

/**
 * Whether a value is an error that OK.ru answered with.
 *
 * @since 0.1.0
 * @category guards
 */
export const isApiError = (u: unknown): u is OkApiError =>
  u instanceof UnknownApiError || kinds().some((Kind) => u instanceof Kind)

/**
 * Whether a value is a failure of a call, whichever: for who handles it among failures of other things.
 *
 * @since 0.1.0
 * @category guards
 */
export const isOkError = (u: unknown): u is OkError =>
  isApiError(u) ||
  [
    OkDecodeError,
    OkParameterError,
    OkSigningError,
    OkTransportError,
    ReauthorizationRequired,
    OkSessionUnavailable
  ].some((Kind) => u instanceof Kind)

/**
 * Handles one code, where `Effect.catchTag` would catch a whole kind. Everything else passes on.
 *
 * @example
 * ```ts
 * import { OkError } from "@effect-okru/core"
 * import * as Users from "@effect-okru/methods/Users"
 * import * as Effect from "effect/Effect"
 *
 * // 300 means that none of these users exists.
 * const known = Users.getInfo({ uids: ["1"], fields: ["uid"] }).pipe(
 *   OkError.catchCode(300, () => Effect.succeed([]))
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const catchCode: {
  <A2, E2, R2>(
    code: number,
    f: (error: OkApiError) => Effect.Effect<A2, E2, R2>
  ): <A, E, R>(self: Effect.Effect<A, E, R>) => Effect.Effect<A | A2, E | E2, R | R2>
  <A, E, R, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    code: number,
    f: (error: OkApiError) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E | E2, R | R2>
} = dual(
  3,
  <A, E, R, A2, E2, R2>(
    self: Effect.Effect<A, E, R>,
    code: number,
    f: (error: OkApiError) => Effect.Effect<A2, E2, R2>
  ): Effect.Effect<A | A2, E | E2, R | R2> =>
    Effect.catchAll(
      self,
      (error): Effect.Effect<A2, E | E2, R2> => isApiError(error) && error.code === code ? f(error) : Effect.fail(error)
    )
)
