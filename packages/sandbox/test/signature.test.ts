import { describe, expect, it } from "@effect/vitest"
import { serverSecret, sign, verify } from "../src/internal/signature.js"
import vectors from "./fixtures/signatures.json" with { type: "json" }

describe("signature", () => {
  it.each(vectors)("$name", ({ parameters, secret, sig }) => {
    const sent = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)]))
    expect(verify(sent, sig, [secret])).toBe(true)
    expect(verify({ ...sent, sig, resig: "1", access_token: "2" }, sig, [secret])).toBe(true)
    expect(verify({ ...sent, more: "1" }, sig, [secret])).toBe(false)
    expect(verify(sent, sig, [`${secret}!`])).toBe(false)
  })

  it.each(vectors.filter(({ accessToken }) => accessToken !== undefined))(
    "$name: the secret of a server",
    ({ accessToken = "", applicationSecretKey = "", secret }) => {
      expect(serverSecret(accessToken, applicationSecretKey)).toBe(secret)
    }
  )

  it("accepts one of several secrets", () => {
    expect(verify({ a: "1" }, sign({ a: "1" }, "second", []), ["first", "second"])).toBe(true)
  })
})
