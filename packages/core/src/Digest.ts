/**
 * MD5, which OK.ru's signatures are made of. WebCrypto has none, so there is one in plain TypeScript that runs
 * everywhere; a Node backend can put the one of `node:crypto` in its place with `@effect-okru/core/node/Digest`.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { md5Hex } from "./internal/md5.js"

/**
 * What computes MD5.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** MD5 of the UTF-8 bytes of a text, as 32 lower-case hexadecimal digits. */
  readonly md5: (text: string) => string
}

/**
 * The digest in use. Without a layer it is the plain TypeScript one.
 *
 * @since 0.1.0
 * @category tags
 */
export class Digest extends Context.Reference<Digest>()("@effect-okru/core/Digest", {
  defaultValue: (): Service => ({ md5: md5Hex })
}) {}

/**
 * A digest of your own, to be provided to the client: the signer takes it when it is built.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (service: Service): Layer.Layer<never> => Layer.succeed(Digest, service)

/**
 * MD5 of a text by the plain TypeScript implementation, as lower-case hexadecimal digits.
 *
 * @since 0.1.0
 * @category digests
 */
export const md5: (text: string) => string = md5Hex
