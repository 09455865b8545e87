/**
 * MD5 of `node:crypto`, for backends on Node: several times faster than the plain TypeScript one.
 *
 * @since 0.1.0
 */
import type * as Layer from "effect/Layer"
import { hash } from "node:crypto"
import * as Digest from "../Digest.js"

/**
 * Signs with `node:crypto`. Provide it to the client: the signer takes its digest when it is built, and a layer beside it or around the
 * program comes too late.
 *
 * @example
 * ```ts
 * import { OkClient } from "@effect-okru/core"
 * import * as NodeDigest from "@effect-okru/core/node/Digest"
 * import * as Layer from "effect/Layer"
 *
 * const Ok = OkClient.layerHttp().pipe(Layer.provide(NodeDigest.layer))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<never> = Digest.layer({ md5: (text) => hash("md5", text) })
