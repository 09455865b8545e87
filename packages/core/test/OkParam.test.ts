import { OkCall, OkField, OkMethod, OkParam } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import {
  applicationSession,
  clientOver,
  clientSession,
  failure,
  left,
  pairsOf,
  right,
  unicode,
  wire
} from "./support.js"

const encode = <A, I extends string>(codec: Schema.Schema<A, I>, value: A): string => Schema.encodeSync(codec)(value)
const decode = <A, I extends string>(codec: Schema.Schema<A, I>, text: string): A =>
  Schema.decodeUnknownSync(codec)(text)
const roundTrip = <A, I extends string>(codec: Schema.Schema<A, I>, value: A): A => decode(codec, encode(codec, value))

/** What is wrong with a value, in the words that a caller sees. */
const problem = (codec: Schema.Schema.AnyNoContext, value: unknown): string =>
  left(
    OkMethod.make("group.method", {
      session: "optional",
      permissions: [],
      kind: "read",
      params: { p: codec as Schema.Schema<unknown, string> },
      success: Schema.Unknown
    }).encode({ p: value })
  ).issue

const isRefused = <A, I extends string>(codec: Schema.Schema<A, I>, text: string): boolean =>
  Either.isLeft(Schema.decodeUnknownEither(codec)(text))

const finite = FastCheck.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0))
const withoutComma = unicode.map((text) => text.replaceAll(",", ";"))

const many = (length: number) => Array.from({ length }, (_, i) => `id${i}`)

describe("OkParam.string", () => {
  it.prop("sends any text as it is", [unicode], ([text]) => {
    expect(encode(OkParam.string, text)).toBe(text)
    expect(decode(OkParam.string, text)).toBe(text)
  })

  it("takes nothing but texts", () => {
    expect(problem(OkParam.string, 12345)).toBe("p: expected string, got number")
  })
})

describe("OkParam.int", () => {
  it.prop("comes back as it went, digits only on the wire", [FastCheck.maxSafeInteger()], ([value]) => {
    FastCheck.pre(!Object.is(value, -0))
    expect(roundTrip(OkParam.int, value)).toBe(value)
    expect(encode(OkParam.int, value)).toMatch(/^-?\d+$/)
  })

  it("sends zero", () => {
    expect(encode(OkParam.int, 0)).toBe("0")
  })

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "42", null])("refuses %s before it is sent", (value) => {
    expect(problem(OkParam.int, value)).toMatch(/^p: expected /)
  })

  it.each(["", "1.5", "abc", "1e400"])("does not read %j", (text) => {
    expect(isRefused(OkParam.int, text)).toBe(true)
  })
})

describe("OkParam.number", () => {
  it.prop("comes back as it went", [finite], ([value]) => {
    expect(roundTrip(OkParam.number, value)).toBe(value)
  })

  it("is sent as people write it", () => {
    expect(encode(OkParam.number, 55.75)).toBe("55.75")
    expect(encode(OkParam.number, 0)).toBe("0")
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s", (value) => {
    expect(problem(OkParam.number, value)).toMatch(/^p: expected /)
  })
})

describe("OkParam.boolean", () => {
  it("sends both of its values", () => {
    expect(encode(OkParam.boolean, true)).toBe("true")
    expect(encode(OkParam.boolean, false)).toBe("false")
    expect(roundTrip(OkParam.boolean, true)).toBe(true)
    expect(roundTrip(OkParam.boolean, false)).toBe(false)
  })

  it("takes no text for a flag", () => {
    expect(problem(OkParam.boolean, "false")).toBe("p: expected boolean, got string")
  })
})

