/*
 * Where a secret must not be seen. Every secret has a mark in its middle, plain letters that no encoding changes, between
 * characters that most of them do. All that a program prints, logs and traces is searched for the marks, after every grant and
 * every call, however it ends.
 */
import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Cipher from "@effect-okru/auth/Cipher"
import * as Credentials from "@effect-okru/auth/Credentials"
import * as Grant from "@effect-okru/auth/Grant"
import * as Implicit from "@effect-okru/auth/Implicit"
import * as LaunchParameters from "@effect-okru/auth/LaunchParameters"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as Password from "@effect-okru/auth/Password"
import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import * as Persistence from "@effect-okru/auth/TokenStore/Persistence"
import {
  OkCall,
  OkClient,
  OkConfig,
  OkField,
  OkMethod,
  OkParam,
  OkPolicy,
  OkSession,
  Signature
} from "@effect-okru/core"
import * as OkTransport from "@effect-okru/core/OkTransport"
import { Cassette, FakeTransport } from "@effect-okru/core/testing"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox } from "@effect-okru/sandbox"
import * as BackingPersistence from "@effect/experimental/Persistence"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { createHash } from "node:crypto"
import { inspect } from "node:util"

// ---------------------------------------------------------------------------------------------------------------------
// the secrets
// ---------------------------------------------------------------------------------------------------------------------

const marks = {
  applicationSecret: "MARKAPPLICATIONSECRET",
  accessToken: "MARKACCESSTOKEN",
  freshToken: "MARKFRESHTOKEN",
  sessionSecretKey: "MARKSESSIONSECRETKEY",
  refreshToken: "MARKREFRESHTOKEN",
  password: "MARKPASSWORD",
  code: "MARKCODE",
  state: "MARKSTATE",
  verificationToken: "MARKVERIFICATIONTOKEN",
  cipherKey: "MARKCIPHERKEY"
}
type Mark = keyof typeof marks

// As OK.ru makes them: letters, digits, dots and dashes.
const secret = (mark: Mark) => `test-${marks[mark]}.0_a`
// As people make them.
const password = `tést ${marks.password}&"<'+/=%20\\!*()~`

const state = `test-${marks.state}-0123456789012345678901234567890`
const cipherKey = Encoding.encodeBase64(`test-${marks.cipherKey}-0123456789012345`.slice(0, 32))

const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

/** What to look for, and what it is. A secret that is made of two others is one, too. */
const wanted: ReadonlyArray<readonly [what: string, text: string]> = [
  ...Object.entries(marks),
  ["cipherKey", cipherKey.slice(4, 24)],
  ...["accessToken", "freshToken"].map((token): readonly [string, string] => [
    `the secret of ${token}`,
    md5((token === "accessToken" ? secret("accessToken") : secret("freshToken")) + secret("applicationSecret"))
  ])
]

// ---------------------------------------------------------------------------------------------------------------------
// the search
// ---------------------------------------------------------------------------------------------------------------------

const bytesOf = (text: string) => [...new TextEncoder().encode(text)].join(",")

const found = (text: string, more: ReadonlyArray<readonly [string, string]> = []): ReadonlyArray<string> => {
  // Most texts have nothing that needs a closer look. Bytes print as lists of numbers.
  const lower = text.toLowerCase()
  const dense = /77,\s*65,\s*82,\s*75/.test(text) ? text.replace(/\s/g, "") : ""
  return [...wanted, ...more].filter(([, secret]) =>
    lower.includes(secret.toLowerCase()) || (dense !== "" && dense.includes(bytesOf(secret)))
  ).map(([what]) => what)
}

const json = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? ""
  } catch {
    return ""
  }
}

const everything = { depth: Infinity, maxStringLength: null, maxArrayLength: null, showHidden: true }

/** Every way in which a value gets printed. */
const prints = (value: unknown): { readonly [way: string]: string } => {
  const all = { ...everything, showHidden: false }
  const cause = Cause.fail(value)
  return {
    "JSON.stringify": json(value),
    "String()": String(value),
    "util.inspect": inspect(value, all),
    "util.inspect with hidden members": inspect(value, everything),
    "Cause.pretty": Cause.pretty(cause, { renderErrorCause: true }),
    "JSON.stringify of its cause": json(cause),
    "util.inspect of its cause": inspect(cause, everything),
    "String() of its cause": String(cause),
    "util.inspect of its exit": inspect(Exit.fail(value), all),
    "util.inspect of its FiberFailure": inspect(Runtime.makeFiberFailure(cause), everything),
    "message and stack": value instanceof Error ? `${value.message}\n${value.stack}` : ""
  }
}

const causeText = (cause: Cause.Cause<unknown>): string =>
  `${Cause.pretty(cause, { renderErrorCause: true })} ${json(cause)} ${inspect(cause, everything)}`

/** Collects what is seen from outside, and says what of it shows a secret. */
const watch = () => {
  const seen: Array<readonly [where: string, text: string]> = []
  const see = (where: string, text: string) => {
    seen.push([where, text])
  }
  const look = (where: string, value: unknown) =>
    Object.entries(prints(value)).forEach(([way, text]) => see(`${where}: ${way}`, text))

  const logger = Logger.make<unknown, void>((options) => {
    const level = options.logLevel.label
    see(`log ${level}: logfmt`, Logger.logfmtLogger.log(options))
    see(`log ${level}: json`, Logger.jsonLogger.log(options))
    see(`log ${level}: string`, Logger.stringLogger.log(options))
    see(
      `log ${level}: util.inspect`,
      inspect([options.message, options.cause, [...options.annotations], [...options.spans]], everything)
    )
  })

  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      see("span: name", name)
      look("span: options", options)
      return {
        _tag: "Span",
        name,
        spanId: "1",
        traceId: "test",
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes: new Map(),
        links,
        sampled: true,
        kind,
        end: (_, exit) => see("span: exit", Exit.isFailure(exit) ? causeText(exit.cause) : ""),
        attribute: (key, value) => look(`span: attribute ${key}`, value),
        event: (name, _, attributes) => {
          see("span: event", name)
          look(`span: event ${name}`, attributes)
        },
        addLinks: (links) => look("span: links", links)
      }
    },
    context: (f) => f()
  })

  /** Runs an effect as a program does, whose logs and traces somebody reads, and logs how it ended. */
  const run = <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: {
      /** `false` for what is documented to hold what OK.ru sent. */
      readonly value?: boolean
    } = {}
  ): Effect.Effect<Exit.Exit<A, E>, never, R> =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.withSpan(effect, "caller"))
      const isPrinted = Exit.isFailure(exit) || options.value !== false
      if (isPrinted) {
        yield* Effect.logError("ended", exit, ...(Exit.isFailure(exit) ? [exit.cause] : []))
      }
      if (Exit.isFailure(exit)) {
        see("cause", causeText(exit.cause))
        Cause.failures(exit.cause).pipe((errors) => [...errors]).forEach((error) => look("error", error))
        Cause.defects(exit.cause).pipe((defects) => [...defects]).forEach((defect) => look("defect", defect))
      } else if (isPrinted) {
        look("value", exit.value)
        see("exit", `${inspect(exit, everything)} ${json(exit)} ${String(exit)}`)
      }
      return exit
    }).pipe(
      Effect.withTracer(tracer),
      Effect.provide(Layer.merge(Logger.add(logger), Logger.minimumLogLevel(LogLevel.All)))
    )

  /** What was shown where, but for what is not counted. */
  const leaks = (
    options: { readonly except?: ReadonlyArray<Mark>; readonly more?: ReadonlyArray<readonly [string, string]> } = {}
  ) => [
    ...new Set(
      seen.flatMap(([where, text]) =>
        found(text, options.more)
          .filter((what) => !options.except?.some((mark) => mark === what))
          .map((what) => `${where}: ${what}`)
      )
    )
  ]

  /** The same in short: what was shown by an error, a log, a span. */
  const shown = (options?: Parameters<typeof leaks>[0]) => [
    ...new Set(leaks(options).map((leak) => leak.replace(/^(\w+).*: /, "$1: ")))
  ]

  const saw = (text: string) => seen.some(([, seen]) => seen.includes(text))

  return { see, look, run, leaks, shown, count: () => seen.length, saw }
}

