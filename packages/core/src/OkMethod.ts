/**
 * A REST method as a value: a row of OK.ru's table that can be called.
 *
 * @example
 * ```ts
 * import { OkField, OkMethod, OkParam } from "@effect-okru/core"
 * import * as Schema from "effect/Schema"
 *
 * export const isAppUser = OkMethod.make("users.isAppUser", {
 *   session: "optional",
 *   permissions: [],
 *   kind: "read",
 *   params: { uid: OkParam.optional(OkParam.string) },
 *   success: OkField.boolean
 * })
 *
 * const call = isAppUser({ uid: "1" }) // Effect<boolean, OkError, OkClient | OkAnySession>
 * ```
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import type { LazyArg } from "effect/Function"
import * as ParseResult from "effect/ParseResult"
import type { Pipeable } from "effect/Pipeable"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Types from "effect/Types"
import { describeIssue } from "./internal/issue.js"
import { fromRow } from "./internal/method.js"
import * as Parser from "./internal/parser.js"
import { methodTypeId } from "./internal/typeId.js"
import type { Json } from "./Json.js"
import type * as OkCall from "./OkCall.js"
import { OkDecodeError, OkParameterError } from "./OkError.js"
import * as OkParam from "./OkParam.js"
import type * as OkSession from "./OkSession.js"

/**
 * Marks a method: what {@link isOkMethod} looks for.
 *
 * @since 0.1.0
 * @category type ids
 */
export const TypeId: typeof methodTypeId = methodTypeId

/**
 * The type of that mark.
 *
 * @since 0.1.0
 * @category type ids
 */
export type TypeId = typeof TypeId

/**
 * Whether a method is called with a user's session, without one, or either way. OK.ru's own words. `"optional"` is so for
 * applications inside of OK.ru: of an external one, which uses OAuth, the official pages demand a user's session.
 *
 * @since 0.1.0
 * @category models
 */
export type Session = "required" | "optional" | "prohibited"

/**
 * The service that a method of a kind of session needs. One that must not be signed needs none.
 *
 * @since 0.1.0
 * @category models
 */
export type SessionService<S extends Session, Signed extends boolean> = Signed extends false ? never
  : S extends "required" ? OkSession.OkSession
  : S extends "prohibited" ? OkSession.OkAppSession
  : OkSession.OkAnySession

/**
 * The values a program passes.
 *
 * @since 0.1.0
 * @category models
 */
export type Params<P extends OkParam.Fields> = Types.Simplify<Schema.Struct.Type<P>>

/**
 * How well an answer's shape is known: from the official page, from some of it, or from what clients were seen to get.
 *
 * @since 0.1.0
 * @category models
 */
export type Confidence = "documented" | "partial" | "inferred"

/**
 * What a row says.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<
  S extends Session,
  Permission extends string,
  P extends OkParam.Fields,
  A,
  I,
  Signed extends boolean
> {
  readonly session: S
  /** The scopes the user must have granted. */
  readonly permissions: ReadonlyArray<Permission>
  /** A `read` can be sent again when nobody knows whether it arrived; a `write` cannot. */
  readonly kind: "read" | "write"
  readonly params: P & OkParam.Wire<P>
  /** What must hold between the parameters. */
  readonly rules?: ReadonlyArray<OkParam.Rule<keyof P & string>> | undefined
  readonly success: Schema.Schema<A, I>
  readonly confidence?: Confidence | undefined
  /** `true` for what a policy must never send again, whatever the failure: it moves money or signs in. */
  readonly once?: boolean | undefined
  /** `false` for what the manual of `aiookru`, which the set of methods comes from, does not have. */
  readonly manual?: boolean | undefined
  /** `false` for the few methods that must not be signed: no signature, no token, no session needed. */
  readonly sig?: Signed | undefined
}

/**
 * What every method has, whatever its types: what tables, checks and sandboxes read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Any extends Pipeable {
  readonly [TypeId]: TypeId
  /** OK.ru's name, `users.getInfo`. */
  readonly name: string
  readonly session: Session
  readonly permissions: ReadonlyArray<string>
  readonly kind: "read" | "write"
  readonly params: OkParam.Fields
  readonly rules: ReadonlyArray<OkParam.Rule<string>>
  readonly success: Schema.Schema.AnyNoContext
  readonly confidence: Confidence
  readonly signed: boolean
  /** Whether the manual of `aiookru` has it. */
  readonly manual: boolean
  /** Never sent again by a policy. */
  readonly once: boolean
  /** From the values a program passes to the texts that are signed and sent. What is `undefined` is left out. */
  readonly encode: (params: unknown) => Either.Either<{ readonly [name: string]: string }, OkParameterError>
  /** From a body, and the values that were passed, to the method's result. */
  readonly decode: (body: Json, params: unknown) => Either.Either<unknown, OkDecodeError>
}

