import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Credentials from "@effect-okru/auth/Credentials"
import * as Grant from "@effect-okru/auth/Grant"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as OkSession from "@effect-okru/core/OkSession"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { application, config, configWithoutSecret, fake, json, printed, secretKey } from "./grants.js"

const redirectUri = "https://example.com/callback?from=ok"
const code = "test-code/+=&"
const token = {
  access_token: "test-access-token",
  token_type: "session",
  refresh_token: "test-refresh-token",
  expires_in: "1800"
}

const exchange = AuthorizationCode.exchange({ code: Redacted.make(code), redirectUri })

const text = FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 20 })

describe("authorizeUrl", () => {
  it("has every parameter, the state and the layout always", () => {
    const url = AuthorizationCode.authorizeUrl(OkConfig.make(application), {
      redirectUri,
      scope: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
      state: "test-state"
    })
    assert.strictEqual(
      url,
      "https://connect.ok.ru/oauth/authorize?client_id=123456&scope=VALUABLE_ACCESS%3BPHOTO_CONTENT" +
        "&response_type=code&redirect_uri=https%3A%2F%2Fexample.com%2Fcallback%3Ffrom%3Dok&layout=w&state=test-state"
    )
  })

  it("goes where OkConfig says and holds no secret", () => {
    const url = AuthorizationCode.authorizeUrl(OkConfig.make({ ...application, connectUrl: "http://127.0.0.1:1/" }), {
      redirectUri,
      scope: [],
      state: "s",
      layout: "m"
    })
    assert.isTrue(url.startsWith("http://127.0.0.1:1/oauth/authorize?"))
    assert.strictEqual(new URL(url).searchParams.get("layout"), "m")
    assert.notInclude(url, secretKey)
  })
})

describe("parseRedirect", () => {
  const parse = AuthorizationCode.parseRedirect

  it.prop("reads the code and the state", [text, text], ([code, state]) => {
    const query = new URLSearchParams({ code, state })
    for (const url of [`https://example.com/callback?${query}`, `/callback?${query}#top`, `okauth://ok1?${query}`]) {
      const redirect = Either.getOrThrow(parse(url))
      assert.strictEqual(Redacted.value(redirect.code), code)
      assert.strictEqual(redirect.state, state)
    }
  })

  it("takes neither a code nor an error for a denial", () => {
    for (const url of ["/callback", "/callback?code=&state=s", "", "?", "/callback?x=1#y", new URL("https://a.b/c")]) {
      const denied = Either.getOrThrow(Either.flip(parse(url)))
      assert.strictEqual(denied._tag, "OAuthDenied")
      assert.strictEqual(denied.message, "the user did not grant the access")
    }
  })

  it("reads an error from the query and from the fragment", () => {
    for (const separator of ["?", "#"]) {
      const denied = Either.getOrThrow(Either.flip(parse(`/callback${separator}error=access_denied&state=s`)))
      assert.deepInclude(denied, { _tag: "OAuthDenied", error: "access_denied", state: "s" })
      const rejected = Either.getOrThrow(
        Either.flip(parse(`/callback${separator}error=invalid_request&error_description=wrong%20redirect_uri`))
      )
      assert.deepInclude(rejected, {
        _tag: "OAuthRejected",
        error: "invalid_request",
        description: "wrong redirect_uri"
      })
    }
  })

  it("believes an error beside a code", () => {
    assert.isTrue(Either.isLeft(parse("/callback?code=c&error=access_denied")))
  })

  it("prints no code", () => {
    assert.notInclude(printed(Either.getOrThrow(parse("/callback?code=test-secret-code&state=s"))), "test-secret-code")
  })
})

