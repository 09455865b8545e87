/**
 * The sandbox on a port, for clients that need a real socket. It listens on 127.0.0.1 and nowhere else.
 *
 * @example
 * ```ts
 * import { OkConfig } from "@effect-okru/core"
 * import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const Config = Layer.unwrapEffect(Effect.map(SandboxServer.config, OkConfig.layer)).pipe(
 *   Layer.provideMerge(SandboxServer.layer()),
 *   Layer.provideMerge(Sandbox.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
import type * as OkConfig from "@effect-okru/core/OkConfig"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { configOf, Sandbox } from "./Sandbox.js"

/**
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `http://127.0.0.1:<port>`, for the REST API and for signing in alike. */
  readonly url: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** 0, the default, for any that is free. */
  readonly port?: number | undefined
}

/**
 * @since 0.1.0
 * @category tags
 */
export class SandboxServer extends Context.Tag("@effect-okru/sandbox/SandboxServer")<SandboxServer, Service>() {}

/**
 * Serves the sandbox until the scope closes, which also cuts the connections that are still open.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Service, ServeError, Sandbox | Scope.Scope> =>
  Effect.gen(function*() {
    const sandbox = yield* Sandbox
    const node = createServer()
    const server = yield* NodeHttpServer.make(() => node, { host: "127.0.0.1", port: options.port ?? 0 })
    // A client's idle connection would keep the server from closing.
    yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
    yield* server.serve(sandbox.app)
    const port = server.address._tag === "TcpAddress" ? server.address.port : 0
    return { url: `http://127.0.0.1:${port}` }
  })

/**
 * A server for as long as the layer lives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<SandboxServer, ServeError, Sandbox> =>
  Layer.scoped(SandboxServer, make(options))

/**
 * The application for `OkConfig.layer`, with the server's address.
 *
 * @since 0.1.0
 * @category config
 */
export const config: Effect.Effect<OkConfig.Options, never, Sandbox | SandboxServer> = Effect.gen(function*() {
  const { application } = yield* Sandbox
  const { url } = yield* SandboxServer
  return configOf(application, url)
})
