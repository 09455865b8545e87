import { OkCall, OkClient, OkError, OkField, OkMethod, OkParam, OkTransport, Signature } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import { describe, expect, it, layer } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/TestClock"
import {
  applicationSecret,
  clientSession,
  config,
  failure,
  getCurrentUser,
  isAppUser,
  leaks,
  notify,
  sdkInit,
  sessionSecret,
  token
} from "../support.js"

const getInfo = OkMethod.make("users.getInfo", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { uids: OkParam.list(OkParam.string), count: OkParam.optional(OkParam.int) },
  success: OkField.array(Schema.Struct({ uid: OkField.id, online: OkField.optional(OkField.boolean) }))
})

const defectOf = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<string, never, R> =>
  Effect.map(
    Effect.exit(effect),
    Exit.match({
      onFailure: (cause) => Cause.isDie(cause) ? Cause.pretty(cause) : "no defect",
      onSuccess: () => "a success"
    })
  )

const respondWith = (response: Partial<OkTransport.Response>) => () =>
  Effect.succeed({ status: 200, body: "", invocationError: undefined, ...response })

/** A client of one's own on the fake. */
const onFake = (...answers: ReadonlyArray<FakeTransport.Answer>) =>
  OkClient.layer().pipe(
    Layer.provide(Signature.layer),
    Layer.provideMerge(FakeTransport.layer(...answers)),
    Layer.provideMerge(config)
  )

layer(FakeTransport.layerClient(FakeTransport.answer(getInfo, [{ uid: "1", online: true }])))(
  "FakeTransport.layerClient",
  (it) => {
    it.effect("is all that a program needs: every kind of session, a client and an application", () =>
      Effect.gen(function*() {
        expect(yield* getInfo({ uids: ["1"] })).toEqual([{ uid: "1", online: true }])
      }))

    it.effect("lets a request be looked at, signed with credentials of the test", () =>
      Effect.gen(function*() {
        const request = yield* OkCall.request(getCurrentUser())
        expect(request.sig).toMatch(/^[0-9a-f]{32}$/)
        expect(request.parameters["application_key"]).toBe("TEST-APPLICATION-KEY")
      }))
  }
)

describe("FakeTransport.answer", () => {
  it.effect("gives the values in order, and the last one ever after", () =>
    Effect.gen(function*() {
      const calls = [isAppUser(), isAppUser(), isAppUser(), isAppUser()]
      expect(yield* Effect.all(calls)).toEqual([true, false, true, true])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(isAppUser, true, false, true)))))

  it.effect("counts the calls of each method by themselves", () =>
    Effect.gen(function*() {
      expect(yield* isAppUser()).toBe(true)
      expect(yield* getCurrentUser()).toEqual({ uid: "1" })
      expect(yield* isAppUser()).toBe(false)
      expect(yield* getCurrentUser()).toEqual({ uid: "2" })
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(isAppUser, true, false),
      FakeTransport.answer(getCurrentUser, { uid: "1" }, { uid: "2" })
    ))))

  it.effect("takes the types of the method, and goes through its schema both ways", () =>
    Effect.gen(function*() {
      expect(yield* OkCall.passError(getInfo({ uids: ["1"] }))).toEqual([{ uid: "1", online: false }])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(getInfo, [{ uid: "1", online: false }])))))

  it.effect("is a defect where a value is none of the method's", () =>
    Effect.gen(function*() {
      expect(yield* defectOf(getCurrentUser())).toContain("uid")
    }).pipe(Effect.provide(FakeTransport.layerClient(
      // @ts-expect-error a user has a uid
      FakeTransport.answer(getCurrentUser, { name: "test" })
    ))))
})

describe("FakeTransport.answerWith", () => {
  it.effect("answers by the values that the method was called with", () =>
    Effect.gen(function*() {
      expect(yield* getInfo({ uids: ["7", "8"], count: 1 })).toEqual([{ uid: "7", online: false }])
      expect(yield* getInfo({ uids: ["7", "8"] })).toEqual([
        { uid: "7", online: true },
        { uid: "8", online: true }
      ])
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answerWith(
        getInfo,
        ({ count, uids }, index) => uids.slice(0, count).map((uid) => ({ uid, online: index > 0 }))
      )
    ))))
})

