/**
 * Asking for some fields only, and a result type that knows which.
 *
 * @since 0.1.0
 */
import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Types from "effect/Types"
import { extend } from "./internal/method.js"
import type { Json } from "./Json.js"
import type * as OkCall from "./OkCall.js"
import { OkDecodeError } from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"

/**
 * A model with the fields that were asked for, and no others. The keys of `Always` are there where it is certain that they were
 * asked for: a place of the list that can hold one name or another is certain of neither. The rest are as optional as the model
 * has them, since OK.ru leaves out what a user hides.
 *
 * A list that is not written down where it is passed, or that holds a name which is no key of the model (`"user.*"`,
 * `OkParam.unlisted("NEW")`), gives the whole model. `Kind` is what names have in front, `photo` in `photo.id`: those of
 * another kind ask for other objects of the answer and say nothing of this one. Where a model has several kinds, a key is
 * certain if it was asked for by itself or of each kind.
 *
 * @since 0.1.0
 * @category models
 */
export type Projected<
  Model,
  Always extends string,
  Fields extends ReadonlyArray<string>,
  Kind extends string = never
> = number extends Fields["length"] ? Model
  : Asked<Model, Certain<Always, Written<Fields>, Kind>, Key<Fields[number], Kind>>

type Asked<Model, Sure, Keys> = [Keys] extends [never] ? Model
  : [Keys] extends [keyof Model] ? Types.Simplify<
      & { readonly [K in Sure & Keys & keyof Model]: Exclude<Model[K], undefined> }
      & Pick<Model, Exclude<Keys, Sure> & keyof Model>
    >
  : Model

type Certain<Always extends string, Names, Kind extends string> = Always extends Names ? Always
  : [Kind] extends [never] ? never
  : [`${Kind}.${Always}`] extends [Names] ? Always
  : never

// The names that are asked for whichever list is meant: the keys of a union are those that all of its members have.
type Written<Fields extends ReadonlyArray<string>> = keyof (
  Fields extends unknown ? { readonly [Name in { [I in keyof Fields]: Single<Fields[I]> }[number]]: never } : never
)

type Single<Name, All = Name> = Name extends unknown ? [All] extends [Name] ? Name : never : never

type Key<Name, Kind extends string> = [Kind] extends [never] ? Name
  : Name extends `${Kind}.${infer Key}` ? Key
  : Name extends `${string}.${string}` ? never
  : Name

/**
 * Where the model stands in an answer: the answer itself, each item of a list, or a member of an envelope.
 *
 * @since 0.1.0
 * @category models
 */
export type At = "self" | "each" | Member

/**
 * A member of an envelope, which holds one model or a list of them.
 *
 * @since 0.1.0
 * @category models
 */
export interface Member {
  /** The member's name. */
  readonly in: string
  /** What the names of its fields have in front: `["photo"]` for `photo.id`. They may be without, too. */
  readonly of?: ReadonlyArray<string> | undefined
  /** Where it stands inside the member. It is the member itself, or each of its items, by default. */
  readonly at?: Member | undefined
}

type Inside<Where> = Where extends { readonly at: infer Deeper extends Member } ? Deeper : "self"

type KindOf<Where> = Where extends { readonly at: infer Deeper } ? KindOf<Deeper>
  : Where extends { readonly of: ReadonlyArray<infer Kind extends string> } ? Kind
  : never

/**
 * An answer with its model narrowed.
 *
 * @since 0.1.0
 * @category models
 */
export type Narrowed<A, Where extends At, Narrow> = Where extends "self" ? Narrow
  : Where extends "each" ? ReadonlyArray<Narrow>
  : Where extends { readonly in: infer K extends keyof A }
    ? { readonly [P in keyof A]: P extends K ? NarrowedMember<A[P], Inside<Where>, Narrow> : A[P] }
  : A

// A member that may be absent may still be.
type NarrowedMember<M, Where extends At, Narrow> = M extends undefined ? undefined
  : M extends ReadonlyArray<infer Item> ? ReadonlyArray<Narrowed<Item, Where, Narrow>>
  : Narrowed<M, Where, Narrow>

type ModelAt<A, Where> = Where extends "self" ? A
  : Where extends "each" ? A extends ReadonlyArray<infer Model> ? Model : never
  : Where extends { readonly in: infer K extends keyof A } ? ModelIn<Exclude<A[K], undefined>, Inside<Where>>
  : never

type ModelIn<M, Where> = M extends ReadonlyArray<infer Item> ? ModelAt<Item, Where> : ModelAt<M, Where>

/**
 * A call whose `fields` narrow its result.
 *
 * @since 0.1.0
 * @category models
 */
