/*
 * No secret is seen: after every grant and every call, however it ends.
 */
import * as Auth from "@effect-okru/auth"
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
import * as Core from "@effect-okru/core"
import {
  OkCall,
  OkClient,
  OkConfig,
  OkError,
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
import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as BackingPersistence from "@effect/experimental/Persistence"
import { SystemError } from "@effect/platform/Error"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/TestClock"
import * as Browser from "../../sandbox/test/browser.js"
import { type Answer, config, echoes, faults, page, patiently, type Reply, type Sent, wire } from "./faultyServer.js"
import {
  cipherKey,
  found,
  json,
  type Mark,
  marks,
  md5,
  password,
  secret,
  shownBy,
  state,
  watch,
  type Watched
} from "./watch.js"

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

// On a machine that has much else to do.
const patience = 180_000

/** A program that is watched and shows nothing. */
const hides = (
  name: string,
  program: (watched: Watched) => Effect.Effect<unknown, unknown>,
  options?: { readonly except?: ReadonlyArray<Mark> }
) =>
  it.effect(name, () =>
    Effect.gen(function*() {
      const watched = watch()
      yield* program(watched)
      assert.isAbove(watched.count(), 10)
      assert.deepStrictEqual(watched.shown(options), [])
    }), patience)

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
    hides("and signs in with it", (watched) =>
      Effect.gen(function*() {
        const exit = yield* watched.run(Effect.provide(grant, Layer.merge(config, wire(() => good, watched))))
        assert.isTrue(Exit.isSuccess(exit))
        yield* watched.run(
          Effect.all([Grant.Grant, OkSession.OkSession, OkConfig.OkConfig]).pipe(
            Effect.tap(([, session]) => Effect.flatMap(session.current, (current) => Effect.log("session", current))),
            Effect.provide(Grant.layer(grant)),
            Effect.provide(Layer.merge(config, wire(() => good, watched)))
          )
        )
      }))

    hides("and whose answer is cut off, or no JSON", (watched) =>
      Effect.gen(function*() {
        const { body = "" } = good
        const form = new URLSearchParams(JSON.parse(body)).toString()
        for (const broken of [body.slice(0, -1), body.slice(0, -2), body.replaceAll(",", ";"), form]) {
          const exit = yield* watched.run(
            Effect.provide(grant, Layer.merge(config, wire(() => ({ body: broken }), watched)))
          )
          assert.isTrue(Exit.isFailure(exit))
        }
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
      }), patience)
  })
}

