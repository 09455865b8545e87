/**
 * Users: profiles, what they granted the application, and the mask of bits that it keeps for each of them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/users/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { User, UserField } from "./model/User.js"

/**
 * Takes visitors off the current user's list of guests. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const deleteGuests = OkMethod.suspend("users.deleteGuests", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: {
    /** The guests to take off. */
    uids: OkParam.list(OkParam.string)
  },
  success: OkMethod.Undocumented
}))

/**
 * How active a user is in games and with money.
 *
 * @since 0.1.0
 * @category models
 */
export const AdditionalInfo = Schema.Struct({
  /** A map by the official page, which names these keys: others are as OK.ru sent them. */
  info: OkField.optional(Schema.Struct(
    {
      /** Paid in any application in the last month. */
      app_payer: OkField.optional(OkField.boolean),
      /** Spent OKs anywhere in the last month. */
      ok_payer: OkField.optional(OkField.boolean),
      balance: OkField.optional(OkField.oneOf("0", "1-29", "30-99", "100+")),
      /** How the last payment was made. */
      last_payment: OkField.optional(OkField.oneOf("NO", "SMS", "TERMINAL", "CARD")),
      /** Played games in the last month. */
      player: OkField.optional(OkField.boolean)
    },
    OkField.rest
  )),
  user_id: OkField.id
})

/**
 * The user's id, and what OK.ru tells of games and payments.
 *
 * @since 0.1.0
 * @category models
 */
export interface AdditionalInfo extends Schema.Schema.Type<typeof AdditionalInfo> {}

/**
 * How active up to 100 users are in games and with money. The figures can be a day old.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAdditionalInfo = OkMethod.suspend("users.getAdditionalInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** At most 100. */
    uids: OkParam.list(OkParam.string, { max: 100 })
  },
  success: Schema.Struct({ users: OkField.list(AdditionalInfo) })
}))

/**
 * How often a method can still be called.
 *
 * @since 0.1.0
 * @category models
 */
export const CallsLeft = Schema.Struct({
  name: OkField.optional(Schema.String),
  available: OkField.optional(OkField.boolean),
  callsLeft: OkField.optional(OkField.int)
})

/**
 * The name of a method, and how many calls of it are left.
 *
 * @since 0.1.0
 * @category models
 */
export interface CallsLeft extends Schema.Schema.Type<typeof CallsLeft> {}

/**
 * How often methods can still be called for a user of the application.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCallsLeft = OkMethod.suspend("users.getCallsLeft", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  params: {
    /** For whom. Presumably needed where there is no user's session: no source says. */
    uid: OkParam.optional(OkParam.string),
    /** Names of methods. `notifications.sendFromUser` stands for `showNotification` of the JavaScript API. */
    methods: OkParam.list(OkParam.string)
  },
  success: OkField.array(CallsLeft)
}))

/**
 * The profile of the user whose session it is. The shape of the answer is known from clients.
 *
 * `GET_EMAIL` is for the field `email`: the rest comes without any permission.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCurrentUser = OkMethod.suspend("users.getCurrentUser", () => ({
  session: "required",
  permissions: ["GET_EMAIL"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** A set that OK.ru chooses by default. */
    fields: OkParam.optional(OkParam.fields(UserField))
  },
  success: User
})).pipe(OkProjection.projected({ at: "self", always: ["uid"] }))

/**
 * The applications that the current user has installed. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getGames = OkMethod.suspend("users.getGames", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * Somebody who visited a profile.
 *
 * @since 0.1.0
 * @category models
 */
export const Guest = Schema.Struct({ userId: OkField.id }, OkField.rest)

/**
 * The id of a visitor, and what else comes: no source shows it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Guest extends Schema.Schema.Type<typeof Guest> {}

/**
 * Who visited the current user's profile, page by page. The shape of the answer is known from one client, which does not show what the
 * next page is asked for by.
 *
 * @since 0.1.0
 * @category methods
 */
export const getGuests = OkMethod.suspend("users.getGuests", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    pagingAnchor: OkParam.optional(OkParam.string),
    pagingDirection: OkParam.optional(OkPage.Direction),
    /** In 2012 at most 20, and 10 by default. */
    count: OkParam.optional(OkParam.int)
  },
  success: OkPage.page("guests", Guest, { cursor: "pagingAnchor" })
})).pipe(OkPage.paged({ cursor: "pagingAnchor", items: "guests", until: "empty" }))

/**
 * A user's holidays. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getHolidays = OkMethod.suspend("users.getHolidays", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** Whose. The current user's by default. */
    uid: OkParam.optional(OkParam.string)
  },
  success: OkMethod.Undocumented
}))