describe("OkParam.list", () => {
  const Uids = OkParam.list(OkParam.string, { max: 100 })

  it.prop(
    "of texts comes back as it went",
    [FastCheck.array(withoutComma, { minLength: 1, maxLength: 20 })],
    ([items]) => {
      // One empty text is the same on the wire as no item at all.
      FastCheck.pre(items.length > 1 || items[0] !== "")
      expect(roundTrip(OkParam.list(OkParam.string), items)).toEqual(items)
    }
  )

  it.prop("of integers comes back as it went", [FastCheck.array(FastCheck.integer(), { minLength: 1 })], ([items]) => {
    expect(roundTrip(OkParam.list(OkParam.int), items)).toEqual(items)
  })

  it("is joined with commas and nothing else", () => {
    expect(encode(Uids, ["1", "2", "3"])).toBe("1,2,3")
    expect(encode(OkParam.list(OkParam.int), [0, 1])).toBe("0,1")
  })

  it("refuses no items at all, unless a method has a use for them", () => {
    expect(problem(Uids, [])).toBe("p: at least 1 item, got 0")
    const some = OkParam.list(OkParam.string, { min: 0 })
    expect(encode(some, [])).toBe("")
    expect(decode(some, "")).toEqual([])
  })

  it("takes a hundred items where a hundred are allowed", () => {
    expect(encode(Uids, many(100)).split(",")).toHaveLength(100)
  })

  it("refuses the 101st item", () => {
    expect(problem(Uids, many(101))).toBe("p: at most 100 items, got 101")
  })

  it("refuses fewer items than the method needs", () => {
    expect(problem(OkParam.list(OkParam.string, { min: 2 }), ["1"])).toBe("p: at least 2 items, got 1")
  })

  it("refuses an item that holds a comma, and does not print it", () => {
    expect(problem(Uids, ["1", "planted,secret"])).toBe("p: an item of a list cannot hold a comma")
  })

  it("says which item is wrong, and does not print it", () => {
    expect(problem(OkParam.list(OkParam.int), [1, "planted-secret"])).toBe("p[1]: expected number, got string")
  })
})

describe("OkParam.json", () => {
  const Attachment = Schema.Struct({ media: Schema.Array(Schema.Struct({ type: Schema.String, text: Schema.String })) })

  it.prop("comes back as it went", [Attachment], ([value]) => {
    expect(roundTrip(OkParam.json(Attachment), value)).toEqual(value)
  })

  it("is one text, made once", () => {
    expect(encode(OkParam.json(Attachment), { media: [{ type: "text", text: "a=b&c" }] })).toBe(
      `{"media":[{"type":"text","text":"a=b&c"}]}`
    )
  })

  it("says where inside the value the mistake is, and does not print the value", () => {
    expect(problem(OkParam.json(Attachment), { media: [{ type: "text", text: 987654321 }] })).toBe(
      "p.media[0].text: expected string, got number"
    )
  })
})

describe("OkParam.oneOf", () => {
  const Direction = OkParam.oneOf("FORWARD", "BACKWARD")

  it("takes the documented names", () => {
    expect(encode(Direction, "FORWARD")).toBe("FORWARD")
    expect(decode(Direction, "BACKWARD")).toBe("BACKWARD")
  })

  it("takes another name only as unlisted, and sends it as it is", () => {
    expect(encode(Direction, OkParam.unlisted("AROUND"))).toBe("AROUND")
    // @ts-expect-error a name that is not in the list has to be marked
    expect(encode(Direction, "AROUND")).toBe("AROUND")
  })

  it.prop("reads any text, so that an unlisted name comes back", [unicode], ([name]) => {
    expect(roundTrip(Direction, OkParam.unlisted(name))).toBe(name)
  })

  it("takes nothing but texts", () => {
    expect(problem(Direction, 98765)).toMatch(/^p: expected .*FORWARD.*, got number$/)
    expect(problem(Direction, 98765)).not.toContain("98765")
  })
})

describe("OkParam.fields", () => {
  it("joins names with commas, unlisted ones too", () => {
    const Fields = OkParam.fields(OkParam.oneOf("uid", "name"))
    expect(encode(Fields, ["uid", "name", OkParam.unlisted("user.*")])).toBe("uid,name,user.*")
  })
})

describe("OkParam.fieldOf", () => {
  const Profile = Schema.suspend(() =>
    Schema.Struct({ uid: Schema.String, badge_id: OkField.optional(OkField.id), ageSet: Schema.Boolean })
  )
  const Field = OkParam.fieldOf(Profile, { but: ["badge_id", "ageSet"], also: ["badge"] })

  it("is a key of the model or a name of its own, or unlisted", () => {
    expect(encode(OkParam.fields(Field), ["uid", "badge", OkParam.unlisted("user.*")])).toBe("uid,badge,user.*")
    // @ts-expect-error a key that is no name of a field
    expect(encode(Field, "badge_id")).toBe("badge_id")
    // @ts-expect-error a name that is no key
    OkParam.fieldOf(Profile, { but: ["badge"] })
  })

  it("says which names there are", () => {
    expect(problem(Field, 98765)).toMatch(/^p: expected "uid" \| "badge" \| .*, got number$/)
    expect(problem(OkParam.fields(Field), "uid")).toBe("p: expected ReadonlyArray<FieldName>, got string")
  })
})

