/*
 * What goes wrong on request, and which call it happens to.
 */
import type { Json } from "@effect-okru/core/Json"
import * as HttpBody from "@effect/platform/HttpBody"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import type * as Array from "effect/Array"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as ParseResult from "effect/ParseResult"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as Stream from "effect/Stream"
import { gzipSync } from "node:zlib"
import { Connection } from "./connection.js"
import { jsonResponse } from "./refusal.js"

/**
 * What goes wrong with a call of the REST API.
 *
 * Nothing was executed:
 *
 * - `flood`: code 8, with the pause that is asked for, at the top of the body or in `error_data`, the default.
 * - `sessionExpired`: code 102, although the session is not over.
 * - `unknownCode`: a code that is documented nowhere, 4711 by default.
 * - `resetUnread`: the connection is reset before the request is read, and so before anything that was asked for with a method.
 *   Asked for with a method, which is not known then, as `resetBefore`.
 * - `resetBefore`: the connection is reset in place of an answer, after the request was read.
 *
 * The call was executed, if it passed the checks:
 *
 * - `resetAfter`: the connection is reset in place of an answer.
 * - `gatewayPage`: a page of HTML with a status, 502 by default.
 * - `slowHeaders`: the answer comes later, after a second by default.
 * - `slowBody`: half of the answer, and the rest later.
 * - `truncatedBody`: half of the answer, with the length of that half.
 * - `brokenBody`: half of the answer, then the connection is reset.
 * - `wrongContentType`: the answer as `text/html`.
 * - `emptyBody`: no byte of it.
 * - `wrongJson`: JSON that no method answers.
 * - `hugeBody`: a text as JSON, of 100 MB by default, which says how long it is only where that is asked for.
 * - `gzipBomb`: the same, compressed to a thousandth.
 *
 * @since 0.1.0
 * @category models
 */
export type Fault =
  | {
    readonly kind: "flood"
    readonly waitMillis?: number | undefined
    readonly place?: "body" | "error_data" | undefined
  }
  | { readonly kind: "sessionExpired" }
  | { readonly kind: "unknownCode"; readonly code?: number | undefined }
  | { readonly kind: "resetUnread" }
  | { readonly kind: "resetBefore" }
  | { readonly kind: "resetAfter" }
  | { readonly kind: "gatewayPage"; readonly status?: number | undefined }
  | { readonly kind: "slowHeaders"; readonly millis?: number | undefined }
  | { readonly kind: "slowBody"; readonly millis?: number | undefined }
  | { readonly kind: "truncatedBody" }
  | { readonly kind: "brokenBody" }
  | { readonly kind: "wrongContentType" }
  | { readonly kind: "emptyBody" }
  | { readonly kind: "wrongJson" }
  | { readonly kind: "hugeBody"; readonly bytes?: number | undefined; readonly saysLength?: boolean | undefined }
  | { readonly kind: "gzipBomb"; readonly bytes?: number | undefined }

/**
 * Faults by chance, the same ones in the same order for a seed.
 *
 * @since 0.1.0
 * @category models
 */
export interface Chance {
  /** How many calls something goes wrong with, from 0 to 1. */
  readonly share: number
  /** What, each as often as the others. */
  readonly among: Array.NonEmptyReadonlyArray<Fault>
  /** 0 by default. */
  readonly seed?: number | undefined
}

const millis = Schema.optional(Schema.Number.pipe(Schema.between(0, 600_000)))
const bytes = Schema.optional(Schema.Int.pipe(Schema.between(0, 1 << 30)))

const alone = <Kind extends Fault["kind"]>(kind: Kind) => Schema.Struct({ kind: Schema.Literal(kind) })

const FaultSchema: Schema.Schema<Fault> = Schema.Union(
  Schema.Struct({
    kind: Schema.Literal("flood"),
    waitMillis: millis,
    place: Schema.optional(Schema.Literal("body", "error_data"))
  }),
  alone("sessionExpired"),
  Schema.Struct({ kind: Schema.Literal("unknownCode"), code: Schema.optional(Schema.Int) }),
  alone("resetUnread"),
  alone("resetBefore"),
  alone("resetAfter"),
  Schema.Struct({
    kind: Schema.Literal("gatewayPage"),
    status: Schema.optional(Schema.Int.pipe(Schema.between(400, 599)))
  }),
  Schema.Struct({ kind: Schema.Literal("slowHeaders"), millis }),
  Schema.Struct({ kind: Schema.Literal("slowBody"), millis }),
  alone("truncatedBody"),
  alone("brokenBody"),
  alone("wrongContentType"),
  alone("emptyBody"),
  alone("wrongJson"),
  Schema.Struct({ kind: Schema.Literal("hugeBody"), bytes, saysLength: Schema.optional(Schema.Boolean) }),
  Schema.Struct({ kind: Schema.Literal("gzipBomb"), bytes })
).annotations({ identifier: "{ kind, … }" })

