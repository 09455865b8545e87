import * as Grant from "@effect-okru/auth/Grant"
import * as Password from "@effect-okru/auth/Password"
import * as OkPolicy from "@effect-okru/core/OkPolicy"
import * as OkSession from "@effect-okru/core/OkSession"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import { config, configWithoutSecret, fake, json, printed } from "./grants.js"

const login = "test-login"
const password = "test-pässword/+=&"
const signIn = Password.signIn({ login, password: Redacted.make(password) })
const session = { uid: "1", session_key: "test-session-key", session_secret_key: "test-session-secret-key" }

describe("Password", () => {
  it.effect("posts the password in a form, unsigned, with the verification parameters", () => {
    const { layer, seen } = fake(() => json({ ...session, api_server: "https://evil.example/" }))
    return Effect.gen(function*() {
      const credentials = yield* signIn
      assert.lengthOf(seen, 1)
      assert.strictEqual(seen[0]?.verb, "POST")
      assert.strictEqual(seen[0]?.url.href, "https://api.ok.ru/fb.do")
      assert.deepStrictEqual(seen[0]?.form, {
        method: "auth.login",
        application_key: "TESTKEY",
        format: "json",
        user_name: login,
        password,
        verification_supported: "1",
        verification_supported_v: "1"
      })
      assert.strictEqual(Redacted.value(credentials.accessToken), "test-session-key")
      assert.strictEqual(
        credentials.sessionSecretKey && Redacted.value(credentials.sessionSecretKey),
        "test-session-secret-key"
      )
    }).pipe(Effect.provide([configWithoutSecret, layer]))
  })

  it.effect("sends what the user got for passing a check", () => {
    const { layer, seen } = fake(() => json(session))
    return Effect.gen(function*() {
      yield* Password.signIn({
        login,
        password: Redacted.make(password),
        verificationToken: Redacted.make("test-verification")
      })
      assert.strictEqual(seen[0]?.form["verification_token"], "test-verification")
    }).pipe(Effect.provide([config, layer]))
  })

  it.effect("fails with what a human has to do, once, and prints no password", () =>
    Effect.gen(function*() {
      const verificationUrl = "https://ok.ru/dk?st.cmd=anonymVerify&token=test"
      for (
        const [code, reason] of [[401, "AUTH_LOGIN"], [402, "AUTH_LOGIN_CAPTCHA"], [
          403,
          "AUTH_LOGIN_WEB_HUMAN_CHECK"
        ]] as const
      ) {
        const { layer, seen } = fake(() =>
          json({
            error_code: code,
            error_msg: `${reason} : INVALID_CREDENTIALS ${password}`,
            ver_redirect_url: verificationUrl
          })
        )
        const error = yield* Effect.flip(Effect.provide(signIn, layer))
        assert.deepInclude(error, { _tag: "OkAuthChallenge", code, reason, verificationUrl })
        assert.notInclude(error.message, password)
        assert.lengthOf(seen, 1)
      }
    }).pipe(Effect.provide(config)))

  it.effect.prop(
    "never sends the password twice, whatever comes back",
    [FastCheck.oneof(
      FastCheck.record({ status: FastCheck.constantFrom(200, 401, 500, 502), body: FastCheck.string() }),
      FastCheck.record({ status: FastCheck.constantFrom(301, 302, 307), body: FastCheck.constant("") }),
      FastCheck.constant(undefined)
    )],
    ([reply]) => {
      const { layer, seen } = fake(() => reply)
      return Effect.gen(function*() {
        const error = yield* Effect.flip(signIn)
        assert.lengthOf(seen, 1)
        assert.notInclude(seen[0]?.url.href ?? "", "test")
        assert.notInclude(printed(error), password)
      }).pipe(Effect.provide([config, layer]))
    },
    { fastCheck: { numRuns: 30 } }
  )

  it.effect("is repeated by no policy, whatever it would repeat", () =>
    Effect.gen(function*() {
      for (
        const reply of [
          json({ error_code: 401, error_msg: "AUTH_LOGIN : INVALID_CREDENTIALS" }),
          json({ error_code: 8, error_msg: "FLOOD_BLOCKED : Call blocked due to flood protection" }),
          json({ error_code: 2, error_msg: "SERVICE : Down" }),
          { status: 503, body: "" },
          undefined
        ]
      ) {
        const { layer, seen } = fake(() => reply)
        const login = yield* Effect.fork(
          signIn.pipe(
            OkPolicy.retry({ schedule: Schedule.recurs(5) }),
            Effect.provide(OkPolicy.standard),
            Effect.provide(layer),
            Effect.exit
          )
        )
        yield* TestClock.adjust("1 hour")
        assert.isTrue(Exit.isFailure(yield* Fiber.join(login)))
        assert.lengthOf(seen, 1)
      }
    }).pipe(Effect.provide(config)))

  it.effect("says so when an answer has no session", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(signIn)
      assert.strictEqual(error._tag, "OkDecodeError")
      assert.notInclude(printed(error), "test-session-key")
    }).pipe(Effect.provide([config, fake(() => json({ session_key: "test-session-key" })).layer])))

  it.effect("gives a session on the client circuit, also where there is an application's secret key", () =>
    Effect.gen(function*() {
      const grant = yield* Grant.Grant
      const { current } = yield* OkSession.OkSession
      assert.deepStrictEqual(
        yield* current,
        OkSession.Credentials.Client({
          accessToken: grant.accessToken,
          sessionSecretKey: Redacted.make("test-session-secret-key")
        })
      )
    }).pipe(
      Effect.provide(Password.layerSession({ login, password: Redacted.make(password) })),
      Effect.provide([config, fake(() => json(session)).layer])
    ))
})
