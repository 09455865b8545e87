/**
 * What OK.ru's own SDKs call from games: anonymous sessions, notes between players, statistics, events.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/sdk/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import * as Base64 from "./internal/base64.js"
import { SdkSession } from "./model/SdkSession.js"
import { Stats } from "./model/Stats.js"
import { User, UserField } from "./model/User.js"

const sdkSession = {
  /** The `session_key` that {@link init} answers. */
  sdkToken: OkParam.string
}

/**
 * Links to OK.ru's services. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getEndpoints = OkMethod.suspend("sdk.getEndpoints", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * The place on OK.ru from where the user came to install the application, as a number. 0 where he did not in 30 days.
 *
 * OK.ru's SDKs send it unsigned, at every start of an application where the user has not signed in. The shape of the
 * answer is known from one of them.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInstallSource = OkMethod.suspend("sdk.getInstallSource", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  sig: false,
  params: {
    /** The device's id for advertisers: Google's, or IDFA. `ANDROID_ID` instead gives wrong answers. */
    adv_id: OkParam.string
  },
  success: OkField.int
}))

/**
 * The notes that the user has got in this application. To be read at every start, then cleared by {@link resetNotes}.
 *
 * Called without a session by the manual, but inside the user's in the example of OK.ru's SDK for iOS, which is where
 * the shape of the answer is known from.
 *
 * @since 0.1.0
 * @category methods
 */
export const getNotes = OkMethod.suspend("sdk.getNotes", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: sdkSession,
  success: Schema.Struct({
    /** Notes, whose members are not documented. */
    notes: OkField.list(Schema.Unknown)
  })
}))

/**
 * Opens an anonymous session for the other methods of this group.
 *
 * The manual says that it needs a session, the official page that it takes none and must not be signed: it is sent
 * unsigned and without one.
 *
 * @since 0.1.0
 * @category methods
 */
export const init = OkMethod.suspend("sdk.init", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  sig: false,
  params: {
    session_data: OkParam.json(Schema.Struct({
      /** 2 in OK.ru's SDKs. */
      version: Schema.Int,
      device_id: Schema.String,
      client_type: OkParam.oneOf("SDK_ANDROID", "SDK_IOS", "SDK_UNITY3D"),
      client_version: Schema.String
    }))
  },
  success: SdkSession
}))

/**
 * Reports a payment that a user made through Google or Apple.
 *
 * About money: OK.ru opens it for each application by hand, and answers `OkPermissionDenied` before. Its own SDK keeps
 * a payment and reports it again, up to 20 times, until `result` is `true`.
 *
 * @since 0.1.0
 * @category methods
 */
export const reportPayment = OkMethod.suspend("sdk.reportPayment", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  once: true,
  params: {
    /** The transaction's id. On Android the number of the order, `GPA.1379-6927-7136-26785`. */
    trx_id: OkParam.string,
    /** With a point and two decimals: `0.99`. */
    amount: Schema.String.pipe(Schema.pattern(/^\d+\.\d{2}$/)),
    /** As in ISO 4217: `RUB`. */
    currency: OkParam.string,
    platform: OkParam.oneOf("ANDROID", "IOS")
  },
  success: Schema.Struct({ result: OkField.optional(OkField.boolean) })
}))

/**
 * Sends figures on how the application is used. Some can be refused and the others taken.
 *
 * OK.ru opens it for each application by hand. The shape of the answer is from older documentation.
 *
 * @since 0.1.0
 * @category methods
 */
export const reportStats = OkMethod.suspend("sdk.reportStats", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: {
    stats: OkParam.json(Stats)
  },
  success: Schema.Struct({
    /** What is wrong with those that were refused, by their index. */
    errors: OkField.optional(Schema.Record({ key: Schema.String, value: Schema.String })),
    /** How many were taken. */
    processed: OkField.optional(OkField.int)
  })
}))

/**
 * Deletes the user's notes up to a moment. Answers how many; whether bare or in an object is not documented, either is read.
 *
 * @since 0.1.0
 * @category methods
 */
export const resetNotes = OkMethod.suspend("sdk.resetNotes", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge({
    /** Notes that are older are deleted. Sent in milliseconds: no source names the unit. */
    timestamp: OkParam.millis
  }, sdkSession),
  success: OkField.bareOrOnly(OkField.int)
}))

/**
 * Draws the winners of a game's event and gives them their prizes.
 *
 * Moves money: OKs are charged when it is called, and each winner is notified. Not to be tried out, nor repeated where
 * it is not known whether it arrived. Prizes and the number of winners have to be agreed on with OK.ru.
 *
 * @since 0.1.0
 * @category methods
 */
export const rewardStatus = OkMethod.suspend("sdk.rewardStatus", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  once: true,
  manual: false,
  params: {
    /** The event of {@link setStatus}. */
    event: OkParam.string,
    fields: OkParam.fields(UserField)
  },
  success: Schema.Struct({
    /** What went wrong, too: it comes in an answer like any other. */
    result: OkField.optional(OkField.oneOf("Not configured", "Empty winners")),
    /** The winners. */
    user: OkField.list(User)
  })
})).pipe(OkProjection.projected({ at: { in: "user" }, always: ["uid"] }))

/**
 * A note to a friend.
 *
 * @since 0.1.0
 * @category models
 */
export const Note = Schema.Struct({
  uid: Schema.String,
  message: OkParam.optional(Schema.String),
  /** The address of a picture. */
  image: OkParam.optional(Schema.String),
  /** What the application itself reads. Sent as Base64. */
  payload: OkParam.optional(Base64.bytes)
})

/**
 * What to send to whom. The payload is bytes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Note extends Schema.Schema.Type<typeof Note> {}

/**
 * Sends a note to a friend, who need not have the game. Answers how many there are in his box; whether bare or in an object is not
 * documented, either is read.
 *
 * OK.ru's SDKs have not had it since 2018: it may be gone.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendNote = OkMethod.suspend("sdk.sendNote", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge({
    /** Which of its members have to be there, is not documented. */
    note: OkParam.json(Note)
  }, sdkSession),
  success: OkField.bareOrOnly(OkField.int)
}))

/**
 * Sets the current user's status in a game's event. Answer undocumented.
 *
 * While the event lasts, players see each other's statuses in the feed, from about three on.
 *
 * @since 0.1.0
 * @category methods
 */
export const setStatus = OkMethod.suspend("sdk.setStatus", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  manual: false,
  params: {
    /** 1 to 16 characters. */
    event: Schema.String.pipe(Schema.minLength(1), Schema.maxLength(16)),
    /** At most 64 characters, and at least 16 by the official page. */
    status: Schema.String.pipe(Schema.maxLength(64))
  },
  success: OkMethod.Undocumented
}))
