/**
 * Fields of answers as OK.ru really sends them: ids that are numbers in one method and texts in the next, counters in
 * quotes, lists that are `null`. What one source documents and another contradicts is decoded leniently; what comes out
 * is always the same type.
 *
 * @since 0.1.0
 */
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

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
).annotations({ identifier: "id" })

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
        : ParseResult.fail(new ParseResult.Type(ast, value, "expected a number"))
    },
    encode: (number) => ParseResult.succeed(number)
  }
).annotations({ identifier: "number" })

/**
 * A whole number, in quotes or not. OK.ru's `Integer` and `Long`; a `Long` that a number would round is an {@link id}.
 *
 * @since 0.1.0
 * @category fields
 */
export const int: Schema.Schema<number, number | string> = Schema.compose(number, Schema.Int)

/**
 * A flag: `true`, `"true"` or `1`.
 *
 * @since 0.1.0
 * @category fields
 */
export const boolean: Schema.Schema<boolean, boolean | "true" | "false" | 0 | 1> = Schema.transform(
  Schema.Union(Schema.Boolean, Schema.Literal("true", "false", 0, 1)),
  Schema.Boolean,
  { strict: true, decode: (value) => value === true || value === "true" || value === 1, encode: (value) => value }
).annotations({ identifier: "boolean" })

/**
 * A field that can be absent or `null`: both read as absent.
 *
 * @since 0.1.0
 * @category fields
 */
export const optional = <A, I>(
  schema: Schema.Schema<A, I>
): Schema.optionalWith<Schema.Schema<A, I>, { nullable: true }> => Schema.optionalWith(schema, { nullable: true })

/**
 * A list that can be absent or `null`: both read as empty.
 *
 * @since 0.1.0
 * @category fields
 */
export const list = <A, I>(item: Schema.Schema<A, I>) =>
  Schema.optionalWith(Schema.Array(item), { nullable: true, default: (): ReadonlyArray<A> => [] })
