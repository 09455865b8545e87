import * as RefreshToken from "@effect-okru/auth/RefreshToken"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

export const whoAmI = (refreshToken: Redacted.Redacted<string>) =>
  Users.getLoggedInUser().pipe(
    Effect.provide(RefreshToken.layerSession({ refreshToken })),
    Effect.catchTag("OAuthRefreshTokenOver", () => Effect.fail("sign in again" as const))
  )
