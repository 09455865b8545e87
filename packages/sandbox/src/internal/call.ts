/*
 * A request that has passed all checks, and what answers it.
 */
import type { Json } from "@effect-okru/core/Json"
import type * as OkMethod from "@effect-okru/core/OkMethod"
import * as Either from "effect/Either"
import * as Record from "effect/Record"
import { type Refusal, refuse } from "./refusal.js"
import type { Application, Session, World } from "./world.js"

export interface Call {
  readonly method: OkMethod.Any
  /** Those that the method has, as texts, the way they came. */
  readonly parameters: { readonly [name: string]: string }
  readonly session: Session | undefined
  readonly application: Application
  /** Where the call was sent to. */
  readonly origin: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** What is said, and the world after it. */
export interface Outcome {
  /** `undefined` for the empty body. */
  readonly body: Json | undefined
  readonly world: World
}

export interface Answer {
  (call: Call, world: World): Either.Either<Outcome, Refusal>
}

/** The answers of a group, by method. */
export type Answers = { readonly [method: string]: Answer }

/** An answer that changes nothing. */
export const reading = (f: (call: Call, world: World) => Either.Either<Json, Refusal>): Answer => (call, world) =>
  Either.map(f(call, world), (body) => ({ body, world }))

/** A list that was sent with commas. */
export const list = (call: Call, name: string): ReadonlyArray<string> =>
  (call.parameters[name] ?? "").split(",").map((item) => item.trim()).filter((item) => item !== "")

/** A parameter that the checks have seen to be there. */
export const text = (call: Call, name: string): string => call.parameters[name] ?? ""

export const flag = (call: Call, name: string, byDefault: boolean): boolean =>
  call.parameters[name] === undefined ? byDefault : call.parameters[name] === "true"

/** Whom a call is about: the user who is named, otherwise the one whose session it is. */
export const subject = (call: Call, world: World, name = "uid"): Either.Either<string, Refusal> => {
  const uid = call.parameters[name] ?? call.session?.uid
  return uid === undefined
    ? refuse(100, `Either session_key or ${name} must be specified`)
    : existing(world, uid)
}

/** The same id, if there is such a user. */
export const existing = (world: World, uid: string): Either.Either<string, Refusal> =>
  Record.has(world.profiles, uid) ? Either.right(uid) : refuse(110, `Invalid user id: ${uid}`)
