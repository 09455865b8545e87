/**
 * The feed: what it shows, and whose events come into it.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/stream/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

const delete_ = OkMethod.suspend("stream.delete", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "inferred",
  params: {
    /** The token `delete_id` of the event. Only events of one's own feed have one. */
    delete_id: OkParam.optional(OkParam.string),
    /** An advertisement. It and all others of the same advertiser stay away for a year. */
    banner_id: OkParam.optional(OkParam.string),
    /** What is passed on to the advertising system as it is. Ignored without `banner_id`. */
    banner_opt: OkParam.optional(OkParam.json(Schema.Record({ key: Schema.String, value: Schema.Unknown }))),
    /** Not described. */
    delete_ref_id: OkParam.optional(OkParam.string)
  },
  success: OkField.bareOrOnly(OkField.boolean)
}))

export {
  /**
   * Removes an event from the user's feed, or an advertisement. The shape of the answer is known from one client.
   *
   * Presumably needs one of `delete_id` and `banner_id`.
   *
   * @since 0.1.0
   * @category methods
   */
  delete_ as delete
}

/**
 * Whether the events of a user or of a group come into the current user's feed. Give one of the two. The shape of the
 * answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const isSubscribed = OkMethod.suspend("stream.isSubscribed", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** The user. */
    fid: OkParam.optional(OkParam.string),
    /** The group. */
    gid: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.exactlyOne("fid", "gid")],
  success: Schema.Struct({ subscribed: OkField.optional(OkField.boolean) })
}))

/**
 * Marks an event as spam and removes it from the user's feed. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const markAsSpam = OkMethod.suspend("stream.markAsSpam", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "inferred",
  params: {
    /** The token `mark_as_spam_id` of the event. Not all events have one. */
    mark_as_spam_id: OkParam.string,
    /** The token `delete_id` of the event, if it has one: without it the event stays in the feed. */
    delete_id: OkParam.optional(OkParam.string),
    /** The names are not documented. */
    complaint_type: OkParam.optional(OkParam.string)
  },
  success: OkField.bareOrOnly(OkField.boolean)
}))
