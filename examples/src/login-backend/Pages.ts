/**
 * What browsers get: pages without a script, and without anything from elsewhere.
 */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { createHash } from "node:crypto"
import { type Html, html } from "./Html.js"

type Response = HttpServerResponse.HttpServerResponse

const style = `
:root { --accent: #c85a00; --line: #e4e0da; --text: #24211d; --soft: #6b645b }
* { box-sizing: border-box }
body { margin: 0; background: #f6f3ee; color: var(--text); font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif }
main { max-width: 40rem; margin: 0 auto; padding: 3rem 1.25rem }
.narrow { max-width: 28rem; padding-top: 14vh }
.card { background: #fff; border: 1px solid var(--line); border-radius: 16px; padding: 2rem }
.narrow .card { text-align: center }
h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
p { margin: 0 0 1.5rem }
.soft { color: var(--soft) }
.mark { display: block; width: 3.5rem; margin: 0 auto 1rem; border-radius: 50%; background: #fdf0e2; color: var(--accent);
  font-size: 1.5rem; font-weight: 700; line-height: 3.5rem }
.button, button { display: block; width: 100%; padding: .75rem 1rem; border: 0; border-radius: 10px; background: var(--accent);
  color: #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer }
.button:hover, button:hover { background: #a84b00 }
.quiet { background: #efece7; color: var(--text) }
.quiet:hover { background: var(--line) }
:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px }
form { margin: 0 }
.button + form { margin-top: .6rem }
header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; justify-content: space-between; margin-bottom: 1.5rem }
header div { min-width: 0 }
header h1, header p { margin: 0; overflow-wrap: anywhere }
header button { width: auto; padding: .5rem 1rem; white-space: nowrap }
ul { list-style: none; margin: 0; padding: 0 }
li { display: flex; gap: .9rem; align-items: center; padding: .6rem 0; border-top: 1px solid var(--line);
  overflow-wrap: anywhere }
.initials { flex: none; width: 2.5rem; border-radius: 50%; background: #efece7; color: var(--soft); font-size: .85rem;
  font-weight: 600; line-height: 2.5rem; text-align: center }
@media (max-width: 30rem) { main, .narrow { padding: 1rem } .card { padding: 1.25rem } }
`

const styleHash = createHash("sha256").update(style).digest("base64")

/** For every answer, pages or not. Browsers that came by https are to come by https only. */
export const securityHeaders = ({ secure }: { readonly secure: boolean }) => ({
  "Cache-Control": "no-store",
  "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; ` +
    `base-uri 'none'; frame-ancestors 'none'`,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  ...(secure ? { "Strict-Transport-Security": "max-age=31536000" } : {})
})

