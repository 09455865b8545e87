/*
 * The pages of signing in. Forms, fields, blocks and addresses have the names that they have on OK.ru's own pages.
 */
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import { type Application, profileOf, type World } from "../world.js"
import type { Dialog } from "./dialog.js"
import { type Html, html, nothing, page } from "./page.js"
import { type AuthorizeRequest, denial } from "./request.js"
import { describeScope, writeScope } from "./scope.js"

type Response = HttpServerResponse.HttpServerResponse

/** The addresses of pages, by OK.ru's names. */
export const commands = {
  login: "OAuth2Login",
  permissions: "OAuth2Permissions",
  captcha: "anonymVerifyCaptchaStart",
  humanCheck: "anonymUnblockConfirmPhone"
} as const

const query = (values: { readonly [name: string]: string }): string =>
  Object.entries(values).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")

/** The address of a page. */
export const placeOf = (command: string, { layout }: AuthorizeRequest, application: Application): string =>
  `/dk?${query({ "st.cmd": command, "st.layout": layout, "st.client_id": application.id })}`

/** What the login page is sent to. */
export const loginAction = `/dk?cmd=${commands.login}&st.cmd=${commands.login}`

const statement =
  html`<p class="test">This is a <strong>test server</strong>, not OK.ru. Its users are made up: do not type
a real password.</p>`

const problem = (text: string | undefined): Html =>
  text === undefined ? nothing : html`<p class="problem" role="alert">${text}</p>`

const focus = (isHere: boolean): Html => isHere ? html` autofocus` : nothing

const testUsers = (world: World): Html => {
  const rows = Object.values(world.accounts).map(({ login, password, permissions, uid, usesApplication }) => {
    const profile = profileOf(world, uid)
    const granted = usesApplication && permissions.length > 0
      ? `${permissions.length} ${permissions.length === 1 ? "permission" : "permissions"} granted`
      : "nothing granted yet"
    return html`<tr><td>${profile?.firstName ?? ""} ${
      profile?.lastName ?? ""
    }<small>${granted}</small></td><td><code>${login}</code></td><td><code>${Redacted.value(password)}</code></td></tr>`
  })
  return html`<section class="card">
<h2>Test users</h2>
<p class="soft">The permissions page is for those who have not granted all that is asked for.</p>
<div class="users" tabindex="0" role="region" aria-label="Test users">
<table>
<thead><tr><th scope="col">Name</th><th scope="col">Login</th><th scope="col">Password</th></tr></thead>
<tbody>
${rows}
</tbody>
</table>
</div>
</section>`
}

export const loginPage = (
  { login, problem: wrong, request }: Dialog,
  application: Application,
  world: World
): Response =>
  page({
    title: "Sign in",
    layout: request.layout,
    redirectUri: request.redirectUri,
    body: html`<section class="card">
<div id="hook_Block_OAuth2Login">
<h1>Sign in</h1>
<p class="soft">to go on to the test application ${application.id}</p>
${statement}
${problem(wrong === "credentials" ? "Wrong login or password." : undefined)}
<form method="post" action="${loginAction}">
<input name="fr.posted" type="hidden" value="set">
<label>Login<input name="fr.email" id="field_email" type="text" value="${login}" autocomplete="off" autocapitalize="none" spellcheck="false"${
      focus(login === "")
    } required></label>
<label>Password<input name="fr.password" id="field_password" type="password" autocomplete="off"${
      focus(login !== "")
    } required></label>
<label class="check"><input name="fr.remember" type="checkbox" value="on" checked>Remember me</label>
<input type="submit" value="Sign in">
</form>
</div>
</section>
${testUsers(world)}`
  })

const changeUser = (request: AuthorizeRequest, application: Application): string => {
  const common = {
    "st.layout": request.layout,
    "st.client_id": application.id,
    "st.scope": writeScope(request.scope),
    "st.response_type": request.responseType,
    "st.show_permissions": "off",
    "st.redirect_uri": request.redirectUri
  }
  const back = `/dk?${query({ "st.cmd": commands.permissions, ...common })}`
  return `/dk?${query({ "st.cmd": commands.login, ...common, "st.redirect": encodeURIComponent(back) })}`
}