describe("exchange", () => {
  it.effect("posts a form with the raw secret key to the token address", () => {
    const { layer, seen } = fake(() => json(token))
    return Effect.gen(function*() {
      const credentials = yield* exchange
      const request = seen[0]
      assert.lengthOf(seen, 1)
      assert.strictEqual(request?.verb, "POST")
      assert.strictEqual(request?.url.href, "https://api.ok.ru/oauth/token.do")
      assert.deepStrictEqual(request?.form, {
        code,
        client_id: "123456",
        client_secret: secretKey,
        redirect_uri: redirectUri,
        grant_type: "authorization_code"
      })
      assert.strictEqual(Redacted.value(credentials.accessToken), "test-access-token")
      assert.strictEqual(credentials.refreshToken && Redacted.value(credentials.refreshToken), "test-refresh-token")
      assert.strictEqual(credentials.tokenType, "session")
      assert.deepStrictEqual(
        credentials.expiresAt?.pipe(DateTime.toEpochMillis),
        1_800_000 + (yield* DateTime.now).epochMillis
      )
    }).pipe(Effect.provide([config, layer]))
  })

  it.effect("keeps what was asked for as granted, so that a long token counts as one", () =>
    Effect.gen(function*() {
      const scope = ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"] as const
      const asked = AuthorizationCode.exchange({ code: Redacted.make(code), redirectUri, scope })
      for (const expires_in of ["2592000", undefined]) {
        const { layer } = fake(() => json({ ...token, expires_in }))
        const credentials = yield* Effect.provide(asked, layer)
        assert.deepStrictEqual(credentials.permissionsGranted, scope)
        assert.isTrue(Credentials.isLong(credentials))
        assert.isFalse(Credentials.isLong(yield* Effect.provide(exchange, layer)))
      }
      const credentials = yield* Effect.provide(asked, fake(() => json(token)).layer)
      assert.deepStrictEqual(credentials.permissionsGranted, ["VALUABLE_ACCESS"])
    }).pipe(Effect.provide(config)))

  it.effect.prop(
    "reads whatever comes with the token leniently",
    {
      expiresIn: FastCheck.constantFrom<unknown>("1800", 1800, " 1800 "),
      nonsense: FastCheck.constantFrom<unknown>(undefined, null, "", "soon", -1, 0, {}),
      type: FastCheck.constantFrom("application/json", "text/javascript", "text/html"),
      status: FastCheck.constantFrom(200, 201)
    },
    ({ expiresIn, nonsense, status, type }) =>
      Effect.gen(function*() {
        const reply = (body: unknown) => ({
          status,
          headers: [["content-type", type]] as const,
          body: JSON.stringify(body)
        })
        const whole = yield* Effect.provide(exchange, fake(() => reply({ ...token, expires_in: expiresIn })).layer)
        assert.strictEqual(whole.expiresAt?.pipe(DateTime.toEpochMillis), 1_800_000)
        const bare = yield* Effect.provide(
          exchange,
          fake(() => reply({ access_token: "t", expires_in: nonsense, refresh_token: nonsense === "soon" ? "" : null }))
            .layer
        )
        assert.isUndefined(bare.expiresAt)
        assert.isUndefined(bare.refreshToken)
        assert.strictEqual(Redacted.value(bare.accessToken), "t")
      }).pipe(Effect.provide(config)),
    { fastCheck: { numRuns: 30 } }
  )

  it.effect("has a typed failure for each way it can fail", () =>
    Effect.gen(function*() {
      const failing = (reply: Parameters<typeof fake>[0]) => Effect.flip(Effect.provide(exchange, fake(reply).layer))

      const rejected = yield* failing(() =>
        json({ error: "invalid_request", error_description: `The code ${code} is over` }, 400)
      )
      assert.deepInclude(rejected, {
        _tag: "OAuthRejected",
        request: "authorization_code",
        error: "invalid_request",
        description: "The code <redacted> is over"
      })

      const rest = yield* failing(() => json({ error_code: 101, error_msg: "PARAM_API_KEY : No application key" }))
      assert.deepInclude(rest, { _tag: "OAuthRejected", error: "PARAM_API_KEY", description: "No application key" })

      const unknown = yield* failing(() => json({ error_code: 98765, error_msg: "" }))
      assert.deepInclude(unknown, { _tag: "OAuthRejected", error: "98765" })

      for (const status of [200, 400]) {
        const page = yield* failing(() => ({
          status,
          headers: [["content-type", "text/html"]],
          body: `<html><h1>Provide OAUTH request parameters!</h1><p>${secretKey} ${encodeURIComponent(code)}</p></html>`
        }))
        assert.deepInclude(page, { _tag: "OAuthUnexpectedAnswer", reason: "NotJson", status })
        assert.include(page.message, "Provide OAUTH request parameters!")
        assert.notInclude(printed(page), secretKey)
        assert.notInclude(printed(page), encodeURIComponent(code))
      }

      for (const body of [{}, [], null, "text", { access_token: "" }, { access_token: 1 }, { error: 1 }]) {
        assert.deepInclude(yield* failing(() => json(body)), { _tag: "OAuthUnexpectedAnswer", reason: "NoToken" })
      }

      const broken = yield* failing(() => undefined)
      assert.deepInclude(broken, { _tag: "OkTransportError", reason: "Interrupted" })
      for (const error of [rejected, rest, unknown, broken]) {
        assert.notInclude(printed(error), secretKey)
        assert.notInclude(printed(error), code)
      }
    }).pipe(Effect.provide(config)))

  it.effect("sends nothing without a secret key", () => {
    const { layer, seen } = fake(() => json(token))
    return Effect.gen(function*() {
      const error = yield* Effect.flip(exchange)
      assert.strictEqual(error._tag, "OkSigningError")
      assert.lengthOf(seen, 0)
    }).pipe(Effect.provide([configWithoutSecret, layer]))
  })

  it.effect("gives a session and what the grant gave", () =>
    Effect.gen(function*() {
      const grant = yield* Grant.Grant
      const session = yield* OkSession.OkSession
      yield* OkSession.OkAppSession
      assert.strictEqual(grant.refreshToken && Redacted.value(grant.refreshToken), "test-refresh-token")
      assert.deepStrictEqual(
        yield* session.current,
        OkSession.Credentials.Server({ accessToken: grant.accessToken })
      )
    }).pipe(
      Effect.provide(AuthorizationCode.layerSession({ code: Redacted.make(code), redirectUri })),
      Effect.provide([config, fake(() => json(token)).layer])
    ))
})

