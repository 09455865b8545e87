import * as OkConfig from "@effect-okru/core/OkConfig"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"

export const secretKey = "test-application-secret-key"

export const application: OkConfig.Options = {
  applicationId: "123456",
  applicationKey: "TESTKEY",
  applicationSecretKey: Redacted.make(secretKey)
}
export const config = OkConfig.layer(application)
export const configWithoutSecret = OkConfig.layer({ ...application, applicationSecretKey: undefined })

/** A request as a server sees it. */
export interface Seen {
  readonly verb: string
  readonly url: URL
  readonly form: { readonly [name: string]: string }
  readonly cookies: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: ReadonlyArray<readonly [string, string]>
  readonly body?: string
}

const textOf = (request: HttpClientRequest.HttpClientRequest): string =>
  request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""

/** A client that answers with a function and keeps what it was given. `undefined` is a broken connection. */
export const fake = (answer: (seen: Seen, index: number) => Reply | undefined) => {
  const seen: Array<Seen> = []
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const one: Seen = {
        verb: request.method,
        url,
        form: Object.fromEntries(new URLSearchParams(textOf(request))),
        cookies: request.headers["cookie"] ?? ""
      }
      seen.push(one)
      const reply = answer(one, seen.length - 1)
      if (reply === undefined) {
        return new HttpClientError.RequestError({
          request,
          reason: "Transport",
          cause: Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })
        })
      }
      const { body = "", headers = [], status = 200 } = reply
      const web = new Response(status >= 300 && status < 400 ? null : body, {
        status,
        headers: headers.map(([name, value]): [string, string] => [name, value])
      })
      return Effect.succeed(HttpClientResponse.fromWeb(request, web))
    })
  )
  return { seen, client, layer: Layer.succeed(HttpClient.HttpClient, client) }
}

export const json = (body: unknown, status = 200): Reply => ({
  status,
  headers: [["content-type", "application/json"]],
  body: JSON.stringify(body)
})

/** Every way in which a value ends up in a log. */
export const printed = (value: unknown): string =>
  [
    JSON.stringify(value),
    String(value),
    inspect(value, { depth: Infinity, maxStringLength: null, showHidden: true }),
    Cause.pretty(Cause.fail(value), { renderErrorCause: true }),
    JSON.stringify(Cause.fail(value)),
    value instanceof Error ? `${value.message} ${value.stack}` : ""
  ].join("\n")
