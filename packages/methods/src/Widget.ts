/**
 * Widgets: pieces of OK.ru's own HTML for web applications.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/widget/. A widget that is a user's own needs this user's
 * session, a common one is called without. The former may be kept for 5 minutes and not beyond a launch, the latter for
 * 24 hours.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import * as Base64 from "./internal/base64.js"

/**
 * The HTML of one widget. OK.ru sends it as Base64, which is decoded here. Whether as JSON is not documented: where it is the body as it
 * is, that is an `OkTransportError` of the reason `"NotJson"`, and {@link getWidgets} is the way.
 *
 * Sources know texts in UTF-8 only. What else comes is an `OkDecodeError`, whose body has the Base64.
 *
 * @since 0.1.0
 * @category methods
 */
export const getWidgetContent = OkMethod.suspend("widget.getWidgetContent", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: {
    /** The name of the widget, such as `mobile-header-small`. */
    wid: OkParam.string,
    style: OkParam.optional(OkParam.string)
  },
  success: Base64.text
}))

/**
 * A widget to embed.
 *
 * @since 0.1.0
 * @category models
 */
export const Widget = Schema.Struct({
  id: OkField.optional(OkField.id),
  /** How long it may be kept, in a unit that no source gives. */
  cache: OkField.optional(OkField.int),
  /** HTML. OK.ru sends it as Base64, which is decoded here. */
  content: OkField.optional(Base64.text),
  content_type: OkField.optional(Schema.String)
})

/**
 * The widget, its content as a text that is no Base64 any more.
 *
 * @since 0.1.0
 * @category models
 */
export interface Widget extends Schema.Schema.Type<typeof Widget> {}

/**
 * Widgets to embed.
 *
 * Sources know texts in UTF-8 only. What else comes is an `OkDecodeError`, whose body has the Base64.
 *
 * @since 0.1.0
 * @category methods
 */
export const getWidgets = OkMethod.suspend("widget.getWidgets", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: {
    /** The names of the widgets, such as `mobile-header-small`. */
    wids: OkParam.list(OkParam.string),
    /** For all of them. One that has no such style comes in its own. */
    style: OkParam.optional(OkParam.string)
  },
  success: OkField.array(Widget)
}))
