import type * as ParseResult from "effect/ParseResult"
import type * as AST from "effect/SchemaAST"

/**
 * Says where a value is wrong and what was expected, and never what the value is: it can be personal data or a secret.
 */
export const describeIssue = (issue: ParseResult.ParseIssue): string => {
  const { path, text } = first(issue, "")
  return path === "" ? text : `${path}: ${text}`
}

// A composite tells about its first mistake; a union about the member that the value came closest to, which is the one
// that reads deepest into it.
const first = (issue: ParseResult.ParseIssue, path: string): Described => {
  switch (issue._tag) {
    case "Pointer": {
      const keys: ReadonlyArray<PropertyKey> = [issue.path].flat()
      return first(issue.issue, keys.reduce<string>(join, path))
    }
    case "Composite": {
      const issues: ReadonlyArray<ParseResult.ParseIssue> = [issue.issues].flat()
      const whole = { path, text: `expected ${nameOf(issue.ast)}, got ${kindOf(issue.actual)}` }
      if (issue.ast._tag !== "Union") {
        return issues[0] === undefined ? whole : first(issues[0], path)
      }
      const described = issues.filter((issue) => !isOfNothing(issue)).map((issue) => first(issue, path))
      const [only, ...others] = described
      return only !== undefined && others.length === 0
        ? only
        : described.reduce((deepest, next) => next.path.length > deepest.path.length ? next : deepest, whole)
    }
    case "Refinement":
    case "Transformation":
      return first(issue.issue, path)
    case "Missing":
      return { path, text: "is missing" }
    case "Unexpected":
      return { path, text: "is unexpected" }
    case "Type":
      return {
        path,
        // The codecs of this library give no value with their words; Effect's own quote what they could not read.
        text: issue.message !== undefined && issue.actual === undefined
          ? issue.message
          : `expected ${nameOf(issue.ast)}, got ${kindOf(issue.actual)}`
      }
    case "Forbidden":
      return { path, text: "cannot be read or written at once" }
  }
}

// That a value is not the absent one says nothing of what is wrong with it.
const isOfNothing = (issue: ParseResult.ParseIssue): boolean =>
  issue._tag === "Type" &&
  (issue.ast._tag === "UndefinedKeyword" || (issue.ast._tag === "Literal" && issue.ast.literal === null))

interface Described {
  readonly path: string
  readonly text: string
}

const join = (path: string, key: PropertyKey): string =>
  typeof key === "number" ? `${path}[${key}]` : path === "" ? String(key) : `${path}.${String(key)}`

const nameOf = (ast: AST.AST): string => {
  const name = ast._tag === "TypeLiteral" ? "object" : String(ast)
  return name.length > 80 ? `${name.slice(0, 80)}…` : name
}

const kindOf = (value: unknown): string =>
  value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : typeof value !== "number" || Number.isInteger(value)
    ? typeof value
    : Number.isFinite(value)
    ? "fraction"
    : String(value)
