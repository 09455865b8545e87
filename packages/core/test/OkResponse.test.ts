import { Json, OkCall, OkError, OkField, OkMethod, OkResponse, type OkTransport } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { clientOver, clientSession, failure, getCurrentUser, leaks, left, right, token, wire } from "./support.js"

const anything = OkMethod.untyped("group.method", { session: "required", kind: "read" })

/** What a body, or a whole response, comes to: the body as `passError` gives it, and what the typed meaning gives. */
const outcome = (response: string | Partial<OkTransport.Response>) =>
  Effect.all({
    body: Effect.either(OkCall.passError(anything())),
    typed: Effect.either(anything())
  }).pipe(Effect.provide([clientOver(wire(response).layer), clientSession]))

const statuses = [200, 201, 301, 400, 401, 403, 404, 418, 429, 500, 502, 503]

const request: Effect.Effect<OkTransport.Request> = Effect.orDie(OkCall.request(anything())).pipe(
  Effect.provide([clientOver(wire().layer), clientSession])
)

const answering = <A, I>(success: Schema.Schema<A, I>) =>
  OkMethod.make("group.method", { session: "required", permissions: [], kind: "read", params: {}, success })

interface Tree {
  readonly children: ReadonlyArray<Tree>
}
const Tree = Schema.Struct({ children: OkField.list(Schema.suspend((): Schema.Schema<Tree> => TreeOf)) })
const TreeOf = Tree as unknown as Schema.Schema<Tree>

describe("An answer", () => {
  it.effect.each([
    { shape: "a text", body: `"570000000001"`, value: "570000000001" },
    { shape: "an empty text", body: `""`, value: "" },
    { shape: "true", body: "true", value: true },
    { shape: "false", body: "false", value: false },
    { shape: "a number", body: "42", value: 42 },
    { shape: "zero", body: "0", value: 0 },
    { shape: "an empty list", body: "[]", value: [] },
    { shape: "an empty object", body: "{}", value: {} },
    { shape: "null", body: "null", value: null },
    { shape: "nothing at all", body: "", value: null },
    { shape: "white space", body: "\r\n", value: null },
    { shape: "an object", body: `{"uid":"1"}`, value: { uid: "1" } },
    { shape: "an object without a code", body: `{"error_msg":"PARAM : text"}`, value: { error_msg: "PARAM : text" } },
    { shape: "a code that is a text", body: `{"error_code":"102"}`, value: { error_code: "102" } },
    { shape: "a code that is a fraction", body: `{"error_code":1.5}`, value: { error_code: 1.5 } },
    { shape: "a code that is null", body: `{"error_code":null}`, value: { error_code: null } },
    { shape: "a list of errors", body: `[{"error_code":102}]`, value: [{ error_code: 102 }] },
    { shape: "an error inside", body: `{"error":{"error_code":102}}`, value: { error: { error_code: 102 } } },
    { shape: "a text like an old error", body: `"3:METHOD : text"`, value: "3:METHOD : text" }
  ])("can be $shape", ({ body, value }) =>
    Effect.gen(function*() {
      const { body: passed, typed } = yield* outcome(body)
      expect(passed).toEqual(Either.right(value))
      expect(typed).toEqual(Either.right(value))
    }))

  it.effect("under any status of success is the same", () =>
    Effect.gen(function*() {
      for (const status of [200, 201, 202, 204, 206, 299]) {
        expect((yield* outcome({ status, body: "true" })).typed).toEqual(Either.right(true))
      }
    }))

  it.effect("keeps every digit of an id", () =>
    Effect.gen(function*() {
      const user = answering(Schema.Struct({ id: OkField.id }))
      expect(yield* user()).toEqual({ id: "1234567890123456789" })
    }).pipe(Effect.provide([clientOver(wire(`{"id":1234567890123456789}`).layer), clientSession])))

  it.effect("that the schema does not take is an OkDecodeError, and its body prints nowhere", () =>
    Effect.gen(function*() {
      const error = yield* failure(getCurrentUser())
      expect(error._tag).toBe("OkDecodeError")
      expect(error.message).toContain("users.getCurrentUser: unexpected answer: uid: is missing")
      expect(leaks(error, "planted")).toEqual([])
    }).pipe(Effect.provide([clientOver(wire(`{"name":"planted"}`).layer), clientSession])))
})

