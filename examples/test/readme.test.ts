import { FakeTransport } from "@effect-okru/core/testing"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { friendsByName } from "../src/readme.js"

const greeting = Effect.map(Users.getCurrentUser({ fields: ["first_name"] }), (me) => `Hello, ${me.first_name}`)

it.effect("greets by name", () =>
  Effect.gen(function*() {
    assert.strictEqual(yield* greeting, "Hello, Anna")
    assert.deepStrictEqual(yield* FakeTransport.requests, [
      { method: "users.getCurrentUser", parameters: { fields: "first_name" }, session: "user" }
    ])
  }).pipe(
    Effect.provide(FakeTransport.layerClient(FakeTransport.answer(Users.getCurrentUser, { first_name: "Anna" })))
  ))

describe("the program of README.md", () => {
  it.effect("asks for the profiles of the friends", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* friendsByName, { me: { uid: "1" }, friends: [{ uid: "2", name: "Ivan" }] })
      assert.deepStrictEqual((yield* FakeTransport.requests).at(-1)?.parameters, { uids: "2", fields: "uid,name" })
    }).pipe(
      Effect.provide(FakeTransport.layerClient(
        FakeTransport.answer(Users.getCurrentUser, { uid: "1" }),
        FakeTransport.answer(Friends.get, ["2"]),
        FakeTransport.answer(Users.getInfo, [{ uid: "2", name: "Ivan" }])
      ))
    ))

  it.effect("says when to sign in again", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* Effect.flip(friendsByName), "sign in again")
    }).pipe(
      Effect.provide(FakeTransport.layerClient(FakeTransport.fail(Users.getCurrentUser, { code: 102 })))
    ))
})
