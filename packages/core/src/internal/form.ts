import * as Signature from "../Signature.js"

/** Parameters as they are signed and as they are sent: one pass writes both. */
export interface Form {
  readonly parameters: { readonly [name: string]: string }
  readonly canonical: string
  readonly text: string
}

/**
 * Sorts by name, by code unit, as OK.ru does.
 *
 * @throws `URIError` where a text is not well-formed Unicode.
 */
export const make = (parameters: ReadonlyArray<readonly [name: string, value: string]>): Form => {
  const sorted = [...parameters].sort(([a], [b]) => a < b ? -1 : 1)
  let canonical = ""
  let text = ""
  for (const [name, value] of sorted) {
    if (Signature.isSigned(name)) {
      canonical += `${name}=${value}`
    }
    text = append(text, name, value)
  }
  return { parameters: Object.fromEntries(sorted), canonical, text }
}

export const append = (text: string, name: string, value: string): string =>
  `${text}${text === "" ? "" : "&"}${encode(name)}=${encode(value)}`

// Most names and values are what they would be encoded to.
const encode = (text: string): string => /^[\w.~-]*$/.test(text) ? text : encodeURIComponent(text)
