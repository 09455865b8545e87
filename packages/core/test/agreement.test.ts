import { OkField, OkParam } from "@effect-okru/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { methodOf, readsAsSchema, writesAsSchema } from "./agreement.js"

interface Tree {
  readonly value: number
  readonly children: ReadonlyArray<Tree>
}
const Tree: Schema.Schema<Tree> = Schema.Struct({
  value: Schema.Number,
  children: Schema.Array(Schema.suspend(() => Tree))
})

const User = Schema.Struct({ uid: OkField.id, name: OkField.optional(Schema.String) })

class Point extends Schema.Class<Point>("Point")({ x: Schema.Number, y: OkField.optional(Schema.NumberFromString) }) {}

/** A transformation that does its work in an effect: one that is over at once, or one that is not. */
const inEffect = (effect: Effect.Effect<void>) =>
  Schema.transformOrFail(Schema.String, Schema.Number, {
    strict: true,
    decode: (text) => Effect.as(effect, text.length),
    encode: (length) => Effect.as(effect, "a".repeat(Math.min(9, Math.max(0, Math.trunc(length) || 0))))
  })

const checked = Schema.Struct({ a: Schema.String, b: Schema.optional(Schema.Number) }).pipe(
  Schema.filter(({ a }) => a !== "1")
)

