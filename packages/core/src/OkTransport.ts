/**
 * How a signed request gets to OK.ru and its answer back. Replace it with a fake in tests, with a faster client on Node,
 * with whatever your platform has.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import type * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import type * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as FiberId from "effect/FiberId"
import * as FiberRefs from "effect/FiberRefs"
import { constTrue, dual } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Runtime from "effect/Runtime"
import * as RuntimeFlags from "effect/RuntimeFlags"
import * as Stream from "effect/Stream"
import { answerTooLarge, connectionError, defaultMaxBytes, type Named } from "./internal/connectionError.js"
import { contentType } from "./internal/form.js"
import { inFiber } from "./internal/inFiber.js"
import { withoutSecrets as internalWithoutSecrets } from "./internal/redact.js"
import type { OkTransportError } from "./OkError.js"

/**
 * A call as it goes over the wire.
 *
 * @since 0.1.0
 * @category models
 */
export interface Request {
  /** The REST method, `users.getInfo`. */
  readonly method: string
  /** Whether it can be sent twice without harm. */
  readonly kind: "read" | "write"
  readonly verb: "POST" | "GET"
  /** Where to, without a query. */
  readonly url: string
  /** Every parameter but the token and the signature, as text, sorted by name. */
  readonly parameters: { readonly [name: string]: string }
  /** The text that was signed, without the secret. Empty for a method that must not be signed. */
  readonly canonical: string
  /** `undefined` for a method that must not be signed. */
  readonly sig: string | undefined
  readonly accessToken: Redacted.Redacted<string> | undefined
  /** What else the form holds that must not come back in an error: a password, a code, a client secret. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted<string>> | undefined
  /**
   * The form, `application/x-www-form-urlencoded`: all parameters, the signature and the token. A function, so that what prints
   * a request does not show it, and the token stays `Redacted` until the request is sent.
   */
  readonly form: () => string
}

/**
 * An answer, whatever it is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Response {
  readonly status: number
  readonly body: string
  /** The header `Invocation-Error`: the decimal code of an API error. The first one, where there are several. */
  readonly invocationError?: string | undefined
}

/**
 * What sends a request and gives its answer, whatever that is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /**
   * Sends once. Interrupting the effect cancels the request. Fails with a failure of the connection only: an HTTP
   * status, whichever, is an answer.
   */
  readonly send: (request: Request) => Effect.Effect<Response, OkTransportError>
  /**
   * The same as a function, for a transport that makes no steps of its own as an effect: begins to send, and hands what comes
   * of it to `resume`, once. What it returns gives the request up. `runtime` is what an effect of the transport runs with: the
   * caller's context, with the span of the call, and the caller's settings.
   *
   * A client that has this has no need of a fiber for each time-out. It gives up when the time is over, or when it is interrupted.
   */
  readonly dispatch?: Dispatch | undefined
}

/**
 * How a transport sends by a function: see {@link Service}.
 *
 * @since 0.1.0
 * @category models
 */
export type Dispatch = (
  request: Request,
  runtime: () => Runtime.Runtime<never>,
  resume: (result: Effect.Effect<Response, OkTransportError>) => void
) => Effect.Effect<void>

/**
 * The transport in use. {@link layerHttp} is the one for any `HttpClient`, `@effect-okru/core/undici` the fast one for
 * Node, `@effect-okru/core/fetch` the small one for browsers.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkTransport extends Context.Tag("@effect-okru/core/OkTransport")<OkTransport, Service>() {}

/**
 * What the transport does with the `HttpClient` that it is given.
 *
 * A client that asks for a content coding has to unpack it: fetch does, Node's own (`NodeHttpClient`) do not, and ask for none.
 * Nothing here asks for one.
 *
 * @since 0.1.0
 * @category models
 */
export interface HttpOptions {
  /** Changes the client before it is used: a proxy, more headers, a metric. */
  readonly transformClient?: ((client: HttpClient.HttpClient) => HttpClient.HttpClient) | undefined
  /**
   * The largest answer that is read, in bytes after decompression. 32 MB by default. In a browser, which does not tell a page
   * that another origin compressed its answer, the length that the answer says counts; `@effect-okru/core/fetch` counts what comes.
   */
  readonly maxBytes?: number | undefined
}