const Planned = Schema.Struct({
  fault: FaultSchema,
  method: Schema.optional(Schema.String),
  times: Schema.optional(Schema.Int.pipe(Schema.positive()))
}).annotations({ identifier: "{ fault, method?, times? }" })

const ByChance = Schema.Struct({
  share: Schema.Number.pipe(Schema.between(0, 1)),
  among: Schema.NonEmptyArray(FaultSchema),
  seed: Schema.optional(Schema.Int)
}).annotations({ identifier: "{ share, among, seed? }" })

const everything: ParseOptions = { onExcessProperty: "error", errors: "all" }
const decodePlanned = Schema.decodeUnknown(Planned, everything)
const decodeByChance = Schema.decodeUnknown(ByChance, everything)

/** What the control endpoint is sent, in one of two forms. A union would tell the mistakes of both. */
export const decodeOrder = (
  body: unknown
): Effect.Effect<typeof Planned.Type | typeof ByChance.Type, ParseResult.ParseError> =>
  Predicate.hasProperty(body, "share") || Predicate.hasProperty(body, "among")
    ? decodeByChance(body)
    : decodePlanned(body)

/** A line for each mistake: where, and what is expected. What may be absent could be `undefined`, too, which JSON has not. */
export const mistakes = (error: ParseResult.ParseError): string =>
  ParseResult.ArrayFormatter.formatErrorSync(error)
    .filter(({ message }) => !message.startsWith("Expected undefined, "))
    .map(({ message, path }) => path.length === 0 ? message : `${path.join(".")}: ${message}`)
    .join("\n")

interface Plan {
  readonly fault: Fault
  /** Any, where there is none. */
  readonly method: string | undefined
  readonly left: number
}

export interface Faults {
  readonly plans: ReadonlyArray<Plan>
  readonly chance: Effect.Effect<Fault | undefined>
}

export const none: Faults = { plans: [], chance: Effect.succeed(undefined) }

export const add = (faults: Faults, fault: Fault, method: string | undefined, times: number): Faults => ({
  ...faults,
  plans: [...faults.plans, { fault, method, left: times }]
})

export const byChance = ({ among, seed = 0, share }: Chance): Effect.Effect<Fault | undefined> => {
  const random = Random.make(seed)
  return Effect.flatMap(random.next, (dice) =>
    dice < share
      ? Effect.map(random.nextIntBetween(0, among.length), (index) => among[index])
      : Effect.succeed(undefined))
}

/**
 * What goes wrong with a call of which nothing is read yet: `resetUnread`, now. Anything else is what chance has for it, to be handed to
 * {@link whenRead}. What was asked for with any method goes before chance, which is not asked then.
 */
export const whenUnread = (faults: Ref.Ref<Faults>): Effect.Effect<Fault | undefined> =>
  Effect.flatten(Ref.modify(faults, (before) => {
    const plan = before.plans.find(({ method }) => method === undefined)
    return plan === undefined
      ? [before.chance, before]
      : isForUnread(plan)
      ? [Effect.succeed(plan.fault), used(before, plan)]
      : [Effect.succeed(undefined), before]
  }))

/** What goes wrong with a call that is read, for which chance had something before. */
export const whenRead = (
  faults: Ref.Ref<Faults>,
  method: string | undefined,
  byChance: Fault | undefined
): Effect.Effect<Fault | undefined> =>
  Ref.modify(faults, (before) => {
    const plan = before.plans.find((plan) => plan.method === undefined ? !isForUnread(plan) : plan.method === method)
    return plan === undefined ? [byChance, before] : [plan.fault, used(before, plan)]
  })

const isForUnread = ({ fault, method }: Plan): boolean => fault.kind === "resetUnread" && method === undefined

const used = (faults: Faults, plan: Plan): Faults => ({
  ...faults,
  plans: faults.plans.flatMap((other) =>
    other !== plan ? [other] : plan.left > 1 ? [{ ...plan, left: plan.left - 1 }] : []
  )
})

/** What stands in place of a call that is not executed. */
export interface Instead {
  readonly errorCode: number | undefined
  readonly response: Effect.Effect<HttpServerResponse.HttpServerResponse>
}

const error = (code: number, message: string, data: Json, more: { readonly [name: string]: Json } = {}): Instead => ({
  errorCode: code,
  response: Effect.succeed(
    jsonResponse({ error_code: code, error_msg: message, error_data: data, ...more }, {
      "Invocation-Error": String(code)
    })
  )
})

/** No answer. */
export const reset: Effect.Effect<never> = Effect.flatMap(Connection, (connection) => connection.reset)

