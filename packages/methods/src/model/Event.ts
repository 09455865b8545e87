/**
 * What is new for a user.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

const fields = () =>
  Schema.Struct({
    /** Which kind of event. The names are not documented. */
    type: OkField.optional(Schema.String),
    uid: OkField.optional(OkField.id),
    /** How many. */
    number: OkField.optional(OkField.int),
    message: OkField.optional(OkField.int),
    icon: OkField.optional(OkField.int),
    lastId: OkField.optional(OkField.id),
    marker: OkField.optional(OkField.id),
    /** Read by a client of 2014. */
    likes_count: OkField.optional(OkField.int),
    /** Read by a client of 2014. */
    replies_count: OkField.optional(OkField.int)
  })

/**
 * The kind of event, and how many there are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Event extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A counter of events as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface EventEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A counter of new events of one kind.
 *
 * @since 0.1.0
 * @category models
 */
export const Event: Schema.Schema<Event, EventEncoded> = Schema.suspend(fields)
