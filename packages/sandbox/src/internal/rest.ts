/*
 * The REST API: `/fb.do?method=users.getInfo` and `/api/users/getInfo`.
 */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Record from "effect/Record"
import * as Ref from "effect/Ref"
import { answer } from "./answers.js"
import type { Outcome } from "./call.js"
import { check, documented } from "./checks.js"
import { type Fault, instead, reset, spoil, whenRead, whenUnread } from "./fault.js"
import * as Journal from "./journal.js"
import { originOf, type Parameters, pathOf, readParameters } from "./received.js"
import { jsonResponse, Refusal, toResponse } from "./refusal.js"
import { State } from "./state.js"
import { sessionOf, useSession, type World } from "./world.js"

const readable: Effect.Effect<Parameters, Refusal, HttpServerRequest.HttpServerRequest> = Effect.mapError(
  readParameters,
  () => new Refusal({ code: 4, text: "Request body cannot be read" })
)

const execute = (
  method: string | undefined,
  parameters: Parameters,
  byChance: Fault | undefined
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, State | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function*() {
    const { application, faults, journal, onRequest, table, world } = yield* State
    const request = yield* HttpServerRequest.HttpServerRequest
    const now = yield* Clock.currentTimeMillis
    const fault = yield* whenRead(faults, method, byChance)
    const record = (uid: string | undefined, errorCode: number | undefined, executed: boolean) => {
      const received: Journal.Request = {
        verb: request.method,
        path: pathOf(request),
        method,
        parameters: withoutSecrets(documented(table.get(method ?? ""), parameters)),
        uid,
        errorCode,
        error: undefined,
        fault: fault?.kind,
        executed
      }
      return Effect.zipRight(Ref.update(journal, (journal) => Journal.record(journal, received)), onRequest(received))
    }
    const unexecuted = instead(fault)
    if (unexecuted !== undefined) {
      yield* record(userOf(yield* Ref.get(world), parameters), unexecuted.errorCode, false)
      return yield* unexecuted.response
    }
    const [uid, result] = yield* Ref.modify(world, (before) => {
      const checked = check(application, table, before, { method, parameters, origin: originOf(request), now })
      // What a call prolongs stays so, whatever the call is answered.
      const used = Either.match(checked, {
        onLeft: () => before,
        onRight: ({ session }) => useSession(before, session, now)
      })
      const result = Either.flatMap(checked, (call) => answer(call, used))
      const after = Either.match(result, { onLeft: () => used, onRight: ({ world }) => world })
      return [[userOf(before, parameters), result] as const, after]
    })
    const errorCode = Either.match(result, { onLeft: ({ code }) => code, onRight: () => undefined })
    yield* record(uid, errorCode, errorCode === undefined)
    return yield* spoil(fault, Either.match(result, { onLeft: toResponse, onRight: answered }))
  })

const userOf = (world: World, parameters: Parameters): string | undefined =>
  sessionOf(world, parameters["access_token"] ?? parameters["session_key"] ?? "")?.uid

const withoutSecrets = (parameters: Parameters): Parameters =>
  Record.filter(parameters, (_, name) => !/token|secret|password|session_key/i.test(name))

const answered = ({ body }: Outcome): HttpServerResponse.HttpServerResponse =>
  body === undefined ? HttpServerResponse.empty({ status: 200 }) : jsonResponse(body)

const unread = Effect.gen(function*() {
  const { journal, onRequest } = yield* State
  const request = yield* HttpServerRequest.HttpServerRequest
  const received: Journal.Request = {
    verb: request.method,
    path: pathOf(request),
    method: undefined,
    parameters: {},
    uid: undefined,
    errorCode: undefined,
    error: undefined,
    fault: "resetUnread",
    executed: false
  }
  yield* Ref.update(journal, (journal) => Journal.record(journal, received))
  yield* onRequest(received)
  return yield* reset
})

/** Resets what is not to be read. Whatever reads the others is told what chance has for them. */
const orUnread = <R>(
  answered: (byChance: Fault | undefined) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refusal, R>
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, R | State | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function*() {
    const { faults } = yield* State
    const fault = yield* whenUnread(faults)
    return yield* fault?.kind === "resetUnread" ? unread : answered(fault)
  }).pipe(Effect.catchTag("Refusal", (refusal) => Effect.succeed(toResponse(refusal))))

const byParameter = orUnread((byChance) =>
  Effect.flatMap(readable, (parameters) => execute(parameters["method"], parameters, byChance))
)

// Here the method's name is in the address, neither sent nor signed.
const byPath = orUnread((byChance) =>
  Effect.gen(function*() {
    const { group, method } = yield* HttpRouter.params
    return yield* execute(`${group}.${method}`, yield* readable, byChance)
  })
)

export const rest = HttpRouter.empty.pipe(
  HttpRouter.get("/fb.do", byParameter),
  HttpRouter.post("/fb.do", byParameter),
  HttpRouter.get("/api/:group/:method", byPath),
  HttpRouter.post("/api/:group/:method", byPath)
)
