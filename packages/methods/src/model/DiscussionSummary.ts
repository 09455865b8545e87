/**
 * How much something is discussed.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

/**
 * The discussion of a photo or a topic, and how many comments it has.
 *
 * @since 0.1.0
 * @category models
 */
export const DiscussionSummary = Schema.Struct({
  comments_count: OkField.optional(OkField.int),
  discussion_id: OkField.optional(OkField.id),
  discussion_type: OkField.optional(Schema.String)
})

/**
 * The id and the kind of a discussion, and its number of comments.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscussionSummary extends Schema.Schema.Type<typeof DiscussionSummary> {}
