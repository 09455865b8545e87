/**
 * What a link looks like in a media topic.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

const fields = () =>
  Schema.Struct(
    {
      type: OkField.optional(OkField.oneOf("link", "adlink")),
      /** Goes into the attachment of the topic. */
      signature: OkField.optional(Schema.String),
      /** Which of the pictures. Goes into the attachment of the topic. */
      mediaIdx: OkField.optional(OkField.int),
      url: OkField.optional(Schema.String),
      title: OkField.optional(Schema.String),
      description: OkField.optional(Schema.String),
      imageUrl: OkField.optional(Schema.String),
      image: OkField.optional(Schema.Struct({
        url: OkField.optional(Schema.String),
        width: OkField.optional(OkField.int),
        height: OkField.optional(OkField.int),
        id: OkField.optional(OkField.id),
        photoId: OkField.optional(OkField.id)
      })),
      buttonTitle: OkField.optional(Schema.String),
      buttonKey: OkField.optional(Schema.String),
      buttonType: OkField.optional(Schema.String)
    },
    OkField.rest
  )

/**
 * A link with what goes into the attachment of a topic: the signature and the picture's index. What else was asked for is as
 * OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface LinkMedia extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A link as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface LinkMediaEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * One way to show a link: title, description, picture.
 *
 * @since 0.1.0
 * @category models
 */
export const LinkMedia: Schema.Schema<LinkMedia, LinkMediaEncoded> = Schema.suspend(fields)
