import { OkClient, OkConfig, OkField, OkMethod, OkParam, OkSession, OkTransport, Signature } from "@effect-okru/core"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http"
import { inspect } from "node:util"

// Credentials that say what they are, with characters that a URL has to escape.
export const token = "test-access-token/+=&ü"
export const sessionSecret = "test-session-secret-key"
export const applicationSecret = "test-application-secret-key"
export const applicationKey = "TEST-APPLICATION-KEY"

const application = { applicationId: "1", applicationKey }

export const config = OkConfig.layer({ ...application, applicationSecretKey: Redacted.make(applicationSecret) })
export const configWithoutSecret = OkConfig.layer(application)
export const configAt = (apiUrl: string) =>
  OkConfig.layer({ ...application, apiUrl, applicationSecretKey: Redacted.make(applicationSecret) })

export const clientCredentials = OkSession.Credentials.Client({
  accessToken: Redacted.make(token),
  sessionSecretKey: Redacted.make(sessionSecret)
})
export const serverCredentials = OkSession.Credentials.Server({ accessToken: Redacted.make(token) })
export const applicationCredentials = OkSession.Credentials.Application()

/** A session for every kind of method. */
export const sessionOf = (session: OkSession.Service) =>
  Layer.mergeAll(
    Layer.succeed(OkSession.OkSession, session),
    Layer.succeed(OkSession.OkAnySession, session),
    Layer.succeed(OkSession.OkAppSession, session)
  )
export const clientSession = sessionOf(OkSession.make(clientCredentials))
export const serverSession = sessionOf(OkSession.make(serverCredentials))
export const applicationSession = sessionOf(OkSession.make(applicationCredentials))

// Rows of the shapes that the tests need.
export const User = Schema.Struct({ uid: OkField.id, name: OkField.optional(Schema.String) })

export const getCurrentUser = OkMethod.make("users.getCurrentUser", {
  session: "required",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  params: { fields: OkParam.optional(OkParam.fields(OkParam.oneOf("uid", "name"))) },
  success: User
})

export const isAppUser = OkMethod.make("users.isAppUser", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { uid: OkParam.optional(OkParam.string) },
  success: OkField.boolean
})

export const notify = OkMethod.make("notifications.sendSimple", {
  session: "prohibited",
  permissions: [],
  kind: "write",
  params: { uid: OkParam.string, text: OkParam.string },
  success: OkField.boolean
})

export const sdkInit = OkMethod.make("sdk.init", {
  session: "optional",
  permissions: [],
  kind: "read",
  sig: false,
  params: { device: OkParam.string },
  success: OkField.bareOrIn("session_key", OkField.id)
})

type Reply = string | Partial<OkTransport.Response>

const response = (reply: Reply): OkTransport.Response => ({
  status: 200,
  body: "",
  invocationError: undefined,
  ...(typeof reply === "string" ? { body: reply } : reply)
})

/** A transport that keeps what it was given and answers from a list, the last one again and again. */
export const wire = (...replies: ReadonlyArray<Reply>) => {
  const sent: Array<OkTransport.Request> = []
  const layer = OkTransport.layer({
    send: (request) =>
      Effect.sync(() => {
        sent.push(request)
        return response(replies[Math.min(sent.length, replies.length) - 1] ?? "null")
      })
  })
  return { sent, layer }
}

/** A client over a transport, with its configuration. */
export const clientOver = (
  transport: Layer.Layer<OkTransport.OkTransport>,
  options: {
    readonly client?: OkClient.Options
    readonly config?: Layer.Layer<OkConfig.OkConfig>
    readonly signer?: Layer.Layer<Signature.OkSigner, never, OkConfig.OkConfig>
  } = {}
) =>
  OkClient.layer(options.client).pipe(
    Layer.provide([options.signer ?? Signature.layer, transport]),
    Layer.provideMerge(options.config ?? config)
  )

/** What `node:crypto` says of a text. */
export const nodeMd5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex")

/** The rule of signing in a few lines of its own, from the pairs that were on the wire. */
export const canonicalOf = (pairs: Iterable<readonly [string, string]>): string =>
  [...pairs]
    .filter(([name]) => !["sig", "resig", "access_token", "session_key"].includes(name))
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)
    .map(([name, value]) => `${name}=${value}`)
    .join("")

export const pairsOf = (request: OkTransport.Request): ReadonlyArray<readonly [string, string]> => [
  ...new URLSearchParams(request.form())
]

