import { OkClient, OkField, OkMethod, OkPage, OkParam, OkPolicy, OkProjection, OkSession } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { identity, pipe } from "effect/Function"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import {
  clientOver,
  clientSession,
  failure,
  getCurrentUser,
  leaks,
  left,
  notify,
  pairsOf,
  right,
  sdkInit,
  User,
  wire
} from "./support.js"

const getInfo = OkMethod.make("users.getInfo", {
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    uids: OkParam.list(OkParam.string, { max: 100 }),
    emptyPictures: OkParam.optional(OkParam.boolean),
    count: OkParam.optional(OkParam.int),
    text: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.atMostOne("count", "text")],
  confidence: "partial",
  manual: false,
  success: Schema.Array(User)
})

const many = (length: number) => Array.from({ length }, (_, i) => `id${i}`)

const answering = <A, I>(success: Schema.Schema<A, I>) =>
  OkMethod.make("group.method", { session: "optional", permissions: [], kind: "read", params: {}, success })

describe("A method", () => {
  it("is a row that tables and checks can read", () => {
    expect(getInfo.name).toBe("users.getInfo")
    expect(getInfo.session).toBe("optional")
    expect(getInfo.permissions).toEqual(["VALUABLE_ACCESS"])
    expect(getInfo.kind).toBe("read")
    expect(Object.keys(getInfo.params)).toEqual(["uids", "emptyPictures", "count", "text"])
    expect(getInfo.rules.map(({ names }) => names)).toEqual([["count", "text"]])
    expect(getInfo.confidence).toBe("partial")
    expect(getInfo.manual).toBe(false)
    expect(getInfo.signed).toBe(true)
  })

  it("is documented, in the manual, signed and without rules unless its row says otherwise", () => {
    expect(getCurrentUser.confidence).toBe("documented")
    expect(getCurrentUser.manual).toBe(true)
    expect(getCurrentUser.signed).toBe(true)
    expect(getCurrentUser.rules).toEqual([])
    expect(sdkInit.signed).toBe(false)
  })

  it("can be told from anything else", () => {
    expect(OkMethod.isOkMethod(getInfo)).toBe(true)
    expect(OkMethod.isOkMethod(OkMethod.untyped("group.newMethod"))).toBe(true)
    for (const other of [getInfo({ uids: [] }), {}, null, undefined, "users.getInfo", identity]) {
      expect(OkMethod.isOkMethod(other)).toBe(false)
    }
  })

  it("can be piped", () => {
    expect(pipe(getInfo, identity)).toBe(getInfo)
    expect(getInfo.pipe(identity, ({ name }) => name)).toBe("users.getInfo")
  })

  it("makes calls that hold it and its parameters, and does nothing else", () => {
    const params = { uids: ["1"] }
    const call = getInfo(params)
    expect(Effect.isEffect(call)).toBe(true)
    expect(call.method).toBe(getInfo)
    expect(call.params).toBe(params)
    expect(getCurrentUser().params).toEqual({})
  })
})

