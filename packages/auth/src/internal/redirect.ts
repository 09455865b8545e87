import * as OkTransport from "@effect-okru/core/OkTransport"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import { OAuthDenied, OAuthRejected } from "../OAuthError.js"

/** A parameter by its name. An empty one counts as absent. */
export type Get = (name: string) => string | undefined

/**
 * The parameters of a redirect. OK.ru puts errors of the code flow into the fragment and its documents speak of the
 * query, so both are read, the one that should hold them first. Cut by hand: a server sees a path, an app has a scheme of
 * its own.
 */
export const parameters = (url: string | URL, first: "query" | "fragment"): Get => {
  const [address = "", fragment = ""] = split(String(url), "#")
  const [, query = ""] = split(address, "?")
  const parts = (first === "query" ? [query, fragment] : [fragment, query]).map((part) => new URLSearchParams(part))
  return (name) => parts.map((part) => part.get(name)).find(isPresent) ?? undefined
}

const isPresent = (value: string | null): boolean => value !== null && value !== ""

const split = (text: string, separator: string): ReadonlyArray<string> => {
  const index = text.indexOf(separator)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)]
}

const secretNames = ["code", "access_token", "session_secret_key", "refresh_token"]

/** Why there is no grant in a redirect. */
export const failure = (get: Get): OAuthDenied | OAuthRejected => {
  // What came along can be repeated in the words of the error.
  const clean = OkTransport.withoutSecrets(secretNames.map((name) => Redacted.make(get(name) ?? "")))
  const error = get("error") === undefined ? undefined : clean(get("error") ?? "")
  const description = clean(get("error_description") ?? "")
  return error === undefined || error === "access_denied"
    ? new OAuthDenied({ error: error ?? "", description, state: get("state") })
    : new OAuthRejected({ request: "authorize", error, description })
}

/** `expires_in`, which OK.ru sends as a number and as a text. What is neither is as good as absent. */
export const expiresIn = (value: unknown): Duration.Duration | undefined => {
  const seconds = typeof value === "string" && value.trim() !== "" ? Number(value) : value
  return typeof seconds === "number" && seconds > 0 && seconds < Infinity ? Duration.seconds(seconds) : undefined
}
