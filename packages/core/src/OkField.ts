/**
 * Fields of answers as OK.ru really sends them: ids that are numbers in one method and texts in the next, counters in
 * quotes, lists that are `null`. What one source documents and another contradicts is decoded leniently; what comes out
 * is always the same type.
 *
 * @since 0.1.0
 */
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { omitted, unchangedIf, whenNullish } from "./internal/parser.js"
import * as OkParam from "./OkParam.js"

/**
 * An id: an opaque text, whatever JSON type it comes in, with all its digits. The same user has different ids in
 * different applications.
 *
 * @since 0.1.0
 * @category fields
 */
export const id: Schema.Schema<string, string | number> = Schema.transform(
  Schema.Union(Schema.String, Schema.JsonNumber),
  Schema.String,
  { strict: true, decode: String, encode: (id) => id }
).pipe(unchangedIf("string")).annotations({ identifier: "id" })

/**
 * A number, in quotes or not.
 *
 * @since 0.1.0
 * @category fields
 */
export const number: Schema.Schema<number, number | string> = Schema.transformOrFail(
  Schema.Union(Schema.JsonNumber, Schema.String),
  Schema.JsonNumber,
  {
    strict: true,
    decode: (value, _, ast) => {
      const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value)
      return Number.isFinite(number)
        ? ParseResult.succeed(number)
        : ParseResult.fail(new ParseResult.Type(ast, undefined, "expected a number"))
    },
    encode: (number) => ParseResult.succeed(number)
  }
).pipe(unchangedIf((value) => Number.isFinite(value))).annotations({ identifier: "number" })

/**
 * A whole number, in quotes or not. OK.ru's `Integer` and `Long`; a `Long` that a number would round is an {@link id}.
 *
 * @since 0.1.0
 * @category fields
 */
export const int: Schema.Schema<number, number | string> = Schema.compose(number, Schema.Int).pipe(
  unchangedIf((value) => Number.isSafeInteger(value))
)

/**
 * A flag: `true`, `"true"` or `1`.
 *
 * @since 0.1.0
 * @category fields
 */
export const boolean: Schema.Schema<boolean, boolean | "true" | "false" | "1" | "0" | 1 | 0> = Schema.transform(
  Schema.Union(Schema.Boolean, Schema.Literal("true", "false", "1", "0", 1, 0)),
  Schema.Boolean,
  {
    strict: true,
    decode: (value) => value === true || value === "true" || Number(value) === 1,
    encode: (value) => value
  }
).pipe(unchangedIf("boolean")).annotations({ identifier: "boolean" })

// `Schema.optionalWith` knows these and ten more, all of which it brings into a bundle.

/**
 * A field that can be absent or `null`: both read as absent.
 *
 * @since 0.1.0
 * @category fields
 */
export const optional = <A, I>(
  schema: Schema.Schema<A, I>
): Schema.PropertySignature<"?:", A | undefined, never, "?:", I | null | undefined> => {
  const decode = Option.filter<A | null | undefined, A | undefined>(Predicate.isNotNull)
  // `null` first: a schema that reads it by itself would have something to say of it.
  const nullish = Schema.Union(Schema.Null, Schema.Undefined, schema)
  return Schema.optionalToOptional(nullish, Schema.UndefinedOr(Schema.typeSchema(schema)), {
    decode,
    encode: identity
  }).annotations(whenNullish(schema, () => omitted, decode))
}

/**
 * A list that can be absent or `null`: both read as empty.
 *
 * @since 0.1.0
 * @category fields
 */
export const list = <A, I>(
  item: Schema.Schema<A, I>
): Schema.PropertySignature<":", ReadonlyArray<A>, never, "?:", ReadonlyArray<I> | null | undefined, true> => {
  const items = Schema.Array(item)
  const decode = (list: Option.Option<ReadonlyArray<A> | null | undefined>) => Option.getOrNull(list) ?? []
  return Schema.withConstructorDefault(
    Schema.optionalToRequired(Schema.NullishOr(items), Schema.typeSchema(items), { decode, encode: Option.some }),
    () => []
  ).annotations(whenNullish(items, () => [], decode))
}

