/**
 * Communities: those who were somewhere in the same years.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/communities/.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"

/**
 * The members of a community. Answer undocumented, so that the pages cannot be streamed.
 *
 * @since 0.1.0
 * @category methods
 */
export const getMembers = OkMethod.suspend("communities.getMembers", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** The community. */
    gid: OkParam.string,
    /** The year of joining it. */
    start_year: OkParam.optional(OkParam.int),
    /** The year of leaving it. */
    end_year: OkParam.optional(OkParam.int),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int),
    /** The names are not documented. */
    fields: OkParam.optional(OkParam.fields(OkParam.string)),
    /** Only members of one status. The names are not documented. */
    filter: OkParam.optional(OkParam.string)
  },
  success: OkMethod.Undocumented
}))
