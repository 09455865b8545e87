import * as Fetch from "@effect-okru/core/fetch"
import * as OkClient from "@effect-okru/core/OkClient"
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as OkSession from "@effect-okru/core/OkSession"
import * as Signature from "@effect-okru/core/Signature"
import * as Friends from "@effect-okru/methods/Friends"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"

// Of a page, for the user who is looking at it: the application's secret stays on the server.
export const friendsOf = (
  application: OkConfig.Options,
  session: { readonly accessToken: Redacted.Redacted; readonly sessionSecretKey: Redacted.Redacted }
) =>
  Friends.get().pipe(
    Effect.provide(
      Layer.merge(OkClient.layer(), OkSession.layerClient(session)).pipe(
        Layer.provide([Signature.layer, Fetch.layer()]),
        Layer.provide(OkConfig.layer(application))
      )
    )
  )
