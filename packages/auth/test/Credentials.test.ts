import * as Credentials from "@effect-okru/auth/Credentials"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import { inspect } from "node:util"

const accessToken = Redacted.make("test-secret-access")
const secrets = {
  accessToken,
  sessionSecretKey: Redacted.make("test-secret-session"),
  refreshToken: Redacted.make("test-secret-refresh")
}

describe("Credentials", () => {
  it.effect.prop(
    "are written and read back whole",
    { credentials: Credentials.Credentials },
    ({ credentials }) =>
      Effect.gen(function*() {
        const text = yield* Schema.encode(Schema.parseJson(Credentials.Credentials))(credentials)
        const again = yield* Schema.decode(Schema.parseJson(Credentials.Credentials))(text)
        assert.isTrue(Equal.equals(again.accessToken, credentials.accessToken))
        assert.isTrue(Equal.equals(again.refreshToken, credentials.refreshToken))
        assert.isTrue(Equal.equals(again.sessionSecretKey, credentials.sessionSecretKey))
        assert.deepStrictEqual(again.permissionsGranted, credentials.permissionsGranted)
        assert.isTrue(Equal.equals(again.expiresAt, credentials.expiresAt))
      })
  )

  it.effect("print no secret", () =>
    Effect.gen(function*() {
      const credentials = yield* Credentials.make({ ...secrets, expiresIn: "30 minutes", tokenType: "session" })
      for (
        const text of [
          JSON.stringify(credentials),
          String(credentials),
          inspect(credentials),
          inspect(Credentials.toSession(credentials))
        ]
      ) {
        assert.notInclude(text, "test-secret")
      }
    }))

  it.effect("a life time counts from the moment of receipt", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(1_000_000)
      const { expiresAt, permissionsGranted } = yield* Credentials.make({
        accessToken,
        expiresIn: Duration.seconds(1800)
      })
      assert.strictEqual(expiresAt?.pipe(DateTime.toEpochMillis), 1_000_000 + 1_800_000)
      assert.deepStrictEqual(permissionsGranted, [])
    }))

  it.effect("end at their time, by the clock", () =>
    Effect.gen(function*() {
      const credentials = yield* Credentials.make({ accessToken, expiresIn: "30 minutes" })
      assert.isFalse(yield* Credentials.isExpired(credentials))
      assert.isFalse(yield* Credentials.expiresWithin(credentials, "29 minutes"))
      assert.isTrue(yield* Credentials.expiresWithin("30 minutes")(credentials))
      yield* TestClock.adjust(Duration.subtract(Duration.minutes(30), Duration.millis(1)))
      assert.isFalse(yield* Credentials.isExpired(credentials))
      yield* TestClock.adjust("1 millis")
      assert.isTrue(yield* Credentials.isExpired(credentials))
    }))

  it.effect("never end where OK.ru did not say when", () =>
    Effect.gen(function*() {
      const credentials = yield* Credentials.make({ accessToken })
      yield* TestClock.adjust("1000 days")
      assert.isFalse(yield* Credentials.isExpired(credentials))
    }))

  it.effect("sign with the session's own key where it has one, whatever the application has", () =>
    Effect.gen(function*() {
      assert.strictEqual(Credentials.toSession(yield* Credentials.make(secrets))._tag, "Client")
      assert.strictEqual(Credentials.toSession(yield* Credentials.make({ accessToken }))._tag, "Server")
    }))

  it.effect("are long by the scope that was granted", () =>
    Effect.gen(function*() {
      const permissionsGranted = ["VALUABLE_ACCESS", "LONG_ACCESS_TOKEN"]
      assert.isTrue(Credentials.isLong(yield* Credentials.make({ accessToken, permissionsGranted })))
      assert.isFalse(Credentials.isLong(yield* Credentials.make({ accessToken })))
    }))
})
