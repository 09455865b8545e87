/**
 * Friends: who they are, who of them uses the application, who else one may know.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/friends/. Ids only: profiles come from `Users.getInfo`, 100 a call.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Relation, RelationType } from "./model/Relation.js"

/**
 * Invites friends into the application. Answer undocumented.
 *
 * The user has to confirm the recipients himself, otherwise OK.ru blocks the application. A friend can be invited who
 * does not use the application and has signed in from one of the devices.
 *
 * @since 0.1.0
 * @category methods
 */
export const appInvite = OkMethod.suspend("friends.appInvite", () => ({
  session: "required",
  permissions: ["APP_INVITE"],
  kind: "write",
  confidence: "partial",
  params: {
    /** The friends to invite. */
    uids: OkParam.list(OkParam.string),
    /** The text of the invitation. */
    text: OkParam.optional(OkParam.string),
    /** On which devices the invitation shows. */
    devices: OkParam.optional(OkParam.list(OkParam.oneOf("ANDROID", "IOS", "WEB")))
  },
  success: OkMethod.Undocumented
}))

/**
 * The ids of a user's friends, all at once: at most 5,000, or 10,000 for a star. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const get = OkMethod.suspend("friends.get", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** Whose friends. The current user's by default. */
    fid: OkParam.optional(OkParam.string),
    /** `PRESENT` puts first who gets the most presents from `uid`. */
    sort_type: OkParam.optional(OkParam.oneOf("PRESENT"))
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.ids()
}))

/**
 * The ids of the friends who use the application. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAppUsers = OkMethod.suspend("friends.getAppUsers", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.ids({ in: "uids" })
}))

/**
 * The ids of the friends who are online and have played the game.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAppUsersOnline = OkMethod.suspend("friends.getAppUsersOnline", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** Only who played there. `CHAT` is the only name that is documented; one value, although the name is a plural. */
    platforms: OkParam.optional(OkParam.oneOf("CHAT"))
  },
  success: OkField.ids({ in: "friends" })
}))

/**
 * A friend's birthday.
 *
 * @since 0.1.0
 * @category models
 */
export const Birthday = Schema.Struct({
  uid: OkField.id,
  /** `yyyy-MM-dd`, as one client was seen to read it. */
  date: OkField.optional(Schema.String)
})

/**
 * The friend's id, and the day as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Birthday extends Schema.Schema.Type<typeof Birthday> {}

/**
 * The friends who have a birthday soon. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getBirthdays = OkMethod.suspend("friends.getBirthdays", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** `false` for the next 3 days, `true` for the next 30. Sources differ on the default: say it. */
    future: OkParam.optional(OkParam.boolean)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.array(Birthday)
}))

/**
 * The ids of the friends who have signed in from some devices. The shape of the answer is known from one client, which says that OK.ru
 * marks the method as deprecated.
 *
 * @since 0.1.0
 * @category methods
 */
export const getByDevices = OkMethod.suspend("friends.getByDevices", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** As OK.ru's SDKs name them. One client has `OK`, `MOBILE` and `WEB`, and says that the method is deprecated. */
    devices: OkParam.list(OkParam.oneOf("ANDROID", "IOS", "WEB"))
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.ids()
}))

/**
 * The ids of the friends that two users have in common. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getMutualFriends = OkMethod.suspend("friends.getMutualFriends", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** One user. The current one by default. */
    source_id: OkParam.optional(OkParam.string),
    /** The other. */
    target_id: OkParam.string,
    /** How many. */
    count: OkParam.optional(OkParam.int)
  },
  rules: [OkParam.userWithoutSession("source_id")],
  success: OkField.ids()
}))

/**
 * The ids of the friends who are online. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getOnline = OkMethod.suspend("friends.getOnline", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** Only users of one version of the site. The names are from 2012. */
    online: OkParam.optional(OkParam.oneOf("web", "wap", "mobile"))
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.ids()
}))

/**
 * How friends are related to a user. Deprecated by OK.ru: use {@link getRelativesV2}. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getRelatives = OkMethod.suspend("friends.getRelatives", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    uid: OkParam.string,
    reltypes: OkParam.optional(OkParam.list(RelationType))
  },
  success: OkMethod.Undocumented
}))

/**
 * How friends are related to a user, page by page. Give the friends or the relations that are wanted, not both.
 *
 * @since 0.1.0
 * @category methods
 */
export const getRelativesV2 = OkMethod.suspend("friends.getRelativesV2", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** Whose friends. Needed even with this user's session. */
    uid: OkParam.string,
    friend_ids: OkParam.optional(OkParam.list(OkParam.string)),
    reltypes: OkParam.optional(OkParam.list(RelationType)),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int)
  },
  rules: [OkParam.exactlyOne("friend_ids", "reltypes")],
  success: OkPage.page("relations", Relation, { extra: { etag: OkField.optional(Schema.String) } })
})).pipe(OkPage.paged({ cursor: "anchor", items: "relations" }))

/**
 * Somebody one may know.
 *
 * @since 0.1.0
 * @category models
 */
export const Suggestion = Schema.Struct({
  uid: OkField.id,
  /** How many friends they have in common. */
  common: OkField.optional(OkField.int)
})

/**
 * The user's id, and how many friends the two have in common.
 *
 * @since 0.1.0
 * @category models
 */
export interface Suggestion extends Schema.Schema.Type<typeof Suggestion> {}

/**
 * People whom the user may know, page by page. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getSuggestions = OkMethod.suspend("friends.getSuggestions", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkPage.page("users", Suggestion)
})).pipe(OkPage.paged({ cursor: "anchor", items: "users" }))
