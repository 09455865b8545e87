/**
 * Asking for some fields only, and a result type that knows which.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import type * as Types from "effect/Types"
import { extend } from "./internal/method.js"
import type { Json } from "./Json.js"
import type * as OkCall from "./OkCall.js"
import { OkDecodeError } from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"

/**
 * A model with the fields that were asked for, and no others. The keys of `Always` are there whenever they were asked
 * for; the rest are as optional as the model has them, since OK.ru leaves out what a user hides.
 *
 * A list that is not written down where it is passed, or that holds a name which is no key of the model (`"user.*"`,
 * `OkParam.unlisted("NEW")`), gives the whole model.
 *
 * @since 0.1.0
 * @category models
 */
export type Projected<Model, Always extends string, Fields extends ReadonlyArray<string>> = number extends
  Fields["length"] ? Model
  : [Fields[number]] extends [keyof Model] ? Types.Simplify<
      & { readonly [K in Always & Fields[number] & keyof Model]: Exclude<Model[K], undefined> }
      & Pick<Model, Exclude<Fields[number], Always> & keyof Model>
    >
  : Model

/**
 * Where the model stands in an answer: the answer itself, each item of a list, or a member of an envelope, which holds
 * one or a list.
 *
 * @since 0.1.0
 * @category models
 */
export type At = "self" | "each" | { readonly in: string }

/**
 * An answer with its model narrowed.
 *
 * @since 0.1.0
 * @category models
 */
export type Narrowed<A, Where extends At, Narrow> = Where extends "self" ? Narrow
  : Where extends "each" ? ReadonlyArray<Narrow>
  : Where extends { readonly in: infer K extends keyof A } ? Types.Simplify<
      & Omit<A, K>
      & { readonly [_ in K]: A[K] extends ReadonlyArray<unknown> ? ReadonlyArray<Narrow> : Narrow }
    >
  : A

type ModelAt<A, Where extends At> = Where extends "self" ? A
  : Where extends "each" ? A extends ReadonlyArray<infer Model> ? Model : never
  : Where extends { readonly in: infer K extends keyof A } ? A[K] extends ReadonlyArray<infer Model> ? Model : A[K]
  : never

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
  Projected<ModelAt<A, Where>, Always, Fields>
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
 * An answer that lacks a key of `always` which was asked for is an `OkDecodeError`.
 *
 * @example
 * ```ts
 * import * as Users from "@effect-okru/methods/Users"
 *
 * const call = Users.getInfo({ uids: ["1"], fields: ["uid", "first_name"] })
 * // Effect<ReadonlyArray<{ readonly uid: string; readonly first_name?: string }>, …>
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
  const decode = (body: Json, params: unknown): ReturnType<OkMethod.Any["decode"]> =>
    Either.filterOrLeft(
      method.decode(body, params),
      (answer) => missing(answer, params, options.at, options.always) === undefined,
      (answer) =>
        new OkDecodeError({
          method: method.name,
          issue: `${missing(answer, params, options.at, options.always)}: is missing, although it was asked for`,
          body: Redacted.make(body)
        })
    )
  // The narrowed call is the same function: only what the compiler knows of its result differs.
  return extend(method, { decode, projection: { at: options.at, always: options.always ?? [] } }) as unknown as
    & ProjectingOf<M, Where, Always>
    & M
}

type ProjectingOf<M extends OkMethod.Callable, Where extends At, Always extends string> = Projecting<
  OkMethod.ParamsOf<M>,
  OkMethod.AnswerOf<M>,
  OkMethod.SessionOf<M>,
  Where,
  Always
>

const missing = (
  answer: unknown,
  params: unknown,
  at: At,
  always: ReadonlyArray<string> = []
): string | undefined => {
  const fields = Predicate.hasProperty(params, "fields") && Array.isArray(params.fields) ? params.fields : []
  const asked = always.filter((key) => fields.includes(key))
  const models = typeof at === "string" ? answer : Predicate.hasProperty(answer, at.in) ? answer[at.in] : []
  return asked.find((key) => [models].flat().some((model) => !Predicate.hasProperty(model, key)))
}