describe("OkParam.millis", () => {
  it.prop("comes back as it went", [FastCheck.integer({ min: 0, max: 8.64e15 })], ([millis]) => {
    expect(encode(OkParam.millis, DateTime.unsafeMake(millis))).toBe(String(millis))
    expect(DateTime.toEpochMillis(roundTrip(OkParam.millis, DateTime.unsafeMake(millis)))).toBe(millis)
  })

  it("comes back as it went from before 1970", () => {
    const moment = DateTime.unsafeMake("1961-04-12T06:07:00Z")
    expect(DateTime.toEpochMillis(roundTrip(OkParam.millis, moment))).toBe(DateTime.toEpochMillis(moment))
  })

  it.each(["", "now", "12x", "1.5", "99999999999999999999"])("does not read %j", (text) => {
    expect(isRefused(OkParam.millis, text)).toBe(true)
  })

  it("is the same moment whatever the zone", () => {
    const moment = DateTime.unsafeMakeZoned("2020-01-01T00:00:00Z", { timeZone: "Asia/Tokyo" })
    expect(encode(OkParam.millis, moment)).toBe("1577836800000")
  })

  it("refuses a Date and a number", () => {
    expect(problem(OkParam.millis, new Date(0))).toMatch(/^p: expected .*, got object$/)
    expect(problem(OkParam.millis, 1577836800000)).toMatch(/^p: expected .*, got number$/)
  })
})