/** What each of some cases shows, of those that show something. */
const shownBy = <A, E, R>(
  cases: Iterable<readonly [name: string, A]>,
  f: (watched: ReturnType<typeof watch>, value: A, name: string) => Effect.Effect<unknown, E, R>,
  options?: { readonly except?: ReadonlyArray<Mark> }
) =>
  Effect.gen(function*() {
    const found: { [name: string]: ReadonlyArray<string> } = {}
    for (const [name, value] of cases) {
      const watched = watch()
      yield* f(watched, value, name)
      assert.isAbove(watched.count(), 10)
      const shown = watched.shown(options)
      if (shown.length > 0) {
        found[name] = shown
      }
    }
    return found
  })

describe("The search", () => {
  it.effect("finds nothing where nothing is", () =>
    Effect.gen(function*() {
      const { leaks, run } = watch()
      yield* run(Effect.log("test", Redacted.make(secret("accessToken"))))
      yield* run(Effect.fail(Redacted.make(secret("accessToken"))))
      assert.deepStrictEqual(leaks(), [])
    }))

  const planted = secret("accessToken")
  const plants: ReadonlyArray<readonly [name: string, effect: Effect.Effect<unknown, unknown>, where: string]> = [
    ["a log", Effect.logTrace(`token ${planted}`), "log TRACE"],
    ["an object in a log", Effect.logDebug({ deep: { token: [planted] } }), "log DEBUG"],
    ["the annotation of a log", Effect.annotateLogs(Effect.log("test"), "token", planted), "log INFO: logfmt"],
    ["the span of a log", Effect.withLogSpan(Effect.log("test"), planted), "log INFO: logfmt"],
    ["the name of a span", Effect.withSpan(Effect.void, planted), "span: name"],
    ["an attribute", Effect.withSpan(Effect.void, "test", { attributes: { token: planted } }), "span: "],
    ["an attribute that comes later", Effect.annotateCurrentSpan("token", planted), "span: attribute token"],
    [
      "an event of a span",
      Effect.flatMap(Effect.currentSpan, (span) => Effect.sync(() => span.event("test", 0n, { token: planted }))),
      "span: event test"
    ],
    ["a message", Effect.fail(new Error(`token ${planted}`)), "error: message and stack"],
    ["a cause of an error", Effect.fail(new Error("test", { cause: new Error(planted) })), "error: Cause.pretty"],
    [
      "a hidden member",
      Effect.fail(Object.defineProperty(new Error("test"), "token", { value: planted, enumerable: false })),
      "error: util.inspect with hidden members"
    ],
    ["a defect", Effect.die(new Error(planted)), "defect"],
    ["a value", Effect.succeed({ token: planted }), "value: JSON.stringify"],
    ["a value in the middle of a text", Effect.succeed(`<a href="${encodeURIComponent(planted)}">`), "value: String()"],
    ["another case", Effect.succeed(planted.toLowerCase()), "value"],
    ["bytes", Effect.succeed({ body: new TextEncoder().encode(planted) }), "value: util.inspect"],
    ["a value deep inside", Effect.succeed({ a: [{ b: { c: new Map([["d", [planted]]]) } }] }), "value: util.inspect"],
    [
      "a request of a GET",
      Effect.flatMap(HttpClient.HttpClient, (client) => client.get(`http://127.0.0.1/?access_token=${planted}`)).pipe(
        Effect.provideService(
          HttpClient.HttpClient,
          HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, new Response(""))))
        ),
        Effect.asVoid
      ),
      "span: attribute url"
    ]
  ]
  for (const [name, effect, where] of plants) {
    it.effect(`finds a secret in ${name}`, () =>
      Effect.gen(function*() {
        const { leaks, run } = watch()
        yield* run(effect)
        assert.isTrue(
          leaks().some((leak) => leak.includes(where) && leak.endsWith("accessToken")),
          `${where} is not one of ${leaks().join(", ")}`
        )
      }))
  }

  it("finds every secret", () => {
    const texts = [...Object.keys(marks).map((mark) => secret(mark as Mark)), password, cipherKey, state]
    assert.deepStrictEqual([...new Set(found(texts.join(" ")))].sort(), Object.keys(marks).sort())
    const derived = Signature.serverSecret({
      accessToken: Redacted.make(secret("accessToken")),
      applicationSecretKey: Redacted.make(secret("applicationSecret"))
    })
    assert.deepStrictEqual(found(Redacted.value(derived)), ["the secret of accessToken"])
  })
})

// ---------------------------------------------------------------------------------------------------------------------
// the wire
// ---------------------------------------------------------------------------------------------------------------------

interface Sent {
  readonly verb: string
  readonly url: URL
  readonly form: string
  /** All parameters, of the address and the form. */
  readonly parameters: ReadonlyArray<readonly [name: string, value: string]>
}

interface Reply {
  readonly status?: number
  readonly headers?: { readonly [name: string]: string }
  readonly body?: string
}

type Answer = (sent: Sent, index: number) => Reply | "refused" | "broken" | "silent" | "telling"

const page = (text: string, status = 200): Reply => ({
  status,
  headers: { "content-type": "text/html" },
  body: `<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Bad Gateway</h1>${text}</body></html>`
})