/**
 * A REST method with its types: its name, the session it needs, the scopes it asks for, its parameters and its result.
 *
 * @since 0.1.0
 * @category models
 */
export interface OkMethod<
  out Name extends string,
  out S extends Session,
  out Permission extends string,
  in out P extends OkParam.Fields,
  out A,
  out Signed extends boolean = true
> extends Any {
  /** Makes the call: data, and an effect. */
  (...params: Arguments<Params<P>>): OkCall.OkCall<A, SessionService<S, Signed>>
  readonly name: Name
  readonly session: S
  readonly permissions: ReadonlyArray<Permission>
  readonly params: P
  readonly signed: Signed
}

/**
 * A method without a required parameter can be called with nothing.
 *
 * @since 0.1.0
 * @category models
 */
export type Arguments<Params> = {} extends Params ? [params?: Params] : [params: Params]

/**
 * Any method, as something that can be called.
 *
 * @since 0.1.0
 * @category models
 */
export type Callable = Any & ((params: never) => OkCall.Any)

/**
 * What a method is called with.
 *
 * @since 0.1.0
 * @category models
 */
export type ParamsOf<M> = M extends (params: infer Params) => OkCall.Any ? Exclude<Params, undefined> : never

/**
 * What a method answers.
 *
 * @since 0.1.0
 * @category models
 */
export type AnswerOf<M> = M extends (params: never) => OkCall.OkCall<infer A, infer _R> ? A : never

/**
 * The session that a method needs.
 *
 * @since 0.1.0
 * @category models
 */
export type SessionOf<M> = M extends (params: never) => OkCall.OkCall<infer _A, infer R> ? R : never

/**
 * Whether a value is a method.
 *
 * @since 0.1.0
 * @category guards
 */
export const isOkMethod = (u: unknown): u is Any => Predicate.hasProperty(u, TypeId)

/**
 * A method from its row.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <
  const Name extends string,
  const S extends Session,
  const Permission extends string,
  P extends OkParam.Fields,
  A,
  I,
  const Signed extends boolean = true
>(
  name: Name,
  row: Options<S, Permission, P, A, I, Signed>
): OkMethod<Name, S, Permission, P, A, Signed> => suspend(name, () => row)

/**
 * A method whose row is made when it is first used: a module of many methods costs next to nothing to import. `Row` is what
 * the function was seen to return, so that a key which no row has does not compile.
 *
 * @example
 * ```ts
 * import { OkField, OkMethod, OkParam } from "@effect-okru/core"
 *
 * export const isAppUser = OkMethod.suspend("users.isAppUser", () => ({
 *   session: "optional",
 *   permissions: [],
 *   kind: "read",
 *   params: { uid: OkParam.optional(OkParam.string) },
 *   success: OkField.boolean
 * }))
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const suspend = <
  const Name extends string,
  const S extends Session,
  const Permission extends string,
  P extends OkParam.Fields,
  A,
  I,
  Row,
  const Signed extends boolean = true
>(
  name: Name,
  row: LazyArg<Row & Options<S, Permission, P, A, I, Signed> & Known<Row>>
): OkMethod<Name, S, Permission, P, A, Signed> =>
  // `fromRow` makes the function and its properties one by one, which no single expression can be typed as.
  fromRow(name, () => {
    const options: Options<S, Permission, P, A, I, Signed> = row()
    return { ...options, encode: fieldsEncoder(name, options.params), decode: decoder(name, options.success) }
  }) as OkMethod<Name, S, Permission, P, A, Signed>

type Known<Row> = {
  readonly [Key in Exclude<keyof Row, keyof Options<Session, string, {}, unknown, unknown, boolean>>]: never
}

/**
 * What a method without a row can be given.
 *
 * @since 0.1.0
 * @category models
 */
export type UntypedParams = { readonly [name: string]: Json | undefined }

/**
 * A method without a row.
 *
 * @since 0.1.0
 * @category models
 */
export interface Untyped<S extends Session, Signed extends boolean> extends Any {
  (params?: UntypedParams): OkCall.OkCall<Json, SessionService<S, Signed>>
  readonly session: S
  readonly signed: Signed
}

/**
 * A method that this library does not know: what OK.ru added yesterday, what is documented nowhere. Any parameters, and
 * the body as it comes. A list of texts, numbers and flags is joined with commas, any other list, one with a comma in a text, and
 * every object is sent as JSON.
 *
 * Signing in is `Password.signIn` of `@effect-okru/auth`, to which the password is a secret; here it would be a text like any other.
 *
 * @example
 * ```ts
 * import { OkMethod } from "@effect-okru/core"
 *
 * const call = OkMethod.untyped("group.newMethod", { session: "required", kind: "read" })({ gid: "51", count: 10 })
 *
 * const transfer = OkMethod.untyped("group.newTransfer", { session: "required", once: true })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const untyped = <const S extends Session = "optional", const Signed extends boolean = true>(
  name: string,
  options: {
    readonly session?: S | undefined
    readonly permissions?: ReadonlyArray<string> | undefined
    /** `"write"` unless said otherwise, so that nothing is sent twice by mistake. */
    readonly kind?: "read" | "write" | undefined
    /** `true` for what a policy must never send again, whatever the failure: it moves money or signs in. */
    readonly once?: boolean | undefined
    readonly sig?: Signed | undefined
  } = {}
): Untyped<S, Signed> =>
  // As in `suspend`.
  fromRow(name, () => ({
    session: options.session ?? "optional",
    permissions: options.permissions ?? [],
    kind: options.kind ?? "write",
    params: {},
    success: Schema.Unknown,
    once: options.once,
    sig: options.sig,
    manual: false,
    encode: untypedEncoder(name),
    decode: decoder(name, Schema.Unknown)
  })) as Untyped<S, Signed>

