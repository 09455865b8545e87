/**
 * Random bytes that nobody can guess, for states, nonces and names. Replaceable, so that a test knows them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/**
 * A source of bytes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  readonly bytes: (count: number) => Effect.Effect<Uint8Array>
}

/**
 * The source in use. Without a layer it is WebCrypto's.
 *
 * @since 0.1.0
 * @category tags
 */
export class SecureRandom extends Context.Reference<SecureRandom>()("@effect-okru/auth/SecureRandom", {
  defaultValue: (): Service => ({
    bytes: (count) => Effect.sync(() => crypto.getRandomValues(new Uint8Array(count)))
  })
}) {}

/**
 * A source of your own. Outside of tests it must be one that nobody can guess.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (service: Service): Layer.Layer<never> => Layer.succeed(SecureRandom, service)
