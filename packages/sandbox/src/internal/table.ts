/*
 * What the rows of the methods say, in the form in which requests are checked against them.
 */
import type * as OkMethod from "@effect-okru/core/OkMethod"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"

export interface Parameter {
  readonly name: string
  readonly required: boolean
  /** Whether a text is a value of the parameter, within its limits. */
  readonly accepts: (text: string) => boolean
}

export interface Row {
  readonly method: OkMethod.Any
  readonly parameters: ReadonlyArray<Parameter>
  /** The names that `fields` takes, in lower case. `undefined` where it takes any, and where there is none. */
  readonly fields: ReadonlyArray<string> | undefined
}

export type Table = ReadonlyMap<string, Row>

export const fromMethods = (methods: Iterable<OkMethod.Any>): Table => {
  const table = new Map<string, Row>()
  for (const method of methods) {
    table.set(method.name, fromMethod(method))
  }
  return table
}

const fromMethod = (method: OkMethod.Any): Row => {
  const parameters = SchemaAST.getPropertySignatures(SchemaAST.encodedAST(Schema.Struct(method.params).ast))
  const fields = method.params["fields"]
  const names = fields === undefined ? [] : literals(SchemaAST.typeAST(Schema.Struct({ fields }).ast))
  return {
    method,
    parameters: parameters.map(({ isOptional, name }) => ({
      name: String(name),
      required: !isOptional,
      accepts: acceptor(method, String(name))
    })),
    fields: names.length === 0 ? undefined : names.map((name) => name.toLowerCase())
  }
}

// The limits of a list hold when it is written, not when it is read: a text is read and written again. Compiled when it is
// first asked for: a test calls few of the methods there are.
const acceptor = (method: OkMethod.Any, name: string): Parameter["accepts"] => {
  let accepts: Parameter["accepts"] | undefined
  return (text) => {
    accepts ??= compile(method, name)
    return accepts(text)
  }
}

const compile = (method: OkMethod.Any, name: string): Parameter["accepts"] => {
  const field = method.params[name]
  if (field === undefined) {
    return () => true
  }
  // `OkMethod.make` takes parameters only that encode to texts and need no service.
  const codec = Schema.Struct({ [name]: field }) as unknown as Schema.Schema<
    unknown,
    { readonly [name: string]: string }
  >
  const decode = Schema.decodeEither(codec)
  const encode = Schema.encodeEither(codec)
  return (text) => Either.isRight(Either.flatMap(decode({ [name]: text }), encode))
}

const literals = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  switch (ast._tag) {
    case "Literal":
      return typeof ast.literal === "string" ? [ast.literal] : []
    case "Union":
      return ast.types.flatMap(literals)
    case "TupleType":
      return ast.rest.flatMap(({ type }) => literals(type))
    case "TypeLiteral":
      return ast.propertySignatures.flatMap(({ type }) => literals(type))
    case "Refinement":
      return literals(ast.from)
    case "Suspend":
      return literals(ast.f())
    default:
      return []
  }
}
