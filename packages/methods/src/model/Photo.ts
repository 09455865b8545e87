/**
 * A photo of a user or of a group.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"
import { DiscussionSummary } from "./DiscussionSummary.js"
import { LikeSummary } from "./LikeSummary.js"

/**
 * The names of the fields that a photo can be asked for: `photo.` for a user's, `group_photo.` for a group's. Who does
 * not know whose it is asks for both.
 *
 * These are the names that were seen in use; there are more. The rights, `..._allowed`, come as codes in `attrs`.
 *
 * @since 0.1.0
 * @category models
 */
export const PhotoField = OkParam.oneOf(
  "photo.*",
  "photo.created_ms",
  "photo.id",
  "photo.like_count",
  "photo.pic_max",
  "photo.text",
  "photo.user_id",
  "group_photo.album_id",
  "group_photo.author_name",
  "group_photo.author_type",
  "group_photo.comments_count",
  "group_photo.created_ms",
  "group_photo.discussion_summary",
  "group_photo.group_id",
  "group_photo.id",
  "group_photo.like_allowed",
  "group_photo.like_count",
  "group_photo.like_summary",
  "group_photo.liked_it",
  "group_photo.mark_as_spam_allowed",
  "group_photo.pic1024max",
  "group_photo.pic1024x768",
  "group_photo.pic128max",
  "group_photo.pic128x128",
  "group_photo.pic180min",
  "group_photo.pic190x190",
  "group_photo.pic240min",
  "group_photo.pic320min",
  "group_photo.pic50x50",
  "group_photo.pic640x480",
  "group_photo.pic_base",
  "group_photo.pic_max",
  "group_photo.standard_height",
  "group_photo.standard_width",
  "group_photo.text",
  "group_photo.user_id"
)

const fields = () =>
  Schema.Struct({
    id: OkField.optional(OkField.id),
    album_id: OkField.optional(OkField.id),
    /** The rights that were asked for. Seen: `c` comment, `d` delete, `l` like, `m` modify, `s` mark as spam. */
    attrs: OkField.optional(Attributes),
    author_name: OkField.optional(Schema.String),
    author_ref: OkField.optional(Schema.String),
    author_type: OkField.optional(Schema.String),
    comments_count: OkField.optional(OkField.int),
    /** Milliseconds since 1970. */
    created_ms: OkField.optional(OkField.int),
    discussion_summary: OkField.optional(DiscussionSummary),
    group_id: OkField.optional(OkField.id),
    like_count: OkField.optional(OkField.int),
    like_summary: OkField.optional(LikeSummary),
    /** Whether the current user likes it. */
    liked_it: OkField.optional(OkField.boolean),
    pic1024max: OkField.optional(Schema.String),
    pic1024x768: OkField.optional(Schema.String),
    pic128max: OkField.optional(Schema.String),
    pic128x128: OkField.optional(Schema.String),
    pic180min: OkField.optional(Schema.String),
    pic190x190: OkField.optional(Schema.String),
    pic240min: OkField.optional(Schema.String),
    pic320min: OkField.optional(Schema.String),
    pic50x50: OkField.optional(Schema.String),
    pic640x480: OkField.optional(Schema.String),
    pic_base: OkField.optional(Schema.String),
    /** The largest size there is. */
    pic_max: OkField.optional(Schema.String),
    /** Pixels. */
    standard_height: OkField.optional(OkField.int),
    /** Pixels. */
    standard_width: OkField.optional(OkField.int),
    /** The description. */
    text: OkField.optional(Schema.String),
    user_id: OkField.optional(OkField.id)
  })

/**
 * A photo with its ids as texts and its counters as numbers. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Photo extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A photo as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface PhotoEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A photo of a user or of a group. Pictures are addresses.
 *
 * The fields are those that were seen in answers: OK.ru has more.
 *
 * @since 0.1.0
 * @category models
 */
export const Photo: Schema.Schema<Photo, PhotoEncoded> = Schema.suspend(fields)
