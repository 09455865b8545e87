/**
 * Addresses of pages on OK.ru, and the ids behind them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/url/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * What is behind an address of OK.ru, and its id.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInfo = OkMethod.suspend("url.getInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** The whole address of a user, a group or an application, as `https://ok.ru/apiok`. */
    url: OkParam.string
  },
  success: Schema.Struct({
    objectId: OkField.optional(OkField.id),
    objectIdEncoded: OkField.optional(OkField.id),
    /** The same as `objectId`. Old answers are without it. */
    objectIdStr: OkField.optional(OkField.id),
    /** An application has another name, which no source shows. */
    type: OkField.optional(OkField.oneOf("PROFILE", "GROUP"))
  })
}))
