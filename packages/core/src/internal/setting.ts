import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"

// A setting that cannot be is a mistake of the program: a defect, where the setting is and with its name.

/** A whole number from 1 on. */
export const count = (name: string, value: number): number =>
  held(Number.isInteger(value) && value >= 1, name, "a whole number from 1 on", value)

/** A number from 0 on, `Infinity` included. */
export const amount = (name: string, value: number): number => held(value >= 0, name, "a number from 0 on", value)

/** Milliseconds. `Duration` takes what is no number for no time at all. */
export const millis = (name: string, value: Duration.DurationInput): number =>
  Duration.toMillis(typeof value === "number" ? amount(name, value) : value)

const held = (isHeld: boolean, name: string, rule: string, value: number): number => {
  if (!isHeld) {
    throw new Cause.IllegalArgumentException(`${name} must be ${rule}, got ${value}`)
  }
  return value
}