describe("The parameters of a method", () => {
  it("are sent as texts: zero, false and the empty text too, undefined not", () => {
    expect(right(getInfo.encode({ uids: ["1", "2"], emptyPictures: false, count: 0, text: undefined }))).toEqual({
      uids: "1,2",
      emptyPictures: "false",
      count: "0"
    })
    expect(right(getInfo.encode({ uids: ["1"], text: "" }))).toEqual({ uids: "1", text: "" })
  })

  it.effect("fail before anything is sent: a 101st item", () => {
    const transport = wire("[]")
    return Effect.gen(function*() {
      const error = yield* failure(getInfo({ uids: many(101) }))
      expect(error._tag).toBe("OkParameterError")
      expect(error.message).toBe("users.getInfo: uids: at most 100 items, got 101 (nothing was sent)")
      expect(transport.sent).toEqual([])
      yield* getInfo({ uids: many(100) })
      expect(transport.sent).toHaveLength(1)
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("fail before anything is sent: a comma inside an item", () => {
    const transport = wire("[]")
    return Effect.gen(function*() {
      const error = yield* failure(getInfo({ uids: ["1", "planted,value"] }))
      expect(error._tag).toBe("OkParameterError")
      expect(error.message).toContain("uids: an item of a list cannot hold a comma")
      expect(leaks(error, "planted")).toEqual([])
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("fail before anything is sent: half of a surrogate pair", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const error = yield* failure(notify({ uid: "1", text: "planted \uD83D value" }))
      expect(error._tag).toBe("OkParameterError")
      expect(error.message).toContain("notifications.sendSimple: a text is not well-formed Unicode")
      expect(leaks(error, "planted")).toEqual([])
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("fail before anything is sent: a token that is no text", () => {
    const transport = wire("true")
    const session = OkSession.layerClient({
      accessToken: Redacted.make("planted \uD83D token"),
      sessionSecretKey: Redacted.make("test-secret")
    })
    return Effect.gen(function*() {
      const error = yield* failure(getInfo({ uids: ["1"] }))
      expect(error._tag).toBe("OkSigningError")
      expect(error.message).toContain("not well-formed Unicode")
      expect(leaks(error, "planted")).toEqual([])
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer), session]))
  })

  it.each([
    { name: "a missing one", params: {}, issue: "uids: is missing" },
    { name: "one of another type", params: { uids: 987654321 }, issue: /^uids: expected .*, got number$/ },
    { name: "a wrong item", params: { uids: ["1", 987654321] }, issue: "uids[1]: expected string, got number" },
    { name: "an unknown one", params: { uids: ["1"], planted: "planted-value" }, issue: "planted: is unexpected" },
    { name: "no object", params: "planted-value", issue: /got string$/ }
  ])("fail with the path and the reason, never with the value: $name", ({ issue, params }) => {
    const error = left(getInfo.encode(params))
    expect(error.method).toBe("users.getInfo")
    expect(error.issue).toMatch(typeof issue === "string" ? new RegExp(`^${issue.replace(/[[\]]/g, "\\$&")}$`) : issue)
    expect(leaks(error, "987654321")).toEqual([])
    expect(leaks(error, "planted-value")).toEqual([])
  })

  it("name the path into a nested value", () => {
    const method = OkMethod.make("mediatopic.post", {
      session: "required",
      permissions: [],
      kind: "write",
      params: {
        attachment: OkParam.json(Schema.Struct({ media: Schema.Array(Schema.Struct({ type: Schema.String })) }))
      },
      success: OkField.id
    })
    expect(left(method.encode({ attachment: { media: [{ type: "text" }, { type: 5 }] } })).issue).toBe(
      "attachment.media[1].type: expected string, got number"
    )
  })

  it.each([
    { name: "a bigint", value: 987654321n },
    { name: "a symbol", value: Symbol("987654321") },
    { name: "a function", value: () => 987654321 }
  ])("fail typed, whatever cannot be sent: $name", ({ value }) => {
    const method = OkMethod.make("group.method", {
      session: "optional",
      permissions: [],
      kind: "write",
      params: { json: OkParam.json(Schema.Struct({ value: Schema.Unknown })), text: OkParam.optional(OkParam.string) },
      success: Schema.Unknown
    })
    expect(left(method.encode({ json: { value: "1" }, text: value })).issue).toMatch(/^text: expected /)
  })

  it("fail typed where a value has no JSON text", () => {
    const method = OkMethod.make("group.method", {
      session: "optional",
      permissions: [],
      kind: "write",
      params: { json: OkParam.json(Schema.Unknown) },
      success: Schema.Unknown
    })
    const circular: { self?: unknown } = {}
    circular.self = circular
    expect(left(method.encode({ json: circular }))._tag).toBe("OkParameterError")
    expect(left(method.encode({ json: 987654321n }))._tag).toBe("OkParameterError")
    expect(leaks(left(method.encode({ json: 987654321n })), "987654321")).toEqual([])
  })
})

describe("The answer of a method", () => {
  it("is decoded by its schema", () => {
    expect(right(getInfo.decode([{ uid: 1, name: "test", more: true }], {}))).toEqual([{ uid: "1", name: "test" }])
  })

  it.each([
    { name: "a missing member", body: [{ uid: "1" }, {}], issue: "[1].uid: is missing" },
    {
      name: "a wrong member",
      body: [{ uid: "1", name: 987654321 }],
      issue: "[0].name: expected string, got number"
    },
    { name: "another type", body: { planted: "planted-value" }, issue: /got object$/ },
    { name: "a text", body: "planted-value", issue: /got string$/ },
    { name: "null", body: null, issue: /got null$/ }
  ])("that is not what the schema says fails with path and reason: $name", ({ body, issue }) => {
    const error = left(getInfo.decode(body, {}))
    expect(error._tag).toBe("OkDecodeError")
    expect(error.method).toBe("users.getInfo")
    expect(error.issue).toMatch(typeof issue === "string" ? new RegExp(`${issue.replace(/[[\]]/g, "\\$&")}$`) : issue)
    expect(Redacted.value(error.body)).toEqual(body)
    expect(leaks(error, "987654321")).toEqual([])
    expect(leaks(error, "planted-value")).toEqual([])
  })

  it("that is another type than an id says so in the words of the field", () => {
    expect(left(answering(Schema.Struct({ uid: OkField.id })).decode({ uid: { planted: 1 } }, {})).issue).toMatch(
      /^uid: expected .*, got object$/
    )
  })

  it("that is no number in quotes says so", () => {
    expect(left(answering(Schema.Struct({ n: OkField.int })).decode({ n: "planted-value" }, {})).issue).toBe(
      "n: expected a number"
    )
  })

  // These schemas of effect quote the value in the words of their own failure.
  it.each([
    { name: "NumberFromString", schema: Schema.NumberFromString },
    { name: "BigInt", schema: Schema.BigInt },
    { name: "DateTimeUtc", schema: Schema.DateTimeUtc },
    { name: "URL", schema: Schema.URL },
    { name: "parseJson", schema: Schema.parseJson() }
  ])("never prints a value, whatever the schema's own words are: $name", ({ schema }) => {
    const method = answering(Schema.Struct({ field: schema as Schema.Schema<unknown, string> }))
    const error = left(method.decode({ field: "planted-value" }, {}))
    expect(error.issue).toMatch(/^field: /)
    expect(leaks(error, "planted")).toEqual([])
  })

  // An escaped value and a shortened one are not the value's own text, and are as secret.
  it.each([
    { name: "a quote", value: "planted \"secret\"" },
    { name: "a line break", value: "planted\nsecret" },
    { name: "a page of text", value: `planted ${"text ".repeat(200)}` }
  ])("never prints a part of a value, nor another form of it: $name", ({ value }) => {
    const schemas = [Schema.NumberFromString, Schema.BigInt, Schema.DateTimeUtc, Schema.URL, Schema.parseJson()]
    for (const schema of schemas) {
      const method = answering(Schema.Struct({ field: schema as Schema.Schema<unknown, string> }))
      const error = left(method.decode({ field: value }, {}))
      expect({ schema: String(schema), leaks: leaks(error, "planted") }).toEqual({ schema: String(schema), leaks: [] })
    }
  })

  it("is a defect where a schema throws: nothing is wrong with the answer", () => {
    const broken = Schema.transform(Schema.String, Schema.String, {
      strict: true,
      decode: () => {
        throw new Error("a broken codec")
      },
      encode: (text) => text
    })
    expect(() => answering(broken).decode("text", {})).toThrow("a broken codec")
  })

  it("that is one of many names is told in a line", () => {
    const names = Array.from({ length: 50 }, (_, i) => `NAME_${i}`)
    const error = left(
      answering(Schema.Struct({ name: Schema.Literal(...names) })).decode({ name: "planted-value" }, {})
    )
    expect(error.issue).toMatch(/^name: expected .*…, got string$/)
    expect(error.issue.length).toBeLessThan(120)
  })

  it("that its schema cannot decode at once is a typed failure", () => {
    const slow = Schema.transformOrFail(Schema.String, Schema.String, {
      strict: true,
      decode: (text) => Effect.promise(() => Promise.resolve(text)),
      encode: (text) => Effect.succeed(text)
    })
    const error = left(answering(Schema.Struct({ field: slow })).decode({ field: "planted-value" }, {}))
    expect(error.issue).toMatch(/^field: ./)
    expect(leaks(error, "planted")).toEqual([])
  })

  it("of a method that nobody documented is whatever comes", () => {
    expect(right(answering(OkMethod.Undocumented).decode({ any: ["thing"] }, {}))).toEqual({ any: ["thing"] })
    expect(String(OkMethod.Undocumented)).toBe("Undocumented")
  })
})

describe("A parameter of a schema that refers to itself", () => {
  interface Nested {
    readonly inside: ReadonlyArray<Nested>
  }
  const Nested: Schema.Schema<Nested> = Schema.Struct({ inside: Schema.Array(Schema.suspend(() => Nested)) })
  const method = OkMethod.make("test.nested", {
    session: "optional",
    permissions: [],
    kind: "read",
    params: { nested: OkParam.json(Nested) },
    success: OkField.nothing
  })

  it("that is deeper than the stack is a typed failure", () => {
    const deep = Array.from({ length: 100_000 }).reduce<Nested>((inside) => ({ inside: [inside] }), { inside: [] })
    expect(left(method.encode({ nested: deep })).message).toContain("nested too deeply")
    expect(right(method.encode({ nested: { inside: [] } }))).toEqual({ nested: `{"inside":[]}` })
  })
})

describe("A method whose row is suspended", () => {
  const counted = () => {
    let made = 0
    const method = OkMethod.suspend("group.getMembers", () => {
      made++
      return {
        session: "required",
        permissions: ["VALUABLE_ACCESS"],
        kind: "read",
        params: { uid: OkParam.string, anchor: OkParam.optional(OkParam.string), fields: OkParam.list(OkParam.string) },
        success: OkPage.page("members", User)
      }
    })
    return { method, made: () => made }
  }

  it("makes it once, when something of it is first asked for", () => {
    const { made, method } = counted()
    expect(method.name).toBe("group.getMembers")
    expect(OkMethod.isOkMethod(method)).toBe(true)
    const call = method({ uid: "51", fields: [] })
    expect([made(), `${call}`]).toEqual([0, "OkCall(group.getMembers)"])
    expect(right(method.encode({ uid: "51", fields: ["uid"] }))).toEqual({ uid: "51", fields: "uid" })
    expect([method.session, method.kind, method.permissions]).toEqual(["required", "read", ["VALUABLE_ACCESS"]])
    expect(made()).toBe(1)
  })

  it("does not make it to be narrowed, to have pages or to be one of a derived client", () => {
    const { made, method } = counted()
    const whole = method.pipe(
      OkProjection.projected({ at: { in: "members" }, always: ["uid"] }),
      OkPage.paged({ cursor: "anchor", items: "members" })
    )
    const call = OkClient.derive({ group: { getMembers: whole } }).group.getMembers({ uid: "51", fields: [] })
    expect(Effect.isEffect(call)).toBe(true)
    expect(made()).toBe(0)
    expect([whole.name, whole.session, whole.projection.always, whole.paging.cursor]).toEqual([
      "group.getMembers",
      "required",
      ["uid"],
      "anchor"
    ])
    expect(left(whole.decode({ members: [{}] }, { fields: ["uid"] })).message).toContain("uid")
    expect(made()).toBe(1)
  })
})

describe("A method without a row", () => {
  const newMethod = OkMethod.untyped("group.newMethod")
  const encoded = (params: OkMethod.UntypedParams) => right(newMethod.encode(params))

  it("is a write with an optional session, and not in the manual", () => {
    expect(newMethod.name).toBe("group.newMethod")
    expect(newMethod.session).toBe("optional")
    expect(newMethod.kind).toBe("write")
    expect(newMethod.permissions).toEqual([])
    expect(newMethod.manual).toBe(false)
    expect(newMethod.signed).toBe(true)
    expect(newMethod.once).toBe(false)
  })

  it("is what it is said to be", () => {
    const method = OkMethod.untyped("group.newMethod", {
      session: "prohibited",
      kind: "read",
      permissions: ["SET_STATUS"],
      once: true,
      sig: false
    })
    expect(method.session).toBe("prohibited")
    expect(method.kind).toBe("read")
    expect(method.permissions).toEqual(["SET_STATUS"])
    expect(method.signed).toBe(false)
    expect(method.once).toBe(true)
  })

  it.effect("is sent once where that is said, whatever the failure", () => {
    const sent = (once: boolean) => {
      const transport = wire(`{"error_code":8,"error_msg":"THROTTLED"}`)
      return OkMethod.untyped("group.newMethod", { kind: "read", once })().pipe(
        OkPolicy.retry({ schedule: Schedule.recurs(2) }),
        Effect.flip,
        Effect.map(() => transport.sent.length),
        Effect.provide([clientOver(transport.layer), clientSession])
      )
    }
    return Effect.gen(function*() {
      expect(yield* sent(true)).toBe(1)
      expect(yield* sent(false)).toBe(3)
    })
  })

  it("sends texts as they are, numbers and flags as texts, falsy ones too", () => {
    expect(encoded({ a: "text", b: 5, c: 0, d: false, e: true, f: "", g: 5.5, h: undefined })).toEqual({
      a: "text",
      b: "5",
      c: "0",
      d: "false",
      e: "true",
      f: "",
      g: "5.5"
    })
  })

  it("joins lists of texts and numbers with commas", () => {
    expect(encoded({ a: ["1", "2"], b: [1, 2, 3], c: ["one"], d: [] })).toEqual({
      a: "1,2",
      b: "1,2,3",
      c: "one",
      d: ""
    })
  })

  it("sends every object, and a list that commas would spoil, as JSON", () => {
    expect(encoded({
      object: { media: [{ type: "text" }] },
      objects: [{ id: 1 }],
      nested: [[1], [2]],
      commas: ["a,b", "c"],
      holes: [null, "a"],
      nothing: null
    })).toEqual({
      object: `{"media":[{"type":"text"}]}`,
      objects: `[{"id":1}]`,
      nested: "[[1],[2]]",
      commas: `["a,b","c"]`,
      holes: `[null,"a"]`,
      nothing: "null"
    })
  })

  it.prop(
    "sends any JSON value as a text from which it can be read again",
    [FastCheck.object({ maxDepth: 3, values: [FastCheck.string(), FastCheck.integer(), FastCheck.boolean()] })],
    ([value]) => {
      const object = JSON.parse(JSON.stringify(value))
      expect(JSON.parse(encoded({ object })["object"] ?? "")).toEqual(object)
    }
  )

  it.each(["access_token", "application_key", "format", "method", "session_key", "sig"])(
    "refuses %s, which the library sets itself, and does not print its value",
    (name) => {
      const error = left(newMethod.encode({ uid: "1", [name]: "planted-value" }))
      expect(error.message).toBe(`group.newMethod: ${name} is set by the library (nothing was sent)`)
      expect(leaks(error, "planted")).toEqual([])
    }
  )

  it.effect("is sent, signed and answered like any other", () => {
    const transport = wire(`{"any":[1234567890123456789]}`)
    return Effect.gen(function*() {
      expect(yield* newMethod({ gid: "51", ids: ["1", "2"] })).toEqual({ any: ["1234567890123456789"] })
      expect(yield* newMethod()).toEqual({ any: ["1234567890123456789"] })
      const [request] = transport.sent
      expect(request?.sig).toMatch(/^[0-9a-f]{32}$/)
      expect(request?.kind).toBe("write")
      expect(transport.sent.slice(0, 1).flatMap(pairsOf)).toContainEqual(["ids", "1,2"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })
})

describe("An answer with an object in the place of a tag", () => {
  const method = OkMethod.make("group.method", {
    session: "required",
    permissions: [],
    kind: "read",
    params: {},
    success: Schema.Union(
      Schema.Struct({ type: Schema.Literal("a"), a: Schema.String }),
      Schema.Struct({ type: Schema.Literal("b"), b: Schema.String })
    )
  })

  it("is a typed failure, even if it has no text", () => {
    expect(left(method.decode({ type: { toString: 1, valueOf: 1 } }, {}))._tag).toBe("OkDecodeError")
  })
})
