/**
 * «Log in with OK»: a backend whose users log in on OK.ru, and which then calls OK.ru for them.
 *
 * Runs on an OK.ru of its own on loopback, or on ok.ru where the environment has an application:
 *
 * - OKRU_APPLICATION_ID, OKRU_APPLICATION_KEY, OKRU_APPLICATION_SECRET_KEY
 * - OKRU_REDIRECT_URI: http://127.0.0.1:8080/callback, or that of the proxy in front, as registered with the application
 * - PORT: where to listen on 127.0.0.1; 8080 by default, and any that is free on an OK.ru of its own
 * - SESSIONS: the directory where sessions are kept; `.sessions` by default
 * - TOKEN_KEY: encrypts the tokens in it; from `openssl rand -base64 32`
 */
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as SandboxServer from "@effect-okru/sandbox/SandboxServer"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Backend from "./login-backend/Backend.js"
import * as Site from "./login-backend/Site.js"
import * as Page from "./Page.js"

const onSandbox = Effect.gen(function*() {
  const sandbox = yield* Sandbox.Sandbox
  const { url } = yield* SandboxServer.SandboxServer
  const { origin } = yield* Site.Site
  yield* Page.title(`Log in at ${origin}`)
  yield* Page.note(`OK.ru in a box answers at ${url}. Its users are made up, and so are their passwords:`)
  for (const { login, name, password } of yield* sandbox.users) {
    yield* Page.line(login, `${Redacted.value(password)}  ${name}`)
  }
  yield* Page.note("For the real one set OKRU_APPLICATION_ID, OKRU_APPLICATION_KEY, OKRU_APPLICATION_SECRET_KEY and")
  yield* Page.note("OKRU_REDIRECT_URI. Stop it with Ctrl+C.")
  return yield* Effect.never
})

const onOkRu = Effect.gen(function*() {
  const { origin } = yield* Site.Site
  yield* Page.title(`Log in at ${origin}`)
  yield* Page.note("This is the real OK.ru, with your application. Stop it with Ctrl+C.")
  return yield* Effect.never
})

const main = Effect.gen(function*() {
  const application = yield* Config.option(Config.nonEmptyString("OKRU_APPLICATION_ID"))
  if (Option.isNone(application)) {
    const port = yield* Config.withDefault(Config.port("PORT"), 0)
    return yield* Effect.provide(
      onSandbox,
      Layer.provide(Backend.layerSandbox({ port }), Backend.layerTemporaryDirectory)
    )
  }
  const port = yield* Config.withDefault(Config.port("PORT"), 8080)
  const directory = yield* Config.withDefault(Config.nonEmptyString("SESSIONS"), ".sessions")
  return yield* Effect.provide(onOkRu, Layer.provide(Backend.layerOkRu({ port }), Backend.layerDirectory(directory)))
}).pipe(Effect.provide(NodeContext.layer))

NodeRuntime.runMain(main)
