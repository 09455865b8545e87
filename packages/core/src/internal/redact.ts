import * as Redacted from "effect/Redacted"
import type { Request } from "../OkTransport.js"

const replacement = "<redacted>"

/** Takes out of a text whatever of the request must not be seen: the form, the token and the signature. */
export const redact = (text: string, request: Request): string => {
  const token = request.accessToken === undefined ? "" : Redacted.value(request.accessToken)
  return [Redacted.value(request.form), token, encodeURIComponent(token), request.sig ?? ""]
    .filter((secret) => secret !== "")
    .reduce((clean, secret) => clean.replaceAll(secret, replacement), text)
}
