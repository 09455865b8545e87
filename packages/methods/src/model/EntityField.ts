/**
 * Fields of objects that come along with others.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The name of a field with the kind of object in front, `group.name`, or a star for all of them, `group.*`.
 *
 * @since 0.1.0
 * @category models
 */
export const EntityField = Schema.TemplateLiteral(
  Schema.Literal(
    "album",
    "app",
    "group",
    "group_album",
    "group_photo",
    "media_topic",
    "music_track",
    "place",
    "poll",
    "theme",
    "user",
    "video"
  ),
  ".",
  Schema.String
)
