/*
 * `fields`: names in either case, `user.` and its like before them or not, `*` for everything.
 */
import type { Json } from "@effect-okru/core/Json"
import { type Call, list } from "./call.js"

/** The name without what it is a part of. */
const bare = (name: string): string => name.slice(name.lastIndexOf(".") + 1).toLowerCase()

// `pic_avatar` brings `picAvatar`.
const plain = (name: string): string => name.replaceAll("_", "").toLowerCase()

/** The first name that a method does not know. */
export const unknownField = (asked: ReadonlyArray<string>, known: ReadonlyArray<string>): string | undefined => {
  const names = known.map(bare)
  return asked.find((name) => bare(name) !== "*" && !known.includes(name.toLowerCase()) && !names.includes(bare(name)))
}

/** The names that are wanted. `undefined` for all. */
export const asked = (call: Call): ReadonlyArray<string> | undefined => {
  const names = list(call, "fields").map(bare)
  return names.length === 0 || names.includes("*") ? undefined : names
}

/** An object with what was asked for only, and without what it does not have. */
export const project = (
  object: { readonly [name: string]: Json | undefined },
  names: ReadonlyArray<string> | undefined
): { readonly [name: string]: Json } => {
  const wanted = names?.map(plain)
  const projected: { [name: string]: Json } = {}
  for (const [name, value] of Object.entries(object)) {
    if (value !== undefined && (wanted === undefined || wanted.includes(plain(name)))) {
      projected[name] = value
    }
  }
  return projected
}
