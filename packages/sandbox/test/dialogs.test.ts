import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import * as Browser from "./browser.js"
import { get, md5, type Parameters, post, sandbox, secretKey, sigOf } from "./support.js"

const callback = "http://127.0.0.1:1/callback"

const authorizeUrl = (more: Parameters = {}) =>
  Effect.map(Sandbox.Sandbox, ({ application }) =>
    `/oauth/authorize?${new URLSearchParams({
      client_id: application.id,
      scope: "VALUABLE_ACCESS;PHOTO_CONTENT",
      response_type: "code",
      redirect_uri: callback,
      layout: "w",
      state: "test state/ü&=",
      ...more
    })}`)

const start = (more?: Parameters, origin?: string) =>
  Effect.gen(function*() {
    const browser = yield* Browser.make(origin)
    return { browser, page: yield* browser.open(yield* authorizeUrl(more)) }
  })

// Emma has not granted anything, Anna whatever a method needs.
const emma = { "fr.email": "test-login-7", "fr.password": "test-password-7" }
const anna = { "fr.email": "test-login-1", "fr.password": "test-password-1" }

const allow = { button_accept_request: "" }

const commandOf = ({ url }: Browser.Page) => url.searchParams.get("st.cmd")

const fragmentOf = ({ url }: Browser.Page) => Object.fromEntries(new URLSearchParams(url.hash.slice(1)))

const exchange = (code: string, origin?: string) =>
  Effect.gen(function*() {
    const { application } = yield* Sandbox.Sandbox
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: callback,
      client_id: application.id,
      client_secret: yield* secretKey
    }
    return yield* post("/oauth/token.do", form, origin)
  })

/** Who the sandbox says it is. */
const whoIs = (accessToken: string, secret: string, origin?: string) =>
  Effect.gen(function*() {
    const { application } = yield* Sandbox.Sandbox
    const signed = { application_key: application.key, method: "users.getLoggedInUser" }
    const { text } = yield* post("/fb.do", { ...signed, sig: sigOf(signed, secret), access_token: accessToken }, origin)
    return JSON.parse(text) as unknown
  })

describe("the code flow", () => {
  const byClicking = (origin?: string) =>
    Effect.gen(function*() {
      const { browser, page: login } = yield* start({}, origin)
      expect(login.url.pathname).toBe("/dk")
      expect(commandOf(login)).toBe("OAuth2Login")
      const permissions = yield* browser.submit(login, emma)
      expect(permissions.url.pathname).toBe("/dk")
      expect(commandOf(permissions)).toBe("OAuth2Permissions")
      expect(permissions.text).toContain("Emma Johnson")
      const { url } = yield* browser.submit(permissions, allow)
      expect(`${url.origin}${url.pathname}${url.hash}`).toBe(callback)
      expect(url.searchParams.get("state")).toBe("test state/ü&=")
      const { headers, status, text } = yield* exchange(url.searchParams.get("code") ?? "", origin)
      expect(status).toBe(200)
      expect(headers["content-type"]).toBe("application/json;charset=utf-8")
      expect(headers["cache-control"]).toBe("no-store")
      const answer = JSON.parse(text)
      expect(answer).toEqual({
        access_token: expect.stringMatching(/^test-access-token-/),
        token_type: "session",
        refresh_token: expect.stringMatching(/^test-refresh-token-/),
        expires_in: "1800"
      })
      const { users } = yield* Sandbox.Sandbox
      const user = (yield* users).find(({ login }) => login === "test-login-7")
      expect(user?.permissions).toEqual(["VALUABLE_ACCESS", "PHOTO_CONTENT"])
      const secret = yield* secretKey
      const serverSecret = md5(answer.access_token + secret)
      expect(yield* whoIs(answer.access_token, serverSecret, origin)).toBe(user?.uid)
    })

  it.effect("by clicking", () => Effect.provide(byClicking(), sandbox()))

  it.live("by clicking, over HTTP", () =>
    Effect.flatMap(SandboxServer.SandboxServer, ({ url }) => byClicking(url)).pipe(
      Effect.provide([SandboxServer.layer().pipe(Layer.provideMerge(Sandbox.layer())), FetchHttpClient.layer]),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
    ))

  it.effect("ends with a denial where the user cancels", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const permissions = yield* browser.submit(page, emma)
      expect(Browser.linkOf(permissions, "Cancel"))
        .toBe(`${callback}?error=access_denied&state=test%20state%2F%C3%BC%26%3D`)
    }).pipe(Effect.provide(sandbox())))

  it.effect("keeps the query of the redirect address", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start({ redirect_uri: `${callback}?tenant=1` })
      const { url } = yield* browser.submit(page, anna)
      expect([...url.searchParams.keys()]).toEqual(["tenant", "code", "state"])
    }).pipe(Effect.provide(sandbox())))

  it.effect("has no state where none was sent", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      const browser = yield* Browser.make()
      const page = yield* browser.open(
        `/oauth/authorize?client_id=${application.id}&response_type=code&redirect_uri=${callback}`
      )
      const { url } = yield* browser.submit(page, anna)
      expect([...url.searchParams.keys()]).toEqual(["code"])
    }).pipe(Effect.provide(sandbox())))
})

