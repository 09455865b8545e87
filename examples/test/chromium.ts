import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { env } from "node:process"
import { chromium } from "playwright-core"

const chromiumPath = env["CHROMIUM_PATH"] ?? "/usr/bin/chromium"
export const hasChromium = existsSync(chromiumPath)
/** The name of a test that needs it. */
export const inChromium = (name: string): string =>
  hasChromium ? name : `${name} (skipped: ${chromiumPath} is not there; install chromium or set CHROMIUM_PATH)`

/** A page in a Chromium with a profile of its own, and what it says against a policy. */
export const openPage = Effect.gen(function*() {
  const browser = yield* Effect.acquireRelease(
    Effect.promise(() =>
      chromium.launch({
        executablePath: chromiumPath,
        args: [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync"
        ],
        timeout: 30_000
      })
    ),
    (browser) => Effect.promise(() => browser.close())
  )
  const page = yield* Effect.promise(() => browser.newPage())
  page.setDefaultTimeout(15_000)
  const violations: globalThis.Array<string> = []
  page.on("console", (message) => {
    if (message.text().includes("Content Security Policy")) {
      violations.push(message.text())
    }
  })
  return { page, violations }
})
