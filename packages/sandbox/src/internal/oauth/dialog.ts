/*
 * Dialogs that are open, and who is signed in: a browser has a cookie for either, and knows no more than that.
 */
import type { Challenge, World } from "../world.js"
import type { AuthorizeRequest } from "./request.js"

export interface Dialog {
  /** In the cookie. */
  readonly id: string
  readonly request: AuthorizeRequest
  /** The login that was typed last. */
  readonly login: string
  /** What went wrong last. */
  readonly problem: "credentials" | "challenge" | "form" | undefined
  /** Who has given the right password, but was asked for more. */
  readonly pending:
    | { readonly uid: string; readonly remember: boolean; readonly challenge: Exclude<Challenge, "none"> }
    | undefined
  /** In the permissions form, where it is good once. */
  readonly formToken: string | undefined
}

export interface SignedIn {
  /** In the cookie. */
  readonly id: string
  readonly uid: string
}

// A browser that comes back later than this many others starts again.
const most = 1000

export const openDialog = (world: World, id: string, request: AuthorizeRequest): World => ({
  ...world,
  dialogs: [
    ...world.dialogs.slice(1 - most),
    { id, request, login: "", problem: undefined, pending: undefined, formToken: undefined }
  ]
})

export const dialogOf = (world: World, id: string | undefined): Dialog | undefined =>
  world.dialogs.find((dialog) => dialog.id === id)

export const updateDialog = (world: World, { id }: Dialog, change: Partial<Dialog>): World => ({
  ...world,
  dialogs: world.dialogs.map((dialog) => dialog.id === id ? { ...dialog, ...change } : dialog)
})

export const closeDialog = (world: World, closed: Dialog): World => ({
  ...world,
  dialogs: world.dialogs.filter(({ id }) => id !== closed.id)
})

export const signIn = (world: World, id: string, uid: string): World => ({
  ...world,
  signedIn: [...world.signedIn.slice(1 - most), { id, uid }]
})

export const signedInAs = (world: World, id: string | undefined): string | undefined =>
  world.signedIn.find((browser) => browser.id === id)?.uid
