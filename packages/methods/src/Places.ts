/**
 * Places on the map.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/places/.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * The city and the country at some coordinates, as far as OK.ru can tell. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const reverseGeocode = OkMethod.suspend("places.reverseGeocode", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** Degrees of latitude. */
    lat: OkParam.number,
    /** Degrees of longitude. */
    lng: OkParam.number
  },
  success: OkMethod.Undocumented
}))

/**
 * Whether a place can be created as it is described. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const validate = OkMethod.suspend("places.validate", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** The place, in a shape that is not documented. */
    place: OkParam.json(Schema.Unknown)
  },
  success: OkMethod.Undocumented
}))
