/*
 * OAuth: `/oauth/authorize` with its dialogs under `/dk`, and `/oauth/token.do`.
 */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Ref from "effect/Ref"
import { randomUUID } from "node:crypto"
import * as Journal from "./journal.js"
import { blankPage, errorPage } from "./oauth/pages.js"
import type { Step } from "./oauth/reply.js"
import { show, start, submit } from "./oauth/signIn.js"
import { token } from "./oauth/token.js"
import { type Parameters, pathOf, readParameters } from "./received.js"
import { State } from "./state.js"

// Everything else is a secret, or could be one.
const harmless = ["client_id", "grant_type", "response_type", "scope", "layout", "st.cmd", "cmd"]

const withoutSecrets = (parameters: Parameters): Parameters =>
  Record.filter(parameters, (_, name) => harmless.includes(name))

const perform = (
  step: Step
): Effect.Effect<HttpServerResponse.HttpServerResponse, never, State | HttpServerRequest.HttpServerRequest> =>
  Effect.gen(function*() {
    const { application, journal, onRequest, settings, world } = yield* State
    const request = yield* HttpServerRequest.HttpServerRequest
    const parameters = yield* readParameters
    const now = yield* Clock.currentTimeMillis
    const unique = yield* Effect.sync(() => randomUUID())
    const visit = { application, settings, parameters, cookies: request.cookies, unique, now }
    const { error, response, uid } = yield* Ref.modify(world, (before) => {
      const reply = step(visit, before)
      return [reply, reply.world]
    })
    const received: Journal.Request = {
      verb: request.method,
      path: pathOf(request),
      method: undefined,
      parameters: withoutSecrets(parameters),
      uid,
      errorCode: undefined,
      error,
      fault: undefined,
      executed: false
    }
    yield* Ref.update(journal, (journal) => Journal.record(journal, received))
    yield* onRequest(received)
    return response
  }).pipe(
    Effect.catchTag("RequestError", () => Effect.succeed(errorPage("invalid_request", "the body cannot be read")))
  )

// Counted first: what matters is how often a client asked.
const exchange = Effect.gen(function*() {
  const { journal } = yield* State
  const grant = yield* Effect.match(readParameters, {
    onFailure: () => "",
    onSuccess: (parameters) => parameters["grant_type"] ?? ""
  })
  yield* Ref.update(journal, (journal) => Journal.countTokenRequest(journal, grant))
  return yield* perform(token)
})

export const oauth = HttpRouter.empty.pipe(
  HttpRouter.get("/oauth/authorize", perform(start)),
  HttpRouter.get("/dk", perform(show)),
  HttpRouter.post("/dk", perform(submit)),
  HttpRouter.post("/oauth/token.do", exchange),
  HttpRouter.get("/blank.html", Effect.succeed(blankPage))
)
