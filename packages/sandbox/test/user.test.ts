import { Sandbox, SandboxServer, SandboxUser } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { sandbox } from "./support.js"

// Nobody listens there.
const callback = "http://127.0.0.1:1/callback"

const authorizeUrl = (responseType: "code" | "token", origin = "https://connect.ok.ru") =>
  Effect.map(Sandbox.Sandbox, ({ application }) =>
    `${origin}/oauth/authorize?${new URLSearchParams({
      client_id: application.id,
      scope: "VALUABLE_ACCESS",
      response_type: responseType,
      redirect_uri: callback,
      state: "test-state"
    })}`)

const user = (login: string) =>
  Effect.gen(function*() {
    const { users } = yield* Sandbox.Sandbox
    return yield* Effect.fromNullable((yield* users).find((user) => user.login === login))
  })

describe("SandboxUser.comeBack", () => {
  it.effect("gives the address with the code, another each time", () =>
    Effect.gen(function*() {
      const { requests } = yield* Sandbox.Sandbox
      const url = yield* authorizeUrl("code")
      const [one, other] = yield* Effect.all([SandboxUser.comeBack(url), SandboxUser.comeBack(url)])
      expect(one.startsWith(`${callback}?code=`)).toBe(true)
      expect(new URL(one).searchParams.get("state")).toBe("test-state")
      expect(other).not.toBe(one)
      expect((yield* requests).map(({ path, verb }) => `${verb} ${path}`))
        .toEqual(["GET /oauth/authorize", "POST /dk", "GET /oauth/authorize", "POST /dk"])
    }).pipe(Effect.provide(sandbox())))

  it.effect("is of the first user, or of the one that is given", () =>
    Effect.gen(function*() {
      const url = yield* authorizeUrl("token")
      const tokenIn = (location: string) => new URLSearchParams(new URL(location).hash.slice(1)).get("access_token")
      const first = tokenIn(yield* SandboxUser.comeBack(url))
      expect(first).toBe(Redacted.value((yield* SandboxUser.first).accessToken))
      const second = tokenIn(yield* SandboxUser.comeBack(url, yield* user("test-login-2")))
      expect(second).toBe(Redacted.value((yield* user("test-login-2")).accessToken))
      expect(second).not.toBe(first)
    }).pipe(Effect.provide(sandbox())))

  it.live("goes nowhere with fetch, either", () =>
    Effect.gen(function*() {
      const { url } = yield* SandboxServer.SandboxServer
      const location = yield* Effect.flatMap(authorizeUrl("code", url), SandboxUser.comeBack)
      expect(location.startsWith(`${callback}?code=`)).toBe(true)
    }).pipe(
      Effect.provide([SandboxServer.layer().pipe(Layer.provideMerge(Sandbox.layer())), FetchHttpClient.layer])
    ))

  const stays = (name: string, to: string, before: Effect.Effect<void, never, Sandbox.Sandbox>) =>
    it.effect(`is a defect where the user stays: ${name}`, () =>
      Effect.gen(function*() {
        yield* before
        const cause = yield* authorizeUrl("code").pipe(
          Effect.flatMap(SandboxUser.comeBack),
          Effect.sandbox,
          Effect.flip
        )
        expect(Cause.isDie(cause)).toBe(true)
        expect(Cause.pretty(cause)).toContain(`SandboxUser: test-login-1 is not sent back, but to ${to}`)
      }).pipe(Effect.provide(sandbox())))

  stays(
    "not all is granted",
    "/dk?st.cmd=OAuth2Permissions",
    Effect.gen(function*() {
      const { revoke } = yield* Sandbox.Sandbox
      yield* revoke((yield* SandboxUser.first).uid, "VALUABLE_ACCESS")
    })
  )
  stays(
    "more than a password is asked for",
    "/dk?st.cmd=anonymVerifyCaptchaStart",
    Effect.flatMap(Sandbox.Sandbox, ({ challenge }) => challenge("captcha"))
  )

  it.effect("is a defect where OK.ru shows an error", () =>
    Effect.gen(function*() {
      const cause = yield* SandboxUser.comeBack("https://connect.ok.ru/oauth/authorize").pipe(
        Effect.sandbox,
        Effect.flip
      )
      expect(Cause.pretty(cause)).toContain("SandboxUser: there is no dialog at that address: ")
    }).pipe(Effect.provide(sandbox())))

  it.effect("says what OK.ru says of an address that is not registered", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      const parameters = { client_id: application.id, response_type: "code", redirect_uri: "https://elsewhere.test" }
      const cause = yield* Effect.flip(
        Effect.sandbox(SandboxUser.comeBack(`https://connect.ok.ru/oauth/authorize?${new URLSearchParams(parameters)}`))
      )
      expect(Cause.pretty(cause)).toContain("wrong redirect_uri")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is sent back with the mistake that the application made", () =>
    Effect.gen(function*() {
      const location = yield* Effect.flatMap(authorizeUrl("token"), SandboxUser.comeBack)
      expect(location.startsWith(`${callback}#error=unsupported_response_type`)).toBe(true)
    }).pipe(Effect.provide(sandbox({ implicit: false }))))
})
