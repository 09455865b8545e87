import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Grant from "@effect-okru/auth/Grant"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkCall, OkClient, OkConfig, OkSession } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import type * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import * as Attributes from "../src/from-aiookru/attributes.js"
import * as Calls from "../src/from-aiookru/calls.js"
import * as ClientSession from "../src/from-aiookru/clientSession.js"
import * as CodeSession from "../src/from-aiookru/codeSession.js"
import * as Configuration from "../src/from-aiookru/configuration.js"
import * as Errors from "../src/from-aiookru/errors.js"
import * as ImplicitSession from "../src/from-aiookru/implicitSession.js"
import * as PassError from "../src/from-aiookru/passError.js"
import * as PasswordSession from "../src/from-aiookru/passwordSession.js"
import * as PublicSession from "../src/from-aiookru/publicSession.js"
import * as RefreshSession from "../src/from-aiookru/refreshSession.js"
import * as ServerSession from "../src/from-aiookru/serverSession.js"
import * as KeepAlive from "../src/from-aiookru/sessionManager.js"
import * as Signature from "../src/from-aiookru/signature.js"
import * as TokenSession from "../src/from-aiookru/tokenSession.js"

const Ok = OkClient.layerHttp().pipe(
  Layer.provideMerge(Sandbox.layerHttpClient),
  Layer.provideMerge(Sandbox.layerOkConfig),
  Layer.provideMerge(Sandbox.layer())
)

const check = (
  name: string,
  run: (
    user: Sandbox.User
  ) => Effect.Effect<unknown, unknown, OkClient.OkClient | OkConfig.OkConfig | HttpClient.HttpClient | Sandbox.Sandbox>
) => it.effect(name, () => Effect.flatMap(SandboxUser.first, run).pipe(Effect.provide(Ok)))

const whoAmI = Users.getLoggedInUser()

describe("sessions of tokens that are there", () => {
  check("ClientSession", ({ accessToken, sessionSecretKey, uid }) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* whoAmI, uid)
      assert.strictEqual(yield* Signature.circuit, "Client")
    }).pipe(Effect.provide(ClientSession.clientSession(accessToken, sessionSecretKey))))

  check("ServerSession", ({ accessToken, uid }) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* whoAmI, uid)
      assert.strictEqual(yield* Signature.circuit, "Server")
    }).pipe(Effect.provide(ServerSession.serverSession(accessToken))))

  check("TokenSession infers the circuit", ({ accessToken, sessionSecretKey, uid }) =>
    Effect.gen(function*() {
      const circuitOf = (sessionSecretKey?: Redacted.Redacted<string>) =>
        Effect.zip(whoAmI, Signature.circuit).pipe(
          Effect.provide(TokenSession.tokenSession(accessToken, sessionSecretKey))
        )
      assert.deepStrictEqual(yield* circuitOf(sessionSecretKey), [uid, "Client"])
      assert.deepStrictEqual(yield* circuitOf(Redacted.make("")), [uid, "Server"])
      assert.deepStrictEqual(yield* circuitOf(), [uid, "Server"])
      const withoutSecret = OkConfig.layer({ ...yield* Sandbox.config, applicationSecretKey: undefined })
      const neither = yield* Effect.flip(Effect.provide(circuitOf(), withoutSecret))
      assert.strictEqual(neither._tag, "OkSigningError")
    }))

  check("PublicSession", ({ uid }) =>
    Effect.gen(function*() {
      const { executions } = yield* Sandbox.Sandbox
      const { sig } = yield* OkCall.request(PublicSession.source)
      assert.isUndefined(sig)
      assert.isNumber(yield* PublicSession.source)
      assert.isNumber(yield* PublicSession.unsigned)
      assert.strictEqual(yield* executions("sdk.getInstallSource"), 2)
      assert.deepStrictEqual((yield* PublicSession.profiles([uid])).map((user) => user.uid), [uid])
    }))
})

