/**
 * Parameters as wire codecs: from the value a program has to the text that is signed and sent, byte for byte the same.
 *
 * A parameter is any `Schema` that encodes to a string. One that does not, does not compile ({@link Wire}). A parameter
 * that is absent or `undefined` is not sent; `0`, `false` and the empty text are.
 *
 * @since 0.1.0
 */
import * as Brand from "effect/Brand"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type * as AST from "effect/SchemaAST"
import type * as Types from "effect/Types"
import { unchangedIf } from "./internal/parser.js"

/**
 * The parameters of a method: a codec for each name.
 *
 * @since 0.1.0
 * @category models
 */
export type Fields = Schema.Struct.Fields

/**
 * The parameters that the library sets itself, with every call. No method has one of these of its own.
 *
 * @since 0.1.0
 * @category models
 */
export const own = ["access_token", "application_key", "format", "method", "session_key", "sig"] as const

/**
 * Holds a method's parameters to their rule: a field that the library sets itself, does not encode to a string, or needs a service
 * to, is replaced by the sentence that the compiler then prints.
 *
 * @since 0.1.0
 * @category models
 */
export type Wire<P extends Fields> = {
  readonly [K in keyof P]: K extends (typeof own)[number] ? "the library sets this parameter itself"
    : [Schema.Schema.Encoded<P[K]>] extends [string | undefined]
      ? [Schema.Schema.Context<P[K]>] extends [never] ? P[K] : "a parameter must need no service"
    : "a parameter must encode to a string"
}

/**
 * A text, sent as it is.
 *
 * @since 0.1.0
 * @category codecs
 */
export const string = Schema.String

/**
 * An integer: `42` is sent as `"42"`.
 *
 * @since 0.1.0
 * @category codecs
 */
export const int: Schema.Schema<number, string> = Schema.compose(Schema.NumberFromString, Schema.Int)

/**
 * A finite number: `55.75` is sent as `"55.75"`.
 *
 * @since 0.1.0
 * @category codecs
 */
export const number: Schema.Schema<number, string> = Schema.compose(Schema.NumberFromString, Schema.Finite)

/**
 * `true` or `false`. Both are sent.
 *
 * @since 0.1.0
 * @category codecs
 */
export const boolean: Schema.Schema<boolean, "true" | "false"> = Schema.BooleanFromString

/**
 * A parameter that may be left out.
 *
 * @since 0.1.0
 * @category codecs
 */
export const optional = Schema.optional

/**
 * A list, joined with commas. An item that holds a comma cannot be sent and is an `OkParameterError`, as is a list that
 * is empty, or longer than the method allows.
 *
 * @since 0.1.0
 * @category codecs
 */
export const list = <A, I extends string>(
  item: Schema.Schema<A, I>,
  options: {
    /** The most items OK.ru takes in one call. */
    readonly max?: number | undefined
    /** The fewest. 1 by default: a parameter without a value presumably counts as missing (100), no source says; 0 where it means something. */
    readonly min?: number | undefined
  } = {}
): Schema.Schema<ReadonlyArray<A>, string> => {
  const { max = Infinity, min = 1 } = options
  const joined = Schema.transformOrFail(Schema.String, Schema.Array(Schema.String), {
    strict: true,
    decode: (text) => ParseResult.succeed(text === "" ? [] : text.split(",")),
    encode: (items, _, ast) => {
      const problem = items.length > max
        ? `at most ${count(max)}, got ${items.length}`
        : items.length < min
        ? `at least ${count(min)}, got ${items.length}`
        : items.some((item) => item.includes(","))
        ? "an item of a list cannot hold a comma"
        : undefined
      return problem === undefined
        ? ParseResult.succeed(items.join(","))
        : ParseResult.fail(new ParseResult.Type(ast, undefined, problem))
    }
  })
  return Schema.compose(joined, Schema.Array(item), { strict: false })
}

const count = (items: number): string => items === 1 ? "1 item" : `${items} items`

/**
 * A value that is sent as JSON text, made once: the text that is signed is the text that is sent.
 *
 * @since 0.1.0
 * @category codecs
 */
export const json = <A, I>(schema: Schema.Schema<A, I>): Schema.Schema<A, string> => Schema.parseJson(schema)

/**
 * One of the names that OK.ru documents, or one it added since, written as {@link unlisted}.
 *
 * @example
 * ```ts
 * import { OkParam } from "@effect-okru/core"
 *
 * const Direction = OkParam.oneOf("FORWARD", "BACKWARD")
 * // Direction takes "FORWARD", "BACKWARD" and OkParam.unlisted("AROUND"), but not "AROUND"
 * ```
 *
 * @since 0.1.0
 * @category codecs
 */
