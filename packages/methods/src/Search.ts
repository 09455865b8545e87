/**
 * Hashtags, and what carries them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/search/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { TagFilter, TagMentions } from "./model/TagMentions.js"

const filter = OkParam.optional(OkParam.json(TagFilter))

const tag = {
  /** The hashtag without its `#`. Whether it can be left out, and be more than one, sources do not say. */
  query: OkParam.string,
  filter
}

/**
 * Media topics, photos and videos that carry a hashtag. Answer undocumented, so that the pages cannot be streamed.
 *
 * Users and groups come only where `media_topic.owner_ref` is asked for. Who asks for many fields can call less often.
 *
 * @since 0.1.0
 * @category methods
 */
export const tagContents = OkMethod.suspend("search.tagContents", () => ({
  session: "required",
  permissions: [],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(tag, {
    anchor: OkParam.optional(OkParam.string),
    /** At most 100. */
    count: OkParam.optional(OkParam.int.pipe(Schema.between(1, 100))),
    /** Names with their entity in front. There are more: `OkParam.unlisted` sends any. */
    fields: OkParam.optional(OkParam.fields(OkParam.oneOf(
      "media_topic.id",
      "media_topic.media",
      "media_topic.owner_ref",
      "group.name",
      "group.uid",
      "group_photo.pic1024max",
      "user.name",
      "user.pic128x128",
      "user.uid",
      "user_photo.id",
      "video.id"
    )))
  }),
  success: OkMethod.Undocumented
}))

/**
 * How often a hashtag is used, by kind of content. Private posts count too.
 *
 * @since 0.1.0
 * @category methods
 */
export const tagMentions = OkMethod.suspend("search.tagMentions", () => ({
  session: "required",
  permissions: [],
  kind: "read",
  params: tag,
  success: TagMentions
}))

/**
 * The hashtags that hold some letters, the most popular first.
 *
 * @since 0.1.0
 * @category methods
 */
export const tagSearch = OkMethod.suspend("search.tagSearch", () => ({
  session: "required",
  permissions: [],
  kind: "read",
  params: {
    /** At least 3 characters. Optional in the official table, although nothing is found without it. */
    query: OkParam.optional(Schema.String.pipe(Schema.minLength(3))),
    filter,
    /** How many hashtags. */
    count: OkParam.optional(OkParam.int)
  },
  success: Schema.Struct({
    /** Probably of all that were found. */
    count: OkField.optional(OkField.int),
    tags: OkField.list(TagMentions)
  })
}))
