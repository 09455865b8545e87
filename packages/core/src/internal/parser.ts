import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

// `effect/Schema` walks its tree for every value and keeps track of where it is, for the sake of its errors. Nearly every
// value is right, so a schema becomes a chain of functions that say what a value comes to, or no. They call the schema's own
// filters and transformations and leave to Schema what they do not know, so that a value comes to the same either way, but for
// the sign of a zero; what they refuse is for Schema to explain.

type Parse = (input: unknown) => unknown

/** What is no value of the schema. */
export const refused = Symbol("refused")

/** What a property comes to that is not there. */
export const omitted = Symbol("omitted")

const nullish = Symbol("@effect-okru/core/internal/parser/nullish")

interface Nullish {
  readonly type: AST.AST
  readonly instead: () => unknown
  readonly decode: unknown
}

/**
 * Marks a property that does no more than to read `null` as absent, with what it reads otherwise, what stands for both and the
 * function of Schema's that this comes to: most of a model's properties, which need not go through an `Option` each. A property
 * that is made of this one has the mark, too, and another function.
 */
export const whenNullish = <A, I>(schema: Schema.Schema<A, I>, instead: () => unknown, decode: unknown) => {
  const mark: Nullish = { type: schema.ast, instead, decode }
  return { [nullish]: mark }
}

const unchanged = Symbol("@effect-okru/core/internal/parser/unchanged")

type Unchanged = "string" | "boolean" | Predicate.Predicate<unknown>

/**
 * Marks a schema with what is the same on both of its sides, by its `typeof` or a predicate: most of what comes, which need not
 * go through all that may come.
 */
export const unchangedIf = (same: Unchanged) => <A, I>(schema: Schema.Schema<A, I>) =>
  schema.annotations({ [unchanged]: same })

// What stands in an annotation, no type follows. Nothing else writes these two.
const nullishOf = ({ annotations }: AST.PropertySignature) => annotations[nullish] as Nullish | undefined

const unchangedOf = ({ annotations }: AST.AST) => annotations[unchanged] as Unchanged | undefined

/**
 * From what a schema encodes to, to its values. Properties that it does not have are left out. What is the same either way is
 * not copied: an answer that is as it should be comes to itself, as do the items of a list that is sent.
 */
export const decoder = (schema: Schema.Schema.AnyNoContext): Parse => compile(schema.ast, decoding)

/** From a schema's values to what it encodes to. A property that it does not have is refused. */
export const encoder = (schema: Schema.Schema.AnyNoContext): Parse => compile(schema.ast, encoding)

interface Way {
  readonly isDecoding: boolean
  /** Whether a property is refused that a schema does not have. Elsewhere it is left out. */
  readonly isExact: boolean
}

const decoding: Way = { isDecoding: true, isExact: false }
const encoding: Way = { isDecoding: false, isExact: true }
// What is to be encoded is checked by its refinements first, as what it is.
const checking: Way = { isDecoding: true, isExact: true }

const compile = (ast: AST.AST, way: Way): Parse => {
  if (AST.ParseOptionsAnnotationId in ast.annotations || AST.DecodingFallbackAnnotationId in ast.annotations) {
    return bySchema(ast, way)
  }
  const parse = compileAny(ast, way)
  const same = unchangedOf(ast)
  return same === undefined
    ? parse
    : typeof same === "string"
    ? (input) => typeof input === same ? input : parse(input)
    : (input) => same(input) ? input : parse(input)
}

// The `typeof` of what a schema leaves as it is: one look at a value in place of one or more calls.
const typeofUnchanged = (ast: AST.AST): string | undefined => {
  const same = ast._tag === "StringKeyword" ? "string" : unchangedOf(ast)
  return typeof same === "string" ? same : undefined
}

const compileAny = (ast: AST.AST, way: Way): Parse => {
  switch (ast._tag) {
    case "StringKeyword":
      return (input) => typeof input === "string" ? input : refused
    case "NumberKeyword":
      return (input) => typeof input === "number" ? input : refused
    case "BooleanKeyword":
      return (input) => typeof input === "boolean" ? input : refused
    case "UndefinedKeyword":
      return (input) => input === undefined ? input : refused
    case "Literal":
      return (input) => input === ast.literal ? input : refused
    case "UnknownKeyword":
      return (input) => input
    case "Suspend": {
      let parse: Parse | undefined
      return (input) => (parse ??= compile(ast.f(), way))(input)
    }
    case "TupleType":
      return array(ast, way) ?? bySchema(ast, way)
    case "TypeLiteral":
      return isStruct(ast)
        ? struct(ast.propertySignatures.map((property) => plainField(property, way)), way)
        : bySchema(ast, way)
    case "Union":
      return ast.types.some((member) => isTagged(member, way))
        ? bySchema(ast, way)
        : union(ast, way)
    case "Refinement":
      return refinement(ast, way)
    case "Transformation":
      return transformation(ast, way)
    default:
      return bySchema(ast, way)
  }
}

