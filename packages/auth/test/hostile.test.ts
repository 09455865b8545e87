/*
 * What can come back to an application: redirects and launch parameters that anybody can write, answers and pages of whoever
 * stands in for OK.ru. All of it comes to a value or to a typed failure, and costs no more than it is long.
 */
import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Credentials from "@effect-okru/auth/Credentials"
import * as Implicit from "@effect-okru/auth/Implicit"
import * as LaunchParameters from "@effect-okru/auth/LaunchParameters"
import type { OAuthDenied, OAuthRejected } from "@effect-okru/auth/OAuthError"
import * as Password from "@effect-okru/auth/Password"
import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, beforeEach, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { bounded, megabyte, turn } from "../../core/test/bounded.js"
import { application, printed, type Reply, secretKey } from "./grants.js"

// Without looking for a smaller counterexample: that can take longer than all of this.
const runs = { numRuns: 10_000, seed: 20_240_602, endOnFailure: true }
// On a machine that has much else to do.
const patience = 300_000

/** The same for 10,000 arbitrary values. */
const forEach = <A>(values: FastCheck.Arbitrary<A>, check: (value: A) => void): Promise<void> =>
  FastCheck.assert(FastCheck.asyncProperty(values, (value) => turn().then(() => check(value))), runs)

beforeEach(turn)

const password = "test-password"
const config = OkConfig.make(application)

