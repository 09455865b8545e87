import { OkField } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { unicode } from "./support.js"

const decode = <A, I>(schema: Schema.Schema<A, I>, value: unknown): A => Schema.decodeUnknownSync(schema)(value)
const encode = <A, I>(schema: Schema.Schema<A, I>, value: A): I => Schema.encodeSync(schema)(value)
const refuses = <A, I>(schema: Schema.Schema<A, I>, value: unknown): boolean =>
  Either.isLeft(Schema.decodeUnknownEither(schema)(value))

describe("A field that takes what OK.ru sends", () => {
  it("has a name of its own in what a refusal says", () => {
    expect([OkField.id, OkField.number, OkField.boolean].map(String)).toEqual(["id", "number", "boolean"])
  })
})

describe("OkField.id", () => {
  it("is a text, whether it came as a text or as a number", () => {
    expect(decode(OkField.id, "570000000001")).toBe("570000000001")
    expect(decode(OkField.id, 570000000001)).toBe("570000000001")
    expect(decode(OkField.id, 0)).toBe("0")
    expect(decode(OkField.id, "LTE4OTI2==")).toBe("LTE4OTI2==")
  })

  it.prop("keeps any text and any safe integer", [unicode, FastCheck.maxSafeInteger()], ([text, integer]) => {
    expect(decode(OkField.id, text)).toBe(text)
    expect(decode(OkField.id, integer)).toBe(String(integer))
    expect(encode(OkField.id, text)).toBe(text)
  })

  it.each([null, true, {}, [], undefined].map((value) => ({ value })))("is not $value", ({ value }) => {
    expect(refuses(OkField.id, value)).toBe(true)
  })
})

describe("OkField.number and OkField.int", () => {
  it("are numbers, in quotes or not", () => {
    expect(decode(OkField.number, "4.5")).toBe(4.5)
    expect(decode(OkField.number, 4.5)).toBe(4.5)
    expect(decode(OkField.int, "-7")).toBe(-7)
    expect(decode(OkField.int, 7)).toBe(7)
    expect(decode(OkField.int, "0")).toBe(0)
  })

  it.prop("read what a number prints", [FastCheck.double({ noNaN: true, noDefaultInfinity: true })], ([value]) => {
    expect(decode(OkField.number, value)).toBe(value)
    expect(decode(OkField.number, String(value))).toBe(value === 0 ? 0 : value)
    expect(encode(OkField.number, value)).toBe(value)
  })

  it.prop("read whole numbers either way", [FastCheck.maxSafeInteger()], ([value]) => {
    expect(decode(OkField.int, value)).toBe(value)
    expect(decode(OkField.int, `${value}`)).toBe(value)
    expect(encode(OkField.int, value)).toBe(value)
  })

  it.each(["", " ", "5+", "NaN", "Infinity", "1e400", null, true, [], {}].map((value) => ({ value })))(
    "refuse $value",
    ({ value }) => {
      expect(refuses(OkField.number, value)).toBe(true)
      expect(refuses(OkField.int, value)).toBe(true)
    }
  )

  it("refuse a whole number that would be rounded", () => {
    expect(refuses(OkField.int, "1234567890123456789")).toBe(true)
    expect(refuses(OkField.int, "1.5")).toBe(true)
  })
})

describe("OkField.boolean", () => {
  it.each([true, "true", "1", 1])("reads %j as true", (value) => {
    expect(decode(OkField.boolean, value)).toBe(true)
  })

  it.each([false, "false", "0", 0])("reads %j as false", (value) => {
    expect(decode(OkField.boolean, value)).toBe(false)
  })

  it.each(["yes", "", 2, null, {}, []].map((value) => ({ value })))("refuses $value", ({ value }) => {
    expect(refuses(OkField.boolean, value)).toBe(true)
  })

  it("encodes to a bare flag", () => {
    expect(encode(OkField.boolean, true)).toBe(true)
    expect(encode(OkField.boolean, false)).toBe(false)
  })
})

