/**
 * The application that calls: its id, its keys and the addresses of OK.ru.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import { present } from "./internal/secret.js"

/**
 * The application as everything reads it: {@link Options} with the defaults filled in.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly applicationId: string
  readonly applicationKey: string
  readonly applicationSecretKey: Option.Option<Redacted.Redacted<string>>
  /** Without a slash at its end. */
  readonly apiUrl: string
  /** Without a slash at its end. */
  readonly connectUrl: string
}

/**
 * What there is to say of an application: the id and the keys that OK.ru gave it, and where OK.ru is.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The number of the application, OAuth's `client_id`. */
  readonly applicationId: string
  /** The public key, `CBA…`, sent with every call as `application_key`. */
  readonly applicationKey: string
  /** The secret key; an empty one counts as none. Only on a server: never ship it in a browser or an app. */
  readonly applicationSecretKey?: Redacted.Redacted<string> | undefined
  /** Where the REST API is. `https://api.ok.ru` by default. In a browser it can be a path of the page's own origin, `/ok`. */
  readonly apiUrl?: string | undefined
  /** Where users sign in. `https://connect.ok.ru` by default. */
  readonly connectUrl?: string | undefined
}

/**
 * The application that calls, for the signer, the transport and the grants.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkConfig extends Context.Tag("@effect-okru/core/OkConfig")<OkConfig, Service>() {}

const defaultApiUrl = "https://api.ok.ru"
const defaultConnectUrl = "https://connect.ok.ru"

const withoutSlash = (url: string): string => url.replace(/\/+$/, "")

/**
 * The application from its options, without a layer: empty secrets are none, addresses have no slash at their end. Throws where no
 * client can send to one, which is a defect in {@link layer} and a `ConfigError` in {@link layerConfig}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Service => {
  const made = checked(options)
  if (Either.isLeft(made)) {
    throw new Cause.IllegalArgumentException(made.left)
  }
  return made.right
}

const checked = (options: Options): Either.Either<Service, string> => {
  const { apiUrl = defaultApiUrl, applicationId, applicationKey, connectUrl = defaultConnectUrl } = options
  const wrong = !isAddress(connectUrl)
    ? "connectUrl (OKRU_CONNECT_URL)"
    : !isAddress(apiUrl) && !apiUrl.startsWith("/")
    ? "apiUrl (OKRU_API_URL)"
    : undefined
  if (wrong !== undefined) {
    // It is not repeated: there may be a password in it.
    return Either.left(
      `${wrong} must be an address, https://… or http://…, without a user name and a query` +
        (isAddress(connectUrl) ? ", or a path of a page's own origin, /…" : "")
    )
  }
  return Either.right({
    applicationId,
    applicationKey,
    applicationSecretKey: present(options.applicationSecretKey),
    apiUrl: withoutSlash(apiUrl),
    connectUrl: withoutSlash(connectUrl)
  })
}

// With a scheme that every client knows. None of them sends what stands before an `@`, and some print it.
const isAddress = (text: string): boolean => /^https?:\/\/[^/?#@\\]+(\/[^?#]*)?$/i.test(text) && URL.canParse(text)

/**
 * The application, written down.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<OkConfig> => Layer.sync(OkConfig, () => make(options))

/**
 * The settings `layerConfig` reads unless it is given others: `OKRU_APPLICATION_ID`, `OKRU_APPLICATION_KEY`,
 * `OKRU_APPLICATION_SECRET_KEY` (optional), `OKRU_API_URL` and `OKRU_CONNECT_URL` (with their defaults).
 *
 * @since 0.1.0
 * @category config
 */
export const config: Config.Config<Options> = Config.all({
  applicationId: Config.nonEmptyString("OKRU_APPLICATION_ID"),
  applicationKey: Config.nonEmptyString("OKRU_APPLICATION_KEY"),
  applicationSecretKey: Config.redacted("OKRU_APPLICATION_SECRET_KEY").pipe(
    Config.option,
    Config.map(Option.getOrUndefined)
  ),
  apiUrl: Config.nonEmptyString("OKRU_API_URL").pipe(Config.withDefault(defaultApiUrl)),
  connectUrl: Config.nonEmptyString("OKRU_CONNECT_URL").pipe(Config.withDefault(defaultConnectUrl))
})

/**
 * The application, read through `effect/Config`: from the environment, or from any `ConfigProvider`.
 *
 * @example
 * ```ts
 * import { OkConfig } from "@effect-okru/core"
 * import * as Config from "effect/Config"
 *
 * // the names of `OkConfig.config`
 * const standard = OkConfig.layerConfig()
 *
 * // names of your own
 * const own = OkConfig.layerConfig({
 *   applicationId: Config.string("MY_APP_ID"),
 *   applicationKey: Config.string("MY_APP_KEY"),
 *   applicationSecretKey: Config.redacted("MY_APP_SECRET")
 * })
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: Config.Config.Wrap<Options> = config
): Layer.Layer<OkConfig, ConfigError.ConfigError> =>
  Layer.effect(
    OkConfig,
    Config.mapOrFail(
      Config.unwrap(options),
      (options) => Either.mapLeft(checked(options), (issue) => ConfigError.InvalidData([], issue))
    )
  )
