/**
 * The fast transport for Node, straight on a pool of [undici](https://undici.nodejs.org): a call costs a fraction of what it
 * costs over an `HttpClient`. `undici` is an optional peer of this package; its line 7 is the one for Node 20.
 *
 * After a call a fiber goes on in the `AsyncLocalStorage` of Node in which its connection was made, which can be that of another
 * request. A `FiberRef`, and what is in the context of an effect, is kept.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { constVoid, identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import { promisify } from "node:util"
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib"
import { type Dispatcher, Pool } from "undici"
import { answerTooLarge, codeOf, connectionError, defaultMaxBytes } from "./internal/connectionError.js"
import { contentType } from "./internal/form.js"
import type { OkTransportError } from "./OkError.js"
import * as OkTransport from "./OkTransport.js"

/**
 * How to connect.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * The most connections to one host. Further requests wait in line for theirs. 100 by default. There can be more for a while after
   * one that could not be made: undici hands it the line, and counts it no longer.
   */
  readonly connections?: number | undefined
  /** The largest answer that is read, in bytes after decompression. 32 MB by default. */
  readonly maxBytes?: number | undefined
  /**
   * More of undici's own settings: TLS, keep-alive, time-outs. Those are failures of the reason `"Timeout"`, that of connecting of
   * `"NotConnected"`, and hold beside those of `OkPolicy.timeout`. With `pipelining`, what shares a connection shares its end:
   * undici sends a read again by itself, and a write that was under way fails as `"Interrupted"`.
   */
  readonly pool?: Omit<Pool.Options, "connections"> | undefined
}

/**
 * A transport over pools, one for each host, that are closed with the scope. Redirects are not followed.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<OkTransport.Service, never, Scope.Scope> => {
  const { connections = 100, maxBytes = defaultMaxBytes } = options
  return Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => ({ pools: new Map<string, Pool>(), connected: new Set<Dispatcher>(), isClosed: false })),
      (state) =>
        Effect.promise(() => {
          state.isClosed = true
          return Promise.all([...state.pools.values(), ...state.connected].map((dispatcher) => dispatcher.destroy()))
        })
    ),
    (state) => {
      const { connected, pools } = state
      // Most requests go where the one before went.
      let last: { readonly url: string; readonly pool: Pool; readonly path: string } | undefined
      const poolOf = (origin: string): Pool => {
        const known = pools.get(origin)
        if (known !== undefined) {
          return known
        }
        if (state.isClosed) {
          throw new Error("the transport is closed")
        }
        const pool = new Pool(origin, { ...options.pool, connections })
        // A pool forgets a client that could not connect, and goes on to hand it the line: it does not end with the pool.
        pool.on("connect", (_, targets) => {
          for (const target of targets) {
            if (state.isClosed) {
              target.destroy(constVoid)
            } else {
              connected.add(target)
            }
          }
        })
        pool.on("disconnect", (_, targets) => targets.forEach((target) => connected.delete(target)))
        // A client whose host shows a certificate for another name stands still for good, and the line with it, until there is
        // another one. Where none is, the line is told what happened, and the next request begins anew.
        pool.on("connectionError", (_, __, error) => {
          const { queued, size } = pool.stats
          if (codeOf(error) === "ERR_TLS_CERT_ALTNAME_INVALID" && queued > 0 && queued === size) {
            pools.delete(origin)
            last = undefined
            pool.destroy(error, constVoid)
          }
        })
        pools.set(origin, pool)
        return pool
      }
      const targetOf = (url: string) => {
        if (last?.url !== url) {
          const path = url.indexOf("/", url.indexOf("//") + 2)
          last = { url, pool: poolOf(url.slice(0, path)), path: url.slice(path) }
        }
        return last
      }
      const start = (
        request: OkTransport.Request,
        resume: (result: Effect.Effect<OkTransport.Response, OkTransportError>) => void
      ): Effect.Effect<void> => {
        const exchange = receive(request, maxBytes, resume)
        try {
          const { path, pool } = targetOf(request.url)
          pool.dispatch(dispatched(request, path), exchange.handler)
        } catch (cause) {
          resume(Effect.fail(connectionError(request, cause, { sent: false, words: "the request could not be made" })))
        }
        return exchange.giveUp
      }
      return {
        send: (request) => Effect.async((resume) => start(request, resume)),
        dispatch: (request, _, resume) => start(request, resume)
      }
    }
  )
}

/**
 * The fast transport, for `OkClient.layer` in place of `OkClient.layerHttp`.
 *
 * @example
 * ```ts
 * import { OkClient, OkConfig, Signature } from "@effect-okru/core"
 * import * as NodeDigest from "@effect-okru/core/node/Digest"
 * import * as Undici from "@effect-okru/core/undici"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = OkClient.layer().pipe(
 *   Layer.provide([Signature.layer, Undici.layer()]),
 *   Layer.provide(NodeDigest.layer),
 *   Layer.provideMerge(OkConfig.layerConfig())
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<OkTransport.OkTransport> =>
  Layer.scoped(OkTransport.OkTransport, make(options))

const headers = { "content-type": contentType }

const dispatched = (request: OkTransport.Request, path: string): Dispatcher.DispatchOptions =>
  request.verb === "GET"
    // Of what shares a connection with others, undici repeats by itself what it takes for idempotent, and each GET is that for it.
    ? { method: "GET", path: `${path}?${request.form()}`, idempotent: request.kind === "read" }
    : { method: "POST", path, headers, body: request.form() }

interface Exchange {
  readonly handler: Dispatcher.DispatchHandler
  /** Cancels the request, now or, while it waits for a connection, before it is sent. */
  readonly giveUp: Effect.Effect<void>
}

