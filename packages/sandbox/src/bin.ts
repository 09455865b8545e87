#!/usr/bin/env node
/**
 * The sandbox as a program: `okru-sandbox [--port <number>] [--json]`. Serves until it is interrupted.
 *
 * @since 0.1.0
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Console from "effect/Console"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { parseArgs } from "node:util"
import * as Sandbox from "./Sandbox.js"
import * as SandboxServer from "./SandboxServer.js"

class BadArguments extends Data.TaggedError("BadArguments")<{ readonly message: string }> {}

const usage = "Usage: okru-sandbox [--port <0-65535>] [--json]"

const options = Effect.gen(function*() {
  const { values } = yield* Effect.try({
    try: () =>
      parseArgs({ options: { port: { type: "string", default: "0" }, json: { type: "boolean", default: false } } }),
    catch: (error) => new BadArguments({ message: error instanceof Error ? error.message : String(error) })
  })
  const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : NaN
  if (!(port <= 65_535)) {
    return yield* new BadArguments({ message: `--port takes a number from 0 to 65535, not "${values.port}"` })
  }
  return { port, json: values.json }
})

// Secrets are printed: they are test values, and what the program is started for.
const describe = Effect.gen(function*() {
  const { application, users } = yield* Sandbox.Sandbox
  const { url } = yield* SandboxServer.SandboxServer
  return {
    apiUrl: url,
    connectUrl: url,
    application: { id: application.id, key: application.key, secretKey: Redacted.value(application.secretKey) },
    authorizeUrl: `${url}/oauth/authorize?${new URLSearchParams({
      client_id: application.id,
      scope: "VALUABLE_ACCESS;LONG_ACCESS_TOKEN",
      response_type: "code",
      redirect_uri: `${url}/blank.html`,
      layout: "w",
      state: "test-state"
    })}`,
    users: (yield* users).map(({ accessToken, login, password, refreshToken, sessionSecretKey, uid }) => ({
      uid,
      login,
      password: Redacted.value(password),
      accessToken: Redacted.value(accessToken),
      sessionSecretKey: Redacted.value(sessionSecretKey),
      refreshToken: Redacted.value(refreshToken)
    }))
  }
})

const asText = ({ apiUrl, application, authorizeUrl, users }: Effect.Effect.Success<typeof describe>): string =>
  [
    `OK.ru in a box is at ${apiUrl}. Everything here is test data. Stop it with Ctrl+C.`,
    "",
    `application id          ${application.id}`,
    `application key         ${application.key}`,
    `application secret key  ${application.secretKey}`,
    "",
    `Sign in as a user: ${authorizeUrl}`,
    "",
    ...users.map(({ accessToken, login, password, sessionSecretKey, uid }) =>
      `user ${uid}  login ${login}  password ${password}  token ${accessToken}  session secret ${sessionSecretKey}`
    )
  ].join("\n")

const program = Effect.gen(function*() {
  const { json, port } = yield* options
  const serve = Effect.gen(function*() {
    const description = yield* describe
    yield* Console.log(json ? JSON.stringify(description) : asText(description))
    return yield* Effect.never
  })
  return yield* Effect.provide(
    serve,
    // Whoever started it in the morning wants the printed tokens to work in the evening.
    Layer.provideMerge(SandboxServer.layer({ port }), Sandbox.layer({ tokenLife: "30 days" }))
  )
}).pipe(
  Effect.tapErrorTag("BadArguments", ({ message }) => Console.error(`${message}\n${usage}`)),
  Effect.tapErrorTag(
    "ServeError",
    ({ cause }) => Console.error(`Cannot listen: ${cause instanceof Error ? cause.message : String(cause)}`)
  )
)

// The messages above are for people; a stack would add nothing.
NodeRuntime.runMain(program, { disableErrorReporting: true, disablePrettyLogger: true })