describe("OkField.optional and OkField.list", () => {
  const Model = Schema.Struct({
    name: OkField.optional(Schema.String),
    flag: OkField.optional(OkField.boolean),
    friends: OkField.list(OkField.id)
  })

  it("read null and absent alike", () => {
    const empty = { friends: [] }
    expect(decode(Model, {})).toEqual(empty)
    expect(decode(Model, { name: null, flag: null, friends: null })).toEqual(empty)
    expect(Object.keys(decode(Model, { name: null, flag: null }))).toEqual(["friends"])
  })

  it("read what is there", () => {
    expect(decode(Model, { name: "", flag: "0", friends: [1, "2"] })).toEqual({
      name: "",
      flag: false,
      friends: ["1", "2"]
    })
  })

  it.prop("come back as they went", [Model], ([value]) => {
    expect(decode(Model, JSON.parse(JSON.stringify(encode(Model, value))))).toEqual(value)
  })

  it("do not read a wrong value as absent", () => {
    expect(refuses(Model, { name: 5 })).toBe(true)
    expect(refuses(Model, { friends: "1" })).toBe(true)
    expect(refuses(Model, { friends: [null] })).toBe(true)
  })
})

describe("OkField.oneOf", () => {
  const Status = OkField.oneOf("ACTIVE", "BLOCKED")

  it("lets through names that OK.ru added since, and nothing but texts", () => {
    expect(decode(Status, "ACTIVE")).toBe("ACTIVE")
    expect(decode(Status, "MAYBE")).toBe("MAYBE")
    expect(encode(Status, decode(Status, "MAYBE"))).toBe("MAYBE")
    expect(refuses(Status, 1)).toBe(true)
    expect(refuses(Status, null)).toBe(true)
  })
})

describe("OkField.array", () => {
  const Users = OkField.array(Schema.Struct({ uid: OkField.id }), { in: "users" })
  const Bare = OkField.array(OkField.id)

  it("is read bare or inside an object", () => {
    expect(decode(Users, [{ uid: 1 }, { uid: "2" }])).toEqual([{ uid: "1" }, { uid: "2" }])
    expect(decode(Users, { users: [{ uid: 1 }], total: 1 })).toEqual([{ uid: "1" }])
    expect(decode(Bare, [1, "2"])).toEqual(["1", "2"])
  })

  it.each([null, [], {}, { users: null }, { users: [] }, { users: {} }].map((value) => ({ value })))(
    "reads $value as empty",
    ({ value: body }) => {
      expect(decode(Users, body)).toEqual([])
    }
  )

  it("reads an object without the list as empty", () => {
    expect(decode(Users, { has_more: false })).toEqual([])
  })

  it("reads null and {} as empty where it has no name", () => {
    expect(decode(Bare, null)).toEqual([])
    expect(decode(Bare, {})).toEqual([])
  })

  it.each(["text", 5, true, { users: "text" }, { users: [5] }])("refuses %j", (body) => {
    expect(refuses(Users, body)).toBe(true)
  })

  it("refuses an object where it has no name", () => {
    expect(refuses(Bare, { users: ["1"] })).toBe(true)
  })

  it.prop("encodes to a bare list that it reads again", [FastCheck.array(unicode)], ([ids]) => {
    expect(encode(Bare, ids)).toEqual(ids)
    expect(decode(Bare, encode(Bare, ids))).toEqual(ids)
  })
})

describe("OkField.ids", () => {
  const Ids = OkField.ids({ in: "uids" })

  it("reads the three shapes alike", () => {
    expect(decode(Ids, ["1", "2"])).toEqual(["1", "2"])
    expect(decode(Ids, { uids: ["1", 2] })).toEqual(["1", "2"])
    expect(decode(Ids, [{ uid: "1" }, { uid: 2 }])).toEqual(["1", "2"])
    expect(decode(Ids, { uids: [{ uid: "1" }, 2] })).toEqual(["1", "2"])
  })

  it("reads the name of an id that is another", () => {
    expect(decode(OkField.ids({ key: "gid" }), [{ gid: 5, name: "test" }, "6"])).toEqual(["5", "6"])
  })

  it("reads nothing as no ids, and something else as a mistake", () => {
    expect(decode(Ids, null)).toEqual([])
    expect(decode(Ids, {})).toEqual([])
    expect(refuses(Ids, [{ gid: "1" }])).toBe(true)
    expect(refuses(Ids, [null])).toBe(true)
  })

  it.prop("encodes to a bare list that it reads again", [FastCheck.array(unicode)], ([ids]) => {
    expect(encode(Ids, ids)).toEqual(ids)
    expect(decode(Ids, encode(Ids, ids))).toEqual(ids)
  })
})

