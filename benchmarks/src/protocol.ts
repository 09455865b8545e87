/**
 * What the runner and the processes it measures say to each other: a line of JSON in, a line of JSON out.
 */
import * as Schema from "effect/Schema"

/** What a worker is asked. */
export type Command =
  | {
    /** Make calls until the time is over, or so many. */
    readonly _tag: "Slice"
    readonly concurrency: number
    readonly millis?: number | undefined
    /** As few as this, however long they take. As many as are under way, where it does not say. */
    readonly least?: number | undefined
    readonly calls?: number | undefined
  }
  | {
    /** Make so many calls at a go, as often as it says, and look at the CPU time after every so many of all of them. */
    readonly _tag: "Goes"
    readonly concurrency: number
    readonly calls: number
    readonly goes: number
    readonly every: number
  }
  | {
    /** Start so many calls at once and say what they take while none is answered. */
    readonly _tag: "Fly"
    readonly calls: number
  }
  /** Wait for the calls that were started. */
  | { readonly _tag: "Land" }
  /** What is in use after a collection. */
  | { readonly _tag: "Memory" }
  /** Make calls under the profiler, and keep the profile in a file. */
  | { readonly _tag: "Profile"; readonly concurrency: number; readonly millis: number; readonly file: string }

/** What the server is asked: to keep its answers back, to send them. */
export type ServerCommand = { readonly _tag: "Hold" } | { readonly _tag: "Release" }

/** The first line of a worker: it has made a call and got the right answer. */
export const Ready = Schema.Struct({ ready: Schema.Literal(true) })

/** The first line of the server. */
export const Listening = Schema.Struct({ origin: Schema.String })

export const Done = Schema.Struct({ done: Schema.Literal(true) })

/** Microseconds of CPU, of all threads of the process; milliseconds of time. */
export const Slice = Schema.Struct({ calls: Schema.Number, cpu: Schema.Number, wall: Schema.Number })

export interface Slice extends Schema.Schema.Type<typeof Slice> {}

/** Microseconds of CPU between one look and the next. */
export const Looks = Schema.Struct({ cpu: Schema.NonEmptyArray(Schema.Number) })

/** Bytes. */
export const Memory = Schema.Struct({ resident: Schema.Number, heap: Schema.Number })

export interface Memory extends Schema.Schema.Type<typeof Memory> {}

/** Microseconds of self time by whose code it was. */
export const Profile = Schema.Record({ key: Schema.String, value: Schema.Number })
