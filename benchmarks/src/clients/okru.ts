/**
 * This library: typed parameters, signing, POST, a decoded user, the standard policies, a span in Effect's own tracer.
 */
import { OkClient, OkConfig, OkPolicy, OkSession, OkTransport, Signature } from "@effect-okru/core"
import * as Fetch from "@effect-okru/core/fetch"
import * as NodeDigest from "@effect-okru/core/node/Digest"
import * as Undici from "@effect-okru/core/undici"
import * as Users from "@effect-okru/methods/Users"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { fields } from "../answer.js"
import type { Make } from "../Client.js"
import { fromEffect } from "../EffectClient.js"
import { application, session } from "../form.js"
import type { HttpLayer } from "./platform.js"

export type TransportLayer = Layer.Layer<OkTransport.OkTransport>

/** The fast transport, with as many connections as the floor has. */
export const fastWith = (connections: number): TransportLayer => Undici.layer({ connections })

/** The fast transport. */
export const fast: TransportLayer = fastWith(64)

/** The small transport. */
export const fetch: TransportLayer = Fetch.layer()

/** The default transport. */
export const over = (http: HttpLayer): TransportLayer => Layer.provide(OkTransport.layerHttp(), http)

/** The application, its digest and the client. */
export const layerClient = (
  transport: TransportLayer,
  origin: string
): Layer.Layer<OkClient.OkClient | OkConfig.OkConfig> =>
  OkClient.layer().pipe(
    Layer.provide([Signature.layer, transport]),
    Layer.provideMerge(OkConfig.layer({
      applicationId: application.id,
      applicationKey: application.key,
      applicationSecretKey: Redacted.make(application.secretKey),
      apiUrl: origin
    })),
    Layer.provide(NodeDigest.layer)
  )

const layer = (transport: TransportLayer, origin: string, policy: Layer.Layer<never> = OkPolicy.standard) =>
  Layer.mergeAll(
    layerClient(transport, origin),
    OkSession.layerClient({
      accessToken: Redacted.make(session.accessToken),
      sessionSecretKey: Redacted.make(session.secretKey)
    }),
    policy
  )

const call = Users.getCurrentUser({ fields })

export const everything = (transport: TransportLayer): Make => (origin) => fromEffect(call, layer(transport, origin))

export const untraced = (transport: TransportLayer): Make => (origin) =>
  fromEffect(call, Layer.merge(layer(transport, origin), Layer.setTracerEnabled(false)))

/** As `everything`, for answers that are kept back on purpose: its time-outs are as many, and longer. */
export const patient = (transport: TransportLayer): Make => (origin) =>
  fromEffect(
    call,
    layer(
      transport,
      origin,
      Layer.merge(OkPolicy.layerRetry(), OkPolicy.layerTimeout({ attempt: "5 minutes", total: "10 minutes" }))
    )
  )
