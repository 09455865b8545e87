/**
 * The small transport, straight on `fetch`: for a browser, where each kilobyte counts. A bundle with it leaves out all of
 * `@effect/platform`'s `HttpClient`, and a call costs less than over one.
 *
 * A page can read answers of another origin only where that allows it (CORS), which OK.ru documents nowhere. Elsewhere each
 * call fails with an `OkTransportError` of the reason `"Interrupted"`: a page is not told whether anything was sent.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { constVoid } from "effect/Function"
import * as Layer from "effect/Layer"
import { answerTooLarge, connectionError, defaultMaxBytes } from "./internal/connectionError.js"
import { contentType } from "./internal/form.js"
import type { OkTransportError } from "./OkError.js"
import * as OkTransport from "./OkTransport.js"

/**
 * How to fetch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** A `fetch` of your own. By default the global one, as it is when a request is sent. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** More of fetch's settings, for every request: `cache`, `credentials`, `priority`. */
  readonly init?: Omit<RequestInit, "body" | "method" | "redirect" | "signal"> | undefined
  /** The largest answer that is read, in bytes after decompression. 32 MB by default. */
  readonly maxBytes?: number | undefined
}

/**
 * A transport over `fetch`. Redirects are not followed: what is signed with a user's token is for one host only.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): OkTransport.Service => {
  const { init, maxBytes = defaultMaxBytes } = options
  const get: RequestInit = { ...init, redirect: "manual" }
  const headers = new Headers(get.headers)
  headers.set("content-type", contentType)
  const post: RequestInit = { ...get, method: "POST", headers }

  const fetched = (request: OkTransport.Request, signal: AbortSignal): Promise<Response> => {
    const fetch = options.fetch ?? globalThis.fetch
    return request.verb === "GET"
      ? fetch(`${request.url}?${request.form()}`, { ...get, signal })
      : fetch(request.url, { ...post, body: request.form(), signal })
  }

  const exchange = async (
    request: OkTransport.Request,
    controller: AbortController
  ): Promise<Effect.Effect<OkTransport.Response, OkTransportError>> => {
    let status: number | undefined
    try {
      const response = await fetched(request, controller.signal)
      status = response.status
      const body = await bodyOf(response, maxBytes)
      if (body === undefined) {
        controller.abort()
        return Effect.fail(answerTooLarge(request, status, maxBytes))
      }
      return Effect.succeed({ status, body, invocationError: response.headers.get("invocation-error")?.split(",")[0] })
    } catch (cause) {
      const sent = status === undefined ? undefined : true
      return Effect.fail(connectionError(request, cause, { sent, status, words: "the connection failed" }))
    }
  }

  const start = (
    request: OkTransport.Request,
    resume: (result: Effect.Effect<OkTransport.Response, OkTransportError>) => void
  ): Effect.Effect<void> => {
    const controller = new AbortController()
    let isGivenUp = false
    const answer = async () => {
      const result = await exchange(request, controller)
      if (!isGivenUp) {
        resume(result)
      }
    }
    answer().catch((defect) => resume(Effect.die(defect)))
    return Effect.sync(() => {
      isGivenUp = true
      controller.abort()
    })
  }

  return {
    send: (request) => Effect.async((resume) => start(request, resume)),
    dispatch: (request, _, resume) => start(request, resume)
  }
}

/**
 * The small transport, for `OkClient.layer` in place of `OkClient.layerHttp`.
 *
 * @example
 * ```ts
 * import * as Fetch from "@effect-okru/core/fetch"
 * import * as OkClient from "@effect-okru/core/OkClient"
 * import * as OkConfig from "@effect-okru/core/OkConfig"
 * import * as Signature from "@effect-okru/core/Signature"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = OkClient.layer().pipe(
 *   Layer.provide([Signature.layer, Fetch.layer()]),
 *   Layer.provideMerge(OkConfig.layer({ applicationId: "1", applicationKey: "TEST" }))
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<OkTransport.OkTransport> =>
  Layer.sync(OkTransport.OkTransport, () => make(options))

/** `undefined` for one beyond the bound. */
const bodyOf = async (response: Response, maxBytes: number): Promise<string | undefined> => {
  const { body, headers, type } = response
  const length = headers.get("content-length")
  if (Number(length) > maxBytes) {
    body?.cancel().catch(constVoid)
    return undefined
  }
  // A browser hides from a page of another origin that an answer was compressed.
  if (body === null || (length !== null && type !== "cors" && !headers.has("content-encoding"))) {
    return response.text()
  }
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let bytes = 0
  let text = ""
  for (;;) {
    const { done, value } = await reader.read()
    if (done) {
      return text + decoder.decode()
    }
    bytes += value.byteLength
    if (bytes > maxBytes) {
      reader.cancel().catch(constVoid)
      return undefined
    }
    text += decoder.decode(value, { stream: true })
  }
}