/**
 * A transport over an `HttpClient` of `@effect/platform`.
 *
 * Its spans are off: a call has one of its own, and a GET would put the token into that of the client.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeHttp = (client: HttpClient.HttpClient, options: HttpOptions = {}): Service => {
  const http = options.transformClient?.(client) ?? client
  const maxBytes = options.maxBytes ?? defaultMaxBytes
  const exchange = (request: Request): Effect.Effect<Response, OkTransportError> =>
    exchanged(http, httpRequest(request), request, maxBytes, responseOf)
  return {
    send: (request) => sealed(exchange(request)),
    // The same settings, made with the fiber: to set and to restore them would be a tenth of a call's steps. It is no fiber of the
    // program, and to count it would take some microseconds.
    dispatch: (request, runtime, resume) => {
      const { context, fiberRefs, runtimeFlags } = runtime()
      const settings = Runtime.make({
        context: withoutRedirects(context),
        fiberRefs,
        runtimeFlags: RuntimeFlags.disable(runtimeFlags, RuntimeFlags.RuntimeMetrics)
      })
      return inFiber(exchange(request), settings, resume, withoutSpans)
    }
  }
}

const responseOf = (status: number, headers: Headers.Headers, body: string): Response => ({
  status,
  body,
  invocationError: headers["invocation-error"]?.split(",")[0]
})

const exchanged = <A>(
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  named: Named,
  maxBytes: number,
  read: (status: number, headers: Headers.Headers, body: string) => A
): Effect.Effect<A, OkTransportError> =>
  client.execute(request).pipe(
    Effect.flatMap((response) => {
      // Some clients make this anew each time that they are asked for it.
      const { headers } = response
      return Effect.map(
        bodyOf(named, response, headers, maxBytes),
        (body) => read(response.status, headers, withoutMark(body))
      )
    }),
    Effect.mapError((error) => error._tag === "OkTransportError" ? error : transportError(named, error))
  )

// Without redirects and spans.
const sealed = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.mapInputContext(effect, (context: Context.Context<never>) => withoutRedirects(context)).pipe(
    Effect.locally(HttpClient.currentTracerDisabledWhen, constTrue)
  )

const withoutSpans = (fiberRefs: FiberRefs.FiberRefs, fiberId: FiberId.Runtime): FiberRefs.FiberRefs =>
  FiberRefs.updateAs(fiberRefs, { fiberId, fiberRef: HttpClient.currentTracerDisabledWhen, value: constTrue })

// A byte order mark is no part of a text. Some clients take it off, some do not, and what is read here keeps it until here.
const withoutMark = (text: string): string => text.charCodeAt(0) === 0xfeff ? text.slice(1) : text

// What says that it is small is read in one go; what does not say, or is compressed, is counted while it comes.
const bodyOf = (
  request: Named,
  response: HttpClientResponse.HttpClientResponse,
  headers: Headers.Headers,
  maxBytes: number
): Effect.Effect<string, HttpClientError.ResponseError | OkTransportError> => {
  const { "content-encoding": encoding, "content-length": length } = headers
  const tooLarge = () => answerTooLarge(request, response.status, maxBytes)
  if (length !== undefined && encoding === undefined) {
    return Number(length) <= maxBytes ? response.text : Effect.zipRight(cancelled(response), Effect.fail(tooLarge()))
  }
  return Effect.suspend(() => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
    let bytes = 0
    let text = ""
    return Stream.runForEach(response.stream, (chunk) => {
      bytes += chunk.byteLength
      text += decoder.decode(chunk, { stream: true })
      return bytes > maxBytes ? Effect.fail(tooLarge()) : Effect.void
    }).pipe(
      Effect.map(() => text + decoder.decode()),
      Effect.catchIf(
        (error) => error._tag === "ResponseError" && error.reason === "EmptyBody",
        () => Effect.succeed("")
      ),
      unlogged
    )
  })
}

/**
 * The answer to a request that is no call.
 *
 * @since 0.1.0
 * @category models
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers.Headers
  readonly body: string
}

/**
 * Sends a request that is no call as {@link makeHttp} sends calls: it follows no redirect, shows no address in a span, reads no
 * answer without end, and says in a failure what happened without what is secret. For what signs users in. A client has to unpack
 * what it, or the request, asks for: see {@link HttpOptions}.
 *
 * @since 0.1.0
 * @category other requests
 */
