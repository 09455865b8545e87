/*
 * What somebody who signs in sends, and what comes back.
 */
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type { Parameters } from "../received.js"
import type { Application, World } from "../world.js"
import type { Settings } from "./settings.js"

export interface Visit {
  readonly application: Application
  readonly settings: Settings
  readonly parameters: Parameters
  readonly cookies: Parameters
  /** A text that nobody can guess, another one each time. */
  readonly unique: string
  /** Milliseconds since 1970. */
  readonly now: number
}

export interface Reply {
  readonly response: HttpServerResponse.HttpServerResponse
  readonly world: World
  /** Whom it was about. */
  readonly uid?: string | undefined
  /** The name of the error, if it was one. */
  readonly error?: string | undefined
}

export interface Step {
  (visit: Visit, world: World): Reply
}
