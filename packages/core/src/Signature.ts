/**
 * How OK.ru wants a call signed, as pure functions and as a service.
 *
 * 1. Take every parameter that is sent, but not `access_token`, `session_key`, `sig` and `resig`.
 * 2. Sort by name, by code unit, and write `name=value` one after another with nothing between.
 * 3. Append the secret that belongs to the session ({@link secret}).
 * 4. MD5 of the UTF-8 bytes, in lower-case hexadecimal digits, is `sig`.
 *
 * Facts: https://apiok.ru/en/dev/methods (section on calculating the signature). Where the official text and the official
 * browser SDKs disagree, on whether `session_key` is signed, the text is followed; this library sends the token as
 * `access_token`, which nobody signs.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Digest from "./Digest.js"
import { noApplicationSecret } from "./internal/secret.js"
import * as OkConfig from "./OkConfig.js"
import { OkSigningError } from "./OkError.js"
import type { Credentials } from "./OkSession.js"

/**
 * Whether a parameter takes part in the signature.
 *
 * @since 0.1.0
 * @category algorithm
 */
export const isSigned = (name: string): boolean =>
  name !== "access_token" && name !== "session_key" && name !== "sig" && name !== "resig"

/**
 * The text that is signed, without the secret.
 *
 * @example
 * ```ts
 * import { Signature } from "@effect-okru/core"
 *
 * Signature.canonical({ method: "friends.get", application_key: "1", format: "json" })
 * // "application_key=1format=jsonmethod=friends.get"
 * ```
 *
 * @since 0.1.0
 * @category algorithm
 */
export const canonical = (parameters: { readonly [name: string]: string }): string => {
  let text = ""
  // `sort` without a comparator compares code units, as OK.ru does. Never a locale.
  for (const name of Object.keys(parameters).sort()) {
    if (isSigned(name)) {
      text += `${name}=${parameters[name]}`
    }
  }
  return text
}

/**
 * The secret of the server circuit: what stands for a session secret key where only the application's is known.
 *
 * @since 0.1.0
 * @category algorithm
 */
export const serverSecret = (
  options: {
    readonly accessToken: Redacted.Redacted<string>
    readonly applicationSecretKey: Redacted.Redacted<string>
  },
  md5: (text: string) => string = Digest.md5
): Redacted.Redacted<string> => Redacted.make(serverText(options.accessToken, options.applicationSecretKey, md5))

const serverText = (
  accessToken: Redacted.Redacted<string>,
  applicationSecretKey: Redacted.Redacted<string>,
  md5: (text: string) => string
): string => md5(Redacted.value(accessToken) + Redacted.value(applicationSecretKey))

/**
 * The secret that a session's calls are signed with. None where the circuit needs the application's secret key and
 * there is none.
 *
 * @since 0.1.0
 * @category algorithm
 */
export const secret = (
  credentials: Credentials,
  applicationSecretKey: Option.Option<Redacted.Redacted<string>>,
  md5: (text: string) => string = Digest.md5
): Option.Option<Redacted.Redacted<string>> =>
  Option.map(
    Option.fromNullable(secretText(credentials, Option.getOrUndefined(applicationSecretKey), md5)),
    Redacted.make
  )

// As a text, for the line that signs: each `Redacted` that is made for a call costs more than its MD5.
const secretText = (
  credentials: Credentials,
  applicationSecretKey: Redacted.Redacted<string> | undefined,
  md5: (text: string) => string
): string | undefined => {
  if (credentials._tag === "Client") {
    return Redacted.value(credentials.sessionSecretKey)
  }
  return applicationSecretKey === undefined
    ? undefined
    : credentials._tag === "Server"
    ? serverText(credentials.accessToken, applicationSecretKey, md5)
    : Redacted.value(applicationSecretKey)
}

/**
 * The signature of a canonical text.
 *
 * @example
 * ```ts
 * import { Signature } from "@effect-okru/core"
 * import * as Redacted from "effect/Redacted"
 *
 * Signature.sign("application_key=1format=jsonmethod=friends.get", Redacted.make("6364d3f0f495b6ab9dcf8d3b5c6e0b01"))
 * // "d7348fe0d7d735aa2156fa5c596ab8cc"
 * ```
 *
 * @since 0.1.0
 * @category algorithm
 */
export const sign = (
  canonical: string,
  secret: Redacted.Redacted<string>,
  md5: (text: string) => string = Digest.md5
): string => md5(canonical + Redacted.value(secret))

/**
 * What knows the secret of each kind of session and signs with it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The signature of a canonical text for a session. */
  readonly sign: (canonical: string, credentials: Credentials) => Effect.Effect<string, OkSigningError>
}

/**
 * Signs calls. The digest inside is {@link Digest.Digest}.
 *
 * @since 0.1.0
 * @category tags
 */
export class OkSigner extends Context.Tag("@effect-okru/core/Signature/OkSigner")<OkSigner, Service>() {}

const make = (
  secretOf: typeof secretText,
  missing: string
): Effect.Effect<Service, never, OkConfig.OkConfig> =>
  Effect.gen(function*() {
    const config = yield* OkConfig.OkConfig
    const applicationSecretKey = Option.getOrUndefined(config.applicationSecretKey)
    const { md5 } = yield* Digest.Digest
    return {
      sign: (canonical, credentials) => {
        const secret = secretOf(credentials, applicationSecretKey, md5)
        return secret === undefined
          ? Effect.fail(new OkSigningError({ issue: missing }))
          : secret === "" || (credentials._tag !== "Application" && Redacted.value(credentials.accessToken) === "")
          ? Effect.fail(new OkSigningError({ issue: empty }))
          : Effect.succeed(md5(canonical + secret))
      }
    }
  })

const empty = "The session's token or secret is an empty text"

/**
 * The circuit follows from the session: what nearly every program wants.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<OkSigner, never, OkConfig.OkConfig> = Layer.effect(
  OkSigner,
  make(secretText, noApplicationSecret("This call"))
)

/**
 * Only the client circuit: a session without a session secret key of its own cannot be signed. For code that must
 * never touch the application's secret.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerClientCircuit: Layer.Layer<OkSigner, never, OkConfig.OkConfig> = Layer.effect(
  OkSigner,
  make(
    (credentials, key, md5) => credentials._tag === "Client" ? secretText(credentials, key, md5) : undefined,
    "The client circuit signs with a session secret key, which this session does not have"
  )
)

/**
 * Only the server circuit: a user's calls are signed with MD5 of the token and the application's secret key, even
 * where the session has a key of its own.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServerCircuit: Layer.Layer<OkSigner, never, OkConfig.OkConfig> = Layer.effect(
  OkSigner,
  make(
    (credentials, applicationSecretKey, md5) =>
      secretText(
        credentials._tag === "Client" ? { _tag: "Server", accessToken: credentials.accessToken } : credentials,
        applicationSecretKey,
        md5
      ),
    noApplicationSecret("This call")
  )
)
