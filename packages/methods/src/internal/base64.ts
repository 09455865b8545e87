import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"

// Schema has these two. They bring a decoder of their own into a browser, a kilobyte of gzip, where the platform has one.

/** Bytes, sent as Base64. */
export const bytes: Schema.Schema<Uint8Array, string> = Schema.transformOrFail(
  Schema.String,
  Schema.Uint8ArrayFromSelf,
  {
    strict: true,
    decode: (base64, _, ast) =>
      ParseResult.try({
        try: () => Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0)),
        catch: () => new ParseResult.Type(ast, undefined, "expected Base64")
      }),
    encode: (bytes) => ParseResult.succeed(btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")))
  }
)

/** A text, sent as Base64 of its UTF-8. */
export const text: Schema.Schema<string, string> = Schema.transformOrFail(bytes, Schema.String, {
  strict: true,
  decode: (bytes, _, ast) =>
    ParseResult.try({
      // Otherwise every byte that is no UTF-8 would become the same sign.
      try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
      catch: () => new ParseResult.Type(ast, undefined, "expected a text in UTF-8")
    }),
  encode: (text) => ParseResult.succeed(new TextEncoder().encode(text))
})
