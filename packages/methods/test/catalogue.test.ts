/**
 * The rows against the catalogue of what sources document: parameters, their types, names and limits, pages, answers.
 * `fixtures/catalogue.json` is that catalogue without its prose. Whatever differs is in scripts/deviations.ts.
 */
import type { Json, OkMethod, OkPage } from "@effect-okru/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import { assert, describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { readFileSync } from "node:fs"
import { deviations } from "../scripts/deviations.js"

const Parameter = Schema.Struct({
  name: Schema.String,
  required: Schema.Boolean,
  type: Schema.String,
  // Of a number; of the characters of a text; of the items of a list.
  min: Schema.optional(Schema.Number),
  max: Schema.optional(Schema.Number),
  maxLength: Schema.optional(Schema.Number),
  values: Schema.optionalWith(Schema.Array(Schema.String), { default: () => [] })
})

const Documented = Schema.Struct({
  name: Schema.String,
  confidence: Schema.String,
  documented: Schema.Boolean,
  paging: Schema.NullOr(Schema.Struct({
    cursor: Schema.String,
    items: Schema.NullOr(Schema.String),
    /** The member of an answer that says whether there is more. */
    hasMore: Schema.NullOr(Schema.String)
  })),
  params: Schema.Array(Parameter),
  /** Names of types in the places of values. */
  answer: Schema.Unknown
})

const documented = Schema.decodeSync(Schema.parseJson(Schema.Array(Documented)))(
  readFileSync(new URL("fixtures/catalogue.json", import.meta.url), "utf8")
)

const methods = new Map(Catalogue.methods.map((method) => [method.name, method]))

const methodOf = (name: string): OkMethod.Any => methods.get(name) ?? assert.fail(`${name} has no row`)

describe("parameters", () => {
  const parameters = documented.flatMap((entry) => {
    const method = methodOf(entry.name)
    return entry.params.map((parameter) => {
      // `OkParam.Wire` has seen to it that a field of a row needs no service.
      const One = Schema.Struct({
        [parameter.name]: method.params[parameter.name] ?? Schema.Never
      }) as unknown as Schema.Schema<unknown, unknown>
      const type = AST.getPropertySignatures(AST.typeAST(One.ast))[0]?.type ?? AST.neverKeyword
      return {
        ...parameter,
        id: `${method.name}.${parameter.name}`,
        kind: kindOf(type),
        names: literalsOf(type),
        takes: (value: unknown) => Either.isRight(Schema.encodeUnknownEither(One)({ [parameter.name]: value }))
      }
    })
  })

  it("have the same names, required and optional", () => {
    const sorted = (params: ReadonlyArray<{ readonly name: string; readonly required: boolean }>) =>
      params.map(({ name, required }) => ({ name, required })).sort((a, b) => a.name < b.name ? -1 : 1)
    assert.deepStrictEqual(
      documented.map(({ name }) => ({ name, params: sorted(Catalogue.row(methodOf(name)).params) })),
      documented.map(({ name, params }) => ({ name, params: sorted(params) }))
    )
  })

  it("have the same types", () => {
    const others = parameters.filter(({ kind, type }) => !kindsOf(type).includes(kind))
    assert.sameMembers(others.map(({ id }) => id), Object.keys(deviations.type))
  })

  it("know every documented name", () => {
    const documented = parameters.flatMap(({ id, name, names, values }) => {
      // A schema takes any text at run time. Fields are in lower case here, and may have their kind in front.
      const known = new Set(name === "fields" ? names.flatMap((name) => [name, name.replace(/^\w+\./, "")]) : names)
      return values.map((value) => ({
        id: `${id}: ${value}`,
        isKnown: known.has(name === "fields" ? value.toLowerCase() : value)
      }))
    })
    assert.isAbove(documented.length, 1500)
    assert.deepStrictEqual(documented.filter(({ isKnown }) => !isKnown), [])
  })

  it("do not go beyond their limits", () => {
    const bounded = parameters.flatMap(({ id, kind, max, maxLength = max, min, takes }) =>
      [
        ...(maxLength === undefined ? [] : [{ last: maxLength, beyond: maxLength + 1 }]),
        ...(min === undefined ? [] : [{ last: min, beyond: min - 1 }])
      ].map(({ beyond, last }) => ({
        id,
        upTo: ofSize(kind, last).some(takes),
        beyond: ofSize(kind, beyond).every(takes)
      }))
    )
    assert.isAbove(bounded.length, 35)
    assert.deepStrictEqual(bounded.filter(({ upTo }) => !upTo), [])
    assert.sameMembers(bounded.filter(({ beyond }) => beyond).map(({ id }) => id), Object.keys(deviations.limit))
  })
})