describe("An error of the API", () => {
  const body = `{"error_code":102,"error_msg":"PARAM_SESSION_EXPIRED : Session expired","error_data":null}`

  it.effect("is one at any HTTP status", () =>
    Effect.gen(function*() {
      for (const status of statuses) {
        const { body: passed, typed } = yield* outcome({ status, body })
        expect(passed).toEqual(Either.right(JSON.parse(body)))
        expect(left(typed)._tag).toBe("OkSessionExpired")
      }
    }))

  it.effect("carries method, code, name, text and the whole body", () =>
    Effect.gen(function*() {
      const error = left((yield* outcome(`${body.slice(0, -5)}{"a":[1]},"new":true}`)).typed)
      expect(error).toMatchObject({
        _tag: "OkSessionExpired",
        method: "group.method",
        code: 102,
        reason: "PARAM_SESSION_EXPIRED",
        detail: "Session expired",
        retry: "after-reauth",
        data: { a: [1] }
      })
      expect(OkError.isApiError(error) && Redacted.value(error.body)).toEqual({
        ...JSON.parse(body),
        error_data: { a: [1] },
        new: true
      })
    }))

  it.effect("needs no more than its code", () =>
    Effect.gen(function*() {
      const error = left((yield* outcome(`{"error_code":300}`)).typed)
      expect(error).toMatchObject({ _tag: "OkNotFound", code: 300, reason: "NOT_FOUND", detail: "", data: undefined })
    }))

  it.effect.each([
    { text: "PARAM : a : b", detail: "a : b" },
    { text: "no name here", detail: "no name here" },
    { text: "Not a name : text", detail: "Not a name : text" },
    { text: " : text", detail: " : text" },
    { text: "", detail: "" }
  ])("tells the name from the text: '$text'", ({ detail, text }) =>
    Effect.gen(function*() {
      const error = left((yield* outcome(JSON.stringify({ error_code: 100, error_msg: text }))).typed)
      expect(error).toMatchObject({ _tag: "OkInvalidParameter", reason: "PARAM", detail })
    }))

  it.effect.each([
    { about: "JSON that says nothing", body: "{}" },
    { about: "an empty body", body: "" },
    { about: "a page", body: "<html>oops</html>" },
    { about: "truncated JSON", body: `{"error_` },
    { about: "a text", body: `"text"` },
    { about: "an error_code that is no number", body: `{"error_code":"x","error_msg":"FLOOD_BLOCKED : text"}` }
  ])("is one by its header Invocation-Error, whatever the body: $about", ({ body }) =>
    Effect.gen(function*() {
      for (const status of statuses) {
        const { body: passed, typed } = yield* outcome({ status, body, invocationError: "8" })
        expect(left(typed)).toMatchObject({ _tag: "OkThrottled", code: 8, reason: "FLOOD_BLOCKED" })
        expect(Either.isRight(passed)).toBe(true)
      }
    }))

  it.effect("has the code of its body where header and body differ", () =>
    Effect.gen(function*() {
      expect(left((yield* outcome({ body, invocationError: "8" })).typed)).toMatchObject({ code: 102 })
    }))

  it.effect.each(["", "x", "-1", "1.5", "99999999999", "8, 8"])(
    "is not made of a header that is no code: '%s'",
    (invocationError) =>
      Effect.gen(function*() {
        expect((yield* outcome({ body: "true", invocationError })).typed).toEqual(Either.right(true))
      })
  )

  it.effect("is the plain text of old servers", () =>
    Effect.gen(function*() {
      const { body: passed, typed } = yield* outcome("3:METHOD : Method frien.get not found")
      expect(left(typed)).toMatchObject({
        _tag: "OkInvalidParameter",
        code: 3,
        reason: "METHOD",
        detail: "Method frien.get not found"
      })
      expect(passed).toEqual(Either.right("3:METHOD : Method frien.get not found"))
    }))

  it.effect.each([
    { place: "at the top", body: `{"error_code":8,"wait_millis":1500}`, waitMillis: 1500 },
    { place: "in error_data", body: `{"error_code":8,"error_data":{"wait_millis":2500}}`, waitMillis: 2500 },
    { place: "in quotes", body: `{"error_code":11,"error_data":{"wait_millis":"3500"}}`, waitMillis: 3500 },
    { place: "as zero", body: `{"error_code":8,"wait_millis":0}`, waitMillis: 0 },
    { place: "nowhere", body: `{"error_code":8,"error_data":null}`, waitMillis: undefined },
    { place: "as null", body: `{"error_code":8,"wait_millis":null}`, waitMillis: undefined },
    { place: "as an empty text", body: `{"error_code":8,"wait_millis":""}`, waitMillis: undefined },
    { place: "as a text", body: `{"error_code":8,"wait_millis":"soon"}`, waitMillis: undefined },
    { place: "as a list", body: `{"error_code":8,"wait_millis":[]}`, waitMillis: undefined },
    { place: "below zero", body: `{"error_code":8,"wait_millis":-5}`, waitMillis: undefined },
    { place: "without an end", body: `{"error_code":8,"wait_millis":1e400}`, waitMillis: undefined }
  ])("says how long to wait: $place", ({ body, waitMillis }) =>
    Effect.gen(function*() {
      const error = left((yield* outcome(body)).typed)
      expect(error).toMatchObject({ _tag: "OkThrottled" })
      expect(error._tag === "OkThrottled" ? error.waitMillis : "none").toBe(waitMillis)
    }))

  it.effect.each([
    { place: "at the top", body: `{"error_code":403,"ver_redirect_url":"https://ok.ru/x"}`, url: "https://ok.ru/x" },
    {
      place: "in error_data",
      body: `{"error_code":403,"error_data":{"ver_redirect_url":"https://ok.ru/x"}}`,
      url: "https://ok.ru/x"
    },
    { place: "nowhere", body: `{"error_code":403}`, url: undefined },
    { place: "as a number", body: `{"error_code":403,"ver_redirect_url":5}`, url: undefined }
  ])("says where the user proves to be a human: $place", ({ body, url }) =>
    Effect.gen(function*() {
      const error = left((yield* outcome(body)).typed)
      expect(error._tag === "OkAuthChallenge" ? error.verificationUrl : "none").toBe(url)
    }))

  it.effect("that nobody knows keeps everything", () =>
    Effect.gen(function*() {
      const sent = { error_code: 7777, error_msg: "NEW_THING : something new", error_data: "data", error_field: "uid" }
      const error = left((yield* outcome(JSON.stringify(sent))).typed)
      expect(error).toMatchObject({
        _tag: "UnknownApiError",
        method: "group.method",
        code: 7777,
        reason: "NEW_THING",
        detail: "something new",
        data: "data",
        retry: "no"
      })
      expect(error._tag === "UnknownApiError" && Redacted.value(error.body)).toEqual(sent)
    }))

  it.effect.each([0, -1, 9_007_199_254_740_991, 1e16, 1e300])(
    "of any whole code is a value, never a defect: %s",
    (code) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(outcome(`{"error_code":${code}}`))
        expect(Exit.isSuccess(exit)).toBe(true)
      })
  )

  it.effect("that echoes the token does not print it", () =>
    Effect.gen(function*() {
      const error = left(
        (yield* outcome(
          JSON.stringify({ error_code: 102, error_msg: `PARAM_SESSION_EXPIRED : token ${token} is over` })
        ))
          .typed
      )
      expect(error.message).toContain("is over")
      expect(leaks(error, token)).toEqual([])
    }))
})

