import type * as Cause from "effect/Cause"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Types from "effect/Types"
import type { Retry } from "../OkError.js"
import type { Codes } from "./errorCodes.js"

/** A field that need not be given to the constructor. */
export const withDefault = <A, I>(
  schema: Schema.Schema<A, I>,
  value: () => Types.NoInfer<A>
): Schema.PropertySignature<":", A, never, ":", I, true> =>
  Schema.withConstructorDefault(Schema.propertySignature(schema), value)

export const commonFields = {
  /** The REST method that was called, `users.getInfo`. */
  method: Schema.String,
  /** OK.ru's own words, without the name of the code. English in every recording. */
  detail: withDefault(Schema.String, () => ""),
  /**
   * The whole body, with keys nobody documented. Redacted, since it can hold personal data; in clear where the error is encoded with
   * its schema.
   */
  body: withDefault(Schema.Redacted(Schema.Unknown), () => Redacted.make<unknown>(null))
}

type Code<C extends Codes> = keyof C & number

type Fields<Tag extends string, C extends Codes, Extra extends Schema.Struct.Fields> =
  & { readonly _tag: Schema.tag<Tag> }
  & typeof commonFields
  & { readonly code: Schema.Schema<Code<C>> }
  & Extra

interface Members<C extends Codes> {
  /** OK.ru's name of the code. */
  readonly reason: C[Code<C>][0]
  /** Whether the call may be repeated. */
  readonly retry: Retry
  /** `error_data` as OK.ru sent it. */
  readonly data: unknown
}

export interface ApiErrorClass<Self, Tag extends string, C extends Codes, Extra extends Schema.Struct.Fields>
  extends
    Schema.Class<
      Self,
      Fields<Tag, C, Extra>,
      Schema.Struct.Encoded<Fields<Tag, C, Extra>>,
      Schema.Struct.Context<Fields<Tag, C, Extra>>,
      Schema.Struct.Constructor<Omit<Fields<Tag, C, Extra>, "_tag">>,
      {},
      Cause.YieldableError & Members<C>
    >
{
  readonly _tag: Tag
  /** Every code of this kind. */
  readonly codes: C
}

export const errorData = (body: Redacted.Redacted<unknown>): unknown => {
  const value = Redacted.value(body)
  return Predicate.hasProperty(value, "error_data") ? value.error_data : undefined
}

export const describe = (
  error: { readonly method: string; readonly code: number; readonly detail: string },
  reason: string,
  advice: string
): string =>
  `${error.method}: ${error.code}${reason === "" ? "" : ` ${reason}`}${
    error.detail === "" ? "" : `: ${error.detail}`
  }` +
  ` (${advice})`

interface Instance extends Schema.Struct.Type<typeof commonFields> {
  readonly code: number
}

/** A class of API errors: one table of codes, one reaction. */
export const apiError =
  <Self>() =>
  <Tag extends string, const C extends Codes, const Extra extends Schema.Struct.Fields = {}>(
    tag: Tag,
    codes: C,
    advice: string,
    extra?: Extra
  ): ApiErrorClass<Self, Tag, C, Extra> => {
    class Base extends Schema.TaggedError<Instance>(`@effect-okru/core/${tag}`)(tag, {
      ...commonFields,
      code: Schema.Literal(...Object.keys(codes).map(Number)),
      ...extra
    }) {
      static readonly codes = codes
      get reason(): string {
        return codes[this.code]?.[0] ?? ""
      }
      get retry(): Retry {
        return codes[this.code]?.[1] ?? "no"
      }
      get data(): unknown {
        return errorData(this.body)
      }
      override get message(): string {
        return describe(this, this.reason, advice)
      }
    }
    // What a class that is made from a table says of its codes and of fields beside the common ones, no type can follow.
    return Base as unknown as ApiErrorClass<Self, Tag, C, Extra>
  }
