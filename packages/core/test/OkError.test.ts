import { OkError } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { failure, fixture, leaks } from "./support.js"

const known = fixture(
  "error-codes",
  Schema.Array(Schema.Struct({
    code: Schema.Number,
    name: Schema.String,
    meaning: Schema.String,
    retryable: Schema.Literal("no", "yes", "after-delay", "after-reauth")
  }))
)

const method = "group.method"
const secret = "planted-secret"
const body = { error_code: 0, error_data: { hidden: secret }, token: secret }

// One of each class, made by `new`, with a secret wherever a body can stand.
const planted = { method, body: Redacted.make<unknown>(body) }
const apiErrors = {
  OkSessionExpired: new OkError.OkSessionExpired({ ...planted, code: 102, detail: "over" }),
  OkSignatureError: new OkError.OkSignatureError({ ...planted, code: 104 }),
  OkPermissionDenied: new OkError.OkPermissionDenied({ ...planted, code: 10 }),
  OkInvalidParameter: new OkError.OkInvalidParameter({ ...planted, code: 100 }),
  OkNotFound: new OkError.OkNotFound({ ...planted, code: 300 }),
  OkThrottled: new OkError.OkThrottled({ ...planted, code: 8, waitMillis: 1500 }),
  OkBlocked: new OkError.OkBlocked({ ...planted, code: 7 }),
  OkAuthChallenge: new OkError.OkAuthChallenge({ ...planted, code: 403, verificationUrl: "https://ok.ru/check" }),
  OkRefused: new OkError.OkRefused({ ...planted, code: 12 }),
  OkServiceError: new OkError.OkServiceError({ ...planted, code: 2 }),
  UnknownApiError: new OkError.UnknownApiError({ ...planted, code: 7777, reason: "NEW_THING", detail: "text" })
}
const otherErrors = {
  OkParameterError: new OkError.OkParameterError({ method, issue: "uids: at most 100 items, got 101" }),
  OkSigningError: new OkError.OkSigningError({ issue: "set applicationSecretKey" }),
  OkTransportError: new OkError.OkTransportError({ method, reason: "NotJson", status: 502, detail: "Bad Gateway" }),
  ReauthorizationRequired: new OkError.ReauthorizationRequired({ user: "test-user", authorizeUrl: "https://ok.ru/a" }),
  OkSessionUnavailable: new OkError.OkSessionUnavailable({ issue: "the store is down" }),
  OkDecodeError: new OkError.OkDecodeError({ method, issue: "uid: is missing", body: Redacted.make<unknown>(body) })
}
const all: ReadonlyArray<{ readonly name: string; readonly error: OkError.OkError }> = Object.entries({
  ...apiErrors,
  ...otherErrors
}).map(([name, error]) => ({ name, error }))

const classes = [
  OkError.OkSessionExpired,
  OkError.OkSignatureError,
  OkError.OkPermissionDenied,
  OkError.OkInvalidParameter,
  OkError.OkNotFound,
  OkError.OkThrottled,
  OkError.OkBlocked,
  OkError.OkAuthChallenge,
  OkError.OkRefused,
  OkError.OkServiceError
]
const schemas = {
  ...Object.fromEntries(classes.map((Class) => [Class._tag, Class])),
  UnknownApiError: OkError.UnknownApiError,
  OkParameterError: OkError.OkParameterError,
  OkSigningError: OkError.OkSigningError,
  OkTransportError: OkError.OkTransportError,
  ReauthorizationRequired: OkError.ReauthorizationRequired,
  OkSessionUnavailable: OkError.OkSessionUnavailable,
  OkDecodeError: OkError.OkDecodeError
} as unknown as { readonly [name: string]: Schema.Schema<OkError.OkError, unknown> }

describe("The known codes", () => {
  it("are the 106 that are written down, each of exactly one kind", () => {
    expect(known).toHaveLength(106)
    const codes = OkError.knownCodes().map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.sort((a, b) => a - b)).toEqual(known.map(({ code }) => code))
    for (const { code } of known) {
      expect(classes.filter((Class) => code in Class.codes).map(({ _tag }) => _tag)).toHaveLength(1)
    }
  })

  it.each(known)("$code is $name, and may be repeated: $retryable", ({ code, name, retryable }) => {
    const error = OkError.fromCode({ method, code, detail: "text" })
    const row = OkError.knownCodes().find((row) => row.code === code)
    expect(row).toEqual({ code, tag: error._tag, reason: name, retry: retryable })
    expect(error.reason).toBe(name)
    expect(error.retry).toBe(retryable)
    expect(error.code).toBe(code)
    expect(error.message.startsWith(`${method}: ${code} ${name}: text (`)).toBe(true)
  })

  it("are of ten kinds, each with a code", () => {
    expect(classes.map(({ codes }) => Object.keys(codes).length).every((count) => count > 0)).toBe(true)
    expect(new Set(OkError.knownCodes().map(({ tag }) => tag))).toEqual(new Set(classes.map(({ _tag }) => _tag)))
  })
})

