/**
 * The current user's bookmarks.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/bookmark/.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"

const content = {
  /** The id of what is bookmarked. */
  ref_id: OkParam.string,
  /** What it is. The names are not documented. */
  bookmark_type: OkParam.string
}

/**
 * Puts something into the current user's bookmarks. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const add = OkMethod.suspend("bookmark.add", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: content,
  success: OkMethod.Undocumented
}))

const delete_ = OkMethod.suspend("bookmark.delete", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: content,
  success: OkMethod.Undocumented
}))

export {
  /**
   * Takes something out of the current user's bookmarks. Answer undocumented.
   *
   * @since 0.1.0
   * @category methods
   */
  delete_ as delete
}