export const oneOf = <const Names extends readonly [string, ...Array<string>]>(
  ...names: Names
): Schema.Schema<Names[number] | Unlisted, string> =>
  Schema.Union(Schema.Literal(...names), Unlisted).pipe(unchangedIf("string"))

/**
 * A name that OK.ru knows and this library does not, see {@link unlisted}.
 *
 * @since 0.1.0
 * @category models
 */
export type Unlisted = string & Brand.Brand<"@effect-okru/core/OkParam/Unlisted">

const Unlisted = Schema.String.pipe(Schema.brand("@effect-okru/core/OkParam/Unlisted"))

/**
 * A name that is not in the list of a parameter yet, sent as it is. What a model does not know is left out of an answer: a field
 * that was asked for like this is in the body as it came, which `OkCall.passError` gives.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlisted: (name: string) => Unlisted = Brand.nominal<Unlisted>()

/**
 * The names of the fields that an answer is to hold, joined with commas.
 *
 * @since 0.1.0
 * @category codecs
 */
export const fields = <Name extends string, I extends string>(
  name: Schema.Schema<Name, I>
): Schema.Schema<ReadonlyArray<Name>, string> => list(name)

/**
 * The name of a field of a model, for {@link fields}. A model's keys are the names that can be asked for, but for some that
 * come along with others, and beside some that bring what has another name.
 *
 * @since 0.1.0
 * @category codecs
 */
export const fieldOf = <A, I, const But extends keyof A & string = never, const Also extends string = never>(
  model: Schema.Schema<A, I>,
  options: {
    /** Keys of the model that are no names of fields. */
    readonly but?: ReadonlyArray<But> | undefined
    /** Names of fields that are no keys of the model. */
    readonly also?: ReadonlyArray<Also> | undefined
  } = {}
): Schema.Schema<Exclude<keyof A & string, But> | Also | Unlisted, string> =>
  Schema.suspend(() => {
    const but: ReadonlyArray<PropertyKey> = options.but ?? []
    const names = [...keysOf(model.ast).filter((key) => !but.includes(key)), ...options.also ?? []]
    // The keys of a schema are those of its type, which its tree says nothing of.
    return Schema.Union(Schema.Literal(...names as Array<Exclude<keyof A & string, But> | Also>), Unlisted)
  }).pipe(unchangedIf("string")).annotations({ identifier: "FieldName" })

const keysOf = (ast: AST.AST): ReadonlyArray<PropertyKey> => {
  switch (ast._tag) {
    case "Suspend":
      return keysOf(ast.f())
    case "Transformation":
      return keysOf(ast.to)
    case "TypeLiteral":
      return ast.propertySignatures.map(({ name }) => name)
    default:
      return []
  }
}

const Moment: Schema.Schema<DateTime.DateTime> = Schema.declare(DateTime.isDateTime, {
  identifier: "DateTime",
  arbitrary: () => (fc) => fc.date({ noInvalidDate: true }).map((date) => DateTime.unsafeFromDate(date))
})

const moment = (
  write: (millis: number) => string,
  read: (text: string) => number,
  format: string
): Schema.Schema<DateTime.DateTime, string> => {
  const made = Option.liftThrowable((text: string) => DateTime.unsafeFromDate(new Date(read(text))))
  return Schema.transformOrFail(Schema.String, Moment, {
    strict: true,
    decode: (text, _, ast) =>
      Either.fromOption(
        // What rolls over, as a 13th month does, would be written otherwise than it was read.
        Option.filter(made(text), (moment) => write(DateTime.toEpochMillis(moment)) === text),
        () => new ParseResult.Type(ast, undefined, `expected ${format}`)
      ),
    encode: (moment) => Either.right(write(DateTime.toEpochMillis(moment)))
  })
}

/**
 * A moment as milliseconds since 1970.
 *
 * @since 0.1.0
 * @category dates
 */
export const millis: Schema.Schema<DateTime.DateTime, string> = moment(
  String,
  (text) => /^-?\d+$/.test(text) ? Number(text) : NaN,
  "milliseconds"
)

const moscow = (format: string): Schema.Schema<DateTime.DateTime, string> =>
  moment(
    (millis) => onClock(millis, format),
    (text) => {
      const local = asUtc(text)
      const [before, after] = [local - offset(local - halfDay), local - offset(local + halfDay)] as const
      // Where the clocks are set back an hour comes twice, and the first is meant; where they are set on one is left out.
      return after + offset(after) === local && before + offset(before) !== local ? after : before
    },
    `${format}, Moscow time`
  )

const halfDay = 43_200_000

const units: { readonly [unit: string]: string } = {
  yyyy: "year",
  MM: "month",
  dd: "day",
  HH: "hour",
  mm: "minute",
  ss: "second"
}