describe("Dates in Moscow", () => {
  // Moscow stood at UTC+4 from 2011 to 2014, and stands at UTC+3 since.
  const summer2013 = DateTime.unsafeMake("2013-07-01T20:30:15Z")
  const summer2015 = DateTime.unsafeMake("2015-07-01T20:30:15Z")

  it.each([
    { codec: OkParam.moscowDay, in2013: "2013.07.02", in2015: "2015.07.01" },
    { codec: OkParam.moscowMinute, in2013: "2013.07.02 00:30", in2015: "2015.07.01 23:30" },
    { codec: OkParam.moscowSecond, in2013: "2013-07-02 00:30:15", in2015: "2015-07-01 23:30:15" }
  ])("are those of the clocks of their year: $in2013, $in2015", ({ codec, in2013, in2015 }) => {
    expect(encode(codec, summer2013)).toBe(in2013)
    expect(encode(codec, summer2015)).toBe(in2015)
    expect(encode(codec, decode(codec, in2013))).toBe(in2013)
    expect(encode(codec, decode(codec, in2015))).toBe(in2015)
  })

  it("are read by the clocks of their year", () => {
    expect(DateTime.formatIso(decode(OkParam.moscowSecond, "2013-07-02 00:30:15"))).toBe("2013-07-01T20:30:15.000Z")
    expect(DateTime.formatIso(decode(OkParam.moscowSecond, "2015-07-01 23:30:15"))).toBe("2015-07-01T20:30:15.000Z")
    expect(DateTime.formatIso(decode(OkParam.moscowMinute, "2015.07.01 23:30"))).toBe("2015-07-01T20:30:00.000Z")
    expect(DateTime.formatIso(decode(OkParam.moscowDay, "2015.07.01"))).toBe("2015-06-30T21:00:00.000Z")
  })

  it.each([
    { what: "comes twice is read as the first", text: "2014-10-26 01:30:00", iso: "2014-10-25T21:30:00.000Z" },
    { what: "follows a change is read by the new clock", text: "2011-03-27 04:30:00", iso: "2011-03-27T00:30:00.000Z" },
    {
      what: "is before a change is read by the old clock",
      text: "2011-03-27 01:30:00",
      iso: "2011-03-26T22:30:00.000Z"
    }
  ])("an hour that $what", ({ iso, text }) => {
    expect(DateTime.formatIso(decode(OkParam.moscowSecond, text))).toBe(iso)
  })

  it("a day that has no midnight is a day, an hour that the clocks leave out is none", () => {
    expect(DateTime.formatIso(decode(OkParam.moscowDay, "1983.04.01"))).toBe("1983-03-31T21:00:00.000Z")
    expect(isRefused(OkParam.moscowSecond, "2011-03-27 02:30:00")).toBe(true)
  })

  it("do not depend on the zone that a moment carries", () => {
    const zoned = DateTime.unsafeMakeZoned(summer2015, { timeZone: "Asia/Tokyo" })
    expect(encode(OkParam.moscowSecond, zoned)).toBe("2015-07-01 23:30:15")
  })

  it("have two digits in every part", () => {
    expect(encode(OkParam.moscowSecond, DateTime.unsafeMake("2020-01-02T00:04:05Z"))).toBe("2020-01-02 03:04:05")
    expect(encode(OkParam.moscowDay, DateTime.unsafeMake("2020-01-02T00:04:05Z"))).toBe("2020.01.02")
  })

  it.prop(
    "come back to the second, the minute and the day",
    [FastCheck.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2100, 0, 1) })],
    ([millis]) => {
      const moment = DateTime.unsafeMake(millis)
      const back = (codec: Schema.Schema<DateTime.DateTime, string>) => DateTime.toEpochMillis(roundTrip(codec, moment))
      const threeHours = 3 * 3_600_000
      const day = 24 * 3_600_000
      expect(back(OkParam.moscowSecond)).toBe(millis - millis % 1000)
      expect(back(OkParam.moscowMinute)).toBe(millis - millis % 60_000)
      expect(back(OkParam.moscowDay)).toBe(millis - (millis + threeHours) % day)
    }
  )

  it.each(["", "soon", "2020", "2020-01"])("do not read %j", (text) => {
    expect(isRefused(OkParam.moscowSecond, text)).toBe(true)
  })

  it.each(["2020-13-01 00:00:00", "2020-02-30 00:00:00", "2020-01-01 25:00:00"])(
    "do not read %j, which is no date",
    (text) => {
      expect(isRefused(OkParam.moscowSecond, text)).toBe(true)
    }
  )

  it("say what they expect, and do not print the value", () => {
    expect(problem(OkParam.moscowDay, "planted-secret")).toMatch(/^p: expected .*, got string$/)
    const error = left(Schema.decodeEither(OkParam.moscowMinute)("soon"))
    expect(error.message).toContain("expected yyyy.MM.dd HH:mm, Moscow time")
  })
})

describe("OkParam.optional", () => {
  const method = OkMethod.make("group.method", {
    session: "optional",
    permissions: [],
    kind: "read",
    params: {
      text: OkParam.optional(OkParam.string),
      count: OkParam.optional(OkParam.int),
      flag: OkParam.optional(OkParam.boolean),
      uids: OkParam.optional(OkParam.list(OkParam.string))
    },
    success: Schema.Unknown
  })

  it("sends zero, false and the empty text", () => {
    expect(right(method.encode({ text: "", count: 0, flag: false }))).toEqual({
      text: "",
      count: "0",
      flag: "false"
    })
  })

  it.each([
    { params: { count: 1.5 }, issue: "count: expected Int, got fraction" },
    { params: { count: Number.NaN }, issue: "count: expected Int, got NaN" },
    { params: { uids: [] }, issue: "uids: at least 1 item, got 0" },
    { params: { uids: ["1,2"] }, issue: "uids: an item of a list cannot hold a comma" },
    { params: { uids: [1] }, issue: "uids[0]: expected string, got number" }
  ])("says what is wrong with what is there: $params", ({ issue, params }) => {
    expect(left(method.encode(params)).issue).toMatch(issue)
  })

  it("does not send what is absent or undefined", () => {
    expect(right(method.encode({}))).toEqual({})
    expect(Object.keys(right(method.encode({ text: undefined, count: undefined, flag: true })))).toEqual(["flag"])
  })

  it("takes no null for absent", () => {
    expect(left(method.encode({ text: null })).issue).toMatch(/^text: expected .*, got null$/)
  })
})

