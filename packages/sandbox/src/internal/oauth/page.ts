/*
 * Pages for people: HTML without a script, and without anything from elsewhere.
 */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { createHash } from "node:crypto"
import type { AuthorizeRequest } from "./request.js"

/** A piece of HTML, as opposed to a text. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | ReadonlyArray<Html>

const escapes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "")

const write = (part: Part): string =>
  typeof part === "string" || typeof part === "number"
    ? escape(String(part))
    : "html" in part
    ? part.html
    : part.map(({ html }) => html).join("\n")

/** Texts between the tags, and in attributes, are escaped. */
export const html = (tags: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: tags.map((tag, index) => {
    const part = parts[index]
    return part === undefined ? tag : tag + write(part)
  }).join("")
})

export const nothing: Html = { html: "" }

const style = `
:root { --accent: #c85a00; --line: #dcdfe4; --text: #1f2328; --soft: #59626d }
* { box-sizing: border-box }
body { margin: 0; background: #f1f2f4; color: var(--text); font: 16px/1.45 system-ui, "Segoe UI", Roboto, sans-serif }
header { background: var(--accent); color: #fff }
header p { max-width: 60rem; margin: 0 auto; padding: .8rem 1.25rem; font-weight: 600 }
header span { font-weight: 400; margin-left: .6rem }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem; display: grid; gap: 1.5rem; align-items: start;
  grid-template-columns: minmax(0, 1fr) }
.w main { grid-template-columns: minmax(0, 25rem) minmax(0, 1fr) }
.m main { max-width: 27rem; padding: 1rem }
.m header p { max-width: 27rem; padding: .6rem 1rem }
.m header span { display: block; margin: 0; font-size: .85rem }
.a { background: #fff }
.a main { max-width: 24rem; padding: 1rem }
.card { background: #fff; border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem }
.m .card { padding: 1.1rem }
.a .card { border: 0; border-radius: 0; padding: 0 }
.wide { grid-column: 1 / -1; justify-self: center; width: 100%; max-width: 40rem }
h1 { margin: 0 0 .4rem; font-size: 1.35rem; line-height: 1.25 }
h2 { margin: 0 0 .4rem; font-size: 1rem }
p { margin: 0 0 1rem }
.soft { color: var(--soft); font-size: .9rem }
.card p:last-child { margin-bottom: 0 }
.test { border-left: 4px solid var(--accent); background: #fff6ec; padding: .6rem .8rem; font-size: .9rem }
form + .test, .button + .test { margin: 1.5rem 0 0 }
.problem { border-left: 4px solid #c62828; background: #fdecea; padding: .6rem .8rem; margin-top: .8rem }
label { display: block; margin: 0 0 1rem; font-weight: 600 }
label.check { font-weight: 400; display: flex; gap: .5rem; align-items: center }
input[type=text], input[type=password] { display: block; width: 100%; margin-top: .3rem; padding: .6rem .7rem;
  border: 1px solid #8a929c; border-radius: 8px; font: inherit; font-weight: 400; background: #fff; color: inherit }
input[type=checkbox] { width: 1.1rem; height: 1.1rem; accent-color: var(--accent); margin: 0 }
button, input[type=submit], .button { display: block; width: 100%; padding: .7rem 1rem; border: 0; border-radius: 8px;
  background: var(--accent); color: #fff; font: inherit; font-weight: 600; text-align: center; text-decoration: none;
  cursor: pointer }
button:hover, input[type=submit]:hover { background: #a84b00 }
.button { margin-top: .6rem; background: #e8eaee; color: var(--text) }
.button:hover { background: #dcdfe4 }
:focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px }
a { color: #1559b7 }
ul { list-style: none; margin: 0 0 1.2rem; padding: 0 }
li { padding: .55rem 0; border-top: 1px solid var(--line) }
li:first-child { border-top: 0 }
code { font: .85em ui-monospace, "DejaVu Sans Mono", Menlo, monospace; overflow-wrap: anywhere }
li code { display: block; color: var(--soft) }
.users { overflow: auto; max-height: 25rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-top: 1px solid var(--line); vertical-align: top }
td code { white-space: nowrap }
td small { display: block; color: var(--soft) }
th { border-top: 0; color: var(--soft); font-weight: 600 }
.captcha { display: inline-block; padding: .4rem 1.2rem; border: 1px dashed #8a929c; border-radius: 8px; letter-spacing: .4em;
  font: 1.6rem Georgia, serif; background: #f7f7f9; margin-bottom: 1rem }
@media (max-width: 46rem) {
  .w main { grid-template-columns: minmax(0, 1fr); padding: 1rem }
  .w header p { padding: .6rem 1rem }
  .w header span { display: block; margin: 0; font-size: .85rem }
}
`

const styleHash = createHash("sha256").update(style).digest("base64")

/** Whatever the browser does with the answer, nobody else sees the page, or where it came from. */
const guarded = {
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY"
}

export interface Page {
  readonly title: string
  readonly layout: AuthorizeRequest["layout"]
  readonly body: Html
  readonly status?: number | undefined
  /** Where a form of the page leads to in the end. */
  readonly redirectUri?: string | undefined
}

/** Browsers hold `form-action` against the redirects after a form, too: the application's may lead to others again. */
const formAction = (redirectUri: string | undefined): string => {
  const scheme = /^[a-z][a-z\d+.-]*:/i.exec(redirectUri ?? "")?.[0]
  return scheme === undefined ? "'self'" : `'self' ${scheme}`
}

export const page = (
  { body, layout, redirectUri, status = 200, title }: Page
): HttpServerResponse.HttpServerResponse => {
  const header = layout === "a"
    ? nothing
    : html`<header><p>OK.ru in a box <span>a test server, not OK.ru</span></p></header>`
  const document = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · OK.ru in a box</title>
<style>${{ html: style }}</style>
</head>
<body class="${layout}">
${header}
<main>
${body}
</main>
</body>
</html>
`
  return HttpServerResponse.text(document.html, {
    status,
    contentType: "text/html;charset=utf-8",
    headers: {
      ...guarded,
      "Content-Security-Policy": `default-src 'none'; style-src 'sha256-${styleHash}'; form-action ${
        formAction(redirectUri)
      }; base-uri 'none'; frame-ancestors 'none'`
    }
  })
}

export const redirect = (location: string): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.redirect(location, { headers: guarded })
