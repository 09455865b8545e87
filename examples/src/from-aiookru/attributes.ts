import * as Grant from "@effect-okru/auth/Grant"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

// Beside the session, every `layerSession` has what OK.ru gave.
export const attributes = Effect.map(Grant.Grant, (grant) => ({
  access_token: Redacted.value(grant.accessToken),
  session_secret_key: Option.map(Option.fromNullable(grant.sessionSecretKey), Redacted.value),
  refresh_token: Option.map(Option.fromNullable(grant.refreshToken), Redacted.value),
  token_type: grant.tokenType,
  state: grant.state,
  permissions_granted: grant.permissionsGranted,
  // A point in time: `expires_in` counts from a moment that is soon forgotten.
  expires_at: grant.expiresAt
}))