export const permissionsPage = (
  { problem: wrong, request }: Dialog,
  application: Application,
  world: World,
  { formToken, uid }: { readonly formToken: string; readonly uid: string }
): Response => {
  const profile = profileOf(world, uid)
  const scopes = request.scope.map((scope) => html`<li>${describeScope(scope)}<code>${scope}</code></li>`)
  return page({
    title: "Permissions",
    layout: request.layout,
    redirectUri: request.redirectUri,
    body: html`<section class="card wide">
<div id="hook_Block_OAuth2Permissions">
<h1>The test application ${application.id} asks for access</h1>
<p class="soft">You are <strong>${profile?.firstName ?? ""} ${profile?.lastName ?? ""}</strong>.
<a href="${changeUser(request, application)}">Somebody else?</a></p>
${problem(wrong === "form" ? "This form was out of date. Please choose again." : undefined)}
<ul>
<li>Who you are: your name, picture and id</li>
${scopes}
</ul>
${
      request.unknownScope.length === 0 ?
        nothing :
        html`<p class="test">Left out, since there is no such permission: <code>${
          writeScope(request.unknownScope)
        }</code></p>`
    }
<form method="POST" action="/dk?st.cmd=OAuth2Permissions&amp;cmd=OAuth2Permissions">
<input name="fr.posted" type="hidden" value="set">
<input name="fr.token" type="hidden" value="${formToken}">
<button name="button_accept_request">Allow</button>
</form>
<a class="button" href="${denial(request)}">Cancel</a>
${statement}
</div>
</section>`
  })
}

/** What has to be typed, and is written next to it. */
export const captchaText = "test"

export const captchaPage = ({ problem: wrong, request }: Dialog): Response =>
  page({
    title: "Captcha",
    layout: request.layout,
    redirectUri: request.redirectUri,
    body: html`<section class="card wide">
<div id="hook_Block_AnonymVerifyCaptchaStart">
<h1>Are you a human?</h1>
<p>Type the word that you see.</p>
${problem(wrong === "challenge" ? "That is another word." : undefined)}
<p class="captcha">${captchaText}</p>
<form method="post" action="/dk?cmd=anonymVerifyCaptchaStart&amp;st.cmd=anonymVerifyCaptchaStart">
<input name="fr.posted" type="hidden" value="set">
<label>The word<input name="fr.captcha" id="field_captcha" type="text" autocomplete="off" autocapitalize="none" autofocus required></label>
<input type="submit" value="Go on">
</form>
${statement}
</div>
</section>`
  })

export const humanCheckPage = ({ request }: Dialog): Response =>
  page({
    title: "Human check",
    layout: request.layout,
    redirectUri: request.redirectUri,
    body: html`<section class="card wide">
<div id="hook_Block_AnonymUnblockConfirmPhone">
<h1>Please confirm that it is you</h1>
<p>OK.ru sends a code to a phone here. There is no phone: the button is enough.</p>
<form method="post" action="/dk?cmd=anonymUnblockConfirmPhone&amp;st.cmd=anonymUnblockConfirmPhone">
<input name="fr.posted" type="hidden" value="set">
<input type="submit" value="It is me">
</form>
${statement}
</div>
</section>`
  })

/** For what cannot be answered to the application. */
export const errorPage = (error: string, description: string): Response =>
  page({
    title: "Error",
    layout: "w",
    status: 400,
    body: html`<section class="card wide">
<h1>This cannot go on</h1>
<p class="problem" role="alert"><strong>${error}</strong>: ${description}</p>
<p class="soft">Either the application that sent you here made a mistake, or this took too long. Go back to it and start again.</p>
${statement}
</section>`
  })

/** Where programs without a page of their own let their users end. */
export const blankPage: Response = page({
  title: "Done",
  layout: "w",
  body: html`<section class="card wide">
<h1>Done</h1>
<p>The application reads the address of this page. You can close it.</p>
${statement}
</section>`
})