/** `undefined` where the call is executed all the same. */
export const instead = (fault: Fault | undefined): Instead | undefined => {
  switch (fault?.kind) {
    case "flood": {
      const wait = fault.waitMillis === undefined ? {} : { wait_millis: fault.waitMillis }
      return fault.place === "body"
        ? error(8, "FLOOD_BLOCKED : Call blocked due to flood protection", null, wait)
        : error(8, "FLOOD_BLOCKED : Call blocked due to flood protection", fault.waitMillis === undefined ? null : wait)
    }
    case "sessionExpired":
      return error(102, "PARAM_SESSION_EXPIRED : Session expired", null)
    case "unknownCode":
      return error(fault.code ?? 4711, "SANDBOX_NOVELTY : Nobody has seen this", null)
    case "resetUnread":
    case "resetBefore":
      return { errorCode: undefined, response: reset }
    default:
      return undefined
  }
}

/** What becomes of the answer to a call that was executed. */
export const spoil = (
  fault: Fault | undefined,
  response: HttpServerResponse.HttpServerResponse
): Effect.Effect<HttpServerResponse.HttpServerResponse> => {
  switch (fault?.kind) {
    case "resetAfter":
      return reset
    case "gatewayPage": {
      const status = fault.status ?? 502
      return Effect.succeed(
        HttpServerResponse.text(`<html><body><h1>${status}</h1><p>sandbox gateway</p></body></html>`, {
          status,
          contentType: "text/html"
        })
      )
    }
    case "slowHeaders":
      return Effect.as(pause(fault.millis), response)
    case "slowBody":
      return Effect.succeed(inHalves(response, Stream.execute(pause(fault.millis)), true))
    case "truncatedBody":
      return Effect.succeed(HttpServerResponse.uint8Array(halves(response)[0], { contentType: json }))
    case "brokenBody":
      // Without a pause the first half would be thrown away unread.
      return Effect.map(
        Connection,
        ({ reset }) => inHalves(response, Stream.execute(Effect.zipRight(pause(20), reset)), false)
      )
    case "wrongContentType":
      return Effect.succeed(asHtml(response))
    case "emptyBody":
      return Effect.succeed(HttpServerResponse.empty({ status: 200 }))
    case "wrongJson":
      return Effect.succeed(jsonResponse([[{ sandbox: null }]]))
    case "hugeBody": {
      const size = fault.bytes ?? hundredMegabytes
      return Effect.succeed(
        HttpServerResponse.stream(text(size, (part) => part), {
          contentType: json,
          contentLength: fault.saysLength === true ? size : undefined
        })
      )
    }
    case "gzipBomb":
      return Effect.succeed(
        HttpServerResponse.stream(text(fault.bytes ?? hundredMegabytes, compressed), {
          contentType: json,
          headers: { "content-encoding": "gzip" }
        })
      )
    default:
      return Effect.succeed(response)
  }
}

const json = "application/json;charset=utf-8"

const hundredMegabytes = 100 * 1000 * 1000

// A client that has given up ends it, which a server's fiber does not allow by itself.
const pause = (millis = 1000): Effect.Effect<void> => Effect.interruptible(Effect.sleep(millis))

// The type of a body goes before that of a header.
const asHtml = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  response.body._tag === "Uint8Array"
    ? HttpServerResponse.setBody(response, HttpBody.uint8Array(response.body.body, "text/html"))
    : HttpServerResponse.setHeader(response, "content-type", "text/html")

const halves = ({ body }: HttpServerResponse.HttpServerResponse): readonly [Uint8Array, Uint8Array] => {
  const bytes = body._tag === "Uint8Array" ? body.body : new Uint8Array()
  const half = Math.ceil(bytes.length / 2)
  return [bytes.slice(0, half), bytes.slice(half)]
}

const inHalves = (
  response: HttpServerResponse.HttpServerResponse,
  between: Stream.Stream<never>,
  whole: boolean
): HttpServerResponse.HttpServerResponse => {
  const [first, second] = halves(response)
  const parts = [Stream.make(first), between, ...(whole ? [Stream.make(second)] : [])]
  return HttpServerResponse.stream(Stream.concatAll(Chunk.unsafeFromArray(parts)), { contentType: json })
}

const megabyte = 1 << 20

const quote = new TextEncoder().encode("\"")

/** A JSON text of so many bytes, made as it is read. Equal parts are one value in memory. */
const text = (size: number, encode: (part: Uint8Array) => Uint8Array): Stream.Stream<Uint8Array> =>
  Stream.suspend(() => {
    const inner = Math.max(0, size - 2)
    const part = encode(new Uint8Array(megabyte).fill(97))
    return Stream.make(encode(quote)).pipe(
      Stream.concat(Stream.rechunk(Stream.take(Stream.repeatValue(part), Math.floor(inner / megabyte)), 1)),
      Stream.concat(Stream.make(encode(new Uint8Array(inner % megabyte).fill(97)), encode(quote)))
    )
  })

// Files of gzip, one after the other, are a file of gzip.
const compressed = (part: Uint8Array): Uint8Array => gzipSync(part)
