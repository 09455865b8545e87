import * as Option from "effect/Option"
import * as Record from "effect/Record"
import type { Fault } from "./fault.js"

/**
 * A request as it came, without its secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly verb: string
  readonly path: string
  /** The REST method that was meant, also where there is none of this name. `undefined` when users sign in. */
  readonly method: string | undefined
  /** As texts. Only what is documented and no secret: anything else could be one. */
  readonly parameters: { readonly [name: string]: string }
  /** Whose session it was. */
  readonly uid: string | undefined
  /** The code of the error that the REST API answered, if it was one. */
  readonly errorCode: number | undefined
  /** The name of the error that OAuth answered, if it was one. `page` for a page in place of a token. */
  readonly error: string | undefined
  /** What went wrong on request. */
  readonly fault: Fault["kind"] | undefined
  /** Whether the REST method was executed. */
  readonly executed: boolean
}

export interface Journal {
  readonly requests: ReadonlyArray<Request>
  readonly executions: { readonly [method: string]: number }
  /** How often the token endpoint was asked, by grant. */
  readonly tokenRequests: { readonly [grant: string]: number }
}

export const empty: Journal = { requests: [], executions: {}, tokenRequests: {} }

// A sandbox can run for weeks.
const longest = 1000

export const record = (journal: Journal, request: Request): Journal => ({
  ...journal,
  requests: [...journal.requests.slice(1 - longest), request],
  executions: request.method !== undefined && request.executed
    ? increment(journal.executions, request.method)
    : journal.executions
})

/** Counts what the token endpoint was asked, refused or not. */
export const countTokenRequest = (journal: Journal, grant: string): Journal => ({
  ...journal,
  tokenRequests: increment(journal.tokenRequests, grant)
})

type Counts = { readonly [name: string]: number }

export const countOf = (counts: Counts, name: string): number => Option.getOrElse(Record.get(counts, name), () => 0)

const increment = (counts: Counts, name: string): Counts => Record.set(counts, name, countOf(counts, name) + 1)