const entities: { readonly [unit: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (unit) => entities[unit] ?? unit)

/** The values that were sent, in every way that a server can write them. */
const echoes: { readonly [way: string]: (sent: Sent) => string } = {
  "as they are": ({ parameters }) => parameters.map(([name, value]) => `${name}: ${value}`).join(" "),
  "for an address": ({ parameters }) =>
    parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(" "),
  "for a form": ({ parameters }) =>
    parameters.map(([name, value]) => `${new URLSearchParams([[name, value]])}`).join(" "),
  "for a page": ({ parameters }) => parameters.map(([name, value]) => `${name}: ${escapeHtml(value)}`).join(" "),
  "as JSON": ({ parameters }) => JSON.stringify(Object.fromEntries(parameters)),
  "as the request was": ({ form, url }) => `${url} ${form}`
}

const fail = (request: HttpClientRequest.HttpClientRequest, message: string, code: string) =>
  new HttpClientError.RequestError({
    request,
    reason: "Transport",
    cause: new TypeError("fetch failed", { cause: Object.assign(new Error(message), { code }) })
  })

/** A client that answers with a function; what it is given to open is looked at. */
const wire = (answer: Answer, watched: ReturnType<typeof watch>, verb: "POST" | "GET" = "POST") => {
  let index = 0
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request, url) =>
      Effect.suspend(() => {
        const form = request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : ""
        const parameters = [...url.searchParams, ...new URLSearchParams(form)]
        const sent = { verb: request.method, url, form, parameters }
        if (verb === "POST" && !url.pathname.endsWith("/oauth/authorize")) {
          watched.see("URL", `${request.url} ${url}`)
        }
        Object.entries(request.headers).forEach(([name, value]) =>
          watched.see(`header ${name}`, name === "cookie" ? "" : value)
        )
        const reply = answer(sent, index++)
        switch (reply) {
          case "refused":
            return fail(request, "connect ECONNREFUSED 127.0.0.1:443", "ECONNREFUSED")
          case "broken":
            return fail(request, "socket hang up", "ECONNRESET")
          case "telling":
            // What a client of somebody's own may say.
            return fail(
              request,
              `could not send ${form} to ${url}: ${parameters.map(([name, value]) => `${name}=${value}`).join()}`,
              "ECONNRESET"
            )
          case "silent":
            return Effect.never
          default: {
            const { body = "", headers = {}, status = 200 } = reply
            const web = new Response(status >= 300 && status < 400 ? null : body, { status, headers })
            return Effect.succeed(HttpClientResponse.fromWeb(request, web))
          }
        }
      })
    )
  )
}

const config = OkConfig.layer({
  applicationId: "123456",
  applicationKey: "TESTKEY",
  applicationSecretKey: Redacted.make(secret("applicationSecret"))
})

const silence = "waits for ever"

/** How a server fails. `text` is what an error says. */
const faults = (
  error: (text: string, code: number) => Reply
): ReadonlyArray<readonly [name: string, answer: Answer]> => [
  ["is refused", () => error("no", 100)],
  ["is refused for ever", () => error("no", 102)],
  ["wants a human", () => error("no", 403)],
  ["gets a page", () => page("<p>try later</p>", 502)],
  ["gets a page with HTTP 200", () => page("<p>try later</p>")],
  ["gets nothing", () => ({ body: "" })],
  ["gets JSON that is no answer", () => ({ body: "[[1]]" })],
  ["gets broken JSON", () => ({ body: "{\"access_token\":\"" })],
  ["finds nobody there", () => "refused"],
  ["loses the connection", () => "broken"],
  ["loses the connection, whose client tells everything", () => "telling"],
  [silence, () => "silent"],
  ...Object.entries(echoes).flatMap(([way, echo]): ReadonlyArray<readonly [string, Answer]> => [
    [`is refused with all that was sent, ${way}`, (sent) => error(echo(sent), 100)],
    [`is refused for ever with all that was sent, ${way}`, (sent) => error(echo(sent), 401)],
    [`gets a page with all that was sent, ${way}`, (sent) => page(echo(sent), 400)],
    [`gets broken JSON with all that was sent, ${way}`, (sent) => ({ body: `{"error":"${echo(sent)}` })],
    [`gets all that was sent for an answer, ${way}`, (sent) => ({ body: json({ [way]: echo(sent) }) })]
  ])
]

/** Waits for all time-outs that there are. That takes some time, so only where there is something to wait for. */
const patiently = (name: string = silence) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  name !== silence ? effect : Effect.gen(function*() {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("2 minutes")
    return yield* Fiber.join(fiber)
  })

// ---------------------------------------------------------------------------------------------------------------------
// grants
// ---------------------------------------------------------------------------------------------------------------------

const tokenAnswer: Reply = {
  body: json({
    access_token: secret("accessToken"),
    refresh_token: secret("refreshToken"),
    token_type: "session",
    expires_in: "1800"
  })
}
const sessionAnswer: Reply = {
  body: json({ session_key: secret("accessToken"), session_secret_key: secret("sessionSecretKey") })
}

const oauthError = (text: string, code: number): Reply => ({
  status: 400,
  body: json({
    error: code === 100 ? "invalid_request" : code === 102 ? "invalid_token" : text,
    error_description: text
  })
})
const restError = (text: string, code: number): Reply => ({
  headers: { "invocation-error": String(code) },
  body: json({
    error_code: code,
    error_msg: `PARAM : ${text}`,
    error_data: { text },
    error_field: text
  })
})

const redirectUri = "https://app.example/callback"

const grants: ReadonlyArray<
  readonly [
    name: string,
    grant: Effect.Effect<Credentials.Credentials, unknown, OkConfig.OkConfig | HttpClient.HttpClient>,
    good: Reply,
    error: (text: string, code: number) => Reply
  ]
> = [
  [
    "a code",
    AuthorizationCode.exchange({ code: Redacted.make(secret("code")), redirectUri }),
    tokenAnswer,
    oauthError
  ],
  [
    "a code, with errors of the REST API",
    AuthorizationCode.exchange({ code: Redacted.make(secret("code")), redirectUri }),
    tokenAnswer,
    restError
  ],
  [
    "a refresh token",
    RefreshToken.refresh({ refreshToken: Redacted.make(secret("refreshToken")) }),
    tokenAnswer,
    oauthError
  ],
  [
    "a password",
    Password.signIn({
      login: "test",
      password: Redacted.make(password),
      verificationToken: Redacted.make(secret("verificationToken"))
    }),
    sessionAnswer,
    restError
  ]
]

