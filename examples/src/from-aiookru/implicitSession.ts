import * as Implicit from "@effect-okru/auth/Implicit"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

export const implicitSession = (login: string, password: Redacted.Redacted<string>) =>
  Implicit.layerSession({
    login,
    password,
    scope: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
    // AUTHORIZE_NUM_ATTEMPTS and AUTHORIZE_RETRY_INTERVAL
    retry: Implicit.attempts(3, "1 second")
  })

export const whoAmI = (login: string, password: Redacted.Redacted<string>) =>
  Users.getLoggedInUser().pipe(
    Effect.provide(implicitSession(login, password)),
    Effect.catchTags({
      OAuthInvalidCredentials: () => Effect.fail("wrong login or password" as const),
      OAuthHumanCheck: ({ verificationUrl }) => Effect.fail({ verificationUrl })
    })
  )