const receive = (
  request: OkTransport.Request,
  maxBytes: number,
  resume: (result: Effect.Effect<OkTransport.Response, OkTransportError>) => void
): Exchange => {
  let controller: Dispatcher.DispatchController | undefined
  let isAborted = false
  let status = 0
  let invocationError: string | undefined
  let unpacks: ReadonlyArray<Unpack> = none
  let bytes = 0
  const chunks: Array<Buffer> = []
  const abort = () => {
    isAborted = true
    controller?.abort(new Error("the request was given up"))
  }
  const tooLarge = () => {
    abort()
    resume(Effect.fail(answerTooLarge(request, status, maxBytes)))
  }
  const respond = (body: Buffer): OkTransport.Response => ({ status, body: text(body), invocationError })
  return {
    giveUp: Effect.sync(abort),
    handler: {
      onRequestStart(started) {
        // An abort would cost the connection that was about to carry it, and to throw does not.
        if (isAborted) {
          throw new Error("the request was given up")
        }
        // What is lost with a request behind it on its connection is begun again, whatever it is.
        if (controller !== undefined && request.kind === "write") {
          throw new Error("the connection was lost")
        }
        controller = started
        status = 0
        bytes = 0
        chunks.length = 0
      },
      onResponseStart(_, statusCode, headers) {
        // Of those that announce another one.
        if (statusCode < 200) {
          return
        }
        status = statusCode
        invocationError = listOf(headers["invocation-error"])[0]
        unpacks = unpacksOf(headers["content-encoding"])
        if (Number(headers["content-length"]) > maxBytes) {
          tooLarge()
        }
      },
      onResponseData(_, chunk) {
        bytes += chunk.length
        if (bytes > maxBytes) {
          tooLarge()
        } else {
          chunks.push(chunk)
        }
      },
      onResponseEnd() {
        const [first, ...more] = chunks
        const body = first !== undefined && more.length === 0 ? first : Buffer.concat(chunks)
        resume(
          unpacks.length === 0 || bytes === 0
            ? Effect.succeed(respond(body))
            : Effect.mapBoth(unpacked(body, unpacks, maxBytes), {
              onFailure: (cause) =>
                isTooLarge(cause)
                  ? answerTooLarge(request, status, maxBytes)
                  : connectionError(request, cause, { sent: true, status, words: "the answer could not be read" }),
              onSuccess: respond
            })
        )
      },
      onResponseError(_, cause) {
        if (!isAborted) {
          const sent = controller !== undefined
          resume(
            Effect.fail(
              connectionError(request, cause, { sent, status: status || undefined, words: "the connection failed" })
            )
          )
        }
      }
    }
  }
}

const none: ReadonlyArray<never> = []

// A header that comes twice is a list, as one with a comma is.
const listOf = (header: string | Array<string> | undefined): ReadonlyArray<string> =>
  header?.toString().split(",").map((text) => text.trim()) ?? none

// As `TextDecoder` does: a byte order mark is no part of a text.
const text = (body: Buffer): string =>
  body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? body.toString("utf8", 3) : body.toString()

interface Unpack {
  (body: Buffer, options: { readonly maxOutputLength: number }): Promise<Buffer>
}

const gunzipped: Unpack = promisify(gunzip)
const inflated: Unpack = promisify(inflate)
const inflatedRaw: Unpack = promisify(inflateRaw)

// Nothing asks for them, and something in between can use them all the same.
const known: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ["br", promisify(brotliDecompress)],
  ["gzip", gunzipped],
  ["x-gzip", gunzipped],
  // Some leave out the frame, which begins with the number of its method.
  ["deflate", (body, options) => ((body[0] ?? 0) & 0x0f) === 8 ? inflated(body, options) : inflatedRaw(body, options)]
])

// As fetch does: where one of them is unknown, the answer is left as it is.
const unpacksOf = (header: string | Array<string> | undefined): ReadonlyArray<Unpack> => {
  if (header === undefined) {
    return none
  }
  const found = listOf(header).map((coding) => known.get(coding.toLowerCase()))
  return found.every(Predicate.isNotUndefined) ? found : none
}

// What was put on last comes off first. More of them than fetch takes are no answer but an attempt to keep somebody busy.
const unpacked = (body: Buffer, unpacks: ReadonlyArray<Unpack>, maxBytes: number): Effect.Effect<Buffer, unknown> =>
  unpacks.length > 5
    ? Effect.fail(new Error("more than 5 content codings"))
    : Effect.reduceRight(
      unpacks,
      body,
      (unpack, packed) =>
        Effect.tryPromise({ try: () => unpack(packed, { maxOutputLength: maxBytes }), catch: identity })
    )

const isTooLarge = (cause: unknown): boolean => codeOf(cause) === "ERR_BUFFER_TOO_LARGE"
