/*
 * One renewal, however many fibers and processes find the session over at the same time. The sandbox counts.
 */
import * as Cipher from "@effect-okru/auth/Cipher"
import * as Credentials from "@effect-okru/auth/Credentials"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkClient, OkConfig } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxServer, SandboxUser } from "@effect-okru/sandbox"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as Command from "@effect/platform/Command"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { createRequire } from "node:module"
import { execPath } from "node:process"
import { fileURLToPath, pathToFileURL } from "node:url"
import { settableClock } from "./simulatedClock.js"

/** How many calls were answered, and how often OK.ru was asked for a new token. */
const counted = Effect.gen(function*() {
  const { executions, tokenRequests } = yield* Sandbox.Sandbox
  return {
    answered: yield* executions(Users.getLoggedInUser),
    refreshes: yield* tokenRequests("refresh_token")
  }
})

const since = (before: Effect.Effect.Success<typeof counted>) =>
  Effect.map(counted, ({ answered, refreshes }) => ({
    answered: answered - before.answered,
    refreshes: refreshes - before.refreshes
  }))

describe("1,000 fibers on one session that is over: 1 refresh, no call lost", () => {
  const Manager = SessionManager.layer({
    authorizeUrl: () => Effect.succeed("https://backend.test/login"),
    // The renewal stands in line for a socket behind the calls: longer than the default, for slow machines.
    timeout: "1 minute"
  }).pipe(Layer.provideMerge(OkClient.layerHttp()))

  const InProcess = Layer.provide(Manager, TokenStore.layerMemory).pipe(
    Layer.provide(Sandbox.layerHttpClient),
    Layer.provideMerge(Sandbox.layerOkConfig),
    Layer.provideMerge(Sandbox.layer())
  )

  // A thousand sockets would prove something about the machine.
  const Http = Layer.provide(NodeHttpClient.layerWithoutAgent, NodeHttpClient.makeAgentLayer({ maxSockets: 50 }))

  const OverLoopback = Layer.provide(Manager, TokenStore.layerKeyValueStore()).pipe(
    Layer.provide([KeyValueStore.layerMemory, Cipher.layerPlain, Http]),
    Layer.provideMerge(SandboxServer.layerOkConfig),
    Layer.provideMerge(SandboxServer.layer()),
    Layer.provideMerge(Sandbox.layer())
  )

  const signedIn = (expiresIn?: "30 minutes") =>
    Effect.gen(function*() {
      const user = yield* SandboxUser.first
      const { save } = yield* SessionManager.SessionManager
      const { accessToken, refreshToken } = user
      yield* save(user.uid, yield* Credentials.make({ accessToken, refreshToken, expiresIn }))
      return user.uid
    })

  const callsLost = (uid: string) =>
    Effect.gen(function*() {
      const call = Users.getLoggedInUser().pipe(Effect.provide(SessionManager.sessionFor(uid)))
      const uids = yield* Effect.all(Array.from({ length: 1000 }, () => call), { concurrency: "unbounded" })
      return uids.filter((answer) => answer !== uid).length
    })

  it.effect("OK.ru says so", () =>
    Effect.gen(function*() {
      const { expireSession } = yield* Sandbox.Sandbox
      const uid = yield* signedIn()
      yield* expireSession(uid)
      assert.strictEqual(yield* callsLost(uid), 0)
      assert.deepStrictEqual(yield* counted, { answered: 1000, refreshes: 1 })
    }).pipe(Effect.provide(InProcess)), 120_000)

  it.effect("the clock says so: no request is made in vain", () =>
    Effect.gen(function*() {
      const { requests } = yield* Sandbox.Sandbox
      const uid = yield* signedIn("30 minutes")
      yield* TestClock.adjust("31 minutes")
      assert.strictEqual(yield* callsLost(uid), 0)
      assert.deepStrictEqual(yield* counted, { answered: 1000, refreshes: 1 })
      assert.isFalse((yield* requests).some(({ errorCode }) => errorCode !== undefined))
    }).pipe(Effect.provide(InProcess)), 120_000)

  it.live("over sockets, with a store that has no locks", () =>
    Effect.gen(function*() {
      const { expireSession } = yield* Sandbox.Sandbox
      const uid = yield* signedIn()
      yield* expireSession(uid)
      assert.strictEqual(yield* callsLost(uid), 0)
      assert.deepStrictEqual(yield* counted, { answered: 1000, refreshes: 1 })
    }).pipe(Effect.provide(OverLoopback)), 120_000)
})

