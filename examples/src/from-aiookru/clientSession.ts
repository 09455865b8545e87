import { OkSession } from "@effect-okru/core"
import type * as Redacted from "effect/Redacted"

export const clientSession = (accessToken: Redacted.Redacted<string>, sessionSecretKey: Redacted.Redacted<string>) =>
  OkSession.layerClient({ accessToken, sessionSecretKey })
