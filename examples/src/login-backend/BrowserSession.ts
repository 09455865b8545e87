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
  /** That of the user when the browser logged in. With another one the session is over. */
  generation: Schema.String,
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
  /** Logs the user out of every browser, and this one with this response. Who logs in later brings none of them back. */
  readonly end: (
    user: string,
    response: Response
  ) => Effect.Effect<Response, PlatformError.PlatformError, Request>
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

// A store of files refuses to remove what is not there.
const removeIfThere = (store: KeyValueStore.KeyValueStore, key: string) =>
  Effect.whenEffect(store.remove(key), store.has(key))

export const layer: Layer.Layer<BrowserSession, never, KeyValueStore.KeyValueStore | Site.Site> = Layer.effect(
  BrowserSession,
  Effect.gen(function*() {
    const store = yield* KeyValueStore.KeyValueStore
    const sessions = KeyValueStore.prefix(store, "browser-session/")
    // By user, a random text from the first log-in to the next log-out: all sessions of that time have it.
    const generations = KeyValueStore.prefix(store, "browser-generation/")
    const random = yield* SecureRandom.SecureRandom
    const { secure } = yield* Site.Site
    const name = secure ? "__Host-session" : "session"
    const attributes = { httpOnly: true, path: "/", sameSite: "lax", secure } as const
    const secret = Effect.map(random.bytes(32), Encoding.encodeBase64Url)

    const find = (id: string) =>
      Effect.gen(function*() {
        const session = Option.flatMap(yield* sessions.get(keyOf(id)), decode)
        if (Option.isNone(session)) {
          return session
        }
        const now = yield* Clock.currentTimeMillis
        const generation = yield* generations.get(session.value.user)
        return Option.filter(
          session,
          (session) => session.expiresAt > now && Option.contains(generation, session.generation)
        )
      })

    const generationOf = (user: string) =>
      Effect.flatMap(
        generations.get(user),
        Option.match({
          onSome: Effect.succeed,
          onNone: () => Effect.tap(secret, (fresh) => generations.set(user, fresh))
        })
      )

    const cookie = Effect.map(
      HttpServerRequest.HttpServerRequest,
      ({ cookies }) => Option.filter(Option.fromNullable(cookies[name]), (id) => id !== "")
    )

    const remove = Effect.flatMap(
      cookie,
      Option.match({ onNone: () => Effect.void, onSome: (id) => removeIfThere(sessions, keyOf(id)) })
    )

    return {
      current: Effect.flatMap(cookie, Option.match({ onNone: () => Effect.succeedNone, onSome: find })),
      start: (user, response) =>
        Effect.gen(function*() {
          yield* remove
          const generation = yield* generationOf(user)
          const id = yield* secret
          const formToken = yield* secret
          const expiresAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(life)
          yield* sessions.set(keyOf(id), encode({ user, formToken, generation, expiresAt }))
          return HttpServerResponse.unsafeSetCookie(response, name, id, { ...attributes, maxAge: life })
        }),
      end: (user, response) =>
        Effect.zipRight(removeIfThere(generations, user), remove).pipe(
          Effect.as(HttpServerResponse.expireCookie(response, name, attributes))
        )
    }
  })
)