const bySchema = (ast: AST.AST, way: Way): Parse => {
  const schema = Schema.make<unknown, unknown>(ast)
  const options = { onExcessProperty: way.isExact ? "error" : "ignore" } as const
  const parse = way.isDecoding
    ? ParseResult.decodeUnknownEither(schema, options)
    : ParseResult.encodeUnknownEither(schema, options)
  return (input) => valueOf(parse(input))
}

// A transformation can be an effect. One that is over at once is as good as a value, to Schema too.
const valueOf = <R>(result: Effect.Effect<unknown, unknown, R>): unknown => {
  if (Either.isEither(result)) {
    return Either.isRight(result) ? result.right : refused
  }
  // The schemas here need no service.
  const exit = Effect.runSyncExit(result as Effect.Effect<unknown, unknown>)
  return exit._tag === "Success" ? exit.value : refused
}

const then = (first: Parse, second: Parse): Parse => (input) => {
  const value = first(input)
  return value === refused ? refused : second(value)
}

const array = (ast: AST.TupleType, way: Way): Parse | undefined => {
  const [rest, ...more] = ast.rest
  if (rest === undefined || more.length > 0 || ast.elements.length > 0) {
    return undefined
  }
  const item = compile(rest.type, way)
  const same = typeofUnchanged(rest.type)
  return (input) => {
    if (!Array.isArray(input)) {
      return refused
    }
    let output: Array<unknown> | undefined
    for (let index = 0; index < input.length; index++) {
      const element: unknown = input[index]
      const value = typeof element === same ? element : item(element)
      if (value === refused) {
        return refused
      }
      // A hole is no `undefined`.
      if (output === undefined && (value !== element || element === undefined)) {
        output = input.slice(0, index)
      }
      output?.push(value)
    }
    return output ?? input
  }
}

interface Field {
  readonly name: PropertyKey
  /** The `typeof` of what stays as it is. */
  readonly same: string | undefined
  readonly present: Parse
  /** `undefined` where what is absent stays absent. */
  readonly absent: (() => unknown) | undefined
}

const plainField = ({ isOptional, name, type }: AST.PropertySignature, way: Way): Field => {
  const present = compile(type, way)
  return { name, same: typeofUnchanged(type), present, absent: isOptional ? undefined : () => present(undefined) }
}

const nullishField = (name: PropertyKey, { instead, type }: Nullish): Field => {
  const parse = compile(type, decoding)
  const absent = instead() === omitted ? undefined : instead
  const present: Parse = (input) => input === null ? instead() : input === undefined ? absent?.() : parse(input)
  return { name, same: typeofUnchanged(type), present, absent }
}

const isStruct = (ast: AST.AST): ast is AST.TypeLiteral =>
  ast._tag === "TypeLiteral" && ast.indexSignatures.length === 0 && ast.propertySignatures.length > 0

// An answer has some of a model's many fields, and nearly every answer has those of the one before: which field a name stands for
// is looked up where it is another than last time. `for in` and `hasOwnProperty`, since V8 takes both from what it knows of the
// shape of an object: this is the innermost loop.
const struct = (fields: ReadonlyArray<Field>, way: Way): Parse => {
  const byName = new Map<PropertyKey, Field>(fields.map((field) => [field.name, field]))
  const needed = fields.filter(({ absent }) => absent !== undefined)
  const unknown = way.isExact ? refused : omitted
  const lastNames: Array<string> = []
  const lastFields: Array<Field> = []
  const lastSame: Array<string | undefined> = []
  const lookUp = (name: string, index: number): boolean => {
    const field = byName.get(name)
    if (field === undefined) {
      return false
    }
    lastNames[index] = name
    lastFields[index] = field
    lastSame[index] = field.same
    return true
  }
  return (input) => {
    if (!Predicate.isRecord(input)) {
      return refused
    }
    let output: { [name: PropertyKey]: unknown } | undefined
    let index = 0
    for (const name in input) {
      if (!hasOwn.call(input, name)) {
        continue
      }
      const before = input[name]
      let value: unknown = unknown
      if (lastNames[index] === name || lookUp(name, index)) {
        value = typeof before === lastSame[index] ? before : lastFields[index]?.present(before)
        index++
      }
      if (value === refused) {
        return refused
      }
      if (output === undefined && value !== before) {
        output = upTo(name, input)
      }
      if (output !== undefined && value !== omitted) {
        output[name] = value
      }
    }
    for (const { absent, name } of needed) {
      const value = absent === undefined || hasOwn.call(input, name) ? omitted : absent()
      if (value === refused) {
        return refused
      }
      if (value !== omitted) {
        output ??= { ...input }
        output[name] = value
      }
    }
    return output ?? input
  }
}