describe("sessions of grants", () => {
  check("CodeSession", ({ uid }) =>
    Effect.gen(function*() {
      const location = yield* Effect.flatMap(CodeSession.start("test-browser"), SandboxUser.comeBack)
      const { code, state } = yield* AuthorizationCode.parseRedirect(location)
      assert.strictEqual(yield* CodeSession.whoAmI(code), uid)
      assert.deepInclude(yield* Effect.flip(CodeSession.whoAmI(code)), { _tag: "OAuthRejected" })
      assert.match(state ?? "", /^[\w-]{43}$/)
    }).pipe(Effect.provide(OAuthState.layerMemory())))

  check("CodeSession in two pages", () =>
    Effect.gen(function*() {
      const location = yield* Effect.flatMap(CodeSession.start("test-browser"), SandboxUser.comeBack)
      const forged = yield* Effect.flip(CodeSession.finish("test-browser", `${location}-test-forged`))
      assert.strictEqual(forged._tag, "OAuthStateError")
      const elsewhere = yield* Effect.flip(CodeSession.finish("test-other-browser", location))
      assert.strictEqual(elsewhere._tag, "OAuthStateError")
      const again = yield* Effect.flatMap(CodeSession.start("test-browser"), SandboxUser.comeBack)
      const { accessToken, refreshToken, state, tokenType } = yield* CodeSession.finish("test-browser", again)
      assert.match(Redacted.value(accessToken), /^test-access-token-/)
      assert.isDefined(refreshToken)
      assert.strictEqual(tokenType, "session")
      assert.strictEqual(state, new URL(again).searchParams.get("state"))
    }).pipe(Effect.provide(OAuthState.layerMemory())))

  check("ImplicitSession", ({ login, password, uid }) =>
    Effect.gen(function*() {
      const { challenge, requests } = yield* Sandbox.Sandbox
      assert.strictEqual(yield* ImplicitSession.whoAmI(login, password), uid)
      assert.strictEqual(
        yield* Effect.flip(ImplicitSession.whoAmI(login, Redacted.make("test-wrong"))),
        "wrong login or password"
      )
      // However many attempts are asked for: none after a wrong password.
      assert.lengthOf((yield* requests).filter(({ path }) => path === "/oauth/authorize"), 2)
      yield* challenge("humanCheck")
      assert.property(yield* Effect.flip(ImplicitSession.whoAmI(login, password)), "verificationUrl")
    }))

  check("PasswordSession", ({ login, password, uid }) =>
    Effect.gen(function*() {
      const { challenge } = yield* Sandbox.Sandbox
      assert.strictEqual(yield* PasswordSession.whoAmI(login, password), uid)
      const wrong = yield* Effect.flip(PasswordSession.whoAmI(login, Redacted.make("test-wrong")))
      assert.deepInclude(wrong, { code: 401, verificationUrl: undefined })
      yield* challenge("humanCheck")
      const checked = yield* Effect.flip(PasswordSession.whoAmI(login, password))
      assert.match(JSON.stringify(checked), /"code":403,"verificationUrl":"https?:/)
    }))

  check("RefreshSession", ({ refreshToken, uid }) =>
    Effect.gen(function*() {
      const { revokeRefreshTokens } = yield* Sandbox.Sandbox
      assert.strictEqual(yield* RefreshSession.whoAmI(refreshToken), uid)
      yield* revokeRefreshTokens(uid)
      assert.strictEqual(yield* Effect.flip(RefreshSession.whoAmI(refreshToken)), "sign in again")
    }))

  check("and one that refreshes by itself", ({ accessToken, refreshToken, uid }) =>
    Effect.gen(function*() {
      const { expireSession, revokeRefreshTokens, tokenRequests } = yield* Sandbox.Sandbox
      yield* KeepAlive.signedIn("Anna", { accessToken, refreshToken, permissionsGranted: [] })
      const friends = yield* KeepAlive.friendsOf("Anna")
      yield* expireSession(uid)
      assert.deepStrictEqual(yield* KeepAlive.friendsOf("Anna"), friends)
      assert.strictEqual(yield* tokenRequests("refresh_token"), 1)
      yield* expireSession(uid)
      yield* revokeRefreshTokens(uid)
      const over = yield* Effect.flip(KeepAlive.friendsOf("Anna"))
      assert.deepInclude(over, { _tag: "ReauthorizationRequired", authorizeUrl: "https://backend.test/login" })
    }).pipe(
      Effect.provide(SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://backend.test/login") })),
      Effect.provide(TokenStore.layerMemory)
    ))
})

describe("attributes", () => {
  check("after the implicit grant", ({ login, password }) =>
    Effect.gen(function*() {
      const attributes = yield* Attributes.attributes
      assert.match(attributes.access_token, /^test-access-token-/)
      assert.match(Option.getOrThrow(attributes.session_secret_key), /^test-session-secret-key-/)
      assert.isTrue(Option.isNone(attributes.refresh_token))
      assert.isUndefined(attributes.token_type)
      assert.match(attributes.state ?? "", /^[\w-]{43}$/)
      assert.deepStrictEqual(attributes.permissions_granted, ["VALUABLE_ACCESS", "PHOTO_CONTENT"])
      const expected = DateTime.add(yield* DateTime.now, { minutes: 30 })
      assert.deepStrictEqual(attributes.expires_at, expected)
    }).pipe(Effect.provide(ImplicitSession.implicitSession(login, password))))

  it.effect("of credentials that have nothing but a token", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* Attributes.attributes, {
        access_token: "test-access-token",
        session_secret_key: Option.none(),
        refresh_token: Option.none(),
        token_type: undefined,
        state: undefined,
        permissions_granted: [],
        expires_at: undefined
      })
    }).pipe(
      Effect.provideService(Grant.Grant, { accessToken: Redacted.make("test-access-token"), permissionsGranted: [] })
    ))

  it.effect("of the application", () =>
    Effect.gen(function*() {
      const { apiUrl, applicationId } = yield* OkConfig.OkConfig
      assert.deepStrictEqual([apiUrl, applicationId], ["https://api.ok.ru", "123456"])
      const { parameters, url } = yield* OkCall.request(whoAmI)
      assert.strictEqual(url, "https://api.ok.ru/fb.do")
      assert.deepInclude(parameters, { application_key: "TEST-APPLICATION-KEY", format: "json" })
    }).pipe(
      Effect.provide(OkSession.layerServer({ accessToken: Redacted.make("test-access-token") })),
      Effect.provide(Configuration.Ok)
    ))
})

