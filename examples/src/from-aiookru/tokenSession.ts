import { OkSession } from "@effect-okru/core"
import type * as Redacted from "effect/Redacted"

export const tokenSession = (accessToken: Redacted.Redacted<string>, sessionSecretKey?: Redacted.Redacted<string>) =>
  OkSession.fromCredentials({ accessToken, sessionSecretKey })
