import * as Json from "@effect-okru/core/Json"
import * as OkConfig from "@effect-okru/core/OkConfig"
import type { OkSigningError, OkTransportError } from "@effect-okru/core/OkError"
import * as OkResponse from "@effect-okru/core/OkResponse"
import * as OkTransport from "@effect-okru/core/OkTransport"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as Credentials from "../Credentials.js"
import { OAuthRejected, OAuthUnexpectedAnswer } from "../OAuthError.js"
import { applicationSecret } from "./applicationSecret.js"
import { formRequest } from "./formRequest.js"
import { expiresIn } from "./redirect.js"

export type TokenError = OkTransportError | OkSigningError | OAuthRejected | OAuthUnexpectedAnswer

/** Asks the token endpoint, once. What a grant adds are its secrets and its other parameters. */
export const request = (
  grantType: "authorization_code" | "refresh_token",
  grantSecrets: { readonly [name: string]: Redacted.Redacted<string> },
  parameters: { readonly [name: string]: string } = {}
): Effect.Effect<Credentials.Credentials, TokenError, OkConfig.OkConfig | HttpClient.HttpClient> =>
  Effect.gen(function*() {
    const { apiUrl, applicationId } = yield* OkConfig.OkConfig
    const client = yield* HttpClient.HttpClient
    const named = { ...grantSecrets, client_secret: yield* applicationSecret("The token endpoint") }
    const secrets = Object.values(named)
    const form = new URLSearchParams({
      ...parameters,
      ...Record.map(named, Redacted.value),
      client_id: applicationId,
      grant_type: grantType
    })
    const sent = formRequest({ method: "oauth/token.do", url: `${apiUrl}/oauth/token.do`, form, secrets })
    const response = yield* OkTransport.makeHttp(client).send(sent)
    return yield* read(grantType, sent, response, OkTransport.withoutSecrets(secrets))
  })

const read = (
  grantType: string,
  request: OkTransport.Request,
  response: OkTransport.Response,
  clean: (text: string) => string
): Effect.Effect<Credentials.Credentials, OAuthRejected | OAuthUnexpectedAnswer> => {
  // The content type and the status say nothing: errors come as pages with 200, tokens as `text/javascript`. Only what
  // is no JSON is cleaned as a whole: an answer may repeat the refresh token that was sent.
  const body = Either.isRight(Json.parse(response.body)) ? response.body : clean(response.body)
  return Either.match(OkResponse.read(request, { ...response, status: 200, body }), {
    onLeft: ({ detail }) =>
      Effect.fail(
        new OAuthUnexpectedAnswer({ request: grantType, reason: "NotJson", status: response.status, detail })
      ),
    onRight: ({ body, error }) => {
      const accessToken = textOf(body, "access_token")
      const refreshToken = textOf(body, "refresh_token")
      const named = textOf(body, "error")
      if (accessToken !== undefined) {
        return Credentials.make({
          accessToken: Redacted.make(accessToken),
          refreshToken: refreshToken === undefined ? undefined : Redacted.make(refreshToken),
          expiresIn: Predicate.hasProperty(body, "expires_in") ? expiresIn(body.expires_in) : undefined,
          tokenType: textOf(body, "token_type")
        })
      }
      return Effect.fail(
        named === undefined && error === undefined
          ? new OAuthUnexpectedAnswer({ request: grantType, reason: "NoToken", status: response.status })
          : new OAuthRejected({
            request: grantType,
            error: clean(named ?? (error?.reason || String(error?.code))),
            description: clean(textOf(body, "error_description") ?? error?.detail ?? "")
          })
      )
    }
  })
}

/**
 * What was asked for counts as granted, since OK.ru does not say what was. How long the token lives it does say: one that
 * ends today is no long one.
 */
export const granted = (
  credentials: Credentials.Credentials,
  scope: ReadonlyArray<string>
): Effect.Effect<Credentials.Credentials> =>
  Effect.map(Credentials.expiresWithin(credentials, Duration.days(1)), (isShort) => ({
    ...credentials,
    permissionsGranted: isShort ? scope.filter((permission) => permission !== "LONG_ACCESS_TOKEN") : scope
  }))

// Optional values that are empty or of another type must not cost the token that came with them.
const textOf = (body: unknown, name: string): string | undefined => {
  const value = Predicate.hasProperty(body, name) ? body[name] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}
