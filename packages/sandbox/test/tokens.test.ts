import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Browser from "./browser.js"
import { asUser, type Parameters, post, refusal, sandbox, secretKey, send } from "./support.js"

const callback = "http://127.0.0.1:1/callback?a=1"

/** What an application sends, with its secret key. */
const asked = (parameters: Parameters) =>
  Effect.gen(function*() {
    const { application } = yield* Sandbox.Sandbox
    const { status, text } = yield* post("/oauth/token.do", {
      client_id: application.id,
      client_secret: yield* secretKey,
      ...parameters
    })
    return { status, body: JSON.parse(text) }
  })

/** A code for the first user, who has granted everything. */
const code = Effect.gen(function*() {
  const { application } = yield* Sandbox.Sandbox
  const browser = yield* Browser.make()
  const page = yield* browser.open(`/oauth/authorize?${new URLSearchParams({
    client_id: application.id,
    response_type: "code",
    redirect_uri: callback
  })}`)
  const { url } = yield* browser.submit(page, { "fr.email": "test-login-1", "fr.password": "test-password-1" })
  return url.searchParams.get("code") ?? ""
})

const exchange = (code: string, more: Parameters = {}) =>
  asked({ grant_type: "authorization_code", code, redirect_uri: callback, ...more })

const refresh = (refreshToken: string) => asked({ grant_type: "refresh_token", refresh_token: refreshToken })

const refreshToken = Effect.map(SandboxUser.first, ({ refreshToken }) => Redacted.value(refreshToken))

const rejected = (error: string, description: string) => ({
  status: 400,
  body: { error, error_description: description }
})

const me = send(asUser("users.getLoggedInUser"))

const expired = refusal(102, "PARAM_SESSION_EXPIRED : Session expired")

