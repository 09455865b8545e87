/**
 * Discussions: comments below topics, photos, albums, videos, and who likes them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/discussions/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { Comment, CommentField } from "./model/Comment.js"
import { Discussion, DiscussionField, DiscussionType } from "./model/Discussion.js"
import { Entities } from "./model/Entities.js"
import { User } from "./model/User.js"

const discussion = {
  /** The id of what is discussed: a discussion has none of its own. */
  discussionId: OkParam.string,
  discussionType: DiscussionType
}

const entity = {
  /** The id of what is discussed. */
  entityId: OkParam.string,
  entityType: DiscussionType
}

const detail = {
  fields: OkParam.optional(OkParam.fields(DiscussionField)),
  /** A set of fields that has a name at OK.ru, instead of `fields`. For applications of OK.ru itself. */
  fieldset: OkParam.optional(OkParam.string),
  /** The language of the answer. */
  locale: OkParam.optional(OkParam.string),
  /** What the program understands. The names are not documented. */
  features: OkParam.optional(OkParam.list(OkParam.string))
}

const commentDetail = {
  /** The format of the texts. The names are not documented. */
  frmt: OkParam.optional(OkParam.string),
  /** Instead of the fields that come by default, not in addition to them. */
  fields: OkParam.optional(OkParam.fields(CommentField)),
  /** A set of fields that has a name at OK.ru, instead of `fields`. For applications of OK.ru itself. */
  fieldset: OkParam.optional(OkParam.string)
}

const likes = {
  anchor: OkParam.optional(OkParam.string),
  direction: OkParam.optional(OkPage.Direction),
  count: OkParam.optional(OkParam.int),
  /** With `user.` in front: `user.uid`. */
  fields: OkParam.optional(OkParam.fields(Schema.TemplateLiteral("user.", Schema.String)))
}

/** `android.1`, `ios.1`: which types of discussion the program can show. The same in every call, `Events.get` too. */
const version = OkParam.optional(OkParam.string)

const Category = OkParam.oneOf("GROUP", "MY")

/**
 * A discussion, with the objects it refers to. The shape of the answer is known from clients.
 *
 * The answer is empty where there is no such discussion, or not of this type.
 *
 * @since 0.1.0
 * @category methods
 */
export const get = OkMethod.suspend("discussions.get", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(discussion, detail),
  success: Schema.Struct({
    discussion: OkField.optional(Discussion),
    entities: OkField.optional(Entities)
  })
})).pipe(OkProjection.projected({ at: { in: "discussion", of: ["discussion"] }, always: ["object_id"] }))

/**
 * What is attached to a comment.
 *
 * @since 0.1.0
 * @category models
 */
export const Resource = Schema.Struct(
  {
    id: OkField.optional(OkField.id),
    /** `user:` or `group:` and the id. */
    author_ref: OkField.optional(Schema.String),
    comments_count: OkField.optional(OkField.int),
    /** Of a video. In which unit no source says. */
    duration: OkField.optional(OkField.int),
    likes_count: OkField.optional(OkField.int)
  },
  OkField.rest
)

/**
 * A resource of a comment, with its counters as numbers. What else was asked for is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Resource extends Schema.Schema.Type<typeof Resource> {}

/**
 * Photos, videos and whatever else is attached to comments. The shape of the answer is known from one client, in part.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAttachedResources = OkMethod.suspend("discussions.getAttachedResources", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    attach_ids: OkParam.list(OkParam.string),
    /** The names are not documented. */
    fields: OkParam.optional(OkParam.fields(OkParam.string))
  },
  success: OkField.object(Schema.Struct({ attachments: OkField.list(Resource) }))
}))

/**
 * A comment. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getComment = OkMethod.suspend("discussions.getComment", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(discussion, {
    comment_id: OkParam.string
  }, commentDetail),
  success: Schema.Struct({ comment: OkField.optional(Comment) })
})).pipe(OkProjection.projected({ at: { in: "comment", of: ["comment"] }, always: ["id"] }))

/**
 * Who likes a comment, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCommentLikes = OkMethod.suspend("discussions.getCommentLikes", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(discussion, {
    comment_id: OkParam.string
  }, likes),
  success: OkPage.page("users", User)
})).pipe(
  OkProjection.projected({ at: { in: "users", of: ["user"] }, always: ["uid"] }),
  OkPage.paged({ cursor: "anchor", items: "users", until: "empty" })
)

/**
 * The comments of a discussion, page by page. The shape of the answer is known from clients.
 *
 * Of a long discussion fewer comments may come than the site shows.
 *
 * @since 0.1.0
 * @category methods
 */