describe("start and finish", () => {
  const start = AuthorizationCode.start({ redirectUri, scope: ["VALUABLE_ACCESS"] })
  const finish = (parameters: { readonly [name: string]: string }) =>
    AuthorizationCode.finish({ url: `/callback?${new URLSearchParams(parameters)}`, redirectUri })
  const stateOf = (url: string) => new URL(url).searchParams.get("state") ?? ""

  it.effect("sign a user in, and once only", () => {
    const { layer, seen } = fake(() => json(token))
    return Effect.gen(function*() {
      const state = stateOf(yield* start)
      const credentials = yield* finish({ code, state })
      assert.strictEqual(credentials.state, state)
      assert.strictEqual(Redacted.value(credentials.accessToken), "test-access-token")
      assert.deepInclude(yield* Effect.flip(finish({ code, state })), { _tag: "OAuthStateError", reason: "Unknown" })
      assert.lengthOf(seen, 1)
    }).pipe(Effect.provide(Layer.mergeAll(config, layer, OAuthState.layerMemory())))
  })

  it.effect("compare the state before the code is sent anywhere", () => {
    const { layer, seen } = fake(() => json(token))
    return Effect.gen(function*() {
      const state = stateOf(yield* start)
      const forged = yield* Effect.flip(finish({ code, state: `${state.slice(0, -1)}!` }))
      assert.deepInclude(forged, { _tag: "OAuthStateError", reason: "Unknown" })
      assert.deepInclude(yield* Effect.flip(finish({ code })), { _tag: "OAuthStateError", reason: "Missing" })
      assert.deepInclude(yield* Effect.flip(finish({ error: "access_denied" })), { _tag: "OAuthDenied" })
      assert.lengthOf(seen, 0)
    }).pipe(Effect.provide(Layer.mergeAll(config, layer, OAuthState.layerMemory())))
  })
})
