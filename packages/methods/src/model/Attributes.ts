/**
 * What the current user may do with an object.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

/**
 * Rights that were asked for, as OK.ru abbreviates them. A field like `product_create_allowed` does not come under its
 * own name: there is a code for it here, or there is not.
 *
 * @since 0.1.0
 * @category models
 */
export const Attributes = Schema.Struct({
  /** Codes, separated by commas: `"l,s"`. Compare whole codes: some begin like others. */
  flags: OkField.optional(Schema.String)
})

/**
 * The codes of the rights in one text, absent where there are none.
 *
 * @since 0.1.0
 * @category models
 */
export interface Attributes extends Schema.Schema.Type<typeof Attributes> {}
