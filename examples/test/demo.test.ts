import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const tsx = createRequire(import.meta.url).resolve("tsx/cli")
const demo = fileURLToPath(new URL("../src/demo.ts", import.meta.url))

const run = (environment: NodeJS.ProcessEnv) =>
  promisify(execFile)(process.execPath, [tsx, demo], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...environment },
    timeout: 60_000
  })

describe("the demo", () => {
  it("shows both sessions, a signature, three failures caught, and ends by itself", { timeout: 60_000 }, async () => {
    const { stderr, stdout } = await run({})
    assert.strictEqual(stderr, "")
    assert.match(stdout, /OK\.ru in a box answers at http:\/\/127\.0\.0\.1:\d+/)
    assert.strictEqual(stdout.match(/I am {9}\S+ \S+ \(uid \d+\)/g)?.length, 2)
    assert.strictEqual(stdout.match(/friends {6}\d+: \d+/g)?.length, 2)
    assert.match(
      stdout,
      /signed {7}application_key=\S+format=jsonmethod=friends\.get<redacted>\n {2}sig {10}[0-9a-f]{32}\n/
    )
    assert.match(stdout, /caught {7}OkInvalidParameter, code 100, reason PARAM/)
    assert.include(
      stdout,
      "{\"error_code\":100,\"error_msg\":\"PARAM : Missed required parameter: uids\",\"error_data\":null}"
    )
    assert.match(stdout, /caught {7}OkSessionExpired, code 102, reason PARAM_SESSION_EXPIRED/)
  })

  it("is plain where there is no terminal, and holds no secret", { timeout: 60_000 }, async () => {
    const { stdout } = await run({ FORCE_COLOR: "0" })
    assert.notInclude(stdout, "\u001b")
    assert.notMatch(stdout, /test-(application-secret|access-token|session-secret)/)
  })

  it(
    "calls the address it is given, with the environment's application, and says so",
    { timeout: 60_000 },
    async () => {
      const failed = await run({
        OKRU_APPLICATION_ID: "1",
        OKRU_APPLICATION_KEY: "TEST-KEY",
        OKRU_APPLICATION_SECRET_KEY: "test-application-secret",
        OKRU_ACCESS_TOKEN: "test-access-token",
        // Nobody listens there: the call fails before anything is sent.
        OKRU_API_URL: "http://127.0.0.1:1"
      }).then(() => undefined, (error: { readonly stdout: string; readonly stderr: string }) => error)
      assert.include(failed?.stdout, "This is the real OK.ru at http://127.0.0.1:1")
      assert.match(String(failed?.stdout), /failed {7}OkTransportError: users\.getCurrentUser: no usable answer/)
      assert.strictEqual(failed?.stderr, "")
      assert.notMatch(`${failed?.stdout}${failed?.stderr}`, /test-(application-secret|access-token)/)
    }
  )
})