describe("processes that share a directory", () => {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href
  const backend = fileURLToPath(new URL("processes.backend.ts", import.meta.url))
  const cipherKey = Redacted.make(Encoding.encodeBase64("test-cipher-key-of-the-processes"))
  const user = "Anna"
  const callsOfEach = 50

  // Longer than the default, for machines that run other tests beside this one.
  const settle = "1 second"

  const here = (options?: Sandbox.Options) =>
    SandboxServer.layerOkConfig.pipe(
      Layer.provideMerge(SandboxServer.layer()),
      Layer.provideMerge(Sandbox.layer(options)),
      Layer.provideMerge(NodeContext.layer)
    )

  const Outcomes = Schema.parseJson(Schema.Array(Schema.String))

  /** Another process of the backend, ready to call. It is killed with the scope. */
  const start = (directory: string) =>
    Effect.gen(function*() {
      const { apiUrl, applicationId, applicationKey } = yield* OkConfig.OkConfig
      const { application } = yield* Sandbox.Sandbox
      const input = yield* Queue.unbounded<string>()
      const output = yield* Queue.unbounded<string>()
      const process = yield* Command.make(execPath, "--import", tsx, backend).pipe(
        Command.env({
          OKRU_APPLICATION_ID: applicationId,
          OKRU_APPLICATION_KEY: applicationKey,
          OKRU_APPLICATION_SECRET_KEY: Redacted.value(application.secretKey),
          OKRU_API_URL: apiUrl,
          OKRU_CONNECT_URL: apiUrl,
          TEST_DIRECTORY: directory,
          TEST_CIPHER_KEY: Redacted.value(cipherKey),
          TEST_SETTLE: settle,
          TEST_USER: user
        }),
        Command.stdin(Stream.encodeText(Stream.fromQueue(input))),
        Command.stderr("inherit"),
        Command.start
      )
      yield* process.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.runForEach((line) => Queue.offer(output, line)),
        Effect.forkScoped
      )
      assert.strictEqual(yield* Queue.take(output), "ready")
      return {
        pid: process.pid,
        /** Lets it make its calls, all at once: what came of each, the user's id where it was answered. */
        call: Queue.offer(input, `${callsOfEach}\n`).pipe(
          Effect.zipRight(Queue.take(output)),
          Effect.flatMap(Schema.decode(Outcomes))
        ),
        kill: process.kill("SIGKILL")
      }
    })

  const StoreIn = (directory: string) =>
    TokenStore.layerKeyValueStore({ settle }).pipe(
      Layer.provide([KeyValueStore.layerFileSystem(directory), Cipher.layerAesGcm({ id: "test", secret: cipherKey })])
    )

  it.scopedLive(
    "1 refresh for each expiry, no call lost, and who is killed takes no session along",
    () =>
      Effect.gen(function*() {
        const { expireSession } = yield* Sandbox.Sandbox
        const { apiUrl, applicationId } = yield* OkConfig.OkConfig
        const files = yield* FileSystem.FileSystem
        const directory = yield* files.makeTempDirectoryScoped()
        const { accessToken, refreshToken, uid } = yield* SandboxUser.first
        const answers = Array.from({ length: callsOfEach }, () => uid)

        // Over by the clock when the processes first see it.
        const signedIn = yield* Credentials.make({ accessToken, refreshToken, expiresIn: 0 })
        yield* Effect.flatMap(TokenStore.TokenStore, ({ set }) => set({ applicationId, apiUrl, user }, signedIn)).pipe(
          Effect.provide(StoreIn(directory))
        )
        const [one, two] = yield* Effect.all([start(directory), start(directory)], { concurrency: 2 })
        assert.notStrictEqual(one.pid, two.pid)

        const callsOfBoth = Effect.all([one.call, two.call], { concurrency: 2 })
        for (const expire of [Effect.void, ...Array.from({ length: 2 }, () => expireSession(uid))]) {
          const before = yield* counted
          yield* expire
          assert.deepStrictEqual(yield* callsOfBoth, [answers, answers])
          assert.deepStrictEqual(yield* since(before), { answered: 2 * callsOfEach, refreshes: 1 })
        }

        yield* one.kill
        yield* expireSession(uid)
        const before = yield* counted
        assert.deepStrictEqual(yield* two.call, answers)
        const three = yield* start(directory)
        assert.deepStrictEqual(yield* three.call, answers)
        assert.deepStrictEqual(yield* since(before), { answered: 2 * callsOfEach, refreshes: 1 })
      }).pipe(Effect.provide(here())),
    // For slow machines: five processes start.
    120_000
  )

  /** As it is for a process that runs after a time. */
  const later = (duration: Duration.DurationInput) => <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.flatMap(
      settableClock,
      ({ clock, setForward }) => Effect.zipRight(setForward(duration), Effect.withClock(effect, clock))
    )

  it.scopedLive(
    "who is killed in the middle of a renewal loses no session: the next one takes over when the lease is over",
    () =>
      Effect.gen(function*() {
        const asked = yield* Deferred.make<void>()
        // OK.ru has given a new token, and the answer with it never arrives.
        const onRequest = ({ path }: Sandbox.Request) =>
          path === "/oauth/token.do"
            ? Effect.flatMap(
              Deferred.succeed(asked, undefined),
              (isFirst) => isFirst ? Effect.interruptible(Effect.never) : Effect.void
            )
            : Effect.void

        yield* Effect.gen(function*() {
          const { apiUrl, applicationId } = yield* OkConfig.OkConfig
          const files = yield* FileSystem.FileSystem
          const directory = yield* files.makeTempDirectoryScoped()
          const { accessToken, refreshToken, uid } = yield* SandboxUser.first
          const store = yield* Effect.provide(TokenStore.TokenStore, StoreIn(directory))
          const key = { applicationId, apiUrl, user }
          yield* store.set(key, yield* Credentials.make({ accessToken, refreshToken, expiresIn: 0 }))

          const dying = yield* start(directory)
          yield* Effect.forkScoped(dying.call)
          yield* Deferred.await(asked)
          yield* dying.kill

          assert.isFalse(yield* Effect.scoped(store.lease(key, "1 minute")))
          const call = Users.getLoggedInUser().pipe(
            Effect.provide(SessionManager.sessionFor(user)),
            Effect.provide(
              SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://backend.test/login") }).pipe(
                Layer.provideMerge(OkClient.layerHttp()),
                Layer.provide([FetchHttpClient.layer, TokenStore.layer(store)])
              )
            )
          )
          assert.strictEqual(yield* later("31 seconds")(call), uid)
          assert.deepStrictEqual(yield* counted, { answered: 1, refreshes: 2 })
        }).pipe(Effect.provide(here({ onRequest })))
      }),
    120_000
  )
})
