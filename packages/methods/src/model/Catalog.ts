/**
 * A catalog of a shop.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

const fields = () =>
  Schema.Struct({
    id: OkField.optional(OkField.id),
    name: OkField.optional(Schema.String),
    group_id: OkField.optional(OkField.id),
    /**
     * Ends with the id, after the last colon. It comes without being asked for: a type that `fields` narrow has no such key, so ask
     * for `id`.
     */
    ref: OkField.optional(Schema.String),
    user_id: OkField.optional(OkField.id),
    // These can be asked for, and no source says what comes.
    capabilities: OkField.optional(Schema.Unknown),
    group_photo: OkField.optional(Schema.Unknown),
    image_url_base: OkField.optional(Schema.Unknown),
    size: OkField.optional(Schema.Unknown)
  })

/**
 * A catalog with its ids as texts. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Catalog extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A catalog as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CatalogEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A catalog: a shelf of products in a group. OK.ru leaves out what was not asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const Catalog: Schema.Schema<Catalog, CatalogEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that a catalog can be asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const CatalogField = OkParam.fieldOf(Catalog, {
  but: ["ref"]
})