export const getComments = OkMethod.suspend("discussions.getComments", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(
    discussion,
    {
      /** An anchor, or `FIRST`, `LAST`, `UNREAD`. */
      anchor: OkParam.optional(OkParam.string),
      direction: OkParam.optional(OkPage.Direction),
      count: OkParam.optional(OkParam.int)
    },
    commentDetail,
    {
      /** Marks the discussion as read. */
      mark_as_read: OkParam.optional(OkParam.boolean),
      /** With those comments of the user that others removed. Not by default. */
      includeRemoved: OkParam.optional(OkParam.boolean)
    }
  ),
  success: OkPage.page("comments", Comment, {
    extra: {
      discussionId: OkField.optional(OkField.id),
      discussionType: OkField.optional(DiscussionType)
    }
  })
})).pipe(
  OkProjection.projected({ at: { in: "comments", of: ["comment"] }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "comments" })
)

/**
 * The comments of a discussion, page by page: the older form of {@link getComments}. The shape of the answer is known
 * from clients.
 *
 * The list is named `commentss`, by OK.ru.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDiscussionComments = OkMethod.suspend("discussions.getDiscussionComments", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(entity, {
    offset: OkParam.optional(OkParam.int),
    count: OkParam.optional(OkParam.int)
  }),
  success: OkPage.page("commentss", Comment)
})).pipe(OkPage.paged({ cursor: "offset", items: "commentss", until: "empty" }))

/**
 * How many comments a discussion has. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDiscussionCommentsCount = OkMethod.suspend("discussions.getDiscussionCommentsCount", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: entity,
  success: OkField.inOrBare("commentsCount", Schema.Struct({ commentsCount: OkField.optional(OkField.int) }))
}))

/**
 * Who likes a discussion, page by page.
 *
 * Fewer may come than the site shows.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDiscussionLikes = OkMethod.suspend("discussions.getDiscussionLikes", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: OkParam.merge(discussion, likes),
  success: OkPage.page("users", User, { extra: { inconsistent: OkField.optional(OkField.boolean) } })
})).pipe(
  OkProjection.projected({ at: { in: "users", of: ["user"] }, always: ["uid"] }),
  OkPage.paged({ cursor: "anchor", items: "users", until: "empty" })
)

/**
 * A discussion as the older form of the list has it.
 *
 * @since 0.1.0
 * @category models
 */
export const DiscussionEntry = Schema.Struct({
  entityId: OkField.optional(OkField.id),
  entityType: OkField.optional(DiscussionType),
  newCommentsCount: OkField.optional(OkField.int),
  subjectLabel: OkField.optional(Schema.String)
})

/**
 * An entry of that list: what is discussed, and how many comments are new.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscussionEntry extends Schema.Schema.Type<typeof DiscussionEntry> {}

/**
 * The discussions of the user, page by page. Deprecated by OK.ru: use {@link getList}. The shape of the answer is known
 * from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDiscussions = OkMethod.suspend("discussions.getDiscussions", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    entityTypes: OkParam.optional(OkParam.list(DiscussionType)),
    category: OkParam.optional(Category),
    offset: OkParam.optional(OkParam.int),
    count: OkParam.optional(OkParam.int)
  },
  success: OkPage.page("discussions", DiscussionEntry)
})).pipe(OkPage.paged({ cursor: "offset", items: "discussions", until: "empty" }))

/**
 * Whether there is something new in a part of the user's discussions.
 *
 * @since 0.1.0
 * @category models
 */
export const DiscussionNews = Schema.Struct({
  filter: OkField.optional(Schema.String),
  has_news: OkField.optional(OkField.boolean),
  is_new: OkField.optional(OkField.boolean),
  link: OkField.optional(Schema.String),
  news_type: OkField.optional(Schema.String),
  title: OkField.optional(Schema.String)
})

/**
 * One part of the discussions, with its title, its link and whether there is news in it.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscussionNews extends Schema.Schema.Type<typeof DiscussionNews> {}

/**
 * What is new in the discussions that the user follows. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDiscussionsNews = OkMethod.suspend("discussions.getDiscussionsNews", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: { version },
  success: Schema.Struct({
    news: OkField.list(DiscussionNews),
    preferred: OkField.optional(Schema.String)
  })
}))

/**
 * The discussions of the user, page by page. The shape of the answer is known from one client.
 *
 * Whether the objects that they refer to come along, as {@link get} has them, is not known.
 *
 * @since 0.1.0
 * @category methods
 */
export const getList = OkMethod.suspend("discussions.getList", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge({
    types: OkParam.optional(OkParam.list(DiscussionType)),
    version,
    /** Those of groups, or the user's own. There may be more. */
    category: OkParam.optional(Category),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int)
  }, detail),
  success: OkPage.page("discussions", Discussion, { extra: { entities: OkField.optional(Entities) } })
})).pipe(
  OkProjection.projected({ at: { in: "discussions", of: ["discussion"] }, always: ["object_id"] }),
  OkPage.paged({ cursor: "anchor", items: "discussions", until: "empty" })
)
