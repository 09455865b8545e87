import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"

// `effect/Schema` walks its tree for every value and keeps track of where it is, for the sake of its errors. Nearly every
// value is right, so a schema becomes a chain of functions that say what a value comes to, or no. They call the schema's own
// filters and transformations and leave to Schema what they do not know, so that a value comes to the same either way; what
// they refuse is for Schema to explain.

type Parse = (input: unknown) => unknown

/** What is no value of the schema. */
export const refused = Symbol("refused")

/** What a property comes to that is not there. */
export const omitted = Symbol("omitted")

/**
 * Marks a property that does no more than to read `null` as absent, with what stands for both: most of a model's properties,
 * which need not go through an `Option` each.
 */
export const whenNullish = Symbol("@effect-okru/core/internal/parser/whenNullish")

/** From what a schema encodes to, to its values. Properties that it does not have are left out. */
export const decoder = (schema: Schema.Schema.AnyNoContext): Parse => compile(schema.ast, true)

/** From a schema's values to what it encodes to. A property that it does not have is refused. */
export const encoder = (schema: Schema.Schema.AnyNoContext): Parse => compile(schema.ast, false)

const compile = (ast: AST.AST, isDecoding: boolean): Parse => {
  if (AST.ParseOptionsAnnotationId in ast.annotations || AST.DecodingFallbackAnnotationId in ast.annotations) {
    return bySchema(ast, isDecoding)
  }
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
      return (input) => (parse ??= compile(ast.f(), isDecoding))(input)
    }
    case "TupleType":
      return array(ast, isDecoding) ?? bySchema(ast, isDecoding)
    case "TypeLiteral":
      return isStruct(ast)
        ? struct(ast.propertySignatures.map((property) => plainField(property, isDecoding)), isDecoding)
        : bySchema(ast, isDecoding)
    case "Union":
      return ast.types.some((member) => isTagged(member, isDecoding))
        ? bySchema(ast, isDecoding)
        : union(ast, isDecoding)
    case "Refinement":
      return refinement(ast, isDecoding)
    case "Transformation":
      return transformation(ast, isDecoding)
    default:
      return bySchema(ast, isDecoding)
  }
}

const bySchema = (ast: AST.AST, isDecoding: boolean): Parse => {
  const schema = Schema.make<unknown, unknown>(ast)
  const parse = isDecoding
    ? ParseResult.decodeUnknownEither(schema)
    : ParseResult.encodeUnknownEither(schema, { onExcessProperty: "error" })
  return (input) => valueOf(parse(input))
}

// What is no `Either` has yet to run, which Schema refuses where nothing runs it.
const valueOf = (result: unknown): unknown => Either.isEither(result) && Either.isRight(result) ? result.right : refused

const then = (first: Parse, second: Parse): Parse => (input) => {
  const value = first(input)
  return value === refused ? refused : second(value)
}

const array = (ast: AST.TupleType, isDecoding: boolean): Parse | undefined => {
  const [rest, ...more] = ast.rest
  if (rest === undefined || more.length > 0 || ast.elements.length > 0) {
    return undefined
  }
  const item = compile(rest.type, isDecoding)
  return (input) => {
    if (!Array.isArray(input)) {
      return refused
    }
    const output: Array<unknown> = []
    for (const element of input) {
      const value = item(element)
      if (value === refused) {
        return refused
      }
      output.push(value)
    }
    return output
  }
}

interface Field {
  readonly name: PropertyKey
  readonly present: Parse
  /** `undefined` where what is absent stays absent. */
  readonly absent: (() => unknown) | undefined
}

const plainField = ({ isOptional, name, type }: AST.PropertySignature, isDecoding: boolean): Field => {
  const present = compile(type, isDecoding)
  return { name, present, absent: isOptional ? undefined : () => present(undefined) }
}

const transformedField = (
  from: AST.PropertySignature,
  to: AST.PropertySignature,
  decode: (value: Option.Option<unknown>) => Option.Option<unknown>
): Field => {
  const parse = compile(from.type, true)
  const instead = to.annotations[whenNullish]
  if (Predicate.isFunction(instead)) {
    const absent = () => instead()
    const present: Parse = (input) => input === null || input === undefined ? instead() : parse(input)
    return { name: to.name, present, absent: absent() === omitted ? undefined : absent }
  }
  const check = compile(to.type, true)
  const rest = (value: Option.Option<unknown>): unknown => {
    const decoded = decode(value)
    return Option.isSome(decoded) ? check(decoded.value) : to.isOptional ? omitted : check(undefined)
  }
  const present = then(parse, (value) => rest(Option.some(value)))
  const absent = from.isOptional ? () => rest(Option.none()) : () => present(undefined)
  return { name: to.name, present, absent: from.isOptional && absent() === omitted ? undefined : absent }
}

