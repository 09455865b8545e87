/**
 * Where somebody or something is.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

const place = () =>
  Schema.Struct({
    city: OkField.optional(Schema.String),
    /** A constant in upper case, `RUSSIAN_FEDERATION`. */
    country: OkField.optional(Schema.String),
    /** ISO 3166, `RU`. */
    countryCode: OkField.optional(Schema.String),
    countryName: OkField.optional(Schema.String)
  })

/**
 * A city and a country, by name and by code.
 *
 * @since 0.1.0
 * @category models
 */
export interface Location extends Schema.Schema.Type<ReturnType<typeof place>> {}

/**
 * A place as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface LocationEncoded extends Schema.Schema.Encoded<ReturnType<typeof place>> {}

/**
 * A place as a profile names it.
 *
 * @since 0.1.0
 * @category models
 */
export const Location: Schema.Schema<Location, LocationEncoded> = Schema.suspend(place)

const fields = () =>
  Schema.Struct({
    altitude: OkField.optional(OkField.number),
    cellId: OkField.optional(OkField.id),
    city: OkField.optional(Schema.String),
    country: OkField.optional(Schema.String),
    ipAddress: OkField.optional(Schema.String),
    latitude: OkField.optional(OkField.number),
    longitude: OkField.optional(OkField.number)
  })

/**
 * Coordinates as numbers, and the city and the country where they are known.
 *
 * @since 0.1.0
 * @category models
 */
export interface CurrentLocation extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A position as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface CurrentLocationEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * Where a user is now, with coordinates.
 *
 * @since 0.1.0
 * @category models
 */
export const CurrentLocation: Schema.Schema<CurrentLocation, CurrentLocationEncoded> = Schema.suspend(fields)