hides("A page where a user proves to be human shows no password", (watched) =>
  Effect.gen(function*() {
    const answer: Answer = ({ form }) => ({
      body: json({ error_code: 403, error_msg: "", ver_redirect_url: `https://ok.ru/verify?${form}` })
    })
    const signIn = Password.signIn({ login: "test", password: Redacted.make(password) })
    yield* watched.run(Effect.provide(signIn, Layer.merge(config, wire(answer, watched))))
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
    hides(`${name}, of the code grant`, (watched) =>
      Effect.gen(function*() {
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
      }), { except: ["state"] })
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
    hides(`${name}, of the implicit grant`, (watched) =>
      Effect.gen(function*() {
        yield* watched.run(Effect.suspend(() => Implicit.parseRedirect(`/#${new URLSearchParams(parameters)}`)))
        yield* watched.run(Effect.provide(finishImplicit(parameters), states))
        yield* watched.run(Effect.provide(finishImplicit(parameters), OAuthState.layerMemory()))
      }), { except: ["state"] })
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
      Effect.provide(OAuthState.layerKeyValueStore()),
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

  hides("comes through", (watched) =>
    Effect.gen(function*() {
      const exit = yield* watched.run(
        Effect.provide(signIn, Layer.merge(config, wire(dialogs(9, () => page("")), watched)))
      )
      assert.isTrue(Exit.isSuccess(exit))
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
      }), patience)
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
    hides(name, (watched) =>
      Effect.gen(function*() {
        yield* watched.run(LaunchParameters.verify(url))
        yield* watched.run(Effect.provide(Grant.Grant, LaunchParameters.layerSession(url)))
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
        it.effect(
          `of a session of the kind ${circuit}, as a ${verb} to ${address}, however it ends`,
          () =>
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
            }),
          patience
        )
      }
    }
  }

  hides(
    "that is refused with an error of each kind, is repeated and refused again",
    (watched) =>
      Effect.gen(function*() {
        const codes = new Map(OkError.knownCodes().map(({ code, tag }) => [tag, code])).set("UnknownApiError", 98_765)
        for (const [tag, code] of codes) {
          const answer: Answer = (sent) => restError(Object.values(echoes).map((echo) => echo(sent)).join(" "), code)
          const exit = yield* watched.run(
            row({ uid: "1" }).pipe(
              OkPolicy.retry({ schedule: Schedule.recurs(1) }),
              Effect.provide(Layer.merge(Layer.provide(OkClient.layerHttp(), wire(answer, watched)), sessions.Client)),
              Effect.provide(config)
            )
          )
          assert.include(String(exit), `"${tag}"`)
        }
        assert.strictEqual(codes.size, 11)
        assert.isTrue(watched.saw("ok call repeated"))
      })
  )

  hides("that cannot be signed or encoded", (watched) =>
    Effect.gen(function*() {
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
    }))
})

