/*
 * What a server, or whoever stands in for it, can answer: anything. A call comes to a value or to a typed failure, and costs
 * no more than the answer is long.
 */
import { Json, OkCall, OkError, OkField, OkMethod, OkPage, OkResponse, OkTransport } from "@effect-okru/core"
import { afterAll, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { bounded, megabyte, turn } from "./bounded.js"
import { clientOver, clientSession, token } from "./support.js"

const runs = { numRuns: 10_000, seed: 20_240_601 }
// On a machine that has much else to do.
const patience = 300_000

// ---------------------------------------------------------------------------------------------------------------------
// rows of every shape
// ---------------------------------------------------------------------------------------------------------------------

const row = <A, I>(success: Schema.Schema<A, I>) =>
  OkMethod.make("group.method", { session: "required", permissions: [], kind: "read", params: {}, success })

const Profile = Schema.Struct({
  uid: OkField.id,
  name: OkField.optional(Schema.String),
  age: OkField.optional(OkField.int),
  online: OkField.optional(OkField.boolean),
  gender: OkField.optional(OkField.oneOf("male", "female")),
  friends: OkField.list(OkField.id),
  location: OkField.optional(Schema.Struct({ city: OkField.optional(Schema.String), countryCode: OkField.int }))
})

interface Tree {
  readonly uid?: string | undefined
  readonly children: ReadonlyArray<Tree>
}
const Tree = Schema.Struct({
  uid: OkField.optional(OkField.id),
  children: OkField.list(Schema.suspend((): Schema.Schema<Tree> => TreeOf))
})
const TreeOf = Tree as unknown as Schema.Schema<Tree>

const rows = {
  "a bare list": row(OkField.ids({ in: "uids" })),
  "a page": row(OkPage.page("members", Profile, { extra: { entities: OkField.optional(Schema.Unknown) } })),
  "optional fields": row(Profile),
  "a tree": row(TreeOf),
  "a flag, bare or inside": row(OkField.bareOrIn("success", OkField.boolean)),
  "anything": row(OkMethod.Undocumented)
}

let response: OkTransport.Response = { status: 200, body: "", invocationError: undefined }

const runtime = ManagedRuntime.make(
  Layer.merge(
    clientOver(OkTransport.layer({ send: () => Effect.sync(() => response) })),
    clientSession
  )
)
afterAll(() => runtime.dispose())
beforeEach(turn)

const request = runtime.runSync(OkCall.request(rows.anything()))

type Row = keyof typeof rows

const answered = ["OkDecodeError", "OkTransportError"]

/** Both meanings of a call: neither is a defect. */
const interpret = (answer: OkTransport.Response, row: Row): void => {
  response = answer
  const call = rows[row]()
  for (const exit of [runtime.runSyncExit(call), runtime.runSyncExit(OkCall.passError(call))]) {
    if (Exit.isFailure(exit)) {
      const error = Cause.isFailType(exit.cause) ? exit.cause.error : undefined
      // Not as the message of an assertion, since it takes longer than the call.
      if (!OkError.isApiError(error) && !answered.includes(error?._tag ?? "")) {
        assert.fail(Cause.pretty(exit.cause))
      }
    }
  }
}

/** What is read of an answer is a body, with or without an error, or a failure of the transport. Says which. */
const read = (answer: OkTransport.Response): string => {
  const result = OkResponse.read(request, answer)
  if (Either.isLeft(result)) {
    const error = result.left
    assert.strictEqual(error._tag, "OkTransportError")
    assert.include(["NotJson", "Status"], error.reason)
    assert.isAtMost(error.detail.length, 121)
    assert.include(error.message, "group.method")
    assertReadBack(OkError.OkTransportError, error)
    return error.reason
  }
  const { body, error } = result.right
  const parsed = Either.getOrElse(Json.parse(answer.body), () => answer.body)
  // A comparison does not come to the bottom of a deep body.
  assert.isTrue(answer.body.length > 1000 || JSON.stringify(body) === JSON.stringify(parsed))
  if (error !== undefined) {
    assert.isTrue(OkError.isApiError(error))
    assert.isTrue(Number.isInteger(error.code))
    // What a program does with an error must not throw either.
    assert.include(error.message, String(error.code))
    assert.include(["no", "yes", "after-delay", "after-reauth"], error.retry)
    assert.include(JSON.stringify(error), error._tag)
    assert.doesNotThrow(() => error.data)
    assert.notInclude(String(error), token)
    assert.strictEqual(Redacted.value(error.body), body)
    const Class = error.constructor as unknown as Schema.Schema<OkError.OkApiError, unknown>
    assertReadBack(Class, error)
  }
  return error?._tag ?? "an answer"
}

/** An error that is written down, as JSON, is read as it was. */
const assertReadBack = <A extends Error, I>(schema: Schema.Schema<A, I>, error: A): void => {
  const written = JSON.stringify(Schema.encodeSync(schema)(error))
  const back = Schema.decodeUnknownSync(schema)(JSON.parse(written))
  assert.strictEqual(back.message, error.message)
  assert.strictEqual(JSON.stringify(Schema.encodeSync(schema)(back)), written)
}

// ---------------------------------------------------------------------------------------------------------------------
// answers of every kind
// ---------------------------------------------------------------------------------------------------------------------

const one = (texts: ReadonlyArray<string>) => FastCheck.constantFrom(...texts)

const name = one(
  ("error_code error_msg error_data error_field wait_millis ver_redirect_url success uid uids name age online gender " +
    "friends location city countryCode children members entities anchor pagingAnchor marker has_more hasMore totalCount " +
    "total_count __proto__ constructor toString toJSON then length _tag ").split(" ")
)

const scalar = FastCheck.oneof(
  one(
    ("null true false 0 -0 1 -1 1.5 8 100 102 103 403 9999 98765 1e300 1e400 1E-400 0.1e1 9007199254740993 " +
      "-1234567890123456789 12345678901234567890.5").split(" ")
  ),
  one(
    ("| |8|true|NaN|Infinity|0x10|1e999|\ud800| : |PARAM : text|FLOOD_BLOCKED : |3:METHOD : text|https://ok.ru/x|" +
      `__proto__|${token}`).split("|")
  ).map((text) => JSON.stringify(text)),
  FastCheck.string({ unit: "binary", maxLength: 20 }).map((text) => JSON.stringify(text)),
  FastCheck.double().map((number) => JSON.stringify(number))
)

/** JSON as a text, so that a name can be there twice and `__proto__` is one like others. */
const jsonText = FastCheck.letrec<{ readonly text: string }>((tie) => ({
  text: FastCheck.oneof(
    { depthSize: "small", withCrossShrink: true },
    scalar,
    FastCheck.array(tie("text"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    FastCheck.array(FastCheck.tuple(name, tie("text")), { maxLength: 6 }).map((members) =>
      `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`
    )
  )
})).text

const piece = one(
  ("{|}|[|]|\"|,|:|\\|\\u|-|e|.|1234567890123456789| |\u0000|\ufeff|<|<html>|</|&|'|null|\ud800|3:METHOD : |" +
    `error_code|"error_code":8,|${token}`).split("|")
)

/** Puts something in, takes something out, writes something twice. */
const mutate = (text: string, changes: ReadonlyArray<readonly [at: number, length: number, piece: string]>): string =>
  changes.reduce((text, [at, length, piece]) => {
    const from = at % (text.length + 1)
    const cut = text.slice(from, from + length)
    return piece === "twice" ? text.slice(0, from) + cut + text.slice(from) : text.slice(0, from) + piece +
      text.slice(from + length)
  }, text)

const changes = FastCheck.array(
  FastCheck.tuple(
    FastCheck.nat(),
    FastCheck.nat(8),
    FastCheck.oneof(piece, FastCheck.constant(""), FastCheck.constant("twice"))
  ),
  { minLength: 1, maxLength: 4 }
)

const nearJson = FastCheck.tuple(jsonText, changes).map(([text, changes]) => mutate(text, changes))

const encoder = new TextEncoder()
const decoder = new TextDecoder()

const bytes = FastCheck.oneof(
  FastCheck.uint8Array({ maxLength: 200 }),
  FastCheck.tuple(jsonText, FastCheck.array(FastCheck.tuple(FastCheck.nat(), FastCheck.nat(255)), { maxLength: 5 }))
    .map(
      ([text, changed]) => {
        const bytes = encoder.encode(text)
        changed.forEach(([at, byte]) => bytes.fill(byte, at % (bytes.length + 1), (at % (bytes.length + 1)) + 1))
        return bytes
      }
    )
).map((bytes) => decoder.decode(bytes))

const deep = FastCheck.tuple(
  FastCheck.nat(300),
  FastCheck.constantFrom(
    ["[", "]"],
    ["{\"children\":[", "]}"],
    ["{\"error_data\":", "}"],
    ["[{\"uid\":", "}]"],
    ["{\"members\":[{\"location\":", "}]}"],
    ["{\"success\":", "}"]
  ),
  scalar,
  FastCheck.nat(300)
).map(([depth, [open = "", close = ""], inside, closed]) =>
  // As often whole as broken off.
  open.repeat(depth) + inside + close.repeat(closed % 2 === 0 ? depth : Math.min(depth, closed))
)

const body = FastCheck.oneof(
  { arbitrary: jsonText, weight: 8 },
  { arbitrary: nearJson, weight: 6 },
  { arbitrary: bytes, weight: 3 },
  { arbitrary: FastCheck.string({ unit: "binary", maxLength: 100 }), weight: 1 },
  {
    arbitrary: FastCheck.tuple(FastCheck.nat(99_999), jsonText).map(([code, text]) => `${code}:METHOD : ${text}`),
    weight: 1
  },
  { arbitrary: deep, weight: 1 }
)

const status = FastCheck.oneof(
  FastCheck.constantFrom(200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 429, 500, 502, 503),
  FastCheck.integer({ min: -1, max: 1000 }),
  FastCheck.constantFrom(NaN, Infinity, 1e300)
)

const invocationError = FastCheck.option(
  FastCheck.oneof(
    FastCheck.constantFrom("8", "102", "403", "0", "007", "98765", "999999999"),
    FastCheck.nat().map(String),
    FastCheck.constantFrom("", " ", "-1", "1.5", "1e3", "9999999999", "8, 8", "0x10", "8\n", "٣", "NaN"),
    FastCheck.string({ maxLength: 20 })
  ),
  { nil: undefined, freq: 2 }
)

const answer: FastCheck.Arbitrary<OkTransport.Response> = FastCheck.record({ status, body, invocationError })

describe("10,000 answers", () => {
  it("are read as a body, an error of the API or a failure of the transport", async () => {
    const kinds = new Set<string>()
    const property = FastCheck.asyncProperty(answer, (answer) => turn().then(() => void kinds.add(read(answer))))
    await FastCheck.assert(property, runs)
    for (const kind of ["an answer", "NotJson", "Status", "UnknownApiError", "OkThrottled", "OkSessionExpired"]) {
      assert.include([...kinds], kind)
    }
  }, patience)

  it("mean a value or a typed failure, whatever the method", () => {
    const row = FastCheck.constantFrom<Row>(
      ...["a bare list", "a page", "optional fields", "a tree", "a flag, bare or inside", "anything"] as const
    )
    const property = FastCheck.asyncProperty(answer, row, (answer, row) => turn().then(() => interpret(answer, row)))
    return FastCheck.assert(property, runs)
  }, patience)
})

// ---------------------------------------------------------------------------------------------------------------------
// long answers
// ---------------------------------------------------------------------------------------------------------------------

const profile = `{"uid":"1","name":"test","age":"42","online":1,"friends":["2",3],"location":{"countryCode":7}}`

/** Items until the text is a megabyte long. */
const list = (item: string, last = item): string => `[${`${item},`.repeat(megabyte / (item.length + 1))}${last}]`

const repeat = (text: string): string => text.repeat(Math.ceil(megabyte / text.length))

// The shorter what is repeated, the more of it there is to compare.
const long: ReadonlyArray<readonly [name: string, make: () => string]> = [
  ["a page of text", () => repeat("<p>text</p> ")],
  ["tags that never end", () => repeat("<a ")],
  ["brackets", () => repeat("<")],
  ["white space", () => `${repeat(" ")}x`],
  ["a text", () => `"${repeat("a")}"`],
  ["a text that never ends", () => `"${repeat("\\\"")}`],
  ["an error with a long text", () => `{"error_code":100,"error_msg":"${repeat("PARAM : ")}"}`],
  ["an error with a long name", () => `{"error_code":98765,"error_msg":"${repeat("A_")} : "}`],
  ["an error of an old server", () => `100:PARAM : ${repeat(" : A\\n")}`],
  ["an error with much data", () => `{"error_code":8,"error_data":${list("[]")}}`],
  [
    "an error that says the token again and again",
    () => JSON.stringify({ error_code: 102, error_msg: repeat(`${token} `) })
  ],
  ["beginnings of the token", () => repeat(token.slice(0, -1))],
  ["beginnings of the form", () => repeat("application_key=TEST-APPLICATION-KEY&")],
  ["many members", () => `{${Array.from({ length: megabyte / 9 }, (_, i) => `"${1e5 + i}":8`).join(",")}}`],
  ["the same member again and again", () => `{${repeat("\"error_code\":8,")}"error_code":8}`],
  ["numbers", () => list("1")],
  ["long integers", () => list("1234567890123456789")],
  ["ids", () => `{"uids":${list("\"1\"")}}`],
  ["ids in objects, but for the last one", () => list("{\"uid\":1}", "{}")],
  ["members, but for the last one", () => `{"members":${list(profile, "{}")}}`],
  ["members, none of which is one", () => `{"members":${list("[]")}}`],
  ["a member with many friends", () => `${profile.slice(0, -1)},"friends":${list("3")}}`],
  ["a member with a long age", () => `{"uid":"1","age":"${repeat("1")}"}`],
  ["a wide tree", () => `{"children":${list("{}")}}`],
  ["a wide tree, but for the last leaf", () => `{"children":${list("{}", "1")}}`]
]

const responses = (text: string): ReadonlyArray<OkTransport.Response> => [
  { status: 200, body: text, invocationError: undefined },
  { status: 502, body: text, invocationError: undefined },
  { status: 200, body: text, invocationError: "8" }
]

describe("An answer of a megabyte is read in its time", () => {
  it.each(long)("%s", (_, make) => {
    const text = make()
    assert.isAbove(text.length, 0.9 * megabyte)
    bounded(() => responses(text).forEach(read))
    const body = Either.getOrElse(Json.parse(text), () => text)
    for (const method of Object.values(rows)) {
      const decoded = bounded(() => method.decode(body, {}))
      assert.isTrue(Either.isRight(decoded) || decoded.left.message.includes("unexpected answer"))
    }
  }, patience)

  it("which would not be, with a step for every pair of its items", () => {
    const items: ReadonlyArray<number> = JSON.parse(list("1"))
    const pairs = () => items.filter((_, index) => items.lastIndexOf(0, index) >= 0)
    assert.isAbove(items.length, megabyte / 2)
    // More than 10^11 steps, in a fraction of the time that the others have.
    assert.throws(() => bounded(pairs, 200), /timed out/)
  })
})

describe("A deep answer", () => {
  it.each([
    ["a tree", "{\"children\":[", "]}"],
    ["a wrong list", "{\"members\":[", "]}"],
    ["lists", "[", "]"]
  ])("is a value or a typed failure at any depth: %s", (_, open, close) => {
    // The stack ends somewhere between them.
    for (const depth of [100, 300, 3000, 30_000]) {
      for (const inside of ["", "1"]) {
        const body = open.repeat(depth) + inside + close.repeat(depth)
        interpret({ status: 200, body, invocationError: undefined }, "a tree")
      }
    }
  }, patience)
})
