import * as OAuthError from "@effect-okru/auth/OAuthError"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { printed } from "./grants.js"

const page = { page: "https://connect.ok.ru/dk", command: "OAuth2Login", status: 200, issue: "is unknown" }

// One of each, and what its message begins with.
const samples: ReadonlyArray<readonly [OAuthError.OAuthError, string]> = [
  [new OAuthError.OAuthDenied(), "the user did not grant the access"],
  [
    new OAuthError.OAuthDenied({ error: "access_denied", description: "Cancelled" }),
    "the user did not grant the access: access_denied: Cancelled"
  ],
  [
    new OAuthError.OAuthRejected({ request: "authorize", error: "invalid_request", description: "wrong redirect_uri" }),
    "authorize: OK.ru refused: invalid_request: wrong redirect_uri"
  ],
  [
    new OAuthError.OAuthUnexpectedAnswer({ request: "refresh_token", reason: "NotJson", status: 400, detail: "Oops" }),
    "refresh_token: a page instead of JSON, HTTP 400: Oops"
  ],
  [
    new OAuthError.OAuthUnexpectedAnswer({ request: "authorization_code", reason: "NoToken" }),
    "authorization_code: an answer without a token"
  ],
  [new OAuthError.OAuthStateError({ reason: "Missing" }), "the redirect has no state"],
  [new OAuthError.OAuthStateError({ reason: "Unknown" }), "the state of the redirect was not given out"],
  [new OAuthError.OAuthStateError({ reason: "Expired" }), "the state of the redirect has expired"],
  [new OAuthError.OAuthStateUnavailable({ issue: "time-out" }), "the store of OAuth states did not answer: time-out"],
  [
    new OAuthError.OAuthRefreshTokenOver({ reason: "Revoked", error: "access_denied" }),
    "the refresh token is over (Revoked): access_denied; the user has to sign in again"
  ],
  [new OAuthError.OAuthInvalidCredentials(), "OK.ru does not accept the login and the password"],
  [
    new OAuthError.OAuthHumanCheck({ check: "Captcha", verificationUrl: "https://ok.ru/captcha?test-token" }),
    "OK.ru asks for a human (Captcha)"
  ],
  [new OAuthError.OAuthUnknownPage(page), "https://connect.ok.ru/dk (OAuth2Login), HTTP 200: is unknown"],
  [
    new OAuthError.OAuthUnknownPage({ ...page, command: "" }),
    "https://connect.ok.ru/dk, HTTP 200: is unknown"
  ],
  [
    new OAuthError.LaunchParametersError({ reason: "Signature", parameter: "sig" }),
    "the launch parameters are not to be trusted: sig: is wrong"
  ]
]

describe("OAuthError", () => {
  it("says what happened and what to do", () => {
    for (const [error, beginning] of samples) {
      assert.isTrue(error.message.startsWith(beginning), `${error.message} begins with ${beginning}`)
      assert.include(printed(error), error._tag)
      assert.notInclude(error.message, "test-token")
    }
  })

  it.effect("is caught by its tag", () =>
    Effect.gen(function*() {
      for (const [error] of samples) {
        const tag = yield* Effect.fail(error).pipe(Effect.catchTag(error._tag, ({ _tag }) => Effect.succeed(_tag)))
        assert.strictEqual(tag, error._tag)
      }
    }))

  const every = Schema.Union(
    OAuthError.OAuthDenied,
    OAuthError.OAuthRejected,
    OAuthError.OAuthUnexpectedAnswer,
    OAuthError.OAuthStateError,
    OAuthError.OAuthStateUnavailable,
    OAuthError.OAuthRefreshTokenOver,
    OAuthError.OAuthInvalidCredentials,
    OAuthError.OAuthHumanCheck,
    OAuthError.OAuthUnknownPage,
    OAuthError.LaunchParametersError
  )

  it("is written and read back", () => {
    FastCheck.assert(FastCheck.property(Arbitrary.make(every), (error) => {
      const again = Schema.decodeUnknownSync(every)(JSON.parse(JSON.stringify(Schema.encodeSync(every)(error))))
      assert.strictEqual(again.message, error.message)
      assert.strictEqual(again._tag, error._tag)
    }))
  })
})
