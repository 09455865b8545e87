import { OkClient, OkConfig, OkTransport, Signature } from "@effect-okru/core"
import { Cassette } from "@effect-okru/core/testing"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Layer from "effect/Layer"

export const recorded = (path: string) =>
  OkClient.layer().pipe(
    Layer.provide(Signature.layer),
    Layer.provide(Cassette.layer(path)),
    Layer.provide(OkTransport.layerHttp()),
    Layer.provide([FetchHttpClient.layer, NodeContext.layer]),
    Layer.provideMerge(OkConfig.layerConfig())
  )
