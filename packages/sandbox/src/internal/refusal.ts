import type { Json } from "@effect-okru/core/Json"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Either from "effect/Either"

const reasons = {
  3: "METHOD",
  4: "REQUEST",
  10: "PERMISSION_DENIED",
  50: "NOT_ADMIN",
  100: "PARAM",
  101: "PARAM_API_KEY",
  102: "PARAM_SESSION_EXPIRED",
  103: "PARAM_SESSION_KEY",
  104: "PARAM_SIGNATURE",
  110: "PARAM_USER_ID",
  160: "PARAM_GROUP_ID",
  220: "PARAM_FIELDSET",
  300: "NOT_FOUND",
  401: "AUTH_LOGIN",
  402: "AUTH_LOGIN_CAPTCHA",
  403: "AUTH_LOGIN_WEB_HUMAN_CHECK",
  451: "NOT_SESSION_METHOD",
  453: "SESSION_REQUIRED"
} as const

type Code = keyof typeof reasons

/** What OK.ru says instead of an answer. */
export class Refusal extends Data.TaggedError("Refusal")<{
  readonly code: Code
  readonly text: string
  /** What the body says besides. */
  readonly more?: { readonly [name: string]: Json }
}> {}

/** A refusal, where an answer is expected. */
export const refuse = (
  code: Code,
  text: string,
  more: { readonly [name: string]: Json } = {}
): Either.Either<never, Refusal> => Either.left(new Refusal({ code, text, more }))

/** OK.ru's content type, to the letter. */
export const jsonResponse = (
  body: Json,
  headers: { readonly [name: string]: string } = {}
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(JSON.stringify(body), { contentType: "application/json;charset=utf-8", headers })

/** HTTP 200 all the same: the header is what says that it is an error. */
export const toResponse = ({ code, more, text }: Refusal): HttpServerResponse.HttpServerResponse =>
  jsonResponse(
    { error_code: code, error_msg: `${reasons[code]} : ${text}`, error_data: null, ...more },
    { "Invocation-Error": String(code) }
  )
