/**
 * A user's session from a login and a password, with the REST method `auth.login`. OK.ru does not document it and allows
 * it to few applications; for accounts of your own only.
 *
 * @since 0.1.0
 */
import * as OkConfig from "@effect-okru/core/OkConfig"
import { type OkApiError, OkDecodeError, type OkSigningError, type OkTransportError } from "@effect-okru/core/OkError"
import * as OkResponse from "@effect-okru/core/OkResponse"
import type * as OkSession from "@effect-okru/core/OkSession"
import * as OkTransport from "@effect-okru/core/OkTransport"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Credentials from "./Credentials.js"
import * as Grant from "./Grant.js"
import { formRequest } from "./internal/formRequest.js"

/**
 * Why a login failed. `OkAuthChallenge` is the one to expect: 401, wrong login or password, a block, too many attempts;
 * 402, a captcha; 403, a check for humans, with the page to pass it on in `verificationUrl`.
 *
 * @since 0.1.0
 * @category models
 */
export type SignInError = OkApiError | OkDecodeError | OkTransportError

/**
 * Who signs in.
 *
 * @since 0.1.0
 * @category models
 */
export interface SignInOptions {
  /** A login, an e-mail address or a phone number. */
  readonly login: string
  readonly password: Redacted.Redacted<string>
  /** What the user got by passing a check on `verificationUrl`. */
  readonly verificationToken?: Redacted.Redacted<string> | undefined
}

const method = "auth.login"

const Session = Schema.Struct({
  session_key: Schema.Redacted(Schema.NonEmptyString),
  session_secret_key: Schema.Redacted(Schema.NonEmptyString)
})

const decodeSession = Schema.decodeUnknownEither(Session)

/**
 * Logs in. The password goes in the body of a POST, once: no policy repeats it, and neither must you or the `HttpClient`,
 * since that leads to captchas and blocks. OK.ru does not say how long the session lives, nor how it is renewed: clients know an
 * `auth.loginByToken`, which this library does not have.
 *
 * @example
 * ```ts
 * import * as Password from "@effect-okru/auth/Password"
 * import * as Effect from "effect/Effect"
 * import * as Redacted from "effect/Redacted"
 *
 * const credentials = Password.signIn({ login: "test-login", password: Redacted.make("test-password") }).pipe(
 *   Effect.catchTag("OkAuthChallenge", ({ verificationUrl }) => Effect.fail(verificationUrl ?? "wrong password"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category grants
 */
export const signIn = (
  options: SignInOptions
): Effect.Effect<Credentials.Credentials, SignInError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { apiUrl, applicationKey } = yield* OkConfig.OkConfig
    const client = yield* HttpClient.HttpClient
    const form = new URLSearchParams({
      application_key: applicationKey,
      format: "json",
      method,
      password: Redacted.value(options.password),
      user_name: options.login,
      // That this client understands 403 and can send its user to a page.
      verification_supported: "1",
      verification_supported_v: "1"
    })
    if (options.verificationToken !== undefined) {
      form.set("verification_token", Redacted.value(options.verificationToken))
    }
    const request = formRequest({
      method,
      url: `${apiUrl}/fb.do`,
      form,
      secrets: options.verificationToken === undefined
        ? [options.password]
        : [options.password, options.verificationToken]
    })
    const response = yield* OkTransport.makeHttp(client).send(request)
    const { body, error } = yield* OkResponse.read(request, response)
    if (error !== undefined) {
      return yield* error
    }
    const session = yield* Either.mapLeft(
      decodeSession(body),
      () =>
        new OkDecodeError({
          method,
          issue: "session_key and session_secret_key: expected texts",
          body: Redacted.make<unknown>(body)
        })
    )
    return yield* Credentials.make({ accessToken: session.session_key, sessionSecretKey: session.session_secret_key })
  })

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