it.effect("A parameter that is secret by its name is in no error", () =>
  Effect.gen(function*() {
    for (const name of ["sdkToken", "token", "cover_photo_upload_token", "password"]) {
      const call = anything({ [name]: "planted/secret", gid: "51" })
      const error = left(
        yield* Effect.either(call).pipe(
          Effect.provide([
            clientOver(wire(`{"error_code":100,"error_msg":"PARAM : ${name} planted%2Fsecret of 51"}`).layer),
            clientSession
          ])
        )
      )
      expect(error.message).toContain(`${name} <redacted> of 51`)
      const page = left(
        yield* Effect.either(call).pipe(
          Effect.provide([clientOver(wire({ status: 502, body: "502: planted/secret" }).layer), clientSession])
        )
      )
      expect(leaks(page, "planted")).toEqual([])
    }
  }))

describe("No answer of OK.ru", () => {
  const page = `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1>${
    "<p>nginx</p>\n".repeat(500)
  }</body></html>`

  it.effect("is the page of a gateway, whatever its status: NotJson with the status and a line of text", () =>
    Effect.gen(function*() {
      for (const status of statuses) {
        const { body: passed, typed } = yield* outcome({ status, body: page })
        const error = left(typed)
        expect(error).toMatchObject({ _tag: "OkTransportError", method: "group.method", reason: "NotJson", status })
        expect(left(passed)).toMatchObject({ _tag: "OkTransportError", reason: "NotJson", status })
        expect(error.message).toContain("502 Bad Gateway")
        expect(error.message).not.toContain("<")
        expect(error.message.length).toBeLessThan(250)
      }
    }))

  it.effect("is truncated JSON", () =>
    Effect.gen(function*() {
      for (const body of [`{"uid":"1`, `[{"uid":"1"},`, `{"error_code":10`, "tru"]) {
        expect(left((yield* outcome(body)).typed)).toMatchObject({ _tag: "OkTransportError", reason: "NotJson" })
      }
    }))

  it.effect("is JSON that is no error under a status that says failure: Status", () =>
    Effect.gen(function*() {
      for (const status of statuses.filter((status) => status >= 300)) {
        for (const body of [`{"message":"down"}`, "true", "[]", "null", ""]) {
          const { body: passed, typed } = yield* outcome({ status, body })
          expect(left(typed)).toMatchObject({ _tag: "OkTransportError", reason: "Status", status })
          expect(left(passed)).toMatchObject({ _tag: "OkTransportError", reason: "Status", status })
        }
      }
    }))

  it.effect("never shows a secret of the request, however the page echoes it", () =>
    Effect.gen(function*() {
      const sent = yield* request
      const form = sent.form()
      const secrets = [token, encodeURIComponent(token), sent.sig ?? "none", "test-access"]
      const echoes = [
        `<p>GET /fb.do?${form}</p>`,
        `<a href="${form.replaceAll("&", "&amp;")}">${token}</a>`,
        `sig ${sent.sig} token ${encodeURIComponent(token)}`,
        `${token.repeat(3)}`
      ]
      for (const echo of echoes) {
        const error = left(OkResponse.read(sent, { status: 502, body: echo, invocationError: undefined }))
        expect({ echo, leaks: leaks(error, ...secrets) }).toEqual({ echo, leaks: [] })
      }
    }))

  it.effect("never shows the beginning of a secret, wherever the page is cut", () =>
    Effect.gen(function*() {
      const sent = yield* request
      for (let before = 1880; before < 1930; before++) {
        const body = `${" ".repeat(before)}${token}${" ".repeat(200)}`
        const error = left(OkResponse.read(sent, { status: 502, body, invocationError: undefined }))
        expect({ before, leaks: leaks(error, "test-acc") }).toEqual({ before, leaks: [] })
      }
    }))

  it.effect("never shows the beginning of a secret after a long tag, wherever in the secret the page is cut", () =>
    Effect.gen(function*() {
      const sent = yield* request
      // The longer the secrets, the later the cut. Each step is shorter than the token, so that one is cut in the middle of it.
      const latest = 2000 + 9 * sent.form().length
      for (let before = 1880; before < latest; before += 12) {
        const body = `<${"x".repeat(before)}>${token}${" ".repeat(latest)}`
        const error = left(OkResponse.read(sent, { status: 502, body, invocationError: undefined }))
        expect({ before, leaks: leaks(error, "test-acc") }).toEqual({ before, leaks: [] })
      }
    }))

  it.effect("never shows what opens a session, wherever an answer is cut", () =>
    Effect.gen(function*() {
      const sent = yield* request
      const whole = JSON.stringify({
        uid: "5",
        auth_token: "planted-1",
        session_key: "planted-2",
        data: JSON.stringify({ sessionKey: "planted-3" }),
        accessToken: "planted-4",
        auth_hash: "planted-5"
      })
      const bodies = Array.from(whole, (_, end) => whole.slice(0, end)).concat(
        "502 at /?user_restore_token\\u003dplanted-6",
        "502 at %2F%3Fsession_secret_key%3Dplanted-7"
      )
      for (const body of bodies) {
        const error = left(OkResponse.read(sent, { status: 502, body }))
        expect({ body, leaks: leaks(error, "planted") }).toEqual({ body, leaks: [] })
      }
    }))

  it.effect("is short, however long the page", () =>
    Effect.gen(function*() {
      const sent = yield* request
      for (const body of ["x".repeat(1 << 20), "<".repeat(1 << 20), "<a ".repeat(1 << 18), " ".repeat(1 << 20) + "x"]) {
        const error = left(OkResponse.read(sent, { status: 502, body, invocationError: undefined }))
        expect(error.detail.length).toBeLessThanOrEqual(121)
      }
    }))
})

