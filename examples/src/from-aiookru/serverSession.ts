import { OkSession } from "@effect-okru/core"
import type * as Redacted from "effect/Redacted"

// The application's secret key is OkConfig's.
export const serverSession = (accessToken: Redacted.Redacted<string>) => OkSession.layerServer({ accessToken })
