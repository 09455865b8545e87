import { OkClient, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox } from "@effect-okru/sandbox"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const Ok = OkClient.layerHttp().pipe(
  Layer.provideMerge(Sandbox.layerOkConfig),
  Layer.provideMerge(Sandbox.layerHttpClient),
  Layer.provideMerge(Sandbox.layer())
)

it.effect("a session ends", () =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox.Sandbox
    const [user] = yield* sandbox.users
    yield* sandbox.expireSession(user.uid)
    const error = yield* Users.getCurrentUser().pipe(Effect.provide(OkSession.layerClient(user)), Effect.flip)
    expect(error._tag).toBe("OkSessionExpired")
  }).pipe(Effect.provide(Ok)))
