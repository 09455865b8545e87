import * as Grant from "@effect-okru/auth/Grant"
import * as Implicit from "@effect-okru/auth/Implicit"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as SecureRandom from "@effect-okru/auth/SecureRandom"
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as OkSession from "@effect-okru/core/OkSession"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { createServer } from "node:http"
import { application, config, configWithoutSecret, fake, printed, type Reply, type Seen } from "./grants.js"

const login = "test-login"
const password = "test-pässword/+=&"
const options: Implicit.SignInOptions = {
  login,
  password: Redacted.make(password),
  scope: ["VALUABLE_ACCESS", "PHOTO_CONTENT"]
}
const signIn = Implicit.signIn(options)

const loginForm = `
  <form method="post" action="/dk?cmd=OAuth2Login&amp;st.cmd=OAuth2Login">
    <input name="fr.posted" type="hidden" value="set"></input>
    <input name="fr.email" type="text" value=""><input name="fr.password" type="password">
    <input name="fr.remember" checked="checked" type="checkbox" value="on"><input name="fr.other" type="checkbox">
    <input name="fr.off" value="1" disabled><input value="Sign in" type="submit">
    <a href="https://ok.ru/dk?st.cmd=anonymRecoveryStart">Forgotten?</a>
  </form>`
const page = (content: string, status = 200): Reply => ({
  status,
  headers: [["content-type", "text/html; charset=UTF-8"]],
  body: `<!DOCTYPE html><html><head><script>"<form method=post>captcha"</script></head><body>
    <!-- <form method="post"><input name="fr.password"></form> -->${content}</body></html>`
})
const permissionsForm = (token: string, redirectUri: string) => `
  <form method="POST" action="/dk?st.cmd=OAuth2Permissions&amp;cmd=OAuth2Permissions">
    <input name="fr.posted" type="hidden" value="set"><input name="fr.token" type="hidden" value="${token}&amp;1">
    <button name="button_accept_request" class="button-pro">Allow</button>
    <a href="${redirectUri}#error=access_denied">Cancel</a>
  </form>`

const to = (location: string, ...cookies: ReadonlyArray<string>): Reply => ({
  status: 302,
  headers: [["location", location], ...cookies.map((cookie) => ["set-cookie", cookie] as const)]
})

const cookie = (seen: Seen, name: string) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(seen.cookies)?.[1]

/**
 * OK.ru's sign-in as clients describe it: what is asked for is kept in cookies, the second form has a token that is good
 * once, and the token is in the fragment of the last redirect. `steps` replaces single answers.
 */
const site = (
  steps: { readonly [step: string]: (seen: Seen, redirectUri: string, state: string) => Reply | undefined } = {}
) => {
  let asked = new URLSearchParams()
  return fake((seen) => {
    const { form, url, verb } = seen
    const command = url.searchParams.get("st.cmd")
    asked = url.pathname === "/oauth/authorize" ? url.searchParams : asked
    const redirectUri = asked.get("redirect_uri") ?? ""
    const state = asked.get("state") ?? ""
    const step = (name: string, usual: () => Reply) => name in steps ? steps[name]?.(seen, redirectUri, state) : usual()
    if (url.pathname === "/oauth/authorize") {
      return step(
        "authorize",
        () => to("/dk?st.cmd=OAuth2Login&st.layout=w", "JSESSIONID=one; Path=/; HttpOnly", "old=1")
      )
    }
    if (cookie(seen, "JSESSIONID") !== "one") {
      return page("no session", 400)
    }
    if (command === "OAuth2Login") {
      return verb === "GET"
        ? step("login", () => page(loginForm))
        : form["fr.email"] === login && form["fr.password"] === password
        ? step("loggedIn", () => to("/dk?st.cmd=OAuth2Permissions", "AUTHCODE=two; Path=/", "old=; Max-Age=0"))
        : step("wrong", () => to("/dk?st.cmd=OAuth2Login"))
    }
    if (command === "OAuth2Permissions" && cookie(seen, "AUTHCODE") === "two" && cookie(seen, "old") === undefined) {
      return verb === "GET"
        ? step("permissions", () => page(permissionsForm("once", redirectUri)))
        : "button_accept_request" in form && form["fr.token"] === "once&1"
        ? step("allowed", () =>
          to(
            `${redirectUri}#access_token=test-access-token&session_secret_key=test-session-secret-key` +
              `&permissions_granted=VALUABLE_ACCESS%3BPHOTO_CONTENT&expires_in=1800&state=${state}`
          ))
        : page("wrong token", 400)
    }
    return page("not found", 404)
  })
}

