/**
 * Groups: what they are, who is in them, how they do.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/group/. The lists hold ids only: groups come from {@link
 * getInfo}.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { Group, GroupField } from "./model/Group.js"
import { GroupMember } from "./model/GroupMember.js"

/**
 * How many of everything a group has. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export const Counters = Schema.Struct({
  /** For moderators and administrators only. */
  black_list: OkField.optional(OkField.int),
  /** For moderators and administrators only. */
  join_requests: OkField.optional(OkField.int),
  links: OkField.optional(OkField.int),
  /** Of an event. */
  maybe: OkField.optional(OkField.int),
  members: OkField.optional(OkField.int),
  /** For moderators and administrators only, where the group hides them. */
  moderators: OkField.optional(OkField.int),
  photo_albums: OkField.optional(OkField.int),
  photos: OkField.optional(OkField.int),
  presents: OkField.optional(OkField.int),
  themes: OkField.optional(OkField.int),
  /** Not where the group hides its videos. */
  videos: OkField.optional(OkField.int),
  /** This and `products` were read by one client; the official page lists neither. */
  pinned_topics: OkField.optional(OkField.int),
  products: OkField.optional(OkField.int)
})

/**
 * A number for each counter that was asked for and that the session may see.
 *
 * @since 0.1.0
 * @category models
 */
export interface Counters extends Schema.Schema.Type<typeof Counters> {}

/**
 * How many members, topics, photos and so on a group has. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCounters = OkMethod.suspend("group.getCounters", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. Whether it is needed then no source says. */
    uid: OkParam.optional(OkParam.string),
    group_id: OkParam.string,
    counterTypes: OkParam.list(OkParam.fieldOf(Counters, { but: ["pinned_topics", "products"] }))
  },
  success: Schema.Struct({ counters: OkField.optional(Counters) })
}))

/**
 * What groups are: names, descriptions, pictures, the rights of the current user.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInfo = OkMethod.suspend("group.getInfo", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  params: {
    /** The groups' ids, despite the name. */
    uids: OkParam.list(OkParam.string),
    /** Puts the group at the top of the list of a user who is a member. For one id. Not by default. */
    move_to_top: OkParam.optional(OkParam.boolean),
    fields: OkParam.fields(GroupField)
  },
  success: OkField.array(Group, { in: "groups" })
})).pipe(OkProjection.projected({ at: "each", always: ["uid"] }))

/**
 * The members of a group, page by page, in the order of their ids. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getMembers = OkMethod.suspend("group.getMembers", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** The group's id, despite the name. */
    uid: OkParam.string,
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    /** Only these. All three bring every member in the order of joining. */
    statuses: OkParam.optional(OkParam.list(OkParam.oneOf("ADMIN", "MODERATOR", "ACTIVE"))),
    count: OkParam.optional(OkParam.int)
  },
  success: OkPage.page("members", GroupMember)
})).pipe(OkPage.paged({ cursor: "anchor", items: "members" }))

/**
 * A group's figures for a week or a month, and for the one before (`..._prev`).
 *
 * @since 0.1.0
 * @category models
 */
export const StatOverview = Schema.Struct({
  active_user_share: OkField.optional(OkField.number),
  /** Milliseconds since 1970. */
  end_time_ms: OkField.optional(OkField.int),
  engagement: OkField.optional(OkField.int),
  engagement_prev: OkField.optional(OkField.int),
  engagement_rate: OkField.optional(OkField.number),
  engagement_rate_prev: OkField.optional(OkField.number),
  feedback: OkField.optional(OkField.int),
  feedback_prev: OkField.optional(OkField.int),
  /** The months there are figures for: when each begins, in milliseconds since 1970. */
  months_ms: OkField.list(OkField.int),
  reach: OkField.optional(OkField.int),
  reach_prev: OkField.optional(OkField.int),
  /** Milliseconds since 1970. */
  start_time_ms: OkField.optional(OkField.int)
})