describe("A hostile body", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
  const deepTree = `${"{\"children\":[".repeat(50_000)}${"]}".repeat(50_000)}`

  it.effect.each([
    { method: answering(OkField.array(OkField.id)), name: "a list of ids", body: deep },
    { method: answering(OkField.boolean), name: "a flag", body: deep },
    { method: answering(Schema.Unknown), name: "anything", body: deep },
    { method: answering(TreeOf), name: "a tree", body: deepTree }
  ])(
    "of a hundred thousand brackets is a value or a typed failure: $name",
    ({ body, method }) =>
      Effect.gen(function*() {
        const exit = yield* Effect.exit(Effect.either(method()))
        expect(Exit.isSuccess(exit)).toBe(true)
        const passed = yield* Effect.exit(Effect.either(OkCall.passError(method())))
        expect(Exit.isSuccess(passed)).toBe(true)
      }).pipe(Effect.provide([clientOver(wire(body).layer), clientSession]))
  )

  it.effect.prop(
    "is a value or a typed failure, whatever it is",
    [
      FastCheck.oneof(FastCheck.string({ unit: "binary" }), FastCheck.json()),
      FastCheck.integer({ min: 100, max: 599 }),
      FastCheck.option(FastCheck.oneof(FastCheck.string(), FastCheck.nat().map(String)), { nil: undefined })
    ],
    ([body, status, invocationError]) =>
      Effect.gen(function*() {
        const sent = yield* request
        const answer = OkResponse.read(sent, { status, body, invocationError })
        expect(Either.isEither(answer)).toBe(true)
        expect(Either.isRight(answer) ? true : answer.left._tag === "OkTransportError").toBe(true)
      })
  )

  it.prop(
    "of any JSON under a status of success comes through as it is, but for errors",
    [FastCheck.jsonValue()],
    ([value]) => {
      const body = JSON.stringify(value)
      const answer = right(
        OkResponse.read(Effect.runSync(request), { status: 200, body, invocationError: undefined })
      )
      expect(answer.body).toEqual(right(Json.parse(body)))
    },
    { fastCheck: { numRuns: 50 } }
  )
})
