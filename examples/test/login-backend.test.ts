import { OkClient, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as SandboxServer from "@effect-okru/sandbox/SandboxServer"
import * as SandboxUser from "@effect-okru/sandbox/SandboxUser"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FileSystem from "@effect/platform/FileSystem"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as KeyValueStore from "@effect/platform/KeyValueStore"
import { assert, describe, it } from "@effect/vitest"
import * as Array from "effect/Array"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import * as Tracer from "effect/Tracer"
import { spawn } from "node:child_process"
import { createServer } from "node:http"
import { join } from "node:path"
import { env, execPath } from "node:process"
import { fileURLToPath } from "node:url"
import type { Page } from "playwright-core"
import * as Backend from "../src/login-backend/Backend.js"
import * as Pages from "../src/login-backend/Pages.js"
import * as Site from "../src/login-backend/Site.js"
import { hasChromium, inChromium, openPage } from "./chromium.js"

const Quiet = Logger.minimumLogLevel(LogLevel.None)

/** On an OK.ru of its own, with a store that the test can look into. */
const InMemory = Backend.layerSandbox({ port: 0 }).pipe(
  Layer.provideMerge(KeyValueStore.layerMemory),
  Layer.provide(Quiet)
)

const InFiles = Backend.layerSandbox({ port: 0 }).pipe(
  Layer.provide(Backend.layerTemporaryDirectory),
  Layer.provide([NodeContext.layer, Quiet])
)

/** The names that the page should have, once the user has granted the access. */
const friendsOf = (user: Sandbox.User) =>
  Effect.gen(function*() {
    const friends = yield* Users.getInfo({ uids: yield* Friends.get(), fields: ["uid", "name"] })
    return friends.map(({ name = "" }) => name)
  }).pipe(
    Effect.provide(OkSession.layerClient(user)),
    Effect.provide(
      OkClient.layerHttp().pipe(
        Layer.provide(Sandbox.layerOkConfig),
        Layer.provide(Sandbox.layerHttpClient)
      )
    )
  )

interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

const attribute = (tag: string, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "").replaceAll("&amp;", "&")

/** As much of a browser as it takes: cookies, redirects, forms. Cookies know no ports, as in a real one. */
const makeBrowser = (resolve: (url: URL) => URL = (url) => url) => {
  const cookies = new Map<string, string>()
  const answers: globalThis.Array<Answer> = []

  const send = async (url: URL, init: RequestInit): Promise<Answer> => {
    const response = await fetch(resolve(url), {
      ...init,
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      signal: AbortSignal.timeout(10_000)
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]*)=([^;]*)/.exec(line) ?? []
      if (/; max-age=0\b/i.test(line)) {
        cookies.delete(name)
      } else {
        cookies.set(name, value)
      }
    }
    const answer = { url: url.href, status: response.status, headers: response.headers, body: await response.text() }
    answers.push(answer)
    const location = answer.headers.get("location")
    return location === null ? answer : send(new URL(location, url), {})
  }

  return {
    cookies,
    /** All of them, redirects too. */
    answers,
    visit: (url: string | URL) => Effect.promise(() => send(new URL(url), {})),
    /** Sends the first form of a page. */
    submit: (page: Answer, values: { readonly [name: string]: string } = {}) =>
      Effect.promise(() => {
        const [form = ""] = /<form[\s\S]*?<\/form>/.exec(page.body) ?? []
        const fields = [...form.matchAll(/<(?:input|button)[^>]*>/g)].map(([tag]) =>
          [attribute(tag, "name"), attribute(tag, "value")] as const
        )
        const body = new URLSearchParams({ ...Object.fromEntries(fields), ...values })
        return send(new URL(attribute(form, "action"), page.url), { method: "POST", body })
      })
  }
}

type Browser = ReturnType<typeof makeBrowser>

const heading = ({ body }: Answer): string => /<h1>(.*?)<\/h1>/.exec(body)?.[1] ?? ""

const link = ({ body }: Answer): string => attribute(/<a class="button"[^>]*>/.exec(body)?.[0] ?? "", "href")