for (const [name, grant, good, error] of grants) {
  describe(`Who has ${name}`, () => {
    it.effect("and signs in with it", () =>
      Effect.gen(function*() {
        const watched = watch()
        const exit = yield* watched.run(Effect.provide(grant, Layer.merge(config, wire(() => good, watched))))
        assert.isTrue(Exit.isSuccess(exit))
        yield* watched.run(
          Effect.all([Grant.Grant, OkSession.OkSession, OkConfig.OkConfig]).pipe(
            Effect.tap(([, session]) => Effect.flatMap(session.current, (current) => Effect.log("session", current))),
            Effect.provide(Grant.layer(grant)),
            Effect.provide(Layer.merge(config, wire(() => good, watched)))
          )
        )
        assert.isAbove(watched.count(), 50)
        assert.deepStrictEqual(watched.shown(), [])
      }))

    it.effect("and fails, in whatever way", () =>
      Effect.gen(function*() {
        const shown = yield* shownBy(faults(error), (watched, answer, name) =>
          Effect.gen(function*() {
            const exit = yield* watched.run(
              Effect.timeout(Effect.provide(grant, Layer.merge(config, wire(answer, watched))), "1 minute")
            ).pipe(patiently(name))
            assert.isTrue(Exit.isFailure(exit))
          }))
        assert.deepStrictEqual(shown, {})
      }))
  })
}

it.effect("A page where a user proves to be human shows no password", () =>
  Effect.gen(function*() {
    const watched = watch()
    const answer: Answer = ({ form }) => ({
      body: json({ error_code: 403, error_msg: "", ver_redirect_url: `https://ok.ru/verify?${form}` })
    })
    const signIn = Password.signIn({ login: "test", password: Redacted.make(password) })
    yield* watched.run(Effect.provide(signIn, Layer.merge(config, wire(answer, watched))))
    assert.deepStrictEqual(watched.shown(), [])
  }))

describe("A redirect", () => {
  const finish = (parameters: { readonly [name: string]: string }) =>
    AuthorizationCode.finish({ url: `/callback?${new URLSearchParams(parameters)}`, redirectUri })
  const finishImplicit = (parameters: { readonly [name: string]: string }) =>
    Implicit.finish({ url: `/callback#${new URLSearchParams(parameters)}` })
  const states = Layer.succeed(OAuthState.OAuthState, { issue: () => Effect.succeed(state), verify: () => Effect.void })
  const code = secret("code")
  const token = {
    access_token: secret("accessToken"),
    session_secret_key: secret("sessionSecretKey"),
    refresh_token: secret("refreshToken")
  }

  // The state that comes back is a documented member of credentials and of a denial; it is spent then.
  for (
    const [name, parameters] of [
      ["with a code", { code, state }],
      ["with a state that is not ours", { code, state: `${state}!` }],
      ["without a state", { code }],
      ["with an error beside the code", { code, error: "invalid_request", error_description: "no" }],
      ["with an error that quotes the code", {
        code,
        error: "invalid_request",
        error_description: `the code ${code} is over`
      }],
      ["with a denial that quotes the code", { code, error: "access_denied", error_description: `the code ${code}` }],
      ["with a code for an error", { code, error: code }],
      ["with a token, too", { ...token, error: "invalid_request" }]
    ] as const
  ) {
    it.effect(`${name}, of the code grant`, () =>
      Effect.gen(function*() {
        const watched = watch()
        yield* watched.run(
          Effect.suspend(() => AuthorizationCode.parseRedirect(`/?${new URLSearchParams(parameters)}`))
        )
        yield* watched.run(
          Effect.provide(finish(parameters), Layer.mergeAll(config, states, wire(() => tokenAnswer, watched)))
        )
        yield* watched.run(
          Effect.provide(
            finish(parameters),
            Layer.mergeAll(config, OAuthState.layerMemory(), wire(() => tokenAnswer, watched))
          )
        )
        assert.deepStrictEqual(watched.shown({ except: ["state"] }), [])
      }))
  }

  for (
    const [name, parameters] of [
      ["with a token", { ...token, state, expires_in: "1800" }],
      ["with a token and a state that is not ours", { ...token, state: "test" }],
      ["with an error beside the token", { ...token, error: "invalid_request", error_description: "no" }],
      [
        "with an error that quotes the token",
        {
          ...token,
          error: "invalid_request",
          error_description: `no ${token.access_token} ${token.session_secret_key}`
        }
      ]
    ] as const
  ) {
    it.effect(`${name}, of the implicit grant`, () =>
      Effect.gen(function*() {
        const watched = watch()
        yield* watched.run(Effect.suspend(() => Implicit.parseRedirect(`/#${new URLSearchParams(parameters)}`)))
        yield* watched.run(Effect.provide(finishImplicit(parameters), states))
        yield* watched.run(Effect.provide(finishImplicit(parameters), OAuthState.layerMemory()))
        assert.deepStrictEqual(watched.shown({ except: ["state"] }), [])
      }))
  }
})

describe("A state", () => {
  const random = SecureRandom.layer({ bytes: () => Effect.succeed(new TextEncoder().encode(state.slice(0, 32))) })
  const issued = Encoding.encodeBase64Url(state.slice(0, 32))

  it.effect("is in no error, log or span, be it good, wrong, used or late", () =>
    Effect.gen(function*() {
      const watched = watch()
      for (const binding of [undefined, "test-browser"]) {
        const states = yield* OAuthState.OAuthState
        const given = yield* states.issue({ binding })
        assert.strictEqual(given, issued)
        yield* watched.run(states.verify(`${given}!`, { binding }))
        yield* watched.run(states.verify(given, { binding: "test-other" }))
        yield* watched.run(states.verify(yield* states.issue(), {}))
        yield* watched.run(states.verify(given, {}))
        yield* states.issue()
        yield* TestClock.adjust("1 hour")
        yield* watched.run(states.verify(given, {}))
        yield* watched.run(states.verify(undefined, {}))
        yield* watched.run(Effect.succeed(states))
      }
      assert.deepStrictEqual(watched.shown({ more: [["state", issued.slice(0, 16)]] }), [])
    }).pipe(Effect.provide(OAuthState.layerMemory()), Effect.provide(random)))

  it.effect("is not in the words of a store that fails", () =>
    Effect.gen(function*() {
      const watched = watch()
      yield* watched.run(Effect.flatMap(OAuthState.OAuthState, (states) => states.issue()))
      yield* watched.run(Effect.flatMap(OAuthState.OAuthState, (states) => states.verify(issued)))
      assert.deepStrictEqual(watched.shown({ more: [["state", issued.slice(0, 16)]] }), [])
    }).pipe(
      Effect.provide(OAuthState.layerStore()),
      Effect.provide(Layer.merge(Layer.sync(KeyValueStore.KeyValueStore, () => tellingStore), random))
    ))
})

// ---------------------------------------------------------------------------------------------------------------------
// dialogs
// ---------------------------------------------------------------------------------------------------------------------

const loginForm =
  "<form method=\"post\" action=\"/dk?cmd=OAuth2Login\"><input name=\"fr.email\"><input name=\"fr.password\"></form>"
const permissionsForm =
  "<form method=\"post\" action=\"/dk?cmd=Permissions\"><button name=\"button_accept_request\"></form>"