interface Seen {
  readonly url: URL
  readonly form: string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** An answer whose body is there at once, so that a grant runs in one go and can be broken off. */
const responseOf = (request: HttpClientRequest.HttpClientRequest, { body = "", headers = [], status = 200 }: Reply) => {
  const text = status >= 300 && status < 400 ? "" : decoder.decode(encoder.encode(body))
  const init = new Headers(headers.map(([name, value]): [string, string] => [name, value]))
  // Core reads in one go what says how long it is.
  init.set("content-length", String(text.length))
  return Object.defineProperty(
    HttpClientResponse.fromWeb(request, new Response(null, { status, headers: init })),
    "text",
    { value: Effect.succeed(text) }
  )
}

/** A client that answers with a function. `undefined` is a broken connection. */
const clientOf = (answer: (seen: Seen, index: number) => Reply | undefined) => {
  const seen: Array<Seen> = []
  const client = HttpClient.make((request, url) =>
    Effect.suspend(() => {
      const form = request.body._tag === "Uint8Array" ? decoder.decode(request.body.body) : ""
      seen.push({ url, form })
      const reply = answer({ url, form }, seen.length - 1)
      return reply === undefined
        ? new HttpClientError.RequestError({ request, reason: "Transport", cause: new Error("socket hang up") })
        : Effect.succeed(responseOf(request, reply))
    })
  )
  return { seen, context: Context.make(HttpClient.HttpClient, client).pipe(Context.add(OkConfig.OkConfig, config)) }
}

const one = (texts: string) => FastCheck.constantFrom(...texts.split("|"))

/** Puts something in, takes something out. */
const mutate = (text: string, changes: ReadonlyArray<readonly [at: number, length: number, piece: string]>): string =>
  changes.reduce((text, [at, length, piece]) => {
    const from = at % (text.length + 1)
    return text.slice(0, from) + piece + text.slice(from + length)
  }, text)

const changesOf = (piece: FastCheck.Arbitrary<string>) =>
  FastCheck.array(FastCheck.tuple(FastCheck.nat(), FastCheck.nat(6), piece), { maxLength: 4 })

/** A failure is one of these. */
const assertTyped = <A, E extends { readonly _tag: string }>(
  exit: Exit.Exit<A, E>,
  tags: ReadonlyArray<string>
): void => {
  if (Exit.isFailure(exit) && !(Cause.isFailType(exit.cause) && tags.includes(exit.cause.error._tag))) {
    assert.fail(Cause.pretty(exit.cause))
  }
}

const encode = Schema.encodeSync(Credentials.Credentials)

/** What a grant gives can be kept: nothing that came with it stands in the way. */
const assertKept = (credentials: Credentials.Credentials): void => {
  encode(credentials)
}

const token = FastCheck.string({ unit: "binary", minLength: 24, maxLength: 30 })

const lifetime = one(
  "1800|0|-1|1e3|1e20|1e300|1e308|1e400|Infinity|NaN|0x10|2147483647|9223372036854775807|9999999999999| |soon|1_000|٣"
)

// ---------------------------------------------------------------------------------------------------------------------
// redirects
// ---------------------------------------------------------------------------------------------------------------------

const redirectName = one(
  "code|state|error|error_description|access_token|session_secret_key|refresh_token|permissions_granted|expires_in|" +
    "__proto__|constructor||code[]|CODE|%63ode|error%00"
)
const redirectValue = FastCheck.oneof(
  one("|a|test-code|access_denied|invalid_request|A;B,C D|%|%zz|%ff|%00|+|%26|%23|=|==|?|#|é|\ud800|%F0%9F"),
  lifetime,
  token,
  FastCheck.string({ unit: "binary", maxLength: 12 })
)
const parameterList = FastCheck.array(FastCheck.tuple(redirectName, redirectValue), { maxLength: 7 }).map((pairs) =>
  pairs.map(([name, value]) => `${name}=${value}`).join("&")
)
const redirect = FastCheck.oneof(
  {
    arbitrary: FastCheck.tuple(
      one("https://example.com/callback|/callback|okauth://ok1|http://localhost||callback|//|http://[|data:,|?|#"),
      one("?|#|?#|#?|??|##|&|"),
      parameterList,
      one("?|#|&|"),
      parameterList,
      changesOf(one("#|?|&|=|%|%2|;|\u0000|\n|\ud800|&error=|#access_token=x"))
    ).map(([base, first, before, second, after, changes]) => mutate(base + first + before + second + after, changes)),
    weight: 8
  },
  { arbitrary: FastCheck.webUrl({ withQueryParameters: true, withFragments: true }), weight: 1 },
  { arbitrary: FastCheck.string({ unit: "binary" }), weight: 1 }
)

describe("10,000 redirects", () => {
  const grants: ReadonlyArray<
    readonly [
      name: string,
      parse: (url: string | URL) => Either.Either<unknown, OAuthDenied | OAuthRejected>
    ]
  > = [
    [
      "of the code grant are a code",
      (url) => Either.map(AuthorizationCode.parseRedirect(url), ({ code }) => assert.isNotEmpty(Redacted.value(code)))
    ],
    [
      "of the implicit grant are a token that can be kept",
      (url) => Either.map(Implicit.parseRedirect(url), (got) => assertKept(Effect.runSync(Credentials.make(got))))
    ]
  ]

  it.each(grants)("%s, a denial or a rejection", async (_, parse) => {
    const outcomes = { Right: 0, OAuthDenied: 0, OAuthRejected: 0 }
    await forEach(redirect, (url) => {
      for (const form of URL.canParse(url) ? [url, new URL(url)] : [url]) {
        const parsed = parse(form)
        outcomes[Either.isRight(parsed) ? "Right" : parsed.left._tag]++
        assert.isTrue(Either.isRight(parsed) || parsed.left.message !== "")
      }
    })
    Object.entries(outcomes).forEach(([outcome, count]) => assert.isAbove(count, 100, outcome))
  }, patience)
})

// ---------------------------------------------------------------------------------------------------------------------
// launch parameters
// ---------------------------------------------------------------------------------------------------------------------

const md5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex")

/** What OK.ru does: two signatures over whatever parameters. */
const signed = (parameters: { readonly [name: string]: string }): URLSearchParams => {
  // Half of a pair of surrogates does not get into an address.
  const all = new Map(new URLSearchParams(parameters))
  all.set("auth_sig", md5((all.get("logged_user_id") ?? "") + (all.get("session_key") ?? "") + secretKey))
  const text = [...all.keys()].sort().map((name) => `${name}=${all.get(name)}`).join("")
  all.set("sig", md5(text + secretKey))
  return new URLSearchParams([...all])
}

const launch = FastCheck.tuple(
  FastCheck.dictionary(
    FastCheck.oneof(
      one("authorized|custom_args|refplace|constructor|__proto__|length||a|A"),
      FastCheck.string({ maxLength: 6 })
    ),
    FastCheck.string({ unit: "binary", maxLength: 12 }),
    { maxKeys: 6 }
  ),
  FastCheck.record({
    application_key: FastCheck.constantFrom("TESTKEY", "TESTKEY", "TESTKEY", "OTHER"),
    logged_user_id: FastCheck.oneof(FastCheck.nat().map(String), FastCheck.string({ unit: "binary", maxLength: 8 })),
    session_key: token,
    session_secret_key: token
  })
).map(([others, known]) => `https://app.example/game?${signed({ ...others, ...known })}`)

const launchAddress = FastCheck.oneof(
  { arbitrary: launch, weight: 2 },
  {
    arbitrary: FastCheck.tuple(launch, changesOf(one("&|=|#|?|%|%2|%ff|+|;|sig=|&sig=|&authorized=1|\u0000|\ud800")))
      .map(
        ([address, changes]) => mutate(address, changes)
      ),
    weight: 4
  },
  { arbitrary: redirect, weight: 1 },
  { arbitrary: FastCheck.string({ unit: "binary" }), weight: 1 }
)

const verify = (address: string) =>
  Effect.runSyncExit(Effect.provideService(LaunchParameters.verify(address), OkConfig.OkConfig, config))

describe("10,000 launch parameters", () => {
  it("are a user, or not to be trusted", async () => {
    const outcomes = { true: 0, false: 0 }
    await forEach(launchAddress, (address) => {
      const exit = verify(address)
      assertTyped(exit, ["LaunchParametersError"])
      outcomes[`${Exit.isSuccess(exit)}`]++
      if (Exit.isSuccess(exit)) {
        assert.isNotEmpty(exit.value.userId)
        assertKept(exit.value.credentials)
      }
    })
    assert.isAbove(outcomes.true, 1000)
    assert.isAbove(outcomes.false, 1000)
  }, patience)
})

// ---------------------------------------------------------------------------------------------------------------------
// answers to grants
// ---------------------------------------------------------------------------------------------------------------------

const odd = FastCheck.oneof(
  FastCheck.constantFrom<unknown>(null, true, false, 0, -1, 1.5, "", " ", "1", [], [1], {}, { error: "x" }),
  token
)

const json = FastCheck.oneof(
  {
    arbitrary: FastCheck.record(
      {
        access_token: FastCheck.oneof(token, one("|t"), odd),
        refresh_token: odd,
        expires_in: FastCheck.oneof(lifetime, FastCheck.double(), FastCheck.maxSafeInteger(), odd),
        token_type: odd,
        error: FastCheck.oneof(one("invalid_token|access_denied|invalid_request||x"), odd),
        error_description: FastCheck.oneof(one("token expired|revoked|structure|"), odd)
      },
      { requiredKeys: [] }
    ),
    weight: 4
  },
  { arbitrary: FastCheck.record({ session_key: token, session_secret_key: token, uid: odd }), weight: 2 },
  {
    arbitrary: FastCheck.record(
      {
        session_key: odd,
        session_secret_key: odd,
        error_code: FastCheck.oneof(FastCheck.constantFrom(100, 102, 401, 402, 403, 98765), odd),
        error_msg: FastCheck.oneof(one("AUTH_LOGIN : x|PARAM_SESSION_EXPIRED : x|"), odd),
        ver_redirect_url: odd
      },
      { requiredKeys: [] }
    ),
    weight: 2
  },
  { arbitrary: FastCheck.jsonValue(), weight: 1 }
).map((value) => JSON.stringify(value))

const answerBody = FastCheck.oneof(
  { arbitrary: json, weight: 6 },
  {
    arbitrary: FastCheck.tuple(json, changesOf(one("{|}|\"|\\|,|:|1e999|-|[|]|<|null"))).map(([a, b]) => mutate(a, b)),
    weight: 3
  },
  { arbitrary: FastCheck.uint8Array({ maxLength: 60 }).map((bytes) => new TextDecoder().decode(bytes)), weight: 1 },
  { arbitrary: FastCheck.nat(1500).map((depth) => "{\"error\":[".repeat(depth)), weight: 1 },
  { arbitrary: one("<html>test</html>|3:METHOD : text||null|[]|\"\"|invalid_token"), weight: 1 }
)

const answerReply: FastCheck.Arbitrary<Reply | undefined> = FastCheck.oneof(
  {
    arbitrary: FastCheck.record({
      status: FastCheck.constantFrom(200, 200, 200, 200, 201, 302, 400, 401, 403, 404, 500, 503, 599),
      headers: FastCheck.constantFrom<ReadonlyArray<readonly [string, string]>>(
        [],
        [["content-type", "text/html"]],
        [["invocation-error", "102"]],
        [["invocation-error", "401"]],
        [["invocation-error", "x"]],
        [["content-type", "application/json; charset=koi8-r"]]
      ),
      body: answerBody
    }),
    weight: 30
  },
  { arbitrary: FastCheck.constant(undefined), weight: 1 }
)

const tokenErrors = ["OkTransportError", "OAuthRejected", "OAuthUnexpectedAnswer"]

const grants: ReadonlyArray<
  readonly [
    name: string,
    grant: Effect.Effect<
      Credentials.Credentials,
      AuthorizationCode.ExchangeError | RefreshToken.RefreshError | Password.SignInError,
      OkConfig.OkConfig | HttpClient.HttpClient
    >,
    isTyped: (tag: string) => boolean
  ]
> = [
  [
    "a code",
    AuthorizationCode.exchange({ code: Redacted.make("test-code"), redirectUri: "https://example.com/" }),
    (tag) => tokenErrors.includes(tag)
  ],
  [
    "a refresh token",
    RefreshToken.refresh({ refreshToken: Redacted.make("test-refresh-token") }),
    (tag) => [...tokenErrors, "OAuthRefreshTokenOver"].includes(tag)
  ],
  [
    "a password",
    Password.signIn({ login: "test", password: Redacted.make(password) }),
    (tag) => /^(Ok[A-Z]\w+|UnknownApiError)$/.test(tag) && tag !== "OkSigningError"
  ]
]

/** Answers a grant: credentials that can be kept, or a failure of its type. */
const answerTo = ([, grant, isTyped]: (typeof grants)[number], reply: Reply | undefined): "credentials" | "failure" => {
  const exit = Effect.runSyncExit(Effect.provide(grant, clientOf(() => reply).context))
  if (Exit.isSuccess(exit)) {
    assertKept(exit.value)
    return "credentials"
  }
  if (!(Cause.isFailType(exit.cause) && isTyped(exit.cause.error._tag))) {
    assert.fail(Cause.pretty(exit.cause))
  }
  return "failure"
}

describe("10,000 answers", () => {
  it("to a grant are credentials that can be kept, or a typed failure", async () => {
    const outcomes = new Map<string, number>()
    await forEach(FastCheck.tuple(answerReply, FastCheck.constantFrom(...grants)), ([reply, grant]) => {
      const outcome = `${grant[0]}: ${answerTo(grant, reply)}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    })
    for (const [name] of grants) {
      assert.isAbove(outcomes.get(`${name}: credentials`) ?? 0, 50)
      assert.isAbove(outcomes.get(`${name}: failure`) ?? 0, 50)
    }
  }, patience)

  it.each(["9223372036854775807", 9_999_999_999_999, 1e20, 1e300, 1e308])(
    "with a token that lives for ever are credentials that print and can be kept: %s",
    (expiresIn) => {
      const body = JSON.stringify({ access_token: "test-access-token", expires_in: expiresIn })
      for (const [, grant] of grants.slice(0, 2)) {
        const credentials = Effect.runSync(Effect.provide(grant, clientOf(() => ({ body })).context))
        assert.notInclude(printed(credentials), "test-access-token")
        assertKept(credentials)
      }
      const redirect = Implicit.parseRedirect(`/#access_token=test-access-token&expires_in=${expiresIn}`)
      assertKept(Effect.runSync(Effect.flatMap(redirect, Credentials.make)))
    }
  )
})

// ---------------------------------------------------------------------------------------------------------------------
// pages
// ---------------------------------------------------------------------------------------------------------------------

const origin = "https://connect.ok.ru"

const loginForm = "<form method=\"post\" action=\"/dk?cmd=OAuth2Login&amp;st.cmd=OAuth2Login\">" +
  "<input name=\"fr.posted\" type=\"hidden\" value=\"set\"><input name=\"fr.email\"><input name=\"fr.password\" " +
  "type=\"password\"></form>"
const permissionsForm = "<form method=\"POST\" action=\"/dk?st.cmd=OAuth2Permissions\"><input name=\"fr.token\" " +
  "type=\"hidden\" value=\"test&amp;1\"><button name=\"button_accept_request\">Allow</button></form>"

const fragment = FastCheck.oneof(
  one(
    [loginForm, permissionsForm, "<form>", "</form>", "<form method=post>", "<form method=get action=//evil.example>"]
      .join("|")
  ),
  one(
    "<input name=fr.email>|<input name=fr.password>|<button name=button_accept_request>|<input type=submit name=a>|" +
      "<input type=checkbox name=b checked>|<input name=c value='&quot;' disabled>|<input name|<a href=\"|<img src=captcha>"
  ),
  one(
    "<script>|</script>|<style>|<title>|</title>|<!--|-->|<![CDATA[|]]>|<?xml|<!DOCTYPE html>|<svg>|</svg>|<math>|<p>|</p>|" +
      "<br>|</br>|<div>|</div>|<table>|<tr>|<template>|<textarea>|<plaintext>|<form action=http://[>|<form action='\u0000'>"
  ),
  one(
    "&amp;|&#0;|&#x110000;|&#xd800;|&notanentity|&|<|>|\"|'|\u0000|\ufeff|invalid_request|access_denied|captcha|error"
  ),
  FastCheck.string({ unit: "binary", maxLength: 12 })
)
const pageText = FastCheck.oneof(
  { arbitrary: FastCheck.array(fragment, { maxLength: 10 }).map((parts) => parts.join("")), weight: 6 },
  {
    arbitrary: FastCheck.tuple(
      FastCheck.constantFrom(loginForm, permissionsForm),
      changesOf(one("<|>|\"|'|=| |/|&|form|input|name=|<!--"))
    ).map(([form, changes]) => mutate(form, changes)),
    weight: 3
  },
  { arbitrary: answerBody, weight: 1 }
)

// Where it says so, the address and the state that the sign-in asked with.
const location = FastCheck.oneof(
  one(
    "{uri}#access_token=t&session_secret_key=k&expires_in=1800&state={state}|{uri}#access_token=t&state={state}|" +
      "{uri}#access_token=t&state=x|{uri}#error=access_denied|{uri}|{uri}?error=x#y|/dk?st.cmd=OAuth2Login|/dk|/|"
  ),
  one("{uri}#access_token=t&state={state}&expires_in=").chain((start) =>
    lifetime.map((life) => start + encodeURI(life))
  ),
  one(
    "http://[|https://evil.example/dk|//evil.example|javascript:alert(1)|data:,|okauth://x|?|#|..|\\\\evil.example|" +
      "/dk?st.cmd=anonymVerifyCaptchaStart|/captcha|/dk?cmd=Unblock|https://connect.ok.ru:444/dk|http://connect.ok.ru/dk|%"
  ),
  // What a header can hold.
  FastCheck.stringMatching(/^[\u0021-\u007e\u00a1-\u00ff]{0,20}$/)
)

const cookie = FastCheck.oneof(
  one(
    "a=1|a=1; Path=/; HttpOnly|a=; Max-Age=0|a=1; Max-Age=-1|a=1; Max-Age=x|a=1; Max-Age=1e400|a=%|a=%zz|=|;|a|=1|" +
      "a=1; Expires=never|a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT|a=\"1\"|a=1; SameSite=x|__proto__=1|a=1; Domain=evil.example"
  ),
  FastCheck.stringMatching(/^[\u0021-\u007e]{0,20}$/)
)

const pageReply: FastCheck.Arbitrary<Reply | undefined> = FastCheck.oneof(
  {
    arbitrary: FastCheck.record({
      status: FastCheck.constantFrom(200, 200, 200, 200, 400, 404, 500, 503),
      headers: FastCheck.array(cookie.map((value) => ["set-cookie", value] as const), { maxLength: 2 }),
      body: pageText
    }),
    weight: 8
  },
  {
    arbitrary: FastCheck.tuple(
      FastCheck.constantFrom(300, 301, 302, 302, 302, 303, 304, 307, 308),
      location,
      FastCheck.array(cookie, { maxLength: 2 })
    ).map(([status, location, cookies]) => ({
      status,
      headers: [["location", location] as const, ...cookies.map((value) => ["set-cookie", value] as const)]
    })),
    weight: 5
  },
  { arbitrary: FastCheck.constant(undefined), weight: 1 }
)

const signIn = Implicit.signIn({ login: "test", password: Redacted.make(password), scope: ["VALUABLE_ACCESS"] })

/** A site that gives its replies one after the other, the last one again and again. */
const siteOf = (replies: ReadonlyArray<Reply | undefined>) => {
  let asked = new URLSearchParams()
  return clientOf(({ url }, index) => {
    asked = url.searchParams.has("state") ? url.searchParams : asked
    const reply = replies[Math.min(index, replies.length - 1)]
    const fill = (text: string) =>
      text.replace("{uri}", asked.get("redirect_uri") ?? "").replace("{state}", asked.get("state") ?? "")
    return reply && { ...reply, headers: (reply.headers ?? []).map(([name, value]) => [name, fill(value)] as const) }
  })
}

const signInErrors = [
  "OkTransportError",
  "OAuthDenied",
  "OAuthRejected",
  "OAuthStateError",
  "OAuthInvalidCredentials",
  "OAuthHumanCheck",
  "OAuthUnknownPage"
]

const visit = (replies: ReadonlyArray<Reply | undefined>) => {
  const { context, seen } = siteOf(replies)
  const exit = Effect.runSyncExit(Effect.provide(signIn, context))
  assertTyped(exit, signInErrors)
  return { exit, seen }
}

describe("10,000 sites", () => {
  it("are signed in to, or are a typed failure; none but OK.ru gets the password, and that once", async () => {
    const outcomes = new Map<string, number>()
    const page = (body: string): Reply => ({ status: 200, body })
    const replies = FastCheck.oneof(
      FastCheck.array(pageReply, { minLength: 1, maxLength: 5 }),
      // Past the first dialog, and past both.
      FastCheck.array(pageReply, { minLength: 1, maxLength: 3 }).map((rest) => [page(loginForm), ...rest]),
      pageReply.map((last) => [page(loginForm), page(permissionsForm), last])
    )
    await forEach(replies, (replies) => {
      const { exit, seen } = visit(replies)
      const outcome = Exit.match(exit, {
        onSuccess: () => "signed in",
        onFailure: (cause) => Cause.isFailType(cause) ? cause.error._tag : "a defect"
      })
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (Exit.isSuccess(exit)) {
        assertKept(exit.value)
      }
      assert.isAtMost(seen.length, 33)
      assert.isTrue(seen.every(({ url }) => url.origin === origin && !url.href.includes(password)))
      assert.isAtMost(seen.filter(({ form }) => form.includes(password)).length, 1)
    })
    for (const outcome of ["signed in", ...signInErrors]) {
      assert.isAbove(outcomes.get(outcome) ?? 0, 5, outcome)
    }
  }, patience)
})

// ---------------------------------------------------------------------------------------------------------------------
// long texts
// ---------------------------------------------------------------------------------------------------------------------

const many = Math.floor(megabyte / 6)

// The shorter what is repeated, the more of it there is to compare.
const repeat = (text: string, size = megabyte): string => text.repeat(Math.ceil(size / text.length))

const distinct = (length: number): string =>
  Array.from({ length }, (_, index) => `${(1e6 + index).toString(36)}=`).join("&")

const addresses: ReadonlyArray<readonly [name: string, make: () => string]> = [
  ["ampersands", () => repeat("&")],
  ["one parameter again and again", () => repeat("a&")],
  ["many parameters", () => distinct(many)],
  ["many parameters, the last one twice", () => `${distinct(many)}&${(1e6 + many - 1).toString(36)}=`],
  ["a long parameter", () => `access_token=${repeat("t")}`],
  ["percents", () => `code=${repeat("%")}`],
  ["escapes", () => `code=${repeat("%20")}`],
  ["question marks", () => repeat("?")],
  ["hashes", () => repeat("#")],
  ["permissions", () => `access_token=t&permissions_granted=${repeat("A;")}`],
  ["separators of permissions", () => `access_token=t&permissions_granted=${repeat("; ,")}`],
  ["a long life", () => `access_token=t&expires_in=${repeat("1")}`],
  ["a long denial", () => `error=access_denied&error_description=${repeat("a+")}`],
  ["a denial that says its code again and again", () => `error=x&code=a&error_description=${repeat("a+")}`],
  ["a denial that says the end of its code", () => `error=x&code=b${repeat("a")}&error_description=${repeat("a")}`]
]

// Of tags there are fewer.
const size = 2 * megabyte

const pages: ReadonlyArray<readonly [name: string, make: () => string]> = [
  ["text", () => repeat("text ")],
  ["white space", () => `${repeat(" ")}x`],
  ...[
    "<b>",
    "<p>",
    "<svg>",
    "<svg><title>",
    "<form>",
    "<form><div>",
    "<script>",
    "<!--",
    "<a ",
    "<",
    "</b>",
    "<p></div>"
  ]
    .map((tag) => [tag, () => repeat(tag, size)] as const),
  ["tags that close what is not open, inside of many", () => "<div>".repeat(size / 10) + "</b>".repeat(size / 8)],
  ["nested tags", () => "<b>".repeat(size / 7) + "</b>".repeat(size / 7)],
  ["forms", () => repeat("<form></form>")],
  ["comments", () => repeat("<!---->")],
  ["ampersands", () => repeat("&")],
  ["entities", () => repeat("&lt;")],
  ["entities that are none", () => repeat("&am")],
  ["one tag with many attributes", () => `<a ${distinct(many)}>`.replaceAll("&", " ")],
  ["one tag with one attribute again and again", () => `<a ${repeat("b ")}>`],
  ["one attribute that never ends", () => `<a b="${repeat("a")}`],
  ["names of errors that are none", () => repeat("invalid_ unsupported_ ")],
  ["a long name of an error", () => `invalid_${repeat("a_")}`],
  ["a login form with many fields", () => loginForm.replace("</form>", `${repeat("<input name=a>")}</form>`)],
  [
    "a login form with the password again and again",
    () => loginForm.replace("</form>", `${repeat("<input name=fr.password>")}</form>`)
  ],
  ["what is sent, again and again", () => repeat(`${password} `)],
  ["JSON", () => `{"error_description":"${repeat("a")}","error":"invalid_request"}`],
  ["deep JSON", () => repeat("{\"a\":")]
]

describe("A megabyte is read in its time", () => {
  it.each(addresses)("in an address: %s", (_, make) => {
    for (const sign of ["?", "#"]) {
      const address = `/callback${sign}${make()}`
      assert.isAbove(address.length, 0.9 * megabyte)
      bounded(() => AuthorizationCode.parseRedirect(address))
      bounded(() => Implicit.parseRedirect(address))
      bounded(() => assertTyped(verify(address), ["LaunchParametersError"]))
    }
  }, patience)

  it("in launch parameters with both signatures", () => {
    const known = { application_key: "TESTKEY", logged_user_id: "1", session_key: "k", session_secret_key: "s" }
    const address = `/?${signed({ ...known, ...Object.fromEntries(new URLSearchParams(distinct(many))) })}`
    assert.isTrue(Exit.isSuccess(bounded(() => verify(address))))
  }, patience)

  it.each(pages)("in a page: %s", (_, make) => {
    const reply = { body: make() }
    assert.isAbove(reply.body.length, 0.9 * megabyte)
    bounded(() => visit([reply]))
    grants.forEach((grant) => bounded(() => answerTo(grant, reply)))
  }, patience)
})