const namesOn = ({ body }: Answer): ReadonlyArray<string> =>
  [...body.matchAll(/<li>.*<\/span>(.*)<\/li>/g)].map(([, name = ""]) => name)

const withoutFormToken = ({ body }: Answer): string => body.replace(/name="formToken" value="[^"]*"/, "")

/** The last `Set-Cookie` of a cookie. */
const setCookie = ({ answers }: Browser, name: string): string =>
  Option.getOrElse(
    Array.findLast(
      answers.flatMap(({ headers }) => headers.getSetCookie()),
      (line) => line.startsWith(`${name}=`)
    ),
    () => ""
  )

/** To OK.ru and up to its question. */
const signIn = (browser: Browser, origin: string, { login, password }: Sandbox.User) =>
  Effect.gen(function*() {
    const dialog = yield* browser.visit(`${origin}/login`)
    return yield* browser.submit(dialog, { "fr.email": login, "fr.password": Redacted.value(password) })
  })

const loggedIn = Effect.gen(function*() {
  const { origin } = yield* Site.Site
  const user = yield* SandboxUser.first
  const browser = makeBrowser()
  const page = yield* Effect.flatMap(signIn(browser, origin, user), browser.submit)
  return { browser, page, user, origin, friends: `${origin}/friends` }
})

