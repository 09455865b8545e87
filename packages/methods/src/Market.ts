/**
 * Shops of groups: products and the catalogs they are in.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/market/. Photos are uploaded with `PhotosV2.getUploadUrl` and
 * not committed: products and catalogs take the token of the upload.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { ProductAttachment } from "./model/Attachment.js"
import { Catalog, CatalogField } from "./model/Catalog.js"
import { Entities } from "./model/Entities.js"
import { MediaTopic, MediaTopicField } from "./model/MediaTopic.js"
import { Product, ProductField, ProductStatus } from "./model/Product.js"

const success = OkField.optional(OkField.boolean)

// As clients know it.
const Done = OkField.inOrBare("success", Schema.Struct({ success }))

/**
 * Adds a product to the shop of a group, or suggests it to the group's administration.
 *
 * @since 0.1.0
 * @category methods
 */
export const add = OkMethod.suspend("market.add", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  params: {
    /** Needed for both types of groups. */
    gid: OkParam.optional(OkParam.string),
    /** `GROUP_SUGGESTED` waits for the administration. */
    type: OkParam.oneOf("GROUP_PRODUCT", "GROUP_SUGGESTED"),
    attachment: OkParam.json(ProductAttachment),
    catalog_ids: OkParam.optional(OkParam.list(OkParam.string)),
    /** The platform it is posted from. The names are not documented. */
    devices: OkParam.optional(OkParam.list(OkParam.string)),
    /** Not described. */
    update_default_visibility: OkParam.optional(OkParam.boolean)
  },
  success: Schema.Struct({ product_id: OkField.optional(OkField.id), success })
}))

/**
 * Creates a catalog in the shop of a group.
 *
 * @since 0.1.0
 * @category methods
 */
export const addCatalog = OkMethod.suspend("market.addCatalog", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  params: {
    gid: OkParam.string,
    name: OkParam.string,
    /** The token of an uploaded photo, for the cover. */
    photo_id: OkParam.optional(OkParam.string),
    /** Whether only the administration can add products. */
    admin_restricted: OkParam.optional(OkParam.boolean)
  },
  success: Schema.Struct({ catalog_id: OkField.optional(OkField.id), success })
}))

const delete_ = OkMethod.suspend("market.delete", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    product_id: OkParam.string
  },
  success: Done
}))

export {
  /**
   * Deletes a product. The shape of the answer is known from clients.
   *
   * @since 0.1.0
   * @category methods
   */
  delete_ as delete
}

/**
 * Deletes a catalog, with its products if asked to. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const deleteCatalog = OkMethod.suspend("market.deleteCatalog", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    catalog_id: OkParam.string,
    /** Whether its products are deleted too. The default is not documented: say it. */
    delete_products: OkParam.optional(OkParam.boolean)
  },
  success: Done
}))

/**
 * Replaces the whole content of a product.
 *
 * @since 0.1.0
 * @category methods
 */
export const edit = OkMethod.suspend("market.edit", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  params: {
    product_id: OkParam.string,
    attachment: OkParam.json(ProductAttachment),
    /** The catalogs it is in from now on. What no name in it does is not documented. */
    catalog_ids: OkParam.optional(OkParam.list(OkParam.string, { min: 0 }))
  },
  success: Schema.Struct({ product_id: OkField.optional(OkField.id), success })
}))

/**
 * Changes the name of a catalog, its cover, or who can change it. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const editCatalog = OkMethod.suspend("market.editCatalog", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    catalog_id: OkParam.string,
    name: OkParam.string,
    /** The token of an uploaded photo, for the cover. */
    photo_id: OkParam.optional(OkParam.string),
    /** Whether only the administration can change it. */
    admin_restricted: OkParam.optional(OkParam.boolean)
  },
  success: Done
}))

/**
 * The products of a catalog, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getByCatalog = OkMethod.suspend("market.getByCatalog", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    catalog_id: OkParam.string,
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int),
    fields: OkParam.optional(OkParam.fields(ProductField))
  },
  success: OkPage.page("short_products", Product)
})).pipe(
  OkProjection.projected({ at: { in: "short_products" }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "short_products" })
)

/**
 * Products by their ids, as media topics with a block for the terms. The shape of the answer is known from clients.
 *
 * Whether the objects that they refer to come along, as with those of `Mediatopic.getByIds`, is not known.
 *
 * @since 0.1.0
 * @category methods
 */
