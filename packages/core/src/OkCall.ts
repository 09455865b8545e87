/**
 * A method applied to parameters: pure data, and an `Effect` whose meaning is the typed interpreter. The same value can
 * be given another meaning, {@link passError}, or be looked at before it is sent, {@link request}.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { callTypeId } from "./internal/typeId.js"
import type { Json } from "./Json.js"
import * as OkClient from "./OkClient.js"
import type { OkError, OkParameterError, OkRequestError, OkSessionError, OkSigningError } from "./OkError.js"
import type * as OkMethod from "./OkMethod.js"
import type { Request } from "./OkTransport.js"

/**
 * Marks a call: what {@link isOkCall} looks for.
 *
 * @since 0.1.0
 * @category type ids
 */
export const TypeId: typeof callTypeId = callTypeId

/**
 * The type of that mark.
 *
 * @since 0.1.0
 * @category type ids
 */
export type TypeId = typeof TypeId

/**
 * A call that has not been made. `A` is its result, `R` the session it needs.
 *
 * @since 0.1.0
 * @category models
 */
export interface OkCall<out A, out R> extends Effect.Effect<A, OkError, OkClient.OkClient | R> {
  readonly [TypeId]: TypeId
  readonly method: OkMethod.Any
  /** The values that were passed, not yet encoded. */
  readonly params: unknown
}

/**
 * A call whose result and session do not matter.
 *
 * @since 0.1.0
 * @category models
 */
export type Any = OkCall<unknown, unknown>

/**
 * Whether a value is a call.
 *
 * @since 0.1.0
 * @category guards
 */
export const isOkCall = (u: unknown): u is Any => Predicate.hasProperty(u, TypeId)

/**
 * The body as OK.ru sent it, an error or not: `pass_error` of the Python library `aiookru`, as another meaning of the same
 * call. Nothing was decoded, so the result is `Json` whatever the method; an API error is a value, so what is left to
 * fail is the request itself.
 *
 * Takes a call, not any effect: after `Effect.map` there is no body any more.
 *
 * @example
 * ```ts
 * import { OkCall } from "@effect-okru/core"
 * import * as Friends from "@effect-okru/methods/Friends"
 *
 * const body = Friends.get().pipe(OkCall.passError)
 * // { error_code: 102, error_msg: "PARAM_SESSION_EXPIRED : Session expired", error_data: null }
 * ```
 *
 * @since 0.1.0
 * @category interpreters
 */
export const passError = <A, R>(self: OkCall<A, R>): Effect.Effect<Json, OkRequestError, OkClient.OkClient | R> =>
  OkClient.passError.interpret(self)

/**
 * The request that a call would send, signed, without sending it: to see what is signed, to compare, to hand it to
 * something else. Its secrets are `Redacted`.
 *
 * @since 0.1.0
 * @category interpreters
 */
export const request = <A, R>(
  self: OkCall<A, R>
): Effect.Effect<Request, OkParameterError | OkSigningError | OkSessionError, OkClient.OkClient | R> =>
  OkClient.request(self)
