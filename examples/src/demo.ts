/**
 * The tour: two kinds of session, what is signed, failures caught by tag, and `passError`, over real HTTP.
 *
 * Runs on an OK.ru of its own on loopback, or on api.ok.ru where the environment has an application and a token:
 * OKRU_APPLICATION_ID, OKRU_APPLICATION_KEY, OKRU_APPLICATION_SECRET_KEY, OKRU_ACCESS_TOKEN.
 */
import { OkCall, OkClient, OkConfig, OkMethod, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as SandboxServer from "@effect-okru/sandbox/SandboxServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Page from "./Page.js"

/** The same calls, whoever makes them. */
const whoAmI = Effect.gen(function*() {
  const me = yield* Users.getCurrentUser({ fields: ["uid", "first_name", "last_name"] })
  const friends = yield* Friends.get()
  yield* Page.good("I am", `${me.first_name ?? "?"} ${me.last_name ?? "?"} (uid ${me.uid})`)
  yield* Page.good("friends", `${friends.length}: ${friends.slice(0, 5).join(", ")}${friends.length > 5 ? ", …" : ""}`)
})

/** What is signed, and with what. */
const signature = Effect.gen(function*() {
  const request = yield* OkCall.request(Friends.get())
  yield* Page.line("signed", `${request.canonical}${String(Redacted.make("the secret"))}`)
  yield* Page.line("sig", String(request.sig))
})

/** A call that lacks its parameters. The typed method would not compile; this one lets it happen. */
const incomplete = OkMethod.untyped("users.getInfo", { kind: "read" })({})

const failure = Effect.catchTag(
  incomplete,
  "OkInvalidParameter",
  (error) =>
    Page.bad("caught", `${error._tag}, code ${error.code}, reason ${error.reason}`).pipe(
      Effect.zipRight(Page.line("message", error.message))
    )
)

const passedError = Effect.flatMap(
  OkCall.passError(incomplete),
  (body) => Page.good("body", JSON.stringify(body))
)

const expired = Effect.catchTag(
  whoAmI,
  "OkSessionExpired",
  (error) =>
    Page.bad("caught", `${error._tag}, code ${error.code}, reason ${error.reason}`).pipe(
      Effect.zipRight(Page.line("message", error.message))
    )
)

const tour = <E1, R1, E2, R2>(sessions: {
  readonly server: Layer.Layer<OkSession.OkSession | OkSession.OkAnySession, E1, R1>
  readonly over: Layer.Layer<OkSession.OkSession | OkSession.OkAnySession, E2, R2>
}) =>
  Effect.gen(function*() {
    yield* Page.title("What is signed, and the signature")
    yield* signature
    yield* Page.title("An error of the API is a typed failure")
    yield* failure
    yield* Page.title("The same call under passError: the original body")
    yield* passedError
  }).pipe(
    Effect.provide(sessions.server),
    Effect.zipRight(Page.title("A session that is over")),
    Effect.zipRight(Effect.provide(expired, sessions.over))
  )

/** On an OK.ru of our own. */
const onSandbox = Effect.gen(function*() {
  const sandbox = yield* Sandbox.Sandbox
  const { apiUrl } = yield* OkConfig.OkConfig
  const [user, other = user] = yield* sandbox.users
  yield* Page.note(`OK.ru in a box answers at ${apiUrl}. To call the real one, set OKRU_APPLICATION_ID,`)
  yield* Page.note("OKRU_APPLICATION_KEY, OKRU_APPLICATION_SECRET_KEY and OKRU_ACCESS_TOKEN.")
  const server = OkSession.layerServer({ accessToken: user.accessToken })
  yield* Page.title("A server session: a token, signed with the application's secret")
  yield* Effect.provide(whoAmI, server)
  yield* Page.title("A client session: a token with a secret of its own")
  yield* Effect.provide(whoAmI, OkSession.layerClient(other))
  yield* sandbox.expireSession(other.uid)
  yield* tour({ server, over: OkSession.layerClient(other) })
})

/** On api.ok.ru. */
const onOkRu = (accessToken: Redacted.Redacted<string>) =>
  Effect.gen(function*() {
    const { apiUrl } = yield* OkConfig.OkConfig
    yield* Page.note(`This is the real OK.ru at ${apiUrl}, called with your application and token.`)
    const server = OkSession.layerServer({ accessToken })
    yield* Page.title("A server session: a token, signed with the application's secret")
    yield* Effect.provide(whoAmI, server)
    yield* tour({ server, over: OkSession.layerServer({ accessToken: Redacted.make("not-a-token") }) })
  })

const SandboxConfig = SandboxServer.layerOkConfig.pipe(
  Layer.provideMerge(SandboxServer.layer()),
  Layer.provideMerge(Sandbox.layer())
)

const main = Effect.gen(function*() {
  const environment = yield* Config.option(
    Config.all([
      Config.nonEmptyString("OKRU_APPLICATION_ID"),
      Config.nonEmptyString("OKRU_APPLICATION_KEY"),
      Config.redacted("OKRU_APPLICATION_SECRET_KEY"),
      Config.redacted("OKRU_ACCESS_TOKEN")
    ])
  )
  const Client = Layer.provide(OkClient.layerHttp(), FetchHttpClient.layer)
  yield* environment._tag === "Some"
    ? onOkRu(environment.value[3]).pipe(Effect.provide(Client), Effect.provide(OkConfig.layerConfig()))
    : onSandbox.pipe(Effect.provide(Client), Effect.provide(SandboxConfig))
})

// What fails is a line for people to read; only a bug has a stack.
NodeRuntime.runMain(Effect.catchAll(main, (error) =>
  Page.bad("failed", `${error._tag}: ${error.message}`).pipe(
    Effect.zipRight(Effect.sync(() => {
      process.exitCode = 1
    }))
  )))
