import { OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import { Sandbox, SandboxServer, SandboxUser } from "@effect-okru/sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { recorded } from "../src/cassette.js"

it.scopedLive("is recorded once, and answers after that", () =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const { application, requests } = yield* Sandbox.Sandbox
    const { url } = yield* SandboxServer.SandboxServer
    const path = `${yield* files.makeTempDirectoryScoped()}/friends.cassette.json`
    const friends = Friends.get().pipe(
      Effect.provide(OkSession.layerClient(yield* SandboxUser.first)),
      Effect.provide(recorded(path)),
      Effect.withConfigProvider(ConfigProvider.fromJson({
        OKRU_APPLICATION_ID: application.id,
        OKRU_APPLICATION_KEY: application.key,
        OKRU_API_URL: url
      }))
    )
    const first = yield* friends
    assert.isAbove(first.length, 0)
    assert.deepStrictEqual(yield* friends, first)
    assert.lengthOf(yield* requests, 1)
  }).pipe(Effect.provide([Layer.provideMerge(SandboxServer.layer(), Sandbox.layer()), NodeContext.layer])))
