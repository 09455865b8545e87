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
export const make = (sent: { readonly [name: string]: string }, own: { readonly [name: string]: string }): Form => {
  const names = sorted([...Object.keys(sent), ...Object.keys(own)])
  const parameters: { [name: string]: string } = {}
  let canonical = ""
  let text = ""
  for (const name of names) {
    const value = (Object.hasOwn(own, name) ? own : sent)[name] ?? ""
    if (Signature.isSigned(name)) {
      canonical += `${name}=${value}`
    }
    text = append(text, name, value)
    // Assigned to, this one name would be the prototype.
    if (name === "__proto__") {
      Object.defineProperty(parameters, name, { value, enumerable: true, configurable: true, writable: true })
    } else {
      parameters[name] = value
    }
  }
  return { parameters, canonical, text }
}

// Each into its place among those before it: there are few, and `Array.prototype.sort` takes more arrays for them.
const sorted = (names: Array<string>): ReadonlyArray<string> => {
  for (let index = 1; index < names.length; index++) {
    const name = names[index] ?? ""
    let place = index
    for (let before = names[place - 1]; before !== undefined && before > name; before = names[place - 1]) {
      names[place] = before
      place--
    }
    names[place] = name
  }
  return names
}

export const append = (text: string, name: string, value: string): string =>
  `${text}${text === "" ? "" : "&"}${encode(name)}=${encode(value)}`

// Most names and values are what they would be encoded to.
const encode = (text: string): string => /^[\w.~-]*$/.test(text) ? text : encodeURIComponent(text)
