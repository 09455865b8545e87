/**
 * Games and applications: the catalogue, offers for VIP users, promotions.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/apps/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { Application, ApplicationField } from "./model/Application.js"

const Done = Schema.Struct({ success: OkField.optional(OkField.boolean) })

const page = {
  fields: OkParam.fields(ApplicationField),
  anchor: OkParam.optional(OkParam.string),
  count: OkParam.optional(OkParam.int)
}

const Page = OkPage.page("apps", Application, { extra: { etag: OkField.optional(Schema.String) } })

const catalogue = {
  /** For which platform, as OK.ru's SDKs name it. The names are not documented here. */
  platform: OkParam.optional(OkParam.oneOf("ANDROID", "IOS"))
}

const offer = {
  /** The offer's number, 0 to 4. */
  slot: OkParam.int.pipe(Schema.between(0, 4))
}

/**
 * Whether the current user has had the bonus of a VIP offer. Answer undocumented.
 *
 * To be called before a bonus is given, {@link setVipOfferStatus} after.
 *
 * @since 0.1.0
 * @category methods
 */
export const checkVipOfferStatus = OkMethod.suspend("apps.checkVipOfferStatus", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: offer,
  success: OkMethod.Undocumented
}))

/**
 * The promotion of the application. Answer undocumented.
 *
 * OK.ru says at {@link setAppPromoInfo} that promotions are switched off for now.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAppPromoInfo = OkMethod.suspend("apps.getAppPromoInfo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * The applications of one section of the catalogue, page by page.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPlatformCatalogNodeTop = OkMethod.suspend("apps.getPlatformCatalogNodeTop", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: OkParam.merge(page, {
    /** The section. */
    node: OkParam.string
  }, catalogue),
  success: Page
})).pipe(
  OkProjection.projected({ at: { in: "apps" } }),
  OkPage.paged({ cursor: "anchor", items: "apps", until: "empty" })
)

/**
 * The sections of the catalogue, each with its first applications. {@link getPlatformCatalogNodeTop} has the others.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPlatformCatalogNodesTop = OkMethod.suspend("apps.getPlatformCatalogNodesTop", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: OkParam.merge({
    fields: OkParam.fields(ApplicationField),
    /** How many applications of each section. */
    count: OkParam.optional(OkParam.int)
  }, catalogue),
  success: OkField.object(Schema.Struct({
    /** The sections. What else they hold, their names among it, is as OK.ru sent it: no source shows it. */
    nodes: OkField.list(Schema.Struct(
      {
        /** Where {@link getPlatformCatalogNodeTop} goes on. */
        anchor: OkField.optional(OkField.id),
        apps: OkField.list(Application)
      },
      OkField.rest
    ))
  }))
})).pipe(OkProjection.projected({ at: { in: "nodes", at: { in: "apps" } } }))

/**
 * The newest games, page by page.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPlatformNew = OkMethod.suspend("apps.getPlatformNew", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: page,
  success: Page
})).pipe(
  OkProjection.projected({ at: { in: "apps" } }),
  OkPage.paged({ cursor: "anchor", items: "apps" })
)

/**
 * The most popular games. Answer undocumented, so that the pages cannot be streamed.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPlatformTop = OkMethod.suspend("apps.getPlatformTop", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: page,
  success: OkMethod.Undocumented
}))

/**
 * The most popular applications. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const getTop = OkMethod.suspend("apps.getTop", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * Ends the promotion of the application. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const removeAppPromoInfo = OkMethod.suspend("apps.removeAppPromoInfo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: {},
  success: OkMethod.Undocumented
}))

/**
 * Sends a push notification to a user's mobile device.
 *
 * For applications that OK.ru has enabled it for: write to api-support@ok.ru.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendGamePush = OkMethod.suspend("apps.sendGamePush", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  manual: false,
  params: {
    /** Who gets it. Optional in the official table. */
    uid: OkParam.optional(OkParam.string),
    /** At most 128 characters. */
    message: Schema.String.pipe(Schema.maxLength(128)),
    /** The query of the address that it opens. At most 128 characters. */
    query: OkParam.optional(Schema.String.pipe(Schema.maxLength(128))),
    /** The hash of the address that it opens. At most 128 characters. */
    hash: OkParam.optional(Schema.String.pipe(Schema.maxLength(128)))
  },
  success: Done
}))

/**
 * Promotes the application in the catalogue for at most 3 days. Promotions are switched off for now, says OK.ru.
 *
 * At most 5 calls in 30 days, by older documentation.
 *
 * @since 0.1.0
 * @category methods
 */
export const setAppPromoInfo = OkMethod.suspend("apps.setAppPromoInfo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: {
    /** A public topic of the game's group that describes the promotion and links to the game. */
    topic_id: OkParam.string,
    /** 8 to 48 characters. */
    text: Schema.String.pipe(Schema.minLength(8), Schema.maxLength(48)),
    /** In the future. Sent as Moscow time: the official page names no zone. */
    start_time: OkParam.moscowMinute,
    /** At most 3 days after the start. */
    end_time: OkParam.moscowMinute,
    /** The address of a picture of exactly this size. */
    image304x128: OkParam.string
  },
  success: Done
}))

/**
 * Notes whether the current user has had the bonus of a VIP offer.
 *
 * It stays noted for the number when {@link setVipOffers} puts another offer there.
 *
 * @since 0.1.0
 * @category methods
 */
export const setVipOfferStatus = OkMethod.suspend("apps.setVipOfferStatus", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: OkParam.merge(offer, {
    given: OkParam.optional(OkParam.boolean)
  }),
  success: Done
}))

/**
 * Sets the offers for VIP users, all of them at once. The first gets the number 0.
 *
 * The manual says that it needs a session, the official page that it takes none. Who comes by an offer has `vipoffer=`
 * and its number in `customargs`.
 *
 * @since 0.1.0
 * @category methods
 */
export const setVipOffers = OkMethod.suspend("apps.setVipOffers", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: {
    /** At most 5, of at most 50 characters each. */
    names: OkParam.optional(OkParam.list(Schema.String.pipe(Schema.maxLength(50)), { min: 0, max: 5 }))
  },
  success: Done
}))