export interface Projecting<Params, A, R, Where extends At, Always extends string> {
  <const Fields extends FieldsOf<Params>>(
    params: WithFields<Params, Fields>
  ): OkCall.OkCall<Answer<A, Where, Always, Fields>, R>
  readonly projection: Projection<Params, A, R, Where, Always>
}

/**
 * How a method's result follows from `fields`. The types are for those who derive something from methods; none of them
 * has a value.
 *
 * @since 0.1.0
 * @category models
 */
export interface Projection<Params, A, R, Where extends At, Always extends string> {
  readonly at: Where
  readonly always: ReadonlyArray<Always>
  readonly types?: { readonly params: Params; readonly answer: A; readonly session: R } | undefined
}

/**
 * Parameters with a list of fields that the compiler knows.
 *
 * @since 0.1.0
 * @category models
 */
export type WithFields<Params, Fields> = Omit<Params, "fields"> & { readonly fields: Fields }

/**
 * An answer to a call that asked for some fields.
 *
 * @since 0.1.0
 * @category models
 */
export type Answer<A, Where extends At, Always extends string, Fields extends ReadonlyArray<string>> = Narrowed<
  A,
  Where,
  Projected<ModelAt<A, Where>, Always, Fields, KindOf<Where>>
>

/**
 * The names that a method's `fields` can hold.
 *
 * @since 0.1.0
 * @category models
 */
export type FieldsOf<Params> = Params extends
  { readonly fields?: infer Fields extends ReadonlyArray<string> | undefined } ? Exclude<Fields, undefined>
  : never

/**
 * Makes the result of a method follow from its parameter `fields`.
 *
 * Comes before `OkPage.paged`, whose streams read the answers of the method that they are given.
 *
 * An answer that lacks a key of `always` which certainly was asked for is an `OkDecodeError`.
 *
 * @example
 * ```ts
 * import * as Users from "@effect-okru/methods/Users"
 *
 * const call = Users.getInfo({ uids: ["1"], fields: ["uid", "first_name"] })
 * // Effect<ReadonlyArray<{ readonly uid: string; readonly first_name?: string | undefined }>, …>
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const projected = <const Where extends At, const Always extends string = never>(options: {
  readonly at: Where
  /** The keys that are in every answer that was asked for them. */
  readonly always?: ReadonlyArray<Always> | undefined
}) =>
<M extends OkMethod.Callable>(method: M): ProjectingOf<M, Where, Always> & M => {
  const { always = [], at } = options
  const kinds = kindsOf(at)
  const namesOfKeys = always.map((key) => ({ key, names: kinds.map((kind) => `${kind}.${key}`) }))
  const decode = (body: Json, params: unknown): ReturnType<OkMethod.Any["decode"]> => {
    const decoded = method.decode(body, params)
    const fields = Predicate.hasProperty(params, "fields") && Array.isArray(params.fields) ? params.fields : []
    if (Either.isLeft(decoded) || fields.length === 0) {
      return decoded
    }
    const missing = Array.findFirst(
      namesOfKeys,
      ({ key, names }) =>
        fields.includes(key) || (names.length > 0 && names.every((name) => fields.includes(name)))
          ? lacking(decoded.right, at, key)
          : Option.none()
    )
    return Option.isNone(missing) ? decoded : Either.left(
      new OkDecodeError({
        method: method.name,
        issue: `${missing.value}: is missing, although it was asked for`,
        body: Redacted.make(body)
      })
    )
  }
  // The narrowed call is the same function: only what the compiler knows of its result differs.
  return extend(method, { projection: { at, always } }, { decode }) as unknown as ProjectingOf<M, Where, Always> & M
}

type ProjectingOf<M extends OkMethod.Callable, Where extends At, Always extends string> = Projecting<
  OkMethod.ParamsOf<M>,
  OkMethod.AnswerOf<M>,
  OkMethod.SessionOf<M>,
  Where,
  Always
>

const kindsOf = (at: At): ReadonlyArray<string> =>
  typeof at === "string" ? [] : at.at === undefined ? at.of ?? [] : kindsOf(at.at)

// The path of the first model in an answer that has no such key.
const lacking = (answer: unknown, at: At, key: string, path = ""): Option.Option<string> =>
  Array.isArray(answer)
    ? Array.findFirst(answer, (member, index) => lacking(member, at, key, `${path}[${index}]`))
    : typeof at !== "string"
    ? Predicate.hasProperty(answer, at.in)
      ? lacking(answer[at.in], at.at ?? "self", key, inside(path, at.in))
      : Option.none()
    : Predicate.hasProperty(answer, key)
    ? Option.none()
    : Option.some(inside(path, key))

const inside = (path: string, key: string): string => path === "" ? key : `${path}.${key}`
