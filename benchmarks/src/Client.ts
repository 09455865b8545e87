/**
 * A client under measurement, whatever it is written with.
 */
import { isCurrentUser } from "./answer.js"

export interface Client {
  /** One call and its answer. */
  readonly call: () => Promise<unknown>
  /** Whether it is the right one, so that nobody measures how fast a client fails. */
  readonly isRight: (answer: unknown) => boolean
  /** Calls, `concurrency` at a time, for as long as `more` counts another `calls` in. */
  readonly run: (concurrency: number, more: (calls: number) => boolean) => Promise<void>
}

/** From the address of the server, `http://127.0.0.1:1234`. */
export type Make = (origin: string) => Client | Promise<Client>

export const fromPromise = (call: () => Promise<unknown>): Client => ({
  call,
  isRight: isCurrentUser,
  run: async (concurrency, more) => {
    const lane = async () => {
      while (more(1)) {
        await call()
      }
    }
    await Promise.all(Array.from({ length: concurrency }, lane))
  }
})

/** What is no call but part of one. So many are done between two looks at the clock, which shows beside a microsecond. */
export const fromSync = (call: () => unknown, isRight: Client["isRight"], batch: number): Client => ({
  call: () => Promise.resolve(call()),
  isRight,
  run: (_concurrency, more) => {
    while (more(batch)) {
      for (let i = 0; i < batch; i++) {
        call()
      }
    }
    return Promise.resolve()
  }
})
