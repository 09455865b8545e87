/**
 * The parameters that OK.ru adds to the address of a web application inside its pages: who is looking at it, and a session
 * for calls in that user's name. Anybody can open the same address with others, so nothing in them is true before their
 * two signatures are checked, the `api_server` to call least of all. That one is not used even then: calls go to OkConfig's
 * address.
 *
 * What they prove is that OK.ru made them for this user and this application, not when: they carry no time. Whether the
 * session still lives, the first call with it tells. OK.ru signs a text without separators, so parameters whose values hold the name
 * of the user, the session or the application once more (`custom_args` with `logged_user_id=` in it) are refused.
 *
 * @see https://apiok.ru/en/dev/app/
 *
 * @since 0.1.0
 */
import * as Digest from "@effect-okru/core/Digest"
import * as OkConfig from "@effect-okru/core/OkConfig"
import type { OkSigningError } from "@effect-okru/core/OkError"
import type * as OkSession from "@effect-okru/core/OkSession"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Credentials from "./Credentials.js"
import * as Grant from "./Grant.js"
import { applicationSecret } from "./internal/applicationSecret.js"
import * as timingSafe from "./internal/timingSafe.js"
import { LaunchParametersError } from "./OAuthError.js"

/**
 * Launch parameters that OK.ru made for this application.
 *
 * @since 0.1.0
 * @category models
 */
export interface LaunchParameters {
  /** The user, `logged_user_id`. */
  readonly userId: string
  /** Whether the user has granted the application its access. */
  readonly authorized: boolean
  /** The session of that user, on the client circuit. */
  readonly credentials: Credentials.Credentials
  /**
   * All the others, `custom_args`, `refplace` and so on, by OK.ru's names. Without secrets and signatures. The signature is over a text
   * without separators: who may choose `custom_args` can make it read as other names and values, so decide nothing by these.
   */
  readonly parameters: { readonly [name: string]: string }
}

/**
 * Checks launch parameters: `sig`, over all of them, and `auth_sig`, over the user and the session, both in constant time
 * and both required. Fails with `OkSigningError` where OkConfig has no secret key to check them with. That `sig` is over `auth_sig`,
 * too, is by the words of OK.ru's page, and confirmed nowhere.
 *
 * The session is in the address. The logger and the tracer of an HTTP server write addresses down whole, and a server in
 * front of it its access log: switch them off for this page.
 *
 * @example
 * ```ts
 * import * as LaunchParameters from "@effect-okru/auth/LaunchParameters"
 * import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
 * import * as HttpRouter from "@effect/platform/HttpRouter"
 * import * as HttpServer from "@effect/platform/HttpServer"
 * import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
 * import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
 * import * as Effect from "effect/Effect"
 *
 * const page = Effect.gen(function*() {
 *   const request = yield* HttpServerRequest.HttpServerRequest
 *   const { authorized, userId } = yield* LaunchParameters.verify(request.url)
 *   return HttpServerResponse.text(authorized ? `Hello, ${userId}` : "Please allow the access first")
 * })
 *
 * const Server = HttpRouter.empty.pipe(
 *   HttpRouter.get("/game", HttpMiddleware.withLoggerDisabled(page)),
 *   HttpServer.serve(HttpMiddleware.logger),
 *   // sets HttpMiddleware.currentTracerDisabledWhen
 *   HttpMiddleware.withTracerDisabledWhen((request) => request.url.startsWith("/game"))
 * )
 * ```
 *
 * @since 0.1.0
 * @category verification
 */
export const verify = (
  url: string | URL
): Effect.Effect<LaunchParameters, LaunchParametersError | OkSigningError, OkConfig.OkConfig> =>
  Effect.gen(function*() {
    const { applicationKey } = yield* OkConfig.OkConfig
    const { md5 } = yield* Digest.Digest
    const secret = Redacted.value(yield* applicationSecret("Checking launch parameters"))
    const pairs = [...new URLSearchParams(queryOf(url))]
    const parameters = new Map(pairs)
    const names = new Set<string>()
    // A set does not grow by what it has.
    const twice = pairs.map(([name]) => name).find((name) => names.size === names.add(name).size)
    if (twice !== undefined) {
      return yield* new LaunchParametersError({ reason: "Duplicate", parameter: twice })
    }
    const valueOf = (name: string) =>
      Effect.mapError(
        Effect.filterOrFail(Effect.fromNullable(parameters.get(name)), (value) => value !== ""),
        () => new LaunchParametersError({ reason: "Missing", parameter: name })
      )
    const sig = yield* valueOf("sig")
    const authSig = yield* valueOf("auth_sig")
    const userId = yield* valueOf("logged_user_id")
    const sessionKey = yield* valueOf("session_key")
    const sessionSecretKey = yield* valueOf("session_secret_key")
    const application = yield* valueOf("application_key")

    const signed = pairs
      .filter(([name]) => name !== "sig")
      // By code unit, as signatures of calls are.
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([name, value]) => `${name}=${value}`)
      .join("")
    // Nothing separates what is signed, so one text can be read as other pairs. Not so that one of these begins elsewhere,
    // where its name is there once.
    const hidden = signedNames.find((name) => signed.split(`${name}=`).length > 2)
    if (hidden !== undefined) {
      return yield* new LaunchParametersError({ reason: "Signature", parameter: hidden })
    }
    if (!timingSafe.equals(md5(signed + secret), sig.toLowerCase())) {
      return yield* new LaunchParametersError({ reason: "Signature", parameter: "sig" })
    }
    if (!timingSafe.equals(md5(userId + sessionKey + secret), authSig.toLowerCase())) {
      return yield* new LaunchParametersError({ reason: "Signature", parameter: "auth_sig" })
    }
    if (application !== applicationKey) {
      return yield* new LaunchParametersError({ reason: "Application", parameter: "application_key" })
    }
    return {
      userId,
      authorized: parameters.get("authorized") === "1",
      credentials: yield* Credentials.make({
        accessToken: Redacted.make(sessionKey),
        sessionSecretKey: Redacted.make(sessionSecretKey)
      }),
      parameters: Object.fromEntries(pairs.filter(([name]) => !secrets.includes(name)))
    }
  })

const signedNames = ["auth_sig", "logged_user_id", "session_key", "session_secret_key", "application_key"]

const secrets = ["sig", "auth_sig", "session_key", "session_secret_key"]

// The whole address, or the path and query that a server sees.
const queryOf = (url: string | URL): string => /\?([^#]*)/.exec(String(url).replace(/#.*$/s, ""))?.[1] ?? ""

/**
 * The session of the user who opened the application, on the client circuit.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerSession = (
  url: string | URL
): Layer.Layer<
  Grant.Grant | OkSession.OkSession | OkSession.OkAnySession,
  LaunchParametersError | OkSigningError,
  OkConfig.OkConfig
> => Grant.layer(Effect.map(verify(url), ({ credentials }) => credentials))
