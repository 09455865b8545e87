import { assert, describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as Base64 from "../src/internal/base64.js"

describe("Base64", () => {
  it("is what Node makes of bytes and of a text, and comes back", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.uint8Array({ maxLength: 200 }), (bytes) => {
        const sent = Schema.encodeSync(Base64.bytes)(bytes)
        assert.strictEqual(sent, Buffer.from(bytes).toString("base64"))
        assert.deepStrictEqual(Array.from(Schema.decodeSync(Base64.bytes)(sent)), Array.from(bytes))
      })
    )
    FastCheck.assert(
      FastCheck.property(FastCheck.string({ unit: "grapheme" }), (text) => {
        const sent = Schema.encodeSync(Base64.text)(text)
        assert.strictEqual(sent, Buffer.from(text).toString("base64"))
        assert.strictEqual(Schema.decodeSync(Base64.text)(sent), text)
      })
    )
  })

  it("takes a megabyte", () => {
    const bytes = new Uint8Array(1 << 20).fill(255)
    assert.strictEqual(Schema.encodeSync(Base64.bytes)(bytes), Buffer.from(bytes).toString("base64"))
  })

  it("of no UTF-8 is no text", () => {
    const image = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("base64")
    expect(Schema.decodeEither(Base64.text)(image)).toMatchObject({
      left: { message: expect.stringContaining("expected a text in UTF-8") }
    })
  })

  it.each(["*", "a", "Приве"])("is not %s", (text) => {
    assert.isTrue(Either.isLeft(Schema.decodeEither(Base64.bytes)(text)))
  })
})
