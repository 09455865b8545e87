/**
 * The user that a test needs: one who is signed in, has granted everything that methods need, and goes through the dialogs
 * of the sandbox without a browser.
 *
 * @example
 * ```ts
 * import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
 * import * as OAuthState from "@effect-okru/auth/OAuthState"
 * import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const redirectUri = "http://127.0.0.1:8080/callback"
 *
 * const test = Effect.gen(function*() {
 *   const authorizeUrl = yield* AuthorizationCode.start({ redirectUri, scope: ["VALUABLE_ACCESS"] })
 *   const url = yield* SandboxUser.comeBack(authorizeUrl)
 *   return yield* AuthorizationCode.finish({ url, redirectUri })
 * }).pipe(
 *   Effect.provide([Sandbox.layerHttpClient, OAuthState.layerMemory()]),
 *   Effect.provide(Sandbox.layerOkConfig),
 *   Effect.provide(Sandbox.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as Cookies from "@effect/platform/Cookies"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { loginAction } from "./internal/oauth/pages.js"
import { Sandbox, type User } from "./Sandbox.js"

/**
 * The first of the sandbox's users, as of now.
 *
 * @since 0.1.0
 * @category users
 */
export const first: Effect.Effect<User, never, Sandbox> = Effect.flatMap(
  Sandbox,
  ({ users }) => Effect.map(users, ([user]) => user)
)

/**
 * Opens the address that an application sends its users to, logs in, and gives the address that the user is sent back to,
 * without going there. Each time in a browser that nobody has used before; as the {@link first} user unless another is
 * given.
 *
 * A user who is not sent back is a mistake in the test, and a defect: who has not granted all of the scope, or is asked for
 * more than a password by `challenge`.
 *
 * @since 0.1.0
 * @category dialogs
 */
export const comeBack = (
  authorizeUrl: string,
  user?: User
): Effect.Effect<string, HttpClientError, HttpClient.HttpClient | Sandbox> =>
  Effect.gen(function*() {
    const { login, password } = user ?? (yield* first)
    const opened = yield* HttpClient.get(authorizeUrl)
    const sentOn = opened.headers["location"]
    // Back already: the application made a mistake that it is told of.
    if (sentOn !== undefined && !sentOn.startsWith("/")) {
      return sentOn
    }
    if (opened.status >= 400) {
      return yield* Effect.dieMessage(`SandboxUser: there is no dialog at that address: ${textOf(yield* opened.text)}`)
    }
    const answer = yield* HttpClientRequest.post(new URL(loginAction, authorizeUrl).href).pipe(
      HttpClientRequest.setHeader("cookie", Cookies.toCookieHeader(opened.cookies)),
      HttpClientRequest.bodyUrlParams({
        "fr.posted": "set",
        "fr.email": login,
        "fr.password": Redacted.value(password)
      }),
      HttpClient.execute
    )
    const { location } = answer.headers
    // Only from one dialog to the next is an address without its origin.
    return location === undefined || location.startsWith("/")
      ? yield* Effect.dieMessage(
        `SandboxUser: ${login} is not sent back, but to ${location ?? `a page: ${textOf(yield* answer.text)}`}`
      )
      : location
  }).pipe(
    // Where the user is sent back to, nobody has to listen; of the clients, only that of fetch would go there.
    Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
  )

// What a page says, without what it is made of.
const textOf = (page: string): string =>
  page.replace(/<head>.*<\/head>|<[^<>]*>/gs, " ").replace(/\s+/g, " ").trim().slice(0, 200)
