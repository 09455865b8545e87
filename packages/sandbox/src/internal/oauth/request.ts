/*
 * What an application sends its users to `/oauth/authorize` with.
 */
import * as Either from "effect/Either"
import { isRegistered, withFragment, withQuery } from "./redirectUri.js"
import type { Visit } from "./reply.js"
import { readScope } from "./scope.js"

export interface AuthorizeRequest {
  readonly responseType: "code" | "token"
  readonly redirectUri: string
  readonly scope: ReadonlyArray<string>
  /** What was asked for, but is no scope. Nobody is asked to grant it. */
  readonly unknownScope: ReadonlyArray<string>
  readonly state: string | undefined
  /** The full site, the mobile one, or the mobile one without a header. */
  readonly layout: "w" | "m" | "a"
}

/** Why there is no dialog. Without a `location` the user is not sent anywhere: nobody knows whom it would lead to. */
export interface Rejection {
  readonly error: string
  readonly description: string
  readonly location: string | undefined
}

const layouts = ["w", "m", "a"] as const

export const readRequest = (
  { application, parameters, settings }: Visit
): Either.Either<AuthorizeRequest, Rejection> => {
  const { client_id: clientId = "", layout, redirect_uri: redirectUri = "", response_type: responseType, state } =
    parameters
  if (clientId !== application.id) {
    const description = clientId === "" ? "client_id is missing" : "unknown client_id"
    return Either.left({ error: "invalid_request", description, location: undefined })
  }
  if (!isRegistered(application, settings, redirectUri)) {
    return Either.left({ error: "invalid_request", description: "wrong redirect_uri", location: undefined })
  }
  if (responseType !== "code" && responseType !== "token") {
    const error = responseType === undefined ? "invalid_request" : "unsupported_response_type"
    const description = responseType === undefined ? "response_type is missing" : "response_type is code or token"
    const location = withQuery(redirectUri, { error, error_description: description, state })
    return Either.left({ error, description, location })
  }
  if (responseType === "token" && !settings.implicit) {
    const error = "unsupported_response_type_for_this_app"
    const description = "Client OAuth is not switched on for the application"
    const location = withFragment(redirectUri, { error, error_description: description, state })
    return Either.left({ error, description, location })
  }
  const asked = readScope(parameters["scope"] ?? "")
  return Either.right({
    responseType,
    redirectUri,
    scope: asked.filter((scope) => settings.scopes.includes(scope)),
    unknownScope: asked.filter((scope) => !settings.scopes.includes(scope)),
    state,
    layout: layouts.find((name) => name === layout) ?? "w"
  })
}

/** Where the user goes who does not grant anything. The implicit flow has no `state` there. */
export const denial = ({ redirectUri, responseType, state }: AuthorizeRequest): string =>
  responseType === "token"
    ? withFragment(redirectUri, { error: "access_denied" })
    : withQuery(redirectUri, { error: "access_denied", state })