export const getByIds = OkMethod.suspend("market.getByIds", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    product_ids: OkParam.list(OkParam.string),
    /** Each part of a block by its name: `media`, `media_type`, `media_text`... */
    fields: OkParam.optional(OkParam.fields(MediaTopicField))
  },
  success: OkField.object(Schema.Struct({
    products: OkField.list(MediaTopic),
    entities: OkField.optional(Entities)
  }))
})).pipe(OkProjection.projected({ at: { in: "products", of: ["media_topic"] }, always: ["id"] }))

/**
 * The catalogs of a group, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCatalogsByGroup = OkMethod.suspend("market.getCatalogsByGroup", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int),
    fields: OkParam.optional(OkParam.fields(CatalogField))
  },
  success: OkPage.page("catalogs", Catalog)
})).pipe(
  OkProjection.projected({ at: { in: "catalogs" }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "catalogs" })
)

/**
 * Catalogs of a group by their ids, without those that are not there. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getCatalogsByIds = OkMethod.suspend("market.getCatalogsByIds", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    catalog_ids: OkParam.list(OkParam.string),
    fields: OkParam.optional(OkParam.fields(CatalogField))
  },
  success: OkField.object(Schema.Struct({ catalogs: OkField.list(Catalog) }))
})).pipe(OkProjection.projected({ at: { in: "catalogs" }, always: ["id"] }))

/**
 * The products of a group or of the current user, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getProducts = OkMethod.suspend("market.getProducts", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: {
    /** Not needed for `OWN`. */
    gid: OkParam.optional(OkParam.string),
    /**
     * All of the group, those that wait for its administration, or the current user's. Of those that wait the administration sees the
     * others', a member his own; older pages say otherwise.
     */
    tab: OkParam.oneOf("PRODUCTS", "ON_MODERATION", "OWN"),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int),
    fields: OkParam.optional(OkParam.fields(ProductField))
  },
  success: OkPage.page("short_products", Product)
})).pipe(
  OkProjection.projected({ at: { in: "short_products" }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "short_products" })
)

/**
 * Pins a product to the top of a catalog or of the whole shop, or unpins it.
 *
 * @since 0.1.0
 * @category methods
 */
export const pin = OkMethod.suspend("market.pin", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  params: {
    /** The whole shop by default. */
    catalog_id: OkParam.optional(OkParam.string),
    product_id: OkParam.string,
    /** `false` unpins. */
    on: OkParam.boolean
  },
  success: Schema.Struct({ success })
}))

/**
 * Moves a product within a catalog. The shape of the answer is known from one client.
 *
 * Only the first 20 products keep the place they are given, the rest go by age; pinned ones move among themselves.
 *
 * @since 0.1.0
 * @category methods
 */
export const reorder = OkMethod.suspend("market.reorder", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    gid: OkParam.optional(OkParam.string),
    catalog_id: OkParam.optional(OkParam.string),
    product_id: OkParam.string,
    /** The product to put it after. Presumably to the top without it. */
    after_product_id: OkParam.optional(OkParam.string)
  },
  success: Done
}))

/**
 * Moves a catalog among those of its group. The shape of the answer is known from one client.
 *
 * Only the first 10 catalogs keep the place they are given, the rest go by age.
 *
 * @since 0.1.0
 * @category methods
 */
export const reorderCatalogs = OkMethod.suspend("market.reorderCatalogs", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    gid: OkParam.string,
    catalog_id: OkParam.string,
    /** The catalog to put it after. Presumably to the top without it. */
    after_catalog_id: OkParam.optional(OkParam.string)
  },
  success: Done
}))

/**
 * Puts a product on sale, or takes it off.
 *
 * In groups `ACTIVE` becomes `SOLD` or `CLOSED`, on public pages `OUT_OF_STOCK` or `CLOSED`; all of these, and
 * `AUTO_CLOSED`, which only OK.ru sets, become `ACTIVE` again.
 *
 * @since 0.1.0
 * @category methods
 */
export const setStatus = OkMethod.suspend("market.setStatus", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  params: {
    product_id: OkParam.string,
    product_status: ProductStatus
  },
  success: Schema.Struct({ success })
}))

/**
 * Says which catalogs a product is in, all of them. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const updateCatalogsList = OkMethod.suspend("market.updateCatalogsList", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "GROUP_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: {
    gid: OkParam.string,
    product_id: OkParam.string,
    /** Presumably none without it: a client leaves it out where there are none. */
    catalog_ids: OkParam.optional(OkParam.list(OkParam.string))
  },
  success: OkMethod.Undocumented
}))
