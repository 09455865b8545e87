import * as LaunchParameters from "@effect-okru/auth/LaunchParameters"
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as OkSession from "@effect-okru/core/OkSession"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"
import { config, configWithoutSecret, printed, secretKey } from "./grants.js"

const md5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex")

const base = {
  api_server: "https://evil.example/",
  application_key: "TESTKEY",
  authorized: "1",
  logged_user_id: "1234567890",
  session_key: "test-session-key",
  session_secret_key: "test-session-secret-key"
}

/** What OK.ru does, in a few lines of its own. */
const signed = (parameters: { readonly [name: string]: string }, secret = secretKey) => {
  const all: { [name: string]: string } = {
    auth_sig: md5((parameters["logged_user_id"] ?? "") + (parameters["session_key"] ?? "") + secret),
    ...parameters
  }
  const text = Object.keys(all).sort().map((name) => `${name}=${all[name]}`).join("")
  return { ...all, sig: md5(text + secret) }
}

const address = (parameters: { readonly [name: string]: string }) =>
  `https://app.example/game?${new URLSearchParams(parameters)}`

const verify = (parameters: { readonly [name: string]: string }) =>
  Effect.provide(LaunchParameters.verify(address(parameters)), config)

describe("LaunchParameters", () => {
  it.effect("says who is looking, and gives the session", () =>
    Effect.gen(function*() {
      const launch = yield* verify(signed({ ...base, custom_args: "a=1&b=ü 😀" }))
      assert.strictEqual(launch.userId, "1234567890")
      assert.isTrue(launch.authorized)
      assert.strictEqual(Redacted.value(launch.credentials.accessToken), "test-session-key")
      assert.deepStrictEqual(launch.credentials.sessionSecretKey, Redacted.make("test-session-secret-key"))
      assert.deepStrictEqual(launch.parameters, {
        api_server: "https://evil.example/",
        application_key: "TESTKEY",
        authorized: "1",
        custom_args: "a=1&b=ü 😀",
        logged_user_id: "1234567890"
      })
      assert.notInclude(printed(launch), "test-session")
    }))

  it.effect("reads what a server sees, an address, and a fragment behind it", () =>
    Effect.gen(function*() {
      const query = String(new URLSearchParams(signed(base)))
      for (const url of [`/?${query}`, `?${query}`, new URL(`https://a.b/?${query}`), `/game?${query}#?sig=x`]) {
        assert.strictEqual((yield* LaunchParameters.verify(url)).userId, "1234567890")
      }
    }).pipe(Effect.provide(config)))

  it.effect("agrees with the vectors of the rule", () =>
    Effect.gen(function*() {
      const { userId } = yield* LaunchParameters.verify(address({
        api_server: "https://api.ok.ru/",
        application_key: "CBAKEY",
        authorized: "1",
        logged_user_id: "1234567890",
        session_key: "skey",
        session_secret_key: "ssecret",
        auth_sig: "bda853655cafa46bac0a0f6528fbcd96",
        sig: "0BEA136111ED8542B76070D621D66A50"
      }))
      assert.strictEqual(userId, "1234567890")
    }).pipe(
      Effect.provide(
        OkConfig.layer({
          applicationId: "1",
          applicationKey: "CBAKEY",
          applicationSecretKey: Redacted.make("APPSECRET")
        })
      )
    ))

  const value = FastCheck.string({ unit: "binary", maxLength: 12 })
  const name = FastCheck.stringMatching(/^[a-z][a-z_.]{0,8}$/).filter((name) =>
    !(name in base) && !name.endsWith("sig")
  )

  it.effect.prop(
    "accepts what OK.ru signed, and nothing of it once any value is another",
    [FastCheck.dictionary(name, value, { maxKeys: 4 }), FastCheck.nat(), value],
    ([others, index, forged]) =>
      Effect.gen(function*() {
        const good: { readonly [name: string]: string } = signed({ ...base, ...others })
        yield* verify(good)
        const names = Object.keys(good)
        const target = names[index % names.length] ?? "sig"
        if (forged !== good[target]) {
          const error = yield* Effect.flip(verify({ ...good, [target]: forged }))
          assert.strictEqual(error._tag, "LaunchParametersError")
          assert.notInclude(printed(error), secretKey)
          assert.notInclude(printed(error), "test-session")
        }
      }),
    { fastCheck: { numRuns: 60 } }
  )

  it.effect("names what is wrong", () =>
    Effect.gen(function*() {
      const reasonOf = (parameters: { readonly [name: string]: string }) =>
        Effect.map(Effect.flip(verify(parameters)), (error) =>
          error._tag === "LaunchParametersError" ? `${error.reason} ${error.parameter}` : error._tag)
      const good: { readonly [name: string]: string } = signed(base)
      for (
        const name of ["sig", "auth_sig", "logged_user_id", "session_key", "session_secret_key", "application_key"]
      ) {
        const { [name]: _, ...rest } = good
        assert.strictEqual(yield* reasonOf(rest), `Missing ${name}`)
        assert.strictEqual(yield* reasonOf({ ...good, [name]: "" }), `Missing ${name}`)
      }
      assert.strictEqual(yield* reasonOf(signed(base, "test-other-secret-key")), "Signature sig")
      assert.strictEqual(yield* reasonOf(signed({ ...base, auth_sig: md5("other") })), "Signature auth_sig")
      assert.strictEqual(
        yield* reasonOf(signed({ ...base, application_key: "OTHERKEY" })),
        "Application application_key"
      )
      const twice = yield* Effect.flip(
        Effect.provide(LaunchParameters.verify(`${address(good)}&logged_user_id=1`), config)
      )
      assert.deepInclude(twice, { reason: "Duplicate", parameter: "logged_user_id" })
    }))

  it.effect("refuses what OK.ru signed for one user and reads as another", () =>
    Effect.gen(function*() {
      const { session_key, logged_user_id } = base
      // With a digit from one value to the next, `auth_sig` stays the same.
      const victim = logged_user_id.slice(0, -1)
      const inside = `logged_user_id=${victim}session_key=${
        logged_user_id.slice(-1)
      }${session_key}session_secret_key=xz=`
      const mine: { readonly [name: string]: string } = signed({ ...base, custom_args: inside })
      const text = Object.keys(mine).filter((name) => name !== "sig").sort().map((name) => `${name}=${mine[name]}`)
        .join("")
      const forged = {
        api_server: base.api_server,
        application_key: base.application_key,
        auth_sig: mine["auth_sig"] ?? "",
        authorized: base.authorized,
        custom_args: "",
        logged_user_id: victim,
        session_key: `${logged_user_id.slice(-1)}${session_key}`,
        session_secret_key: "x",
        z: text.slice(text.indexOf(inside) + inside.length),
        sig: mine["sig"] ?? ""
      }
      const pairs = Object.entries(forged).filter(([name]) => name !== "sig")
      assert.strictEqual(pairs.map(([name, value]) => `${name}=${value}`).join(""), text)
      for (const parameters of [forged, mine]) {
        const error = yield* Effect.flip(verify(parameters))
        assert.deepInclude(error, { reason: "Signature", parameter: "logged_user_id" })
      }
    }))

  it.effect("needs the secret key", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(LaunchParameters.verify(address(signed(base))))
      assert.strictEqual(error._tag, "OkSigningError")
    }).pipe(Effect.provide(configWithoutSecret)))

  it.effect("gives a session on the client circuit", () =>
    Effect.gen(function*() {
      const { current } = yield* OkSession.OkSession
      assert.deepStrictEqual(
        yield* current,
        OkSession.Credentials.Client({
          accessToken: Redacted.make("test-session-key"),
          sessionSecretKey: Redacted.make("test-session-secret-key")
        })
      )
    }).pipe(
      Effect.provide(LaunchParameters.layerSession(address(signed(base)))),
      Effect.provide(config)
    ))
})
