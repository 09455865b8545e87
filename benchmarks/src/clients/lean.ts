/**
 * An `HttpClient` of one's own by `HttpClient.makeWith`, straight over `Pool.dispatch`: no URL object, no `AbortController`, no
 * registry of answers. What somebody puts together who knows what each of these costs.
 *
 * - `json`: signs, sends, parses.
 * - `everything`: the same with an error check, a schema, a time-out by a timer and a retry that is made when it is needed.
 * - `traced`: the same with a span.
 */
import * as Headers from "@effect/platform/Headers"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpIncomingMessage from "@effect/platform/HttpIncomingMessage"
import * as Effect from "effect/Effect"
import * as Inspectable from "effect/Inspectable"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import { type Dispatcher, Pool } from "undici"
import type { Make } from "../Client.js"
import { fromEffect } from "../EffectClient.js"
import { contentType, parameters, signed } from "../form.js"
import { decode, isTransient } from "./platform.js"

// As many as the floor has.
const connections = 64

const makeClient = (origin: string, millis?: number): HttpClient.HttpClient => {
  const pool = new Pool(origin, { connections })
  return HttpClient.makeWith(
    (ready: Effect.Effect<HttpClientRequest.HttpClientRequest>) =>
      Effect.flatMap(ready, (request) => exchanged(pool, request.url.slice(origin.length), request, millis)),
    Effect.succeed
  )
}

const exchanged = (
  pool: Pool,
  path: string,
  request: HttpClientRequest.HttpClientRequest,
  millis: number | undefined
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError> =>
  Effect.async((resume) => {
    let controller: Dispatcher.DispatchController | undefined
    let isOver = false
    let status = 0
    let headers: Headers.Input = {}
    const chunks: Array<Buffer> = []
    const end = (result: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError>) => {
      clearTimeout(timer)
      resume(result)
    }
    const fail = (cause: unknown) =>
      end(Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause })))
    const giveUp = () => {
      isOver = true
      clearTimeout(timer)
      controller?.abort(new Error("given up"))
    }
    const timer = millis === undefined ? undefined : setTimeout(() => {
      giveUp()
      fail(new Error("timed out"))
    }, millis)
    pool.dispatch({ method: request.method, path, headers: request.headers, body: bodyOf(request) }, {
      onRequestStart: (started) => {
        controller = started
        if (isOver) {
          giveUp()
        }
      },
      onResponseStart: (_, statusCode, received) => {
        status = statusCode
        headers = received
      },
      onResponseData: (_, chunk) => {
        chunks.push(chunk)
      },
      onResponseEnd: () => end(Effect.succeed(new Answer(request, status, headers, Buffer.concat(chunks)))),
      onResponseError: (_, cause) => fail(cause)
    })
    return Effect.sync(giveUp)
  })

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): string | Uint8Array | null =>
  body._tag === "Uint8Array" ? body.body : body._tag === "Raw" && typeof body.body === "string" ? body.body : null

class Answer extends Inspectable.Class implements HttpClientResponse.HttpClientResponse {
  readonly [HttpIncomingMessage.TypeId]: HttpIncomingMessage.TypeId = HttpIncomingMessage.TypeId
  readonly [HttpClientResponse.TypeId]: HttpClientResponse.TypeId = HttpClientResponse.TypeId
  readonly request: HttpClientRequest.HttpClientRequest
  readonly status: number
  readonly #headers: Headers.Input
  readonly #body: Buffer

  constructor(request: HttpClientRequest.HttpClientRequest, status: number, headers: Headers.Input, body: Buffer) {
    super()
    this.request = request
    this.status = status
    this.#headers = headers
    this.#body = body
  }

  get text() {
    return Effect.succeed(this.#body.toString())
  }

  get json(): Effect.Effect<unknown, HttpClientError.ResponseError> {
    return Effect.try({
      try: () => JSON.parse(this.#body.toString()),
      catch: (cause) =>
        new HttpClientError.ResponseError({ request: this.request, response: this, reason: "Decode", cause })
    })
  }

  get headers() {
    return Headers.fromInput(this.#headers)
  }

  // What is seldom asked for.
  get #web() {
    const { headers, status } = this
    return HttpClientResponse.fromWeb(this.request, new Response(new Uint8Array(this.#body), { status, headers }))
  }

  get cookies() {
    return this.#web.cookies
  }

  get remoteAddress() {
    return Option.none()
  }

  get stream() {
    return this.#web.stream
  }

  get arrayBuffer() {
    return this.#web.arrayBuffer
  }

  get formData() {
    return this.#web.formData
  }

  get urlParamsBody() {
    return this.#web.urlParamsBody
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, { request: this.request.toJSON(), status: this.status })
  }
}

const sendJson = (origin: string, millis?: number) => {
  const client = makeClient(origin, millis)
  const request = HttpClientRequest.post(`${origin}/fb.do`, { headers: { "content-type": contentType } })
  return Effect.suspend(() => client.execute(HttpClientRequest.setBody(request, HttpBody.raw(signed(parameters)))))
    .pipe(
      Effect.flatMap((response) => response.json)
    )
}

const checked = (origin: string) => {
  const attempt = Effect.flatMap(sendJson(origin, 10_000), decode)
  const again = Effect.suspend(() =>
    Effect.retry(attempt, { times: 2, schedule: Schedule.exponential("400 millis"), while: isTransient })
  )
  return Effect.catchAll(
    attempt,
    (error) => isTransient(error) ? Effect.delay(again, "200 millis") : Effect.fail(error)
  )
}

export const json: Make = (origin) => fromEffect(sendJson(origin), Layer.empty)

export const everything: Make = (origin) => fromEffect(checked(origin), Layer.empty)

export const traced: Make = (origin) =>
  fromEffect(Effect.withSpan(checked(origin), "ok users.getCurrentUser", { kind: "client" }), Layer.empty)