/**
 * The figures as numbers, times in milliseconds since 1970.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatOverview extends Schema.Schema.Type<typeof StatOverview> {}

/**
 * The main figures of a group for a week or a month. For its administrators. The shape of the answer is known from
 * clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getStatOverview = OkMethod.suspend("group.getStatOverview", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    /** The week by default. */
    period: OkParam.optional(OkParam.oneOf("WEEK", "MONTH")),
    /** When the month begins, with `MONTH` only: one of `months_ms`. */
    start_time: OkParam.optional(OkParam.millis),
    fields: OkParam.fields(OkParam.fieldOf(StatOverview))
  },
  success: StatOverview
})).pipe(OkProjection.projected({ at: "self" }))

const shares = OkField.list(Schema.Struct({
  /** A place, an age (`18 - 24`), a source (`FEED`, `SEARCH`, `WIDGET`...). */
  name: OkField.optional(Schema.String),
  percentage: OkField.optional(OkField.number),
  value: OkField.optional(OkField.int)
}))

/**
 * Who the audience of a group is.
 *
 * @since 0.1.0
 * @category models
 */
export const StatPeople = Schema.Struct({
  cities: shares,
  countries: shares,
  demography_female: shares,
  demography_male: shares,
  /** Where people come from. */
  references: shares
})

/**
 * The audience by place, by age and sex, and by where it comes from: a list of shares each, empty where there is none.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatPeople extends Schema.Schema.Type<typeof StatPeople> {}

/**
 * The audience of a group: sex and age, cities, countries, where it comes from. For its administrators.
 *
 * Of the last 7 days, except for the demography of members, which is of all of them. The shape of the answer is known
 * from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getStatPeople = OkMethod.suspend("group.getStatPeople", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    /** Whose demography. Of the members by default; no source names another value. */
    demo_type: OkParam.optional(OkParam.string),
    fields: OkParam.fields(OkParam.fieldOf(StatPeople))
  },
  success: StatPeople
})).pipe(OkProjection.projected({ at: "self" }))

/**
 * The figures of one topic of a group.
 *
 * @since 0.1.0
 * @category models
 */
export const StatTopic = Schema.Struct({
  id: OkField.optional(OkField.id),
  comments: OkField.optional(OkField.int),
  complaints: OkField.optional(OkField.int),
  content_opens: OkField.optional(OkField.int),
  /** Milliseconds since 1970. */
  created_ms: OkField.optional(OkField.int),
  engagement: OkField.optional(OkField.int),
  feedback: OkField.optional(OkField.int),
  feedback_total: OkField.optional(OkField.int),
  hides_from_feed: OkField.optional(OkField.int),
  likes: OkField.optional(OkField.int),
  link_clicks: OkField.optional(OkField.int),
  music_plays: OkField.optional(OkField.int),
  negatives: OkField.optional(OkField.int),
  reach: OkField.optional(OkField.int),
  reach_earned: OkField.optional(OkField.int),
  reach_own: OkField.optional(OkField.int),
  renderings: OkField.optional(OkField.int),
  renderings_earned: OkField.optional(OkField.int),
  renderings_own: OkField.optional(OkField.int),
  reshares: OkField.optional(OkField.int),
  video_plays: OkField.optional(OkField.int),
  /** Read by one client, in no list of fields. */
  views: OkField.optional(OkField.int)
})

