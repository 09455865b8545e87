/**
 * The pages that are made from values: `docs/methods.md` from the methods, the table of failures in README.md from the
 * codes. `pnpm docs` writes them, a test compares.
 */
import { OkError, type OkMethod } from "@effect-okru/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import * as Option from "effect/Option"
import * as AST from "effect/SchemaAST"
import { deviations } from "./deviations.js"

const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``

/** A type in a few words: the keys of an object, not what is behind them. */
const describe = (ast: AST.AST): string => {
  switch (ast._tag) {
    case "TypeLiteral": {
      const names = ast.propertySignatures.map((property) =>
        `${String(property.name)}${property.isOptional ? "?" : ""}`
      )
      return names.length === 0
        ? "{ [key]: … }"
        : `{ ${names.slice(0, 8).join(", ")}${names.length > 8 ? `, … ${names.length - 8} more` : ""} }`
    }
    case "TupleType":
      return `${describe(ast.rest[0]?.type ?? AST.unknownKeyword)}[]`
    case "Transformation":
      return describe(AST.typeAST(ast))
    case "Suspend":
      return describe(ast.f())
    case "Refinement":
      return Option.getOrElse(AST.getIdentifierAnnotation(ast), () => describe(ast.from))
    case "Union":
      return [...new Set(ast.types.map(describe))].join(" | ")
    case "Literal":
      return JSON.stringify(ast.literal)
    default:
      return Option.getOrElse(AST.getIdentifierAnnotation(ast), () => String(ast))
  }
}

const officialPage = (name: string): string =>
  `https://apiok.ru/en/dev/methods/rest/${name.replace(/\..*/, "")}/${name}`

const parameters = (row: Catalogue.Row): string =>
  row.params.map(({ name, required }) => required ? `**${code(name)}**` : code(name)).join(", ") || "-"

const methodLine = (method: OkMethod.Any): string => {
  const row = Catalogue.row(method)
  const session = method.signed ? row.session : `${row.session}, not signed`
  const result = row.documented ? code(describe(AST.typeAST(method.success.ast))) : "undocumented"
  return `| [${row.name}](${officialPage(row.name)})${method.manual ? "" : " ¹"} | ${session} | ` +
    `${row.permissions.join(", ") || "-"} | ${row.kind} | ${parameters(row)} | ${result} | ${method.confidence} |`
}

export const methodsPage = (): string => {
  const groups = grouped(Catalogue.methods)
  const undocumented = Catalogue.methods.filter((method) => !Catalogue.row(method).documented).length
  return [
    "# The methods",
    "",
    `${Catalogue.methods.length} methods in ${groups.size} groups, made from the values of \`@effect-okru/methods\` by ` +
    "`pnpm docs`. A **required** parameter is bold.",
    `The answers of ${undocumented} are documented by no source. Confidence says where the shape of an answer is known ` +
    "from: the official page, a part of it, or what clients were seen to read.",
    "",
    "¹ not in the manual of `aiookru`, which the rest comes from.",
    ...[...groups].flatMap(([group, methods]) => [
      "",
      `## ${group}`,
      "",
      "| method | session | permissions | kind | parameters | result | confidence |",
      "| --- | --- | --- | --- | --- | --- | --- |",
      ...methods.map(methodLine)
    ]),
    "",
    "## Where these rows differ from the tables they come from",
    "",
    "Sessions and permissions are the manual's; parameters, limits, pages and answers are what sources document. A test " +
    "finds every difference and compares it with this list.",
    "",
    "| of | row | difference |",
    "| --- | --- | --- |",
    ...Object.entries(deviations).flatMap(([of, rows]) =>
      Object.entries(rows).map(([row, reason]) => `| ${of} | ${code(row)} | ${reason} |`)
    ),
    ""
  ].join("\n")
}

const groupOf = (method: OkMethod.Any): string => method.name.replace(/\..*/, "")

const grouped = (methods: ReadonlyArray<OkMethod.Any>): Map<string, ReadonlyArray<OkMethod.Any>> =>
  methods.reduce(
    (groups, method) => groups.set(groupOf(method), [...groups.get(groupOf(method)) ?? [], method]),
    new Map<string, ReadonlyArray<OkMethod.Any>>()
  )

const reactions: Record<OkError.OkApiError["_tag"], string> = {
  OkSessionExpired: "renew the session or sign in again",
  OkSignatureError: "check the application's keys and the circuit",
  OkPermissionDenied: "let the user sign in and grant the scopes, or accept the no",
  OkInvalidParameter: "change what is sent",
  OkNotFound: "check the id",
  OkThrottled: "wait, `waitMillis` says how long where OK.ru does",
  OkBlocked: "stop for minutes to hours, or ask support",
  OkAuthChallenge: "send the user to `verificationUrl`, never repeat",
  OkRefused: "tell the user",
  OkServiceError: "repeat later what may be repeated",
  UnknownApiError: "read `code`, `reason` and `detail`"
}

export const errorTable = (): string => {
  const known = OkError.knownCodes()
  const tags = [...new Set(known.map(({ tag }) => tag))]
  return [
    "| tag | reaction | codes |",
    "| --- | --- | --- |",
    ...tags.map((tag) =>
      `| \`${tag}\` | ${reactions[tag]} | ${
        known.filter((row) => row.tag === tag).map(({ code }) => code).join(", ")
      } |`
    )
  ].join("\n")
}

/** README.md with the table of failures between its marks. */
export const withErrorTable = (readme: string): string =>
  readme.replace(
    /(<!-- failures -->)[\s\S]*?(<!-- \/failures -->)/,
    (_, open: string, close: string) => `${open}\n\n${errorTable()}\n\n${close}`
  )