describe("OkField.bareOrIn", () => {
  const User = OkField.bareOrIn("user", Schema.Struct({ uid: OkField.id }))

  it("is read bare or as the one member of an object", () => {
    expect(decode(User, { uid: 1 })).toEqual({ uid: "1" })
    expect(decode(User, { user: { uid: 1 } })).toEqual({ uid: "1" })
    expect(decode(OkField.bareOrIn("id", OkField.id), { id: 5 })).toBe("5")
    expect(decode(OkField.bareOrIn("id", OkField.id), 5)).toBe("5")
  })

  it("is inside where an object of that name has others beside it", () => {
    expect(decode(User, { user: { uid: 1 }, etag: "test" })).toEqual({ uid: "1" })
  })

  it("is bare where the name is one member of several and no object", () => {
    const Bare = OkField.bareOrIn("id", Schema.Struct({ id: OkField.id, name: Schema.String }))
    expect(decode(Bare, { id: 5, name: "test" })).toEqual({ id: "5", name: "test" })
  })

  it("refuses another object", () => {
    expect(refuses(User, { group: { uid: 1 } })).toBe(true)
    expect(refuses(User, null)).toBe(true)
  })

  it("encodes to the bare value", () => {
    expect(encode(User, { uid: "1" })).toEqual({ uid: "1" })
  })
})

describe("OkField.object", () => {
  const Topics = OkField.object(
    Schema.Struct({ topics: OkField.list(OkField.id), total: OkField.optional(OkField.int) })
  )

  it.each([null, [], {}].map((value) => ({ value })))("has no members where there is nothing: $value", ({ value }) => {
    expect(decode(Topics, value)).toEqual({ topics: [] })
  })

  it("is read as it is otherwise", () => {
    expect(decode(Topics, { topics: [1], total: 1 })).toEqual({ topics: ["1"], total: 1 })
    expect(encode(Topics, { topics: ["1"], total: 1 })).toEqual({ topics: ["1"], total: 1 })
  })

  it.each(["", false, ["1"], { topics: "planted" }].map((value) => ({ value })))("refuses $value", ({ value }) => {
    expect(refuses(Topics, value)).toBe(true)
  })

  it("refuses nothing where something has to be there", () => {
    expect(refuses(OkField.object(Schema.Struct({ uid: OkField.id })), null)).toBe(true)
  })
})

describe("OkField.bareOrOnly", () => {
  const Flag = OkField.bareOrOnly(OkField.boolean)

  it.each([true, "true", { success: true }, { result: 1 }].map((value) => ({ value })))(
    "is read bare or as all that an object has: $value",
    ({ value }) => {
      expect(decode(Flag, value)).toBe(true)
    }
  )

  it.each([null, {}, [true], { success: true, more: true }, { success: "planted" }].map((value) => ({ value })))(
    "refuses $value",
    ({ value }) => {
      expect(refuses(Flag, value)).toBe(true)
    }
  )

  it("encodes to the bare value", () => {
    expect(encode(Flag, false)).toBe(false)
  })
})

describe("OkField.inOrBare", () => {
  const Done = OkField.inOrBare("success", Schema.Struct({ success: OkField.optional(OkField.boolean) }))

  it.each([
    { value: { success: true }, read: { success: true } },
    { value: true, read: { success: true } },
    { value: "false", read: { success: false } },
    { value: null, read: {} },
    { value: {}, read: {} }
  ])("is read as an object or as its one value: $value", ({ read, value }) => {
    expect(decode(Done, value)).toEqual(read)
  })

  it.each([[true], "planted", { success: "planted" }].map((value) => ({ value })))("refuses $value", ({ value }) => {
    expect(refuses(Done, value)).toBe(true)
  })

  it("encodes to the object", () => {
    expect(encode(Done, { success: true })).toEqual({ success: true })
  })
})

describe("OkField.nothing", () => {
  it.each([null, "", true, {}, [], "text", 0].map((value) => ({ value })))(
    "reads $value as undefined",
    ({ value: body }) => {
      expect(decode(OkField.nothing, body)).toBeUndefined()
    }
  )

  it("encodes to null", () => {
    expect(encode(OkField.nothing, undefined)).toBeNull()
  })
})
