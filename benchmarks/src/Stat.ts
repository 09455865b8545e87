/**
 * A figure that was measured several times: its median, and between what it lay.
 */
import * as Array from "effect/Array"
import * as Order from "effect/Order"

export interface Stat {
  readonly median: number
  readonly low: number
  readonly high: number
}

export const of = (values: Array.NonEmptyReadonlyArray<number>): Stat => {
  const sorted = Array.sort(values, Order.number)
  const middle = (sorted.length - 1) / 2
  const at = (index: number) => sorted[index] ?? sorted[0]
  return {
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    low: sorted[0],
    high: at(sorted.length - 1)
  }
}
