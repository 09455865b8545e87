/*
 * From `/oauth/authorize` through the dialogs back to the application. Between two pages everything is in the world: a
 * browser has two cookies, and is sent from page to page by redirects.
 */
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { accountBy, accountOf, authorize, hasGranted, openSession, type World } from "../world.js"
import { issueCode } from "./code.js"
import { closeDialog, type Dialog, dialogOf, openDialog, signedInAs, signIn, updateDialog } from "./dialog.js"
import { redirect } from "./page.js"
import {
  captchaPage,
  captchaText,
  commands,
  errorPage,
  humanCheckPage,
  loginPage,
  permissionsPage,
  placeOf
} from "./pages.js"
import { withFragment, withQuery } from "./redirectUri.js"
import type { Reply, Step, Visit } from "./reply.js"
import { type AuthorizeRequest, readRequest } from "./request.js"
import { writeScope } from "./scope.js"

const dialogCookie = "test_ok_dialog"
const signedInCookie = "test_ok_signed_in"

const cookieOptions = { httpOnly: true, sameSite: "lax", path: "/" } as const

/** `GET /oauth/authorize`. */
export const start: Step = (visit, world) =>
  Either.match(readRequest(visit), {
    onLeft: ({ description, error, location }): Reply => ({
      response: location === undefined ? errorPage(error, description) : redirect(location),
      world,
      error
    }),
    onRight: (request) => {
      const uid = signedInAs(world, visit.cookies[signedInCookie])
      if (uid !== undefined && hasAll(world, uid, request)) {
        return finish(visit, world, request, uid)
      }
      const id = `test-dialog-${visit.unique}`
      const command = uid === undefined ? commands.login : commands.permissions
      return {
        response: HttpServerResponse.unsafeSetCookie(
          redirect(placeOf(command, request, visit.application)),
          dialogCookie,
          id,
          cookieOptions
        ),
        world: openDialog(world, id, request),
        uid
      }
    }
  })

/** `GET /dk`. */
export const show: Step = (visit, world) =>
  withDialog(visit, world, (dialog) => {
    const uid = signedInAs(world, visit.cookies[signedInCookie])
    switch (visit.parameters["st.cmd"]) {
      case commands.login:
        return { response: loginPage(dialog, visit.application, world), world, uid }
      case commands.captcha:
        return { response: captchaPage(dialog), world, uid }
      case commands.humanCheck:
        return { response: humanCheckPage(dialog), world, uid }
      case commands.permissions: {
        if (uid === undefined) {
          return goTo(visit, world, dialog, commands.login)
        }
        const formToken = `test-form-token-${visit.unique}`
        return {
          response: permissionsPage(dialog, visit.application, world, { formToken, uid }),
          world: updateDialog(world, dialog, { formToken, problem: undefined }),
          uid
        }
      }
      default:
        return unknownPage(world)
    }
  })

/** `POST /dk`. */
export const submit: Step = (visit, world) =>
  withDialog(visit, world, (dialog) => {
    switch (visit.parameters["cmd"]) {
      case commands.login:
        return submitLogin(visit, world, dialog)
      case commands.captcha:
      case commands.humanCheck:
        return submitChallenge(visit, world, dialog)
      case commands.permissions:
        return submitPermissions(visit, world, dialog)
      default:
        return unknownPage(world)
    }
  })

const submitLogin = (visit: Visit, world: World, dialog: Dialog): Reply => {
  const { "fr.email": login = "", "fr.password": password = "", "fr.posted": posted, "fr.remember": remember } =
    visit.parameters
  if (posted !== "set") {
    return goTo(visit, world, dialog, commands.login)
  }
  const account = accountBy(world, login, password)
  if (account === undefined) {
    return goTo(visit, updateDialog(world, dialog, { login, problem: "credentials" }), dialog, commands.login)
  }
  const user = { uid: account.uid, remember: remember === "on" }
  const { challenge } = world
  return challenge === "none"
    ? enter(visit, world, dialog, user)
    : goTo(
      visit,
      updateDialog(world, dialog, { login, problem: undefined, pending: { ...user, challenge } }),
      dialog,
      commands[challenge]
    )
}

