/*
 * An answer for a method that has no data of its own: a value of its schema, on the wire. The same call always gets the
 * same one.
 */
import type { Json } from "@effect-okru/core/Json"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as Arbitrary from "effect/Arbitrary"
import * as Array from "effect/Array"
import * as FastCheck from "effect/FastCheck"
import * as Hash from "effect/Hash"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type { Call } from "./call.js"

/** `undefined` for the empty body. */
export const generate = ({ method, parameters }: Pick<Call, "method" | "parameters">): Json | undefined => {
  if (method.success === OkMethod.Undocumented) {
    return true
  }
  const ast = SchemaAST.typeAST(method.success.ast)
  if (SchemaAST.isVoidKeyword(ast)) {
    return undefined
  }
  const arbitrary = Arbitrary.make(Schema.make<unknown>(fill(ast, { name: "", items: itemsOf(parameters), depth: 0 })))
  const [value] = FastCheck.sample(arbitrary, { seed: seedOf(method.name, parameters), numRuns: 1 })
  // The schema of an answer encodes to what OK.ru sends, JSON.
  return Schema.encodeUnknownSync(method.success)(value) as Json
}

const seedOf = (name: string, parameters: { readonly [name: string]: string }): number =>
  Hash.string([name, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`).sort()].join("&"))

/** Two items a list, unless fewer are asked for. A list that is asked for by offset ends somewhere: after them. */
const itemsOf = (parameters: { readonly [name: string]: string }): number =>
  Number(parameters["offset"] ?? 0) > 0 ? 0 : Math.max(0, Math.min(2, Number(parameters["count"] ?? 2)))

interface Place {
  /** Of the property that holds the value. Empty for what is the whole answer. */
  readonly name: string
  /** In each list. */
  readonly items: number
  /** How many models it is in. */
  readonly depth: number
}

// Models are built on first use, and one that refers to itself is no other at first sight: nothing real is as deep.
const deepest = 4

/**
 * The same type, narrowed to what reads like an answer: everything there, names and ids instead of noise, and no next page.
 */
const fill = (ast: SchemaAST.AST, place: Place): SchemaAST.AST => {
  switch (ast._tag) {
    case "StringKeyword":
      return SchemaAST.annotations(ast, { [SchemaAST.ArbitraryAnnotationId]: () => words(place.name) })
    case "NumberKeyword":
      return SchemaAST.annotations(ast, { [SchemaAST.ArbitraryAnnotationId]: wholeNumber(place.name) })
    case "BooleanKeyword":
      return place.name === "" || place.name === "success" ? new SchemaAST.Literal(true) : ast
    case "UnknownKeyword":
    case "AnyKeyword":
    case "ObjectKeyword":
      return fill(SchemaAST.stringKeyword, place)
    case "Refinement":
      return SchemaAST.isStringKeyword(ast.from) || SchemaAST.isTupleType(ast.from)
        ? ast
        : new SchemaAST.Refinement(fill(ast.from, place), ast.filter, ast.annotations)
    case "Union":
      return SchemaAST.Union.make(likely(ast.types.flatMap(members)).map((type) => fill(type, place)))
    case "TupleType":
      return new SchemaAST.TupleType(
        [...ast.elements, ...itemTypes(ast, place)].map(({ isOptional, type }) =>
          new SchemaAST.OptionalType(fill(type, place), isOptional)
        ),
        [],
        ast.isReadonly
      )
    case "TypeLiteral":
      return new SchemaAST.TypeLiteral(
        ast.propertySignatures.flatMap((property) => fillProperty(property, place)),
        ast.indexSignatures.map((index) =>
          new SchemaAST.IndexSignature(
            fill(index.parameter, { ...place, name: "key" }),
            fill(index.type, place),
            index.isReadonly
          )
        )
      )
    case "Suspend":
      return fill(ast.f(), { ...place, depth: place.depth + 1 })
    default:
      return ast
  }
}

const itemTypes = (
  { rest: [item] }: SchemaAST.TupleType,
  place: Place
): ReadonlyArray<SchemaAST.OptionalType> =>
  item === undefined || place.items === 0 || isTooDeep(item.type, place)
    ? []
    : Array.replicate(new SchemaAST.OptionalType(item.type, false), place.items)

const fillProperty = (
  { isOptional, isReadonly, name, type }: SchemaAST.PropertySignature,
  place: Place
): ReadonlyArray<SchemaAST.PropertySignature> => {
  const text = String(name)
  if (isOptional && (["anchor", "pagingAnchor", "marker"].includes(text) || isTooDeep(type, place))) {
    return []
  }
  const filled = ["hasMore", "has_more"].includes(text)
    ? new SchemaAST.Literal(false)
    : ["totalCount", "total_count"].includes(text)
    ? new SchemaAST.Literal(place.items)
    : fill(type, { ...place, name: text })
  return [new SchemaAST.PropertySignature(name, filled, false, isReadonly)]
}

const members = (type: SchemaAST.AST): ReadonlyArray<SchemaAST.AST> =>
  SchemaAST.isUnion(type) ? type.types.flatMap(members) : [type]

/** The documented names where there are some, and rather something than nothing. */
const likely = (types: ReadonlyArray<SchemaAST.AST>): ReadonlyArray<SchemaAST.AST> => {
  const names = types.filter((type) => SchemaAST.isLiteral(type) && type.literal !== null)
  const values = types.filter((type) => !SchemaAST.isUndefinedKeyword(type) && !isNull(type))
  return names.length > 0 ? names : values.length > 0 ? values : types
}

const isNull = (type: SchemaAST.AST): boolean => SchemaAST.isLiteral(type) && type.literal === null

const isTooDeep = (ast: SchemaAST.AST, place: Place): boolean =>
  (SchemaAST.isSuspend(ast) && place.depth === deepest) ||
  (SchemaAST.isUnion(ast) && ast.types.some((type) => isTooDeep(type, place))) ||
  (SchemaAST.isRefinement(ast) && isTooDeep(ast.from, place)) ||
  (SchemaAST.isTupleType(ast) && ast.rest.some(({ type }) => isTooDeep(type, place)))

// A text that is a whole answer is the id of something.
const words = (name: string): Arbitrary.LazyArbitrary<string> => (fc) =>
  name === "" || /(^|_)[a-z]?ids?$|Ids?(Str|Encoded)?$/.test(name)
    ? fc.bigInt({ min: 570_000_000_000n, max: 9_100_000_000_000_000n }).map(String)
    : /url|link|pic|image|avatar/i.test(name)
    ? fc.integer({ min: 1, max: 9999 }).map((number) => `https://sandbox.test/${name}/${number}`)
    : fc.integer({ min: 1, max: 9999 }).map((number) => `Test ${name.replaceAll("_", " ")} ${number}`)

// The annotation of a type without refinements gets the context alone, that of a refined one the default before it.
const wholeNumber = (name: string) =>
(
  ...given: ReadonlyArray<Arbitrary.ArbitraryGenerationContext | Arbitrary.LazyArbitrary<number>>
): Arbitrary.LazyArbitrary<number> => {
  const context = given.find((value) => typeof value === "object")
  const constraints = context?.constraints?._tag === "NumberConstraints" ? context.constraints.constraints : {}
  const min = Math.ceil(constraints.min ?? (name.endsWith("_ms") ? 1_700_000_000_000 : 0))
  const max = Math.max(min, Math.floor(constraints.max ?? min + 10_000))
  return (fc) => fc.integer({ min, max })
}
