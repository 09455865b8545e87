/**
 * Encryption of what a `TokenStore` writes down.
 *
 * A store that keeps texts asks for a cipher, so that writing tokens in clear is a decision: {@link layerAesGcm} for a
 * database, a Redis or a disk that others can read, {@link layerPlain} where the store itself protects them.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SecureRandom from "./SecureRandom.js"

/**
 * - `"InvalidKey"`: a key is no AES key, two keys share an id, or this platform has no WebCrypto (browsers have it on
 *   https only).
 * - `"Malformed"`: the text was not written by this cipher.
 * - `"UnknownKey"`: it was written with a key that the cipher does not have.
 * - `"Tampered"`: the key is there and the text does not open: it was changed, cut off, or moved from another place.
 *
 * @since 0.1.0
 * @category errors
 */
export class CipherError extends Schema.TaggedError<CipherError>("@effect-okru/auth/CipherError")("CipherError", {
  reason: Schema.Literal("InvalidKey", "Malformed", "UnknownKey", "Tampered"),
  /** What to do about it. Holds neither a key nor a text. */
  issue: Schema.String
}) {
  override get message(): string {
    return `${this.reason}: ${this.issue}`
  }
}

/**
 * What seals texts and opens them again.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** Encrypts a text for one place: nowhere else does it open. */
  readonly encrypt: (text: Redacted.Redacted<string>, place: string) => Effect.Effect<string, CipherError>
  /** Opens a text that was encrypted for the same place. */
  readonly decrypt: (text: string, place: string) => Effect.Effect<Redacted.Redacted<string>, CipherError>
}

/**
 * The cipher that stores of texts use.
 *
 * @since 0.1.0
 * @category tags
 */
export class Cipher extends Context.Tag("@effect-okru/auth/Cipher")<Cipher, Service>() {}

/**
 * An AES key and its name.
 *
 * @since 0.1.0
 * @category models
 */
export interface Key {
  /** Written in front of every text, so that it finds its key again: letters, digits, `-` and `_`. */
  readonly id: string
  /** 32 random bytes in Base64, as `openssl rand -base64 32` prints them. 16 are an AES key as well. */
  readonly secret: Redacted.Redacted<string>
}

const version = "a1"
const nonceBytes = 12
const encoder = new TextEncoder()
// Without it a text loses the byte order mark that it begins with.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const invalidKey = (issue: string): CipherError => new CipherError({ reason: "InvalidKey", issue })

const tampered = (): CipherError =>
  new CipherError({ reason: "Tampered", issue: "the text does not open with its key" })

const algorithm = (nonce: BufferSource, keyId: string, place: string): AesGcmParams => ({
  name: "AES-GCM",
  iv: nonce,
  additionalData: encoder.encode(`${version}.${keyId}.${place}`)
})

const importKey = ({ id, secret }: Key): Effect.Effect<CryptoKey, CipherError> =>
  Effect.gen(function*() {
    if (!/^[\w-]+$/.test(id)) {
      return yield* invalidKey("the id of a key has letters, digits, - and _ only")
    }
    const bytes = Either.getOrElse(Encoding.decodeBase64(Redacted.value(secret)), () => new Uint8Array())
    if (![16, 32].includes(bytes.length)) {
      return yield* invalidKey(`the key ${id} is not Base64 of 32 bytes: make one with openssl rand -base64 32`)
    }
    return yield* Effect.tryPromise({
      try: () => crypto.subtle.importKey("raw", new Uint8Array(bytes), "AES-GCM", false, ["encrypt", "decrypt"]),
      catch: () => invalidKey("WebCrypto is not available here; browsers have it on https only")
    })
  })