/**
 * The figures of a topic as numbers, each absent where OK.ru sent none.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatTopic extends Schema.Schema.Type<typeof StatTopic> {}

const StatTopicField = OkParam.fieldOf(StatTopic, { but: ["views"] })

/**
 * The figures of one topic of a group, bare or inside `topic`. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getStatTopic = OkMethod.suspend("group.getStatTopic", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    topic_id: OkParam.string,
    fields: OkParam.fields(StatTopicField)
  },
  success: OkField.bareOrIn("topic", StatTopic)
})).pipe(OkProjection.projected({ at: "self", always: ["id"] }))

/**
 * The topics of a group with their figures, page by page. For its administrators.
 *
 * Topics that nobody but the author has seen have no figures and are left out. The shape of the answer is known from
 * one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getStatTopics = OkMethod.suspend("group.getStatTopics", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    /** From the first day there are figures for, by default. */
    start_time: OkParam.optional(OkParam.millis),
    /** To today, by default. */
    end_time: OkParam.optional(OkParam.millis),
    anchor: OkParam.optional(OkParam.string),
    count: OkParam.optional(OkParam.int),
    fields: OkParam.fields(StatTopicField)
  },
  success: OkPage.page("topics", StatTopic)
})).pipe(
  OkProjection.projected({ at: { in: "topics" }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "topics" })
)

const trend = OkField.list(Schema.Struct({
  /** Milliseconds since 1970. */
  time: OkField.optional(OkField.int),
  value: OkField.optional(OkField.int)
}))

/**
 * A group's figures, day by day. One that was not asked for is an empty list.
 *
 * @since 0.1.0
 * @category models
 */
export const StatTrends = Schema.Struct({
  comments: trend,
  complaints: trend,
  content_opens: trend,
  engagement: trend,
  feedback: trend,
  hides_from_feed: trend,
  left_members: trend,
  likes: trend,
  link_clicks: trend,
  members_count: trend,
  members_diff: trend,
  music_plays: trend,
  negatives: trend,
  new_members: trend,
  new_members_target: trend,
  page_visits: trend,
  photo_opens: trend,
  reach: trend,
  reach_earned: trend,
  reach_mob: trend,
  reach_mobweb: trend,
  reach_own: trend,
  reach_web: trend,
  renderings: trend,
  reshares: trend,
  topic_opens: trend,
  video_plays: trend,
  votes: trend
})

/**
 * A list of days for each figure.
 *
 * @since 0.1.0
 * @category models
 */
export interface StatTrends extends Schema.Schema.Type<typeof StatTrends> {}

/**
 * The figures of a group, day by day. For its administrators. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getStatTrends = OkMethod.suspend("group.getStatTrends", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    /** From the first day there are figures for, by default. */
    start_time: OkParam.optional(OkParam.millis),
    /** To today, by default. */
    end_time: OkParam.optional(OkParam.millis),
    fields: OkParam.fields(OkParam.fieldOf(StatTrends))
  },
  success: StatTrends
})).pipe(OkProjection.projected({ at: "self" }))

/**
 * How users are related to a group.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUserGroupsByIds = OkMethod.suspend("group.getUserGroupsByIds", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  params: {
    group_id: OkParam.string,
    uids: OkParam.list(OkParam.string, { max: 100 })
  },
  success: OkField.array(GroupMember, { in: "memberships" })
}))

/**
 * The groups a user is in, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUserGroupsV2 = OkMethod.suspend("group.getUserGroupsV2", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  confidence: "inferred",
  params: {
    /** Whose groups. Needed where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkPage.page("groups", GroupMember)
})).pipe(OkPage.paged({ cursor: "anchor", items: "groups", until: "empty" }))

/**
 * Pins an event of a group's feed, or unpins it. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const pinGroupFeed = OkMethod.suspend("group.pinGroupFeed", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    /** The `pin_id` of the event: it says which group, too. */
    pin_id: OkParam.string
  },
  success: OkField.inOrBare("success", Schema.Struct({ success: OkField.optional(OkField.boolean) }))
}))

/**
 * Makes a photo the main photo of a group: the step after uploading it. The shape of the answer is known from one
 * client.
 *
 * @since 0.1.0
 * @category methods
 */
export const setMainPhoto = OkMethod.suspend("group.setMainPhoto", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    group_id: OkParam.string,
    /** The id that `PhotosV2.getUploadUrl` gave. */
    photo_id: OkParam.string
  },
  success: OkField.bareOrOnly(OkField.boolean)
}))
