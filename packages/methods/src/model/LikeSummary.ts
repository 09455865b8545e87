/**
 * How much something is liked.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

/**
 * The likes of a photo, an album, a topic: how many, and what the current user may do.
 *
 * @since 0.1.0
 * @category models
 */
export const LikeSummary = Schema.Struct({
  count: OkField.optional(OkField.int),
  /** Milliseconds since 1970. */
  last_like_date_ms: OkField.optional(OkField.int),
  like_id: OkField.optional(OkField.id),
  like_possible: OkField.optional(OkField.boolean),
  /** Whether the current user likes it. */
  self: OkField.optional(OkField.boolean),
  unlike_possible: OkField.optional(OkField.boolean)
})

/**
 * The number of likes, and whether the current user's is among them, can be given or taken back.
 *
 * @since 0.1.0
 * @category models
 */
export interface LikeSummary extends Schema.Schema.Type<typeof LikeSummary> {}