/**
 * AES-GCM by WebCrypto, see {@link layerAesGcm}.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeAesGcm = (
  key: Key,
  options: { readonly previous?: ReadonlyArray<Key> | undefined } = {}
): Effect.Effect<Service, CipherError> =>
  Effect.gen(function*() {
    const current = yield* importKey(key)
    const keys = new Map([[key.id, current]])
    for (const old of options.previous ?? []) {
      if (keys.has(old.id)) {
        return yield* invalidKey(`two keys have the id ${old.id}`)
      }
      keys.set(old.id, yield* importKey(old))
    }
    const random = yield* SecureRandom.SecureRandom

    return {
      encrypt: (text, place) =>
        Effect.gen(function*() {
          const nonce = new Uint8Array(yield* random.bytes(nonceBytes))
          const sealed = yield* Effect.promise(() =>
            crypto.subtle.encrypt(algorithm(nonce, key.id, place), current, encoder.encode(Redacted.value(text)))
          )
          const bytes = new Uint8Array(nonceBytes + sealed.byteLength)
          bytes.set(nonce)
          bytes.set(new Uint8Array(sealed), nonceBytes)
          return `${version}.${key.id}.${Encoding.encodeBase64Url(bytes)}`
        }),
      decrypt: (text, place) =>
        Effect.gen(function*() {
          const [head, keyId = "", body = "", ...rest] = text.split(".")
          if (head !== version || rest.length > 0) {
            return yield* new CipherError({ reason: "Malformed", issue: "the text was not written by this cipher" })
          }
          const cryptoKey = keys.get(keyId)
          if (cryptoKey === undefined) {
            return yield* new CipherError({
              reason: "UnknownKey",
              issue: "the text names a key that is not here: put the key it was written with into previous"
            })
          }
          const bytes = new Uint8Array(yield* Either.mapLeft(Encoding.decodeBase64Url(body), tampered))
          const nonce = bytes.subarray(0, nonceBytes)
          const opened = yield* Effect.tryPromise({
            try: () => crypto.subtle.decrypt(algorithm(nonce, keyId, place), cryptoKey, bytes.subarray(nonceBytes)),
            catch: tampered
          })
          return Redacted.make(decoder.decode(opened))
        })
    }
  })

/**
 * AES-GCM by WebCrypto. A text is encrypted with `key`, under a fresh random nonce, and opens only at the place it was
 * written for.
 *
 * To change the key, put the new one first and the old one into `previous`: what was written with the old one stays
 * readable and takes the new one when it is next written, at every renewal of a session. Drop the old one when no
 * session can be left under it: refresh tokens live 30 days. What is left all the same is `"Unreadable"`, and the calls of
 * that user fail with `OkSessionUnavailable` until `SessionManager.forget` or a new sign-in.
 *
 * Fails with `InvalidKey` when the layer is built.
 *
 * @example
 * ```ts
 * import * as Cipher from "@effect-okru/auth/Cipher"
 * import * as Config from "effect/Config"
 * import * as Effect from "effect/Effect"
 * import * as Layer from "effect/Layer"
 *
 * const EncryptedAtRest = Layer.unwrapEffect(
 *   Effect.gen(function*() {
 *     const current = yield* Config.redacted("TOKEN_KEY_2026")
 *     const previous = yield* Config.redacted("TOKEN_KEY_2025")
 *     return Cipher.layerAesGcm({ id: "2026", secret: current }, { previous: [{ id: "2025", secret: previous }] })
 *   })
 * )
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layerAesGcm = (
  key: Key,
  options?: { readonly previous?: ReadonlyArray<Key> | undefined }
): Layer.Layer<Cipher, CipherError> => Layer.effect(Cipher, makeAesGcm(key, options))

/**
 * No encryption: texts are written as they are. For stores that nobody else can read, and for tests.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPlain: Layer.Layer<Cipher> = Layer.succeed(Cipher, {
  encrypt: (text) => Effect.succeed(Redacted.value(text)),
  decrypt: (text) => Effect.succeed(Redacted.make(text))
})

/**
 * A cipher of your own: a key management service, a hardware module.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (service: Service): Layer.Layer<Cipher> => Layer.succeed(Cipher, service)
