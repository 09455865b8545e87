import { Sandbox, SandboxServer, SandboxUser } from "@effect-okru/sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Sessions from "../src/sessions.js"

const Ok = Layer.provideMerge(SandboxServer.layer(), Sandbox.layer())

const environment = Effect.gen(function*() {
  const { application } = yield* Sandbox.Sandbox
  const { url } = yield* SandboxServer.SandboxServer
  const files = yield* FileSystem.FileSystem
  return ConfigProvider.fromJson({
    OKRU_APPLICATION_ID: application.id,
    OKRU_APPLICATION_KEY: application.key,
    OKRU_APPLICATION_SECRET_KEY: Redacted.value(application.secretKey),
    OKRU_API_URL: url,
    OKRU_CONNECT_URL: url,
    SESSIONS: yield* files.makeTempDirectoryScoped(),
    TOKEN_KEY: Encoding.encodeBase64("test-key-of-32-bytes-for-tests-!")
  })
})

it.scopedLive("a user logs in once, and the session goes on until OK.ru ends it", () =>
  Effect.gen(function*() {
    const provider = yield* environment
    yield* Effect.gen(function*() {
      const { expireSession, revokeRefreshTokens, tokenRequests } = yield* Sandbox.Sandbox
      const location = yield* Effect.flatMap(Sessions.login("test-browser"), SandboxUser.comeBack)
      const other = yield* Effect.flip(Sessions.callback("test-other-browser", location))
      assert.strictEqual(other._tag, "OAuthStateError")

      const again = yield* Effect.flatMap(Sessions.login("test-browser"), SandboxUser.comeBack)
      const user = yield* Sessions.callback("test-browser", again)
      assert.strictEqual(user, (yield* SandboxUser.first).uid)
      const friends = yield* Sessions.friendsOf(user)
      assert.isAbove(friends.length, 0)

      yield* expireSession(user)
      assert.deepStrictEqual(yield* Sessions.friendsOf(user), friends)
      assert.strictEqual(yield* tokenRequests("refresh_token"), 1)

      yield* expireSession(user)
      yield* revokeRefreshTokens(user)
      assert.deepStrictEqual(yield* Effect.flip(Sessions.friendsOf(user)), { sendTo: "http://127.0.0.1:8080/login" })
    }).pipe(Effect.provide(Sessions.Backend), Effect.withConfigProvider(provider))
  }).pipe(Effect.provide([Ok, NodeContext.layer])), 60_000)
