/**
 * How two users are related.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * The kinds of relation, in OK.ru's own spelling (`COLLEGUE`, `CURSEMATE`).
 *
 * @since 0.1.0
 * @category models
 */
export const RelationType = OkParam.oneOf(
  "ALL",
  "BROTHERSISTER",
  "CHILD",
  "CHILDINLAW",
  "CLASSMATE",
  "CLOSEFRIEND",
  "COLLEGUE",
  "COMPANIONINARMS",
  "CURSEMATE",
  "GODCHILD",
  "GODPARENT",
  "GRANDCHILD",
  "GRANDPARENT",
  "LOVE",
  "NEPHEW",
  "PARENT",
  "PARENTINLAW",
  "PLAYINGTOGETHER",
  "RELATIVE",
  "SPOUSE",
  "UNCLEAUNT"
)

/**
 * The friends who are related to a user in one way.
 *
 * @since 0.1.0
 * @category models
 */
export const Relation = Schema.Struct({
  type_id: OkField.optional(RelationType),
  subtype_id: OkField.optional(RelationType),
  uids: OkField.list(OkField.id)
})

/**
 * A kind of relation, and the ids of those it is to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Relation extends Schema.Schema.Type<typeof Relation> {}
