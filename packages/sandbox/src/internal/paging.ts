/*
 * Pages of a list. An anchor is the last item that was seen in the direction of going, as an opaque text.
 */
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { type Call, text } from "./call.js"
import { type Refusal, refuse } from "./refusal.js"

export interface Page<A> {
  readonly items: ReadonlyArray<A>
  /** Where the next page in the same direction begins. */
  readonly anchor: string
  readonly hasMore: boolean
}

/** The page of a list that a call asks for. */
export const page = <A>(call: Call, items: ReadonlyArray<A>, options: {
  readonly key: (item: A) => string
  /** How many items there are in a page of no given size. */
  readonly size: number
  /** The most that can be asked for. */
  readonly most?: number
  readonly anchor?: "anchor" | "pagingAnchor"
  readonly direction?: "direction" | "pagingDirection"
}): Either.Either<Page<A>, Refusal> => {
  const sent = text(call, options.anchor ?? "anchor")
  const direction = text(call, options.direction ?? "direction").toUpperCase() || "FORWARD"
  const count = Math.min(Number(text(call, "count") || options.size), options.most ?? 1000)
  if (!["FORWARD", "BACKWARD", "AROUND"].includes(direction)) {
    return refuse(100, `Invalid value of parameter: ${options.direction ?? "direction"}`)
  }
  if (count < 1) {
    return refuse(100, "Invalid value of parameter: count")
  }
  const position = sent === "" ? undefined : find(items.map(options.key), sent)
  if (sent !== "" && position === undefined) {
    return refuse(100, `Invalid value of parameter: ${options.anchor ?? "anchor"}`)
  }
  const [from, to] = range(direction, position, count, items.length)
  const last = direction === "BACKWARD" ? from : to - 1
  const item = items[last]
  return Either.right({
    items: items.slice(from, to),
    anchor: from < to && item !== undefined ? write(last, options.key(item)) : sent,
    hasMore: direction === "BACKWARD" ? from > 0 : to < items.length
  })
}

const range = (
  direction: string,
  position: number | undefined,
  count: number,
  length: number
): readonly [from: number, to: number] => {
  if (direction === "BACKWARD") {
    const to = position ?? length
    return [Math.max(0, to - count), to]
  }
  const from = position === undefined
    ? 0
    : direction === "AROUND"
    ? Math.max(0, position - Math.floor(count / 2))
    : position + 1
  return [from, Math.min(length, from + count)]
}

// OK.ru's anchors end in `=`, which must be escaped in a form: these always do.
const write = (index: number, key: string): string => {
  const anchor = `${index}:${key}:`
  return Encoding.encodeBase64(anchor.length % 3 === 0 ? `${anchor}:` : anchor)
}

// Where the item has gone meanwhile, its place is where the list goes on.
const find = (keys: ReadonlyArray<string>, anchor: string): number | undefined => {
  const [index, key] = Either.getOrElse(Encoding.decodeBase64String(anchor), () => "").split(":")
  if (index === undefined || key === undefined || !/^\d+$/.test(index)) {
    return undefined
  }
  const found = keys.indexOf(key)
  return found >= 0 ? found : Math.min(Number(index), keys.length) - 1
}
