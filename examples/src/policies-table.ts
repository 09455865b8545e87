/**
 * The tables of `docs/policies.md`, made from the errors there are and from what is repeated. A test compares them with the
 * page.
 */
import { OkError, type OkMethod, OkPolicy } from "@effect-okru/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"

const method = "users.getInfo"

// A code that nobody knows, whatever is added to the known ones.
const unknownCode = Math.max(...OkError.knownCodes().map(({ code }) => code)) + 1

type RequestTag = Exclude<OkError.OkError["_tag"], OkError.OkApiError["_tag"]>

/** One of each that is not an answer of OK.ru. A kind that is missing here does not compile. */
const withoutAnswer: { readonly [Tag in RequestTag]: ReadonlyArray<Extract<OkError.OkError, { _tag: Tag }>> } = {
  OkTransportError: OkError.OkTransportError.fields.reason.literals.map((reason) =>
    new OkError.OkTransportError({ method, reason })
  ),
  OkSessionUnavailable: [new OkError.OkSessionUnavailable({ issue: "" })],
  ReauthorizationRequired: [new OkError.ReauthorizationRequired({ user: "", authorizeUrl: "" })],
  OkParameterError: [new OkError.OkParameterError({ method, issue: "" })],
  OkSigningError: [new OkError.OkSigningError({ issue: "" })],
  OkDecodeError: [new OkError.OkDecodeError({ method, issue: "" })]
}

const failures: ReadonlyArray<OkError.OkError> = [
  ...OkError.knownCodes().map(({ code }) => OkError.fromCode({ method, code })),
  OkError.fromCode({ method, code: unknownCode }),
  ...Object.values(withoutAnswer).flat()
]

const isKnown = (error: OkError.OkError): error is Exclude<OkError.OkApiError, OkError.UnknownApiError> =>
  OkError.isApiError(error) && error._tag !== "UnknownApiError"

/** What a failure is told apart by within its kind. */
const caseOf = (error: OkError.OkError): string =>
  isKnown(error) ? String(error.code) : error._tag === "OkTransportError" ? `\`${error.reason}\`` : ""

const isRetried = (error: OkError.OkError) => ({
  read: OkPolicy.isRetried({ kind: "read", once: false }, error),
  write: OkPolicy.isRetried({ kind: "write", once: false }, error),
  once: OkPolicy.isRetried({ kind: "write", once: true }, error)
})

const reasonsOf: Record<OkError.Retry, string> = {
  "no": "the same call fails again",
  "yes": "only who knows the call can tell",
  "after-delay": "a matter of minutes to hours",
  "after-reauth": "a new session or more permissions come first"
}

const why = (error: OkError.OkError): string => {
  const { read, write } = isRetried(error)
  if (read) {
    return write ? "nothing was done" : "it may have been done, which only a write minds"
  }
  switch (error._tag) {
    case "UnknownApiError":
      return "nobody knows what it means"
    case "OkSessionExpired":
      return "the session has renewed itself if it can, and the call was made again"
    case "ReauthorizationRequired":
      return reasonsOf["after-reauth"]
    case "OkDecodeError":
      return "it was done, and the next answer is no better"
    case "OkTransportError":
      return error.reason === "CircuitOpen"
        ? "nothing was sent, to spare OK.ru"
        : "it may have been done, and the next answer is no better"
    case "OkParameterError":
    case "OkSigningError":
    case "OkSessionUnavailable":
      return reasonsOf.no
    default:
      return reasonsOf[error.retry]
  }
}

const pause = (error: OkError.OkError): string =>
  !isRetried(error).read ? "-" : error._tag === "OkThrottled" ? "`waitMillis`, or the schedule" : "the schedule"

const yesOrNo = (yes: boolean): string => yes ? "yes" : "no"

/** Which failure is repeated, for whom, after what pause and why. */
export const retryTable = (): string => {
  const rows = new Map<string, ReadonlyArray<string>>()
  for (const error of failures) {
    const { once, read, write } = isRetried(error)
    const key = [
      `| \`${error._tag}\` |`,
      `| ${yesOrNo(read)} | ${yesOrNo(write)} | ${yesOrNo(once)} | ${pause(error)} | ${why(error)} |`
    ].join("\n")
    rows.set(key, [...rows.get(key) ?? [], caseOf(error)])
  }
  return [
    "| failure | which | a read | a write | once only | pause | why |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...[...rows].map(([key, cases]) => key.replace("\n", ` ${cases.join(", ")} `).replace("|  |", "| |"))
  ].join("\n")
}

const count = (kind: OkMethod.Any["kind"]): number => Catalogue.methods.filter((method) => method.kind === kind).length

/** How many methods are of which kind, and which must not be repeated at all. */
export const methodsText = (): string => {
  const once = Catalogue.methods.filter(({ once }) => once).map(({ name }) => `\`${name}\``)
  return `Of the ${Catalogue.methods.length} methods ${count("read")} read and ${count("write")} write. ` +
    `Made once only, whatever comes of it: ${once.join(", ")}.`
}

/** What is generated. */
export const generated = (): string => `${retryTable()}\n\n${methodsText()}`

/** The page with what is generated between its marks. */
export const withTables = (page: string): string =>
  page.replace(
    /(<!-- retried -->)[\s\S]*?(<!-- \/retried -->)/,
    (_, open: string, close: string) => `${open}\n\n${generated()}\n\n${close}`
  )
