import * as Redacted from "effect/Redacted"
import type { Request } from "../OkTransport.js"

const replacement = "<redacted>"

/** What of a request must not be seen. */
export type Secretive = Pick<Request, "form" | "sig" | "accessToken" | "secrets">

const secretsOf = (request: Secretive): ReadonlyArray<string> => [
  request.form(),
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

const spelled = (secrets: ReadonlyArray<string>): ReadonlyArray<string> => [
  ...new Set(secrets.flatMap(spellings).filter((secret) => secret !== ""))
]

// Of a long secret, a whole form, its beginning is looked for: a search costs as much as both texts are long, multiplied.
const beginning = 256

/**
 * Takes secrets out of a text, as they are and as they are written on a page, in JSON, in a form and in a URL. What several of
 * them cover goes as one, so that nothing is left of one that begins inside of another. Takes one pass: after one another, the
 * second would be found in what stands for the first.
 */
export const withoutSecrets = (text: string, secrets: ReadonlyArray<string>): string => {
  const ahead = spelled(secrets).map((secret) => {
    const start = secret.slice(0, beginning)
    return { secret, start, at: text.indexOf(start) }
  })
  let clean = ""
  let copied = 0
  for (;;) {
    const next = ahead.reduce((next, { at }) => at >= 0 ? Math.min(next, at) : next, Infinity)
    if (next === Infinity) {
      return clean + text.slice(copied)
    }
    let end = next
    for (let last = -1; last !== end;) {
      last = end
      for (const one of ahead) {
        while (one.at >= 0 && one.at <= end) {
          let length = one.start.length
          while (length < one.secret.length && text[one.at + length] === one.secret[length]) {
            length++
          }
          end = Math.max(end, one.at + length)
          one.at = text.indexOf(one.start, one.at + length)
        }
      }
    }
    clean += text.slice(copied, next) + replacement
    copied = end
  }
}

/** Takes out of a text whatever of the request must not be seen: the form, the token, the signature, its secrets. */
export const redact = (text: string, request: Secretive): string => withoutSecrets(text, secretsOf(request))

/** The beginning of a text without those secrets, and without the beginning of one where the text is cut. */
export const redactStart = (text: string, length: number, request: Request): string => {
  const longest = Math.max(0, ...spelled(secretsOf(request)).map((secret) => secret.length))
  const clean = redact(text.slice(0, length + longest), request)
  return text.length <= length + longest ? clean : clean.slice(0, Math.max(0, clean.length - longest))
}
