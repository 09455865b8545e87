import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import type * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { ConnectionReset } from "./connection.js"

/** A client whose every request is answered by an app. */
export const fetchInProcess = (app: HttpApp.Default): HttpClient.HttpClient =>
  HttpClient.make((request, url, signal) =>
    Effect.gen(function*() {
      const init = yield* bodyOf(request)
      const received = yield* Effect.try({
        try: () => new Request(url, { ...init, method: request.method, headers: request.headers, signal }),
        catch: (cause) => new HttpClientError.RequestError({ request, reason: "Encode", cause })
      })
      const response = yield* Effect.scoped(
        Effect.provideService(app, HttpServerRequest.HttpServerRequest, HttpServerRequest.fromWeb(received))
      ).pipe(
        Effect.mapInputContext(withoutSpan),
        Effect.catchSomeDefect((defect) =>
          defect instanceof ConnectionReset
            ? Option.some(new HttpClientError.RequestError({ request, reason: "Transport", cause: defect }))
            : Option.none()
        )
      )
      const runtime = yield* Effect.runtime()
      return HttpClientResponse.fromWeb(
        request,
        HttpServerResponse.toWeb(response, { runtime, withoutBody: request.method === "HEAD" })
      )
    })
  )

// A router writes its route into the span that it finds, which here is the one of the call.
const withoutSpan = (context: Context.Context<never>) => Context.omit(Tracer.ParentSpan)(context)

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): Effect.Effect<RequestInit> => {
  switch (body._tag) {
    case "Empty":
      return Effect.succeed({})
    case "Raw":
      // What a client takes for a raw body is what `fetch` takes.
      return Effect.succeed({ body: body.body as BodyInit })
    case "Uint8Array":
      return Effect.succeed({ body: new Uint8Array(body.body) })
    case "FormData":
      return Effect.succeed({ body: body.formData })
    case "Stream":
      // `duplex` is what Node asks for with a stream, and not in the DOM's types.
      return Effect.map(
        Stream.toReadableStreamEffect(body.stream),
        (stream): RequestInit & { readonly duplex: "half" } => ({ body: stream, duplex: "half" })
      )
  }
}
