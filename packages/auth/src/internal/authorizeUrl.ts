import * as OkConfig from "@effect-okru/core/OkConfig"
import * as Effect from "effect/Effect"
import type { OAuthStateUnavailable } from "../OAuthError.js"
import * as OAuthState from "../OAuthState.js"
import * as Permissions from "../Permissions.js"

/** Of the application, what the address says of it. */
export type Application = Pick<OkConfig.Service, "applicationId" | "connectUrl">

export interface AuthorizeOptions {
  /**
   * Where the user comes back to. One of the addresses registered for the application, character by character; only what
   * follows a `?` is left out of the comparison.
   */
  readonly redirectUri: string
  /** What to ask the user for, see `Permissions.of`. */
  readonly scope: Permissions.Scope
  /** Comes back unchanged. Must be one that nobody can guess, and be compared: see `OAuthState`. */
  readonly state: string
  /** How the dialogs look: `w`, a whole page (the default); `m`, for phones; `a`, for phones and without a header. */
  readonly layout?: "w" | "m" | "a" | undefined
}

export const authorizeUrl = (
  { applicationId, connectUrl }: Application,
  responseType: "code" | "token",
  { layout = "w", redirectUri, scope, state }: AuthorizeOptions
): string => {
  const parameters = new URLSearchParams({
    client_id: applicationId,
    scope: Permissions.toScope(scope),
    response_type: responseType,
    redirect_uri: redirectUri,
    // OK.ru's English pages say that these two are required, the Russian ones that they are not.
    layout,
    state
  })
  return `${connectUrl}/oauth/authorize?${parameters}`
}

export const start = (responseType: "code" | "token") =>
(
  options: Omit<AuthorizeOptions, "state"> & OAuthState.Binding
): Effect.Effect<string, OAuthStateUnavailable, OkConfig.OkConfig | OAuthState.OAuthState> =>
  Effect.gen(function*() {
    const config = yield* OkConfig.OkConfig
    const states = yield* OAuthState.OAuthState
    const state = yield* states.issue(options)
    return authorizeUrl(config, responseType, { ...options, state })
  })
