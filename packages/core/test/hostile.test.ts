/*
 * What a server, or whoever stands in for it, can answer: anything. A call comes to a value or to a typed failure, and costs
 * no more than the answer is long.
 */
import { Json, OkCall, OkError, OkField, OkMethod, OkPage, OkResponse, OkTransport } from "@effect-okru/core"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { clientOver, clientSession, token } from "./support.js"

const runs = { numRuns: 10_000, seed: 20_240_601 }
const minute = 60_000

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

const request = runtime.runSync(OkCall.request(rows.anything()))

type Row = keyof typeof rows

const answered = ["OkDecodeError", "OkTransportError"]

/** Both meanings of a call, and the schemas of the other rows: none of them a defect. */
const interpret = (answer: OkTransport.Response, row: Row): void => {
  response = answer
  const call = rows[row]()
  for (const exit of [runtime.runSyncExit(call), runtime.runSyncExit(OkCall.passError(call))]) {
    if (Exit.isFailure(exit)) {
      const error = Cause.isFailType(exit.cause) ? exit.cause.error : undefined
      assert.isTrue(OkError.isApiError(error) || answered.includes(error?._tag ?? ""), Cause.pretty(exit.cause))
    }
  }
  const result = OkResponse.read(request, answer)
  if (Either.isRight(result)) {
    for (const method of Object.values(rows)) {
      const decoded = method.decode(result.right.body, {})
      assert.isTrue(Either.isRight(decoded) || decoded.left.message.includes("unexpected answer"))
    }
  }
}

/** What is read of an answer is a body, with or without an error, or a failure of the transport. */
const read = (answer: OkTransport.Response): void => {
  const result = OkResponse.read(request, answer)
  if (Either.isLeft(result)) {
    const error = result.left
    assert.strictEqual(error._tag, "OkTransportError")
    assert.include(["NotJson", "Status"], error.reason)
    assert.isAtMost(error.detail.length, 121)
    assert.include(error.message, "group.method")
    return
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
  }
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
  FastCheck.nat(2000),
  FastCheck.constantFrom(
    ["[", "]"],
    ["{\"children\":[", "]}"],
    ["{\"error_data\":", "}"],
    ["[{\"uid\":", "}]"],
    ["{\"members\":[{\"location\":", "}]}"],
    ["{\"success\":", "}"]
  ),
  scalar,
  FastCheck.nat(2000)
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
  it("are read as a body, an error of the API or a failure of the transport", () => {
    FastCheck.assert(FastCheck.property(answer, read), runs)
  }, minute)

  it("mean a value or a typed failure, whatever the method", () => {
    const row = FastCheck.constantFrom<Row>(
      ...["a bare list", "a page", "optional fields", "a tree", "a flag, bare or inside", "anything"] as const
    )
    FastCheck.assert(FastCheck.property(answer, row, interpret), runs)
  }, minute)

  it("are of every kind", () => {
    const kinds = new Set(
      FastCheck.sample(answer, runs).map((answer) =>
        Either.match(OkResponse.read(request, answer), {
          onLeft: ({ reason }) => reason,
          onRight: ({ error }) => error?._tag ?? "an answer"
        })
      )
    )
    for (const kind of ["an answer", "NotJson", "Status", "UnknownApiError", "OkThrottled", "OkSessionExpired"]) {
      assert.include([...kinds], kind)
    }
  }, minute)
})

// ---------------------------------------------------------------------------------------------------------------------
// long answers
// ---------------------------------------------------------------------------------------------------------------------

const profile = `{"uid":"1","name":"test","age":"42","online":1,"friends":["2",3],"location":{"countryCode":7}}`
const list = (item: string, size: number, last = item): string =>
  `[${`${item},`.repeat(size / (item.length + 1))}${last}]`