describe("calls", () => {
  check("API(session).users.getInfo and its likes", (user) =>
    Effect.gen(function*() {
      const [one, two] = yield* Friends.get()
      const uids = [one, two].filter((uid) => uid !== undefined)
      const direct = yield* Calls.direct(uids)
      assert.sameMembers(direct.map(({ uid }) => uid), uids)
      assert.deepStrictEqual<unknown>(yield* Calls.byName(uids), direct)
      assert.deepInclude(yield* Calls.derived, direct[0])
    }).pipe(Effect.provide(OkSession.layerClient(user))))

  check("what is signed, and the signature", (user) =>
    Effect.gen(function*() {
      const { canonical, sig } = yield* Signature.signature
      assert.match(canonical, /^application_key=TEST-APPLICATION-KEY-0format=jsonmethod=friends\.get$/)
      const secret = Redacted.value(user.sessionSecretKey)
      assert.strictEqual(sig, createHash("md5").update(canonical + secret).digest("hex"))
    }).pipe(Effect.provide(OkSession.layerClient(user))))

  check("pass_error", (user) =>
    Effect.gen(function*() {
      const { expireSession } = yield* Sandbox.Sandbox
      assert.isArray(yield* PassError.body)
      assert.deepInclude(yield* PassError.me, { uid: user.uid })
      yield* expireSession(user.uid)
      assert.deepInclude(yield* PassError.body, { error_code: 102 })
      assert.deepInclude(yield* PassError.me, { error_code: 102 })
    }).pipe(Effect.provide(OkSession.layerClient(user))))
})

describe("exceptions", () => {
  const outcome = (...answers: ReadonlyArray<FakeTransport.Answer>) =>
    Effect.either(Errors.nameOf("1")).pipe(Effect.provide(FakeTransport.layerClient(...answers)))

  it.effect("are caught by tag, by code, or all of them", () =>
    Effect.gen(function*() {
      const failed = (code: number) => outcome(FakeTransport.fail(Users.getInfo, { code }))
      assert.deepNestedInclude(yield* outcome(FakeTransport.answer(Users.getInfo, [{ uid: "1", name: "Anna" }])), {
        right: "Anna"
      })
      assert.deepInclude(yield* failed(102), { left: "sign in again" })
      assert.deepInclude(yield* failed(300), { right: undefined })
      assert.deepInclude(yield* failed(10), { left: { code: 10, reason: "PERMISSION_DENIED" } })
    }))
})

describe("docs/from-aiookru.md", () => {
  const page = readFileSync(new URL("../../docs/from-aiookru.md", import.meta.url), "utf8")
  const examples = [...page.matchAll(/<!-- example: (\S+) -->/g)]

  it("has every example of its directory", () => {
    const directory = "examples/src/from-aiookru"
    assert.sameMembers(
      examples.map(([, path]) => path),
      readdirSync(new URL(`../../${directory}`, import.meta.url)).map((file) => `${directory}/${file}`)
    )
    assert.lengthOf([...page.matchAll(/^```ts$/gm)], examples.length)
  })

  it("names every session class and attribute of aiookru's manual", () => {
    const names = "PublicSession, TokenSession, ClientSession, ServerSession, CodeSession, CodeServerSession, " +
      "ImplicitSession, ImplicitClientSession, PasswordSession, PasswordClientSession, RefreshSession, " +
      "RefreshServerSession, app_id, app_key, app_secret_key, access_token, session_key, session_secret_key, " +
      "refresh_token, state, token_type, expires_in, permissions_granted, scope, sig_circuit, pass_error, format, " +
      "await session, API(session), Error, OAuthError, InvalidGrantError, InvalidClientError, InvalidUserError, " +
      "APIError, EmptyResponseError"
    for (const name of names.split(", ")) {
      assert.match(page, new RegExp(`\`${name.replace(/[()]/g, "\\$&")}[\`.(]`), name)
    }
  })
})
