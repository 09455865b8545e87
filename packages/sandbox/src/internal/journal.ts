import * as Option from "effect/Option"
import * as Record from "effect/Record"

/**
 * A request as it came, without its secrets.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  readonly verb: string
  readonly path: string
  /** The REST method that was meant, also where there is none of this name. */
  readonly method: string | undefined
  /** As texts. Only what the method documents: anything else could be a secret. */
  readonly parameters: { readonly [name: string]: string }
  /** Whose session it was. */
  readonly uid: string | undefined
  /** The code of the error that was answered, if it was one. */
  readonly errorCode: number | undefined
}

export interface Journal {
  readonly requests: ReadonlyArray<Request>
  readonly executions: { readonly [method: string]: number }
}

export const empty: Journal = { requests: [], executions: {} }

// A sandbox can run for weeks.
const longest = 1000

export const record = (journal: Journal, request: Request): Journal => ({
  requests: [...journal.requests.slice(1 - longest), request],
  executions: request.method !== undefined && request.errorCode === undefined
    ? Record.set(journal.executions, request.method, executionsOf(journal, request.method) + 1)
    : journal.executions
})

export const executionsOf = (journal: Journal, method: string): number =>
  Option.getOrElse(Record.get(journal.executions, method), () => 0)
