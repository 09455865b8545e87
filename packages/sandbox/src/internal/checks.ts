/*
 * What OK.ru checks before a method is executed, in this order: the application, the method, the session, the signature,
 * the permissions, the parameters. The session comes before the signature, as it says which secret is right.
 */
import * as Either from "effect/Either"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import { type Call, list } from "./call.js"
import { unknownField } from "./fieldset.js"
import { type Refusal, refuse } from "./refusal.js"
import { serverSecret, verify } from "./signature.js"
import type { Row, Table } from "./table.js"
import { type Application, hasGranted, type Session, sessionOf, type World } from "./world.js"

type Parameters = { readonly [name: string]: string }

const passed: Either.Either<void, Refusal> = Either.void

// Their permissions are for some of what they answer, not for the call.
const needNoPermission = ["users.getCurrentUser", "users.getLoggedInUser"]

export const check = (
  application: Application,
  table: Table,
  world: World,
  request: {
    readonly method: string | undefined
    readonly parameters: Parameters
    readonly origin: string
    readonly now: number
  }
): Either.Either<Call, Refusal> =>
  Either.gen(function*() {
    const { now, origin, parameters } = request
    yield* checkApplication(application, parameters)
    const row = yield* findRow(table, request.method)
    const session = yield* findSession(row, world, parameters, now)
    yield* checkSignature(application, row, session, parameters)
    yield* checkPermissions(row, session, world)
    yield* checkParameters(row, session, parameters)
    const call: Call = {
      method: row.method,
      parameters: documented(row, parameters),
      session,
      application,
      origin,
      now
    }
    yield* checkFields(row, call)
    return call
  })

/** Those of the parameters that the method has. */
export const documented = (row: Row | undefined, parameters: Parameters): Parameters =>
  Record.filter(parameters, (_, name) => row?.parameters.some((parameter) => parameter.name === name) === true)

const checkApplication = (application: Application, parameters: Parameters): Either.Either<void, Refusal> =>
  (parameters["application_key"] ?? "") === ""
    ? refuse(101, "No application key")
    : parameters["application_key"] === application.key
    ? passed
    : refuse(101, "Application not exist")

const findRow = (table: Table, method: string | undefined): Either.Either<Row, Refusal> =>
  method === undefined || method === ""
    ? refuse(100, "Missed required parameter: method")
    : Either.fromNullable(table.get(method), () => method).pipe(
      Either.orElse((method) => refuse(3, `Method ${method} not found`))
    )

const findSession = (
  { method }: Row,
  world: World,
  parameters: Parameters,
  now: number
): Either.Either<Session | undefined, Refusal> => {
  const token = parameters["access_token"] ?? parameters["session_key"]
  if (method.session === "prohibited") {
    return token === undefined
      ? Either.right(undefined)
      : refuse(451, "Method must not be called with a session: leave out access_token and session_key")
  }
  if (token === undefined) {
    return method.session === "required" && method.signed
      ? refuse(453, "Method requires a session: access_token is missing")
      : Either.right(undefined)
  }
  const session = sessionOf(world, token)
  return session === undefined
    ? refuse(103, "Invalid session key")
    : session.expires <= now
    ? refuse(102, "Session expired")
    : Either.right(session)
}

const checkSignature = (
  application: Application,
  { method }: Row,
  session: Session | undefined,
  parameters: Parameters
): Either.Either<void, Refusal> => {
  const applicationSecretKey = Redacted.value(application.secretKey)
  const secrets = session === undefined
    ? [applicationSecretKey]
    : [
      Redacted.value(session.sessionSecretKey),
      serverSecret(Redacted.value(session.accessToken), applicationSecretKey)
    ]
  return !method.signed
    ? passed
    : parameters["sig"] === undefined
    ? refuse(104, "Missed required parameter: sig")
    : verify(parameters, parameters["sig"], secrets)
    ? passed
    : refuse(104, "Incorrect signature")
}

const checkPermissions = (
  { method }: Row,
  session: Session | undefined,
  world: World
): Either.Either<void, Refusal> => {
  const missing = session === undefined || needNoPermission.includes(method.name)
    ? undefined
    : method.permissions.find((permission) => !hasGranted(world, session.uid, permission))
  return missing === undefined ? passed : refuse(10, `User must grant an access to permission '${missing}'`)
}

const checkParameters = (
  { method, parameters }: Row,
  session: Session | undefined,
  sent: Parameters
): Either.Either<void, Refusal> => {
  for (const { accepts, name, required } of parameters) {
    const text = sent[name]
    if (text === undefined || (text === "" && required)) {
      if (required) {
        return refuse(100, `Missed required parameter: ${name}`)
      }
    } else if (!accepts(text)) {
      return refuse(100, `Invalid value of parameter: ${name}`)
    }
  }
  for (const rule of method.rules) {
    const issue = rule.broken(sent, session !== undefined)
    if (issue !== undefined) {
      // A rule that holds as soon as there is a user asks for one.
      const asksForUser = rule.broken(sent, true) === undefined
      return refuse(100, asksForUser ? `Either session_key or ${rule.names.join(", ")} must be specified` : issue)
    }
  }
  return passed
}

const checkFields = ({ fields }: Row, call: Call): Either.Either<void, Refusal> => {
  const unknown = fields === undefined ? undefined : unknownField(list(call, "fields"), fields)
  return unknown === undefined ? passed : refuse(220, `Unknown field: ${unknown}`)
}