describe("authorizeUrl", () => {
  it("asks for a token", () => {
    const url = Implicit.authorizeUrl(OkConfig.make(application), {
      redirectUri: Implicit.blankPage,
      scope: ["VALUABLE_ACCESS"],
      state: "test-state",
      layout: "a"
    })
    assert.deepStrictEqual(Object.fromEntries(new URL(url).searchParams), {
      client_id: "123456",
      scope: "VALUABLE_ACCESS",
      response_type: "token",
      redirect_uri: "https://oauth.mycdn.me/blank.html",
      layout: "a",
      state: "test-state"
    })
  })
})

describe("parseRedirect", () => {
  const parse = (fragment: string) => Implicit.parseRedirect(`https://example.com/blank.html#${fragment}`)

  it("reads the fragment, in whatever order", () => {
    const redirect = Either.getOrThrow(
      parse("state=s&expires_in=1800&permissions_granted=A,B;C&session_secret_key=k&access_token=-s-t.u&other=")
    )
    assert.strictEqual(Redacted.value(redirect.accessToken), "-s-t.u")
    assert.deepStrictEqual(redirect.sessionSecretKey, Redacted.make("k"))
    assert.deepStrictEqual(redirect.permissionsGranted, ["A", "B", "C"])
    assert.deepStrictEqual(redirect.expiresIn, Duration.minutes(30))
    assert.strictEqual(redirect.state, "s")
  })

  it("does without what is not always there", () => {
    const redirect = Either.getOrThrow(parse("access_token=t&session_secret_key=k"))
    assert.deepInclude(redirect, { permissionsGranted: [], expiresIn: undefined, state: undefined })
  })

  it("signs with a refresh token that comes in place of the secret key", () => {
    assert.deepStrictEqual(
      Either.getOrThrow(parse("access_token=t&refresh_token=r")).sessionSecretKey,
      Redacted.make("r")
    )
  })

  it("tells a denial from another error", () => {
    assert.deepInclude(Either.getOrThrow(Either.flip(parse("error=access_denied"))), { _tag: "OAuthDenied" })
    assert.deepInclude(Either.getOrThrow(Either.flip(parse(""))), { _tag: "OAuthDenied", error: "" })
    assert.deepInclude(Either.getOrThrow(Either.flip(parse("error=unsupported_response_type_for_this_app"))), {
      _tag: "OAuthRejected",
      error: "unsupported_response_type_for_this_app"
    })
  })
})

describe("start and finish", () => {
  it.effect("compare the state, once", () =>
    Effect.gen(function*() {
      const url = yield* Implicit.start({ redirectUri: Implicit.blankPage, scope: [] })
      const state = new URL(url).searchParams.get("state")
      const back = `${Implicit.blankPage}#access_token=t&session_secret_key=k&expires_in=1800&state=`
      assert.deepInclude(yield* Effect.flip(Implicit.finish({ url: `${back}forged` })), { _tag: "OAuthStateError" })
      const credentials = yield* Implicit.finish({ url: back + state })
      assert.strictEqual(credentials.state, state)
      assert.strictEqual(credentials.expiresAt?.pipe(DateTime.toEpochMillis), 1_800_000)
      assert.deepInclude(yield* Effect.flip(Implicit.finish({ url: back + state })), { _tag: "OAuthStateError" })
    }).pipe(Effect.provide([config, OAuthState.layerMemory()])))
})

