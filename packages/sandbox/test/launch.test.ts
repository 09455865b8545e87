import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { sign, userSignature } from "../src/internal/signature.js"
import { md5, post, sandbox, secretKey, sigOf } from "./support.js"

describe("a launch", () => {
  it.effect("has a session and both signatures", () =>
    Effect.gen(function*() {
      const { application, launchUrl } = yield* Sandbox.Sandbox
      const { uid } = yield* SandboxUser.first
      const url = new URL(yield* launchUrl(uid, "https://app.test/play?level=1", { custom_args: "Привет=1&2" }))
      expect(`${url.origin}${url.pathname}`).toBe("https://app.test/play")
      const { sig, ...signed } = Object.fromEntries(url.searchParams)
      expect(signed).toMatchObject({
        level: "1",
        logged_user_id: uid,
        application_key: application.key,
        api_server: "https://api.ok.ru/",
        authorized: "1",
        custom_args: "Привет=1&2"
      })
      const { session_key = "", session_secret_key = "" } = signed
      expect(sig).toBe(sigOf(signed, yield* secretKey))
      expect(signed["auth_sig"]).toBe(md5(`${uid}${session_key}${yield* secretKey}`))
      const call = { application_key: application.key, method: "users.getLoggedInUser" }
      const form = { ...call, sig: sigOf(call, session_secret_key), access_token: session_key }
      expect((yield* post("/fb.do", form)).text).toBe(`"${uid}"`)
      expect(Redacted.value((yield* SandboxUser.first).accessToken)).toBe(session_key)
    }).pipe(Effect.provide(sandbox())))

  it.effect("says who has not granted anything", () =>
    Effect.gen(function*() {
      const { application, launchUrl } = yield* Sandbox.Sandbox
      const { text } = yield* post("/fb.do", {
        method: "auth.login",
        application_key: application.key,
        user_name: "test-login-9",
        password: "test-password-9"
      })
      const url = yield* launchUrl(JSON.parse(text).uid, "https://app.test/")
      expect(new URL(url).searchParams.get("authorized")).toBe("0")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is for somebody who exists", () =>
    Effect.gen(function*() {
      const { launchUrl } = yield* Sandbox.Sandbox
      expect(yield* Effect.exit(launchUrl("1", "https://app.test/"))).toMatchObject({ cause: { _tag: "Die" } })
    }).pipe(Effect.provide(sandbox())))

  // The examples of the documentation's rules.
  it("is signed as in the examples", () => {
    const parameters = {
      api_server: "https://api.ok.ru/",
      application_key: "CBAKEY",
      authorized: "1",
      logged_user_id: "1234567890",
      session_key: "skey",
      session_secret_key: "ssecret",
      auth_sig: userSignature("1234567890", "skey", "APPSECRET")
    }
    expect(parameters.auth_sig).toBe("bda853655cafa46bac0a0f6528fbcd96")
    expect(sign(parameters, "APPSECRET", ["sig"])).toBe("0bea136111ed8542b76070d621d66a50")
  })
})