const assertGuarded = ({ headers, url }: Answer) => {
  const policy = headers.get("content-security-policy") ?? ""
  assert.match(policy, /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self'; /, url)
  assert.include(policy, "frame-ancestors 'none'", url)
  assert.strictEqual(headers.get("x-content-type-options"), "nosniff", url)
  assert.strictEqual(headers.get("referrer-policy"), "no-referrer", url)
  assert.strictEqual(headers.get("cache-control"), "no-store", url)
  assert.strictEqual(headers.get("cross-origin-opener-policy"), "same-origin", url)
  assert.strictEqual(headers.has("strict-transport-security"), url.startsWith("https:"), url)
}

describe("over HTTP", () => {
  it.scopedLive("logs in, shows the friends, logs out", () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const sandbox = yield* Sandbox.Sandbox
      const store = yield* KeyValueStore.KeyValueStore
      const user = yield* SandboxUser.first
      const browser = makeBrowser()

      const start = yield* browser.visit(origin)
      assert.include(start.body, "Log in with OK")
      assert.strictEqual(link(start), "/login")

      const question = yield* signIn(browser, origin, user)
      const asked = new URL(browser.answers.find(({ url }) => url.includes("/oauth/authorize"))?.url ?? "")
      assert.strictEqual(asked.searchParams.get("scope"), "VALUABLE_ACCESS")
      assert.match(setCookie(browser, "okru-state"), /; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/)
      assert.include(question.body, "button_accept_request")

      const page = yield* browser.submit(question)
      assert.strictEqual(page.url, `${origin}/friends`)
      assert.strictEqual(page.status, 200)
      assert.strictEqual(heading(page), user.name)
      const friends = yield* friendsOf(user)
      assert.isAbove(friends.length, 2)
      assert.sameMembers([...namesOn(page)], friends)
      assert.match(
        setCookie(browser, "session"),
        /^session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/
      )
      assert.isFalse(browser.cookies.has("okru-state"))

      const again = yield* browser.visit(page.url)
      assert.strictEqual(again.body, page.body)
      assert.strictEqual(yield* sandbox.tokenRequests(), 1)
      assert.include((yield* browser.visit(origin)).body, "You are logged in.")

      assert.include((yield* browser.submit(again)).body, "Log in with OK")
      assert.strictEqual(browser.cookies.has("session"), false)
      assert.strictEqual(yield* store.size, 0)
      const after = yield* browser.visit(page.url)
      assert.strictEqual(after.status, 401)
      assert.strictEqual(heading(after), "Please log in")

      for (const answer of browser.answers.filter(({ url }) => url.startsWith(origin))) {
        assertGuarded(answer)
      }
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("says so when the user does not allow it", () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const browser = makeBrowser()
      const question = yield* signIn(browser, origin, yield* SandboxUser.first)
      const answer = yield* browser.visit(new URL(link(question), question.url))
      assert.strictEqual(answer.status, 403)
      assert.strictEqual(heading(answer), "You did not allow it")
      assert.isFalse(browser.cookies.has("session"))
      assertGuarded(answer)
      assert.strictEqual((yield* browser.visit(`${origin}/friends`)).status, 401)
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("refuses who was not sent by it", () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const sandbox = yield* Sandbox.Sandbox
      const browser = makeBrowser()
      const question = yield* signIn(browser, origin, yield* SandboxUser.first)
      for (const forged of ["code=test-code", "code=test-code&state=", "code=test-code&state=forged"]) {
        const answer = yield* browser.visit(`${origin}/callback?${forged}`)
        assert.strictEqual(answer.status, 400, forged)
        assert.strictEqual(heading(answer), "We could not log you in")
        assertGuarded(answer)
      }
      // The login that the user was in goes on.
      const page = yield* browser.submit(question)
      assert.strictEqual(page.status, 200)
      // The same address once more, and in another browser.
      const callback = yield* Array.findLast(browser.answers, ({ url }) => url.includes("/callback?"))
      for (const other of [browser, makeBrowser()]) {
        const answer = yield* other.visit(callback.url)
        assert.strictEqual(answer.status, 400)
        assert.include(answer.body, "We did not send this browser to OK")
      }
      assert.strictEqual(yield* sandbox.tokenRequests(), 1)
      assert.strictEqual((yield* browser.visit(page.url)).status, 200)
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("writes no code into a span", () => {
    const written: globalThis.Array<string> = []
    const tracer = Tracer.make({
      span: (name, parent, context, links, startTime, kind) => ({
        _tag: "Span",
        name,
        spanId: "test",
        traceId: "test",
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes: new Map(),
        links,
        sampled: true,
        kind,
        end: () => written.push(name),
        attribute: (key, value) => written.push(`${key}=${value}`),
        event: (name, _, attributes) => written.push(`${name} ${JSON.stringify(attributes)}`),
        addLinks: () => {}
      }),
      context: (f) => f()
    })
    return Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const { visit } = makeBrowser()
      assert.strictEqual((yield* visit(`${origin}/friends`)).status, 401)
      assert.strictEqual((yield* visit(`${origin}/callback?code=test-code&state=forged`)).status, 400)
      assert.include(written, "http.server GET")
      assert.deepStrictEqual(written.filter((text) => text.includes("test-code")), [])
    }).pipe(Effect.provide(Layer.provide(InMemory, Layer.setTracer(tracer))))
  })

  it.scopedLive("refuses who took too long", () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const browser = makeBrowser()
      const question = yield* signIn(browser, origin, yield* SandboxUser.first)
      const state = decodeURIComponent(browser.cookies.get("okru-state") ?? "")
      browser.cookies.set("okru-state", encodeURIComponent(state.replace(/"expiresAt":\d+/, `"expiresAt":1`)))
      const answer = yield* browser.submit(question)
      assert.strictEqual(answer.status, 400)
      assert.include(answer.body, "it took too long")
      assert.strictEqual(link(answer), "/login")
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("renews a session, and asks to log in again when that is over", () =>
    Effect.gen(function*() {
      const { browser, friends, origin, page, user } = yield* loggedIn
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.expireSession(user.uid)
      assert.strictEqual((yield* browser.visit(friends)).body, page.body)
      assert.strictEqual(yield* sandbox.tokenRequests("refresh_token"), 1)

      yield* sandbox.expireSession(user.uid)
      yield* sandbox.revokeRefreshTokens(user.uid)
      const over = yield* browser.visit(friends)
      assert.strictEqual(over.status, 401)
      assert.strictEqual(heading(over), "Please log in again")
      assertGuarded(over)
      // OK.ru knows the user and the answer.
      const back = yield* browser.visit(link(over))
      assert.strictEqual(back.url, `${origin}/friends`)
      assert.strictEqual(withoutFormToken(back), withoutFormToken(page))
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("has a page for what OK.ru refuses", () =>
    Effect.gen(function*() {
      const { browser, friends, origin, user } = yield* loggedIn
      const sandbox = yield* Sandbox.Sandbox
      yield* sandbox.revoke(user.uid, "VALUABLE_ACCESS")
      const refused = yield* browser.visit(friends)
      assert.strictEqual(refused.status, 403)
      assert.strictEqual(heading(refused), "OK did not allow it")

      yield* sandbox.grant(user.uid, "VALUABLE_ACCESS")
      yield* sandbox.tokenPages(1)
      const failed = yield* browser.visit(`${origin}/login`)
      assert.strictEqual(failed.status, 502)
      assert.strictEqual(heading(failed), "OK does not answer as it should")
      assert.isFalse(browser.cookies.has("okru-state"))

      const rejected = yield* browser.visit(`${origin}/callback?error=invalid_scope&error_description=%3Cb%3Ehello`)
      assert.strictEqual(rejected.status, 400)
      assert.notInclude(rejected.body, "hello")

      const missing = yield* browser.visit(`${origin}/nowhere`)
      assert.strictEqual(missing.status, 404)
      for (const answer of [refused, failed, rejected, missing]) {
        assertGuarded(answer)
      }
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("logs out in every browser of the user, until each logs in again", () =>
    Effect.gen(function*() {
      const { browser: other, friends, origin, user } = yield* loggedIn
      const own = makeBrowser()
      const page = yield* signIn(own, origin, user)
      assert.strictEqual(page.url, friends)
      assert.strictEqual((yield* other.visit(friends)).status, 200)

      yield* own.submit(page)
      assert.strictEqual((yield* other.visit(friends)).status, 401)

      assert.strictEqual((yield* own.visit(`${origin}/login`)).url, friends)
      const left = yield* other.visit(friends)
      assert.strictEqual(left.status, 401)
      assert.strictEqual(heading(left), "Please log in")
      assert.include((yield* other.visit(origin)).body, "Log in with OK")
      assert.strictEqual((yield* other.visit(`${origin}/login`)).status, 200)
      assert.strictEqual((yield* own.visit(friends)).status, 200)
    }).pipe(Effect.provide(InMemory)), 60_000)

  it.scopedLive("logs out by its own form only", () =>
    Effect.gen(function*() {
      const { browser, friends, page } = yield* loggedIn
      const foreign = yield* browser.submit(page, { formToken: "forged" })
      assert.strictEqual(foreign.status, 403)
      assert.strictEqual(heading(foreign), "That form was not ours")
      const empty = yield* browser.submit({ ...page, body: `<form action="/logout"></form>` })
      assert.strictEqual(empty.status, 400)
      assert.strictEqual((yield* browser.visit(new URL("/logout", page.url))).status, 404)
      assert.strictEqual((yield* browser.visit(friends)).status, 200)
    }).pipe(Effect.provide(InMemory)), 60_000)
})

describe("the pages", () => {
  it("escape names", async () => {
    const page = Pages.friends({
      me: { uid: "1", name: `<script>alert("1")</script>` },
      friends: [{ uid: "2", name: `"'><img src=x>` }, { uid: "3" }],
      total: 3,
      formToken: `">`
    })
    const body = await HttpServerResponse.toWeb(page).text()
    assert.include(body, "<h1>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</h1>")
    assert.include(body, "&quot;&#39;&gt;&lt;img src=x&gt;</li>")
    assert.include(body, "User 3</li>")
    assert.include(body, `value="&quot;&gt;"`)
    assert.include(body, "2 of your 3 friends")
  })
})

describe("by the environment", () => {
  const redirectUri = "https://login.test/callback"
  const OkRu = Layer.provideMerge(
    SandboxServer.layer(),
    Sandbox.layer({ permissions: [], redirectUris: [redirectUri] })
  )

  it.scopedLive(
    "serves a site with a name and a certificate, and encrypts what it keeps",
    () =>
      Effect.gen(function*() {
        const files = yield* FileSystem.FileSystem
        const directory = join(yield* files.makeTempDirectoryScoped(), "sessions")
        const { application } = yield* Sandbox.Sandbox
        const { url } = yield* SandboxServer.SandboxServer
        const environment = ConfigProvider.fromMap(
          new Map([
            ["OKRU_APPLICATION_ID", application.id],
            ["OKRU_APPLICATION_KEY", application.key],
            ["OKRU_APPLICATION_SECRET_KEY", Redacted.value(application.secretKey)],
            ["OKRU_API_URL", url],
            ["OKRU_CONNECT_URL", url],
            ["OKRU_REDIRECT_URI", redirectUri],
            ["TOKEN_KEY", Encoding.encodeBase64("test-key-of-32-bytes-for-tests-!")]
          ])
        )
        yield* Effect.gen(function*() {
          const { origin } = yield* Site.Site
          const address = yield* HttpServer.addressFormattedWith(Effect.succeed)
          const user = yield* SandboxUser.first
          // What the proxy in front would do.
          const browser = makeBrowser((url) =>
            url.origin === origin ? new URL(url.pathname + url.search, address) : url
          )
          const page = yield* Effect.flatMap(signIn(browser, origin, user), browser.submit)
          assert.strictEqual(page.url, "https://login.test/friends")
          assert.strictEqual(heading(page), user.name)
          assertGuarded(page)
          assert.match(setCookie(browser, "__Host-session"), /; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
          assert.isTrue(
            browser.answers.some(({ headers }) =>
              headers.getSetCookie().some((line) => /^__Host-okru-state=.*; HttpOnly; Secure; SameSite=Lax$/.test(line))
            )
          )
          const names = yield* files.readDirectory(directory)
          assert.isAbove(names.length, 1)
          for (const name of names) {
            const text = yield* files.readFileString(join(directory, name))
            assert.notMatch(text, /test-(access|refresh)-token/)
            assert.notInclude(`${name} ${text}`, browser.cookies.get("__Host-session") ?? "no cookie")
          }
          assert.strictEqual((yield* files.stat(directory)).mode & 0o777, 0o700)
        }).pipe(
          Effect.provide(Layer.provide(Backend.layerOkRu({ port: 0 }), Backend.layerDirectory(directory))),
          Effect.withConfigProvider(environment)
        )
      }).pipe(Effect.provide([OkRu, NodeContext.layer, Quiet])),
    60_000
  )

  it.live.each([
    ["OKRU_REDIRECT_URI", "http://login.test/callback", "https://<host>/callback"],
    ["OKRU_REDIRECT_URI", "https://login.test/other", "https://<host>/callback"],
    ["OKRU_APPLICATION_SECRET_KEY", undefined, "OKRU_APPLICATION_SECRET_KEY"],
    ["TOKEN_KEY", "short", "openssl rand -base64 32"]
  ])("does not start with %s = %s", ([name = "", value, says = ""]) =>
    Effect.gen(function*() {
      const environment = {
        OKRU_APPLICATION_ID: "1",
        OKRU_APPLICATION_KEY: "TEST-APPLICATION-KEY",
        OKRU_APPLICATION_SECRET_KEY: "test-application-secret-key",
        OKRU_REDIRECT_URI: redirectUri,
        [name]: value
      }
      const defined = Object.entries(environment).flatMap(([name, value]) => value === undefined ? [] : [[name, value]])
      const failure = yield* Layer.build(Backend.layerOkRu({ port: 0 })).pipe(
        Effect.scoped,
        Effect.provide(KeyValueStore.layerMemory),
        Effect.withConfigProvider(ConfigProvider.fromJson(Object.fromEntries(defined))),
        Effect.flip
      )
      assert.include(String(failure), says)
    }))
})

describe("an OK.ru that hangs", () => {
  /** Begins an answer to what is sent to a path, and goes no further. Whatever else it is asked for is a token. */
  const hangingAt = (path: string) =>
    Effect.gen(function*() {
      const asked = yield* Deferred.make<void>()
      const server = createServer((request, response) => {
        request.resume()
        response.writeHead(200, { "content-type": "application/json" })
        if (request.url?.startsWith(path) === true) {
          response.write("{")
          Deferred.unsafeDone(asked, Effect.void)
        } else {
          response.end(JSON.stringify({ access_token: "test-access-token", refresh_token: "test-refresh-token" }))
        }
      })
      yield* Effect.async<void>((resume) => {
        server.listen(0, "127.0.0.1", () => resume(Effect.void))
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => server.close().closeAllConnections()))
      const address = server.address()
      return { asked, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` }
    })

  it.scoped.each(["/oauth/token.do", "/fb.do"])("keeps nobody waiting: %s", (path) =>
    Effect.gen(function*() {
      const { asked, url } = yield* hangingAt(path)
      const environment = ConfigProvider.fromJson({
        OKRU_APPLICATION_ID: "1",
        OKRU_APPLICATION_KEY: "TEST-APPLICATION-KEY",
        OKRU_APPLICATION_SECRET_KEY: "test-application-secret-key",
        OKRU_API_URL: url,
        OKRU_CONNECT_URL: url,
        OKRU_REDIRECT_URI: "http://127.0.0.1:8080/callback"
      })
      yield* Effect.gen(function*() {
        const address = yield* HttpServer.addressFormattedWith(Effect.succeed)
        const browser = makeBrowser()
        yield* browser.visit(`${address}/login`)
        const login = new URL(browser.answers.find(({ url }) => url.startsWith(address))?.headers.get("location") ?? "")
        const callback = `${address}/callback?code=test-code&state=${login.searchParams.get("state")}`
        const visit = yield* Effect.fork(browser.visit(callback))
        yield* Deferred.await(asked)
        yield* TestClock.adjust("10 seconds")
        const answer = yield* Fiber.join(visit)
        assert.strictEqual(answer.status, 504)
        assert.strictEqual(heading(answer), "This took too long")
        assert.isFalse(browser.cookies.has("session"))
        assertGuarded(answer)
      }).pipe(
        Effect.provide(Layer.provide(Backend.layerOkRu({ port: 0 }), KeyValueStore.layerMemory)),
        Effect.withConfigProvider(environment)
      )
    }).pipe(Effect.provide(Quiet)), 30_000)
})

describe("the program", () => {
  it.scopedLive("says where it is and who can log in, and ends", () =>
    Effect.gen(function*() {
      const child = spawn(
        execPath,
        ["--import", "tsx", fileURLToPath(new URL("../src/login-backend.ts", import.meta.url))],
        { stdio: ["ignore", "pipe", "inherit"], env: { PATH: env["PATH"], HOME: env["HOME"], NO_COLOR: "1" } }
      )
      const ended = new Promise<number | null>((resolve) => child.once("close", resolve))
      yield* Effect.addFinalizer(() =>
        Effect.zipRight(Effect.sync(() => child.kill("SIGKILL")), Effect.promise(() => ended))
      )
      const output = yield* Effect.promise(() =>
        new Promise<string>((resolve) => {
          let text = ""
          child.stdout.setEncoding("utf8").on("data", (more: string) => {
            text += more
            if (text.includes("Ctrl+C")) {
              resolve(text)
            }
          })
          child.once("close", () => resolve(text))
        })
      )
      assert.include(output, "test-login-1")
      const [, origin = ""] = /Log in at (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? []
      assert.include((yield* makeBrowser().visit(origin)).body, "Log in with OK")
      child.kill("SIGINT")
      assert.strictEqual(yield* Effect.promise(() => ended), 0)
    }), 60_000)
})

const toQuestion = async (page: Page, origin: string, { login, password }: Sandbox.User): Promise<void> => {
  await page.goto(origin)
  await page.getByRole("link", { name: "Log in with OK" }).click()
  await page.getByLabel("Login").fill(login)
  await page.getByLabel("Password").fill(Redacted.value(password))
  await page.getByRole("button", { name: "Sign in" }).click()
  await page.getByRole("button", { name: "Allow" }).waitFor()
}

describe("in Chromium", () => {
  it.scopedLive.skipIf(!hasChromium)(inChromium("logs in, shows the friends, logs out"), () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const sandbox = yield* Sandbox.Sandbox
      const user = yield* SandboxUser.first
      const { page, violations } = yield* openPage
      const policies: globalThis.Array<string> = []
      page.on("response", (response) => {
        if (response.url().startsWith(origin)) {
          policies.push(response.headers()["content-security-policy"] ?? "none")
        }
      })

      yield* Effect.promise(async () => {
        await toQuestion(page, origin, user)
        await page.getByRole("button", { name: "Allow" }).click()
        await page.waitForURL(`${origin}/friends`)
      })
      const friends = yield* friendsOf(user)
      const shown = () =>
        page.getByRole("listitem").evaluateAll((items) => items.map((item) => item.lastChild?.textContent))
      yield* Effect.promise(async () => {
        assert.strictEqual(await page.getByRole("heading").textContent(), user.name)
        assert.sameMembers(await shown(), [...friends])
        // The policy lets the page's own style through.
        const card = page.locator(".card")
        assert.strictEqual(await card.evaluate((element) => getComputedStyle(element).borderRadius), "16px")

        await page.reload()
        assert.sameMembers(await shown(), [...friends])
      })
      assert.strictEqual(yield* sandbox.tokenRequests(), 1)

      yield* Effect.promise(async () => {
        const cookies = await page.context().cookies(origin)
        const ours = cookies.find(({ name }) => name === "session")
        assert.deepInclude(ours, { httpOnly: true, sameSite: "Lax", secure: false, path: "/", domain: "127.0.0.1" })
        assert.isUndefined(cookies.find(({ name }) => name === "okru-state"))
        assert.notInclude(await page.evaluate(() => document.cookie), "session")

        // A form of another site gets nowhere.
        await page.goto(
          `data:text/html,<form method=post action=${origin}/logout><input name=formToken value=forged><button>Go</button></form>`
        )
        await page.getByRole("button").click()
        await page.getByRole("heading", { name: "Please log in" }).waitFor()
        await page.goto(`${origin}/friends`)
        assert.strictEqual(await page.getByRole("heading").textContent(), user.name)

        await page.getByRole("button", { name: "Log out" }).click()
        await page.getByRole("link", { name: "Log in with OK" }).waitFor()
        assert.isUndefined((await page.context().cookies(origin)).find(({ name }) => name === "session"))
        const answer = await page.goto(`${origin}/friends`)
        assert.strictEqual(answer?.status(), 401)
        await page.getByRole("heading", { name: "Please log in" }).waitFor()
      })
      assert.deepStrictEqual(violations, [])
      assert.isAbove(policies.length, 8)
      assert.isTrue(policies.every((policy) => policy.startsWith("default-src 'none'; ")))
    }).pipe(Effect.provide(InFiles)), 120_000)

  it.scopedLive.skipIf(!hasChromium)(
    inChromium("says so when the user does not allow it"),
    () =>
      Effect.gen(function*() {
        const { origin } = yield* Site.Site
        const user = yield* SandboxUser.first
        const { page } = yield* openPage
        yield* Effect.promise(async () => {
          await toQuestion(page, origin, user)
          await page.getByRole("link", { name: "Cancel" }).click()
          await page.getByRole("heading", { name: "You did not allow it" }).waitFor()
          assert.isTrue(page.url().startsWith(`${origin}/callback?error=access_denied`))
          await page.getByRole("link", { name: "Try again" }).click()
          await page.getByRole("button", { name: "Allow" }).click()
          await page.waitForURL(`${origin}/friends`)
        })
      }).pipe(Effect.provide(InFiles)),
    120_000
  )

  it.scopedLive.skipIf(!hasChromium)(inChromium("refuses who was not sent by it"), () =>
    Effect.gen(function*() {
      const { origin } = yield* Site.Site
      const user = yield* SandboxUser.first
      const { page } = yield* openPage
      yield* Effect.promise(async () => {
        await toQuestion(page, origin, user)
        const answer = await page.goto(`${origin}/callback?code=test-code&state=forged`)
        assert.strictEqual(answer?.status(), 400)
        await page.getByRole("heading", { name: "We could not log you in" }).waitFor()
        assert.isUndefined((await page.context().cookies(origin)).find(({ name }) => name === "session"))
      })
    }).pipe(Effect.provide(InFiles)), 120_000)
})
