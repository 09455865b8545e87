import type * as Credentials from "@effect-okru/auth/Credentials"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as Friends from "@effect-okru/methods/Friends"
import * as Effect from "effect/Effect"

export const signedIn = (user: string, credentials: Credentials.Credentials) =>
  Effect.flatMap(SessionManager.SessionManager, (manager) => manager.save(user, credentials))

// Refreshes by itself, for as long as the refresh token lives, and says where to sign in after that.
export const friendsOf = (user: string) => Friends.get().pipe(Effect.provide(SessionManager.sessionFor(user)))