describe("signIn", () => {
  it.effect("fills in both dialogs, with cookies, and stops at the redirect address", () => {
    const { layer, seen } = site()
    return Effect.gen(function*() {
      const credentials = yield* signIn
      assert.strictEqual(Redacted.value(credentials.accessToken), "test-access-token")
      assert.deepStrictEqual(credentials.sessionSecretKey, Redacted.make("test-session-secret-key"))
      assert.deepStrictEqual(credentials.permissionsGranted, ["VALUABLE_ACCESS", "PHOTO_CONTENT"])
      assert.strictEqual(credentials.expiresAt?.pipe(DateTime.toEpochMillis), 1_800_000)
      assert.match(credentials.state ?? "", /^[\w-]{43}$/)

      assert.deepStrictEqual(seen.map(({ url, verb }) => `${verb} ${url.pathname}`), [
        "GET /oauth/authorize",
        "GET /dk",
        "POST /dk",
        "GET /dk",
        "POST /dk"
      ])
      assert.deepStrictEqual(seen[2]?.form, {
        "fr.posted": "set",
        "fr.email": login,
        "fr.password": password,
        "fr.remember": "on"
      })
      assert.deepStrictEqual(seen[4]?.form, { "fr.posted": "set", "fr.token": "once&1", button_accept_request: "" })
      for (const { url } of seen) {
        assert.notInclude(decodeURIComponent(url.href), password)
      }
    }).pipe(Effect.provide([configWithoutSecret, layer]))
  })

  it.effect("takes any redirect address, and follows none", () =>
    Effect.gen(function*() {
      for (
        const redirectUri of [
          "http://localhost",
          "okauth://ok123456",
          "https://connect.ok.ru/mine/blank.html?x=1",
          "https://example.com/blank.html"
        ]
      ) {
        const { layer, seen } = site()
        const credentials = yield* Effect.provide(Implicit.signIn({ ...options, redirectUri }), layer)
        assert.strictEqual(Redacted.value(credentials.accessToken), "test-access-token")
        assert.isTrue(seen.every(({ url }) => url.origin === "https://connect.ok.ru"))
        assert.lengthOf(seen, 5)
      }
    }).pipe(Effect.provide(config)))

  it.effect("knows the redirect address without its host, too", () => {
    const { layer, seen } = site({ allowed: (_, __, state) => to(`/mine/blank.html#access_token=t&state=${state}`) })
    return Effect.gen(function*() {
      yield* Implicit.signIn({ ...options, redirectUri: "https://connect.ok.ru/mine/blank.html" })
      assert.lengthOf(seen, 5)
    }).pipe(Effect.provide([config, layer]))
  })

  it.effect("skips the dialogs that OK.ru skips", () => {
    const grantedBefore = site({
      authorize: (_, redirectUri, state) => to(`${redirectUri}#access_token=t&state=${state}`)
    })
    return Effect.gen(function*() {
      assert.strictEqual(Redacted.value((yield* Effect.provide(signIn, grantedBefore.layer)).accessToken), "t")
      assert.lengthOf(grantedBefore.seen, 1)

      const loggedInOnly = site({
        loggedIn: (_, redirectUri, state) => to(`${redirectUri}#access_token=t&session_secret_key=k&state=${state}`)
      })
      yield* Effect.provide(signIn, loggedInOnly.layer)
      assert.lengthOf(loggedInOnly.seen, 3)
    }).pipe(Effect.provide(config))
  })

  // Each failure with the number of times the password may have been sent.
  const failures: ReadonlyArray<
    readonly [string, Parameters<typeof site>[0], Implicit.SignInError["_tag"], number, object?]
  > = [
    ["wrong credentials", { loggedIn: () => to("/dk?st.cmd=OAuth2Login") }, "OAuthInvalidCredentials", 1],
    ["wrong credentials without a redirect", { loggedIn: () => page(loginForm) }, "OAuthInvalidCredentials", 1],
    ["a denial", { allowed: (_, uri) => to(`${uri}#error=access_denied`) }, "OAuthDenied", 1, {
      error: "access_denied"
    }],
    ["a forged state", { allowed: (_, uri) => to(`${uri}#access_token=t&state=x`) }, "OAuthStateError", 1, {
      reason: "Unknown"
    }],
    ["a missing state", { allowed: (_, uri) => to(`${uri}#access_token=t`) }, "OAuthStateError", 1, {
      reason: "Missing"
    }],
    [
      "a captcha before the login",
      {
        login: () => page(loginForm.replace("<a", "<img src=\"/captcha?1\"><input name=\"fr.code\"><a"))
      },
      "OAuthHumanCheck",
      0,
      { check: "Captcha" }
    ],
    [
      "a captcha after the login",
      {
        loggedIn: () => page(`${loginForm}<div class="g-recaptcha"></div>`)
      },
      "OAuthHumanCheck",
      1,
      { check: "Captcha" }
    ],
    [
      "a check for humans",
      {
        loggedIn: () => to("https://ok.ru/dk?st.cmd=anonymUnblockVerifyPhone")
      },
      "OAuthHumanCheck",
      1,
      {
        check: "Verification",
        verificationUrl: "https://ok.ru/dk?st.cmd=anonymUnblockVerifyPhone"
      }
    ],
    [
      "an error page",
      {
        authorize: () => page("<h1>invalid_request</h1> wrong redirect_uri", 400)
      },
      "OAuthRejected",
      0,
      { error: "invalid_request" }
    ],
    [
      "an error as JSON",
      {
        authorize: () => ({
          status: 401,
          body: `{"error": "unsupported_response_type_for_this_app", "error_description": "off"}`
        })
      },
      "OAuthRejected",
      0,
      { error: "unsupported_response_type_for_this_app" }
    ],
    ["an unknown page", { loggedIn: () => page("<h1>Welcome to the new site</h1>") }, "OAuthUnknownPage", 1, {
      page: "https://connect.ok.ru/dk",
      command: "OAuth2Login",
      status: 200
    }],
    ["a gateway's page", { login: () => page("Bad Gateway", 502) }, "OAuthUnknownPage", 0, { status: 502 }],
    ["the second dialog again", { allowed: () => to("/dk?st.cmd=OAuth2Permissions") }, "OAuthUnknownPage", 1],
    ["another site", { authorize: () => to("https://evil.example/dk?st.cmd=OAuth2Login") }, "OAuthUnknownPage", 0],
    [
      "an address that begins like the redirect address",
      {
        authorize: () => to(`${Implicit.blankPage}.evil.example/#access_token=t`)
      },
      "OAuthUnknownPage",
      0
    ],
    [
      "a form that leads to another site",
      {
        login: () => page(loginForm.replace("action=\"", "action=\"https://evil.example"))
      },
      "OAuthUnknownPage",
      0
    ],
    [
      "a form that would put the password into an address",
      {
        login: () => page(loginForm.replace("post", "get"))
      },
      "OAuthUnknownPage",
      0
    ],
    [
      "a redirect that repeats the form",
      {
        loggedIn: () => ({ status: 307, headers: [["location", "/dk?st.cmd=OAuth2Login"]] })
      },
      "OAuthUnknownPage",
      1
    ],
    ["redirects in a circle", { login: () => to("/dk?st.cmd=OAuth2Login") }, "OAuthUnknownPage", 0],
    ["a redirect to nowhere", { login: () => to("http://[") }, "OAuthUnknownPage", 0],
    ["a broken connection", { loggedIn: () => undefined }, "OkTransportError", 1, { reason: "Interrupted" }]
  ]

  for (const [name, steps, tag, sent, fields = {}] of failures) {
    it.effect(`fails on ${name}`, () => {
      const { layer, seen } = site(steps)
      return Effect.gen(function*() {
        const error = yield* Effect.flip(signIn)
        assert.deepInclude({ ...error, _tag: error._tag }, { _tag: tag, ...fields })
        assert.strictEqual(seen.filter(({ form }) => "fr.password" in form).length, sent)
        assert.isTrue(seen.every(({ url }) => url.origin === "https://connect.ok.ru"))
        assert.notInclude(printed(error), password)
        assert.notInclude(printed(error), encodeURIComponent(password))
      }).pipe(Effect.provide([config, layer]))
    })
  }

  it.effect.each(
    [
      { answered: 0, reason: "NotConnected" },
      { answered: 2, reason: "NotConnected" },
      { answered: 3, reason: "Interrupted" }
    ] as const
  )("tells whether a form can have left where no connection is made after $answered requests: $reason", (
    { answered, reason }
  ) => {
    const { layer, seen } = site()
    const cause = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
    return Effect.gen(function*() {
      const error = yield* Effect.flip(signIn)
      assert.deepInclude(error, { _tag: "OkTransportError", reason })
      assert.strictEqual(seen.some(({ form }) => "fr.password" in form), reason === "Interrupted")
    }).pipe(
      Effect.provide(config),
      Effect.provideServiceEffect(
        HttpClient.HttpClient,
        Effect.map(HttpClient.HttpClient, (client) =>
          HttpClient.make((request) =>
            seen.length < answered
              ? client.execute(request)
              : Effect.fail(new HttpClientError.RequestError({ request, reason: "Transport", cause }))
          ))
      ),
      Effect.provide(layer)
    )
  })

  it.effect("reads no page without end", () => {
    const { layer, seen } = site({ login: () => page("a".repeat(5_000_000)) })
    return Effect.gen(function*() {
      assert.deepInclude(yield* Effect.flip(signIn), { _tag: "OkTransportError", reason: "TooLarge" })
      assert.isTrue(seen.every(({ form }) => !("fr.password" in form)))
    }).pipe(Effect.provide([config, layer]))
  })

  it.effect("says so where a browser's fetch hides the redirects", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(signIn)
      assert.deepInclude(error, { _tag: "OAuthUnknownPage", status: 0 })
      assert.include(error.message, "hidden by this HttpClient")
    }).pipe(
      Effect.provide(config),
      Effect.provideService(
        HttpClient.HttpClient,
        HttpClient.make((request) => Effect.succeed(HttpClientResponse.fromWeb(request, Response.error())))
      )
    ))

  describe("retry", () => {
    const sent = (seen: ReadonlyArray<Seen>) => seen.filter(({ form }) => "fr.password" in form).length

    it.effect("is as many attempts and such a pause as are asked for", () => {
      const { layer, seen } = site({ loggedIn: () => page("try later", 503) })
      return Effect.gen(function*() {
        const fiber = yield* Effect.fork(Implicit.signIn({ ...options, retry: Implicit.attempts(3) }))
        yield* TestClock.adjust("999 millis")
        assert.strictEqual(sent(seen), 1)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(sent(seen), 2)
        yield* TestClock.adjust("1 hour")
        assert.strictEqual((yield* Effect.flip(Fiber.join(fiber)))._tag, "OAuthUnknownPage")
        assert.strictEqual(sent(seen), 3)
      }).pipe(Effect.provide([config, layer]))
    })

    it.effect("does not follow what another attempt makes worse", () =>
      Effect.gen(function*() {
        for (
          const steps of [
            { loggedIn: () => page(loginForm) },
            { loggedIn: () => to("/dk?st.cmd=anonymVerifyCaptchaStart") },
            { allowed: (_: Seen, uri: string) => to(`${uri}#error=access_denied`) }
          ]
        ) {
          const { layer, seen } = site(steps)
          yield* Effect.flip(
            Effect.provide(Implicit.signIn({ ...options, retry: Implicit.attempts(5, Duration.zero) }), layer)
          )
          assert.strictEqual(sent(seen), 1)
        }
      }).pipe(Effect.provide(config)))
  })

  it.effect("takes its state from SecureRandom", () =>
    Effect.gen(function*() {
      const { state } = yield* signIn
      assert.strictEqual(state, "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc")
    }).pipe(
      Effect.provide([
        config,
        site().layer,
        SecureRandom.layer({ bytes: (count) => Effect.succeed(new Uint8Array(count).fill(7)) })
      ])
    ))

  it.effect("gives a session on the client circuit, also where there is an application's secret key", () =>
    Effect.gen(function*() {
      const grant = yield* Grant.Grant
      const { current } = yield* OkSession.OkSession
      assert.strictEqual((yield* current)._tag, "Client")
      assert.strictEqual(Redacted.value(grant.accessToken), "test-access-token")
    }).pipe(Effect.provide(Implicit.layerSession(options)), Effect.provide([config, site().layer])))

  it.scopedLive("stops fetch from following redirects", () =>
    Effect.gen(function*() {
      const seen: Array<string> = []
      const server = yield* Effect.acquireRelease(
        Effect.async<ReturnType<typeof createServer>>((resume) => {
          const server = createServer((request, response) => {
            const url = new URL(request.url ?? "", "http://127.0.0.1")
            seen.push(url.pathname)
            response.writeHead(302, {
              location: `${url.searchParams.get("redirect_uri")}#access_token=t&state=${url.searchParams.get("state")}`
            }).end()
          })
          server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close().closeAllConnections())
      )
      const address = server.address()
      const origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
      const credentials = yield* Implicit.signIn({ ...options, redirectUri: `${origin}/blank.html` }).pipe(
        Effect.provide(Layer.merge(FetchHttpClient.layer, OkConfig.layer({ ...application, connectUrl: origin })))
      )
      assert.strictEqual(Redacted.value(credentials.accessToken), "t")
      assert.deepStrictEqual(seen, ["/oauth/authorize"])
    }))
})
