/**
 * What OK.ru calls at the application's own server.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/callbacks/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * A payment, or an event of a subscription, that OK.ru asks the application to confirm.
 *
 * Nothing to call: OK.ru sends these parameters by GET to the address in the application's settings, and the
 * application answers `true`. All sources know it as XML, `<callbacks_payment_response xmlns="http://api.forticom.com/1.0/">`
 * around `true` with the type `application/xml`; newer pages allow JSON. Moves money. OK.ru asks up to three times, 5
 * seconds apart, and gives the money back where no right answer comes: grant goods once for each `transaction_id`. Check
 * the signature first, then that `amount` is the price of `product_code`. A refusal needs the header `Invocation-error`
 * with the code of the error, and an `error_response` with `error_code` and `error_msg` as its body.
 *
 * @since 0.1.0
 * @category methods
 */
export const payment = OkMethod.suspend("callbacks.payment", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  once: true,
  params: {
    /** Who pays. */
    uid: OkParam.string,
    /** Required by the official table, and yet absent or empty when a trial begins or a subscription is cancelled. */
    transaction_id: OkParam.string,
    /** In Moscow time, as far as is known. */
    transaction_time: OkParam.moscowSecond,
    product_code: OkParam.optional(OkParam.string),
    /** Which variant of the product. */
    product_option: OkParam.optional(OkParam.string),
    /** The whole price, in OKs or in `currency`. */
    amount: OkParam.int,
    /** Absent for OKs. */
    currency: OkParam.optional(OkParam.string),
    /** Of a payment in roubles. */
    payment_system: OkParam.optional(OkParam.string),
    /** What the game gave to `FAPI.UI.showPayment`. */
    extra_attributes: OkParam.optional(OkParam.json(Schema.Record({ key: Schema.String, value: Schema.Unknown }))),
    /** How many days a subscription is on trial. */
    trial_days: OkParam.optional(OkParam.int),
    /** Not described. */
    card_promo: OkParam.optional(OkParam.boolean)
  },
  success: OkField.boolean
}))
