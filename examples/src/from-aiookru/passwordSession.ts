import * as Password from "@effect-okru/auth/Password"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

export const whoAmI = (login: string, password: Redacted.Redacted<string>) =>
  Users.getLoggedInUser().pipe(
    Effect.provide(Password.layerSession({ login, password })),
    Effect.catchTag("OkAuthChallenge", ({ code, verificationUrl }) => Effect.fail({ code, verificationUrl }))
  )
