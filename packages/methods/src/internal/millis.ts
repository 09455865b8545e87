import * as OkParam from "@effect-okru/core/OkParam"
import type * as DateTime from "effect/DateTime"
import * as Schema from "effect/Schema"

/** A moment as milliseconds since 1970 inside of JSON, where it is a number. `OkParam.millis` is the one of a parameter. */
export const millis: Schema.Schema<DateTime.DateTime, number> = Schema.transform(Schema.Number, OkParam.millis, {
  strict: true,
  decode: String,
  encode: Number
})
