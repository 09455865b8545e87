import { describe, expect, it } from "@effect/vitest"
import { createRequire } from "node:module"
import manifest from "../package.json" with { type: "json" }

const { resolve } = createRequire(import.meta.url)

describe("the package", () => {
  it("exports no program: importing one would start it", () => {
    expect(() => resolve("@effect-okru/sandbox/bin")).toThrow("is not defined by \"exports\"")
    expect(manifest.publishConfig.exports).toHaveProperty("./bin", null)
    expect(manifest.publishConfig.bin).toEqual({ "okru-sandbox": "./dist/bin.js" })
  })

  it("exports what it is, as the packages that it is made of do", () => {
    for (const name of ["core", "methods", "sandbox"]) {
      expect(resolve(`@effect-okru/${name}/package.json`)).toMatch(new RegExp(`${name}/package\\.json$`))
    }
  })

  it("exports the same from its sources and when it is published", () => {
    expect(Object.keys(manifest.publishConfig.exports)).toEqual(Object.keys(manifest.exports))
  })
})
