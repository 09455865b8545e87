import { Json } from "@effect-okru/core"
import { afterEach, describe, expect, it, vi } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { left, right } from "./support.js"

const parse = (text: string): Json.Json => right(Json.parse(text))

// A number that JSON.parse and this parser read alike: no integer beyond 2^53.
const plainNumber = FastCheck.oneof(
  FastCheck.maxSafeInteger(),
  FastCheck.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !/^-?\d{16,}$/.test(String(value)))
)
const json = FastCheck.letrec((tie) => ({
  value: FastCheck.oneof(
    { depthSize: "small" },
    FastCheck.constant(null),
    FastCheck.boolean(),
    plainNumber,
    FastCheck.string({ unit: "binary" }),
    FastCheck.stringMatching(/^\d{16,40}$/),
    FastCheck.array(tie("value")),
    FastCheck.dictionary(FastCheck.string({ unit: "binary" }), tie("value"))
  )
})).value

const longDigits = FastCheck.stringMatching(/^[1-9]\d{16,30}$/)

/** How often a parse goes back to the text: matches and slices. */
const steps = (text: string): number => {
  const exec = vi.spyOn(RegExp.prototype, "exec")
  const slice = vi.spyOn(String.prototype, "slice")
  Json.parse(text)
  const count = exec.mock.calls.length + slice.mock.calls.length
  vi.restoreAllMocks()
  return count
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe("Json.parse", () => {
  it("reads nothing as null", () => {
    expect(parse("")).toBeNull()
    expect(parse(" \r\n\t ")).toBeNull()
  })

  it("reads every kind of bare value", () => {
    expect(parse("true")).toBe(true)
    expect(parse("0")).toBe(0)
    expect(parse("-1.5e3")).toBe(-1500)
    expect(parse("null")).toBeNull()
    expect(parse(`"text"`)).toBe("text")
    expect(parse("[]")).toEqual([])
    expect(parse("{}")).toEqual({})
  })

  it.each(["{", `{"a":1`, `{"a":`, `"text`, "[1,", "<html></html>", "undefined", "{'a':1}", "01"])(
    "says what is wrong with %s",
    (text) => {
      expect(left(Json.parse(text))).not.toBe("")
    }
  )

  it.prop("agrees with JSON.parse on any JSON without long integers", [json], ([value]) => {
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
      expect(parse(text)).toEqual(JSON.parse(text))
    }
  })

  it.prop("agrees with JSON.parse on what is not JSON", [FastCheck.string()], ([text]) => {
    FastCheck.pre(text.trim() !== "")
    const standard = Either.try(() => JSON.parse(text))
    expect(Either.isLeft(Json.parse(text))).toBe(Either.isLeft(standard))
  })

  it("keeps all digits of an integer that a number would round, as a text", () => {
    expect(parse(`{"id":1234567890123456789,"age":42}`)).toEqual({ id: "1234567890123456789", age: 42 })
    expect(parse("9007199254740993")).toBe("9007199254740993")
    expect(parse("-9007199254740993")).toBe("-9007199254740993")
    expect(parse(`[12345678901234567890,{"a":[98765432109876543210]}]`)).toEqual([
      "12345678901234567890",
      { a: ["98765432109876543210"] }
    ])
  })

  it("leaves an integer a number that holds it exactly", () => {
    expect(parse("9007199254740991")).toBe(9007199254740991)
    expect(parse("-9007199254740991")).toBe(-9007199254740991)
    expect(parse("[1000000000000000,1]")).toEqual([1_000_000_000_000_000, 1])
  })

  it("leaves fractions and exponents numbers", () => {
    expect(parse("0.12345678901234567890")).toBe(0.12345678901234568)
    expect(parse("[1.5e300,1234567890123456.5,1E20]")).toEqual([1.5e300, 1234567890123456.5, 1e20])
  })

  it.prop(
    "keeps all digits wherever a long integer stands",
    [longDigits, longDigits, FastCheck.constantFrom("", " ", "\n\t", "\r\n")],
    ([one, other, space]) => {
      const text = `{${space}"a"${space}:${space}${one}${space},"b":[${space}-${other}${space},${one}]}`
      expect(parse(text)).toEqual({ a: one, b: [`-${other}`, one] })
    }
  )

  it.prop(
    "leaves digits inside of a text alone, whatever stands around them",
    [FastCheck.string({ unit: "binary" }), longDigits, FastCheck.string({ unit: "binary" })],
    ([before, digits, after]) => {
      const text = `${before}${digits}${after}`
      expect(parse(JSON.stringify([text, { [text]: text }]))).toEqual([text, { [text]: text }])
      expect(parse(`{${JSON.stringify(text)}:${digits}}`)).toEqual({ [text]: digits })
    }
  )

  it("is not misled by quotes and backslashes", () => {
    const digits = "12345678901234567890"
    for (const text of [`\\`, `\\\\`, `\\"`, `"`, `""`, `\\\\\\`, `",`, `":`]) {
      expect(parse(`[${JSON.stringify(`${text}${digits}`)},${digits}]`)).toEqual([`${text}${digits}`, digits])
      expect(parse(`[${JSON.stringify(`${digits}${text}`)},${digits}]`)).toEqual([`${digits}${text}`, digits])
    }
  })

  it.each([
    "01234567890123456789",
    "{12345678901234567890:1}",
    "[12345678901234567890",
    `"a"12345678901234567890`,
    "1234567890123456789012345678901234567890-",
    "--12345678901234567890"
  ])("makes no JSON of what is none: %s", (text) => {
    expect(Either.isLeft(Json.parse(text))).toBe(true)
  })
})