/**
 * The profiles of up to 100 users. The shape of the answer is known from clients.
 *
 * Who does not exist is left out: ask for `uid` and match by it.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInfo = OkMethod.suspend("users.getInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** At most 100. */
    uids: OkParam.list(OkParam.string, { max: 100 }),
    fields: OkParam.fields(UserField),
    /** `true` for no picture instead of a stock one where a user has no photo. */
    emptyPictures: OkParam.optional(OkParam.boolean)
  },
  success: OkField.array(User, { in: "users" })
})).pipe(OkProjection.projected({ at: "each", always: ["uid"] }))

/**
 * A user's profile as the current user sees it. The shape of the answer is known from one client.
 *
 * Counts as a visit, so that the current user is among the other's guests, unless `register_as_guest` is `false`.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInfoBy = OkMethod.suspend("users.getInfoBy", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "inferred",
  params: {
    /** Whose profile. */
    uid: OkParam.string,
    fields: OkParam.fields(UserField),
    /** `true` by default. */
    register_as_guest: OkParam.optional(OkParam.boolean)
  },
  success: OkField.bareOrIn("user", User)
})).pipe(OkProjection.projected({ at: "self", always: ["uid"] }))

/**
 * A friend who may be invited into a game.
 *
 * @since 0.1.0
 * @category models
 */
export const InvitableFriend = Schema.Struct({
  uid: OkField.id,
  /** Whether the application may have this friend selected beforehand. */
  selectable: OkField.optional(OkField.boolean)
})

/**
 * The friend's id, and whether an application may select the friend beforehand.
 *
 * @since 0.1.0
 * @category models
 */
export interface InvitableFriend extends Schema.Schema.Type<typeof InvitableFriend> {}

/**
 * The friends who may be invited into a game.
 *
 * Only for applications that have asked api-support@ok.ru for access.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInvitableFriends = OkMethod.suspend("users.getInvitableFriends", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** `true` for those friends only who play the game already. */
    suggestOnly: OkParam.optional(OkParam.boolean),
    /** Of which application. The official page gives neither type nor meaning. */
    app_id: OkParam.optional(OkParam.string)
  },
  success: Schema.Struct({ users: OkField.list(InvitableFriend) })
}))

/**
 * The id of the user whose session it is: the cheapest way to see whether a token is still good. The shape of the answer is known from
 * clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getLoggedInUser = OkMethod.suspend("users.getLoggedInUser", () => ({
  session: "required",
  permissions: [],
  kind: "read",
  confidence: "inferred",
  params: {},
  success: OkField.id
}))

/**
 * Whether a user has given a telephone number, and whose network it belongs to. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getMobileOperator = OkMethod.suspend("users.getMobileOperator", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkMethod.Undocumented
}))

/**
 * What a user wants to be told by SMS, and when. Known from the documentation of 2017 and probably withdrawn since.
 *
 * @since 0.1.0
 * @category methods
 */
export const getSettings = OkMethod.suspend("users.getSettings", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  manual: false,
  params: {
    /** On whose behalf, where there is no user's session. */
    uid: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: Schema.Struct({
    /** The events that are told by SMS. */
    sms_notifications: OkField.optional(Schema.String),
    /** Not earlier than, `HH:MM`. */
    sms_notifications_start_time: OkField.optional(Schema.String),
    /** Not later than, `HH:MM`. */
    sms_notifications_end_time: OkField.optional(Schema.String)
  })
}))

/**
 * What a user can grant to an application. There are more.
 *
 * @since 0.1.0
 * @category models
 */
export const Permission = OkParam.oneOf(
  "VALUABLE_ACCESS",
  "LONG_ACCESS_TOKEN",
  "PHOTO_CONTENT",
  "GROUP_CONTENT",
  "VIDEO_CONTENT",
  "APP_INVITE",
  "GET_EMAIL",
  "SET_STATUS",
  "PUBLISH_NOTE",
  "LIKE"
)

/**
 * Whether a user has granted the application a permission. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const hasAppPermission = OkMethod.suspend("users.hasAppPermission", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  confidence: "inferred",
  params: {
    /** Who. Presumably needed where there is no user's session: no source says. */
    uid: OkParam.optional(OkParam.string),
    /** One permission. */
    ext_perm: Permission
  },
  success: OkField.boolean
}))

/**
 * Whether a user has installed the application. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const isAppUser = OkMethod.suspend("users.isAppUser", () => ({
  session: "optional",
  permissions: [],
  kind: "read",
  confidence: "inferred",
  params: {
    /** Who, where there is no user's session. */
    uid: OkParam.optional(OkParam.string)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkField.boolean
}))

/**
 * Gives back permissions that a user granted the application. Answer undocumented: a boolean, says the manual of another client.
 *
 * @since 0.1.0
 * @category methods
 */
