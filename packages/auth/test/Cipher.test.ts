import * as Cipher from "@effect-okru/auth/Cipher"
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import { webcrypto } from "node:crypto"

const key = (id: string, byte: number, bytes = 32): Cipher.Key => ({
  id,
  secret: Redacted.make(Buffer.alloc(bytes, byte).toString("base64"))
})

const secret = Redacted.make("test-secret-text")

describe("layerAesGcm", () => {
  it.effect.prop(
    "opens what it closed, at its place",
    [FastCheck.fullUnicodeString(), FastCheck.string()],
    ([text, place]) =>
      Effect.gen(function*() {
        const cipher = yield* Cipher.makeAesGcm(key("k", 1))
        const closed = yield* cipher.encrypt(Redacted.make(text), place)
        assert.strictEqual(Redacted.value(yield* cipher.decrypt(closed, place)), text)
      }),
    { fastCheck: { examples: [["\uFEFFtest", "place"]] } }
  )

  it.effect("takes the AES keys that every browser has, and is AES-GCM to others", () =>
    Effect.forEach([16, 32], (bytes) =>
      Effect.gen(function*() {
        const cipher = yield* Cipher.makeAesGcm(key("k", 3, bytes))
        const [, , body = ""] = (yield* cipher.encrypt(secret, "place")).split(".")
        const sealed = Buffer.from(body, "base64url")
        const opened = yield* Effect.promise(async () =>
          webcrypto.subtle.decrypt(
            { name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: Buffer.from("a1.k.place") },
            await webcrypto.subtle.importKey("raw", Buffer.alloc(bytes, 3), "AES-GCM", false, ["decrypt"]),
            sealed.subarray(12)
          )
        )
        assert.strictEqual(Buffer.from(opened).toString(), "test-secret-text")
      })))

  it.effect("never closes twice the same", () =>
    Effect.gen(function*() {
      const cipher = yield* Cipher.makeAesGcm(key("k", 1))
      assert.notStrictEqual(yield* cipher.encrypt(secret, "place"), yield* cipher.encrypt(secret, "place"))
    }))

  it.effect("its nonces come from the secure source", () =>
    Effect.gen(function*() {
      const cipher = yield* Cipher.makeAesGcm(key("k", 1))
      const body = (yield* cipher.encrypt(secret, "place")).split(".")[2] ?? ""
      assert.strictEqual(Buffer.from(body, "base64url").subarray(0, 12).toString("hex"), "09".repeat(12))
    }).pipe(Effect.provide(SecureRandom.layer({ bytes: (count) => Effect.succeed(new Uint8Array(count).fill(9)) }))))

  it.effect("every change is noticed", () =>
    Effect.gen(function*() {
      const cipher = yield* Cipher.makeAesGcm(key("k", 1))
      const closed = yield* cipher.encrypt(secret, "place")
      const body = closed.indexOf(".", 3) + 1
      for (let at = body; at < closed.length; at++) {
        for (
          const changed of [
            closed.slice(0, at),
            `${closed.slice(0, at)}${closed[at] === "A" ? "Q" : "A"}${closed.slice(at + 1)}`
          ]
        ) {
          assert.strictEqual((yield* Effect.flip(cipher.decrypt(changed, "place"))).reason, "Tampered")
        }
      }
      assert.strictEqual((yield* Effect.flip(cipher.decrypt(closed, "another place"))).reason, "Tampered")
      const impostor = yield* Cipher.makeAesGcm(key("k", 2))
      assert.strictEqual((yield* Effect.flip(impostor.decrypt(closed, "place"))).reason, "Tampered")
    }))

  it.effect("a text of another kind is told apart", () =>
    Effect.gen(function*() {
      const cipher = yield* Cipher.makeAesGcm(key("k", 1))
      for (const text of ["", "{}", "a2.k.AAAA", "a1.k.AAAA.AAAA", `{"accessToken":"test-secret-text"}`]) {
        const error = yield* Effect.flip(cipher.decrypt(text, "place"))
        assert.strictEqual(error.reason, "Malformed")
        assert.notInclude(error.message, "test-secret-text")
      }
    }))

  it.effect("keys rotate: the old one still opens, the new one closes", () =>
    Effect.gen(function*() {
      const before = yield* Cipher.makeAesGcm(key("2025", 1))
      const old = yield* before.encrypt(secret, "place")
      const between = yield* Cipher.makeAesGcm(key("2026", 2), { previous: [key("2025", 1)] })
      assert.strictEqual(Redacted.value(yield* between.decrypt(old, "place")), "test-secret-text")
      const renewed = yield* between.encrypt(secret, "place")
      const after = yield* Cipher.makeAesGcm(key("2026", 2))
      assert.strictEqual(Redacted.value(yield* after.decrypt(renewed, "place")), "test-secret-text")
      assert.strictEqual((yield* Effect.flip(after.decrypt(old, "place"))).reason, "UnknownKey")
    }))

  it.effect("a key that is none is a failure of the layer, and not printed", () =>
    Effect.forEach([
      Cipher.layerAesGcm({ id: "k", secret: Redacted.make("test-secret-key, not Base64") }),
      Cipher.layerAesGcm(key("k", 1, 31)),
      Cipher.layerAesGcm({ id: "k", secret: Redacted.make("") }),
      Cipher.layerAesGcm(key("a.b", 1)),
      Cipher.layerAesGcm(key("", 1)),
      Cipher.layerAesGcm(key("k", 1), { previous: [key("k", 2)] })
    ], (layer) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(Effect.provide(Cipher.Cipher, layer))
        assert.strictEqual(error.reason, "InvalidKey")
        assert.notInclude(error.message, "test-secret-key")
      })))
})

describe("layerPlain", () => {
  it.effect("changes nothing", () =>
    Effect.gen(function*() {
      const cipher = yield* Cipher.Cipher
      const text = yield* cipher.encrypt(secret, "place")
      assert.strictEqual(text, "test-secret-text")
      assert.strictEqual(Redacted.value(yield* cipher.decrypt(text, "another")), "test-secret-text")
    }).pipe(Effect.provide(Cipher.layerPlain)))
})