export const execute = (
  client: HttpClient.HttpClient,
  request: HttpClientRequest.HttpClientRequest,
  options: {
    /** What a failure calls the request. */
    readonly method: string
    /** What it must not repeat. */
    readonly secrets?: ReadonlyArray<Redacted.Redacted<string>> | undefined
    /** The largest answer that is read, in bytes after decompression. 32 MB by default. */
    readonly maxBytes?: number | undefined
  }
): Effect.Effect<HttpAnswer, OkTransportError> => {
  const { maxBytes = defaultMaxBytes, method, secrets } = options
  const named: Named = { method, parameters: {}, form: () => "", sig: undefined, accessToken: undefined, secrets }
  return sealed(exchanged(client, request, named, maxBytes, (status, headers, body) => ({ status, headers, body })))
}

// A stream fails in a fiber of its own, and Effect logs what nobody waits for: an error with the whole request in it.
const unlogged = Effect.withUnhandledErrorLogLevel(Option.none())

// A client cancels a request whose answer nobody goes on to read.
const cancelled = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<void> =>
  Effect.flatMap(
    Effect.fork(Effect.interruptible(unlogged(Stream.runDrain(response.stream)))),
    (fiber) => Effect.zipRight(Effect.yieldNow(), Fiber.interrupt(fiber))
  )

/**
 * The default transport, on any `HttpClient`: fetch, undici, a browser's. That of `XMLHttpRequest` follows redirects whatever it is
 * told, with the token: take fetch in browsers.
 *
 * @example
 * ```ts
 * import { OkTransport } from "@effect-okru/core"
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const Transport = OkTransport.layerHttp().pipe(Layer.provide(FetchHttpClient.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerHttp = (options?: HttpOptions): Layer.Layer<OkTransport, never, HttpClient.HttpClient> =>
  Layer.effect(OkTransport, Effect.map(HttpClient.HttpClient, (client) => makeHttp(client, options)))

/**
 * A transport of your own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (service: Service): Layer.Layer<OkTransport> => Layer.succeed(OkTransport, service)

// A redirect followed would hand the token to whoever it points to. Node's clients do not follow by themselves.
const withoutRedirects = <R>(context: Context.Context<R>): Context.Context<R> =>
  Context.add(
    context,
    FetchHttpClient.RequestInit,
    Option.match(Context.getOption(context, FetchHttpClient.RequestInit), {
      onNone: () => manual,
      onSome: (init) => ({ ...init, ...manual })
    })
  )

const manual = { redirect: "manual" } as const

/**
 * Takes secrets out of a text that is to print: as they are, and as they are written on a page, in JSON, in a form and in a
 * URL. For what sends requests of its own.
 *
 * @since 0.1.0
 * @category redaction
 */
export const withoutSecrets: {
  (secrets: ReadonlyArray<Redacted.Redacted<string>>): (text: string) => string
  (text: string, secrets: ReadonlyArray<Redacted.Redacted<string>>): string
} = dual(
  2,
  (text: string, secrets: ReadonlyArray<Redacted.Redacted<string>>): string =>
    internalWithoutSecrets(text, secrets.map(Redacted.value))
)

const httpRequest = (request: Request): HttpClientRequest.HttpClientRequest =>
  request.verb === "GET"
    ? HttpClientRequest.get(`${request.url}?${request.form()}`)
    : HttpClientRequest.bodyText(
      HttpClientRequest.post(request.url),
      request.form(),
      contentType
    )

// The platform's error holds the request, and with it the token of a GET: only words of its causes are kept.
const transportError = (request: Named, error: HttpClientError.HttpClientError): OkTransportError =>
  connectionError(request, error.cause, {
    sent: error._tag === "ResponseError" ? true : error.reason === "Transport" ? undefined : false,
    status: error._tag === "ResponseError" ? error.response.status : undefined,
    words: error.reason
  })