export const removeAppPermissions = OkMethod.suspend("users.removeAppPermissions", () => ({
  session: "optional",
  permissions: [],
  kind: "write",
  confidence: "partial",
  params: {
    /** Whose, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    ext_perm: OkParam.list(Permission)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: OkMethod.Undocumented
}))

const SmsEvent = OkParam.oneOf(
  "NewMarks",
  "NewPresents",
  "NewMessages",
  "NewAltGroupInvitations",
  "AltGroupJoiningAccepted",
  "AltGroupModeratorInvitations",
  "NewPhotoPins",
  "NewForumMessages",
  "NewPhotoComments",
  "NewFriendConfirmations",
  "NewStatusComments",
  "AppInvitations",
  "FriendRecommendations",
  "FriendBirthdays"
)

const TimeOfDay = Schema.String.pipe(Schema.pattern(/^([01]\d|2[0-3]):[0-5]\d$/))

/**
 * Changes what the current user is told by SMS, and when. Answer undocumented.
 *
 * Known from the documentation of 2017 and probably withdrawn since.
 *
 * @since 0.1.0
 * @category methods
 */
export const setSettings = OkMethod.suspend("users.setSettings", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  manual: false,
  params: {
    /** The events to tell by SMS from now on. */
    smsNotifAdd: OkParam.optional(OkParam.list(SmsEvent)),
    /** The events to tell no longer. */
    smsNotifRemove: OkParam.optional(OkParam.list(SmsEvent)),
    /** Not earlier than, `HH:MM`. */
    smsNotifStartTime: OkParam.optional(TimeOfDay),
    /** Not later than, `HH:MM`. */
    smsNotifEndTime: OkParam.optional(TimeOfDay)
  },
  success: OkMethod.Undocumented
}))

/**
 * Sets or clears the current user's status. The shape of the answer is known from one client.
 *
 * @deprecated OK.ru's documentation says that it no longer works.
 * @since 0.1.0
 * @category methods
 */
export const setStatus = OkMethod.suspend("users.setStatus", () => ({
  session: "required",
  permissions: ["SET_STATUS"],
  kind: "write",
  confidence: "inferred",
  params: {
    /** The text. Cleared where it is left out. */
    status: OkParam.optional(OkParam.string),
    /** Where the user is, in a shape that is not documented. Ignored where the status is cleared. */
    location: OkParam.optional(OkParam.json(Schema.Unknown))
  },
  success: OkField.bareOrOnly(OkField.boolean)
}))

const Mask = OkParam.int.pipe(Schema.between(0, 0xffffffff))

const bits = {
  /** The bits to combine with, 0 to 4,294,967,295. Only reads where it is left out. */
  mask: OkParam.optional(Mask),
  /** `true` for OR, `false` for AND. The default is not documented: say it. */
  orUpdate: OkParam.optional(OkParam.boolean)
}

/**
 * Changes the 32 bits that the application keeps for a user, or reads them. Other fields in the answer are possible.
 *
 * @since 0.1.0
 * @category methods
 */
export const updateMask = OkMethod.suspend("users.updateMask", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge({
    /** Whose bits, where there is no user's session. */
    uid: OkParam.optional(OkParam.string)
  }, bits),
  rules: [OkParam.userWithoutSession("uid")],
  success: Schema.Struct({
    /** The bits as they are after the call. */
    mask: OkField.int
  })
}))

/**
 * Changes the 32 bits that the application keeps for each of up to 100 users, or reads them. Answer undocumented.
 *
 * OK.ru recommends {@link updateMasksV2}. Works for users too who have removed the application.
 *
 * @since 0.1.0
 * @category methods
 */
export const updateMasks = OkMethod.suspend("users.updateMasks", () => ({
  session: "prohibited",
  permissions: [],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge({
    /** At most 100. */
    uids: OkParam.list(OkParam.string, { max: 100 })
  }, bits),
  success: OkMethod.Undocumented
}))

/**
 * Changes the 32 bits that the application keeps for each of up to 100 users, or reads them. Answer undocumented.
 *
 * Only reads where neither mask is given. Which is applied first where both are is not documented. Works for users too
 * who have removed the application.
 *
 * @since 0.1.0
 * @category methods
 */
export const updateMasksV2 = OkMethod.suspend("users.updateMasksV2", () => ({
  session: "prohibited",
  permissions: [],
  kind: "write",
  confidence: "partial",
  params: {
    /** At most 100. */
    uids: OkParam.list(OkParam.string, { max: 100 }),
    /** The bits to set. */
    or_mask: OkParam.optional(Mask),
    /** The bits to keep. */
    and_mask: OkParam.optional(Mask)
  },
  success: OkMethod.Undocumented
}))