const isStruct = (ast: AST.AST): ast is AST.TypeLiteral =>
  ast._tag === "TypeLiteral" && ast.indexSignatures.length === 0 && ast.propertySignatures.length > 0

// An answer has some of a model's many fields: what is there is looked up, not what could be.
const struct = (fields: ReadonlyArray<Field>, isDecoding: boolean): Parse => {
  const byName = new Map<PropertyKey, Field>(fields.map((field) => [field.name, field]))
  const needed = fields.filter(({ absent }) => absent !== undefined)
  return (input) => {
    if (!Predicate.isRecord(input)) {
      return refused
    }
    const output: { [name: PropertyKey]: unknown } = {}
    for (const name of Object.keys(input)) {
      const field = byName.get(name)
      const value = field === undefined ? isDecoding ? omitted : refused : field.present(input[name])
      if (value === refused) {
        return refused
      }
      if (value !== omitted) {
        output[name] = value
      }
    }
    for (const { absent, name } of needed) {
      const value = absent === undefined || Object.hasOwn(input, name) ? omitted : absent()
      if (value === refused) {
        return refused
      }
      if (value !== omitted) {
        output[name] = value
      }
    }
    return output
  }
}

const union = (ast: AST.Union, isDecoding: boolean): Parse => {
  const other = ast.types.findIndex((member) => member._tag !== "Literal")
  const [first, rest] = other < 0 ? [ast.types, []] : [ast.types.slice(0, other), ast.types.slice(other)]
  const literals = new Set<unknown>(first.map((member) => member._tag === "Literal" && member.literal))
  const parses = rest.map((member) => compile(member, isDecoding))
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
const isTagged = (ast: AST.AST, isDecoding: boolean): boolean => {
  switch (ast._tag) {
    case "Declaration":
      return AST.SurrogateAnnotationId in ast.annotations
    case "TypeLiteral":
      return ast.propertySignatures.some(({ isOptional, type }) =>
        !isOptional && (isDecoding ? AST.encodedAST(type) : AST.typeAST(type))._tag === "Literal"
      )
    case "TupleType":
      return ast.elements.length > 0
    case "Refinement":
      return isTagged(ast.from, isDecoding)
    case "Suspend":
      return isTagged(ast.f(), isDecoding)
    case "Transformation":
      return isTagged(isDecoding ? ast.from : ast.to, isDecoding)
    default:
      return false
  }
}

const refinement = (ast: AST.Refinement, isDecoding: boolean): Parse =>
  isDecoding
    ? then(compile(ast.from, true), (value) => Option.isNone(ast.filter(value, {}, ast)) ? value : refused)
    : then(compile(AST.typeAST(ast), true), compile(withoutRefinements(ast.from), false))

const withoutRefinements = (ast: AST.AST): AST.AST => ast._tag === "Refinement" ? withoutRefinements(ast.from) : ast

const transformation = (ast: AST.Transformation, isDecoding: boolean): Parse => {
  const kind = ast.transformation
  if (kind._tag === "TypeLiteralTransformation") {
    return isDecoding ? transformedStruct(ast, kind) ?? bySchema(ast, true) : bySchema(ast, false)
  }
  const [from, to] = isDecoding ? [ast.from, ast.to] : [ast.to, ast.from]
  const first = compile(from, isDecoding)
  const second = compile(to, isDecoding)
  if (kind._tag === "ComposeTransformation") {
    return then(first, second)
  }
  const change = isDecoding ? kind.decode : kind.encode
  return (input) => {
    const value = first(input)
    const changed = value === refused ? refused : valueOf(change(value, {}, ast, input))
    return changed === refused ? refused : second(changed)
  }
}

// What Schema does in three passes, each with an object of its own. A property that changes its name is left to it.
const transformedStruct = (
  { from, to }: AST.Transformation,
  kind: AST.TypeLiteralTransformation
): Parse | undefined => {
  const changes = new Map(kind.propertySignatureTransformations.map((change) => [change.to, change]))
  if (!isStruct(from) || !isStruct(to) || [...changes.values()].some((change) => change.from !== change.to)) {
    return undefined
  }
  const sources = new Map(from.propertySignatures.map((property) => [property.name, property]))
  return struct(
    to.propertySignatures.flatMap((property) => {
      const source = sources.get(property.name)
      const change = changes.get(property.name)
      return source === undefined
        ? []
        : [change === undefined ? plainField(source, true) : transformedField(source, property, change.decode)]
    }),
    true
  )
}
