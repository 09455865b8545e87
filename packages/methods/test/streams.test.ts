/**
 * Streams of methods whose pages say nothing of whether there is more: they end with an empty page, not with a short one.
 */
import type { OkMethod } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Apps from "@effect-okru/methods/Apps"
import * as Discussions from "@effect-okru/methods/Discussions"
import * as Users from "@effect-okru/methods/Users"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const pages = (method: OkMethod.Any, ...bodies: ReadonlyArray<unknown>) =>
  FakeTransport.layerClient(
    FakeTransport.respond(method, (_, index) =>
      Effect.succeed({ status: 200, body: JSON.stringify(bodies[index]), invocationError: undefined }))
  )

describe("a page with fewer items than asked for", () => {
  it.effect("of users.getGuests, which gives at most 20, is not the last", () =>
    Effect.gen(function*() {
      const guests = yield* Stream.runCollect(Users.getGuests.stream({ count: 100 }))
      expect([...guests]).toEqual([{ userId: "1" }, { userId: "2" }])
      const anchors = (yield* FakeTransport.requests).map(({ parameters }) => parameters["pagingAnchor"])
      expect(anchors).toEqual([undefined, "a", "b"])
    }).pipe(
      Effect.provide(
        pages(
          Users.getGuests,
          { guests: [{ userId: "1" }], pagingAnchor: "a" },
          { guests: [{ userId: "2" }], pagingAnchor: "b" },
          { guests: [], pagingAnchor: "c" }
        )
      )
    ))

  it.effect("of discussions.getDiscussions is not the last", () =>
    Effect.gen(function*() {
      const discussions = yield* Stream.runCollect(Discussions.getDiscussions.stream({ count: 100 }))
      expect(Array.from(discussions, ({ entityId }) => entityId)).toEqual(["1", "2"])
      const offsets = (yield* FakeTransport.requests).map(({ parameters }) => parameters["offset"])
      expect(offsets).toEqual(["0", "1", "2"])
    }).pipe(
      Effect.provide(
        pages(
          Discussions.getDiscussions,
          { discussions: [{ entityId: "1" }] },
          { discussions: [{ entityId: "2" }] },
          { discussions: [] }
        )
      )
    ))

  it.effect("of apps.getPlatformCatalogNodeTop is not the last", () =>
    Effect.gen(function*() {
      const games = yield* Stream.runCollect(
        Apps.getPlatformCatalogNodeTop.stream({ node: "test-node", fields: ["name"], count: 100 })
      )
      expect(Array.from(games, ({ name }) => name)).toEqual(["One", "Two"])
    }).pipe(
      Effect.provide(
        pages(
          Apps.getPlatformCatalogNodeTop,
          { apps: [{ name: "One" }], anchor: "a" },
          { apps: [{ name: "Two" }], anchor: "b" },
          { apps: [], anchor: "c" }
        )
      )
    ))
})
