import { setImmediate } from "node:timers/promises"
import { runInNewContext } from "node:vm"

/** So many characters: as many steps take milliseconds, the square of them, 10^12, hours. */
export const megabyte = 1 << 20

/**
 * Runs work that ends long before, or breaks it off. The time-out of a test does not do that while a loop runs.
 */
export const bounded = <A>(work: () => A, millis = 60_000): A =>
  runInNewContext("work()", { work }, { timeout: millis })

/** Lets time-outs, and whoever runs the tests, have their turn between pieces of work. */
export const turn = (): Promise<void> => setImmediate()
