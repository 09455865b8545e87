/**
 * What an Effect user puts together from `@effect/platform`, on any of its clients.
 *
 * - `bare`: a POST of a form that is ready, and the text of the answer: what the `HttpClient` itself costs.
 * - `json`: signs, sends, parses.
 * - `everything`: the same with an error check, a schema, retries, a time-out and a span.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { isTextOfCurrentUser } from "../answer.js"
import type { Make } from "../Client.js"
import { fromEffect } from "../EffectClient.js"
import { contentType, parameters, signed } from "../form.js"

export type HttpLayer = Layer.Layer<HttpClient.HttpClient>

const send = (
  origin: string,
  form: string
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError.HttpClientError, HttpClient.HttpClient> =>
  HttpClient.execute(HttpClientRequest.bodyText(HttpClientRequest.post(`${origin}/fb.do`), form, contentType))

const text = (origin: string) => {
  const form = signed(parameters)
  return Effect.flatMap(Effect.suspend(() => send(origin, form)), (response) => response.text)
}

const sendJson = (origin: string) =>
  Effect.flatMap(Effect.suspend(() => send(origin, signed(parameters))), (response) => response.json)

export const bare = (http: HttpLayer): Make => (origin) => fromEffect(text(origin), http, isTextOfCurrentUser)

/** Without the span that an `HttpClient` makes by itself. */
export const bareUntraced = (http: HttpLayer): Make => (origin) =>
  fromEffect(
    text(origin).pipe(
      Effect.provideServiceEffect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, HttpClient.withTracerDisabledWhen(() => true))
      )
    ),
    http,
    isTextOfCurrentUser
  )

export const json = (http: HttpLayer): Make => (origin) => fromEffect(sendJson(origin), http)

export const everything = (http: HttpLayer): Make => (origin) =>
  fromEffect(
    sendJson(origin).pipe(
      Effect.flatMap(decode),
      Effect.timeout("10 seconds"),
      Effect.retry({ times: 3, schedule: Schedule.exponential("200 millis"), while: isTransient }),
      Effect.withSpan("ok users.getCurrentUser", { kind: "client" })
    ),
    http
  )

class ApiError extends Schema.TaggedError<ApiError>()("ApiError", {
  error_code: Schema.Int,
  error_msg: Schema.String
}) {}

const isApiError = (body: unknown): boolean => typeof body === "object" && body !== null && "error_code" in body

const ErrorBody = Schema.Struct({ error_code: Schema.Int, error_msg: Schema.String })

const decodeError = (body: unknown) => Effect.map(Schema.decodeUnknown(ErrorBody)(body), (error) => new ApiError(error))

export const isTransient = (error: { readonly _tag: string }): boolean =>
  error._tag === "RequestError" || error._tag === "TimeoutException"

/** The user, or the error that came in its place. */
export const decode = (body: unknown) =>
  isApiError(body) ? Effect.flatMap(decodeError(body), Effect.fail) : decodeUser(body)

const decodeUser = Schema.decodeUnknown(Schema.Struct({
  uid: Schema.String,
  locale: Schema.optional(Schema.String),
  first_name: Schema.optional(Schema.String),
  last_name: Schema.optional(Schema.String),
  name: Schema.optional(Schema.String),
  gender: Schema.optional(Schema.Literal("male", "female")),
  age: Schema.optional(Schema.Int),
  birthday: Schema.optional(Schema.String),
  has_email: Schema.optional(Schema.Boolean),
  has_phone: Schema.optional(Schema.Boolean),
  private: Schema.optional(Schema.Boolean),
  location: Schema.optional(Schema.Struct({
    city: Schema.optional(Schema.String),
    country: Schema.optional(Schema.String),
    countryCode: Schema.optional(Schema.String),
    countryName: Schema.optional(Schema.String)
  })),
  online: Schema.optional(Schema.String),
  last_online: Schema.optional(Schema.String),
  last_online_ms: Schema.optional(Schema.Int),
  friends_count: Schema.optional(Schema.Int),
  photo_id: Schema.optional(Schema.String),
  pic_1: Schema.optional(Schema.String),
  pic_2: Schema.optional(Schema.String),
  url_profile: Schema.optional(Schema.String)
}))