/**
 * The answer of a method that nobody documented: whatever comes.
 *
 * @since 0.1.0
 * @category answers
 */
export const Undocumented: Schema.Schema<unknown> = Schema.Unknown.annotations({
  identifier: "Undocumented",
  description: "an answer that no source documents"
})

type Encode = Any["encode"]

// A schema is compiled when its method is first called: a program imports many methods and calls some.
const fieldsEncoder = (name: string, fields: OkParam.Fields): Encode => {
  let parse: ((params: unknown) => unknown) | undefined
  let explain: ((params: unknown) => Either.Either<Encoded, ParseResult.ParseIssue>) | undefined
  return (params) => {
    // `OkParam.Wire` has seen to it that every field encodes to a string and needs no service.
    const schema = () => Schema.Struct(fields) as unknown as Schema.Schema<unknown, Encoded>
    const failed = (issue: string) => new OkParameterError({ method: name, issue })
    try {
      parse ??= Parser.encoder(schema())
      const encoded = parse(params)
      if (encoded !== Parser.refused) {
        return Either.right(withoutUndefined(encoded as Encoded))
      }
      explain ??= ParseResult.encodeUnknownEither(schema(), { onExcessProperty: "error" })
      return Either.mapBoth(explain(params), {
        onLeft: (issue) => failed(describeIssue(issue)),
        onRight: withoutUndefined
      })
    } catch (error) {
      // A schema that refers to itself follows a value as deep as the stack goes, and a date can be none.
      if (error instanceof RangeError) {
        return Either.left(failed("a value is nested too deeply, or a date out of range"))
      }
      throw error
    }
  }
}

type Encoded = { readonly [name: string]: string | undefined }

const withoutUndefined = (encoded: Encoded): { readonly [name: string]: string } =>
  Object.values(encoded).includes(undefined)
    ? Object.fromEntries(Object.entries(encoded).filter((entry): entry is [string, string] => entry[1] !== undefined))
    // What is all there is what it says.
    : encoded as { readonly [name: string]: string }

const untypedEncoder = (name: string): Encode => (params) => {
  // `Untyped` is called with nothing else.
  const entries = Object.entries(params as UntypedParams)
  const refused = (issue: string) => new OkParameterError({ method: name, issue })
  const taken = entries.find(([name]) => OkParam.own.some((own) => own === name))
  return taken !== undefined
    ? Either.left(refused(`${taken[0]} is set by the library`))
    : Either.try({
      try: () => withoutUndefined(Object.fromEntries(entries.map(([name, value]) => [name, untypedText(value)]))),
      catch: () => refused("a value has no JSON text")
    })
}

const untypedText = (value: Json | undefined): string | undefined =>
  value === undefined || typeof value === "string"
    ? value
    : typeof value !== "object" || value === null
    ? String(value)
    : Array.isArray(value) && value.every((item) => typeof item !== "object" && !String(item).includes(","))
    ? value.join(",")
    : JSON.stringify(value)

const decoder = (name: string, success: Schema.Schema.AnyNoContext): Any["decode"] => {
  let parse: ((body: unknown) => unknown) | undefined
  let explain: ((body: unknown) => Either.Either<unknown, ParseResult.ParseIssue>) | undefined
  return (body) => {
    const failed = (issue: string) => new OkDecodeError({ method: name, issue, body: Redacted.make(body) })
    try {
      parse ??= Parser.decoder(success)
      const decoded = parse(body)
      if (decoded !== Parser.refused) {
        return Either.right(decoded)
      }
      explain ??= ParseResult.decodeUnknownEither(success)
      return Either.mapLeft(explain(body), (issue) => failed(describeIssue(issue)))
    } catch (error) {
      if (error instanceof RangeError) {
        // A schema that refers to itself follows the body as deep as the stack goes.
        return Either.left(failed("is nested too deeply"))
      }
      if (error instanceof TypeError) {
        // Schema makes a text of what stands in the place of a tag, which an object with a `toString` of its own has none of.
        return Either.left(failed("cannot be read: it may have an object in the place of a text"))
      }
      throw error
    }
  }
}
