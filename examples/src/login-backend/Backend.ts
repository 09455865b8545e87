/**
 * The backend put together: on OK.ru, or on an OK.ru of its own.
 */
import * as Cipher from "@effect-okru/auth/Cipher"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkClient, OkConfig } from "@effect-okru/core"
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as SandboxServer from "@effect-okru/sandbox/SandboxServer"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpServer from "@effect/platform/HttpServer"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { createServer } from "node:http"
import * as BrowserSession from "./BrowserSession.js"
import * as Routes from "./Routes.js"
import * as Site from "./Site.js"

/** Sessions with OK.ru, kept in the store. Whose session is over is sent to our own page that starts a login. */
const Sessions = Layer.unwrapEffect(
  Effect.map(Site.Site, ({ origin }) => SessionManager.layer({ authorizeUrl: () => Effect.succeed(`${origin}/login`) }))
).pipe(Layer.provide(TokenStore.layerKeyValueStore()))

const App = HttpServer.serve(Routes.app).pipe(
  Layer.provide([Sessions, BrowserSession.layer]),
  Layer.provide(OkClient.layerHttp()),
  Layer.provide(FetchHttpClient.layer),
  // The address of `/callback` has the code in it, which does not belong into a trace.
  Layer.locally(HttpMiddleware.currentTracerDisabledWhen, ({ url }) => url.startsWith(Site.callbackPath))
)

/** Listens on 127.0.0.1. Others reach it through a proxy, which has the certificate. */
const server = (port: number) =>
  Layer.scoped(
    HttpServer.HttpServer,
    Effect.gen(function*() {
      const node = createServer()
      const server = yield* NodeHttpServer.make(() => node, { host: "127.0.0.1", port })
      // A browser's idle connection would keep the server from closing.
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
      return server
    })
  )

/** On a sandbox, in which nobody has granted anything yet: each user is asked once. */
export const layerSandbox = (options: { readonly port: number }) =>
  App.pipe(
    Layer.provide([SandboxServer.layerOkConfig, Cipher.layerPlain]),
    Layer.provideMerge(Site.layerLoopback),
    Layer.provide(server(options.port)),
    Layer.provideMerge(SandboxServer.layer()),
    Layer.provideMerge(Sandbox.layer({ permissions: [] }))
  )

const OkRuConfig = OkConfig.layerConfig(
  OkConfig.config.pipe(Config.validate({
    message: "OKRU_APPLICATION_SECRET_KEY is missing: a backend exchanges codes with it",
    validation: ({ applicationSecretKey }) => applicationSecretKey !== undefined
  }))
)

const CipherConfig = Layer.unwrapEffect(
  Effect.map(
    Config.option(Config.redacted("TOKEN_KEY")),
    Option.match({
      onNone: () => Cipher.layerPlain,
      onSome: (secret) => Cipher.layerAesGcm({ id: "1", secret })
    })
  )
)

/** On OK.ru, by the environment: the application, `OKRU_REDIRECT_URI`, and `TOKEN_KEY` to encrypt the tokens with. */
export const layerOkRu = (options: { readonly port: number }) =>
  App.pipe(
    Layer.provide([OkRuConfig, CipherConfig]),
    Layer.provideMerge(Site.layerConfig),
    Layer.provideMerge(server(options.port))
  )

/** Sessions in files that nobody else can read. */
export const layerDirectory = (directory: string) =>
  Layer.unwrapEffect(
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      yield* files.makeDirectory(directory, { recursive: true })
      // One that was there keeps its mode otherwise.
      yield* files.chmod(directory, 0o700)
      return KeyValueStore.layerFileSystem(directory)
    })
  )

/** Sessions in files that end with the program, as the sandbox does. */
export const layerTemporaryDirectory = Layer.unwrapScoped(
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    return KeyValueStore.layerFileSystem(yield* files.makeTempDirectoryScoped({ prefix: "login-backend-" }))
  })
)
