/*
 * Where users come back to.
 */
import type { Application } from "../world.js"
import type { Settings } from "./settings.js"

const bare = (uri: string): string => uri.replace(/\?.*$/s, "")

/** What the documentation and OK.ru's own SDKs use. */
const conventional = ({ id }: Application): ReadonlyArray<string> => [
  "https://oauth.mycdn.me/blank.html",
  "okauth://auth",
  `okauth://ok${id}`,
  `ok${id}://authorize`
]

const isLocal = (uri: string): boolean => {
  const url = URL.canParse(uri) ? new URL(uri) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && ["127.0.0.1", "localhost"].includes(url.hostname)
}

/** The addresses are the same character by character, up to the query, which counts for nothing. */
export const isRegistered = (application: Application, { redirectUris }: Settings, uri: string): boolean =>
  // It becomes a header: printable ASCII only.
  /^[\x21-\x7e]+$/.test(uri) && !uri.includes("#") &&
  (redirectUris?.some((registered) => bare(registered) === bare(uri)) ??
    (isLocal(uri) || conventional(application).includes(bare(uri))))

type Values = { readonly [name: string]: string | undefined }

const encode = (values: Values): string =>
  Object.entries(values)
    .flatMap(([name, value]) => value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`])
    .join("&")

export const withQuery = (uri: string, values: Values): string =>
  `${uri}${uri.includes("?") ? "&" : "?"}${encode(values)}`

export const withFragment = (uri: string, values: Values): string => `${uri}#${encode(values)}`
