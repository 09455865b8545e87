/**
 * From a body to its meaning: what is an error, what is an answer, what is neither.
 *
 * - An object with an integer `error_code` is an error, whatever the HTTP status and the content type; so is any answer
 *   with the header `Invocation-Error`, and the text `3:METHOD : …` that old servers sent.
 * - `[]`, `{}`, `0`, `false`, `null`, a bare string or number and an empty body (read as `null`) are answers.
 * - A gateway's page and truncated JSON are failures of the transport.
 *
 * Facts: https://apiok.ru/en/dev/errors, and recordings in public clients.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { redact, redactStart, withoutNamedSecrets } from "./internal/redact.js"
import * as Json from "./Json.js"
import * as OkError from "./OkError.js"
import type { Request, Response } from "./OkTransport.js"

/**
 * An answer of OK.ru: the body, and the error it stands for, if it does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  readonly body: Json.Json
  readonly error: OkError.OkApiError | undefined
}

const excerptLength = 120

/**
 * Reads a response.
 *
 * @since 0.1.0
 * @category reading
 */
export const read = (request: Request, response: Response): Either.Either<Answer, OkError.OkTransportError> => {
  const parsed = Json.parse(response.body)
  const body = Either.isRight(parsed) ? parsed.right : response.body
  const code = codeOf(response, body)
  if (code !== undefined) {
    return Either.right({ body, error: errorOf(request, code, messageOf(body), body) })
  }
  const plain = Either.isRight(parsed) ? null : /^(\d{1,9}):([A-Z][A-Z0-9_]* : .*)$/s.exec(response.body)
  if (plain !== null) {
    return Either.right({ body, error: errorOf(request, Number(plain[1]), plain[2] ?? "", body) })
  }
  const failure = (reason: "NotJson" | "Status") =>
    Either.left(
      new OkError.OkTransportError({
        method: request.method,
        reason,
        // A transport of somebody's own can have no number here, or one that no error can be written down with.
        ...(Number.isSafeInteger(response.status) && { status: response.status }),
        detail: excerpt(response.body, request)
      })
    )
  return Either.isLeft(parsed)
    ? failure("NotJson")
    : response.status >= 200 && response.status < 300
    ? Either.right({ body, error: undefined })
    : failure("Status")
}

const codeOf = ({ invocationError }: Response, body: Json.Json): number | undefined =>
  Predicate.hasProperty(body, "error_code") && Number.isInteger(body.error_code)
    ? Number(body.error_code)
    : invocationError !== undefined && /^\d{1,9}$/.test(invocationError)
    ? Number(invocationError)
    : undefined

const messageOf = (body: Json.Json): string =>
  Predicate.hasProperty(body, "error_msg") && typeof body.error_msg === "string" ? body.error_msg : ""

const errorOf = (request: Request, code: number, message: string, body: Json.Json): OkError.OkApiError => {
  const clean = redact(message, request)
  const colon = clean.indexOf(" : ")
  const named = colon >= 0 && /^[A-Z][A-Z0-9_]*$/.test(clean.slice(0, colon))
  return OkError.fromCode({
    method: request.method,
    code,
    reason: named ? clean.slice(0, colon) : undefined,
    detail: named ? clean.slice(colon + 3) : clean,
    body,
    clean: (text) => redact(text, request)
  })
}

// A line's worth of a page says which gateway it was. Tags say nothing.
const excerpt = (body: string, request: Request): string => {
  const text = withoutNamedSecrets(
    redactStart(body, 16 * excerptLength, request).replace(/<[^<>]*>/g, " ").replace(/\s+/g, " ").trim()
  )
  return text.length > excerptLength ? `${text.slice(0, excerptLength)}…` : text
}