/** What clocks in Moscow show. By `Intl`, since the zones of `DateTime` are a kilobyte of a browser's bundle. */
const onClock = (millis: number, format: string): string => {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone: "Europe/Moscow",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit"
  }).formatToParts(millis)
  return format.replace(/\w+/g, (unit) => parts.find(({ type }) => type === units[unit])?.value ?? unit)
}

const asUtc = (text: string): number => {
  const [year = NaN, month = NaN, day = NaN, hours = 0, minutes = 0, seconds = 0] = (text.match(/\d+/g) ?? []).map(
    Number
  )
  return Date.UTC(year, month - 1, day, hours, minutes, seconds)
}

const offset = (millis: number): number => asUtc(onClock(millis, "yyyy-MM-dd HH:mm:ss")) - millis

/**
 * A day in Moscow, `yyyy.MM.dd`.
 *
 * @since 0.1.0
 * @category dates
 */
export const moscowDay: Schema.Schema<DateTime.DateTime, string> = moscow("yyyy.MM.dd")

/**
 * A moment to the minute as clocks in Moscow show it, `yyyy.MM.dd HH:mm`. Seconds are cut off.
 *
 * @since 0.1.0
 * @category dates
 */
export const moscowMinute: Schema.Schema<DateTime.DateTime, string> = moscow("yyyy.MM.dd HH:mm")

/**
 * A moment to the second as clocks in Moscow show it, `yyyy-MM-dd HH:mm:ss`.
 *
 * @since 0.1.0
 * @category dates
 */
export const moscowSecond: Schema.Schema<DateTime.DateTime, string> = moscow("yyyy-MM-dd HH:mm:ss")

/**
 * What must hold between the parameters of a call, checked before it is sent. A broken rule is an `OkParameterError`.
 *
 * @since 0.1.0
 * @category rules
 */
export interface Rule<out Name extends string> {
  readonly names: ReadonlyArray<Name>
  /** What is wrong with what is to be sent, or `undefined`. */
  readonly broken: (sent: { readonly [name: string]: string }, hasUser: boolean) => string | undefined
}

const counted = <Name extends string>(
  names: ReadonlyArray<Name>,
  allowed: (given: number) => boolean,
  text: string
): Rule<Name> => ({
  names,
  broken: (sent) => allowed(names.filter((name) => name in sent).length) ? undefined : `${names.join(", ")}: ${text}`
})

/**
 * One of these, and only one.
 *
 * @since 0.1.0
 * @category rules
 */
export const exactlyOne = <const Name extends string>(...names: ReadonlyArray<Name>): Rule<Name> =>
  counted(names, (given) => given === 1, "give exactly one of them")

/**
 * One of these, or none.
 *
 * @since 0.1.0
 * @category rules
 */
export const atMostOne = <const Name extends string>(...names: ReadonlyArray<Name>): Rule<Name> =>
  counted(names, (given) => given <= 1, "give only one of them")

/**
 * At least one of these.
 *
 * @since 0.1.0
 * @category rules
 */
export const atLeastOne = <const Name extends string>(...names: ReadonlyArray<Name>): Rule<Name> =>
  counted(names, (given) => given >= 1, "give at least one of them")

/**
 * All of these, or none.
 *
 * @since 0.1.0
 * @category rules
 */
export const allOrNone = <const Name extends string>(...names: ReadonlyArray<Name>): Rule<Name> =>
  counted(names, (given) => given === 0 || given === names.length, "give all of them or none")

/**
 * A parameter that says which user is meant, and without which a call that has no user's session makes no sense.
 *
 * @since 0.1.0
 * @category rules
 */
export const userWithoutSession = <const Name extends string>(name: Name): Rule<Name> => ({
  names: [name],
  broken: (sent, hasUser) => hasUser || name in sent ? undefined : `${name}: is required where the session has no user`
})

/**
 * Parameters that several methods share, put together with those of one. What a spread would do, but a bundler can leave
 * a call out that it could not leave out a spread.
 *
 * @since 0.1.0
 * @category constructors
 */
export const merge: {
  <A extends Fields, B extends Fields>(a: A, b: B): Types.MergeRight<A, B>
  <A extends Fields, B extends Fields, C extends Fields>(a: A, b: B, c: C): Types.MergeRight<Types.MergeRight<A, B>, C>
  <A extends Fields, B extends Fields, C extends Fields, D extends Fields>(
    a: A,
    b: B,
    c: C,
    d: D
  ): Types.MergeRight<Types.MergeRight<Types.MergeRight<A, B>, C>, D>
} = (...parts: ReadonlyArray<Fields>) => Object.assign({}, ...parts)