/** OK.ru's dialogs; from one of the requests on something else is answered. */
const dialogs = (from: number, instead: Answer): Answer => {
  let asked = new URLSearchParams()
  return (sent, index) => {
    asked = sent.url.pathname === "/oauth/authorize" ? sent.url.searchParams : asked
    if (index >= from) {
      return instead(sent, index)
    }
    return [page(loginForm), page(permissionsForm), {
      status: 302,
      headers: {
        location: `${asked.get("redirect_uri")}#${new URLSearchParams({
          access_token: secret("accessToken"),
          session_secret_key: secret("sessionSecretKey"),
          state: asked.get("state") ?? ""
        })}`
      }
    }][index] ?? page("")
  }
}

const said = ({ parameters }: Sent): string => encodeURIComponent(parameters.map(([, value]) => value).join(" "))

const to = (location: string): Reply => ({ status: 302, headers: { location } })

describe("Who signs in through the dialogs", () => {
  const signIn = Implicit.signIn({ login: "test", password: Redacted.make(password), scope: ["VALUABLE_ACCESS"] })

  it.effect("comes through", () =>
    Effect.gen(function*() {
      const watched = watch()
      const exit = yield* watched.run(
        Effect.provide(signIn, Layer.merge(config, wire(dialogs(9, () => page("")), watched)))
      )
      assert.isTrue(Exit.isSuccess(exit))
      assert.deepStrictEqual(watched.shown(), [])
    }))

  const instead: ReadonlyArray<readonly [name: string, answer: Answer]> = [
    ...faults(oauthError),
    ...faults(restError).slice(0, 3),
    ["gets the login form again", () => page(loginForm)],
    ["gets a captcha", () => page("<img src=\"/captcha\">")],
    [
      "is denied with all that was sent",
      (sent) => to(`${Implicit.blankPage}#error=access_denied&error_description=${said(sent)}`)
    ],
    [
      "is rejected with all that was sent",
      (sent) => to(`${Implicit.blankPage}#error=${said(sent)}&error_description=${said(sent)}`)
    ],
    [
      "is sent to a check with all that was sent",
      ({ form }) => to(`https://ok.ru/dk?st.cmd=anonymVerifyCaptcha&${form}`)
    ],
    ["is sent to a place with all that was sent in its name", (sent) => to(`/dk/${said(sent)}`)],
    ["is sent to a command with all that was sent in its name", (sent) => to(`/dk?st.cmd=${said(sent)}`)],
    ["is sent to another site with all that was sent", ({ form }) => to(`https://evil.example/?${form}`)],
    ["is sent nowhere with all that was sent", (sent) => to(`http://[${said(sent)}`)]
  ]

  for (const [step, from] of [["at once", 0], ["after the password", 1], ["after the permissions", 2]] as const) {
    it.effect(`and fails ${step}, in whatever way`, () =>
      Effect.gen(function*() {
        const shown = yield* shownBy(instead, (watched, answer, name) =>
          watched.run(
            Effect.timeout(
              // Where OK.ru itself puts a secret into an address, it is that address that is opened.
              Effect.provide(
                signIn,
                Layer.merge(config, wire(dialogs(from, answer), watched, name.includes("in its name") ? "GET" : "POST"))
              ),
              "1 minute"
            )
          ).pipe(patiently(name)))
        assert.deepStrictEqual(shown, {})
      }))
  }
})

// ---------------------------------------------------------------------------------------------------------------------
// launch parameters
// ---------------------------------------------------------------------------------------------------------------------

describe("Launch parameters", () => {
  const signed = (parameters: { readonly [name: string]: string }): { readonly [name: string]: string } => {
    const all: { [name: string]: string } = {
      auth_sig: md5("1" + secret("accessToken") + secret("applicationSecret")),
      ...parameters
    }
    const text = Object.keys(all).sort().map((name) => `${name}=${all[name]}`).join("")
    return { ...all, sig: md5(text + secret("applicationSecret")) }
  }
  const good = signed({
    application_key: "TESTKEY",
    logged_user_id: "1",
    session_key: secret("accessToken"),
    session_secret_key: secret("sessionSecretKey"),
    custom_args: "level=3"
  })
  const query = (parameters: { readonly [name: string]: string }) => `/?${new URLSearchParams(parameters)}`

  for (
    const [name, url] of [
      ["are good", query(good)],
      ["are for another application", query(signed({ ...good, application_key: "OTHER" }))],
      ["have a wrong signature", query({ ...good, sig: md5("") })],
      ["have a wrong second signature", query(signed({ ...good, auth_sig: md5("") }))],
      ["have a session twice", `${query(good)}&session_key=${secret("accessToken")}`],
      ["lack a user", query({ ...good, logged_user_id: "" })]
    ] as const
  ) {
    it.effect(name, () =>
      Effect.gen(function*() {
        const watched = watch()
        yield* watched.run(LaunchParameters.verify(url))
        yield* watched.run(Effect.provide(Grant.Grant, LaunchParameters.layerSession(url)))
        assert.deepStrictEqual(watched.shown(), [])
      }).pipe(Effect.provide(config)))
  }
})

// ---------------------------------------------------------------------------------------------------------------------
// calls
// ---------------------------------------------------------------------------------------------------------------------

const row = OkMethod.make("users.test", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { uid: OkParam.optional(OkParam.string) },
  success: OkField.boolean
})
const sessions = {
  Client: OkSession.layerClient({
    accessToken: Redacted.make(secret("accessToken")),
    sessionSecretKey: Redacted.make(secret("sessionSecretKey"))
  }),
  Server: OkSession.layerServer({ accessToken: Redacted.make(secret("accessToken")) }),
  Application: OkSession.layerApplication
}

