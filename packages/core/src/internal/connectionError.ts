import * as Predicate from "effect/Predicate"
import { OkTransportError } from "../OkError.js"
import type { Request } from "../OkTransport.js"
import { redact, type Secretive } from "./redact.js"

/** What the failure of a request says of it. */
export type Named = Pick<Request, "method"> & Secretive

/** The failure of a connection, in the words of its causes, which cannot show what was sent. */
export const connectionError = (
  request: Named,
  cause: unknown,
  options: {
    /** Whether anything can have been sent. Where that is not known, the causes say it. */
    readonly sent?: boolean | undefined
    readonly status?: number | undefined
    /** What to say where the causes say nothing. */
    readonly words: string
  }
): OkTransportError => {
  const causes = causesOf(cause)
  const words = causes.flatMap((cause) => [cause, ...errorsOf(cause)]).map(describe).filter((text) => text !== "")
  return new OkTransportError({
    method: request.method,
    reason: causes.some((cause) => timeouts.includes(codeOf(cause)))
      ? "Timeout"
      : options.sent ?? !causes.some(isBeforeSending)
      ? "Interrupted"
      : "NotConnected",
    ...statusOf(options.status),
    detail: redact(words.length === 0 ? options.words : [...new Set(words)].join(": "), request)
  })
}

/** The largest answer that a transport reads, where nobody says another: 32 MB. */
export const defaultMaxBytes = 32 * 1024 * 1024

/** An answer beyond the bound of a transport. */
export const answerTooLarge = (request: Pick<Request, "method">, status: number, maxBytes: number): OkTransportError =>
  new OkTransportError({
    method: request.method,
    reason: "TooLarge",
    ...statusOf(status),
    detail: `the answer is larger than ${maxBytes} bytes`
  })

// A client of somebody's own can have no number here, or one that no error can be written down with.
const statusOf = (status: number | undefined) => status !== undefined && Number.isSafeInteger(status) ? { status } : {}

const causesOf = (cause: unknown, depth = 0): ReadonlyArray<unknown> =>
  cause === undefined || cause === null || depth > 5
    ? []
    : [cause, ...(Predicate.hasProperty(cause, "cause") ? causesOf(cause.cause, depth + 1) : [])]

// Of a host with several addresses: an error for each that was tried.
const errorsOf = (cause: unknown): ReadonlyArray<unknown> => cause instanceof AggregateError ? cause.errors : []

const describe = (cause: unknown): string =>
  Predicate.hasProperty(cause, "message") && typeof cause.message === "string" ? cause.message : ""

/** What Node calls the failure. */
export const codeOf = (cause: unknown): string =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : ""

// No byte of the request has left. A connection that stands can find its host unreachable, too, in the middle of a request.
const isBeforeSending = (cause: unknown): boolean =>
  errorsOf(cause).length > 0
    ? errorsOf(cause).every(isBeforeSending)
    : beforeSending.includes(codeOf(cause)) ||
      (unreachable.includes(codeOf(cause)) && Predicate.hasProperty(cause, "syscall") && cause.syscall === "connect")

const beforeSending = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT", "ERR_INVALID_URL"]

const unreachable = ["EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"]

const timeouts = ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]
