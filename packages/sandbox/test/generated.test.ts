import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { generate } from "../src/internal/generated.js"
import { asApplication, post, sandbox, send } from "./support.js"

interface Node {
  readonly id: string
  readonly child?: Node | undefined
  readonly children: ReadonlyArray<Node>
}

const Node = Schema.Struct({
  id: OkField.id,
  child: OkField.optional(Schema.suspend((): Schema.Schema<Node> => Node)),
  children: Schema.Array(Schema.suspend((): Schema.Schema<Node> => Node))
}) as unknown as Schema.Schema<Node>

const make = <A, I>(success: Schema.Schema<A, I>) =>
  OkMethod.make("test.generated", {
    session: "optional",
    permissions: [],
    kind: "read",
    params: { offset: OkParam.optional(OkParam.int), count: OkParam.optional(OkParam.int) },
    success
  })

const answer = <A, I>(success: Schema.Schema<A, I>, parameters: { readonly [name: string]: string } = {}) =>
  Effect.flatMap(
    asApplication("test.generated", parameters),
    (form) => post("/fb.do", form)
  ).pipe(Effect.map(({ text }) => text), Effect.provide(sandbox({ methods: [make(success)] })))

describe("a generated answer", () => {
  it.each(Catalogue.methods.map((method) => [method.name, method] as const))(
    "of %s is one of its kind",
    (_, method) => {
      const body = generate({ method, parameters: {} })
      expect(generate({ method, parameters: {} })).toEqual(body)
      const decoded = method.decode(JSON.parse(JSON.stringify(body ?? null)), {})
      expect(Either.isRight(decoded)).toBe(true)
    }
  )

  it.effect("is the same for the same parameters, another for others", () =>
    Effect.gen(function*() {
      const numbers = Schema.Struct({ a: OkField.int, b: OkField.int })
      expect(yield* answer(numbers, { count: "1" })).toBe(yield* answer(numbers, { count: "1" }))
      expect(yield* answer(numbers, { count: "1" })).not.toBe(yield* answer(numbers, { count: "2" }))
    }))

  it.effect("is true where nobody documents any", () =>
    Effect.gen(function*() {
      expect(yield* answer(OkMethod.Undocumented)).toBe("true")
    }))

  it.effect("is an empty body where nothing is answered", () =>
    Effect.gen(function*() {
      expect(yield* answer(OkField.nothing)).toBe("")
    }))

  it.effect("has no next page", () =>
    Effect.gen(function*() {
      const text = yield* answer(OkPage.page("items", OkField.id), { count: "1" })
      expect(JSON.parse(text)).toEqual({ items: [expect.any(String)], has_more: false, totalCount: 1 })
      expect(yield* answer(Schema.Array(OkField.id), { offset: "2" })).toBe("[]")
    }))

  it.effect("of a recursive shape ends", () =>
    Effect.gen(function*() {
      const node: Node = JSON.parse(yield* answer(Node, { count: "1" }))
      const depthOf = (node: Node): number => 1 + Math.max(0, ...node.children.map(depthOf))
      expect(depthOf(node)).toBe(5)
      expect(Schema.is(Schema.typeSchema(Node))(node)).toBe(true)
    }))

  it.effect("keeps to what a schema asks for", () =>
    Effect.gen(function*() {
      const picky = Schema.Struct({
        share: OkField.number.pipe(Schema.between(0, 1)),
        code: Schema.String.pipe(Schema.pattern(/^[A-Z]{3}$/)),
        kind: OkField.oneOf("A", "B"),
        many: Schema.Array(OkField.int).pipe(Schema.minItems(3))
      })
      const body = JSON.parse(yield* answer(picky))
      expect(Schema.is(Schema.typeSchema(picky))(body)).toBe(true)
      expect(["A", "B"]).toContain(body.kind)
    }))
})

it.effect("a method without data of its own is checked like any other", () =>
  Effect.gen(function*() {
    expect(yield* send(asApplication("market.getByIds", {}))).toMatchObject({ error_code: 453 })
  }).pipe(Effect.provide(sandbox())))
