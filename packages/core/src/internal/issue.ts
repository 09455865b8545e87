import type * as ParseResult from "effect/ParseResult"
import type * as AST from "effect/SchemaAST"

/**
 * Says where a value is wrong and what was expected, and never what the value is: it can be personal data or a secret.
 */
export const describeIssue = (issue: ParseResult.ParseIssue): string => {
  const { path, text } = first(issue, "")
  return path === "" ? text : `${path}: ${text}`
}

// A union tells about its last member, which is the most lenient one in this library's schemas; a composite about its
// first mistake.
const first = (issue: ParseResult.ParseIssue, path: string): { readonly path: string; readonly text: string } => {
  switch (issue._tag) {
    case "Pointer": {
      const keys: ReadonlyArray<PropertyKey> = [issue.path].flat()
      return first(issue.issue, keys.reduce<string>(join, path))
    }
    case "Composite": {
      const issues: ReadonlyArray<ParseResult.ParseIssue> = [issue.issues].flat()
      return issue.ast._tag === "Union"
        ? { path, text: `expected ${nameOf(issue.ast)}, got ${kindOf(issue.actual)}` }
        : issues[0] === undefined
        ? { path, text: "is not as expected" }
        : first(issues[0], path)
    }
    case "Refinement":
    case "Transformation":
      return first(issue.issue, path)
    case "Missing":
      return { path, text: "is missing" }
    case "Unexpected":
      return { path, text: "is unexpected" }
    case "Type":
      return { path, text: issue.message ?? `expected ${nameOf(issue.ast)}, got ${kindOf(issue.actual)}` }
    case "Forbidden":
      return { path, text: issue.message ?? "cannot be decoded here" }
  }
}

const join = (path: string, key: PropertyKey): string =>
  typeof key === "number" ? `${path}[${key}]` : path === "" ? String(key) : `${path}.${String(key)}`

const nameOf = (ast: AST.AST): string => {
  const name = String(ast)
  return name.length > 80 ? `${name.slice(0, 80)}…` : name
}

const kindOf = (value: unknown): string => value === null ? "null" : Array.isArray(value) ? "array" : typeof value
