import * as Catalogue from "@effect-okru/methods/Catalogue"
import { assert, describe, it } from "@effect/vitest"
import { readsAsSchema, writesAsSchema } from "../../core/test/agreement.js"

const methods = Catalogue.methods

describe("every method", () => {
  it("reads what Schema reads, and nothing else", () => {
    const compared = methods.map((method, seed) => readsAsSchema(method, { count: 3, seed }))
    assert.isAbove(compared.reduce((sum, { all }) => sum + all, 0), 3000)
    // Both kinds came up: what a schema takes, and what it refuses.
    assert.isAbove(compared.reduce((sum, { taken }) => sum + taken, 0), 1000)
    assert.isAbove(compared.reduce((sum, { all, taken }) => sum + all - taken, 0), 1000)
  })

  it("writes what Schema writes, and nothing else", () => {
    const compared = methods.map((method, seed) => writesAsSchema(method, { count: 3, seed }))
    assert.isAbove(compared.reduce((sum, { all }) => sum + all, 0), 3000)
    assert.isAbove(compared.reduce((sum, { taken }) => sum + taken, 0), 300)
    assert.isAbove(compared.reduce((sum, { all, taken }) => sum + all - taken, 0), 1000)
  })
})