describe("the implicit flow", () => {
  const byClicking = (origin?: string) =>
    Effect.gen(function*() {
      const { browser, page } = yield* start({ response_type: "token" }, origin)
      const permissions = yield* browser.submit(page, emma)
      const back = yield* browser.submit(permissions, allow)
      expect(back.url.search).toBe("")
      const granted = fragmentOf(back)
      expect(granted).toEqual({
        access_token: expect.stringMatching(/^test-access-token-/),
        session_secret_key: expect.stringMatching(/^test-session-secret-key-/),
        permissions_granted: "VALUABLE_ACCESS;PHOTO_CONTENT",
        expires_in: "1800",
        state: "test state/ü&="
      })
      const uid = yield* whoIs(granted["access_token"] ?? "", granted["session_secret_key"] ?? "", origin)
      const { users } = yield* Sandbox.Sandbox
      expect(uid).toBe((yield* users).find(({ login }) => login === "test-login-7")?.uid)
    })

  it.effect("by clicking", () => Effect.provide(byClicking(), sandbox()))

  it.live("by clicking, over HTTP", () =>
    Effect.flatMap(SandboxServer.SandboxServer, ({ url }) => byClicking(url)).pipe(
      Effect.provide([SandboxServer.layer().pipe(Layer.provideMerge(Sandbox.layer())), FetchHttpClient.layer]),
      Effect.provideService(FetchHttpClient.RequestInit, { redirect: "manual" })
    ))

  it.effect("ends with a denial where the user cancels", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start({ response_type: "token" })
      const permissions = yield* browser.submit(page, emma)
      expect(Browser.linkOf(permissions, "Cancel")).toBe(`${callback}#error=access_denied`)
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be switched off for the application", () =>
    Effect.gen(function*() {
      const { page } = yield* start({ response_type: "token" })
      expect(fragmentOf(page)).toMatchObject({
        error: "unsupported_response_type_for_this_app",
        state: "test state/ü&="
      })
    }).pipe(Effect.provide(sandbox({ implicit: false }))))
})

