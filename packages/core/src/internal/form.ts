import * as Signature from "../Signature.js"

/** What says that a body is a form. */
export const contentType = "application/x-www-form-urlencoded;charset=utf-8"

/** Parameters as they are signed and as they are sent: one pass writes both. */
export interface Form {
  readonly parameters: Parameters
  readonly canonical: string
  readonly text: string
}

interface Parameters {
  readonly [name: string]: string
}

interface Part {
  readonly name: string
  /** Of a parameter that is the same in every call; the two texts hold it already. */
  readonly value: string | undefined
  /** What is signed: `name=`, or `undefined` for what is not. */
  readonly signed: string | undefined
  /** What is sent: `&name=`. */
  readonly sent: string
}

/**
 * Writes what a call sends, and with it `own`, which is the same in every call of a method. Sorts by name, by code unit, as OK.ru
 * does. Nearly every call sends the same names as the one before, so what follows from names is worked out when they change.
 *
 * @throws `URIError` where a text is not well-formed Unicode.
 */
export const writer = (own: Parameters): (sent: Parameters) => Form => {
  let last: ReadonlyArray<string> | undefined
  let parts: ReadonlyArray<Part> = []
  return (sent) => {
    const names = Object.keys(sent)
    if (last === undefined || names.length !== last.length || names.some((name, index) => name !== last?.[index])) {
      parts = partsOf(names, own)
      last = names
    }
    const parameters: { [name: string]: string } = {}
    let canonical = ""
    let text = ""
    for (const part of parts) {
      const value = part.value ?? sent[part.name] ?? ""
      if (part.signed !== undefined) {
        canonical += part.value === undefined ? part.signed + value : part.signed
      }
      text += part.value === undefined ? part.sent + encode(value) : part.sent
      // Assigned to, this one name would be the prototype.
      if (part.name === "__proto__") {
        Object.defineProperty(parameters, part.name, { value, enumerable: true, configurable: true, writable: true })
      } else {
        parameters[part.name] = value
      }
    }
    return { parameters, canonical, text }
  }
}

const partsOf = (names: ReadonlyArray<string>, own: Parameters): ReadonlyArray<Part> =>
  [...new Set([...names, ...Object.keys(own)])].sort().map((name, index) => {
    const value = Object.hasOwn(own, name) ? own[name] : undefined
    return {
      name,
      value,
      signed: Signature.isSigned(name) ? `${name}=${value ?? ""}` : undefined,
      sent: `${index === 0 ? "" : "&"}${encode(name)}=${encode(value ?? "")}`
    }
  })

/** Whether a text is well-formed Unicode, which a form can hold. */
export const isEncodable = (text: string): boolean => {
  try {
    encode(text)
    return true
  } catch {
    return false
  }
}

export const append = (text: string, name: string, value: string): string => `${text}&${encode(name)}=${encode(value)}`

// Most names and values are what they would be encoded to.
const encode = (text: string): string => /^[\w.~-]*$/.test(text) ? text : encodeURIComponent(text)
