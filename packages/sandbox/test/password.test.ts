import { Sandbox } from "@effect-okru/sandbox"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { get, md5, type Parameters, post, refusal, sandbox, secretKey, sigOf } from "./support.js"

const login = (more: Parameters = {}) =>
  Effect.gen(function*() {
    const { application } = yield* Sandbox.Sandbox
    const { headers, text } = yield* post("/fb.do", {
      method: "auth.login",
      application_key: application.key,
      user_name: "test-login-9",
      password: "test-password-9",
      verification_supported: "1",
      verification_supported_v: "1",
      format: "json",
      ...more
    })
    return { body: JSON.parse(text), code: headers["invocation-error"] }
  })

describe("auth.login", () => {
  it.effect("opens a session, unsigned", () =>
    Effect.gen(function*() {
      const { body } = yield* login()
      expect(body).toEqual({
        uid: expect.stringMatching(/^\d+$/),
        session_key: expect.stringMatching(/^test-access-token-/),
        session_secret_key: expect.stringMatching(/^test-session-secret-key-/),
        auth_token: expect.any(String),
        api_server: "https://api.ok.ru/",
        activated_profile: true,
        auth_sig: md5(`${body.uid}${body.session_key}${yield* secretKey}`),
        auth_hash: expect.any(String)
      })
      const { application } = yield* Sandbox.Sandbox
      const signed = { application_key: application.key, method: "users.getLoggedInUser" }
      const call = post("/fb.do", {
        ...signed,
        sig: sigOf(signed, body.session_secret_key),
        access_token: body.session_key
      })
      expect(JSON.parse((yield* call).text)).toBe(body.uid)
      yield* TestClock.adjust("30 minutes")
      expect(JSON.parse((yield* call).text)).toMatchObject({ error_code: 102 })
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be called by the path, and by GET", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      const { text } = yield* get("/api/auth/login", {
        application_key: application.key,
        user_name: "test-login-1",
        password: "test-password-1"
      })
      expect(JSON.parse(text)).toHaveProperty("session_key")
    }).pipe(Effect.provide(sandbox())))

  it.effect("refuses a wrong login or password", () =>
    Effect.gen(function*() {
      const wrong = { body: refusal(401, "AUTH_LOGIN : INVALID_CREDENTIALS"), code: "401" }
      expect(yield* login({ password: "test-wrong" })).toEqual(wrong)
      expect(yield* login({ user_name: "test-nobody" })).toEqual(wrong)
      expect((yield* login({ password: "" })).code).toBe("100")
      expect((yield* login({ application_key: "1" })).code).toBe("101")
    }).pipe(Effect.provide(sandbox())))

  it.effect("asks for a captcha, or for a human, when a test wants it", () =>
    Effect.gen(function*() {
      const { challenge } = yield* Sandbox.Sandbox
      yield* challenge("captcha")
      expect(yield* login()).toEqual({ body: refusal(402, "AUTH_LOGIN_CAPTCHA : Captcha required"), code: "402" })
      expect((yield* login({ password: "test-wrong" })).code).toBe("401")
      yield* challenge("humanCheck")
      expect(yield* login()).toEqual({
        body: {
          ...refusal(403, "AUTH_LOGIN_WEB_HUMAN_CHECK : Human check required"),
          ver_redirect_url: "https://api.ok.ru/dk?st.cmd=anonymUnblockConfirmPhone"
        },
        code: "403"
      })
      yield* challenge("none")
      expect((yield* login()).code).toBeUndefined()
    }).pipe(Effect.provide(sandbox())))

  it.effect("is in the log without the password", () =>
    Effect.gen(function*() {
      const { requests } = yield* Sandbox.Sandbox
      yield* login()
      const [request] = yield* requests
      expect(request).toMatchObject({ method: "auth.login", parameters: { user_name: "test-login-9" } })
      expect(JSON.stringify(request)).not.toContain("test-password")
    }).pipe(Effect.provide(sandbox())))
})