describe("A call", () => {
  const good: readonly [string, Answer] = ["is answered", () => ({ body: "true" })]
  const circuits: ReadonlyArray<readonly [string, Layer.Layer<OkSession.OkAnySession, unknown, OkConfig.OkConfig>]> =
    Object
      .entries(sessions)
  for (const [circuit, session] of circuits) {
    for (const verb of ["POST", "GET"] as const) {
      for (const address of ["fb.do", "path"] as const) {
        it.effect(`of a session of the kind ${circuit}, as a ${verb} to ${address}, however it ends`, () =>
          Effect.gen(function*() {
            const shown = yield* shownBy(
              [good, ...faults(restError)],
              (watched, answer, name) =>
                Effect.gen(function*() {
                  const context = Layer.mergeAll(
                    Layer.provide(OkClient.layerHttp({ verb, address }), wire(answer, watched, verb)),
                    session
                  ).pipe(Layer.provideMerge(config))
                  const typed = yield* watched.run(
                    row({ uid: "1" }).pipe(OkPolicy.timeout({ attempt: "1 minute" }), Effect.provide(context))
                  ).pipe(patiently(name))
                  assert.strictEqual(Exit.isSuccess(typed), name === good[0])
                  // The body as it came can hold whatever OK.ru says.
                  yield* watched.run(
                    OkCall.passError(row({ uid: "1" })).pipe(
                      OkPolicy.timeout({ total: "1 minute" }),
                      Effect.provide(context)
                    ),
                    { value: false }
                  ).pipe(patiently(name))
                  if (name === good[0]) {
                    yield* watched.run(Effect.provide(OkCall.request(row({ uid: "1" })), context))
                    yield* watched.run(Effect.succeed(row({ uid: secret("accessToken") })))
                    yield* watched.run(Effect.provide(Effect.all([OkClient.OkClient, OkConfig.OkConfig]), context))
                  }
                })
            )
            assert.deepStrictEqual(shown, {})
          }))
      }
    }
  }

  it.effect("that cannot be signed or encoded", () =>
    Effect.gen(function*() {
      const watched = watch()
      const context = Layer.provideMerge(
        Layer.provide(OkClient.layerHttp(), wire(() => ({ body: "true" }), watched)),
        OkConfig.layer({ applicationId: "1", applicationKey: "TESTKEY" })
      )
      const over = (session: Layer.Layer<OkSession.OkAnySession, unknown, OkConfig.OkConfig>) =>
        watched.run(
          Effect.provide(row({ uid: `${secret("accessToken")}\ud800` }), Layer.provideMerge(session, context))
        )
      yield* over(sessions.Client)
      yield* over(sessions.Server)
      yield* over(sessions.Application)
      yield* watched.run(
        OkMethod.untyped("users.test", {})({ uid: 10n as never, access_token: secret("accessToken") }).pipe(
          Effect.provide(Layer.provideMerge(sessions.Client, context))
        )
      )
      assert.deepStrictEqual(watched.shown(), [])
    }))
})

describe("FakeTransport", () => {
  it.effect("records, and says what is missing, without a secret", () =>
    Effect.gen(function*() {
      const watched = watch()
      const client = Layer.provideMerge(
        Layer.provide(OkClient.layer(), Signature.layer),
        FakeTransport.layer(
          FakeTransport.inOrder(
            FakeTransport.answer(row, true),
            FakeTransport.fail(row, { code: 102, message: `PARAM : ${secret("accessToken")}` }),
            FakeTransport.respond(row, () =>
              Effect.succeed({ status: 502, body: `<p>${secret("accessToken")}`, invocationError: undefined }))
          )
        )
      )
      yield* Effect.gen(function*() {
        for (const call of [row(), row(), row(), OkMethod.untyped("users.unknown")()]) {
          yield* watched.run(call)
        }
        yield* watched.run(FakeTransport.requests)
        yield* watched.run(FakeTransport.FakeTransport)
      }).pipe(Effect.provide(Layer.provideMerge(Layer.merge(client, sessions.Server), config)))
      assert.deepStrictEqual(watched.shown(), [])
    }))
})

