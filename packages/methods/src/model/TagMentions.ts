/**
 * How much a hashtag is used, and where.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * Where and when to look for a hashtag. Sent as JSON: no source shows how it is sent.
 *
 * @since 0.1.0
 * @category models
 */
export const TagFilter = Schema.Struct({
  /** Sent as Moscow time, as is `until`: no source names the zone. */
  since: OkParam.optional(OkParam.moscowSecond),
  until: OkParam.optional(OkParam.moscowSecond),
  types: OkParam.optional(Schema.Array(
    OkParam.oneOf("USER_TOPIC", "USER_PHOTO", "USER_VIDEO", "GROUP_TOPIC", "GROUP_PHOTO", "GROUP_VIDEO")
  ))
})

/**
 * A range of time and kinds of content, each optional.
 *
 * @since 0.1.0
 * @category models
 */
export interface TagFilter extends Schema.Schema.Type<typeof TagFilter> {}

const fields = () =>
  Schema.Struct({
    /** The hashtag without its `#`. */
    query: OkField.optional(Schema.String),
    all: OkField.optional(OkField.int),
    groupPhotos: OkField.optional(OkField.int),
    groupTopics: OkField.optional(OkField.int),
    groupVideos: OkField.optional(OkField.int),
    userPhotos: OkField.optional(OkField.int),
    userTopics: OkField.optional(OkField.int),
    userVideos: OkField.optional(OkField.int)
  })

/**
 * The hashtag, and a number for each kind of content.
 *
 * @since 0.1.0
 * @category models
 */
export interface TagMentions extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * The uses of a hashtag as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface TagMentionsEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * How often a hashtag is used, by kind of content.
 *
 * @since 0.1.0
 * @category models
 */
export const TagMentions: Schema.Schema<TagMentions, TagMentionsEncoded> = Schema.suspend(fields)
