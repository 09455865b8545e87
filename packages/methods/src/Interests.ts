/**
 * What users are interested in.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/interests/.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"

/**
 * A user's interests. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const get = OkMethod.suspend("interests.get", () => ({
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
