/**
 * Money: what users paid in an application, what they have, what it gives them back.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/payment/. A payment itself comes from OK.ru as a call of the
 * application's server.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * Picks winners among the users who paid in a period and credits them with OKs. Answers their ids.
 *
 * Moves money: the winners have it when the answer comes. Not to be tried out, nor repeated where it is not known
 * whether it arrived. All prizes go into one call, and the application's cashback account has to hold their sum.
 *
 * @since 0.1.0
 * @category methods
 */
export const appCashback = OkMethod.suspend("payment.appCashback", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  once: true,
  params: {
    /** Inclusive. Sent as Moscow time: the official page names no zone. */
    from: OkParam.moscowMinute,
    /** Exclusive. */
    to: OkParam.moscowMinute,
    /** The prizes in OKs, one for each winner. */
    amount: OkParam.list(OkParam.int)
  },
  success: Schema.Struct({ users: OkField.list(OkField.id) })
}))

/**
 * The payments of a day, of all users or of one, page by page.
 *
 * @since 0.1.0
 * @category methods
 */
export const getDailyTransactionsFromServer = OkMethod.suspend("payment.getDailyTransactionsFromServer", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  manual: false,
  params: {
    /** Whose payments. Everybody's by default. */
    uid: OkParam.optional(OkParam.string),
    /** Sent with points, as newer pages have it: older ones write the day with hyphens. */
    date: OkParam.optional(OkParam.moscowDay),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    /** At most 100. */
    count: OkParam.optional(OkParam.int.pipe(Schema.between(1, 100)))
  },
  /**
   * A payment of `data` is an object, or a list in the order of `fields`: the official page leaves it open. It has
   * `timestamp` (Unix time), `id`, `operation` (`DEBIT` for a payment, `CREDIT` for a refund or a transfer from the
   * game), `status` (`SUCCESS`, `CANCEL`, `INIT`), `amount`, `desc`, `userId` (of a transfer the application's id) and
   * `platform` (`MOB_ANDROID`, `MOB_IOS`, `COMMUNITY_WEB`, `COMMUNITY_MOBILE`, `unknown`).
   */
  success: OkPage.page("data", Schema.Unknown, {
    extra: {
      etag: OkField.optional(Schema.String),
      fields: OkField.list(Schema.String)
    }
  })
})).pipe(OkPage.paged({ cursor: "anchor", items: "data" }))

/**
 * How many OKs the current user has. Answer undocumented.
 *
 * Granted in exceptional cases only: OK.ru points to `Users.getAdditionalInfo`.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUserAccountBalance = OkMethod.suspend("payment.getUserAccountBalance", () => ({
  session: "required",
  permissions: [],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * How many bonus OKs the current user has. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUserAccountBonusBalance = OkMethod.suspend("payment.getUserAccountBonusBalance", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * Whether the current user is VIP.
 *
 * For applications that OK.ru has enabled it for: write to api-support@ok.ru.
 *
 * @since 0.1.0
 * @category methods
 */
export const getVipStatus = OkMethod.suspend("payment.getVipStatus", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {},
  success: Schema.Struct({
    /** Whether the subscription is a trial. */
    trial: OkField.optional(OkField.boolean),
    vip: OkField.optional(OkField.boolean)
  })
}))
