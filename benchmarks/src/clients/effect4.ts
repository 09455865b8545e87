/**
 * What a user of Effect 4 puts together from its own client over `fetch`: `json` and `everything` as in `platform.ts`. Its
 * process has no Effect 3 in it.
 */
import * as Effect from "effect4/Effect"
import * as Fiber from "effect4/Fiber"
import * as FetchHttpClient from "effect4/http/FetchHttpClient"
import * as HttpClient from "effect4/http/HttpClient"
import * as HttpClientRequest from "effect4/http/HttpClientRequest"
import * as ManagedRuntime from "effect4/ManagedRuntime"
import * as Schedule from "effect4/Schedule"
import * as Schema from "effect4/Schema"
import { isCurrentUser } from "../answer.js"
import type { Client, Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

/** As `fromEffect` does for Effect 3: calls from inside of a program, a fiber for each that is under way. */
const fromEffect = <A, E>(call: Effect.Effect<A, E, HttpClient.HttpClient>): Client => {
  const runtime = ManagedRuntime.make(FetchHttpClient.layer)
  return {
    call: () => runtime.runPromise(call),
    isRight: isCurrentUser,
    run: (concurrency, more) => {
      const lane = Effect.forkChild(Effect.whileLoop({ while: () => more(1), body: () => call, step: () => {} }))
      return runtime.runPromise(
        Effect.flatMap(
          Effect.replicateEffect(lane, concurrency),
          (lanes) => Effect.forEach(lanes, Fiber.join, { discard: true })
        )
      )
    }
  }
}

const sendJson = (origin: string) =>
  Effect.suspend(() =>
    HttpClient.execute(
      HttpClientRequest.bodyText(HttpClientRequest.post(`${origin}/fb.do`), signed(parameters), contentType)
    )
  ).pipe(Effect.flatMap((response) => response.json))

export const json: Make = (origin) => fromEffect(sendJson(origin))

export const everything: Make = (origin) =>
  fromEffect(
    sendJson(origin).pipe(
      Effect.flatMap(decode),
      Effect.timeout("10 seconds"),
      Effect.retry({ times: 3, schedule: Schedule.exponential("200 millis"), while: HttpClient.isTransientError }),
      Effect.withSpan("ok users.getCurrentUser", { kind: "client" })
    )
  )

class ApiError extends Schema.TaggedError<ApiError>()("ApiError", {
  error_code: Schema.Int,
  error_msg: Schema.String
}) {}

const isApiError = (body: unknown): boolean => typeof body === "object" && body !== null && "error_code" in body

const ErrorBody = Schema.Struct({ error_code: Schema.Int, error_msg: Schema.String })

const decodeError = (body: unknown) =>
  Effect.map(Schema.decodeUnknownEffect(ErrorBody)(body), (error) => new ApiError(error))

const decode = (body: unknown) => isApiError(body) ? Effect.flatMap(decodeError(body), Effect.fail) : decodeUser(body)

const decodeUser = Schema.decodeUnknownEffect(Schema.Struct({
  uid: Schema.String,
  locale: Schema.optional(Schema.String),
  first_name: Schema.optional(Schema.String),
  last_name: Schema.optional(Schema.String),
  name: Schema.optional(Schema.String),
  gender: Schema.optional(Schema.Literals(["male", "female"])),
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
