import * as Credentials from "@effect-okru/auth/Credentials"
import * as Grant from "@effect-okru/auth/Grant"
import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { config, fake, json, printed, secretKey } from "./grants.js"

const refreshToken = Redacted.make("test-refresh-token")
const refresh = RefreshToken.refresh({ refreshToken, permissionsGranted: ["VALUABLE_ACCESS"] })
const answer = { access_token: "test-new-access-token", token_type: "session", expires_in: 1800 }

describe("RefreshToken", () => {
  it.effect("posts a form and keeps the refresh token and the permissions", () => {
    const { layer, seen } = fake(() => json(answer))
    return Effect.gen(function*() {
      const credentials = yield* refresh
      assert.strictEqual(seen[0]?.verb, "POST")
      assert.strictEqual(seen[0]?.url.href, "https://api.ok.ru/oauth/token.do")
      assert.deepStrictEqual(seen[0]?.form, {
        refresh_token: "test-refresh-token",
        client_id: "123456",
        client_secret: secretKey,
        grant_type: "refresh_token"
      })
      assert.strictEqual(Redacted.value(credentials.accessToken), "test-new-access-token")
      assert.deepStrictEqual(credentials.refreshToken, refreshToken)
      assert.deepStrictEqual(credentials.permissionsGranted, ["VALUABLE_ACCESS"])
      assert.strictEqual(credentials.expiresAt?.pipe(DateTime.toEpochMillis), 1_800_000)
    }).pipe(Effect.provide([config, layer]))
  })

  it.effect("of a token that ends within a day does not say that it is a long one", () =>
    Effect.gen(function*() {
      const permissionsGranted = ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"]
      const refresh = RefreshToken.refresh({ refreshToken, permissionsGranted })
      const short = yield* Effect.provide(refresh, fake(() => json(answer)).layer)
      assert.deepStrictEqual(short.permissionsGranted, ["VALUABLE_ACCESS"])
      const long = yield* Effect.provide(refresh, fake(() => json({ ...answer, expires_in: 2_592_000 })).layer)
      assert.deepStrictEqual(long.permissionsGranted, permissionsGranted)
    }).pipe(Effect.provide(config)))

  it.effect("takes a new refresh token, if there is one, and the same one if it is repeated", () =>
    Effect.gen(function*() {
      for (const given of ["test-newer-refresh-token", "test-refresh-token"]) {
        const credentials = yield* Effect.provide(refresh, fake(() => json({ ...answer, refresh_token: given })).layer)
        assert.strictEqual(credentials.refreshToken && Redacted.value(credentials.refreshToken), given)
      }
    }).pipe(Effect.provide(config)))

  it.effect("tells a token that is over from everything else, and why where OK.ru tells", () =>
    Effect.gen(function*() {
      const over = [
        [{ error: "invalid_token", error_description: "Invalid refresh token structure" }, "Malformed"],
        [{ error: "invalid_token", error_description: "Token expired" }, "Expired"],
        [{ error: "access_denied", error_description: "The user has revoked the access" }, "Revoked"],
        [{ error: "invalid_grant" }, "Unknown"],
        [{ error_code: 102, error_msg: "PARAM_SESSION_EXPIRED : Session expired" }, "Expired"],
        [{ error_code: 103, error_msg: "PARAM_SESSION_KEY : Invalid session key" }, "Unknown"]
      ] as const
      for (const [body, reason] of over) {
        const error = yield* Effect.flip(Effect.provide(refresh, fake(() => json(body, 400)).layer))
        assert.deepInclude(error, { _tag: "OAuthRefreshTokenOver", reason })
      }
      const rejected = yield* Effect.flip(
        Effect.provide(refresh, fake(() => json({ error: "invalid_client", error_description: secretKey })).layer)
      )
      assert.deepInclude(rejected, { _tag: "OAuthRejected", error: "invalid_client" })
      assert.notInclude(printed(rejected), secretKey)
    }).pipe(Effect.provide(config)))

  it.effect("renews for a session manager", () =>
    Effect.gen(function*() {
      const stored = yield* Credentials.make({ accessToken: Redacted.make("test-old"), refreshToken })
      const renewed = yield* Effect.provide(RefreshToken.renew(stored), fake(() => json(answer)).layer)
      assert.deepStrictEqual(Option.getOrThrow(renewed).refreshToken, refreshToken)

      const over = fake(() => json({ error: "invalid_token" }, 400))
      assert.isTrue(Option.isNone(yield* Effect.provide(RefreshToken.renew(stored), over.layer)))

      const without = yield* Credentials.make({ accessToken: Redacted.make("test-old") })
      const idle = fake(() => json(answer))
      assert.isTrue(Option.isNone(yield* Effect.provide(RefreshToken.renew(without), idle.layer)))
      assert.lengthOf(idle.seen, 0)

      for (
        const reply of [undefined, { status: 502, body: "<h1>Bad Gateway</h1>" }, json({ error: "invalid_client" })]
      ) {
        const error = yield* Effect.flip(Effect.provide(RefreshToken.renew(stored), fake(() => reply).layer))
        assert.strictEqual(error._tag, "OkSessionUnavailable")
      }
    }).pipe(Effect.provide(config)))

  it.effect("gives a session", () =>
    Effect.gen(function*() {
      assert.strictEqual(Redacted.value((yield* Grant.Grant).accessToken), "test-new-access-token")
    }).pipe(
      Effect.provide(RefreshToken.layerSession({ refreshToken })),
      Effect.provide([config, fake(() => json(answer)).layer])
    ))
})