const hasOwn = Object.prototype.hasOwnProperty

const upTo = (name: string, input: { readonly [name: PropertyKey]: unknown }) => {
  const output: { [name: PropertyKey]: unknown } = {}
  for (const before of Object.keys(input)) {
    if (before === name) {
      break
    }
    output[before] = input[before]
  }
  return output
}

const union = (ast: AST.Union, way: Way): Parse => {
  const other = ast.types.findIndex((member) => member._tag !== "Literal")
  const [first, rest] = other < 0 ? [ast.types, []] : [ast.types.slice(0, other), ast.types.slice(other)]
  const literals = new Set<unknown>(first.map((member) => member._tag === "Literal" && member.literal))
  const parses = rest.map((member) => compile(member, way))
  return (input) => {
    if (literals.has(input)) {
      return input
    }
    for (const parse of parses) {
      const value = parse(input)
      if (value !== refused) {
        return value
      }
    }
    return refused
  }
}

// Schema chooses among the members of a union by their tags, in an order of its own.
const isTagged = (ast: AST.AST, way: Way): boolean => {
  switch (ast._tag) {
    case "Declaration":
      return AST.SurrogateAnnotationId in ast.annotations
    case "TypeLiteral":
      return ast.propertySignatures.some(({ isOptional, type }) =>
        !isOptional && (way.isDecoding ? AST.encodedAST(type) : AST.typeAST(type))._tag === "Literal"
      )
    case "TupleType":
      return ast.elements.length > 0
    case "Refinement":
      return isTagged(ast.from, way)
    case "Suspend":
      return isTagged(ast.f(), way)
    case "Transformation":
      return isTagged(way.isDecoding ? ast.from : ast.to, way)
    default:
      return false
  }
}

const refinement = (ast: AST.Refinement, way: Way): Parse =>
  way.isDecoding
    ? then(compile(ast.from, way), (value) => Option.isNone(ast.filter(value, {}, ast)) ? value : refused)
    : then(compile(AST.typeAST(ast), checking), compile(withoutRefinements(ast.from), way))

const withoutRefinements = (ast: AST.AST): AST.AST => ast._tag === "Refinement" ? withoutRefinements(ast.from) : ast

const transformation = (ast: AST.Transformation, way: Way): Parse => {
  const kind = ast.transformation
  if (kind._tag === "TypeLiteralTransformation") {
    return (way.isDecoding ? transformedStruct(ast, kind) : undefined) ?? bySchema(ast, way)
  }
  const [from, to] = way.isDecoding ? [ast.from, ast.to] : [ast.to, ast.from]
  const first = compile(from, way)
  const second = compile(to, way)
  if (kind._tag === "ComposeTransformation") {
    return then(first, second)
  }
  const change = way.isDecoding ? kind.decode : kind.encode
  return (input) => {
    const value = first(input)
    const changed = value === refused ? refused : valueOf(change(value, {}, ast, input))
    return changed === refused ? refused : second(changed)
  }
}

// What Schema does in three passes, each with an object of its own. A property that changes in another way is left to it.
const transformedStruct = (
  { from, to }: AST.Transformation,
  { propertySignatureTransformations }: AST.TypeLiteralTransformation
): Parse | undefined => {
  if (!isStruct(from) || !isStruct(to)) {
    return undefined
  }
  const marks = new Map(to.propertySignatures.map((property) => [property.name, nullishOf(property)]))
  return propertySignatureTransformations.every(({ decode, from, to }) =>
      from === to && marks.get(to)?.decode === decode
    )
    ? struct(
      from.propertySignatures.map((property) => {
        const mark = marks.get(property.name)
        return mark === undefined ? plainField(property, decoding) : nullishField(property.name, mark)
      }),
      decoding
    )
    : undefined
}
