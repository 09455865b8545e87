import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

const redirectUri = "http://127.0.0.1:1/callback"

export const whoAmI = (code: Redacted.Redacted<string>) =>
  Users.getLoggedInUser().pipe(Effect.provide(AuthorizationCode.layerSession({ code, redirectUri })))

// What aiookru leaves to you: the address that the user is sent to, and the one that the user comes back to, with the
// state compared and the code exchanged. `browser` is your id of the browser's session, which the state is tied to.
export const start = (browser: string) =>
  AuthorizationCode.start({ redirectUri, scope: ["VALUABLE_ACCESS"], binding: browser })
export const finish = (browser: string, url: string) => AuthorizationCode.finish({ url, redirectUri, binding: browser })
