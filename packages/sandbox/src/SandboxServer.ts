/**
 * The sandbox on a port, for clients that need a real socket. It listens on 127.0.0.1 and nowhere else.
 *
 * `POST /sandbox/faults` does what `fault` and `faultsByChance` do in process, `DELETE /sandbox/faults` what `clearFaults` does.
 *
 * @example
 * ```ts
 * import { Sandbox, SandboxServer } from "@effect-okru/sandbox"
 * import * as Layer from "effect/Layer"
 *
 * const Config = SandboxServer.layerOkConfig.pipe(
 *   Layer.provideMerge(SandboxServer.layer()),
 *   Layer.provideMerge(Sandbox.layer())
 * )
 * ```
 *
 * @since 0.1.0
 */
import * as OkConfig from "@effect-okru/core/OkConfig"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpMiddleware from "@effect/platform/HttpMiddleware"
import * as HttpRouter from "@effect/platform/HttpRouter"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { createServer } from "node:http"
import { Connection } from "./internal/connection.js"
import { decodeOrder, mistakes } from "./internal/fault.js"
import { configOf, Sandbox, type Service as SandboxService } from "./Sandbox.js"

/**
 * A sandbox that is being served.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** `http://127.0.0.1:<port>`, for the REST API and for signing in alike. */
  readonly url: string
}

/**
 * Where to listen, on 127.0.0.1 always.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** 0, the default, for any that is free. */
  readonly port?: number | undefined
}

/**
 * The server, for its address.
 *
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
    // A span of a request has its address, and with that the token of a GET.
    yield* HttpMiddleware.withTracerDisabledWhenEffect(server.serve(served(sandbox)), () => true)
    const port = server.address._tag === "TcpAddress" ? server.address.port : 0
    return { url: `http://127.0.0.1:${port}` }
  })

// A page of another origin cannot send this type unasked.
const isJson = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  /^application\/json(;|$)/.test(headers["content-type"] ?? "")

const ordered = (sandbox: SandboxService): HttpApp.Default =>
  Effect.gen(function*() {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!isJson(request)) {
      return HttpServerResponse.text("the body has to be application/json", { status: 415 })
    }
    const order = yield* Effect.flatMap(request.json, decodeOrder)
    yield* "fault" in order ? sandbox.fault(order.fault, order) : sandbox.faultsByChance(order)
    return HttpServerResponse.empty()
  }).pipe(
    Effect.catchAll((error) => Effect.succeed(refused(error._tag === "ParseError" ? mistakes(error) : error.message))),
    // What is a mistake in a test in process is one of the request here.
    Effect.catchSomeDefect((defect) =>
      Cause.isRuntimeException(defect) ? Option.some(Effect.succeed(refused(defect.message))) : Option.none()
    )
  )

const refused = (message: string) => HttpServerResponse.text(message, { status: 400 })

const served = (sandbox: SandboxService): HttpApp.Default =>
  HttpRouter.empty.pipe(
    HttpRouter.post("/sandbox/faults", ordered(sandbox)),
    HttpRouter.del("/sandbox/faults", Effect.zipRight(sandbox.clearFaults, HttpServerResponse.empty())),
    Effect.catchTag("RouteNotFound", () => sandbox.app),
    onSocket
  )

// Who waits for an answer on a socket that is gone is interrupted.
const onSocket = (app: HttpApp.Default): HttpApp.Default =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.provideService(app, Connection, {
      reset: Effect.zipRight(
        Effect.sync(() => NodeHttpServerRequest.toIncomingMessage(request).socket.resetAndDestroy()),
        Effect.interruptible(Effect.never)
      )
    }))

/**
 * A server for as long as the layer lives.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<SandboxServer, ServeError, Sandbox> =>
  Layer.scoped(SandboxServer, make(options))

/**
 * The options of {@link layerOkConfig}, to change some of them.
 *
 * @since 0.1.0
 * @category config
 */
export const config: Effect.Effect<OkConfig.Options, never, Sandbox | SandboxServer> = Effect.gen(function*() {
  const { application } = yield* Sandbox
  const { url } = yield* SandboxServer
  return configOf(application, url)
})

/**
 * The application of the sandbox, with the server's address.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerOkConfig: Layer.Layer<OkConfig.OkConfig, never, Sandbox | SandboxServer> = Layer.unwrapEffect(
  Effect.map(config, OkConfig.layer)
)