describe("FakeTransport", () => {
  hides("records, and says what is missing, without a secret", (watched) =>
    Effect.gen(function*() {
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

  hides("holds no secret, nor says one when it replays", (watched) =>
    Effect.gen(function*() {
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
    hides(name, (watched) =>
      Effect.gen(function*() {
        yield* watched.run(Effect.provide(use(watched), layer))
      }))
  }

  hides("whose texts are encrypted holds no secret", (watched) =>
    Effect.gen(function*() {
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
    }))

  hides("in clear does not quote what it cannot read", (watched) =>
    Effect.gen(function*() {
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
    }).pipe(Effect.provide(Cipher.layerPlain)))
})

describe("A cipher", () => {
  const make = (...secrets: ReadonlyArray<string>) =>
    Cipher.makeAesGcm(
      { id: "1", secret: Redacted.make(secrets[0] ?? "") },
      { previous: secrets.slice(1).map((secret, index) => ({ id: String(index), secret: Redacted.make(secret) })) }
    )

  hides("shows neither its key nor its text", (watched) =>
    Effect.gen(function*() {
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
          // A refresh token that was refused is gone.
          const signIn = Effect.flatMap(
            Credentials.make({ ...credentials, expiresIn: "30 minutes" }),
            (credentials) => watched.run(manager.save("test", credentials))
          )
          yield* signIn
          yield* watched.run(Effect.succeed(manager))
          const call = Effect.provide(required(), SessionManager.sessionFor("test"))
          // OK.ru says that it is over.
          const exit = yield* watched.run(call).pipe(patiently(name))
          assert.strictEqual(Exit.isSuccess(exit), name === good[0])
          // Soon it is over, and the renewal fails without a failure of the call.
          yield* signIn
          yield* TestClock.adjust("1600 seconds")
          yield* watched.run(call).pipe(patiently(name))
          assert.strictEqual(watched.saw("a session was not renewed before it expires"), name !== good[0])
          // It is over.
          yield* signIn
          yield* TestClock.adjust("31 minutes")
          yield* watched.run(call).pipe(patiently(name))
          yield* watched.run(manager.find("test"))
          yield* watched.run(manager.session("test").current).pipe(patiently(name))
          yield* watched.run(manager.forget("test"))
          yield* watched.run(call)
        }).pipe(Effect.provide(manager))
      })
      assert.deepStrictEqual(shown, {})
    }), patience)

  hides("fails with a store that tells everything", (watched) =>
    Effect.gen(function*() {
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
      const browser = yield* Browser.make()
      const back = yield* Effect.gen(function*() {
        const login = yield* browser.open(yield* AuthorizationCode.start({ redirectUri, scope }))
        return yield* browser.submit(login, { "fr.email": user.login, "fr.password": Redacted.value(user.password) })
      }).pipe(Effect.provide(Layer.merge(OAuthState.layerMemory(), random)))
      const code = back.url.searchParams.get("code") ?? ""
      const exchanged = yield* AuthorizationCode.exchange({ code: Redacted.make(code), redirectUri })
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
      const given = [user, granted, refreshed, exchanged, launchSession].flatMap((credentials) => [
        credentials.accessToken,
        credentials.sessionSecretKey,
        credentials.refreshToken
      ]).concat(user.password, Redacted.make(code)).flatMap((secret, index) =>
        secret === undefined ? [] : [[`secret ${index} of the sandbox`, Redacted.value(secret)] as const]
      )
      assert.isAbove(given.length, 10)
      assert.isNotEmpty(code)
      assert.deepStrictEqual(watched.shown({ more: given }), [])
    }).pipe(
      Effect.provide(
        OkClient.layerHttp().pipe(
          Layer.provideMerge(Sandbox.layerHttpClient),
          Layer.provideMerge(Sandbox.layerOkConfig),
          Layer.provideMerge(
            Sandbox.layer({ application: { secretKey: Redacted.make(secret("applicationSecret")) } })
          )
        )
      )
    ))

  hides("is all that it says of a request on a port", (watched) =>
    watched.run(
      Effect.gen(function*() {
        const { users } = yield* Sandbox.Sandbox
        const [user] = yield* users
        for (const session of [OkSession.layerClient(user), sessions.Client, sessions.Server]) {
          yield* Effect.exit(Effect.provide(Users.getLoggedInUser(), session))
        }
        yield* Effect.exit(AuthorizationCode.exchange({ code: Redacted.make(secret("code")), redirectUri }))
        assert.lengthOf(yield* Effect.flatMap(Sandbox.Sandbox, ({ requests }) => requests), 4)
      }).pipe(
        Effect.provide(
          // A GET has the token in its address.
          OkClient.layerHttp({ verb: "GET" }).pipe(
            Layer.provideMerge(SandboxServer.layerOkConfig),
            Layer.provideMerge(FetchHttpClient.layer),
            Layer.provideMerge(SandboxServer.layer()),
            Layer.provideMerge(Sandbox.layer({
              application: { secretKey: Redacted.make(secret("applicationSecret")) }
            }))
          )
        )
      )
    ))
})

// ---------------------------------------------------------------------------------------------------------------------
// services
// ---------------------------------------------------------------------------------------------------------------------

hides("Every service of core and auth shows no secret", (watched) =>
  Effect.gen(function*() {
    const services = yield* Layer.build(
      SessionManager.layer({ authorizeUrl: () => Effect.succeed("https://app.example/login") }).pipe(
        Layer.provideMerge(
          Layer.mergeAll(
            OkClient.layerHttp(),
            OkTransport.layerHttp(),
            Signature.layer,
            sessions.Application,
            Grant.layer(Effect.succeed(credentials)),
            OAuthState.layerMemory(),
            TokenStore.layerMemory,
            aes
          )
        ),
        Layer.provide(wire(() => ({}), watched)),
        Layer.provideMerge(config)
      )
    )
    const tags = [...Object.values(Core), ...Object.values(Auth)]
      .flatMap((module): ReadonlyArray<unknown> => Object.values(module))
      .filter(Context.isTag)
    assert.isAbove(tags.length, 15)
    // Fails for one that is not here.
    tags.forEach((tag) => watched.look(tag.key, Context.unsafeGet(services, tag)))
  }).pipe(Effect.scoped))
