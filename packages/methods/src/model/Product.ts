/**
 * A product of a shop.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * Whether a product is for sale. Groups know `SOLD`, public pages `OUT_OF_STOCK`.
 *
 * @since 0.1.0
 * @category models
 */
export const ProductStatus = OkParam.oneOf("ACTIVE", "AUTO_CLOSED", "CLOSED", "OUT_OF_STOCK", "SOLD")

const fields = () =>
  Schema.Struct({
    id: OkField.optional(OkField.id),
    title: OkField.optional(Schema.String),
    /** `user:` or `group:` and the id. */
    author_ref: OkField.optional(Schema.String),
    /** What `Stream.delete` takes. */
    delete_id: OkField.optional(OkField.id),
    /** What `Stream.markAsSpam` takes. */
    mark_as_spam_id: OkField.optional(OkField.id),
    ref: OkField.optional(Schema.String),
    // These can be asked for, and no source says what comes.
    accept_reject_allowed: OkField.optional(Schema.Unknown),
    delivery: OkField.optional(Schema.Unknown),
    description_media_text: OkField.optional(Schema.Unknown),
    edit: OkField.optional(Schema.Unknown),
    edit_status: OkField.optional(Schema.Unknown),
    group_photo: OkField.optional(Schema.Unknown),
    image_url_base: OkField.optional(Schema.Unknown),
    is_ad_for_service: OkField.optional(Schema.Unknown),
    is_ad_sold_online: OkField.optional(Schema.Unknown),
    on_moderation: OkField.optional(Schema.Unknown),
    pinned: OkField.optional(Schema.Unknown),
    pin_allowed: OkField.optional(Schema.Unknown),
    price: OkField.optional(Schema.Unknown),
    status: OkField.optional(Schema.Unknown),
    title_media_text: OkField.optional(Schema.Unknown),
    write_message: OkField.optional(Schema.Unknown)
  })

/**
 * A product with its ids as texts. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Product extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A product as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProductEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A product as lists show it, OK.ru's "short product". The whole of it is a media topic.
 *
 * A field whose type no source shows has that of its like in a media topic; one that has no like is `unknown`.
 *
 * @since 0.1.0
 * @category models
 */
export const Product: Schema.Schema<Product, ProductEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that a product can be asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const ProductField = OkParam.fieldOf(Product)
