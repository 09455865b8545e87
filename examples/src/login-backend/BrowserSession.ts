/**
 * Which user a browser is logged in as. The browser has a random text in a cookie; what it stands for is in the store.
 */
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import type * as PlatformError from "@effect/platform/Error"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import * as Site from "./Site.js"

export const Session = Schema.Struct({
  /** OK.ru's id of the user. */
  user: Schema.String,
  /** Goes into forms, and nobody else can know it: a form that comes back with it is one of ours. */
  formToken: Schema.String,
  expiresAt: Schema.Number
})

export interface Session extends Schema.Schema.Type<typeof Session> {}

/** The browser has no session, or one that is over. */
export class NotLoggedIn extends Data.TaggedError("NotLoggedIn") {}

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse

export interface Service {
  /** The session of the browser that asks. */
  readonly current: Effect.Effect<Option.Option<Session>, PlatformError.PlatformError, Request>
  /** Logs the browser in with this response, under a new text each time. */
  readonly start: (
    user: string,
    response: Response
  ) => Effect.Effect<Response, PlatformError.PlatformError, Request>
  /** Logs the browser out with this response. */
  readonly end: (response: Response) => Effect.Effect<Response, PlatformError.PlatformError, Request>
}

export class BrowserSession extends Context.Tag("login-backend/BrowserSession")<BrowserSession, Service>() {}

/** The session of the browser that asks, where there has to be one. */
export const required: Effect.Effect<
  Session,
  NotLoggedIn | PlatformError.PlatformError,
  BrowserSession | Request
> = Effect.gen(function*() {
  const sessions = yield* BrowserSession
  return yield* Effect.mapError(
    Effect.flatten(sessions.current),
    (error) => error._tag === "NoSuchElementException" ? new NotLoggedIn() : error
  )
})

// As long as OK.ru's refresh tokens.
const life = Duration.days(30)

const SessionJson = Schema.parseJson(Session)
const decode = Schema.decodeOption(SessionJson)
const encode = Schema.encodeSync(SessionJson)

// Whoever reads the store learns no cookie.
const keyOf = (id: string): string => createHash("sha256").update(id).digest("hex")

export const layer: Layer.Layer<BrowserSession, never, KeyValueStore.KeyValueStore | Site.Site> = Layer.effect(
  BrowserSession,
  Effect.gen(function*() {
    const store = KeyValueStore.prefix(yield* KeyValueStore.KeyValueStore, "browser-session/")
    const random = yield* SecureRandom.SecureRandom
    const { secure } = yield* Site.Site
    const name = secure ? "__Host-session" : "session"
    const attributes = { httpOnly: true, path: "/", sameSite: "lax", secure } as const
    const secret = Effect.map(random.bytes(32), Encoding.encodeBase64Url)

    const find = (id: string) =>
      Effect.gen(function*() {
        const session = Option.flatMap(yield* store.get(keyOf(id)), decode)
        const now = yield* Clock.currentTimeMillis
        return Option.filter(session, ({ expiresAt }) => expiresAt > now)
      })

    const cookie = Effect.map(
      HttpServerRequest.HttpServerRequest,
      ({ cookies }) => Option.filter(Option.fromNullable(cookies[name]), (id) => id !== "")
    )

    const remove = Effect.gen(function*() {
      const id = yield* cookie
      if (Option.isSome(id) && (yield* store.has(keyOf(id.value)))) {
        yield* store.remove(keyOf(id.value))
      }
    })

    return {
      current: Effect.flatMap(cookie, Option.match({ onNone: () => Effect.succeedNone, onSome: find })),
      start: (user, response) =>
        Effect.gen(function*() {
          yield* remove
          const id = yield* secret
          const formToken = yield* secret
          const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(life)
          yield* store.set(keyOf(id), encode({ user, formToken, expiresAt }))
          return HttpServerResponse.unsafeSetCookie(response, name, id, { ...attributes, maxAge: life })
        }),
      end: (response) => Effect.as(remove, HttpServerResponse.expireCookie(response, name, attributes))
    }
  })
)
