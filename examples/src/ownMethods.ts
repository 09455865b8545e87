import { OkField, OkMethod, OkParam } from "@effect-okru/core"
import * as Schema from "effect/Schema"

// Any parameters, and the body as it comes.
export const anyBadges = OkMethod.untyped("group.getBadges", { session: "required", kind: "read" })

// The same as a row: parameters are codecs to the text that is sent, an answer is a schema.
export const getBadges = OkMethod.make("group.getBadges", {
  session: "required",
  permissions: ["GROUP_CONTENT"],
  kind: "read",
  params: {
    gid: OkParam.string,
    kinds: OkParam.optional(OkParam.list(OkParam.oneOf("GOLD", "SILVER"))),
    count: OkParam.optional(OkParam.int)
  },
  success: Schema.Struct({
    badges: OkField.list(Schema.Struct({ id: OkField.id, title: OkField.optional(Schema.String) })),
    total: OkField.int
  })
})
