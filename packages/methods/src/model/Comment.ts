/**
 * A comment in a discussion.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"

/**
 * The names of the fields that a comment can be asked for.
 *
 * The field `like_summary` brings `like_count` and `liked_it`; the rights, `..._allowed`, come as codes in `attrs`.
 *
 * @since 0.1.0
 * @category models
 */
export const CommentField = OkParam.oneOf(
  "comment.*",
  "comment.id",
  "comment.author_id",
  "comment.author_type",
  "comment.author_name",
  "comment.author_ref",
  "comment.text",
  "comment.date",
  "comment.type",
  "comment.reply_to_comment_id",
  "comment.reply_to_id",
  "comment.reply_to_type",
  "comment.reply_to_name",
  "comment.like_summary",
  "comment.delete_allowed",
  "comment.like_allowed",
  "comment.mark_as_spam_allowed",
  "comment.author_block_allowed",
  "comment.likes_unread",
  "comment.reply_unread"
)

const fields = () =>
  Schema.Struct({
    /** A long text, not a number. */
    id: OkField.optional(OkField.id),
    /** The rights that were asked for. */
    attrs: OkField.optional(Attributes),
    author_id: OkField.optional(OkField.id),
    author_name: OkField.optional(Schema.String),
    /** `user:` or `group:` and the id. */
    author_ref: OkField.optional(Schema.String),
    /** `GROUP` where a group wrote it. */
    author_type: OkField.optional(Schema.String),
    /** `yyyy-MM-dd HH:mm:ss`, Moscow time. */
    date: OkField.optional(Schema.String),
    like_count: OkField.optional(OkField.int),
    /** Whether the current user likes it. */
    liked_it: OkField.optional(OkField.boolean),
    /** The comment that this one answers. */
    reply_to_comment_id: OkField.optional(OkField.id),
    /** Who is answered. */
    reply_to_id: OkField.optional(OkField.id),
    reply_to_name: OkField.optional(Schema.String),
    text: OkField.optional(Schema.String),
    /** `ACTIVE_MESSAGE` was seen. */
    type: OkField.optional(Schema.String),
    // These can be asked for, and no source says what comes.
    likes_unread: OkField.optional(Schema.Unknown),
    reply_to_type: OkField.optional(Schema.Unknown),
    reply_unread: OkField.optional(Schema.Unknown)
  })

/**
 * A comment with its ids as texts. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Comment extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A comment as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CommentEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A comment, known from clients only. OK.ru leaves out what was not asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const Comment: Schema.Schema<Comment, CommentEncoded> = Schema.suspend(fields)
