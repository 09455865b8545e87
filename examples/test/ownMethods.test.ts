import { OkParam } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { anyBadges, getBadges } from "../src/ownMethods.js"

const body = { badges: [{ id: 7, title: null }], total: "1" }

it.effect("a method of one's own, without types and with them", () =>
  Effect.gen(function*() {
    assert.deepStrictEqual(yield* anyBadges({ gid: "51", count: 10 }), body)
    assert.deepStrictEqual(yield* getBadges({ gid: "51", kinds: ["GOLD", OkParam.unlisted("BRONZE")], count: 10 }), {
      badges: [{ id: "7" }],
      total: 1
    })
    assert.deepStrictEqual((yield* FakeTransport.requests).map(({ parameters }) => parameters), [
      { gid: "51", count: "10" },
      { gid: "51", kinds: "GOLD,BRONZE", count: "10" }
    ])
  }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.respond("group.getBadges", () =>
    Effect.succeed({ status: 200, body: JSON.stringify(body) }))))))
