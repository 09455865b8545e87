/*
 * What a request says, whichever API it is for.
 */
import type { RequestError } from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"

export type Parameters = { readonly [name: string]: string }

const form = "application/x-www-form-urlencoded"

/** Query and form together. A name that is in both counts as the query has it. */
export const readParameters: Effect.Effect<Parameters, RequestError, HttpServerRequest.HttpServerRequest> = Effect.gen(
  function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    const query = request.url.indexOf("?")
    const fromQuery = new URLSearchParams(query < 0 ? "" : request.url.slice(query + 1))
    const body = request.method === "POST" && (request.headers["content-type"] ?? "").startsWith(form)
      ? yield* request.text
      : ""
    return Object.fromEntries([...new URLSearchParams(body), ...fromQuery])
  }
)

export const pathOf = ({ url }: HttpServerRequest.HttpServerRequest): string => url.replace(/\?.*$/s, "")

/** Where it was sent to: in process its address says so, on a port the header. */
export const originOf = ({ headers, originalUrl }: HttpServerRequest.HttpServerRequest): string =>
  URL.canParse(originalUrl) ? new URL(originalUrl).origin : `http://${headers["host"] ?? "127.0.0.1"}`
