import * as Redacted from "effect/Redacted"
import type { Request } from "../OkTransport.js"

const replacement = "<redacted>"

const secretsOf = (request: Request): ReadonlyArray<string> => [
  Redacted.value(request.form),
  request.sig ?? "",
  ...[request.accessToken ?? Redacted.make(""), ...(request.secrets ?? [])].map(Redacted.value)
]

const entities: { readonly [unit: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

// As it is, on a page, in JSON, in a form and in a URL. `encodeURIComponent` itself fails on half of a surrogate pair.
const spellings = (secret: string): ReadonlyArray<string> => {
  const form = new URLSearchParams([["", secret]]).toString().slice(1)
  const url = form.replaceAll("+", "%20")
  const html = secret.replace(/[&<>"']/g, (unit) => entities[unit] ?? unit)
  return [
    secret,
    html,
    JSON.stringify(secret).slice(1, -1),
    form,
    url,
    url.replace(/%(21|27|28|29|7E)/g, decodeURIComponent)
  ]
}

const spelled = (secrets: ReadonlyArray<string>): ReadonlyArray<string> =>
  secrets.flatMap(spellings).filter((secret) => secret !== "").sort((a, b) => b.length - a.length)

/** Takes secrets out of a text, as they are and as they are written on a page, in JSON, in a form and in a URL. */
export const withoutSecrets = (text: string, secrets: ReadonlyArray<string>): string =>
  spelled(secrets).reduce((clean, secret) => clean.replaceAll(secret, replacement), text)

/** Takes out of a text whatever of the request must not be seen: the form, the token, the signature, its secrets. */
export const redact = (text: string, request: Request): string => withoutSecrets(text, secretsOf(request))

/** The beginning of a text without those secrets, and without the beginning of one where the text is cut. */
export const redactStart = (text: string, length: number, request: Request): string => {
  const longest = Math.max(0, ...spelled(secretsOf(request)).map((secret) => secret.length))
  const clean = redact(text.slice(0, length + longest), request)
  return text.length <= length + longest ? clean : clean.slice(0, Math.max(0, clean.length - longest))
}
