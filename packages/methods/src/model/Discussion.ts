/**
 * A discussion: what is said below a topic, a photo, an album, a video.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"
import { EntityField } from "./EntityField.js"

/**
 * What a discussion is about. Known from clients.
 *
 * @since 0.1.0
 * @category models
 */
export const DiscussionType = OkParam.oneOf(
  "CHAT",
  "CITY_NEWS",
  "DZEN_ARTICLE",
  "GROUP_MOVIE",
  "GROUP_PHOTO",
  "GROUP_PRODUCT",
  "GROUP_TOPIC",
  "HAPPENING_TOPIC",
  "HOBBY_QUESTION",
  "MOVIE",
  "OFFER",
  "PRESENT",
  "SCHOOL_FORUM",
  "SHARE",
  "USER_ALBUM",
  "USER_FORUM",
  "USER_PHOTO",
  "USER_PRODUCT",
  "USER_STATUS",
  "USER_VK_CLIP",
  "VK_CLIP"
)

/**
 * The names of the fields that a discussion can be asked for, and of those of the objects it refers to (`group.name`).
 *
 * The field `like_summary` brings `like_count` and `liked_it`; the rights, `..._allowed`, come as codes in `attrs`.
 *
 * @since 0.1.0
 * @category models
 */
export const DiscussionField = Schema.Union(
  OkParam.oneOf(
    "discussion.*",
    "discussion.object_type",
    "discussion.object_id",
    "discussion.title",
    "discussion.truncated",
    "discussion.message",
    "discussion.access_restricted",
    "discussion.creation_date",
    "discussion.last_activity_date",
    "discussion.last_user_access_date",
    "discussion.new_comments_count",
    "discussion.total_comments_count",
    "discussion.owner_uid",
    "discussion.like_summary",
    "discussion.like_allowed",
    "discussion.mark_as_spam_allowed",
    "discussion.comment_allowed",
    "discussion.comment_as_admin_allowed",
    "discussion.subscribe_allowed",
    "discussion.unsubscribe_allowed",
    "discussion.likes_unread",
    "discussion.reply_unread"
  ),
  EntityField
)

const fields = () =>
  Schema.Struct({
    /** The id of what it is about: a discussion has none of its own. */
    object_id: OkField.optional(OkField.id),
    object_type: OkField.optional(DiscussionType),
    /** The rights that were asked for. */
    attrs: OkField.optional(Attributes),
    /** `yyyy-MM-dd HH:mm:ss`. */
    creation_date: OkField.optional(Schema.String),
    /** `yyyy-MM-dd HH:mm:ss`. */
    last_activity_date: OkField.optional(Schema.String),
    /** `yyyy-MM-dd HH:mm:ss`. */
    last_user_access_date: OkField.optional(Schema.String),
    like_count: OkField.optional(OkField.int),
    /** Whether the current user likes it. */
    liked_it: OkField.optional(OkField.boolean),
    /** With marks such as `{group:ID}name{group}`. */
    message: OkField.optional(Schema.String),
    new_comments_count: OkField.optional(OkField.int),
    /** The author. Absent where the object that owns it is. */
    owner_uid: OkField.optional(OkField.id),
    /** What it belongs to. */
    ref_objects: OkField.list(Schema.Struct({
      id: OkField.optional(OkField.id),
      type: OkField.optional(OkField.oneOf("GROUP", "GROUP_PHOTO_ALBUM", "USER", "USER_PHOTO_ALBUM"))
    })),
    title: OkField.optional(Schema.String),
    total_comments_count: OkField.optional(OkField.int),
    // These can be asked for, and no source says what comes.
    access_restricted: OkField.optional(Schema.Unknown),
    likes_unread: OkField.optional(Schema.Unknown),
    reply_unread: OkField.optional(Schema.Unknown),
    truncated: OkField.optional(Schema.Unknown)
  })

/**
 * A discussion with its ids as texts and its counters as numbers. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Discussion extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A discussion as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscussionEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A discussion, known from clients only. OK.ru leaves out what was not asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const Discussion: Schema.Schema<Discussion, DiscussionEncoded> = Schema.suspend(fields)
