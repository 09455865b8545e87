/*
 * What `aiookru`, the client of OK.ru for Python, gets wrong, each proved absent here. A URL is looked at as it was
 * written: what parses it would put a missing slash right.
 */
import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Implicit from "@effect-okru/auth/Implicit"
import * as LaunchParameters from "@effect-okru/auth/LaunchParameters"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as Password from "@effect-okru/auth/Password"
import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import { OkCall, OkClient, OkConfig, OkMethod, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { config, fake, json } from "./grants.js"

// Nobody listens there.
const redirectUri = "http://127.0.0.1:1/callback"
const scope = ["VALUABLE_ACCESS"]

const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

interface Sent {
  readonly verb: string
  /** As the client wrote it. */
  readonly url: string
  readonly form: { readonly [name: string]: string }
}

const sentOf = ({ body, method, url }: HttpClientRequest.HttpClientRequest): Sent => ({
  verb: method,
  url,
  form: Object.fromEntries(
    new URLSearchParams(body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "")
  )
})

/** A sandbox, the client on it, and all that the client sends. `meddle` is whatever stands between the two. */
const setup = (
  options: Sandbox.Options = {},
  meddle: (client: HttpClient.HttpClient) => HttpClient.HttpClient = (client) => client
) => {
  const sent: Array<Sent> = []
  const Wire = Layer.effect(
    HttpClient.HttpClient,
    Effect.map(
      HttpClient.HttpClient,
      (client) => HttpClient.tapRequest(meddle(client), (request) => Effect.sync(() => sent.push(sentOf(request))))
    )
  )
  const layer = OkClient.layerHttp().pipe(
    Layer.provideMerge(Layer.provide(Wire, Sandbox.layerHttpClient)),
    Layer.provideMerge(Sandbox.layerOkConfig),
    Layer.provideMerge(Sandbox.layer(options))
  )
  return { sent, layer }
}

const getCode = Effect.gen(function*() {
  const url = AuthorizationCode.authorizeUrl(yield* OkConfig.OkConfig, { redirectUri, scope, state: "test-state" })
  const { code } = yield* AuthorizationCode.parseRedirect(yield* SandboxUser.comeBack(url))
  return code
})

const exchange = Effect.flatMap(getCode, (code) => AuthorizationCode.exchange({ code, redirectUri }))

const signIn = Effect.flatMap(SandboxUser.first, (user) => Implicit.signIn({ ...user, scope, redirectUri }))

describe("the address of the token endpoint has both slashes", () => {
  for (const apiUrl of ["https://api.ok.ru", "https://api.ok.ru/", "https://api.ok.ru//"]) {
    it.effect(`with ${apiUrl} in OkConfig`, () => {
      const { layer, sent } = setup()
      return Effect.gen(function*() {
        const Here = Layer.unwrapEffect(
          Effect.map(Sandbox.config, (options) => OkConfig.layer({ ...options, apiUrl }))
        )
        const credentials = yield* Effect.provide(exchange, Here)
        const { refreshToken } = yield* SandboxUser.first
        yield* Effect.provide(RefreshToken.refresh({ refreshToken }), Here)
        assert.match(Redacted.value(credentials.accessToken), /^test-access-token-/)
        assert.deepStrictEqual(
          sent.filter(({ url }) => url.includes("token")).map(({ url, verb }) => `${verb} ${url}`),
          ["POST https://api.ok.ru/oauth/token.do", "POST https://api.ok.ru/oauth/token.do"]
        )
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("client_secret is the application's secret key as it is", () => {
  it.effect("for a code and for a refresh token, whatever session there is", () => {
    const { layer, sent } = setup()
    return Effect.gen(function*() {
      const user = yield* SandboxUser.first
      const { application } = yield* Sandbox.Sandbox
      yield* Effect.provide(exchange, OkSession.layerClient(user))
      yield* Effect.provide(RefreshToken.refresh(user), OkSession.layerClient(user))
      assert.deepStrictEqual(
        sent.flatMap(({ form }) => "grant_type" in form ? [form["client_secret"]] : []),
        [Redacted.value(application.secretKey), Redacted.value(application.secretKey)]
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("which the sandbox insists on: what signs calls is refused", () =>
    Effect.gen(function*() {
      const { accessToken, refreshToken, sessionSecretKey } = yield* SandboxUser.first
      const options = yield* Sandbox.config
      const { application } = yield* Sandbox.Sandbox
      const ofServerCircuit = md5(Redacted.value(accessToken) + Redacted.value(application.secretKey))
      for (const wrong of [Redacted.value(sessionSecretKey), ofServerCircuit]) {
        const Wrong = OkConfig.layer({ ...options, applicationSecretKey: Redacted.make(wrong) })
        const refused = yield* Effect.flip(Effect.provide(RefreshToken.refresh({ refreshToken }), Wrong))
        assert.deepInclude(refused, { _tag: "OAuthRejected", error: "invalid_client" })
      }
    }).pipe(Effect.provide(setup().layer)))
})

describe("the state that comes back is compared, and takes the place of nothing", () => {
  const forge = (location: string): string => location.replace(/state=[^&]*/, "state=test-forged-state")

  it.effect("after the code grant: no code is sent anywhere", () =>
    Effect.gen(function*() {
      const { tokenRequests } = yield* Sandbox.Sandbox
      const location = yield* Effect.flatMap(AuthorizationCode.start({ redirectUri, scope }), SandboxUser.comeBack)
      const forged = yield* Effect.flip(AuthorizationCode.finish({ url: forge(location), redirectUri }))
      assert.deepInclude(forged, { _tag: "OAuthStateError", reason: "Unknown" })
      assert.strictEqual(yield* tokenRequests(), 0)
      const { state } = yield* AuthorizationCode.finish({ url: location, redirectUri })
      assert.strictEqual(state, new URL(location).searchParams.get("state"))
    }).pipe(Effect.provide([setup().layer, OAuthState.layerMemory()])))

  it.effect("after the implicit grant in a browser", () =>
    Effect.gen(function*() {
      const location = yield* Effect.flatMap(Implicit.start({ redirectUri, scope }), SandboxUser.comeBack)
      const forged = yield* Effect.flip(Implicit.finish({ url: forge(location) }))
      assert.deepInclude(forged, { _tag: "OAuthStateError", reason: "Unknown" })
      const { state } = yield* Implicit.finish({ url: location })
      assert.include(location, `state=${state}`)
    }).pipe(Effect.provide([setup().layer, OAuthState.layerMemory()])))

  it.effect("after a sign-in with login and password, to which somebody has sent another state", () => {
    const { layer } = setup(
      {},
      HttpClient.transformResponse(Effect.map((response) => {
        const { location } = response.headers
        return location?.startsWith(redirectUri) === true
          ? HttpClientResponse.fromWeb(
            response.request,
            new Response(null, { status: response.status, headers: { location: forge(location) } })
          )
          : response
      }))
    )
    return Effect.gen(function*() {
      assert.deepInclude(yield* Effect.flip(signIn), { _tag: "OAuthStateError", reason: "Unknown" })
    }).pipe(Effect.provide(layer))
  })
})

describe("a session that has a key of its own signs with it, also where there is the application's secret key", () => {
  const signed = Effect.gen(function*() {
    const { uid } = yield* SandboxUser.first
    const { canonical, sig } = yield* OkCall.request(Users.getLoggedInUser())
    assert.strictEqual(yield* Users.getLoggedInUser(), uid)
    const session = yield* Effect.flatMap(OkSession.OkSession, ({ current }) => current)
    return session._tag === "Client" ? sig === md5(canonical + Redacted.value(session.sessionSecretKey)) : session._tag
  })

  const check = <E>(
    name: string,
    session: Layer.Layer<OkSession.OkSession, E, OkConfig.OkConfig | HttpClient.HttpClient | Sandbox.Sandbox>
  ) =>
    it.effect(name, () =>
      Effect.gen(function*() {
        assert.strictEqual((yield* OkConfig.OkConfig).applicationSecretKey._tag, "Some")
        assert.isTrue(yield* signed)
      }).pipe(Effect.provide(session), Effect.provide(setup().layer)))

  check(
    "after the implicit grant",
    Layer.unwrapEffect(Effect.map(SandboxUser.first, (user) => Implicit.layerSession({ ...user, scope })))
  )
  check("after a login", Layer.unwrapEffect(Effect.map(SandboxUser.first, Password.layerSession)))
  check(
    "from launch parameters",
    Layer.unwrapEffect(Effect.gen(function*() {
      const { launchUrl } = yield* Sandbox.Sandbox
      const { uid } = yield* SandboxUser.first
      return LaunchParameters.layerSession(yield* launchUrl(uid, "https://example.com/game"))
    }))
  )
  check("from both keys", Layer.unwrapEffect(Effect.map(SandboxUser.first, OkSession.fromCredentials)))
})

describe("the implicit grant takes any redirect address", () => {
  for (
    const address of [
      Implicit.blankPage,
      "http://127.0.0.1:1/",
      "http://localhost:1/a/callback?from=ok",
      "https://example.com/callback",
      "ok512000000://authorize",
      "okauth://auth"
    ]
  ) {
    it.effect(address, () => {
      const { layer, sent } = setup({ redirectUris: [address] })
      return Effect.gen(function*() {
        const user = yield* SandboxUser.first
        const { permissionsGranted } = yield* Implicit.signIn({ ...user, scope, redirectUri: address })
        assert.deepStrictEqual(permissionsGranted, scope)
        assert.isFalse(sent.some(({ url }) => url.startsWith(address)))
      }).pipe(Effect.provide(layer))
    })
  }
})

describe("the implicit grant asks for one token", () => {
  const steps = (uid: string) =>
    Effect.gen(function*() {
      const { requests, users } = yield* Sandbox.Sandbox
      const user = (yield* users).find((user) => user.uid === uid)
      return {
        requests: (yield* requests).map(({ path, verb }) => `${verb} ${path}`),
        accessToken: user?.accessToken
      }
    })

  it.effect("where the user has granted everything before", () =>
    Effect.gen(function*() {
      const { uid } = yield* SandboxUser.first
      const { accessToken } = yield* signIn
      const after = yield* steps(uid)
      assert.deepStrictEqual(after.requests, ["GET /oauth/authorize", "GET /dk", "POST /dk"])
      // The one that came is the last one that was given out.
      assert.deepStrictEqual(after.accessToken, accessToken)
    }).pipe(Effect.provide(setup().layer)))

  it.effect("where the user has to allow it", () =>
    Effect.gen(function*() {
      const { revoke } = yield* Sandbox.Sandbox
      const { uid } = yield* SandboxUser.first
      yield* revoke(uid, ...scope)
      const { accessToken } = yield* signIn
      const after = yield* steps(uid)
      assert.deepStrictEqual(
        after.requests,
        ["GET /oauth/authorize", "GET /dk", "POST /dk", "GET /dk", "POST /dk"]
      )
      assert.deepStrictEqual(after.accessToken, accessToken)
    }).pipe(Effect.provide(setup().layer)))
})

describe("a parameter that is 0, false or empty is sent and signed", () => {
  const check = (name: string, call: OkCall.OkCall<unknown, OkSession.OkSession | OkSession.OkAnySession>, expected: {
    readonly [name: string]: string
  }) =>
    it.effect(name, () => {
      const { layer, sent } = setup()
      return Effect.gen(function*() {
        const { canonical } = yield* OkCall.request(call)
        // The sandbox checks the signature over all that it is sent.
        yield* call
        assert.lengthOf(sent, 1)
        assert.deepInclude(sent[0]?.form, expected)
        Object.entries(expected).forEach(([parameter, value]) => assert.include(canonical, `${parameter}=${value}`))
      }).pipe(
        Effect.provide(Layer.unwrapEffect(Effect.map(SandboxUser.first, OkSession.layerClient))),
        Effect.provide(layer)
      )
    })

  check("0", Users.updateMask({ mask: 0, orUpdate: true }), { mask: "0" })
  check("false", Users.updateMask({ mask: 1, orUpdate: false }), { orUpdate: "false" })
  check("an empty text", Users.setStatus({ status: "" }), { status: "" })
  check(
    "all of them, of a method that the library does not know",
    OkMethod.untyped("users.updateMask", { session: "required" })({ mask: 0, orUpdate: false, test: "" }),
    { mask: "0", orUpdate: "false", test: "" }
  )
})

describe("an answer that is empty, or no object, is an answer", () => {
  for (const body of [true, false, 0, "", [], {}, "51", null]) {
    it.effect(JSON.stringify(body), () => {
      const { layer } = fake(() => json(body))
      return Effect.gen(function*() {
        const call = OkMethod.untyped("test.read", { session: "required" })()
        assert.deepStrictEqual(yield* call, body)
        assert.deepStrictEqual(yield* OkCall.passError(call), body)
      }).pipe(
        Effect.provide(OkSession.layerServer({ accessToken: Redacted.make("test-access-token") })),
        Effect.provide(Layer.provide(OkClient.layerHttp(), layer)),
        Effect.provide(config)
      )
    })
  }
})

it.effect("an answer without a refresh token gives a session", () =>
  Effect.gen(function*() {
    const { accessToken, refreshToken } = yield* exchange
    assert.match(Redacted.value(accessToken), /^test-access-token-/)
    assert.isUndefined(refreshToken)
  }).pipe(Effect.provide(setup({ refreshTokens: "none" }).layer)))

it.effect("neither a password nor a token nor a secret is in a URL", () => {
  const { layer, sent } = setup()
  return Effect.gen(function*() {
    const user = yield* SandboxUser.first
    yield* exchange
    yield* signIn
    yield* RefreshToken.refresh(user)
    yield* Users.getLoggedInUser().pipe(Effect.provide(Password.layerSession(user)))
    assert.isAbove(sent.length, 8)
    for (const { url } of sent) {
      assert.notMatch(url, /test-(password|access-token|refresh-token|session-secret|application-secret|authorization)/)
    }
  }).pipe(Effect.provide(layer))
})
