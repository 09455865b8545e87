/**
 * The rows against the table they come from, the manual of `aiookru`: names, sessions, permissions.
 */
import * as Catalogue from "@effect-okru/methods/Catalogue"
import { assert, describe, it } from "@effect/vitest"
import { deviations } from "../scripts/deviations.js"
import manual from "./fixtures/manual.json" with { type: "json" }

const rows = new Map(Catalogue.methods.map((method) => [method.name, { method, row: Catalogue.row(method) }]))

describe("the manual's table", () => {
  const table = Object.values(manual).flat()

  it("has 147 methods in 24 groups, and every one is here", () => {
    assert.strictEqual(table.length, 147)
    assert.strictEqual(Object.keys(manual).length, 24)
    assert.deepStrictEqual(table.filter(({ name }) => !rows.has(name)), [])
  })

  it("says the same session and permissions of each", () => {
    assert.deepStrictEqual<unknown>(
      table.map(({ name }) => ({
        name,
        session: rows.get(name)?.row.session,
        permissions: rows.get(name)?.row.permissions
      })),
      table
    )
  })

  it("says what is sent, but for the methods that must not be signed", () => {
    assert.sameMembers(
      Catalogue.methods.filter((method) => !method.signed).map((method) => method.name),
      Object.keys(deviations.session)
    )
  })

  it("lacks eight methods, which are marked", () => {
    const names = new Set(table.map(({ name }) => name))
    assert.deepStrictEqual(
      Catalogue.methods.filter((method) => !method.manual).map((method) => method.name),
      Catalogue.methods.map((method) => method.name).filter((name) => !names.has(name))
    )
    assert.strictEqual(rows.size, 155)
  })
})