/** The ways of printing a value, as logs do, that show one of the texts. */
export const leaks = (value: unknown, ...texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const cause = Cause.fail(value)
  const all = { depth: Infinity, maxStringLength: null, maxArrayLength: null }
  const printed = {
    "JSON.stringify": JSON.stringify(value),
    "String()": String(value),
    "util.inspect": inspect(value, all),
    "util.inspect, hidden members too": inspect(value, { ...all, showHidden: true }),
    "Cause.pretty": Cause.pretty(cause, { renderErrorCause: true }),
    "JSON.stringify of a cause": JSON.stringify(cause),
    "util.inspect of a cause": inspect(cause, all),
    "message and stack": value instanceof Error ? `${value.message} ${value.stack}` : ""
  }
  return Object.entries(printed).flatMap(([way, out]) => texts.some((text) => out.includes(text)) ? [way] : [])
}

/** The failure of an effect; a success is a mistake of the test. */
export const failure = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<E, never, R> =>
  Effect.flip(effect).pipe(
    Effect.catchAll((value) => Effect.dieMessage(`expected a failure, got ${inspect(value)}`))
  )

export const right = <A, E>(either: Either.Either<A, E>): A =>
  Either.getOrThrowWith(either, (error) => new Error(`expected a success, got ${inspect(error)}`))

export const left = <A, E>(either: Either.Either<A, E>): E =>
  Either.getOrThrowWith(Either.flip(either), (value) => new Error(`expected a failure, got ${inspect(value)}`))

// Any well-formed text, any sequence of UTF-16 units, and any name of a parameter that the library does not set itself.
export const unicode = FastCheck.string({ unit: "binary", maxLength: 60 })
export const codeUnits = FastCheck.array(FastCheck.integer({ min: 0, max: 0xffff }), { maxLength: 130 }).map((units) =>
  String.fromCharCode(...units)
)
const reserved = ["access_token", "application_key", "format", "method", "session_key", "sig", "__proto__"]
export const parameterName = FastCheck.oneof(
  FastCheck.stringMatching(/^[a-z][a-zA-Z_.-]{0,12}$/),
  FastCheck.string({ unit: "binary", minLength: 1, maxLength: 12 })
).filter((name) => !reserved.includes(name))

export const fixture = <A, I>(name: string, schema: Schema.Schema<A, I>): A =>
  Schema.decodeUnknownSync(Schema.parseJson(schema))(
    readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), "utf8")
  )

/** A request as a server saw it. */
export interface Seen {
  readonly verb: string | undefined
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server on loopback for as long as the scope is open. */
export const serve = (
  handler: (response: ServerResponse, seen: Seen, index: number) => void
): Effect.Effect<{ readonly url: string; readonly seen: ReadonlyArray<Seen> }, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.async<{ readonly close: () => void; readonly url: string; readonly seen: ReadonlyArray<Seen> }>(
        (resume) => {
          const seen: Array<Seen> = []
          const server = createServer((request, response) => {
            const chunks: Array<Buffer> = []
            // A client that goes away is an outcome of a test, not a failure of the server.
            request.on("error", () => response.destroy())
            request.on("data", (chunk: Buffer) => chunks.push(chunk))
            request.on("end", () => {
              const one: Seen = {
                verb: request.method,
                url: request.url ?? "",
                headers: request.headers,
                body: Buffer.concat(chunks).toString("utf8")
              }
              seen.push(one)
              handler(response, one, seen.length - 1)
            })
          })
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            const port = typeof address === "object" && address !== null ? address.port : 0
            const close = () => {
              server.closeAllConnections()
              server.close()
            }
            resume(Effect.succeed({ close, url: `http://127.0.0.1:${port}`, seen }))
          })
        }
      ),
      ({ close }) => Effect.sync(close)
    ),
    ({ seen, url }) => ({ seen, url })
  )

/**
 * A server whose answer never ends: `arrived` when a request is there and the beginning of the answer, if it has one, has
 * left, which is no sign that a client has read any, unless it is larger than what is buffered; `closed` when the connection is gone.
 */
export const stalled = (beginning = "") =>
  Effect.gen(function*() {
    const arrived = yield* Deferred.make<void>()
    const closed = yield* Deferred.make<void>()
    const { url } = yield* serve((response) => {
      response.on("close", () => Deferred.unsafeDone(closed, Effect.void))
      const arrive = () => Deferred.unsafeDone(arrived, Effect.void)
      if (beginning === "") {
        arrive()
      } else {
        response.writeHead(200).write(beginning, arrive)
      }
    })
    return { url, arrived, closed }
  })

/** An address on loopback where nobody listens. */
export const closedPort: Effect.Effect<string> = Effect.scoped(Effect.map(serve(() => {}), ({ url }) => url))