describe("OkError.fromCode", () => {
  it("gives an instance of the class that users construct", () => {
    for (const Class of classes) {
      for (const code of Object.keys(Class.codes).map(Number)) {
        const error = OkError.fromCode({ method, code })
        expect(error).toBeInstanceOf(Class)
        expect(error).toBeInstanceOf(Error)
        expect(OkError.isApiError(error)).toBe(true)
      }
    }
  })

  it.prop("gives UnknownApiError for any other whole number", [FastCheck.maxSafeInteger()], ([code]) => {
    FastCheck.pre(!known.some((row) => row.code === code))
    const error = OkError.fromCode({ method, code, reason: "NEW_THING", detail: "text", body })
    expect(error).toBeInstanceOf(OkError.UnknownApiError)
    expect(error).toMatchObject({ method, code, reason: "NEW_THING", detail: "text", retry: "no" })
    expect(Redacted.value(error.body)).toBe(body)
    expect(error.data).toEqual({ hidden: secret })
  })

  it("keeps the name of a known code, whatever the answer called it", () => {
    expect(OkError.fromCode({ method, code: 102, reason: "SOMETHING_ELSE" }).reason).toBe("PARAM_SESSION_EXPIRED")
  })

  it("fills in what is left out", () => {
    const error = OkError.fromCode({ method, code: 300 })
    expect(error.detail).toBe("")
    expect(Redacted.value(error.body)).toBeNull()
    expect(error.data).toBeUndefined()
    expect(error.message).toBe("group.method: 300 NOT_FOUND (check the id)")
    expect(OkError.fromCode({ method, code: 7777 }).message).toBe(
      "group.method: 7777 (a code this library does not know)"
    )
  })

  it("reads the pause and the page only for the kinds that have them", () => {
    const body = { wait_millis: 5, ver_redirect_url: "https://ok.ru/x" }
    expect(OkError.fromCode({ method, code: 8, body })).toMatchObject({ waitMillis: 5 })
    expect(OkError.fromCode({ method, code: 8, body })).not.toHaveProperty("verificationUrl")
    expect(OkError.fromCode({ method, code: 403, body })).toMatchObject({ verificationUrl: "https://ok.ru/x" })
    expect(OkError.fromCode({ method, code: 403, body })).not.toHaveProperty("waitMillis")
  })
})

describe("Each error", () => {
  it.each(all)("is made by new, and has its tag for a name: $name", ({ error, name }) => {
    expect(error._tag).toBe(name)
    expect(error.name).toBe(name)
    expect(error).toBeInstanceOf(Error)
  })

  it.each(all)("prints what happened and no secret of the body: $name", ({ error }) => {
    expect(leaks(error, secret)).toEqual([])
    expect(String(error)).toContain(error.message)
    expect(Cause.pretty(Cause.fail(error))).toContain(error.message)
    expect(error.message.length).toBeGreaterThan(10)
  })

  it.each(all)("comes back through its schema: $name", ({ error, name }) => {
    const schema = schemas[name]
    if (schema === undefined) {
      throw new Error(`no schema for ${name}`)
    }
    const encoded = JSON.parse(JSON.stringify(Schema.encodeSync(schema)(error)))
    const back = Schema.decodeUnknownSync(schema)(encoded)
    expect(back).toBeInstanceOf(error.constructor)
    expect(back.message).toBe(error.message)
    expect(Schema.encodeSync(schema)(back)).toEqual(Schema.encodeSync(schema)(error))
  })

  it.each(all)("comes back through the union of all of them: $name", ({ error }) => {
    const union = Schema.Union(...Object.values(schemas))
    const back = Schema.decodeUnknownSync(union)(Schema.encodeSync(union)(error))
    expect(back).toBeInstanceOf(error.constructor)
    expect(back.message).toBe(error.message)
  })

  it.effect.each(all)("can be yielded, and caught by its tag: $name", ({ error, name }) =>
    Effect.gen(function*() {
      const caught = yield* Effect.fail(error).pipe(
        Effect.catchIf(({ _tag }) => _tag === name, (error) => Effect.succeed(error))
      )
      expect(caught).toBe(error)
    }))

  it("tells method, code, name, text and what to do in its message", () => {
    expect(apiErrors.OkSessionExpired.message).toBe(
      "group.method: 102 PARAM_SESSION_EXPIRED: over (renew the session or sign in again)"
    )
    expect(apiErrors.UnknownApiError.message).toBe(
      "group.method: 7777 NEW_THING: text (a code this library does not know)"
    )
    expect(otherErrors.OkTransportError.message).toBe(
      "group.method: no usable answer: NotJson, HTTP 502: Bad Gateway"
    )
    expect(new OkError.OkTransportError({ method, reason: "Timeout" }).message).toBe(
      "group.method: no usable answer: Timeout"
    )
    expect(otherErrors.OkParameterError.message).toBe(
      "group.method: uids: at most 100 items, got 101 (nothing was sent)"
    )
    expect(otherErrors.OkSigningError.message).toBe("set applicationSecretKey")
    expect(otherErrors.ReauthorizationRequired.message).toBe(
      "test-user has no session, or one that is over: send the user to authorizeUrl to sign in"
    )
    expect(otherErrors.OkSessionUnavailable.message).toBe("the session could not be had or renewed: the store is down")
    expect(otherErrors.OkDecodeError.message).toBe(
      "group.method: unexpected answer: uid: is missing (OkCall.passError gives the body as it came)"
    )
  })

  it("has advice of its own", () => {
    const advice = Object.values(apiErrors).map(({ message }) => message.slice(message.lastIndexOf("(")))
    expect(new Set(advice).size).toBe(advice.length)
  })

  it("of one class does not take the code of another", () => {
    // @ts-expect-error 8 is a code of OkThrottled
    expect(() => new OkError.OkSessionExpired({ method, code: 8 })).toThrow(/code/)
  })

  it("needs neither text nor body to be made", () => {
    const error = new OkError.OkThrottled({ method, code: 8 })
    expect(error.detail).toBe("")
    expect(error.waitMillis).toBeUndefined()
    expect(error.data).toBeUndefined()
    expect(Redacted.value(new OkError.OkDecodeError({ method, issue: "x" }).body)).toBeNull()
  })

  it("equals another one with the same content", () => {
    const one = () => new OkError.OkParameterError({ method, issue: "x" })
    expect(Equal.equals(one(), one())).toBe(true)
    expect(Equal.equals(one(), new OkError.OkParameterError({ method, issue: "y" }))).toBe(false)
  })

  it("is told from all that is none", () => {
    expect(all.map(({ error }) => error).every(OkError.isOkError)).toBe(true)
    expect([null, undefined, {}, new Error("x"), { _tag: "OkNotFound", code: 300 }].some(OkError.isOkError)).toBe(false)
  })

  it("of the API is told from every other", () => {
    expect(Object.values(apiErrors).every(OkError.isApiError)).toBe(true)
    expect(Object.values(otherErrors).some(OkError.isApiError)).toBe(false)
    expect([null, undefined, {}, new Error("x"), { _tag: "OkNotFound", code: 300 }].some(OkError.isApiError)).toBe(
      false
    )
  })
})