describe("A parameter that does not encode to a text", () => {
  it("does not compile", () => {
    const method = OkMethod.make("group.method", {
      session: "optional",
      permissions: [],
      kind: "read",
      // @ts-expect-error a number is not a text
      params: { count: Schema.Number },
      success: Schema.Unknown
    })
    expect(method.name).toBe("group.method")
  })
})

const ruled = (...rules: ReadonlyArray<OkParam.Rule<"a" | "b" | "c">>) =>
  OkMethod.make("group.method", {
    session: "optional",
    permissions: [],
    kind: "write",
    params: {
      a: OkParam.optional(OkParam.string),
      b: OkParam.optional(OkParam.int),
      c: OkParam.optional(OkParam.boolean)
    },
    rules,
    success: Schema.Unknown
  })

describe("Rules", () => {
  // Falsy values count as given, undefined does not.
  const given = { none: {}, one: { b: 0 }, two: { a: "", c: false }, all: { a: "", b: 0, c: false } }
  const rows = [
    { rule: OkParam.exactlyOne("a", "b", "c"), name: "exactlyOne", allows: ["one"], text: "give exactly one of them" },
    {
      rule: OkParam.atMostOne("a", "b", "c"),
      name: "atMostOne",
      allows: ["none", "one"],
      text: "give only one of them"
    },
    {
      rule: OkParam.atLeastOne("a", "b", "c"),
      name: "atLeastOne",
      allows: ["one", "two", "all"],
      text: "give at least one of them"
    },
    {
      rule: OkParam.allOrNone("a", "b", "c"),
      name: "allOrNone",
      allows: ["none", "all"],
      text: "give all of them or none"
    }
  ]

  it.effect.each(rows)(
    "of the kind $name hold for what is sent, and nothing is sent otherwise",
    ({ allows, rule, text }) => {
      const transport = wire()
      return Effect.gen(function*() {
        for (const [name, params] of Object.entries(given)) {
          const before = transport.sent.length
          const outcome = yield* Effect.either(ruled(rule)({ ...params }))
          const issue = Either.match(outcome, {
            onLeft: (error) => error._tag === "OkParameterError" ? error.issue : error._tag,
            onRight: () => "sent"
          })
          expect({ name, issue }).toEqual({ name, issue: allows.includes(name) ? "sent" : `a, b, c: ${text}` })
          expect(transport.sent.length - before).toBe(allows.includes(name) ? 1 : 0)
        }
      }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
    }
  )

  it.effect("do not count a parameter that is undefined", () => {
    const transport = wire()
    return Effect.gen(function*() {
      yield* ruled(OkParam.exactlyOne("a", "b"))({ a: undefined, b: 1 })
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["b", "1"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("hold one after the other, and the first broken one speaks", () => {
    const transport = wire()
    const method = ruled(OkParam.atMostOne("a", "b"), OkParam.atLeastOne("c"))
    return Effect.gen(function*() {
      expect((yield* failure(method({ a: "1", b: 1 }))).message).toContain("a, b: give only one of them")
      expect((yield* failure(method({ a: "1" }))).message).toContain("c: give at least one of them")
      yield* method({ a: "1", c: true })
      expect(transport.sent).toHaveLength(1)
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("hold for the other meanings of a call as well", () => {
    const transport = wire()
    const call = ruled(OkParam.atLeastOne("a"))()
    return Effect.gen(function*() {
      expect((yield* failure(OkCall.passError(call)))._tag).toBe("OkParameterError")
      expect((yield* failure(OkCall.request(call)))._tag).toBe("OkParameterError")
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("ask for a user where the session has none, and only there", () => {
    const transport = wire()
    const method = ruled(OkParam.userWithoutSession("a"))
    return Effect.gen(function*() {
      const error = yield* Effect.provide(failure(method()), applicationSession)
      expect(error.message).toBe("group.method: a: is required where the session has no user (nothing was sent)")
      expect(transport.sent).toEqual([])
      yield* Effect.provide(method({ a: "1" }), applicationSession)
      yield* Effect.provide(method(), clientSession)
      expect(transport.sent).toHaveLength(2)
    }).pipe(Effect.provide(clientOver(transport.layer)))
  })
})
