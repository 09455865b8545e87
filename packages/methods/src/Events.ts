/**
 * Events: how many new ones the user has, and a feed of those that the application has subscribed to.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/events/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Event } from "./model/Event.js"

/**
 * The counters of what is new for the current user: messages, notifications, discussions, guests and so on.
 *
 * @since 0.1.0
 * @category methods
 */
export const get = OkMethod.suspend("events.get", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** Only these. The names are not documented. */
    types: OkParam.optional(OkParam.list(OkParam.string)),
    /**
     * Which kinds of discussion count, as a set with a name such as `android.1`. The same in all methods of
     * `Discussions` that take it.
     */
    version: OkParam.optional(OkParam.string)
  },
  success: OkField.array(Event)
}))

/**
 * Waits for events that the application has subscribed to in its settings.
 *
 * The next call takes the `marker` of this answer. It can last as long as `timeout` says.
 *
 * @since 0.1.0
 * @category methods
 */
export const updates = OkMethod.suspend("events.updates", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  manual: false,
  params: {
    /** From where on, as the last answer said. */
    marker: OkParam.optional(OkParam.string),
    /** Only these. The names are not documented. */
    types: OkParam.optional(OkParam.list(OkParam.string)),
    /** How many at most. */
    count: OkParam.optional(OkParam.int),
    /** How long to wait at most, in a unit that is not documented. */
    timeout: OkParam.optional(OkParam.int),
    /** `true` marks as read what comes, `false` lets it come again. */
    commit: OkParam.optional(OkParam.boolean)
  },
  success: Schema.Struct({
    marker: OkField.optional(OkField.id),
    /** What is in the texts is not documented. */
    updates: OkField.list(Schema.String)
  })
}))