describe("a code", () => {
  it.effect("is good once", () =>
    Effect.gen(function*() {
      const issued = yield* code
      expect((yield* exchange(issued)).status).toBe(200)
      expect(yield* exchange(issued)).toEqual(rejected("invalid_grant", "Unknown code, or used before"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("is good for two minutes", () =>
    Effect.gen(function*() {
      const issued = yield* Effect.all([code, code])
      yield* TestClock.adjust("119 seconds")
      expect((yield* exchange(issued[0])).status).toBe(200)
      yield* TestClock.adjust("1 second")
      expect(yield* exchange(issued[1])).toEqual(rejected("invalid_grant", "Code expired"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("is good for the address that it was sent to", () =>
    Effect.gen(function*() {
      const issued = yield* code
      expect(yield* exchange(issued, { redirect_uri: "http://127.0.0.1:1/callback?a=2" }))
        .toEqual(rejected("invalid_request", "wrong redirect_uri"))
      expect((yield* exchange(issued)).status).toBe(200)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is good with the application's own secret key", () =>
    Effect.gen(function*() {
      const issued = yield* code
      expect(yield* exchange(issued, { client_secret: "test-wrong" }))
        .toEqual(rejected("invalid_client", "Wrong client_secret"))
      expect(yield* exchange(issued, { client_id: "1" })).toEqual(rejected("invalid_client", "Unknown client_id"))
      expect((yield* exchange(issued)).status).toBe(200)
    }).pipe(Effect.provide(sandbox())))

  it.effect("gives two sessions where two ask, and one code", () =>
    Effect.gen(function*() {
      const issued = yield* code
      const answers = yield* Effect.all(Array.from({ length: 10 }, () => exchange(issued)), {
        concurrency: "unbounded"
      })
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be sent in the query, too", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      const query = new URLSearchParams({
        grant_type: "authorization_code",
        code: yield* code,
        redirect_uri: callback,
        client_id: application.id,
        client_secret: yield* secretKey
      })
      expect((yield* post(`/oauth/token.do?${query}`, {})).status).toBe(200)
      expect(JSON.stringify(yield* Effect.flatMap(Sandbox.Sandbox, ({ requests }) => requests)))
        .not.toContain("test-application-secret-key")
    }).pipe(Effect.provide(sandbox())))
})

describe("expires_in", () => {
  it.effect("is a text, or a number", () =>
    Effect.gen(function*() {
      const life = Effect.flatMap(refreshToken, refresh)
      expect((yield* Effect.provide(life, sandbox())).body.expires_in).toBe("1800")
      expect((yield* Effect.provide(life, sandbox({ expiresIn: "number" }))).body.expires_in).toBe(1800)
      expect((yield* Effect.provide(life, sandbox({ tokenLife: "1 minute" }))).body.expires_in).toBe("60")
    }))
})

describe("a refresh token", () => {
  it.effect("gives a new session again and again, and stays", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("30 minutes")
      expect(yield* me).toEqual(expired)
      const token = yield* refreshToken
      const one = yield* refresh(token)
      expect(one).toEqual({
        status: 200,
        body: { access_token: expect.any(String), token_type: "session", expires_in: "1800" }
      })
      const user = yield* SandboxUser.first
      expect(Redacted.value(user.accessToken)).toBe(one.body.access_token)
      expect(Redacted.value(user.refreshToken)).toBe(token)
      expect(yield* me).toBe(user.uid)
      const two = yield* refresh(token)
      expect(two.status).toBe(200)
      expect(two.body.access_token).not.toBe(one.body.access_token)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is good for 30 days, however often it is used", () =>
    Effect.gen(function*() {
      const token = yield* refreshToken
      yield* TestClock.adjust("29 days")
      expect((yield* refresh(token)).status).toBe(200)
      yield* TestClock.adjust("1 day")
      expect(yield* refresh(token)).toEqual(rejected("invalid_token", "Refresh token expired"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be ended by a test, in two ways", () =>
    Effect.gen(function*() {
      const { expireRefreshTokens, openSession, revokeRefreshTokens } = yield* Sandbox.Sandbox
      const { uid } = yield* SandboxUser.first
      yield* expireRefreshTokens(uid)
      expect(yield* refresh(yield* refreshToken)).toEqual(rejected("invalid_token", "Refresh token expired"))
      yield* openSession(uid)
      const token = yield* refreshToken
      expect((yield* refresh(token)).status).toBe(200)
      yield* revokeRefreshTokens(uid)
      expect(yield* refresh(token)).toEqual(rejected("access_denied", "Refresh token revoked"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("is no access token", () =>
    Effect.gen(function*() {
      const { accessToken } = yield* SandboxUser.first
      expect(yield* refresh(Redacted.value(accessToken)))
        .toEqual(rejected("invalid_token", "Invalid refresh token structure"))
      expect(yield* refresh("test-refresh-token-99")).toEqual(rejected("invalid_token", "Unknown refresh token"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("can come anew with each answer, or never", () =>
    Effect.gen(function*() {
      const both = Effect.gen(function*() {
        const exchanged = yield* exchange(yield* code)
        const refreshed = yield* refresh(yield* refreshToken)
        return [exchanged.body.refresh_token, refreshed.body.refresh_token]
      })
      const some = expect.stringMatching(/^test-refresh-token-/)
      expect(yield* Effect.provide(both, sandbox())).toEqual([some, undefined])
      const [one, two] = yield* Effect.provide(both, sandbox({ refreshTokens: "renewed" }))
      expect([one, two]).toEqual([some, some])
      expect(one).not.toBe(two)
      expect(yield* Effect.provide(both, sandbox({ refreshTokens: "none" }))).toEqual([undefined, undefined])
    }))

  it.effect("is counted when it is sent, by a thousand fibers, too", () =>
    Effect.gen(function*() {
      const { tokenRequests } = yield* Sandbox.Sandbox
      const token = yield* refreshToken
      const answers = yield* Effect.all(Array.from({ length: 1000 }, () => refresh(token)), {
        concurrency: "unbounded"
      })
      expect(new Set(answers.map(({ body }) => body.access_token)).size).toBe(1000)
      yield* exchange("test-wrong-code")
      expect(yield* tokenRequests("refresh_token")).toBe(1000)
      expect(yield* tokenRequests("authorization_code")).toBe(1)
      expect(yield* tokenRequests()).toBe(1001)
    }).pipe(Effect.provide(sandbox())))
})

describe("the token endpoint", () => {
  it.effect("answers with a page where something is missing", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      const client = { client_id: application.id, client_secret: yield* secretKey }
      for (
        const form of [
          {},
          { ...client },
          { ...client, client_secret: "", grant_type: "refresh_token", refresh_token: yield* refreshToken },
          { ...client, grant_type: "authorization_code", code: "test-code" },
          { ...client, grant_type: "authorization_code", redirect_uri: callback },
          { ...client, grant_type: "refresh_token" }
        ]
      ) {
        const { headers, status, text } = yield* post("/oauth/token.do", form)
        expect(status).toBe(400)
        expect(headers["content-type"]).toBe("text/html;charset=utf-8")
        expect(text).toContain("Provide OAUTH request parameters!")
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("answers 200 and a page where client_id is no number", () =>
    Effect.gen(function*() {
      const { headers, status, text } = yield* post("/oauth/token.do", {
        grant_type: "refresh_token",
        refresh_token: yield* refreshToken,
        client_id: "TEST-APPLICATION-KEY-0",
        client_secret: yield* secretKey
      })
      expect(status).toBe(200)
      expect(headers["content-type"]).toBe("text/html;charset=utf-8")
      expect(text).toContain("java.lang.NumberFormatException")
    }).pipe(Effect.provide(sandbox())))

  it.effect("knows two grants", () =>
    Effect.gen(function*() {
      expect(yield* asked({ grant_type: "password" }))
        .toEqual(rejected("unsupported_grant_type", "grant_type is authorization_code or refresh_token"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("answers with pages when a test asks for it, and does nothing then", () =>
    Effect.gen(function*() {
      const { requests, tokenPages } = yield* Sandbox.Sandbox
      const issued = yield* code
      const { application } = yield* Sandbox.Sandbox
      const form = {
        grant_type: "authorization_code",
        code: issued,
        redirect_uri: callback,
        client_id: application.id,
        client_secret: yield* secretKey
      }
      yield* tokenPages(2)
      const page = yield* post("/oauth/token.do", form)
      expect(page.status).toBe(200)
      expect(page.text).toContain("<html>")
      yield* tokenPages(1, 502)
      expect((yield* post("/oauth/token.do", form)).status).toBe(502)
      expect((yield* exchange(issued)).body.access_token).toEqual(expect.any(String))
      expect((yield* requests).slice(-3).map(({ error }) => error)).toEqual(["page", "page", undefined])
    }).pipe(Effect.provide(sandbox())))

  it.effect("is asked by POST", () =>
    Effect.gen(function*() {
      const browser = yield* Browser.make()
      expect((yield* browser.open("/oauth/token.do?grant_type=refresh_token")).status).toBe(404)
    }).pipe(Effect.provide(sandbox())))
})

describe("a long session", () => {
  const long = sandbox({ permissions: ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"] })

  it.effect("is for 30 days", () =>
    Effect.gen(function*() {
      expect((yield* exchange(yield* code)).body.expires_in).toBe("2592000")
      yield* TestClock.adjust("30 days")
      expect(yield* me).toEqual(expired)
    }).pipe(Effect.provide(long)))

  it.effect("is prolonged when it is used, once a day", () =>
    Effect.gen(function*() {
      const { uid } = yield* SandboxUser.first
      // Opened on day 0: not prolonged within the day, so over on day 30.
      yield* TestClock.adjust("23 hours")
      expect(yield* me).toBe(uid)
      yield* TestClock.adjust("1 hour")
      // Prolonged to day 31, and not again on the same day.
      expect(yield* me).toBe(uid)
      yield* TestClock.adjust("12 hours")
      expect(yield* me).toBe(uid)
      yield* TestClock.adjust("29 days")
      // Day 30 and a half: to day 60 and a half.
      expect(yield* me).toBe(uid)
      yield* TestClock.adjust("30 days")
      expect(yield* me).toEqual(expired)
    }).pipe(Effect.provide(long)))

  it.effect("is not prolonged within its first day", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("23 hours")
      expect(yield* me).toEqual(expect.any(String))
      yield* TestClock.adjust("29 days")
      yield* TestClock.adjust("1 hour")
      expect(yield* me).toEqual(expired)
    }).pipe(Effect.provide(long)))

  it.effect("is not prolonged by a call whose signature is wrong", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("29 days")
      expect(yield* send(Effect.map(asUser("users.getLoggedInUser"), (form) => ({ ...form, sig: "0" }))))
        .toMatchObject({ error_code: 104 })
      yield* TestClock.adjust("1 day")
      expect(yield* me).toEqual(expired)
    }).pipe(Effect.provide(long)))

  it.effect("is prolonged by auth.touchSession at any time", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 hour")
      expect(yield* send(asUser("auth.touchSession"))).toBe(true)
      yield* TestClock.adjust("29 days")
      yield* TestClock.adjust("23 hours")
      expect(yield* me).toEqual(expect.any(String))
    }).pipe(Effect.provide(long)))

  it.effect("comes with the permission", () =>
    Effect.gen(function*() {
      const { grant, openSession } = yield* Sandbox.Sandbox
      const { uid } = yield* SandboxUser.first
      yield* grant(uid, "LONG_ACCESS_TOKEN")
      yield* openSession(uid)
      yield* TestClock.adjust("29 days")
      expect(yield* me).toBe(uid)
    }).pipe(Effect.provide(sandbox())))
})

describe("auth.touchSession", () => {
  it.effect("is signed, and prolongs no ordinary session", () =>
    Effect.gen(function*() {
      const unsigned = Effect.map(asUser("auth.touchSession"), (form): Parameters => Record.remove(form, "sig"))
      expect(yield* send(unsigned)).toMatchObject({ error_code: 104 })
      yield* TestClock.adjust("29 minutes")
      expect(yield* send(asUser("auth.touchSession"))).toBe(true)
      yield* TestClock.adjust("1 minute")
      expect(yield* send(asUser("auth.touchSession"))).toEqual(expired)
    }).pipe(Effect.provide(sandbox())))
})
