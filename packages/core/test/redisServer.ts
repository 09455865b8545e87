/**
 * A redis-server of the test's own, on a free port of loopback, where the program is installed.
 */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { accessSync, constants } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"

const program = (process.env["PATH"] ?? "").split(delimiter)
  .map((folder) => join(folder, "redis-server"))
  .find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })

export const isInstalled = program !== undefined

const freePort = Effect.async<number>((resume) => {
  const server = createServer()
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** Starts one, waits until it is ready, and ends it with the scope. */
export const make = Effect.gen(function*() {
  const port = yield* freePort
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", tmpdir()]
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => spawn(program ?? "redis-server", options, { stdio: ["ignore", "pipe", "ignore"] })),
    (server) =>
      server.exitCode !== null || server.pid === undefined
        ? Effect.void
        : Effect.async<void>((resume) => {
          server.once("exit", () => resume(Effect.void))
          server.kill()
        })
  )
  yield* Effect.async<void, Error>((resume) => {
    let log = ""
    server.stdout.on("data", (data) => {
      log += String(data)
      if (log.includes("Ready to accept connections")) {
        resume(Effect.void)
      }
    })
    server.once("exit", () => resume(Effect.fail(new Error(`redis-server ended: ${log}`))))
    server.once("error", (error) => resume(Effect.fail(error)))
  })
  return { host: "127.0.0.1", port }
})