describe("A cassette", () => {
  const files: { [path: string]: string } = {}
  const path = "test.cassette.json"
  const disk = FileSystem.layerNoop({
    exists: (path) => Effect.sync(() => path in files),
    readFileString: (path) => Effect.sync(() => files[path] ?? ""),
    writeFileString: (path, text) =>
      Effect.sync(() => {
        files[path] = text
      })
  })

  it.effect("holds no secret, nor says one when it replays", () =>
    Effect.gen(function*() {
      const watched = watch()
      const login = OkMethod.untyped("auth.login", { session: "optional" })
      const answer: Answer = (sent) => ({
        body: json({
          session_key: secret("accessToken"),
          session_secret_key: secret("sessionSecretKey"),
          refresh_token: secret("refreshToken"),
          text: sent.parameters.filter(([name]) => name === "access_token").map(([, value]) => value)
        })
      })
      const over = (transport: Layer.Layer<OkTransport.OkTransport, unknown, HttpClient.HttpClient>) =>
        Effect.gen(function*() {
          yield* watched.run(login({ user_name: "test", password, verification_token: secret("verificationToken") }), {
            value: false
          })
          yield* watched.run(row({ uid: "1" }))
          yield* watched.run(row({ uid: "2" }))
        }).pipe(
          Effect.provide(
            Layer.merge(Layer.provide(OkClient.layer(), [Signature.layer, Layer.orDie(transport)]), sessions.Client)
              .pipe(
                Layer.provideMerge(Layer.merge(config, wire(answer, watched)))
              )
          )
        )
      yield* over(Cassette.layerRecord(path).pipe(Layer.provide([OkTransport.layerHttp(), disk])))
      watched.see("the file", files[path] ?? "")
      assert.include(files[path] ?? "", "auth.login")
      yield* over(Layer.provide(Cassette.layerReplay(path), disk))
      files[path] = "[]"
      yield* over(Layer.provide(Cassette.layerReplay(path), disk))
      assert.deepStrictEqual(watched.shown(), [])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// stores
// ---------------------------------------------------------------------------------------------------------------------

const credentials: Credentials.Credentials = {
  accessToken: Redacted.make(secret("accessToken")),
  sessionSecretKey: Redacted.make(secret("sessionSecretKey")),
  refreshToken: Redacted.make(secret("refreshToken")),
  permissionsGranted: []
}
const key: TokenStore.Key = { applicationId: "123456", apiUrl: "https://api.ok.ru", user: "test" }

const told = (method: string, ...passed: ReadonlyArray<string>) =>
  new SystemError({
    reason: "PermissionDenied",
    module: "KeyValueStore",
    method,
    pathOrDescriptor: passed.join(" "),
    description: passed.join(" "),
    cause: new Error(passed.join(" "))
  })

/** A store that fails and quotes all that it was given. */
const tellingStore = KeyValueStore.makeStringOnly({
  get: (key) => told("get", key),
  set: (key, value) => told("set", key, value),
  remove: (key) => told("remove", key),
  clear: Effect.void,
  size: Effect.succeed(0)
})

const aes = Cipher.layerAesGcm({ id: "1", secret: Redacted.make(cipherKey) })

describe("A store", () => {
  const use = (watched: ReturnType<typeof watch>) =>
    Effect.gen(function*() {
      const store = yield* TokenStore.TokenStore
      const fresh = { ...credentials, accessToken: Redacted.make(secret("freshToken")) }
      yield* watched.run(store.set(key, credentials))
      yield* watched.run(store.get(key))
      yield* watched.run(store.replace(key, credentials, fresh))
      yield* watched.run(Effect.scoped(store.lease(key, "1 minute"))).pipe(patiently())
      yield* watched.run(store.remove(key))
      yield* watched.run(Effect.succeed(store))
    })

  const failing = Layer.succeed(BackingPersistence.BackingPersistence, {
    [BackingPersistence.BackingPersistenceTypeId]: BackingPersistence.BackingPersistenceTypeId,
    make: () => {
      const broken = (method: string, ...passed: ReadonlyArray<unknown>) =>
        BackingPersistence.PersistenceBackingError.make(
          method,
          Object.assign(new Error(json(passed)), { code: json(passed) })
        )
      return Effect.succeed({
        get: (key: string) => broken("get", key),
        getMany: (keys: ReadonlyArray<string>) => broken("getMany", keys),
        set: (key: string, value: unknown) => broken("set", key, value),
        setMany: (entries: ReadonlyArray<unknown>) => broken("setMany", entries),
        remove: (key: string) => broken("remove", key),
        clear: broken("clear")
      })
    }
  })
  const telling = Layer.sync(KeyValueStore.KeyValueStore, () => tellingStore)

  const layers: ReadonlyArray<readonly [name: string, layer: Layer.Layer<TokenStore.TokenStore, unknown>]> = [
    ["in memory", TokenStore.layerMemory],
    ...([["plain", Cipher.layerPlain], ["encrypted", aes]] as const).flatMap(
      ([name, cipher]): ReadonlyArray<readonly [string, Layer.Layer<TokenStore.TokenStore, unknown>]> => [
        [`of texts, ${name}`, Layer.provide(TokenStore.layerKeyValueStore(), [KeyValueStore.layerMemory, cipher])],
        [`that fails and tells everything, ${name}`, Layer.provide(TokenStore.layerKeyValueStore(), [telling, cipher])],
        [
          `of experimental persistence, ${name}`,
          Layer.provide(Persistence.layer(), [BackingPersistence.layerMemory, cipher])
        ],
        [
          `of experimental persistence that fails and tells everything, ${name}`,
          Layer.provide(Persistence.layer(), [failing, cipher])
        ]
      ]
    )
  ]
  for (const [name, layer] of layers) {
    it.effect(name, () =>
      Effect.gen(function*() {
        const watched = watch()
        yield* watched.run(Effect.provide(use(watched), layer))
        assert.isAbove(watched.count(), 50)
        assert.deepStrictEqual(watched.shown(), [])
      }))
  }

  it.effect("whose texts are encrypted holds no secret", () =>
    Effect.gen(function*() {
      const watched = watch()
      const kept = new Map<string, string>()
      const store = yield* Effect.provide(
        TokenStore.makeTexts({
          get: (name) => Effect.sync(() => Option.fromNullable(kept.get(name))),
          set: (name, text) => Effect.sync(() => kept.set(name, text)),
          remove: (name) => Effect.sync(() => kept.delete(name))
        }),
        aes
      )
      yield* store.set(key, credentials)
      assert.strictEqual(kept.size, 2)
      yield* watched.run(Effect.succeed(kept))
      // What is not whole, is another's, or was written by something else, is not quoted.
      for (
        const text of [
          `{"accessToken":"${secret("accessToken")}"`,
          `a1.1.${secret("accessToken")}`,
          secret("accessToken")
        ]
      ) {
        for (const name of kept.keys()) {
          kept.set(name, text)
        }
        const exit = yield* watched.run(store.get(key))
        assert.isTrue(Exit.isFailure(exit))
      }
      assert.deepStrictEqual(watched.shown(), [])
    }))

  it.effect("in clear does not quote what it cannot read", () =>
    Effect.gen(function*() {
      const watched = watch()
      for (
        const text of [
          secret("accessToken"),
          `{"accessToken":"${secret("accessToken")}"}`,
          `{"accessToken":["${secret("accessToken")}"],"permissionsGranted":[]}`
        ]
      ) {
        const store = yield* TokenStore.makeTexts({
          get: () => Effect.succeedSome(text),
          set: () => Effect.void,
          remove: () => Effect.void
        })
        assert.isTrue(Exit.isFailure(yield* watched.run(store.get(key))))
        yield* watched.run(Effect.scoped(store.lease(key, "1 minute"))).pipe(patiently())
      }
      assert.deepStrictEqual(watched.shown(), [])
    }).pipe(Effect.provide(Cipher.layerPlain)))
})

describe("A cipher", () => {
  const make = (...secrets: ReadonlyArray<string>) =>
    Cipher.makeAesGcm(
      { id: "1", secret: Redacted.make(secrets[0] ?? "") },
      { previous: secrets.slice(1).map((secret, index) => ({ id: String(index), secret: Redacted.make(secret) })) }
    )

  it.effect("shows neither its key nor its text", () =>
    Effect.gen(function*() {
      const watched = watch()
      yield* watched.run(make(secret("cipherKey")))
      yield* watched.run(make(`${cipherKey}!`))
      yield* watched.run(make(cipherKey, secret("cipherKey")))
      yield* watched.run(make(cipherKey, cipherKey, cipherKey))
      yield* watched.run(
        Effect.provide(Cipher.Cipher, Cipher.layerAesGcm({ id: secret("cipherKey"), secret: Redacted.make("") })),
        {
          value: false
        }
      )
      const good = yield* make(cipherKey)
      yield* watched.run(Effect.succeed(good))
      const text = yield* good.encrypt(Redacted.make(secret("accessToken")), "here")
      yield* watched.run(Effect.succeed(text))
      yield* watched.run(good.decrypt(text, "here"))
      yield* watched.run(good.decrypt(text, "there"))
      yield* watched.run(good.decrypt(secret("accessToken"), "here"))
      yield* watched.run(good.decrypt(`a1.${secret("accessToken")}.x`, "here"))
      yield* watched.run(good.decrypt(`a1.1.${secret("accessToken")}`, "here"))
      assert.deepStrictEqual(watched.shown(), [])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// sessions that renew themselves
// ---------------------------------------------------------------------------------------------------------------------

describe("A session that renews itself", () => {
  const good: readonly [string, Answer] = ["is renewed", () => ({
    body: json({ access_token: secret("freshToken"), expires_in: "1800" })
  })]
  const required = OkMethod.untyped("users.test", { session: "required", kind: "read" })

  it.effect("is renewed, or is not, in whatever way", () =>
    Effect.gen(function*() {
      // How an echo is written is the matter of the grants above.
      const renewals = faults(oauthError).filter(([name]) =>
        !name.includes("all that was sent, ") || name.endsWith("are")
      )
      const shown = yield* shownBy([good, ...renewals], (watched, renewal, name) => {
        const answer: Answer = (sent, index) =>
          sent.url.pathname === "/oauth/token.do"
            ? renewal(sent, index)
            : sent.parameters.some(([, value]) => value === secret("freshToken"))
            ? { body: "true" }
            : restError("expired", 102)
        const manager = SessionManager.layer({
          authorizeUrl: () => Effect.succeed("https://app.example/login"),
          renewBefore: "5 minutes"
        }).pipe(
          Layer.provideMerge(OkClient.layerHttp()),
          Layer.provide([TokenStore.layerMemory, wire(answer, watched)]),
          Layer.provideMerge(config)
        )
        return Effect.gen(function*() {
          const manager = yield* SessionManager.SessionManager
          yield* watched.run(manager.save("test", yield* Credentials.make({ ...credentials, expiresIn: "30 minutes" })))
          yield* watched.run(Effect.succeed(manager))
          const call = Effect.provide(required(), SessionManager.sessionFor("test"))
          // OK.ru says that it is over.
          const exit = yield* watched.run(call).pipe(patiently(name))
          assert.strictEqual(Exit.isSuccess(exit), name === good[0])
          // Soon it is over, and the renewal fails without a failure of the call.
          yield* TestClock.adjust("1600 seconds")
          yield* watched.run(call).pipe(patiently(name))
          assert.strictEqual(watched.saw("a session was not renewed before it expires"), name !== good[0])
          // It is over.
          yield* TestClock.adjust("10 minutes")
          yield* watched.run(call).pipe(patiently(name))
          yield* watched.run(manager.find("test"))
          yield* watched.run(manager.session("test").current).pipe(patiently(name))
          yield* watched.run(manager.forget("test"))
          yield* watched.run(call)
        }).pipe(Effect.provide(manager))
      })
      assert.deepStrictEqual(shown, {})
    }), 60_000)

  it.effect("fails with a store that tells everything", () =>
    Effect.gen(function*() {
      const watched = watch()
      const manager = SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://app.example/login") }).pipe(
        Layer.provideMerge(OkClient.layerHttp()),
        Layer.provide(TokenStore.layerKeyValueStore()),
        Layer.provide([
          Layer.sync(KeyValueStore.KeyValueStore, () => tellingStore),
          Cipher.layerPlain,
          wire(good[1], watched)
        ]),
        Layer.provideMerge(config)
      )
      yield* Effect.gen(function*() {
        const manager = yield* SessionManager.SessionManager
        yield* watched.run(manager.save("test", credentials))
        yield* watched.run(manager.find("test"))
        yield* watched.run(Effect.provide(required(), SessionManager.sessionFor("test"))).pipe(patiently())
      }).pipe(Effect.provide(manager))
      assert.deepStrictEqual(watched.shown(), [])
    }))
})

// ---------------------------------------------------------------------------------------------------------------------
// the sandbox
// ---------------------------------------------------------------------------------------------------------------------

type Provided = OkClient.OkClient | OkConfig.OkConfig | HttpClient.HttpClient

describe("The sandbox's log of requests", () => {
  it.effect("holds no secret of any flow", () =>
    Effect.gen(function*() {
      const watched = watch()
      const sandbox = yield* Sandbox.Sandbox
      const [user] = yield* sandbox.users
      const scope = ["VALUABLE_ACCESS"]
      const redirectUri = "http://127.0.0.1:1/callback"
      const random = SecureRandom.layer({ bytes: () => Effect.succeed(new TextEncoder().encode(state.slice(0, 32))) })

      // With the secrets that the sandbox has given out.
      const granted = yield* Effect.provide(Implicit.signIn({ ...user, scope, redirectUri }), random)
      yield* Password.signIn({ ...user, verificationToken: Redacted.make(secret("verificationToken")) })
      const refreshed = yield* RefreshToken.refresh(user)
      yield* Users.getLoggedInUser().pipe(Effect.provide(OkSession.layerClient(user)))
      yield* Users.getLoggedInUser().pipe(Effect.provide(OkSession.layerServer(user)))
      const launched = yield* sandbox.launchUrl(user.uid, "http://127.0.0.1/")
      const { credentials: launchSession } = yield* LaunchParameters.verify(launched)
      yield* Users.getLoggedInUser().pipe(Effect.provide(OkSession.fromCredentials(launchSession)))

      // With others, by POST and GET, in places where they do not belong.
      const flows: ReadonlyArray<Effect.Effect<unknown, unknown, Provided>> = [
        AuthorizationCode.exchange({ code: Redacted.make(secret("code")), redirectUri }),
        RefreshToken.refresh({ refreshToken: Redacted.make(secret("refreshToken")) }),
        Password.signIn({ login: "test", password: Redacted.make(password) }),
        Implicit.signIn({ login: "test", password: Redacted.make(password), scope, redirectUri }),
        Effect.provide(Users.getLoggedInUser(), sessions.Client),
        Effect.provide(Users.getLoggedInUser(), sessions.Server)
      ]
      yield* Effect.forEach(flows, (flow) => watched.run(flow))
      const { apiUrl } = yield* OkConfig.OkConfig
      const secrets = [
        ["access_token", "accessToken"],
        ["session_key", "accessToken"],
        ["session_secret_key", "sessionSecretKey"],
        ["client_secret", "applicationSecret"],
        ["refresh_token", "refreshToken"],
        ["code", "code"],
        ["state", "state"],
        ["verification_token", "verificationToken"],
        ["password", "password"],
        ["fr.password", "password"],
        ["unknown", "accessToken"],
        ["sig", "sessionSecretKey"]
      ] as const
      const query = String(new URLSearchParams(secrets.map(([name, mark]) => [name, secret(mark)])))
      for (const path of ["/fb.do", "/api/users/getLoggedInUser", "/oauth/token.do", "/oauth/authorize", "/dk"]) {
        for (
          const more of ["", "&method=users.getLoggedInUser&response_type=code&grant_type=refresh_token&client_id=1"]
        ) {
          yield* HttpClient.get(`${apiUrl}${path}?${query}${more}`)
          yield* HttpClient.post(`${apiUrl}${path}?${query}${more}`)
        }
      }
      yield* sandbox.challenge("captcha")
      yield* watched.run(Implicit.signIn({ ...user, scope: ["PHOTO_CONTENT"], redirectUri }))
      yield* watched.run(Password.signIn(user))

      const requests = yield* sandbox.requests
      assert.isAbove(requests.length, 30)
      watched.look("the log", requests)
      yield* watched.run(sandbox.users)
      yield* watched.run(Effect.succeed(sandbox.application))
      yield* watched.run(sandbox.tokenRequests())
      const given = [user, granted, refreshed, launchSession].flatMap((credentials) => [
        credentials.accessToken,
        credentials.sessionSecretKey,
        credentials.refreshToken
      ]).concat(user.password).flatMap((secret, index) =>
        secret === undefined ? [] : [[`secret ${index} of the sandbox`, Redacted.value(secret)] as const]
      )
      assert.isAbove(given.length, 8)
      assert.deepStrictEqual(watched.shown({ more: given }), [])
    }).pipe(
      Effect.provide(
        OkClient.layerHttp().pipe(
          Layer.provideMerge(Sandbox.layerHttpClient),
          Layer.provideMerge(Layer.unwrapEffect(Effect.map(Sandbox.config, OkConfig.layer))),
          Layer.provideMerge(
            Sandbox.layer({ application: { secretKey: Redacted.make(secret("applicationSecret")) } })
          )
        )
      )
    ))
})