/**
 * One of the names that OK.ru documents, or one it added since: any text is let through, and `===` against a known name
 * narrows.
 *
 * @since 0.1.0
 * @category fields
 */
export const oneOf = OkParam.oneOf

/**
 * The second argument of `Schema.Struct` for an object of which not all is known: what else it holds is kept as it came.
 *
 * @since 0.1.0
 * @category answers
 */
export const rest = { key: Schema.String, value: Schema.Unknown }

/**
 * A list that is the whole answer. It may come bare or inside an object, `[…]` or `{"users": […]}`, where sources disagree;
 * `null` and an object without it read as empty.
 *
 * @since 0.1.0
 * @category answers
 */
export const array = <A, I>(
  item: Schema.Schema<A, I>,
  options: {
    /** The name of the list where it comes inside an object. */
    readonly in?: string | undefined
  } = {}
): Schema.Schema<ReadonlyArray<A>, unknown> =>
  spelled(Schema.Array(item), (body) => {
    const list = options.in !== undefined && Predicate.isRecord(body) ? body[options.in] : body
    return list === null || list === undefined || isEmptyObject(list) ? [] : list
  })

/**
 * Ids, in whichever of three shapes they come: `["1"]`, `{"uids": ["1"]}`, `[{"uid": "1"}]`.
 *
 * @since 0.1.0
 * @category answers
 */
export const ids = (options: {
  /** The name of the list where it comes inside an object. */
  readonly in?: string | undefined
  /** The name of the id where each comes as an object. */
  readonly key?: string | undefined
} = {}): Schema.Schema<ReadonlyArray<string>, unknown> => {
  const { key = "uid" } = options
  return array(spelled(id, (value) => Predicate.hasProperty(value, key) ? value[key] : value), options)
}

/**
 * A value that may come bare or inside an object, `{…}` or `{"user": {…}}`. For what has no object of that name itself.
 *
 * @since 0.1.0
 * @category answers
 */
export const bareOrIn = <A, I>(name: string, schema: Schema.Schema<A, I>): Schema.Schema<A, unknown> =>
  spelled(
    schema,
    (body) =>
      Predicate.hasProperty(body, name) && (Predicate.isRecord(body[name]) || Object.keys(body).length === 1)
        ? body[name]
        : body
  )

/**
 * An object of which nothing need be there: `null` and `[]`, as OK.ru answers where it has found nothing, read as one without members.
 *
 * @since 0.1.0
 * @category answers
 */
export const object = <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<A, unknown> =>
  spelled(schema, (body) => body === null || (Array.isArray(body) && body.length === 0) ? {} : body)

/**
 * A value that may come bare or as all that an object has, `true` or `{"success": true}`. For what no source shows well enough.
 *
 * @since 0.1.0
 * @category answers
 */
export const bareOrOnly = <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<A, unknown> =>
  spelled(schema, (body) => {
    const [only, ...more] = Predicate.isRecord(body) ? Object.values(body) : []
    return only === undefined || more.length > 0 ? body : only
  })

/**
 * An object that may come as the value of one of its members, `{"success": true}` or `true`. For what no source shows well enough.
 *
 * @since 0.1.0
 * @category answers
 */
export const inOrBare = <A, I>(name: string, schema: Schema.Schema<A, I>): Schema.Schema<A, unknown> =>
  spelled(schema, (body) => Predicate.isRecord(body) ? body : { [name]: body })

/**
 * The answer of a method that answers nothing: whatever comes reads as `undefined`. OK.ru sends an empty body.
 *
 * @since 0.1.0
 * @category answers
 */
export const nothing: Schema.Schema<void, unknown> = Schema.transform(Schema.Unknown, Schema.Void, {
  strict: true,
  decode: () => undefined,
  encode: () => null
})

// What comes in several shapes, brought into the one that a schema reads.
const spelled = <A, I>(schema: Schema.Schema<A, I>, read: (body: unknown) => unknown): Schema.Schema<A, unknown> =>
  Schema.transform(Schema.Unknown, schema, { strict: false, decode: read, encode: identity })

const isEmptyObject = (value: unknown): boolean => Predicate.isRecord(value) && Object.keys(value).length === 0
