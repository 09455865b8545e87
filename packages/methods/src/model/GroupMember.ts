/**
 * How a user is related to a group.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

/**
 * What a user is in a group: `MAYBE` in events only, `BLOCKED` who cannot come back, `PASSIVE` who left and can,
 * `UNKNOWN` where OK.ru failed to tell.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupMemberStatus = OkField.oneOf(
  "ACTIVE",
  "ADMIN",
  "BLOCKED",
  "MAYBE",
  "MODERATOR",
  "PASSIVE",
  "UNKNOWN"
)

/**
 * What a moderator of a group is there for.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupRole = OkField.oneOf("ANALYST", "EDITOR", "MODERATOR", "SUPER_MODERATOR")

/**
 * A user in a group.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupMember = Schema.Struct({
  userId: OkField.id,
  groupId: OkField.optional(OkField.id),
  status: OkField.optional(GroupMemberStatus),
  /** One role is documented and a list was seen: always a list here. */
  role: OkField.optional(Schema.ArrayEnsure(GroupRole)),
  block_reason: OkField.optional(Schema.String),
  /** Milliseconds since 1970. */
  unblock_date_ms: OkField.optional(OkField.int)
})

/**
 * Who is in which group, as what, and until when somebody is blocked.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupMember extends Schema.Schema.Type<typeof GroupMember> {}
