import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { methodsPage, withErrorTable } from "../scripts/pages.js"

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")

describe("pages made from values", () => {
  it("docs/methods.md is what the methods say: run pnpm docs", () => {
    assert.isTrue(read("docs/methods.md") === methodsPage())
  })

  it("the failures in README.md are those of OkError: run pnpm docs", () => {
    assert.isTrue(read("README.md") === withErrorTable(read("README.md")))
  })
})