describe("FakeTransport.fail", () => {
  it.effect("answers as OK.ru does: an error in body and header", () =>
    Effect.gen(function*() {
      const error = yield* failure(isAppUser())
      expect(error).toMatchObject({
        _tag: "OkThrottled",
        code: 8,
        reason: "FLOOD_BLOCKED",
        detail: "text",
        waitMillis: 1500
      })
      expect(yield* OkCall.passError(isAppUser())).toEqual({
        error_code: 8,
        error_msg: "FLOOD_BLOCKED : text",
        error_data: { wait_millis: 1500 }
      })
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.fail(isAppUser, { code: 8, message: "FLOOD_BLOCKED : text", data: { wait_millis: 1500 } })
    ))))

  it.effect.each([...OkError.knownCodes(), { code: 7777, tag: "UnknownApiError", reason: "" }])(
    "gives code $code its class $tag",
    ({ code, tag }) =>
      Effect.gen(function*() {
        expect(yield* failure(isAppUser())).toMatchObject({ _tag: tag, code })
      }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.fail(isAppUser, { code }))))
  )
})

describe("FakeTransport.respond", () => {
  it.effect("answers with any response", () =>
    Effect.gen(function*() {
      expect(yield* failure(isAppUser())).toMatchObject({ _tag: "OkTransportError", reason: "NotJson", status: 502 })
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.respond(isAppUser, respondWith({ status: 502, body: "<html></html>" }))
    ))))

  it.effect("breaks the connection", () => {
    const broken = new OkError.OkTransportError({ method: "users.isAppUser", reason: "Interrupted" })
    return Effect.gen(function*() {
      expect((yield* failure(isAppUser())).message).toBe(broken.message)
      expect(yield* FakeTransport.requests).toHaveLength(1)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.respond(isAppUser, () => Effect.fail(broken)))))
  })

  it.effect("takes a name for a method that has no value", () =>
    Effect.gen(function*() {
      expect(yield* OkMethod.untyped("group.newMethod")({ gid: "51" })).toBe("51 the 0th")
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.respond("group.newMethod", ({ parameters }, index) =>
        respondWith({ body: JSON.stringify(`${parameters["gid"]} the ${index}th`) })())
    ))))

  it.effect("answers late, by the clock of the test", () =>
    Effect.gen(function*() {
      const call = Effect.timeoutOption(isAppUser(), "2 seconds")
      const fiber = yield* Effect.fork(Effect.all([call, Effect.timeoutOption(isAppUser(), "10 seconds")]))
      yield* TestClock.adjust("2 seconds")
      yield* TestClock.adjust("5 seconds")
      const [early, late] = yield* Fiber.join(fiber)
      expect(early._tag).toBe("None")
      expect(late._tag).toBe("Some")
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.respond(isAppUser, () => Effect.delay(respondWith({ body: "true" })(), "5 seconds"))
    ))))
})

describe("FakeTransport.inOrder", () => {
  it.effect("gives one answer after the other, and the last one ever after", () =>
    Effect.gen(function*() {
      expect((yield* failure(isAppUser()))._tag).toBe("OkThrottled")
      expect((yield* failure(isAppUser()))._tag).toBe("OkTransportError")
      expect(yield* isAppUser()).toBe(true)
      expect(yield* isAppUser()).toBe(true)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
      FakeTransport.fail(isAppUser, { code: 8 }),
      FakeTransport.respond(isAppUser, respondWith({ status: 500, body: "oops" })),
      FakeTransport.answer(isAppUser, true)
    )))))

  it.effect("begins with the first value of each answer", () =>
    Effect.gen(function*() {
      expect((yield* failure(isAppUser()))._tag).toBe("OkThrottled")
      expect(yield* Effect.replicateEffect(isAppUser(), 3)).toEqual([true, false, false])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
      FakeTransport.fail(isAppUser, { code: 8 }),
      FakeTransport.answer(isAppUser, true, false)
    )))))

  it.effect("of two methods is a defect that names them", () =>
    Effect.gen(function*() {
      const defect = yield* defectOf(isAppUser())
      expect(defect).toContain("users.isAppUser and notifications.sendSimple")
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
      FakeTransport.answer(isAppUser, true),
      FakeTransport.answer(notify, true)
    )))))

  it.effect("of one answer is that answer", () =>
    Effect.gen(function*() {
      expect(yield* isAppUser()).toBe(true)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(FakeTransport.answer(isAppUser, true))))))

  it.effect("lets a retry be tested", () =>
    Effect.gen(function*() {
      expect(yield* Effect.retry(isAppUser(), { times: 2, while: ({ _tag }) => _tag === "OkThrottled" })).toBe(true)
      expect(yield* FakeTransport.requests).toHaveLength(3)
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.inOrder(
      FakeTransport.fail(isAppUser, { code: 8 }),
      FakeTransport.fail(isAppUser, { code: 8 }),
      FakeTransport.answer(isAppUser, true)
    )))))
})

