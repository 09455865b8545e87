/**
 * Where browsers reach the backend.
 */
import * as HttpServer from "@effect/platform/HttpServer"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export interface Service {
  readonly origin: string
  /** Where OK.ru sends users back to. It has to be among the addresses that the application is registered with. */
  readonly redirectUri: string
  /** Whether cookies are for https only. */
  readonly secure: boolean
}

export class Site extends Context.Tag("login-backend/Site")<Site, Service>() {}

export const callbackPath = "/callback"

const isLoopback = ({ hostname }: URL): boolean => ["127.0.0.1", "[::1]", "localhost"].includes(hostname)

const make = (redirectUri: URL): Service => ({
  origin: redirectUri.origin,
  redirectUri: redirectUri.href,
  secure: !isLoopback(redirectUri)
})

/** For a backend that is behind a proxy with a name and a certificate. */
export const layerConfig = Layer.effect(
  Site,
  Config.url("OKRU_REDIRECT_URI").pipe(
    Config.validate({
      message: `expected https://<host>${callbackPath}, or http://127.0.0.1:<port>${callbackPath}`,
      validation: (url) =>
        url.pathname === callbackPath && url.search === "" && url.hash === "" &&
        (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url)))
    }),
    Config.map(make)
  )
)

/** For a backend on this machine: the address that the server has got. */
export const layerLoopback: Layer.Layer<Site, never, HttpServer.HttpServer> = Layer.effect(
  Site,
  HttpServer.addressFormattedWith((address) => Effect.succeed(make(new URL(callbackPath, address))))
)
