import * as Json from "@effect-okru/core/Json"
import { OkTransportError } from "@effect-okru/core/OkError"
import * as OkTransport from "@effect-okru/core/OkTransport"
import * as Cookies from "@effect/platform/Cookies"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import { type OAuthDenied, OAuthHumanCheck, type OAuthRejected, OAuthUnknownPage } from "../OAuthError.js"
import * as Html from "./html.js"
import * as redirect from "./redirect.js"

/** Where a request ended up: at the redirect address, or at a page of OK.ru. */
export type Arrival = Redirect | Page

export interface Redirect {
  readonly _tag: "Redirect"
  readonly url: string
}

export interface Page {
  readonly _tag: "Page"
  readonly url: URL
  readonly status: number
  readonly page: Html.Page
}

export type BrowseError = OkTransportError | OAuthDenied | OAuthRejected | OAuthHumanCheck | OAuthUnknownPage

/** As much of a browser as the two dialogs need. It stays on one origin, so what it carries reaches nobody else. */
export interface Browser {
  readonly open: (url: string) => Effect.Effect<Arrival, BrowseError>
  /** Sends a form of a page, with some of its fields filled in. */
  readonly submit: (
    page: Page,
    form: Html.Form,
    filled: { readonly [name: string]: string }
  ) => Effect.Effect<Arrival, BrowseError>
}

const method = "oauth/authorize"
const maxRedirects = 10
// Of a page with a form or two.
const maxBytes = 4 * 1024 * 1024

export const make = (options: {
  readonly client: HttpClient.HttpClient
  readonly connectUrl: string
  readonly redirectUri: string
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
}): Effect.Effect<Browser, OkTransportError> =>
  Effect.gen(function*() {
    const { connectUrl, redirectUri, secrets } = options
    const { origin } = new URL(connectUrl)
    const jar = yield* Ref.make(Cookies.empty)
    const hasSentForm = yield* Ref.make(false)
    const client = HttpClient.withCookiesRef(options.client, jar)

    const send = (request: HttpClientRequest.HttpClientRequest) =>
      OkTransport.execute(client, request, { method, secrets, maxBytes }).pipe(
        // Of the sign-in as a whole: a form before this one has left.
        Effect.catchIf(
          ({ reason }) => reason === "NotConnected",
          (error) =>
            Effect.flatMap(
              Ref.get(hasSentForm),
              (isSent) => isSent ? new OkTransportError({ ...error, reason: "Interrupted" }) : error
            )
        ),
        Effect.zipLeft(request.method === "GET" ? Effect.void : Ref.set(hasSentForm, true)),
        Effect.zipLeft(dropExpired(jar))
      )

    const go = (
      request: HttpClientRequest.HttpClientRequest,
      url: URL,
      redirects: number
    ): Effect.Effect<Arrival, BrowseError> =>
      Effect.flatMap(send(request), ({ body, headers, status }) => {
        const location = status >= 300 && status < 400 ? headers["location"] : undefined
        const stop = (issue: string) => Effect.fail(unknownPage(url, status, issue))
        if (location === undefined) {
          return arrive(url, status, body)
        }
        const next = URL.canParse(location, url) ? new URL(location, url) : undefined
        if (addressOf(next?.href ?? location) === addressOf(redirectUri)) {
          return Effect.succeed<Arrival>({ _tag: "Redirect", url: location })
        }
        if (next === undefined) {
          return stop("redirects to something that is no address")
        }
        const check = humanCheck(next)
        if (check !== undefined) {
          return Effect.fail(check)
        }
        if (next.origin !== origin) {
          return stop(`redirects to ${next.origin}, which is neither OK.ru's sign-in nor the redirect address`)
        }
        if (request.method !== "GET" && (status === 307 || status === 308)) {
          return stop("asks for a form to be sent a second time")
        }
        return redirects === 0
          ? stop("redirects without end")
          : go(HttpClientRequest.get(next.href), next, redirects - 1)
      })

    return {
      open: (url) => go(HttpClientRequest.get(url), new URL(url), maxRedirects),
      submit: ({ status, url }, form, filled) => {
        const target = URL.canParse(form.action, url) ? new URL(form.action, url) : undefined
        if (target?.origin !== origin) {
          return Effect.fail(unknownPage(url, status, "has a form that leads away from OK.ru's sign-in"))
        }
        const body = new URLSearchParams(form.fields.map(([name, value]) => [name, value]))
        Object.entries(filled).forEach(([name, value]) => body.set(name, value))
        return go(
          HttpClientRequest.post(target.href).pipe(
            HttpClientRequest.bodyText(body.toString(), "application/x-www-form-urlencoded;charset=utf-8")
          ),
          target,
          maxRedirects
        )
      }
    }
  })

// A server takes a cookie back by one that is over already. A sign-in is too short for others to expire.
const dropExpired = (jar: Ref.Ref<Cookies.Cookies>): Effect.Effect<void> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    Ref.update(jar, (cookies) =>
      Cookies.fromIterable(
        Object.values(cookies.cookies).filter(({ options }) =>
          options?.maxAge === undefined
            ? options?.expires === undefined || options.expires.getTime() > now
            : Duration.toMillis(options.maxAge) > 0
        )
      )))

const arrive = (url: URL, status: number, body: string): Effect.Effect<Arrival, BrowseError> => {
  const page = Html.read(body)
  const check = humanCheck(url) ?? (page.hasCaptcha ? captcha(url) : undefined)
  if (check !== undefined) {
    return Effect.fail(check)
  }
  const get = errorOf(body, page)
  if (page.forms.length === 0 && get("error") !== undefined) {
    return Effect.fail(redirect.failure(get))
  }
  return status === 0
    ? Effect.fail(unknownPage(url, status, "is hidden by this HttpClient, as fetch in browsers hides redirects"))
    : Effect.succeed({ _tag: "Page", url, status, page })
}

// An error is JSON, or it is named on a page: "invalid_request: wrong redirect_uri".
const errorOf = (body: string, page: Html.Page): redirect.Get => {
  const json = Either.getOrNull(Json.parse(body))
  const named = errorNames.exec(page.text)?.[0]
  return (name) => {
    const value = Predicate.hasProperty(json, name) ? json[name] : name === "error" ? named : undefined
    return typeof value === "string" ? value : undefined
  }
}

const errorNames = /\b(invalid_\w+|unauthorized_client|access_denied|unsupported_\w+|server_error)\b/

// OK.ru's names of pages: `anonymVerifyCaptchaStart`, `anonymUnblockConfirmPhone`, and the like.
const humanCheck = (url: URL): OAuthHumanCheck | undefined => {
  const place = `${url.pathname} ${commandOf(url)}`
  return /captcha/i.test(place)
    ? captcha(url)
    : /verif|unblock|humancheck/i.test(place)
    ? new OAuthHumanCheck({ check: "Verification", verificationUrl: url.href })
    : undefined
}

const captcha = (url: URL): OAuthHumanCheck => new OAuthHumanCheck({ check: "Captcha", verificationUrl: url.href })

const commandOf = (url: URL): string => url.searchParams.get("st.cmd") ?? url.searchParams.get("cmd") ?? ""

export const unknownPage = (url: URL, status: number, issue: string): OAuthUnknownPage =>
  new OAuthUnknownPage({ page: `${url.origin}${url.pathname}`, command: commandOf(url), status, issue })

// OK.ru compares redirect addresses up to the `?`. A browser adds the slash after a bare host.
const addressOf = (url: string): string => {
  const bare = url.replace(/[?#].*$/s, "")
  return URL.canParse(bare) ? new URL(bare).href : bare
}