describe("A method that has no answer", () => {
  it.effect("is a defect that says which method, what is answered and what to do", () =>
    Effect.gen(function*() {
      const defect = yield* defectOf(getCurrentUser())
      expect(defect).toContain("users.getCurrentUser was called and has no answer")
      expect(defect).toContain("Answered are: users.isAppUser, notifications.sendSimple")
      expect(defect).toContain(`FakeTransport.respond("users.getCurrentUser", …)`)
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(isAppUser, true),
      FakeTransport.answer(notify, true)
    ))))

  it.effect("is a defect where nothing is answered at all", () =>
    Effect.gen(function*() {
      expect(yield* defectOf(isAppUser())).toContain("Answered are: none")
      expect(yield* defectOf(OkCall.passError(isAppUser()))).toContain("Answered are: none")
    }).pipe(Effect.provide(FakeTransport.layerClient())))
})

describe("FakeTransport.requests", () => {
  it.effect("are what was sent, in order, without what is the same in all of them", () =>
    Effect.gen(function*() {
      expect(yield* FakeTransport.requests).toEqual([])
      yield* getInfo({ uids: ["1", "2"], count: 0 })
      yield* notify({ uid: "1", text: "" })
      yield* sdkInit({ device: "1" })
      yield* Effect.ignore(getCurrentUser())
      expect(yield* FakeTransport.requests).toEqual([
        { method: "users.getInfo", parameters: { uids: "1,2", count: "0" }, session: "user" },
        { method: "notifications.sendSimple", parameters: { uid: "1", text: "" }, session: "application" },
        { method: "sdk.init", parameters: { device: "1" }, session: "none" },
        { method: "users.getCurrentUser", parameters: {}, session: "user" }
      ])
    }).pipe(Effect.provide(FakeTransport.layerClient(
      FakeTransport.answer(getInfo, []),
      FakeTransport.answer(notify, true),
      FakeTransport.answer(sdkInit, "test"),
      FakeTransport.fail(getCurrentUser, { code: 102 })
    ))))

  it.effect("hold no secret", () =>
    Effect.gen(function*() {
      yield* getInfo({ uids: ["1"] })
      const recorded = yield* FakeTransport.requests
      const request = yield* OkCall.request(getInfo({ uids: ["1"] }))
      expect(recorded).toHaveLength(1)
      expect(leaks(recorded, token, sessionSecret, applicationSecret, request.sig ?? "none")).toEqual([])
    }).pipe(Effect.provide([onFake(FakeTransport.answer(getInfo, [])), clientSession])))

  it.effect("do not hold what was never sent", () =>
    Effect.gen(function*() {
      yield* OkCall.request(getInfo({ uids: ["1"] }))
      expect((yield* failure(getInfo({ uids: ["1,2"] })))._tag).toBe("OkParameterError")
      expect(yield* FakeTransport.requests).toEqual([])
    }).pipe(Effect.provide(FakeTransport.layerClient(FakeTransport.answer(getInfo, [])))))

  it.effect("are those of one fake: every test has its own", () => {
    const program = Effect.zipRight(isAppUser(), FakeTransport.requests)
    const own = Effect.provide(program, FakeTransport.layerClient(FakeTransport.answer(isAppUser, true)))
    return Effect.gen(function*() {
      expect(yield* own).toHaveLength(1)
      expect(yield* own).toHaveLength(1)
    })
  })
})

describe("FakeTransport.layer", () => {
  it.effect("is a transport to be put under a client of your own", () =>
    Effect.gen(function*() {
      const request = yield* OkCall.request(isAppUser())
      const transport = yield* OkTransport.OkTransport
      expect(yield* transport.send(request)).toEqual({ status: 200, body: "true", invocationError: undefined })
      expect(yield* FakeTransport.requests).toEqual([{ method: "users.isAppUser", parameters: {}, session: "user" }])
    }).pipe(Effect.provide([onFake(FakeTransport.answer(isAppUser, true)), clientSession])))
})
