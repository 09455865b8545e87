/**
 * How an application is used, as it reports itself.
 *
 * @since 0.1.0
 */
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { millis } from "../internal/millis.js"

const recorded = {
  /** Groups what belongs together: `tutorial.start`. At most 64 characters. */
  id: Schema.String.pipe(Schema.maxLength(64)),
  /** When it was recorded. */
  time: millis
}

/**
 * Something that was recorded: a number, a choice, how long something took in milliseconds, a level that a player
 * started or completed.
 *
 * @since 0.1.0
 * @category models
 */
export const Stat = Schema.Union(
  Schema.Struct({ ...recorded, type: Schema.Literal("counter"), data: Schema.Array(OkParam.number) }),
  Schema.Struct({ ...recorded, type: Schema.Literal("select"), data: Schema.Array(Schema.String) }),
  Schema.Struct({ ...recorded, type: Schema.Literal("interval"), data: Schema.Array(OkParam.int) }),
  Schema.Struct({
    ...recorded,
    type: Schema.Literal("status"),
    id: Schema.Literal("start", "complete"),
    data: Schema.Array(OkParam.int)
  })
)

/**
 * One of the four kinds of record. Its `type` says which, and what `data` holds.
 *
 * @since 0.1.0
 * @category models
 */
export type Stat = Schema.Schema.Type<typeof Stat>

/**
 * What was recorded, and when it is sent.
 *
 * @since 0.1.0
 * @category models
 */
export const Stats = Schema.Struct({
  /** The application's own version. */
  version: Schema.String,
  /** Now. */
  time: millis,
  stats: Schema.Array(Stat)
})

/**
 * What a program reports: its version, the time, and the records.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stats extends Schema.Schema.Type<typeof Stats> {}