const long: ReadonlyArray<readonly [name: string, make: (size: number) => string]> = [
  ["a page of text", (size) => "<p>text</p> ".repeat(size / 12)],
  ["tags that never end", (size) => "<a ".repeat(size / 3)],
  ["white space", (size) => `${" ".repeat(size)}x`],
  ["a text", (size) => `"${"a".repeat(size)}"`],
  ["a text that never ends", (size) => `"${"\\\"".repeat(size / 2)}`],
  ["an error with a long text", (size) => `{"error_code":100,"error_msg":"${"PARAM : ".repeat(size / 8)}"}`],
  ["an error with a long name", (size) => `{"error_code":98765,"error_msg":"${"A_".repeat(size / 2)} : "}`],
  ["an error of an old server", (size) => `100:PARAM : ${" : A\\n".repeat(size / 6)}`],
  ["an error with much data", (size) => `{"error_code":8,"error_data":${list("{\"a\":[1]}", size)}}`],
  [
    "an error that says the token again and again",
    (size) => JSON.stringify({ error_code: 102, error_msg: `${token} `.repeat(size / (token.length + 1)) })
  ],
  ["beginnings of the token", (size) => token.slice(0, -1).repeat(size / (token.length - 1))],
  ["beginnings of the form", (size) => "application_key=TEST-APPLICATION-KEY&".repeat(size / 37)],
  [
    "an error with many members",
    (size) => `{${Array.from({ length: size / 14 }, (_, i) => `"a${1e6 + i}":8,`).join("")}"error_code":8}`
  ],
  ["the same member again and again", (size) => `{${"\"error_code\":8,".repeat(size / 15)}"error_code":8}`],
  ["numbers", (size) => list("1234567", size)],
  ["long integers", (size) => list("1234567890123456789", size)],
  ["ids", (size) => `{"uids":${list("\"570000000001\"", size)}}`],
  ["ids in objects", (size) => list("{\"uid\":570000000001}", size)],
  ["ids, but for the last one", (size) => list("\"570000000001\"", size, "{}")],
  ["members", (size) => `{"members":${list(profile, size)},"has_more":true,"anchor":"a"}`],
  ["members, but for the last one", (size) => `{"members":${list(profile, size, "{}")}}`],
  ["members, none of which is one", (size) => `{"members":${list("[]", size)}}`],
  ["a member with many friends", (size) => `${profile.slice(0, -1)},"friends":${list("3", size)}}`],
  ["a member with a long age", (size) => `{"uid":"1","age":"${"1".repeat(size)}"}`],
  ["a wide tree", (size) => `{"children":${list("{\"uid\":1,\"children\":null}", size)}}`],
  ["a wide tree, but for the last leaf", (size) => `{"children":${list("{\"uid\":1,\"children\":null}", size, "1")}}`],
  ["a tree of brushwood", (size) => `{"children":${list(`{"children":${list("{\"uid\":1}", 2000)}}`, size)}}`]
]

const responses = (text: string): ReadonlyArray<OkTransport.Response> => [
  { status: 200, body: text, invocationError: undefined },
  { status: 502, body: text, invocationError: undefined },
  { status: 200, body: text, invocationError: "8" }
]

describe("An answer of a megabyte", () => {
  it.each(long)("is a value or a typed failure: %s", (_, make) => {
    const text = make(1 << 20)
    assert.isAbove(text.length, 900_000)
    for (const response of responses(text)) {
      const result = OkResponse.read(request, response)
      assert.isTrue(Either.isRight(result) || result.left.detail.length <= 121)
    }
    interpret({ status: 200, body: text, invocationError: undefined }, "a page")
  }, minute)
})

/** Time on the processor, in microseconds: what other programs do meanwhile does not count. */
const time = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { system, user } = process.cpuUsage(before)
  return user + system
}

const least = (times: number, work: () => void): number => Math.min(...Array.from({ length: times }, () => time(work)))

const most = 20
// Below it a measure says more about the collector of garbage than about the work.
const floor = 5000

/** How much more eight times the text costs, if that is too much: 8 would be linear, 64 quadratic. */
const excess = (make: (size: number) => string, work: (text: string) => void): number | undefined => {
  const size = 1 << 16
  const [short, long] = [make(size), make(8 * size)]
  const once = Math.max(floor, least(5, () => work(short)))
  // Whatever disturbs a measure adds to it, so one that is low enough will do.
  let ratio = Infinity
  for (let attempt = 0; attempt < 8 && ratio > most; attempt++) {
    ratio = Math.min(ratio, time(() => work(long)) / once)
  }
  return ratio > most ? ratio : undefined
}

describe("Eight times the answer costs about eight times as much", () => {
  it.each(long)("%s", (_, make) => {
    assert.isUndefined(excess(make, (body) => {
      responses(body).forEach((response) => OkResponse.read(request, response))
    }))
    for (const method of Object.values(rows)) {
      // The body as it was read: what is measured here is the schema.
      const decode = (body: Json.Json) => method.decode(body, {})
      const parsed = new Map<string, Json.Json>()
      const json = (text: string) => {
        const known = parsed.get(text)
        const value = known ?? Either.getOrElse(Json.parse(text), () => text)
        parsed.set(text, value)
        return value
      }
      assert.isUndefined(excess(make, (text) => {
        decode(json(text))
      }))
    }
  }, minute)

  it("which this measure would tell", () => {
    const quadratic = (text: string) => {
      const list: Array<string> = []
      for (const unit of text) {
        if (!list.includes(unit.toUpperCase())) {
          list.push(unit)
        }
      }
    }
    assert.isAbove(excess((size) => "a".repeat(size / 32), quadratic) ?? 0, most)
    assert.isUndefined(excess((size) => "a".repeat(size), (text) => {
      JSON.parse(`"${text}"`)
    }))
  })
})

describe("A deep answer", () => {
  it.each([
    ["a tree", "{\"children\":[", "]}"],
    ["a wrong list", "{\"members\":[", "]}"],
    ["lists", "[", "]"]
  ])("is a value or a typed failure at any depth: %s", (_, open, close) => {
    // The stack ends somewhere between them.
    for (const depth of [100, 300, 1000, 3000, 10_000, 30_000]) {
      for (const inside of ["", "1"]) {
        const body = open.repeat(depth) + inside + close.repeat(depth)
        interpret({ status: 200, body, invocationError: undefined }, "a tree")
      }
    }
  }, minute)
})
