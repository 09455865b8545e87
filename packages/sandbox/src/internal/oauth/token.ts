/*
 * `/oauth/token.do`. OK.ru's own errors were seen for redirect addresses and refresh tokens, others are of RFC 6749.
 */
import type { Json } from "@effect-okru/core/Json"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import { jsonResponse } from "../refusal.js"
import { openSession, refreshTokenOf, type Session, type World } from "../world.js"
import { codeOf, useCode } from "./code.js"
import type { Reply, Step, Visit } from "./reply.js"

export const token: Step = (visit, world) => {
  const { application, parameters } = visit
  const { client_id: clientId = "", client_secret: clientSecret = "", grant_type: grant = "" } = parameters
  if (world.tokenPages.left > 0) {
    const { left, status } = world.tokenPages
    return {
      response: tomcat(status, "The server is temporarily unable to service your request"),
      world: { ...world, tokenPages: { left: left - 1, status } },
      error: "page"
    }
  }
  if (clientId === "" || clientSecret === "" || grant === "") {
    return incomplete(world)
  }
  if (!/^\d+$/.test(clientId)) {
    return {
      response: tomcat(
        200,
        "Failed to convert value of type 'java.lang.String' to required type 'java.lang.Long'; nested exception is " +
          `java.lang.NumberFormatException: For input string: "client_id"`
      ),
      world,
      error: "page"
    }
  }
  if (clientId !== application.id) {
    return refused(world, "invalid_client", "Unknown client_id")
  }
  if (clientSecret !== Redacted.value(application.secretKey)) {
    return refused(world, "invalid_client", "Wrong client_secret")
  }
  switch (grant) {
    case "authorization_code":
      return exchange(visit, world)
    case "refresh_token":
      return refresh(visit, world)
    default:
      return refused(world, "unsupported_grant_type", "grant_type is authorization_code or refresh_token")
  }
}

const exchange = (visit: Visit, world: World): Reply => {
  const { code = "", redirect_uri: redirectUri = "" } = visit.parameters
  if (code === "" || redirectUri === "") {
    return incomplete(world)
  }
  const issued = codeOf(world, code)
  if (issued === undefined) {
    return refused(world, "invalid_grant", "Unknown code, or used before")
  }
  const used = useCode(world, issued)
  if (issued.expires <= visit.now) {
    return refused(used, "invalid_grant", "Code expired", issued.uid)
  }
  if (issued.redirectUri !== redirectUri) {
    return refused(world, "invalid_request", "wrong redirect_uri", issued.uid)
  }
  const [session, opened] = openSession(used, issued.uid, visit.now)
  return granted(visit, opened, session, visit.settings.refreshTokens !== "none")
}

const refresh = (visit: Visit, world: World): Reply => {
  const text = visit.parameters["refresh_token"] ?? ""
  if (text === "") {
    return incomplete(world)
  }
  const found = refreshTokenOf(world, text)
  if (found === undefined) {
    const isOne = /^test-refresh-token-\d+$/.test(text)
    return refused(world, "invalid_token", isOne ? "Unknown refresh token" : "Invalid refresh token structure")
  }
  if (found.revoked) {
    return refused(world, "access_denied", "Refresh token revoked", found.uid)
  }
  if (found.expires <= visit.now) {
    return refused(world, "invalid_token", "Refresh token expired", found.uid)
  }
  const isRenewed = visit.settings.refreshTokens === "renewed"
  const [session, opened] = openSession(world, found.uid, visit.now, isRenewed ? undefined : found.token)
  return granted(visit, opened, session, isRenewed)
}

// Neither a token nor an error is for caches.
const headers = { "Cache-Control": "no-store" }

const granted = ({ now, settings }: Visit, world: World, session: Session, withRefreshToken: boolean): Reply => {
  const seconds = Math.floor((session.expires - now) / 1000)
  const body: Json = {
    access_token: Redacted.value(session.accessToken),
    token_type: "session",
    ...(withRefreshToken ? { refresh_token: Redacted.value(session.refreshToken) } : {}),
    expires_in: settings.expiresIn === "string" ? String(seconds) : seconds
  }
  return { response: jsonResponse(body, headers), world, uid: session.uid }
}

const refused = (world: World, error: string, description: string, uid?: string): Reply => ({
  response: HttpServerResponse.setStatus(jsonResponse({ error, error_description: description }, headers), 400),
  world,
  uid,
  error
})

const incomplete = (world: World): Reply => ({
  response: tomcat(400, "Provide OAUTH request parameters!"),
  world,
  error: "page"
})

/** The page that OK.ru's web server makes by itself. */
const tomcat = (status: number, message: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(
    `<html><head><title>Error report</title></head><body><h1>HTTP Status ${status} - ${message}</h1></body></html>`,
    { status, contentType: "text/html;charset=utf-8", headers }
  )