const page = (title: string, body: Html, status = 200): Response =>
  HttpServerResponse.text(
    html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${{ html: style }}</style>
</head>
<body>
${body}
</body>
</html>
`.html,
    { status, contentType: "text/html;charset=utf-8" }
  )

const logout = (formToken: string): Html =>
  html`<form method="post" action="/logout">
<input type="hidden" name="formToken" value="${formToken}">
<button class="quiet">Log out</button>
</form>`

export const welcome: Response = page(
  "Log in",
  html`<main class="narrow"><section class="card">
<span class="mark" aria-hidden="true">OK</span>
<h1>Friends on OK</h1>
<p class="soft">Log in with your OK account to see who your friends are.</p>
<a class="button" href="/login">Log in with OK</a>
</section></main>`
)

export const welcomeBack = ({ formToken }: { readonly formToken: string }): Response =>
  page(
    "Friends on OK",
    html`<main class="narrow"><section class="card">
<span class="mark" aria-hidden="true">OK</span>
<h1>Friends on OK</h1>
<p class="soft">You are logged in.</p>
<a class="button" href="/friends">See your friends</a>
${logout(formToken)}
</section></main>`
  )

interface Person {
  readonly uid: string
  readonly name?: string | undefined
}

const nameOf = ({ name, uid }: Person): string => name ?? `User ${uid}`

const initials = (person: Person): string =>
  nameOf(person).split(/\s+/).slice(0, 2).map((word) => [...word].slice(0, 1).join("")).join("")

const friend = (person: Person): Html =>
  html`<li><span class="initials" aria-hidden="true">${initials(person)}</span>${nameOf(person)}</li>`

export const friends = ({ formToken, friends, me, total }: {
  readonly me: Person
  readonly friends: ReadonlyArray<Person>
  /** How many there are: more than are shown, perhaps. */
  readonly total: number
  readonly formToken: string
}): Response => {
  const count = total === 0
    ? "You have no friends on OK yet."
    : friends.length < total
    ? `${friends.length} of your ${total} friends`
    : total === 1
    ? "1 friend"
    : `${total} friends`
  return page(
    "Friends on OK",
    html`<main><section class="card">
<header>
<div>
<h1>${nameOf(me)}</h1>
<p class="soft">${count}</p>
</div>
${logout(formToken)}
</header>
<ul>
${friends.map(friend)}
</ul>
</section></main>`
  )
}

/** Where to go from a page that says that something went wrong. */
interface Way {
  readonly to: string
  readonly label: string
}

const home: Way = { to: "/", label: "Back to the start" }
const login: Way = { to: "/login", label: "Log in with OK" }
const loginAgain: Way = { to: "/login", label: "Log in again" }

const problem = (status: number, title: string, text: string, { label, to }: Way): Response =>
  page(
    title,
    html`<main class="narrow"><section class="card">
<span class="mark" aria-hidden="true">!</span>
<h1>${title}</h1>
<p class="soft">${text}</p>
<a class="button" href="${to}">${label}</a>
</section></main>`,
    status
  )

export const notLoggedIn: Response = problem(
  401,
  "Please log in",
  "This page is about your friends, so it has to know who you are.",
  login
)

export const sessionOver = (loginUrl: string): Response =>
  problem(401, "Please log in again", "OK does not let us in on your behalf any more.", {
    ...loginAgain,
    to: loginUrl
  })

export const denied: Response = problem(
  403,
  "You did not allow it",
  "Without your permission we cannot see your friends.",
  { ...loginAgain, label: "Try again" }
)

export const notPermitted: Response = problem(
  403,
  "OK did not allow it",
  "You may have to grant a permission that you took back, or did not grant.",
  loginAgain
)

const stateTexts = {
  Missing: "You came back from OK without the mark that we gave you. The link may not be from us.",
  Unknown: "We did not send this browser to OK, or it has come back before. The link may not be from us.",
  Expired: "You came back from OK, but it took too long."
}

export const stateRefused = (reason: keyof typeof stateTexts): Response =>
  problem(400, "We could not log you in", stateTexts[reason], loginAgain)

export const loginRefused = (status: 400 | 502): Response =>
  problem(
    status,
    "OK did not log you in",
    "OK refused to tell us who you are. Logging in again may help.",
    loginAgain
  )

export const formRefused: Response = problem(
  403,
  "That form was not ours",
  "It came from another page, or from before you logged in. Nothing was changed.",
  home
)

export const formUnreadable: Response = problem(400, "That form was not complete", "Nothing was changed.", home)

export const notFound: Response = problem(404, "There is no such page", "The address may be wrong.", home)

export const okFailed: Response = problem(
  502,
  "OK does not answer as it should",
  "The fault is not yours. Please try again in a few minutes.",
  home
)

export const unavailable: Response = HttpServerResponse.setHeader(
  problem(503, "Not right now", "We cannot get at your session at the moment. Please try again in a minute.", home),
  "Retry-After",
  "60"
)

export const tooLate: Response = problem(
  504,
  "This took too long",
  "Please try again in a minute.",
  home
)

export const broken: Response = problem(500, "Something broke here", "The fault is ours, and it was logged.", home)
