import type { OkMethod } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Widget from "@effect-okru/methods/Widget"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

const image = Buffer.from([0x89, 0x50, 0x4e, 0x47]).toString("base64")

const answering = (method: OkMethod.Any, body: unknown) =>
  FakeTransport.layerClient(
    FakeTransport.respond(method, () =>
      Effect.succeed({ status: 200, body: JSON.stringify(body), invocationError: undefined }))
  )

describe("the content of a widget", () => {
  it.effect("is a text, whatever its letters", () =>
    Effect.gen(function*() {
      const content = Buffer.from("<b>Привет</b>").toString("base64")
      assert.strictEqual(
        yield* Effect.provide(Widget.getWidgetContent({ wid: "test" }), answering(Widget.getWidgetContent, content)),
        "<b>Привет</b>"
      )
    }))

  it.effect("that is no text is in the body of the error", () =>
    Effect.gen(function*() {
      const body = [{ id: "test", content_type: "image/png", content: image }]
      const error = yield* Widget.getWidgets({ wids: ["test"] }).pipe(
        Effect.provide(answering(Widget.getWidgets, body)),
        Effect.flip
      )
      assert(error._tag === "OkDecodeError")
      assert.strictEqual(error.issue, "[0].content: expected a text in UTF-8")
      assert.deepStrictEqual(Redacted.value(error.body), body)
    }))
})
