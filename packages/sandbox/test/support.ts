/*
 * Requests as a stranger to the client would make them: put together and signed by hand.
 */
import { Sandbox } from "@effect-okru/sandbox"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash } from "node:crypto"

export type Parameters = { readonly [name: string]: string }

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

export const sigOf = (parameters: Parameters, secret: string): string =>
  md5(Object.keys(parameters).sort().map((name) => `${name}=${parameters[name]}`).join("") + secret)

/** A sandbox of the test's own. */
export const sandbox = (options?: Sandbox.Options) =>
  Layer.provideMerge(Sandbox.layerHttpClient, Sandbox.layer(options))

export const secretKey = Effect.map(
  Sandbox.Sandbox,
  ({ application }) => Redacted.value(application.secretKey)
)

const read = (request: HttpClientRequest.HttpClientRequest) =>
  Effect.gen(function*() {
    const response = yield* HttpClient.execute(request)
    const text = yield* response.text
    return { status: response.status, headers: response.headers, text }
  })

/** A form as it is, to whatever address. */
export const post = (path: string, form: Parameters, url = "https://api.ok.ru") =>
  read(HttpClientRequest.bodyText(
    HttpClientRequest.post(`${url}${path}`),
    new URLSearchParams(form).toString(),
    "application/x-www-form-urlencoded"
  ))

export const get = (path: string, query: Parameters, url = "https://api.ok.ru") =>
  read(HttpClientRequest.get(`${url}${path}?${new URLSearchParams(query)}`))

/** What a call sends for the application, signed with its secret key. */
export const asApplication = (method: string, parameters: Parameters = {}) =>
  Effect.gen(function*() {
    const { application } = yield* Sandbox.Sandbox
    const signed = { ...parameters, application_key: application.key, format: "json", method }
    return { ...signed, sig: sigOf(signed, Redacted.value(application.secretKey)) }
  })

/** What a call sends for a user, the first one unless another is given, signed with the session's secret key. */
export const asUser = (method: string, parameters: Parameters = {}, other?: Sandbox.User) =>
  Effect.gen(function*() {
    const { application, users } = yield* Sandbox.Sandbox
    const user = other ?? (yield* users)[0]
    const signed = { ...parameters, application_key: application.key, format: "json", method }
    return {
      ...signed,
      sig: sigOf(signed, Redacted.value(user.sessionSecretKey)),
      access_token: Redacted.value(user.accessToken)
    }
  })

/** The body, whatever it says. */
export const send = <E, R>(form: Effect.Effect<Parameters, E, R>) =>
  Effect.map(Effect.flatMap(form, (form) => post("/fb.do", form)), ({ text }): unknown => JSON.parse(text))

/** The body of a refusal. */
export const refusal = (code: number, message: string) => ({ error_code: code, error_msg: message, error_data: null })
