/**
 * JSON as OK.ru sends it, where an integer can have more digits than a `number` holds.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"

/**
 * What a body can be.
 *
 * @since 0.1.0
 * @category models
 */
export type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json }

/**
 * Parses JSON. An integer beyond the safe ones, which a `number` may round, becomes a string of its digits, so that ids keep
 * all of them.
 * The empty text is `null`. `Left` holds what is wrong, in the parser's words, which can quote the text.
 *
 * @example
 * ```ts
 * import { Json } from "@effect-okru/core"
 *
 * Json.parse(`{"id":1234567890123456789,"age":42}`)
 * // Either.right({ id: "1234567890123456789", age: 42 })
 * ```
 *
 * @since 0.1.0
 * @category parsing
 */
export const parse = (text: string): Either.Either<Json, string> => {
  try {
    // A text with long integers is parsed as it is first: quotes must not make JSON of what is none.
    const json: Json = JSON.parse(text)
    return Either.right(hasLongDigits(text) ? JSON.parse(quoteLongIntegers(text)) : json)
  } catch (error) {
    return text.trim() === "" ? Either.right(null) : Either.left(error instanceof Error ? error.message : String(error))
  }
}

// 2^53 has sixteen digits, and one in sixteen characters meets every run that long.
const hasLongDigits = (text: string): boolean => {
  for (let i = 15; i < text.length; i += 16) {
    if (isDigit(text, i)) {
      let start = i
      let end = i + 1
      while (isDigit(text, start - 1)) {
        start--
      }
      while (end - start < 16 && isDigit(text, end)) {
        end++
      }
      if (end - start >= 16) {
        return true
      }
    }
  }
  return false
}

const isDigit = (text: string, index: number): boolean => {
  const unit = text.charCodeAt(index)
  return unit >= 0x30 && unit <= 0x39
}

/** Puts long integers that stand outside of strings into quotes. One pass, whatever the text. */
const quoteLongIntegers = (text: string): string => {
  const token = /"|-?\d[\d.eE+-]{15,}/g
  let out = ""
  let copied = 0
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    if (match[0] === "\"") {
      token.lastIndex = endOfString(text, match.index)
    } else if (/^-?\d+$/.test(match[0]) && !Number.isSafeInteger(Number(match[0]))) {
      out += `${text.slice(copied, match.index)}"${match[0]}"`
      copied = token.lastIndex
    }
  }
  return out + text.slice(copied)
}

const endOfString = (text: string, start: number): number => {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") {
      i++
    } else if (text[i] === "\"") {
      return i + 1
    }
  }
  return text.length
}