const submitChallenge = (visit: Visit, world: World, dialog: Dialog): Reply => {
  const { cmd, "fr.captcha": typed = "" } = visit.parameters
  const { pending } = dialog
  if (pending === undefined) {
    return goTo(visit, world, dialog, commands.login)
  }
  const asked = commands[pending.challenge]
  return cmd === asked && (pending.challenge === "humanCheck" || typed.trim().toLowerCase() === captchaText)
    ? enter(visit, world, dialog, pending)
    : goTo(visit, updateDialog(world, dialog, { problem: "challenge" }), dialog, asked)
}

const month = 30 * 24 * 60 * 60

/** The user is signed in: what was granted before is not asked for again. */
const enter = (
  visit: Visit,
  world: World,
  dialog: Dialog,
  { remember, uid }: { readonly uid: string; readonly remember: boolean }
): Reply => {
  // A new one each time: nobody knows it beforehand.
  const id = `test-signed-in-${visit.unique}`
  const signedIn = updateDialog(signIn(world, id, uid), dialog, { login: "", problem: undefined, pending: undefined })
  const reply = hasAll(world, uid, dialog.request)
    ? finish(visit, closeDialog(signedIn, dialog), dialog.request, uid)
    : goTo(visit, signedIn, dialog, commands.permissions)
  return {
    ...reply,
    response: HttpServerResponse.unsafeSetCookie(
      reply.response,
      signedInCookie,
      id,
      remember ? { ...cookieOptions, maxAge: `${month} seconds` } : cookieOptions
    ),
    uid
  }
}

const submitPermissions = (visit: Visit, world: World, dialog: Dialog): Reply => {
  const uid = signedInAs(world, visit.cookies[signedInCookie])
  if (uid === undefined) {
    return goTo(visit, world, dialog, commands.login)
  }
  const { button_accept_request: accepted, "fr.posted": posted, "fr.token": token } = visit.parameters
  return posted === "set" && accepted !== undefined && token !== undefined && token === dialog.formToken
    ? finish(visit, closeDialog(authorize(world, uid, dialog.request.scope), dialog), dialog.request, uid)
    : {
      ...goTo(
        visit,
        updateDialog(world, dialog, { formToken: undefined, problem: "form" }),
        dialog,
        commands.permissions
      ),
      uid
    }
}

const hasAll = (world: World, uid: string, { scope }: AuthorizeRequest): boolean =>
  accountOf(world, uid)?.usesApplication === true && scope.every((name) => hasGranted(world, uid, name))

/** Back to the application, with what it came for. */
const finish = (visit: Visit, world: World, request: AuthorizeRequest, uid: string): Reply => {
  const { redirectUri, responseType, scope, state } = request
  const back = (location: string, after: World): Reply => ({
    response: HttpServerResponse.expireCookie(redirect(location), dialogCookie, cookieOptions),
    world: after,
    uid
  })
  if (responseType === "code") {
    const [code, issued] = issueCode(world, uid, redirectUri, visit.now)
    return back(withQuery(redirectUri, { code, state }), issued)
  }
  const [session, opened] = openSession(world, uid, visit.now)
  return back(
    withFragment(redirectUri, {
      access_token: Redacted.value(session.accessToken),
      session_secret_key: Redacted.value(session.sessionSecretKey),
      permissions_granted: writeScope(scope),
      expires_in: String(Math.floor((session.expires - visit.now) / 1000)),
      state
    }),
    opened
  )
}

const goTo = (visit: Visit, world: World, { request }: Dialog, command: string): Reply => ({
  response: redirect(placeOf(command, request, visit.application)),
  world
})

const withDialog = (visit: Visit, world: World, f: (dialog: Dialog) => Reply): Reply => {
  const dialog = dialogOf(world, visit.cookies[dialogCookie])
  return dialog === undefined
    ? { response: errorPage("invalid_request", "nobody is signing in"), world, error: "invalid_request" }
    : f(dialog)
}

const unknownPage = (world: World): Reply => ({
  response: errorPage("invalid_request", "there is no such page"),
  world,
  error: "invalid_request"
})
