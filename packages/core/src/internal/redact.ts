import * as Redacted from "effect/Redacted"
import type { Request } from "../OkTransport.js"

const replacement = "<redacted>"

/** What of a request must not be seen. */
export type Secretive = Pick<Request, "form" | "sig" | "accessToken" | "secrets" | "parameters">

/** The names of what opens something: a session, an upload. A pattern, to be read in any case. */
export const secretNames = String.raw`\w*token|\w*secret\w*|\w*password|session_?key|auth_sig|auth_hash`

const secretName = new RegExp(`^(?:${secretNames})$`, "i")

/** Whether a parameter is secret by its name, as `sdkToken` is. */
export const isSecretName = (name: string): boolean => secretName.test(name)

const secretsOf = (request: Secretive): ReadonlyArray<string> => [
  request.form(),
  request.sig ?? "",
  ...Object.entries(request.parameters).filter(([name]) => isSecretName(name)).map(([, value]) => value),
  ...[request.accessToken ?? Redacted.make(""), ...(request.secrets ?? [])].map(Redacted.value)
]

const entities: { readonly [character: string]: string } = {
  "&": "amp",
  "<": "lt",
  ">": "gt",
  "\"": "quot",
  "'": "apos"
}

const literal = (text: string): string => text.replace(/[^\w\s]/g, "\\$&")

const anyCase = (hex: string): string =>
  hex.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`)

/**
 * A character in every way in which something writes it: as it is, on a page, in JSON, in a form and in a URL. Where `isJson`, a
 * backslash is two: one that could be either would be tried both ways at each of them.
 */
const spellings = (character: string, isJson: boolean): ReadonlyArray<string> => {
  if (/^[A-Za-z0-9]$/.test(character)) {
    return [character]
  }
  const code = character.codePointAt(0) ?? 0
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index).toString(16))
  const bytes = Array.from(new TextEncoder().encode(character), (byte) => byte.toString(16))
  const entity = entities[character]
  const escaped = JSON.stringify(character).slice(1, -1)
  return [
    isJson && character === "\\" ? "\\\\\\\\" : literal(character),
    ...(character === "\\" || escaped === character ? [] : [literal(escaped)]),
    ...(character === "/" ? ["\\\\/"] : []),
    units.map((hex) => `\\\\u${anyCase(hex.padStart(4, "0"))}`).join(""),
    bytes.map((hex) => `%${anyCase(hex.padStart(2, "0"))}`).join(""),
    ...(character === " " ? ["\\+"] : []),
    ...(entity === undefined ? [] : [`&${entity};`]),
    `&#0*${code};`,
    `&#[xX]0*${anyCase(code.toString(16))};`
  ]
}

// Of a long secret, a whole form, its beginning is looked for: a search costs as much as both texts are long, multiplied.
const beginning = 256

interface Search {
  /** Where it is next, and how far it goes there. */
  at: number
  end: number
  readonly next: (from: number) => void
}

const searchIn = (text: string, secret: string, isJson: boolean): Search => {
  const characters = Array.from(secret)
  const known = new Map<string, ReadonlyArray<RegExp>>()
  const patternsOf = (character: string): ReadonlyArray<RegExp> => {
    const patterns = known.get(character) ?? spellings(character, isJson).map((source) => new RegExp(source, "y"))
    known.set(character, patterns)
    return patterns
  }
  const start = new RegExp(
    characters.slice(0, beginning)
      .map((character) => `(?:${patternsOf(character).map(({ source }) => source).join("|")})`)
      .join(""),
    "g"
  )
  // `%25` can be a percent sign, or one and what follows it: all that it can be is followed.
  const endOf = (at: number): number => {
    let ends: ReadonlyArray<number> = [at]
    for (const character of characters) {
      const next = new Set<number>()
      for (const pattern of patternsOf(character)) {
        for (const end of ends) {
          pattern.lastIndex = end
          if (pattern.test(text)) {
            next.add(pattern.lastIndex)
          }
        }
      }
      if (next.size === 0) {
        break
      }
      ends = [...next]
    }
    return Math.max(...ends)
  }
  const search: Search = {
    at: -1,
    end: -1,
    next: (from) => {
      start.lastIndex = from
      search.at = start.exec(text)?.index ?? -1
      search.end = search.at < 0 ? -1 : endOf(search.at)
    }
  }
  search.next(0)
  return search
}

/**
 * Takes secrets out of a text, as they are and as they are written on a page, in JSON, in a form and in a URL. What several of
 * them cover goes as one, so that nothing is left of one that begins inside of another. Takes one pass: after one another, the
 * second would be found in what stands for the first.
 */
export const withoutSecrets = (text: string, secrets: ReadonlyArray<string>): string => {
  const searches = [...new Set(secrets)].filter((secret) => secret !== "").flatMap((secret) =>
    (secret.includes("\\") ? [false, true] : [false]).map((isJson) => searchIn(text, secret, isJson))
  )
  let clean = ""
  let copied = 0
  for (;;) {
    const next = searches.reduce((next, { at }) => at >= 0 ? Math.min(next, at) : next, Infinity)
    if (next === Infinity) {
      return clean + text.slice(copied)
    }
    let end = next
    for (let last = -1; last !== end;) {
      last = end
      for (const search of searches) {
        while (search.at >= 0 && search.at <= end) {
          end = Math.max(end, search.end)
          search.next(search.end)
        }
      }
    }
    clean += text.slice(copied, next) + replacement
    copied = end
  }
}

/** Takes out of a text whatever of the request must not be seen: the form, the token, the signature, its secrets. */
export const redact = (text: string, request: Secretive): string => withoutSecrets(text, secretsOf(request))

const named = new RegExp(
  String.raw`((?:${secretNames})[\\"'\s]*(?:[:=]|%3[AD]|\\u003[ad])[\\"'\s]*)[^\\"'&\s,}]+`,
  "gi"
)

/** Takes secrets out of a text by their names: an answer that was cut off on its way is no JSON, and can hold one that is new. */
export const withoutNamedSecrets = (text: string): string => text.replace(named, `$1${replacement}`)

// Of one unit: `%F0%9F%98%80` of two, `&#128512;`, `\\ud83d`.
const longestSpelling = 9

/** The beginning of a text without those secrets, and without the beginning of one where the text is cut. */
export const redactStart = (text: string, length: number, request: Request): string => {
  const longest = Math.max(0, ...secretsOf(request).map((secret) => longestSpelling * secret.length))
  const clean = redact(text.slice(0, length + longest), request)
  return text.length <= length + longest ? clean : clean.slice(0, Math.max(0, clean.length - longest))
}