describe("answers", () => {
  it("of 36 methods are documented by no source, and only those are Undocumented", () => {
    assert.deepStrictEqual(
      Catalogue.methods.map(Catalogue.row).filter((row) => !row.documented).map(({ name }) => name),
      documented.filter(({ documented }) => !documented).map(({ name }) => name)
    )
    assert.strictEqual(documented.filter(({ documented }) => !documented).length, 36)
  })

  it("are as sure", () => {
    assert.deepStrictEqual(
      documented.map(({ name }) => ({ name, confidence: methodOf(name).confidence as string })),
      documented.map(({ confidence, name }) => ({ name, confidence }))
    )
  })

  const answers = documented.filter(({ documented }) => documented)

  it("keep every documented member", () => {
    assert.sameMembers(
      answers.flatMap(({ answer, name }) => {
        const body = sampleOf(answer, plain)
        return Either.match(methodOf(name).decode(body, {}), {
          onLeft: ({ issue }) => [/(\w+):/.exec(issue)?.[1] ?? issue],
          onRight: (result) => lost(body, result)
        }).map((member) => `${name}.${member}`)
      }),
      Object.keys(deviations.answer)
    )
  })

  it.each([
    ["apps.getPlatformCatalogNodesTop", { nodes: [{ id: "test-node", name: "Test", apps: [] }] }],
    ["discussions.get", { entities: { polls: [{ question: "?", id: "1" }], themes: [{ id: "1", type: "test" }] } }],
    ["discussions.getAttachedResources", { attachments: [{ id: "1", pic640x480: "https://example.com/1.jpg" }] }],
    ["discussions.getList", { discussions: [{ object_id: "1" }], entities: { groups: [{ uid: "1", name: "Test" }] } }],
    ["market.getByIds", { products: [{ id: "1" }], entities: { users: [{ uid: "1", name: "Test" }] } }],
    ["photos.getTags", { entities: { tags: [{ tag_id: "1", url: "test" }], users: [{ uid: "1" }] } }],
    ["photos.getUserPhotos", { photos: [{ fid: "1", small_url: "https://example.com/1.jpg" }] }],
    ["sdk.init", { session_key: "test-key", soc_connection: { user_id: "1", name: "Test" }, user_id: "1" }],
    ["users.getAdditionalInfo", { users: [{ user_id: "1", info: { app_payer: true, level: 7 } }] }],
    ["share.fetchLinkV2", { attachment_media: [{ title: "Test", video: { id: "1" } }], link: { media: "test" } }]
  ])("of %s keep what no source lists", (name, body) => {
    expect(Either.getOrThrow(methodOf(name).decode(body, {}))).toMatchObject(body)
  })

  it.each(answers)("of $name are the same with numbers and flags in quotes", ({ answer, name }) => {
    const read = (primitives: Primitives) => Either.getOrNull(methodOf(name).decode(sampleOf(answer, primitives), {}))
    assert.deepStrictEqual(read({ ...plain, Integer: "7", Long: "7", Double: "0.5", Boolean: "true" }), read(plain))
  })

  it.each([
    ["friends.getAppUsers", "uids", ["1", "2"]],
    ["friends.getAppUsersOnline", "friends", ["1", "2"]],
    ["group.getInfo", "groups", [{ uid: "1" }]],
    ["group.getUserGroupsByIds", "memberships", [{ userId: "1" }]],
    ["users.getInfo", "users", [{ uid: "1" }]]
  ])("of %s are the same inside an object and not: %s", (name, envelope, list) => {
    const read = (body: Json.Json) => Either.getOrThrow(methodOf(name).decode(body, {}))
    assert.deepStrictEqual(read({ [envelope]: list }), read(list))
    assert.deepStrictEqual(read({ [envelope]: null }), [])
    assert.deepStrictEqual(read({}), [])
    assert.deepStrictEqual(read(null), [])
  })
})

describe("pages", () => {
  const pagingOf = (method: OkMethod.Any): Partial<OkPage.Paging<string>> | null =>
    Predicate.hasProperty(method, "paging") && Predicate.isRecord(method.paging) ? method.paging : null

  it("have streams over the documented cursor and list", () => {
    const others = documented.filter(({ name, paging }) => {
      const method = methodOf(name)
      assert.strictEqual(Predicate.hasProperty(method, "stream"), pagingOf(method) !== null)
      assert.strictEqual(Predicate.hasProperty(method, "pages"), pagingOf(method) !== null)
      return pagingOf(method)?.cursor !== paging?.cursor || pagingOf(method)?.items !== paging?.items
    })
    assert.sameMembers(others.map(({ name }) => name), Object.keys(deviations.paging))
  })

  it("go on to an empty one where nothing is known to say whether there is more", () => {
    const streams = documented.flatMap(({ name, paging }) => {
      const { until = null } = pagingOf(methodOf(name)) ?? {}
      return pagingOf(methodOf(name)) === null ? [] : [{ name, hasMore: paging?.hasMore ?? null, until }]
    })
    assert.deepStrictEqual(
      streams,
      streams.map((stream) => ({ ...stream, until: stream.hasMore === null ? "empty" : null }))
    )
    assert.isAbove(streams.filter(({ until }) => until === null).length, 10)
  })
})