const handled = (error: OkError.OkError) =>
  Effect.fail(error).pipe(
    Effect.catchTags({
      OkThrottled: ({ code }) => Effect.succeed(`throttled ${code}`),
      OkNotFound: ({ reason }) => Effect.succeed(`not found ${reason}`),
      OkTransportError: ({ reason }) => Effect.succeed(`transport ${reason}`)
    }),
    Effect.orElseSucceed(() => "other")
  )

describe("Catching", () => {
  const failing: Effect.Effect<string, OkError.OkError> = Effect.fail(apiErrors.OkThrottled)

  it.effect("by tag gives the class with its own fields", () =>
    Effect.gen(function*() {
      const wait = yield* failing.pipe(
        Effect.catchTag("OkThrottled", (error) => Effect.succeed(String(error.waitMillis)))
      )
      expect(wait).toBe("1500")
    }))

  it.effect("by several tags gives each to its own handler", () =>
    Effect.gen(function*() {
      expect(yield* handled(apiErrors.OkThrottled)).toBe("throttled 8")
      expect(yield* handled(apiErrors.OkNotFound)).toBe("not found NOT_FOUND")
      expect(yield* handled(otherErrors.OkTransportError)).toBe("transport NotJson")
      expect(yield* handled(apiErrors.OkBlocked)).toBe("other")
    }))

  it.effect("by code takes that code and no other", () =>
    Effect.gen(function*() {
      expect(yield* failing.pipe(OkError.catchCode(8, ({ code }) => Effect.succeed(`code ${code}`)))).toBe("code 8")
      expect(yield* failure(failing.pipe(OkError.catchCode(11, () => Effect.succeed("wrong"))))).toBe(
        apiErrors.OkThrottled
      )
    }))

  it.effect("by code works on the data first, too, and on unknown codes", () =>
    Effect.gen(function*() {
      const unknown: Effect.Effect<string, OkError.OkError> = Effect.fail(apiErrors.UnknownApiError)
      expect(yield* OkError.catchCode(unknown, 7777, ({ _tag }) => Effect.succeed(_tag))).toBe("UnknownApiError")
    }))

  it.effect("by code lets other failures pass, even with such a code, and lets successes pass", () =>
    Effect.gen(function*() {
      const other = { _tag: "Other", code: 8 } as const
      expect(yield* failure(OkError.catchCode(Effect.fail(other), 8, () => Effect.succeed("wrong")))).toBe(other)
      expect(yield* OkError.catchCode(Effect.succeed("right"), 8, () => Effect.succeed("wrong"))).toBe("right")
    }))

  it.effect("by code may fail itself", () =>
    Effect.gen(function*() {
      expect(yield* failure(OkError.catchCode(failing, 8, () => Effect.fail("mine" as const)))).toBe("mine")
    }))
})
