import * as Redacted from "effect/Redacted"
import type { Request } from "../OkTransport.js"

const replacement = "<redacted>"

const secretsOf = (request: Request): ReadonlyArray<string> => {
  const token = request.accessToken === undefined ? "" : Redacted.value(request.accessToken)
  return [Redacted.value(request.form), token, encodeURIComponent(token), request.sig ?? ""]
    .filter((secret) => secret !== "")
}

/** Takes out of a text whatever of the request must not be seen: the form, the token and the signature. */
export const redact = (text: string, request: Request): string =>
  secretsOf(request).reduce((clean, secret) => clean.replaceAll(secret, replacement), text)

/** The beginning of a text without those secrets, and without the beginning of one where the text is cut. */
export const redactStart = (text: string, length: number, request: Request): string => {
  const longest = Math.max(0, ...secretsOf(request).map((secret) => secret.length))
  const clean = redact(text.slice(0, length + longest), request)
  return text.length <= length + longest ? clean : clean.slice(0, Math.max(0, clean.length - longest))
}
