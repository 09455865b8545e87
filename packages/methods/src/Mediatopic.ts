/**
 * Media topics: posts of users, notes, statuses, topics of groups.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/mediatopic/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Attachment } from "./model/Attachment.js"
import { Entities } from "./model/Entities.js"
import { MediaTopic, MediaTopicField } from "./model/MediaTopic.js"
import { User, UserField } from "./model/User.js"

/**
 * Topics by their ids, with the objects they refer to. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getByIds = OkMethod.suspend("mediatopic.getByIds", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    topic_ids: OkParam.list(OkParam.string),
    /** How many blocks of each topic, 1 to 3. Needed for more than one topic. */
    media_limit: OkParam.optional(OkParam.int.pipe(Schema.between(1, 3))),
    fields: OkParam.optional(OkParam.fields(MediaTopicField)),
    /** What the program understands: with `PRODUCT.1` products come with a block for their terms. */
    features: OkParam.optional(OkParam.list(OkParam.string))
  },
  success: OkField.object(Schema.Struct({
    media_topics: OkField.list(MediaTopic),
    entities: OkField.optional(Entities)
  }))
})).pipe(OkProjection.projected({ at: { in: "media_topics", of: ["media_topic"] }, always: ["id"] }))

// The list comes one level deeper than that of other pages.
const Voters = Schema.transform(Schema.Unknown, OkPage.page("users", User), {
  strict: true,
  decode: (body) => Predicate.hasProperty(body, "entities") ? { ...Object(body.entities), ...body } : body,
  encode: (page) => {
    const { users, ...rest } = Object(page)
    return { ...rest, entities: { users } }
  }
})

/**
 * Who voted for one answer of a poll, page by page. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPollAnswerVoters = OkMethod.suspend("mediatopic.getPollAnswerVoters", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    topic_id: OkParam.string,
    /** Which block of the topic is the poll. Possibly needed. */
    block_idx: OkParam.optional(OkParam.int),
    /** Which answer of the poll, from 0. */
    answer_idx: OkParam.int,
    anchor: OkParam.optional(OkParam.string),
    count: OkParam.optional(OkParam.int),
    fields: OkParam.optional(OkParam.fields(UserField))
  },
  success: Voters
})).pipe(
  OkProjection.projected({ at: { in: "users" }, always: ["uid"] }),
  OkPage.paged({ cursor: "anchor", items: "users" })
)

/**
 * The new id of a topic that was published again: after moderation, or when its time came. The shape of the answer is
 * known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getRepublishedTopic = OkMethod.suspend("mediatopic.getRepublishedTopic", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** The id it had before. */
    topic_id: OkParam.string
  },
  success: OkField.inOrBare("topicId", Schema.Struct({ topicId: OkField.optional(OkField.id) }))
}))

const groupTypeRule: OkParam.Rule<"gid" | "type"> = {
  names: ["gid", "type"],
  broken: ({ gid, type = "USER" }) =>
    gid === undefined || !type.startsWith("USER")
      ? undefined
      : "type: with gid it has to be one of groups, GROUP_THEME for one"
}

/**
 * Publishes a topic and gives its id: texts, links, photos, videos, polls, music, on the page of a user or in a group. There may be more
 * parameters. That the answer is the id, older documentation and clients say.
 *
 * Depending on the topic it needs more permissions: `SET_STATUS`, `PUBLISH_NOTE`, `GROUP_CONTENT`.
 *
 * @since 0.1.0
 * @category methods
 */
export const post = OkMethod.suspend("mediatopic.post", () => ({
  session: "optional",
  permissions: [],
  kind: "write",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** `USER_STATUS` needs `SET_STATUS`, `USER_NOTE` needs `PUBLISH_NOTE`; `GROUP_SUGGESTED` waits for moderation. */
    type: OkParam.optional(
      OkParam.oneOf("USER", "USER_STATUS", "USER_NOTE", "GROUP_THEME", "GROUP_THEME_PROMO", "GROUP_SUGGESTED")
    ),
    /** The group. `type` has to be one of groups then. Needs `GROUP_CONTENT`. */
    gid: OkParam.optional(OkParam.string),
    attachment: OkParam.json(Attachment),
    /** Makes it the status of the user as well. Needs `SET_STATUS`. */
    set_status: OkParam.optional(OkParam.boolean),
    /** The platform it is posted from. The names are not documented. */
    devices: OkParam.optional(OkParam.list(OkParam.string)),
    /** Makes a preview of the one link in the text, where the text is the last block or the only one. */
    text_link_preview: OkParam.optional(OkParam.boolean),
    /** Hides the topic. For groups. */
    hidden_post: OkParam.optional(OkParam.boolean),
    /** Not described. */
    ads_post: OkParam.optional(OkParam.boolean)
  },
  rules: [OkParam.userWithoutSession("uid"), groupTypeRule],
  success: OkField.id
}))
