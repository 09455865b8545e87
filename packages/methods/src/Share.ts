/**
 * Links, looked up so that a media topic can hold them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/share/. The attachment of `Mediatopic.post` takes the signature
 * and the index of the chosen picture from here.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { LinkMedia } from "./model/LinkMedia.js"

/**
 * The title, the description and the pictures of a link. Answer undocumented: {@link fetchLinkV2} has one.
 *
 * @since 0.1.0
 * @category methods
 */
export const fetchLink = OkMethod.suspend("share.fetchLink", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    url: OkParam.string,
    /** The names are not documented. */
    fields: OkParam.optional(OkParam.fields(OkParam.string))
  },
  success: OkMethod.Undocumented
}))

/**
 * The title, the description and the pictures of a link, for a group's topics too. The shape of the answer is known
 * from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const fetchLinkV2 = OkMethod.suspend("share.fetchLinkV2", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "inferred",
  params: {
    url: OkParam.string,
    /** The group where the link is to be posted, if it is one. */
    gid: OkParam.optional(OkParam.string),
    /** The names are not documented. */
    fields: OkParam.optional(OkParam.fields(OkParam.string))
  },
  success: Schema.Struct({
    attachment_media: OkField.list(LinkMedia),
    /** Instead of `attachment_media` where the link is a single page, such as a product. */
    link: OkField.optional(Schema.Struct(
      {
        title: OkField.optional(Schema.String),
        description: OkField.optional(Schema.String),
        url: OkField.optional(Schema.String),
        alternative_url: OkField.optional(Schema.String),
        domain: OkField.optional(Schema.String),
        signature: OkField.optional(Schema.String)
      },
      OkField.rest
    )),
    /** Not described. */
    entities: OkField.optional(Schema.Unknown)
  })
}))