const schemas: { readonly [name: string]: Schema.Schema.AnyNoContext } = {
  "a text": Schema.String,
  "a number": Schema.Number,
  "a flag": Schema.Boolean,
  "undefined": Schema.Undefined,
  "void": Schema.Void,
  "null": Schema.Null,
  "never, where it can be left out": Schema.Struct({ a: Schema.optional(Schema.Never) }),
  "anything": Schema.Unknown,
  "any": Schema.Any,
  "an object": Schema.Object,
  "a symbol": Schema.SymbolFromSelf,
  "a big integer": Schema.BigInt,
  "an enumeration": Schema.Enums({ a: "A", b: 1 }),
  "a literal": Schema.Literal("1"),
  "literals": Schema.Literal("1", 1, true, null),
  "a template": Schema.TemplateLiteral("a", Schema.Number),
  "an array": Schema.Array(Schema.NullOr(Schema.String)),
  "an array that is not empty": Schema.NonEmptyArray(Schema.Number),
  "a tuple": Schema.Tuple(Schema.String, Schema.NumberFromString),
  "a tuple with an optional element": Schema.Tuple(Schema.String, Schema.optionalElement(Schema.Number)),
  "a tuple with a rest": Schema.Tuple([Schema.String], Schema.Number, Schema.Boolean),
  "a record": Schema.Record({ key: Schema.String, value: Schema.NumberFromString }),
  "a record of names": Schema.Record({ key: Schema.Literal("a", "b"), value: Schema.Number }),
  "a struct": Schema.Struct({ a: Schema.String, b: Schema.Number }),
  "an empty struct": Schema.Struct({}),
  "a struct that is a record, too": Schema.Struct(
    { a: Schema.Number },
    Schema.Record({ key: Schema.String, value: Schema.Number })
  ),
  "a struct in structs": Schema.Struct({ a: Schema.Struct({ b: Schema.Array(Schema.Struct({ c: Schema.Int })) }) }),
  "a property that must be there and can be undefined": Schema.Struct({
    a: Schema.Undefined,
    b: Schema.UndefinedOr(Schema.String),
    c: Schema.Unknown
  }),
  "names that objects inherit": Schema.Struct({
    constructor: Schema.optional(Schema.String),
    valueOf: Schema.optional(Schema.Number)
  }),
  "optional": Schema.Struct({ a: Schema.optional(Schema.NumberFromString) }),
  "optional, exact": Schema.Struct({ a: Schema.optionalWith(Schema.NumberFromString, { exact: true }) }),
  "optional or null": Schema.Struct({ a: Schema.optionalWith(Schema.NumberFromString, { nullable: true }) }),
  "optional or null, exact": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { nullable: true, exact: true })
  }),
  "with a default": Schema.Struct({ a: Schema.optionalWith(Schema.NumberFromString, { default: () => 7 }) }),
  "with a default, exact": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { default: () => 7, exact: true })
  }),
  "with a default, or null": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { default: () => 7, nullable: true })
  }),
  "with a default, or null, exact": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { default: () => 7, nullable: true, exact: true })
  }),
  "with a default that is wrong": Schema.Struct({ a: Schema.optionalWith(Schema.Int, { default: () => 1.5 }) }),
  "as an option": Schema.Struct({ a: Schema.optionalWith(Schema.NumberFromString, { as: "Option" }) }),
  "as an option, exact": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { as: "Option", exact: true })
  }),
  "as an option, or null": Schema.Struct({
    a: Schema.optionalWith(Schema.NumberFromString, { as: "Option", nullable: true })
  }),
  "as an option, null as none": Schema.Struct({
    a: Schema.optionalWith(Schema.String, {
      as: "Option",
      nullable: true,
      onNoneEncoding: () => Option.some(null)
    })
  }),
  "of this library, with a default": Schema.Struct({
    a: OkField.optional(Schema.NumberFromString).pipe(Schema.withDecodingDefault(() => 7)),
    b: OkField.optional(Schema.String).pipe(
      Schema.withDefaults({ constructor: () => "made", decoding: () => "read" })
    ),
    c: OkField.list(OkField.id),
    d: OkField.optional(OkField.int)
  }),
  "optional where it was not": Schema.Struct({
    a: Schema.requiredToOptional(Schema.String, Schema.String, {
      decode: (text) => text === "" ? Option.none() : Option.some(text),
      encode: Option.getOrElse(() => "")
    })
  }),
  "required where it was not": Schema.Struct({
    a: Schema.optionalToRequired(Schema.String, Schema.NullOr(Schema.String), {
      decode: Option.getOrNull,
      encode: Option.fromNullable
    }),
    b: Schema.Number
  }),
  "from another key": Schema.Struct({
    a: Schema.propertySignature(Schema.String).pipe(Schema.fromKey("uid")),
    b: OkField.optional(Schema.Number)
  }),
  "optional from another key": Schema.Struct({
    a: Schema.optionalWith(Schema.String, { default: () => "" }).pipe(Schema.fromKey("uid"))
  }),
  "a user": User,
  "users, bare or not": OkField.array(User, { in: "users" }),
  "ids": OkField.ids({ in: "uids" }),
  "a user, bare or not": OkField.bareOrIn("user", User),
  "nothing": OkField.nothing,
  "a lenient flag": OkField.boolean,
  "a lenient number": OkField.number,
  "a lenient whole number": OkField.int,
  "a lenient id": OkField.id,
  "lenient fields": Schema.Struct({
    a: OkField.optional(OkField.int),
    b: OkField.optional(OkField.id),
    c: OkField.list(OkField.number),
    d: OkField.optional(Schema.Array(OkField.boolean))
  }),
  "a lenient integer": OkField.int,
  "optional, of what reads null itself": Schema.Struct({
    a: OkField.optional(OkField.array(Schema.String)),
    b: OkField.optional(OkField.nothing),
    c: OkField.optional(OkField.ids())
  }),
  "a list or null": Schema.Struct({ a: OkField.list(OkField.int), b: OkField.optional(Schema.NullOr(Schema.Int)) }),
  "a lenient field that says undefined": Schema.Struct({ a: OkField.optional(Schema.UndefinedOr(User)) }),
  "a name": OkParam.oneOf("A", "B"),
  "a union": Schema.Union(Schema.Number, Schema.String, Schema.Array(Schema.String)),
  "a union of overlapping structs": Schema.Union(
    Schema.Struct({ a: Schema.String }),
    Schema.Struct({ a: Schema.String, b: Schema.Number })
  ),
  "a union with a tag": Schema.Union(
    Schema.Struct({ tag: Schema.Literal("a"), a: Schema.String }),
    Schema.Struct({ tag: Schema.Literal("b"), b: Schema.NumberFromString })
  ),
  "a union with a tag in some members": Schema.Union(
    Schema.Struct({ a: Schema.optional(Schema.String), tag: Schema.String }),
    Schema.Struct({ tag: Schema.Literal("a"), a: Schema.String, b: OkField.optional(Schema.Number) })
  ),
  "a union with a tag under a filter": Schema.Union(
    Schema.Struct({ tag: Schema.Literal("a") }).pipe(Schema.filter(() => true)),
    Schema.Struct({ tag: Schema.String, a: Schema.Number }),
    Schema.suspend(() => Schema.Struct({ tag: Schema.Literal("c") }))
  ),
  "a union with a tag in tuples": Schema.Union(
    Schema.Tuple(Schema.Literal("a"), Schema.Number),
    Schema.Tuple(Schema.Literal("b"), Schema.String)
  ),
  "a union of transformations": Schema.Union(Schema.NumberFromString, Schema.String, Schema.Boolean),
  "a union of literals and more": Schema.Union(Schema.Literal("1", 2), Schema.Number, Schema.Literal("true")),
  "a union with a class": Schema.Union(Point, Schema.Struct({ x: Schema.Number, z: Schema.Number })),
  "a refinement": Schema.String.pipe(Schema.minLength(1), Schema.maxLength(3)),
  "a refinement of a transformation": Schema.NumberFromString.pipe(Schema.int(), Schema.positive()),
  "a refinement of a struct": checked,
  "a refinement of a struct, inside": Schema.Struct({ inner: Schema.Array(checked), last: Schema.optional(checked) }),
  "a refinement of a struct that is transformed": User.pipe(Schema.filter(({ name }) => name !== "1")),
  "a refinement of an array of structs": Schema.Array(Schema.Struct({ a: Schema.Number })).pipe(Schema.maxItems(2)),
  "a refinement of a union": Schema.Union(Schema.Struct({ a: Schema.Number }), Schema.Struct({ b: Schema.String }))
    .pipe(
      Schema.filter(() => true)
    ),
  "a brand": Schema.Int.pipe(Schema.brand("test")),
  "a tree": Tree,
  "a composition": Schema.compose(Schema.Trim, Schema.NumberFromString),
  "a composition of structs": Schema.compose(
    Schema.Struct({ a: Schema.NumberFromString }),
    Schema.Struct({ a: Schema.Int })
  ),
  "JSON in a text": Schema.parseJson(Schema.Struct({ a: Schema.Number })),
  "a transformation that fails": Schema.transformOrFail(Schema.String, Schema.String, {
    strict: true,
    decode: (text, _, ast) =>
      text.length > 1 ? ParseResult.succeed(text) : ParseResult.fail(new ParseResult.Type(ast, text)),
    encode: ParseResult.succeed
  }),
  "a date": Schema.Date,
  "an option": Schema.Option(Schema.NumberFromString),
  "a set": Schema.ReadonlySet(Schema.NumberFromString),
  "a class": Point,
  "a class, inside": Schema.Struct({ points: Schema.Array(Point) }),
  "no excess": Schema.Struct({ a: Schema.Struct({ b: Schema.Number }) }).annotations({
    parseOptions: { onExcessProperty: "error" }
  }),
  "excess kept": Schema.Struct({
    inner: Schema.Struct({ a: Schema.Number }).annotations({ parseOptions: { onExcessProperty: "preserve" } })
  }),
  "exact": Schema.Struct({ a: Schema.UndefinedOr(Schema.Number) }).annotations({ parseOptions: { exact: true } }),
  "a fallback": Schema.Struct({
    a: Schema.Number.annotations({ decodingFallback: () => Effect.succeed(7) }),
    b: Schema.Array(Schema.String).annotations({ decodingFallback: () => Effect.succeed([]) })
  }),
  "a fallback of a field": Schema.Struct({
    a: Schema.optional(Schema.Number.annotations({ decodingFallback: () => Effect.succeed(7) }))
  }),
  "an effect that is over at once": Schema.Array(inEffect(Effect.void)),
  "an effect that is over at once, before others": Schema.Union(inEffect(Effect.void), Schema.String, Schema.Number),
  "an effect that is not over": Schema.Struct({ a: Schema.optional(inEffect(Effect.yieldNow())) }),
  "an effect that is not over, before others": Schema.Union(inEffect(Effect.never), Schema.String)
}

// No JSON is a value of this.
const withoutBodies = ["undefined"]

describe.each(Object.entries(schemas).map(([name, schema], seed) => ({ name, schema, seed })))(
  "of $name",
  ({ name, schema, seed }) => {
    const sampling = { count: 20, seed }

    it("a method reads what Schema reads", () => {
      const { all, taken } = readsAsSchema(methodOf(schema), sampling)
      assert.isAtLeast(all, 20)
      assert.strictEqual(taken > 0, !withoutBodies.includes(name))
    })

    it("a method writes what Schema writes", () => {
      const { all } = writesAsSchema(methodOf(schema), sampling)
      assert.isAtLeast(all, 20)
    })
  }
)
