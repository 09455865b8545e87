/**
 * The rows against the two tables they come from: the manual of `aiookru` (names, sessions, permissions) and the catalogue
 * of what sources document (parameters, answers).
 */
import * as Catalogue from "@effect-okru/methods/Catalogue"
import { assert, describe, it } from "@effect/vitest"
import catalogue from "./fixtures/catalogue.json" with { type: "json" }
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

  it("lacks eight methods, which are marked", () => {
    const names = new Set(table.map(({ name }) => name))
    assert.deepStrictEqual(
      Catalogue.methods.filter((method) => !method.manual).map((method) => method.name),
      Catalogue.methods.map((method) => method.name).filter((name) => !names.has(name))
    )
    assert.strictEqual(rows.size, 155)
  })
})

describe("the catalogue of what is documented", () => {
  it("has the same parameters, required and optional", () => {
    const sorted = (params: ReadonlyArray<{ readonly name: string; readonly required: boolean }>) =>
      [...params].sort((a, b) => a.name < b.name ? -1 : 1)
    assert.deepStrictEqual(
      catalogue.map(({ name }) => ({ name, params: sorted(rows.get(name)?.row.params ?? []) })),
      catalogue.map(({ name, params }) => ({ name, params: sorted(params) }))
    )
  })

  it("documents no answer of 36 methods, and only those are Undocumented", () => {
    assert.deepStrictEqual(
      Catalogue.methods.map(Catalogue.row).filter((row) => !row.documented).map(({ name }) => name),
      catalogue.filter(({ documented }) => !documented).map(({ name }) => name)
    )
    assert.strictEqual(catalogue.filter(({ documented }) => !documented).length, 36)
  })

  it("is as sure of each answer", () => {
    assert.deepStrictEqual<unknown>(
      catalogue.map(({ name }) => ({ name, confidence: rows.get(name)?.method.confidence })),
      catalogue.map(({ confidence, name }) => ({
        name,
        confidence: confidence as "documented" | "partial" | "inferred"
      }))
    )
  })
})
