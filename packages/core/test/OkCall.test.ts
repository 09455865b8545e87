import { OkCall, OkClient } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { pipe } from "effect/Function"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import {
  applicationKey,
  clientOver,
  clientSession,
  configAt,
  getCurrentUser,
  isAppUser,
  leaks,
  notify,
  sdkInit,
  serverSession,
  sessionSecret,
  token,
  wire
} from "./support.js"

describe("A call", () => {
  const call = notify({ uid: "planted-uid", text: "planted-text" })

  it("is data that has not been sent", () => {
    const transport = wire("true")
    isAppUser({ uid: "1" })
    expect(transport.sent).toEqual([])
    expect(call.method.name).toBe("notifications.sendSimple")
    expect(call.params).toEqual({ uid: "planted-uid", text: "planted-text" })
  })

  it("is told from other effects", () => {
    expect(OkCall.isOkCall(call)).toBe(true)
    expect([Effect.void, {}, null, undefined, notify, "call"].some(OkCall.isOkCall)).toBe(false)
    expect(Effect.isEffect(call)).toBe(true)
  })

  it("does not show its parameters in JSON", () => {
    expect(JSON.parse(JSON.stringify(call))).toEqual({ _id: "OkCall", method: "notifications.sendSimple" })
  })

  it("does not show its parameters when it is inspected", () => {
    expect(inspect(call, { depth: Infinity })).not.toContain("planted")
    expect(inspect({ call: [call] }, { depth: Infinity })).toContain("notifications.sendSimple")
    expect(leaks(call, "planted")).toEqual([])
  })

  it.effect("can be made again and again, each time anew", () => {
    const transport = wire("true", "false")
    const call = isAppUser({ uid: "1" })
    return Effect.gen(function*() {
      expect(yield* call).toBe(true)
      expect(yield* call).toBe(false)
      expect(transport.sent).toHaveLength(2)
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("has the combinators of an effect", () =>
    Effect.gen(function*() {
      expect(yield* isAppUser().pipe(Effect.map((is) => is ? "yes" : "no"))).toBe("yes")
      expect(yield* Effect.all([isAppUser(), isAppUser({ uid: "2" })], { concurrency: 2 })).toEqual([true, true])
    }).pipe(Effect.provide([clientOver(wire("true").layer), clientSession])))
})

describe("OkCall.passError", () => {
  it.effect("gives the body of an answer as it came, not decoded", () =>
    Effect.gen(function*() {
      expect(yield* getCurrentUser().pipe(OkCall.passError)).toEqual({ uid: 1, name: null, more: [true] })
    }).pipe(Effect.provide([clientOver(wire(`{"uid":1,"name":null,"more":[true]}`).layer), clientSession])))

  it.effect("gives the body of an error as a value", () => {
    const body = { error_code: 10, error_msg: "PERMISSION_DENIED : text", error_data: null }
    return Effect.gen(function*() {
      expect(yield* OkCall.passError(getCurrentUser())).toEqual(body)
    }).pipe(Effect.provide([clientOver(wire(JSON.stringify(body)).layer), clientSession]))
  })

  it.effect("sends what the typed meaning sends", () => {
    const transport = wire("true")
    const call = isAppUser({ uid: "1" })
    return Effect.gen(function*() {
      yield* call
      yield* pipe(call, OkCall.passError)
      yield* OkClient.typed.interpret(call)
      yield* OkClient.passError.interpret(call)
      expect(new Set(transport.sent.map(({ form }) => form())).size).toBe(1)
      expect(transport.sent).toHaveLength(4)
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })
})

describe("OkCall.request", () => {
  it.effect("is the request that the call sends, without sending it", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const request = yield* OkCall.request(isAppUser({ uid: "1" }))
      expect(transport.sent).toEqual([])
      yield* isAppUser({ uid: "1" })
      const [sent] = transport.sent
      expect(sent && { ...sent, form: sent.form() }).toEqual({
        ...request,
        form: request.form()
      })
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("says what is sent, where to and what is signed", () =>
    Effect.gen(function*() {
      const request = yield* OkCall.request(isAppUser({ uid: "1" }))
      expect(request).toMatchObject({
        method: "users.isAppUser",
        kind: "read",
        verb: "POST",
        url: "http://127.0.0.1:1/fb.do",
        canonical: `application_key=${applicationKey}format=jsonmethod=users.isAppUseruid=1`,
        parameters: { application_key: applicationKey, format: "json", method: "users.isAppUser", uid: "1" }
      })
      expect(request.accessToken && Redacted.value(request.accessToken)).toBe(token)
    }).pipe(Effect.provide([clientOver(wire().layer, { config: configAt("http://127.0.0.1:1") }), serverSession])))

  it.effect("has its parameters sorted by name", () =>
    Effect.gen(function*() {
      const { parameters } = yield* OkCall.request(isAppUser({ uid: "1" }))
      expect(Object.keys(parameters)).toEqual(["application_key", "format", "method", "uid"])
      const notification = yield* OkCall.request(notify({ uid: "1", text: "test" }))
      expect(Object.keys(notification.parameters)).toEqual(["application_key", "format", "method", "text", "uid"])
    }).pipe(Effect.provide([clientOver(wire().layer), serverSession])))

  it.effect("prints no secret", () =>
    Effect.gen(function*() {
      const request = yield* OkCall.request(isAppUser({ uid: "1" }))
      expect(leaks(request, token, encodeURIComponent(token), sessionSecret)).toEqual([])
    }).pipe(Effect.provide([clientOver(wire().layer), clientSession])))

  it.effect("of a method that must not be signed needs no session", () =>
    Effect.gen(function*() {
      const request = yield* OkCall.request(sdkInit({ device: "1" }))
      expect(request.sig).toBeUndefined()
      expect(request.accessToken).toBeUndefined()
    }).pipe(Effect.provide(clientOver(wire().layer))))
})
