import { OkClient, OkConfig, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { spawn } from "node:child_process"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"

const bin = fileURLToPath(new URL("../src/bin.ts", import.meta.url))

const start = (...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, ["--import", "tsx", bin, ...args], {
        stdio: ["ignore", "pipe", "pipe"],
        // Node warns on standard error of some variables that another program is run with.
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"] }
      })
      const output = { stdout: "", stderr: "" }
      child.stdout.setEncoding("utf8").on("data", (text: string) => output.stdout += text)
      child.stderr.setEncoding("utf8").on("data", (text: string) => output.stderr += text)
      // Listened to from the start: a program that ends at once must not end unseen.
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
      const printed = new Promise<void>((resolve) =>
        child.stdout.on("data", () => output.stdout.includes("\n") && resolve())
      )
      return { child, output, ended: Effect.promise(() => ended), printed: Effect.promise(() => printed) }
    }),
    ({ child, ended }) => Effect.zipRight(Effect.sync(() => child.kill("SIGKILL")), ended)
  )

const Description = Schema.parseJson(Schema.Struct({
  apiUrl: Schema.String,
  connectUrl: Schema.String,
  authorizeUrl: Schema.String,
  application: Schema.Struct({ id: Schema.String, key: Schema.String, secretKey: Schema.String }),
  users: Schema.NonEmptyArray(Schema.Struct({
    uid: Schema.String,
    login: Schema.String,
    password: Schema.String,
    accessToken: Schema.String,
    sessionSecretKey: Schema.String,
    refreshToken: Schema.String
  }))
}))

describe("the program", () => {
  it.scopedLive.each(["SIGINT", "SIGTERM"] as const)(
    "prints one line, serves and ends on %s",
    (signal) =>
      Effect.gen(function*() {
        const { child, ended, output, printed } = yield* start("--port", "0", "--json")
        yield* printed
        const { apiUrl, application, authorizeUrl, connectUrl, users: [user] } = yield* Schema.decode(Description)(
          output.stdout
        )
        expect(connectUrl).toBe(apiUrl)
        expect(user.accessToken).toMatch(/^test-access-token-/)
        const login = yield* Effect.promise(() => fetch(authorizeUrl))
        expect(new URL(login.url).searchParams.get("st.cmd")).toBe("OAuth2Login")
        const Config = OkConfig.layer({
          applicationId: application.id,
          applicationKey: application.key,
          applicationSecretKey: Redacted.make(application.secretKey),
          apiUrl,
          connectUrl
        })
        const session = OkSession.layerClient({
          accessToken: Redacted.make(user.accessToken),
          sessionSecretKey: Redacted.make(user.sessionSecretKey)
        })
        const uid = yield* Users.getLoggedInUser().pipe(
          Effect.provide([OkClient.layerHttp().pipe(Layer.provide([Config, FetchHttpClient.layer])), session])
        )
        expect(uid).toBe(user.uid)
        child.kill(signal)
        expect([0, 130]).toContain(yield* ended)
        expect(output.stdout.trimEnd().split("\n")).toHaveLength(1)
        expect(output.stderr).toBe("")
      })
  )

  it.scopedLive.each(
    [
      [["--prot", "1"], "--prot"],
      [["--port", "70000"], "70000"],
      [["--port", "x"], "\"x\""]
    ] as const
  )("says what is wrong with %j", ([args, named]) =>
    Effect.gen(function*() {
      const { ended, output } = yield* start(...args)
      expect(yield* ended).toBe(1)
      expect(output.stdout).toBe("")
      expect(output.stderr).toContain(named)
      expect(output.stderr).toContain("Usage: okru-sandbox")
      expect(output.stderr.trimEnd().split("\n")).toHaveLength(2)
    }))

  it.scopedLive("says that a port is taken", () =>
    Effect.gen(function*() {
      const other = createServer()
      yield* Effect.acquireRelease(
        Effect.async<void>((resume) => {
          other.listen(0, "127.0.0.1", () => resume(Effect.void))
        }),
        () => Effect.sync(() => other.close())
      )
      const address = other.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const { ended, output } = yield* start("--port", String(port))
      expect(yield* ended).toBe(1)
      expect(output.stderr).toMatch(/^Cannot listen: .*EADDRINUSE.*\n$/)
    }))

  it.scopedLive("gives sessions of 30 days", () =>
    Effect.gen(function*() {
      const { output, printed } = yield* start("--json")
      yield* printed
      const { application, connectUrl, users: [user] } = yield* Schema.decode(Description)(output.stdout)
      const form = new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: user.refreshToken,
        client_id: application.id,
        client_secret: application.secretKey
      })
      const answer = yield* Effect.promise(() =>
        fetch(`${connectUrl}/oauth/token.do`, { method: "POST", body: form }).then((response) => response.json())
      )
      expect(answer).toMatchObject({ expires_in: "2592000" })
    }))

  it.scopedLive("prints a text for people", () =>
    Effect.gen(function*() {
      const { output, printed } = yield* start()
      yield* printed
      expect(output.stdout).toMatch(/^OK\.ru in a box is at http:\/\/127\.0\.0\.1:\d+/)
      expect(output.stdout).toContain("TEST-APPLICATION-KEY-0")
    }))
})
