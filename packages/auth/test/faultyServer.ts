/*
 * A server that fails in every way, and repeats in every way what it was sent.
 */
import { OkConfig } from "@effect-okru/core"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { json, secret, type Watched } from "./watch.js"

export interface Sent {
  readonly verb: string
  readonly url: URL
  readonly form: string
  /** All parameters, of the address and the form. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
}

export interface Reply {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}

export type Answer = (sent: Sent, index: number) => Reply | "refused" | "broken" | "silent" | "telling"

export const page = (text: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html" },
  body: `<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Bad Gateway</h1>${text}</body></html>`
})

const entities: { readonly [unit: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (unit) => entities[unit] ?? unit)

const asNumbers = (text: string, write: (code: number) => string): string =>
  text.replace(/[^\w.~-]/g, (unit) => write(unit.charCodeAt(0)))

/** The values that were sent, in every way that a server can write them. */
export const echoes: { readonly [way: string]: (sent: Sent) => string } = {
  "as they are": ({ parameters }) => parameters.map(([name, value]) => `${name}: ${value}`).join(" "),
  "for an address": ({ parameters }) =>
    parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(" "),
  "for a form": ({ parameters }) =>
    parameters.map(([name, value]) => `${new URLSearchParams([[name, value]])}`).join(" "),
  "for a page": ({ parameters }) => parameters.map(([name, value]) => `${name}: ${escapeHtml(value)}`).join(" "),
  "for a page, by numbers": ({ parameters }) =>
    parameters.map(([name, value]) => `${name}: ${asNumbers(value, (code) => `&#0${code};`)}`).join(" "),
  "for an address, in lower case": ({ parameters }) =>
    parameters.map(([name, value]) =>
      `${name}=${encodeURIComponent(value).replace(/%../g, (byte) => byte.toLowerCase())}`
    )
      .join(" "),
  "as JSON": ({ parameters }) => JSON.stringify(Object.fromEntries(parameters)),
  "as JSON of PHP": ({ parameters }) => JSON.stringify(Object.fromEntries(parameters)).replaceAll("/", "\\/"),
  "as JSON that is safe on a page": ({ parameters }) =>
    `{${
      parameters.map(([name, value]) =>
        `"${name}":"${asNumbers(value, (code) => `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`)}"`
      ).join()
    }}`,
  "as the request was": ({ form, url }) => `${url} ${form}`
}

const fail = (request: HttpClientRequest.HttpClientRequest, message: string, code: string) =>
  new HttpClientError.RequestError({
    request,
    reason: "Transport",
    cause: new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) })
  })

/** A client that answers with a function; what it is given to open is looked at. */
export const wire = (answer: Answer, watched: Watched, verb: "POST" | "GET" = "POST") => {
  let index = 0
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.suspend(() => {
        const form = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        const parameters = [...url.searchParams, ...new URLSearchParams(form)]
        const sent = { verb: request.method, url, form, parameters }
        if (verb === "POST" && !url.pathname.endsWith("/oauth/authorize")) {
          watched.see("URL", `${request.url} ${url}`)
        }
        Object.entries(request.headers).forEach(([name, value]) =>
          watched.see(`header ${name}`, name === "cookie" ? "" : value)
        )
        const reply = answer(sent, index++)
        switch (reply) {
          case "refused":
            return fail(request, "connect ECONNREFUSED 127.0.0.1:443", "ECONNREFUSED")
          case "broken":
            return fail(request, "socket hang up", "ECONNRESET")
          case "telling":
            // What a client of somebody's own may say.
            return fail(
              request,
              `could not send ${form} to ${url}: ${parameters.map(([name, value]) => `${name}=${value}`).join()}`,
              "ECONNRESET"
            )
          case "silent":
            return Effect.never
          default: {
            const { body = "", headers = {}, status = 200 } = reply
            const web = new Response(status >= 300 && status < 400 ? null : body, { status, headers })
            return Effect.succeed(HttpClientResponse.fromWeb(request, web))
          }
        }
      })
    )
  )
}

export const config = OkConfig.layer({
  applicationId: "123456",
  applicationKey: "TESTKEY",
  applicationSecretKey: Redacted.make(secret("applicationSecret"))
})

export const silence = "waits for ever"

/** How a server fails. `text` is what an error says. */
export const faults = (
  error: (text: string, code: number) => Reply
): ReadonlyArray<readonly [name: string, answer: Answer]> => [
  ["is refused", () => error("no", 100)],
  ["is refused for ever", () => error("no", 102)],
  ["wants a human", () => error("no", 403)],
  ["gets a page", () => page("<p>try later</p>", 502)],
  ["gets a page with HTTP 200", () => page("<p>try later</p>")],
  ["gets nothing", () => ({ body: "" })],
  ["gets JSON that is no answer", () => ({ body: "[[1]]" })],
  ["gets broken JSON", () => ({ body: "{\"access_token\":\"" })],
  ["finds nobody there", () => "refused"],
  ["loses the connection", () => "broken"],
  ["loses the connection, whose client tells everything", () => "telling"],
  [silence, () => "silent"],
  ...Object.entries(echoes).flatMap(([way, echo]): ReadonlyArray<readonly [string, Answer]> => [
    [`is refused with all that was sent, ${way}`, (sent) => error(echo(sent), 100)],
    [`is refused for ever with all that was sent, ${way}`, (sent) => error(echo(sent), 401)],
    [`gets a page with all that was sent, ${way}`, (sent) => page(echo(sent), 400)],
    [`gets broken JSON with all that was sent, ${way}`, (sent) => ({ body: `{"error":"${echo(sent)}` })],
    [`gets all that was sent for an answer, ${way}`, (sent) => ({ body: json({ [way]: echo(sent) }) })]
  ])
]

/** Waits for all time-outs that there are. That takes some time, so only where there is something to wait for. */
export const patiently =
  (name: string = silence) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    name !== silence ? effect : Effect.gen(function*() {
      const fiber = yield* Effect.fork(effect)
      yield* TestClock.adjust("2 minutes")
      return yield* Fiber.join(fiber)
    })
