/*
 * One process of a backend, for processes.test.ts: it shares a directory of sessions with the others and makes as many
 * calls as it is told to. A line in is a number of calls to make at the same time, a line out is what came of them. It
 * ends with its input.
 */
import * as Cipher from "@effect-okru/auth/Cipher"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkClient, OkConfig } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeStream from "@effect/platform-node/NodeStream"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Config from "effect/Config"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

const Backend = Layer.unwrapEffect(
  Effect.gen(function*() {
    const directory = yield* Config.nonEmptyString("TEST_DIRECTORY")
    const key = yield* Config.redacted("TEST_CIPHER_KEY")
    const settle = yield* Config.duration("TEST_SETTLE")
    return SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://backend.test/login") }).pipe(
      Layer.provideMerge(OkClient.layerHttp()),
      Layer.provide(TokenStore.layerKeyValueStore({ settle })),
      Layer.provide([
        FetchHttpClient.layer,
        Layer.provide(KeyValueStore.layerFileSystem(directory), NodeContext.layer),
        Cipher.layerAesGcm({ id: "test", secret: key })
      ]),
      Layer.provideMerge(OkConfig.layerConfig())
    )
  })
)

const program = Effect.gen(function*() {
  const user = yield* Config.nonEmptyString("TEST_USER")
  const call = Users.getLoggedInUser().pipe(
    Effect.provide(SessionManager.sessionFor(user)),
    Effect.match({ onFailure: (error) => `${error._tag}: ${error.message}`, onSuccess: (uid) => uid })
  )
  yield* Console.log("ready")
  yield* NodeStream.stdin.pipe(
    Stream.decodeText(),
    Stream.splitLines,
    Stream.runForEach((count) =>
      Effect.all(Array.from({ length: Number(count) }, () => call), { concurrency: "unbounded" }).pipe(
        Effect.flatMap((outcomes) => Console.log(JSON.stringify(outcomes)))
      )
    )
  )
})

// Whatever happens to the test, this does not outlive it by long.
NodeRuntime.runMain(program.pipe(Effect.provide(Backend), Effect.timeout("3 minutes")))
