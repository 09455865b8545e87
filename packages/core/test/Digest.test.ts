import { Digest, OkCall, OkClient } from "@effect-okru/core"
import * as NodeDigest from "@effect-okru/core/node/Digest"
import * as HttpClient from "@effect/platform/HttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { clientOver, clientSession, codeUnits, config, getCurrentUser, nodeMd5, unicode, wire } from "./support.js"

const inUse = Effect.map(Digest.Digest, ({ md5 }) => md5)

const signedOver = (digest: Layer.Layer<never>) =>
  Effect.map(OkCall.request(getCurrentUser({ fields: ["uid"] })), ({ sig }) => sig).pipe(
    Effect.provide([clientOver(wire().layer).pipe(Layer.provide(digest)), clientSession])
  )

describe("Digest.md5", () => {
  // RFC 1321, appendix A.5.
  it.each([
    ["", "d41d8cd98f00b204e9800998ecf8427e"],
    ["a", "0cc175b9c0f1b6a831c399e269772661"],
    ["abc", "900150983cd24fb0d6963f7d28e17f72"],
    ["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    ["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
    [
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      "57edf4a22be3c955ac49da2e2107b67a"
    ]
  ])("gives the digest that RFC 1321 prints for %j", (text, digest) => {
    expect(Digest.md5(text)).toBe(digest)
  })

  it.prop("agrees with node:crypto on any well-formed text", [unicode], ([text]) => {
    expect(Digest.md5(text)).toBe(nodeMd5(text))
  })

  it.prop(
    "agrees with node:crypto on texts of several blocks",
    [FastCheck.string({ unit: "binary", minLength: 100, maxLength: 400 })],
    ([text]) => {
      expect(Digest.md5(text)).toBe(nodeMd5(text))
    },
    { fastCheck: { numRuns: 50 } }
  )

  it("pads right at every length around the edge of a block", () => {
    for (const unit of ["a", "ü", "я", "漢"]) {
      for (let length = 0; length <= 130; length++) {
        const text = unit.repeat(length)
        expect({ unit, length, digest: Digest.md5(text) }).toEqual({ unit, length, digest: nodeMd5(text) })
      }
    }
    for (const bytes of [55, 56, 63, 64, 119, 120]) {
      // ASCII before and after a character of two bytes, so that both ways of reading a text meet the edge.
      for (const text of [`${"a".repeat(bytes - 2)}ü`, `ü${"a".repeat(bytes - 2)}`]) {
        expect(Digest.md5(text)).toBe(nodeMd5(text))
      }
    }
  })

  it("digests a megabyte", () => {
    const text = "эмодзи 😀 ".repeat(65_536)
    expect(Digest.md5(text)).toBe(nodeMd5(text))
  })

  it("takes half of a surrogate pair for the bytes EF BF BD, as TextEncoder does", () => {
    const replacement = nodeMd5("\uFFFD")
    expect([...new TextEncoder().encode("\uD83D")]).toEqual([0xef, 0xbf, 0xbd])
    expect(Digest.md5("\uD83D")).toBe(replacement)
    expect(Digest.md5("\uDE00")).toBe(replacement)
    expect(Digest.md5("\uDE00\uD83D")).toBe(nodeMd5("\uFFFD\uFFFD"))
    expect(Digest.md5("\uD83D\uDE00")).not.toBe(nodeMd5("\uFFFD\uFFFD"))
  })

  it.prop("agrees with node:crypto on any sequence of UTF-16 units", [codeUnits], ([text]) => {
    expect(Digest.md5(text)).toBe(nodeMd5(text))
  })
})

describe("The digest in use", () => {
  it.effect("is the plain one without a layer", () =>
    Effect.gen(function*() {
      expect(yield* inUse).toBe(Digest.md5)
    }))

  it.effect("is that of node:crypto with the Node layer", () =>
    Effect.gen(function*() {
      const md5 = yield* inUse
      expect(md5).not.toBe(Digest.md5)
      expect(md5("abc")).toBe("900150983cd24fb0d6963f7d28e17f72")
    }).pipe(Effect.provide(NodeDigest.layer)))

  it.effect.prop(
    "gives the same with either layer, lone surrogates and all",
    [codeUnits],
    ([text]) =>
      Effect.gen(function*() {
        const md5 = yield* inUse
        expect(md5(text)).toBe(Digest.md5(text))
      }).pipe(Effect.provide(NodeDigest.layer))
  )

  it.effect("signs the calls of a client that was built over it", () => {
    const texts: Array<string> = []
    const counting = Digest.layer({
      md5: (text) => {
        texts.push(text)
        return `digest-${texts.length}`
      }
    })
    const transport = wire(`{"uid":"1"}`)
    return Effect.gen(function*() {
      yield* getCurrentUser()
      expect(texts).toHaveLength(1)
      expect(texts[0]).toContain("method=users.getCurrentUser")
      expect(transport.sent[0]?.sig).toBe("digest-1")
    }).pipe(Effect.provide([clientOver(transport.layer).pipe(Layer.provide(counting)), clientSession]))
  })

  it.effect("reaches the signer inside OkClient.layerHttp", () => {
    let digests = 0
    const counting = Digest.layer({
      md5: () => {
        digests += 1
        return "counted"
      }
    })
    const nobody = Layer.succeed(HttpClient.HttpClient, HttpClient.make(() => Effect.never))
    return Effect.gen(function*() {
      const { sig } = yield* OkCall.request(getCurrentUser())
      expect({ digests, sig }).toEqual({ digests: 1, sig: "counted" })
    }).pipe(Effect.provide([
      OkClient.layerHttp().pipe(Layer.provide([counting, config, nobody])),
      clientSession
    ]))
  })

  it.effect("of node:crypto gives a call the signature that the plain one gives it", () =>
    Effect.gen(function*() {
      const plain = yield* signedOver(Layer.empty)
      expect(yield* signedOver(NodeDigest.layer)).toBe(plain)
      expect(plain).toMatch(/^[0-9a-f]{32}$/)
    }))
})
