/**
 * Objects that come along with those that refer to them.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"
import { Group } from "./Group.js"
import { MediaTopic } from "./MediaTopic.js"
import { User } from "./User.js"

/**
 * A poll of a media topic.
 *
 * @since 0.1.0
 * @category models
 */
export const Poll = Schema.Struct(
  {
    question: OkField.optional(Schema.String),
    vote_summary: OkField.optional(Schema.Struct({
      count: OkField.optional(OkField.int),
      /** Milliseconds since 1970. */
      last_vote_date_ms: OkField.optional(OkField.int)
    }))
  },
  OkField.rest
)

/**
 * The question, and how many voted. What else was asked for is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Poll extends Schema.Schema.Type<typeof Poll> {}

/**
 * The title of a topic that is no media topic.
 *
 * @since 0.1.0
 * @category models
 */
export const Theme = Schema.Struct(
  {
    id: OkField.optional(OkField.id),
    title: OkField.optional(Schema.String)
  },
  OkField.rest
)

/**
 * The id and the title. What else was asked for is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Theme extends Schema.Schema.Type<typeof Theme> {}

const fields = () =>
  Schema.Struct(
    {
      groups: OkField.list(Group),
      media_topics: OkField.list(MediaTopic),
      polls: OkField.list(Poll),
      themes: OkField.list(Theme),
      users: OkField.list(User)
    },
    OkField.rest
  )

/**
 * A list for each kind that has a model here, empty where nothing of the kind came.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entities extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * The objects by their kind as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntitiesEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * The objects that were asked for by fields with their kind in front, `user.name`. Those without a list here are as
 * OK.ru sent them.
 *
 * @since 0.1.0
 * @category models
 */
export const Entities: Schema.Schema<Entities, EntitiesEncoded> = Schema.suspend(fields)