describe("Json.parse of a hostile text", () => {
  const digits = "12345678901234567890"
  const texts: ReadonlyArray<readonly [name: string, make: (size: number) => string]> = [
    ["quotes", (size) => `${"\"".repeat(size)}${digits}`],
    ["backslashes", (size) => `["${"\\".repeat(size)}",${digits}]`],
    ["digits", (size) => `[${"1".repeat(size)}]`],
    ["digits without an end", (size) => `"${"1".repeat(size)}`],
    ["minuses", (size) => `${"-".repeat(size)}${digits}`],
    ["exponents", (size) => `[${"1e".repeat(size / 2)},${digits}]`],
    ["numbers just short of long", (size) => `[${"123456789012345,".repeat(size / 16)}${digits}]`],
    ["long integers", (size) => `[${`${digits},`.repeat(size / 21)}1]`],
    ["texts of digits", (size) => `[${`"${digits}",`.repeat(size / 23)}1]`],
    ["open texts", (size) => `${"\"a".repeat(size / 2)}${digits}`],
    ["spaces", (size) => `${" ".repeat(size)}${digits}`]
  ]

  it.each(texts)("of a megabyte ends with a value or a failure: %s", (_, make) => {
    const result = Json.parse(make(1 << 20))
    expect(Either.isEither(result)).toBe(true)
  })

  it.each(texts)("takes at most twice the steps for twice the text: %s", (_, make) => {
    const once = steps(make(1 << 12))
    const twice = steps(make(1 << 13))
    expect(twice).toBeLessThanOrEqual(2 * once + 4)
    expect(twice).toBeLessThanOrEqual(1 << 13)
  })

  it("reads a megabyte of digits as a text of them", () => {
    const text = "1".repeat(1 << 20)
    expect(parse(`[${text}]`)).toEqual([text])
  })

  it.each(["[", "{\"a\":"])("of a hundred thousand open brackets is a failure: %s", (bracket) => {
    expect(Either.isLeft(Json.parse(bracket.repeat(100_000)))).toBe(true)
    expect(Either.isLeft(Json.parse(`${bracket.repeat(100_000)}${digits}`))).toBe(true)
  })

  it("of a hundred thousand brackets is a value or a failure", () => {
    const result = Json.parse(`${"[".repeat(100_000)}${digits}${"]".repeat(100_000)}`)
    expect(Either.isEither(result)).toBe(true)
  })
})