describe("fields", () => {
  it("narrow the result of every method that takes them", () => {
    const others = documented
      .filter(({ params }) => params.some(({ name }) => name === "fields"))
      .filter(({ name }) => !Predicate.hasProperty(methodOf(name), "projection"))
    assert.sameMembers(others.map(({ name }) => name), Object.keys(deviations.fields))
  })
})

/** The names that a parameter has in its type. */
const literalsOf = (ast: AST.AST): ReadonlyArray<string> => {
  switch (ast._tag) {
    case "Literal":
      return [String(ast.literal)]
    case "Refinement":
      return literalsOf(ast.from)
    case "Suspend":
      return literalsOf(ast.f())
    case "TupleType":
      return ast.rest.flatMap(({ type }) => literalsOf(type))
    case "Union":
      return ast.types.flatMap(literalsOf)
    default:
      return []
  }
}

type Kind = "boolean" | "date" | "list" | "number" | "object" | "text"

/** What a program passes. */
const kindOf = (ast: AST.AST): Kind | undefined => {
  switch (ast._tag) {
    case "BooleanKeyword":
      return "boolean"
    case "Declaration":
      return "date"
    case "TupleType":
      return "list"
    case "NumberKeyword":
      return "number"
    case "TypeLiteral":
    case "UnknownKeyword":
      return "object"
    case "Literal":
    case "StringKeyword":
    case "TemplateLiteral":
      return "text"
    case "Refinement":
      return kindOf(ast.from)
    case "Suspend":
      return kindOf(ast.f())
    case "Union": {
      const [kind, ...others] = new Set(ast.types.filter((type) => !AST.isUndefinedKeyword(type)).map(kindOf))
      return others.length === 0 ? kind : undefined
    }
    default:
      return undefined
  }
}

const kinds: { readonly [type: string]: ReadonlyArray<Kind | undefined> } = {
  Boolean: ["boolean"],
  Date: ["date"],
  Float: ["number"],
  Integer: ["number"],
  JSON: ["object", "list"],
  // An id, a number, or a moment in milliseconds.
  Long: ["date", "number", "text"]
}

/** What may be passed for a type of the catalogue. */
const kindsOf = (type: string): ReadonlyArray<Kind | undefined> =>
  /(\[\]|Fields?|FieldSets)$/.test(type) ? ["list"] : kinds[type] ?? ["text"]

/** A limit of a list is one of its items or of its characters. */
const ofSize = (kind: Kind | undefined, size: number): ReadonlyArray<unknown> =>
  kind === "number"
    ? [size]
    : kind === "list"
    ? [Array.from({ length: size }, () => "1"), ["1".repeat(size)]]
    : ["1".repeat(size)]

interface Primitives {
  readonly [type: string]: Json.Json
}

const plain: Primitives = {
  Boolean: true,
  Byte: 1,
  Date: "2026-01-02 03:04:05",
  Double: 0.5,
  Float: 0.5,
  Integer: 7,
  Long: 7,
  Object: {},
  Void: null
}

/** An answer as a template describes it. The only texts in a list are the names of one value. */
const sampleOf = (template: unknown, primitives: Primitives): Json.Json => {
  if (Array.isArray(template)) {
    const isEnumeration = template.length > 0 && template.every((name) => /^[A-Z_]+$/.test(String(name)))
    return isEnumeration ? String(template[0]) : template.slice(0, 1).map((item) => sampleOf(item, primitives))
  }
  return Predicate.isRecord(template)
    ? Object.fromEntries(Object.entries(template).map(([name, member]) => [name, sampleOf(member, primitives)]))
    // A text, and Base64 of one.
    : primitives[String(template)] ?? "dGV4dA=="
}

const renamed: { readonly [name: string]: string } = {
  has_more: "hasMore",
  pagingAnchor: "anchor",
  total_count: "totalCount"
}

/** The members of a body that its result does not have. */
const lost = (body: Json.Json, result: unknown): ReadonlyArray<string> =>
  Array.isArray(body)
    ? body.flatMap((item, index) => lost(item, Array.isArray(result) ? result[index] : undefined))
    : Predicate.isRecord(body)
    ? Object.entries(body as { readonly [name: string]: Json.Json }).flatMap(([name, member]) => {
      const found = Predicate.hasProperty(result, name) ? name : renamed[name] ?? name
      return Predicate.hasProperty(result, found) ? lost(member, result[found]) : [name]
    })
    : []
