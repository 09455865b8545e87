/**
 * What the backend answers to, and what it says when something fails.
 */
import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as Permissions from "@effect-okru/auth/Permissions"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import { OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as BrowserSession from "./BrowserSession.js"
import * as Pages from "./Pages.js"
import * as Site from "./Site.js"

// `users.getCurrentUser` needs a permission for the user's e-mail address only, which nobody reads here.
const scope = Permissions.of(Friends.get, Users.getInfo)

/** The answer is not there in time. */
class TooLate extends Data.TaggedError("TooLate")<{ readonly message: string }> {}

/** A form that is not of a page of the session it came with. */
class ForeignForm extends Data.TaggedError("ForeignForm") {}

// The cookie goes out with the answer, so this is provided to each request.
const State = Layer.unwrapEffect(Effect.map(Site.Site, ({ secure }) => OAuthState.layerCookie({ secure })))

const seeOther = (location: string) => HttpServerResponse.redirect(location, { status: 303 })

const home = Effect.gen(function*() {
  const sessions = yield* BrowserSession.BrowserSession
  return Option.match(yield* sessions.current, { onNone: () => Pages.welcome, onSome: Pages.welcomeBack })
})

const login = Effect.gen(function*() {
  const { redirectUri } = yield* Site.Site
  return seeOther(yield* AuthorizationCode.start({ redirectUri, scope }))
}).pipe(Effect.provide(State))

const callback = Effect.gen(function*() {
  const { redirectUri } = yield* Site.Site
  const { url } = yield* HttpServerRequest.HttpServerRequest
  const manager = yield* SessionManager.SessionManager
  const sessions = yield* BrowserSession.BrowserSession
  const credentials = yield* AuthorizationCode.finish({ url, redirectUri, scope })
  // A token does not say whose it is.
  const { uid } = yield* Users.getCurrentUser({ fields: ["uid"] }).pipe(
    Effect.provide(OkSession.layerServer({ accessToken: credentials.accessToken }))
  )
  yield* manager.save(uid, credentials)
  return yield* sessions.start(uid, seeOther("/friends"))
}).pipe(Effect.provide(State))

// As many as OK.ru tells about in one call.
const shown = 100

const people = Effect.gen(function*() {
  const [me, ids] = yield* Effect.all([Users.getCurrentUser({ fields: ["uid", "name"] }), Friends.get()], {
    concurrency: 2
  })
  const friends = ids.length === 0
    ? []
    : yield* Users.getInfo({ uids: ids.slice(0, shown), fields: ["uid", "name"] })
  return { me, friends, total: ids.length }
})

const friends = Effect.gen(function*() {
  const { formToken, user } = yield* BrowserSession.required
  const found = yield* Effect.provide(people, SessionManager.sessionFor(user))
  return Pages.friends({ ...found, formToken })
})

const logoutForm = HttpServerRequest.schemaBodyUrlParams(Schema.Struct({ formToken: Schema.String }))

const logout = Effect.gen(function*() {
  const { formToken, user } = yield* BrowserSession.required
  const form = yield* logoutForm
  // Under `Referrer-Policy: no-referrer` browsers say `Origin: null`, so it is the token that tells.
  if (!OAuthState.equals(formToken, form.formToken)) {
    return yield* new ForeignForm()
  }
  const manager = yield* SessionManager.SessionManager
  const sessions = yield* BrowserSession.BrowserSession
  // First, so that whatever fails after it leaves nobody logged in.
  const response = yield* sessions.end(user, seeOther("/"))
  yield* manager.forget(user)
  return response
})

const routes = HttpRouter.empty.pipe(
  HttpRouter.get("/", home),
  HttpRouter.get("/login", login),
  HttpRouter.get(Site.callbackPath, callback),
  HttpRouter.get("/friends", friends),
  HttpRouter.post("/logout", logout)
)

type Failure = Effect.Effect.Error<typeof routes> | TooLate

/** The page for a failure. It repeats nothing of what came from outside. */
const pageOf = (error: Failure): HttpServerResponse.HttpServerResponse => {
  switch (error._tag) {
    case "NotLoggedIn":
      return Pages.notLoggedIn
    case "ReauthorizationRequired":
      return Pages.sessionOver(error.authorizeUrl)
    case "OkSessionExpired":
      return Pages.sessionOver("/login")
    case "OAuthDenied":
      return Pages.denied
    case "OAuthStateError":
      return Pages.stateRefused(error.reason)
    case "OAuthRejected":
      // What stands in the address of the callback, anybody could have put there.
      return Pages.loginRefused(error.request === "authorize" ? 400 : 502)
    case "OkPermissionDenied":
      return Pages.notPermitted
    case "ForeignForm":
      return Pages.formRefused
    case "ParseError":
    case "RequestError":
      return Pages.formUnreadable
    case "RouteNotFound":
      return Pages.notFound
    // What is kept on our side cannot be reached, or OK.ru asks for a pause.
    case "BadArgument":
    case "SystemError":
    case "TokenStoreError":
    case "OAuthStateUnavailable":
    case "OkSessionUnavailable":
    case "OkThrottled":
      return Pages.unavailable
    case "TooLate":
      return Pages.tooLate
    // Keys that do not fit, parameters that cannot be sent: nobody but us can mend it.
    case "OkInvalidParameter":
    case "OkParameterError":
    case "OkSignatureError":
    case "OkSigningError":
      return Pages.broken
    default:
      return Pages.okFailed
  }
}

const explain = (error: Failure): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  const page = pageOf(error)
  // In quotes: it can hold what OK.ru sent, or an address.
  const log = Effect.annotateLogs(
    page.status < 500 ? Effect.logDebug("refused") : Effect.logError("failed"),
    { status: page.status, error: error._tag, message: JSON.stringify(error.message) }
  )
  return Effect.as(log, page)
}

/**
 * A user waits for the answer: better none than a late one, whatever it is that hangs. Around the page for a failure as well: of
 * an effect that fails a time-out drops what was set in its fiber, the cookies of the answer.
 */
const inTime = Effect.timeoutFail({
  duration: "10 seconds",
  onTimeout: () => new TooLate({ message: "nothing came of the request in 10 seconds" })
})

/** All of it, with a page for whatever can fail and the security headers on every answer. */
export const app = routes.pipe(
  Effect.catchAll(explain),
  inTime,
  Effect.catchAll(explain),
  Effect.catchAllDefect((defect) => Effect.as(Effect.logError("a defect", defect), Pages.broken)),
  Effect.zipWith(Site.Site, (response, site) => HttpServerResponse.setHeaders(response, Pages.securityHeaders(site)))
)