describe("the login page", () => {
  it.effect("has OK.ru's form, and says what it is", () =>
    Effect.gen(function*() {
      const { page } = yield* start()
      expect(page.status).toBe(200)
      expect(page.headers["content-type"]).toBe("text/html;charset=utf-8")
      expect(page.text).toContain(`<div id="hook_Block_OAuth2Login">`)
      expect(page.text).toContain(`<form method="post" action="/dk?cmd=OAuth2Login&amp;st.cmd=OAuth2Login">`)
      expect(page.text).toContain("test server")
      expect(page.text).toContain("test-password-20")
      expect(Browser.formOf(page)).toEqual({
        action: "/dk?cmd=OAuth2Login&st.cmd=OAuth2Login",
        fields: { "fr.posted": "set", "fr.email": "", "fr.password": "", "fr.remember": "on" }
      })
    }).pipe(Effect.provide(sandbox())))

  it.effect("comes again after a wrong password, without it", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const again = yield* browser.submit(page, { "fr.email": "test\"><b>", "fr.password": "test-wrong" })
      expect(commandOf(again)).toBe("OAuth2Login")
      expect(again.text).toContain("Wrong login or password.")
      expect(again.text).not.toContain("test-wrong")
      expect(again.text).not.toContain("<b>")
      expect(Browser.formOf(again).fields["fr.email"]).toBe("test\"><b>")
      expect(commandOf(yield* browser.submit(again, emma))).toBe("OAuth2Permissions")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is shown in three layouts", () =>
    Effect.gen(function*() {
      const pages = yield* Effect.forEach(["w", "m", "a", "unknown"], (layout) =>
        Effect.map(start({ layout }), ({ page: { text } }) => ({
          layout: /<body class="(\w)">/.exec(text)?.[1],
          hasHeader: text.includes("<header>")
        })))
      expect(pages).toEqual([
        { layout: "w", hasHeader: true },
        { layout: "m", hasHeader: true },
        { layout: "a", hasHeader: false },
        { layout: "w", hasHeader: true }
      ])
    }).pipe(Effect.provide(sandbox())))

  it.effect("runs no script, and is in nobody's frame", () =>
    Effect.gen(function*() {
      const { page } = yield* start({ redirect_uri: "okauth://auth" })
      const policy = page.headers["content-security-policy"] ?? ""
      const style = /<style>(.*)<\/style>/s.exec(page.text)?.[1] ?? ""
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).toContain("form-action 'self' okauth:;")
      expect(policy).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`)
      expect(page.headers["cache-control"]).toBe("no-store")
      expect(page.headers["referrer-policy"]).toBe("no-referrer")
      expect(page.headers["x-content-type-options"]).toBe("nosniff")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is not there for a browser without cookies", () =>
    Effect.gen(function*() {
      yield* start()
      const { status, text } = yield* get("/dk", { "st.cmd": "OAuth2Login" })
      expect(status).toBe(400)
      expect(text).toContain("nobody is signing in")
      const sent = yield* post("/dk?cmd=OAuth2Login&st.cmd=OAuth2Login", { "fr.posted": "set", ...anna })
      expect(sent.status).toBe(400)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is one of the pages there are", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      expect((yield* browser.open("/dk?st.cmd=userMain")).status).toBe(400)
      expect((yield* browser.post("/dk?cmd=userMain", {})).status).toBe(400)
    }).pipe(Effect.provide(sandbox())))
})

describe("the permissions page", () => {
  it.effect("has OK.ru's form, and names what is asked for", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start({ scope: "VALUABLE_ACCESS;NO<SUCH>SCOPE;LIKE" })
      const permissions = yield* browser.submit(page, emma)
      expect(permissions.text).toContain(`<div id="hook_Block_OAuth2Permissions">`)
      expect(permissions.text).toContain(
        `<form method="POST" action="/dk?st.cmd=OAuth2Permissions&amp;cmd=OAuth2Permissions">`
      )
      expect(permissions.text).toContain(`<button name="button_accept_request">`)
      expect(Browser.formOf(permissions).fields).toEqual({ "fr.posted": "set", "fr.token": expect.any(String) })
      expect(permissions.text).toContain("<code>LIKE</code>")
      expect(permissions.text).toContain("no such permission: <code>NO&lt;SUCH&gt;SCOPE</code>")
    }).pipe(Effect.provide(sandbox())))

  it.effect("takes its token once", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const first = yield* browser.submit(page, emma)
      const second = yield* browser.open(first.url.href)
      expect(Browser.formOf(second).fields["fr.token"]).not.toBe(Browser.formOf(first).fields["fr.token"])
      const outOfDate = yield* browser.submit(first, allow)
      expect(commandOf(outOfDate)).toBe("OAuth2Permissions")
      expect(outOfDate.text).toContain("out of date")
      const { "fr.token": _, ...withoutToken } = Browser.formOf(outOfDate).fields
      const missing = yield* browser.post(Browser.formOf(outOfDate).action, { ...withoutToken, ...allow })
      expect(commandOf(missing)).toBe("OAuth2Permissions")
      expect((yield* browser.submit(missing, allow)).url.searchParams.has("code")).toBe(true)
      expect((yield* browser.submit(missing, allow)).status).toBe(400)
    }).pipe(Effect.provide(sandbox())))

  it.effect("grants nothing unless the button is pressed", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const permissions = yield* browser.submit(page, emma)
      expect(commandOf(yield* browser.submit(permissions, {}))).toBe("OAuth2Permissions")
    }).pipe(Effect.provide(sandbox())))

  it.effect("lets somebody else sign in", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const permissions = yield* browser.submit(page, emma)
      const login = yield* browser.open(Browser.linkOf(permissions, "Somebody else?"))
      expect(commandOf(login)).toBe("OAuth2Login")
      const other = yield* browser.submit(login, { "fr.email": "test-login-8", "fr.password": "test-password-8" })
      expect(other.text).toContain("Сергей Морозов")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is not for who is not signed in", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      expect(commandOf(yield* browser.open("/dk?st.cmd=OAuth2Permissions"))).toBe("OAuth2Login")
      expect(commandOf(yield* browser.post("/dk?cmd=OAuth2Permissions", { "fr.posted": "set", ...allow })))
        .toBe("OAuth2Login")
    }).pipe(Effect.provide(sandbox())))
})

describe("consent", () => {
  it.effect("is remembered: who is signed in goes back at once", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      const { url } = yield* browser.submit(yield* browser.submit(page, emma), allow)
      yield* exchange(url.searchParams.get("code") ?? "")
      const again = yield* browser.open(yield* authorizeUrl({ scope: "PHOTO_CONTENT" }))
      expect(again.url.searchParams.has("code")).toBe(true)
      const more = yield* browser.open(yield* authorizeUrl({ scope: "PHOTO_CONTENT;LIKE" }))
      expect(commandOf(more)).toBe("OAuth2Permissions")
      const { revoke, users } = yield* Sandbox.Sandbox
      const user = (yield* users).find(({ login }) => login === "test-login-7")
      yield* revoke(user?.uid ?? "", "PHOTO_CONTENT")
      expect(commandOf(yield* browser.open(yield* authorizeUrl()))).toBe("OAuth2Permissions")
    }).pipe(Effect.provide(sandbox())))

  it.effect("that was given before is not asked for after signing in", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      expect((yield* browser.submit(page, anna)).url.searchParams.has("code")).toBe(true)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is one scope each, with semicolons between them", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start({ scope: "VALUABLE_ACCESS,PHOTO_CONTENT", response_type: "token" })
      const permissions = yield* browser.submit(page, emma)
      expect(fragmentOf(yield* browser.submit(permissions, allow))["permissions_granted"]).toBe("")
    }).pipe(Effect.provide(sandbox())))
})

describe("cookies", () => {
  it.effect("are for the server only, and another one for each who signs in", () =>
    Effect.gen(function*() {
      const opened = yield* get(
        "/oauth/authorize",
        Object.fromEntries(new URL(yield* authorizeUrl(), callback).searchParams)
      )
      expect(opened.headers["set-cookie"]).toMatch(
        /^test_ok_dialog=test-dialog-[^;]+; Path=\/; HttpOnly; SameSite=Lax$/
      )
      const { browser, page } = yield* start()
      const before = yield* browser.cookies
      expect(Object.keys(before)).toEqual(["test_ok_dialog"])
      const sent = yield* browser.submit(page, { ...emma, "fr.remember": "on" })
      const first = yield* browser.cookies
      yield* browser.submit(yield* browser.open("/dk?st.cmd=OAuth2Login"), emma)
      const second = yield* browser.cookies
      expect(second["test_ok_signed_in"]).not.toBe(first["test_ok_signed_in"])
      expect(second["test_ok_dialog"]).toBe(before["test_ok_dialog"])
      yield* browser.submit(yield* browser.open(sent.url.href), allow)
      expect(Object.keys(yield* browser.cookies)).toEqual(["test_ok_signed_in"])
    }).pipe(Effect.provide(sandbox())))
})

describe("the cookie that says who is signed in", () => {
  const setBy = (more: Parameters) =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      const cookie = Object.entries(yield* browser.cookies).map(([name, value]) => `${name}=${value}`).join("; ")
      const response = yield* HttpClient.execute(
        HttpClientRequest.post("https://connect.ok.ru/dk?cmd=OAuth2Login").pipe(
          HttpClientRequest.setHeader("cookie", cookie),
          HttpClientRequest.bodyUrlParams({ "fr.posted": "set", ...emma, ...more })
        )
      )
      return response.headers["set-cookie"]
    }).pipe(Effect.provide(sandbox()))

  it.effect("is for the server only, and for 30 days where the user wishes to be remembered", () =>
    Effect.gen(function*() {
      expect(yield* setBy({})).toMatch(/^test_ok_signed_in=test-signed-in-[^;]+; Path=\/; HttpOnly; SameSite=Lax$/)
      expect(yield* setBy({ "fr.remember": "on" }))
        .toMatch(/^test_ok_signed_in=test-signed-in-[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
    }))
})

describe("a browser that comes back late", () => {
  it.effect("finds its dialog unless 1,000 others have begun one since", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      const other = Effect.flatMap(authorizeUrl(), (url) => get(url, {}))
      const back = Effect.map(browser.open("/dk?st.cmd=OAuth2Login"), ({ status }) => status)
      yield* Effect.replicateEffect(other, 999, { discard: true })
      expect(yield* back).toBe(200)
      yield* other
      expect(yield* back).toBe(400)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is signed in unless 1,000 others have signed in since", () =>
    Effect.gen(function*() {
      const { browser, page } = yield* start()
      yield* browser.submit(page, emma)
      const other = yield* start()
      const cookie = Object.entries(yield* other.browser.cookies).map(([name, value]) => `${name}=${value}`).join("")
      const signIn = HttpClient.execute(
        HttpClientRequest.post("https://connect.ok.ru/dk?cmd=OAuth2Login").pipe(
          HttpClientRequest.setHeader("cookie", cookie),
          HttpClientRequest.bodyUrlParams({ "fr.posted": "set", ...emma })
        )
      )
      const back = Effect.map(browser.open("/dk?st.cmd=OAuth2Permissions"), commandOf)
      yield* Effect.replicateEffect(signIn, 999, { discard: true })
      expect(yield* back).toBe("OAuth2Permissions")
      yield* signIn
      expect(yield* back).toBe("OAuth2Login")
    }).pipe(Effect.provide(sandbox())))
})

describe("a captcha", () => {
  it.effect("stands between the password and the permissions", () =>
    Effect.gen(function*() {
      const { challenge } = yield* Sandbox.Sandbox
      yield* challenge("captcha")
      const { browser, page } = yield* start()
      const captcha = yield* browser.submit(page, emma)
      expect(commandOf(captcha)).toBe("anonymVerifyCaptchaStart")
      expect(yield* browser.cookies).not.toHaveProperty("test_ok_signed_in")
      expect(commandOf(yield* browser.open("/dk?st.cmd=OAuth2Permissions"))).toBe("OAuth2Login")
      const again = yield* browser.submit(captcha, { "fr.captcha": "nonsense" })
      expect(again.text).toContain("another word")
      // Not the other check in its place.
      expect(commandOf(yield* browser.post("/dk?cmd=anonymUnblockConfirmPhone", {}))).toBe("anonymVerifyCaptchaStart")
      expect(commandOf(yield* browser.submit(again, { "fr.captcha": "Test" }))).toBe("OAuth2Permissions")
    }).pipe(Effect.provide(sandbox())))

  it.effect("or a check for humans, until there is none", () =>
    Effect.gen(function*() {
      const { challenge } = yield* Sandbox.Sandbox
      yield* challenge("humanCheck")
      const { browser, page } = yield* start()
      const check = yield* browser.submit(page, anna)
      expect(commandOf(check)).toBe("anonymUnblockConfirmPhone")
      expect((yield* browser.submit(check, {})).url.searchParams.has("code")).toBe(true)
      yield* challenge("none")
      const other = yield* start()
      expect((yield* other.browser.submit(other.page, anna)).url.searchParams.has("code")).toBe(true)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is for who has given the password", () =>
    Effect.gen(function*() {
      const { browser } = yield* start()
      expect(commandOf(yield* browser.post("/dk?cmd=anonymVerifyCaptchaStart", { "fr.captcha": "test" })))
        .toBe("OAuth2Login")
    }).pipe(Effect.provide(sandbox())))
})

describe("the redirect address", () => {
  const accepted = (redirectUri: string, options?: Sandbox.Options) =>
    Effect.gen(function*() {
      const { page } = yield* start({ redirect_uri: redirectUri })
      if (page.status === 400) {
        expect(page.headers["location"]).toBeUndefined()
        expect(page.text).toContain("<strong>invalid_request</strong>: wrong redirect_uri")
      }
      return page.status === 200
    }).pipe(Effect.provide(sandbox(options)))

  it.effect.each([
    "http://127.0.0.1:3000/callback",
    "http://localhost/callback?any=thing",
    "https://localhost:8443/",
    "https://oauth.mycdn.me/blank.html",
    "okauth://auth",
    "okauth://ok512000000",
    "ok512000000://authorize"
  ])("%s is registered", (uri) => Effect.map(accepted(uri), (yes) => expect(yes).toBe(true)))

  it.effect.each([
    "",
    "https://evil.test/",
    "http://localhost.evil.test/",
    "http://localhost@evil.test/",
    "http://127.0.0.1/\r\nX-Evil: 1",
    "http://127.0.0.1/#fragment",
    "ftp://127.0.0.1/",
    "javascript:alert(1)//127.0.0.1",
    "okauth://ok1",
    "https://oauth.mycdn.me/blank.html/more"
  ])("%j is not, and nobody is sent there", (uri) => Effect.map(accepted(uri), (yes) => expect(yes).toBe(false)))

  it.effect.each(
    [
      ["https://app.test/back", true],
      ["https://app.test/back?tenant=2", true],
      ["https://app.test/back/", false],
      ["https://APP.test/back", false],
      ["http://127.0.0.1/", false]
    ] as const
  )("of the test's own: %s %s", ([uri, expected]) =>
    Effect.map(
      accepted(uri, { redirectUris: ["https://app.test/back?tenant=1"] }),
      (yes) => expect(yes).toBe(expected)
    ))
})

describe("a request", () => {
  it.effect("of another application is a page", () =>
    Effect.gen(function*() {
      for (const client_id of ["1", "", "TEST-APPLICATION-KEY-0"]) {
        const { page } = yield* start({ client_id })
        expect(page.status).toBe(400)
        expect(page.text).toContain("<strong>invalid_request</strong>")
        expect(page.text).toContain("client_id")
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("for anything but a code or a token goes back with an error", () =>
    Effect.gen(function*() {
      const { page } = yield* start({ response_type: "id_token" })
      expect(page.url.searchParams.get("error")).toBe("unsupported_response_type")
      expect(page.url.searchParams.get("state")).toBe("test state/ü&=")
      const { application } = yield* Sandbox.Sandbox
      const missing = yield* get("/oauth/authorize", { client_id: application.id, redirect_uri: callback })
      expect(missing.headers["location"]).toMatch(/^http:\/\/127\.0\.0\.1:1\/callback\?error=invalid_request&/)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is in the log, without what is secret", () =>
    Effect.gen(function*() {
      const { requests } = yield* Sandbox.Sandbox
      const { browser, page } = yield* start()
      const { url } = yield* browser.submit(yield* browser.submit(page, emma), allow)
      const code = url.searchParams.get("code") ?? ""
      const { text } = yield* exchange(code)
      yield* exchange("test-wrong-code")
      const log = yield* requests
      expect(log.map(({ error, path, uid, verb }) => [verb, path, uid !== undefined, error])).toEqual([
        ["GET", "/oauth/authorize", false, undefined],
        ["GET", "/dk", false, undefined],
        ["POST", "/dk", true, undefined],
        ["GET", "/dk", true, undefined],
        ["POST", "/dk", true, undefined],
        ["POST", "/oauth/token.do", true, undefined],
        ["POST", "/oauth/token.do", false, "invalid_grant"]
      ])
      expect(log[0]?.parameters).toEqual({
        client_id: "512000000",
        scope: "VALUABLE_ACCESS;PHOTO_CONTENT",
        response_type: "code",
        layout: "w"
      })
      expect(log[5]?.parameters).toEqual({ client_id: "512000000", grant_type: "authorization_code" })
      const { access_token, refresh_token } = JSON.parse(text)
      const cookies = Object.values(yield* browser.cookies)
      for (const secret of [code, access_token, refresh_token, yield* secretKey, "test-password-7", ...cookies]) {
        expect(JSON.stringify(log)).not.toContain(secret)
      }
    }).pipe(Effect.provide(sandbox())))
})

describe("the blank page", () => {
  it.effect("is where programs let their users end", () =>
    Effect.gen(function*() {
      const { status, text } = yield* get("/blank.html", {})
      expect(status).toBe(200)
      expect(text).toContain("You can close it")
    }).pipe(Effect.provide(sandbox())))
})
