import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import { Sandbox } from "@effect-okru/sandbox"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import {
  asApplication,
  asUser,
  get,
  md5,
  type Parameters,
  post,
  refusal,
  sandbox,
  secretKey,
  send,
  sigOf
} from "./support.js"

describe("an error", () => {
  it.effect("comes with HTTP 200, its code in a header and OK.ru's content type", () =>
    Effect.gen(function*() {
      const { headers, status, text } = yield* post("/fb.do", { method: "users.getLoggedInUser" })
      expect(status).toBe(200)
      expect(headers["invocation-error"]).toBe("101")
      expect(headers["content-type"]).toBe("application/json;charset=utf-8")
      expect(text).toBe(`{"error_code":101,"error_msg":"PARAM_API_KEY : No application key","error_data":null}`)
    }).pipe(Effect.provide(sandbox())))

  it.effect("is no header of an answer", () =>
    Effect.gen(function*() {
      const { headers, status } = yield* Effect.flatMap(asUser("users.getLoggedInUser"), (form) => post("/fb.do", form))
      expect(status).toBe(200)
      expect(headers["invocation-error"]).toBeUndefined()
      expect(headers["content-type"]).toBe("application/json;charset=utf-8")
    }).pipe(Effect.provide(sandbox())))

  it.effect("of another address is a page", () =>
    Effect.gen(function*() {
      const { status, text } = yield* post("/nowhere", {})
      expect(status).toBe(404)
      expect(text).toContain("<html>")
    }).pipe(Effect.provide(sandbox())))
})

describe("the application", () => {
  it.effect("has to be named and known", () =>
    Effect.gen(function*() {
      const form = yield* asUser("users.getLoggedInUser")
      const noKey = refusal(101, "PARAM_API_KEY : No application key")
      expect(yield* send(Effect.succeed({ ...form, application_key: "" }))).toEqual(noKey)
      expect(yield* send(Effect.succeed({ ...form, application_key: "CBAOTHER" })))
        .toEqual(refusal(101, "PARAM_API_KEY : Application not exist"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be chosen", () =>
    Effect.gen(function*() {
      const form = yield* asUser("users.getLoggedInUser")
      expect(form.application_key).toBe("CBATEST")
      expect(yield* send(Effect.succeed(form))).toEqual(expect.any(String))
    }).pipe(Effect.provide(sandbox({ application: { key: "CBATEST" } }))))
})

describe("the method", () => {
  it.effect("has to exist", () =>
    Effect.gen(function*() {
      expect(yield* send(asUser("frien.get"))).toEqual(refusal(3, "METHOD : Method frien.get not found"))
      const { method: _, ...form } = yield* asUser("users.getLoggedInUser")
      expect(yield* send(Effect.succeed(form))).toEqual(refusal(100, "PARAM : Missed required parameter: method"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("can stand in the address, where it is neither sent nor signed", () =>
    Effect.gen(function*() {
      const { application, users } = yield* Sandbox.Sandbox
      const [user] = yield* users
      const signed = { application_key: application.key }
      const form = {
        ...signed,
        sig: sigOf(signed, Redacted.value(user.sessionSecretKey)),
        access_token: Redacted.value(user.accessToken)
      }
      expect((yield* post("/api/users/getLoggedInUser", form)).text).toBe(`"${user.uid}"`)
      expect((yield* get("/api/users/getLoggedInUser", form)).text).toBe(`"${user.uid}"`)
      expect((yield* get("/api/users/nothing", form)).headers["invocation-error"]).toBe("3")
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be asked for by GET", () =>
    Effect.gen(function*() {
      const form = yield* asUser("users.getLoggedInUser")
      expect((yield* get("/fb.do", form)).text).toMatch(/^"\d+"$/)
    }).pipe(Effect.provide(sandbox())))
})

describe("the session", () => {
  it.effect("is required by some methods", () =>
    Effect.gen(function*() {
      const { access_token: _, ...form } = yield* asUser("users.getLoggedInUser")
      expect(yield* send(Effect.succeed(form)))
        .toEqual(refusal(453, "SESSION_REQUIRED : Method requires a session: access_token is missing"))
      expect(yield* send(asApplication("users.getLoggedInUser"))).toMatchObject({ error_code: 453 })
    }).pipe(Effect.provide(sandbox())))

  it.effect("is prohibited by others, even an empty one", () =>
    Effect.gen(function*() {
      const form = yield* asApplication("users.updateMasksV2", { uids: "1" })
      expect(yield* send(Effect.succeed(form))).toBe(true)
      for (const session of [{ access_token: "" }, { session_key: "" }, { access_token: "test-access-token-1" }]) {
        expect(yield* send(Effect.succeed({ ...form, ...session }))).toMatchObject({
          error_code: 451,
          error_msg: expect.stringMatching(/^NOT_SESSION_METHOD : /)
        })
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("has to be known", () =>
    Effect.gen(function*() {
      const form = yield* asUser("users.getLoggedInUser")
      const invalid = refusal(103, "PARAM_SESSION_KEY : Invalid session key")
      expect(yield* send(Effect.succeed({ ...form, access_token: "test-unknown" }))).toEqual(invalid)
      expect(yield* send(Effect.succeed({ ...form, access_token: "" }))).toEqual(invalid)
    }).pipe(Effect.provide(sandbox())))

  it.effect("ends when its time is over", () =>
    Effect.gen(function*() {
      const call = send(asUser("users.getLoggedInUser"))
      yield* TestClock.adjust("29 minutes")
      expect(yield* call).toEqual(expect.any(String))
      yield* TestClock.adjust("1 minute")
      expect(yield* call).toEqual(refusal(102, "PARAM_SESSION_EXPIRED : Session expired"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("ends when the test says so, and can be opened again", () =>
    Effect.gen(function*() {
      const { expireSession, openSession, users } = yield* Sandbox.Sandbox
      const [first, second] = yield* users
      yield* expireSession(first.uid)
      expect(yield* send(asUser("users.getLoggedInUser", {}, first))).toMatchObject({ error_code: 102 })
      expect(yield* send(asUser("users.getLoggedInUser", {}, second))).toBe(second?.uid)
      const renewed = yield* openSession(first.uid)
      expect(Redacted.value(renewed.accessToken)).not.toBe(Redacted.value(first.accessToken))
      expect(yield* send(asUser("users.getLoggedInUser", {}, renewed))).toBe(first.uid)
      expect((yield* users)[0]).toEqual(renewed)
      expect(yield* send(asUser("users.getLoggedInUser", {}, first))).toMatchObject({ error_code: 102 })
    }).pipe(Effect.provide(sandbox({ tokenLife: "1 day" }))))

  it.effect("of a user whom there is not is a mistake in the test, and a defect", () =>
    Effect.gen(function*() {
      const sandbox = yield* Sandbox.Sandbox
      const before = yield* sandbox.users
      const asked: ReadonlyArray<Effect.Effect<unknown>> = [
        sandbox.expireSession("1"),
        sandbox.openSession("1"),
        sandbox.launchUrl("1", "https://app.test/"),
        sandbox.expireRefreshTokens("1"),
        sandbox.revokeRefreshTokens("1"),
        sandbox.grant("1", "SET_STATUS"),
        sandbox.revoke("1", "SET_STATUS")
      ]
      for (const effect of asked) {
        const exit = yield* Effect.exit(effect)
        expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("Sandbox: there is no user 1")
      }
      expect(yield* sandbox.users).toEqual(before)
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be named session_key, signed or not", () =>
    Effect.gen(function*() {
      const { access_token, sig: _, ...signed } = yield* asUser("users.getLoggedInUser")
      const [user] = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
      const secret = Redacted.value(user.sessionSecretKey)
      const withKey = { ...signed, session_key: access_token }
      for (const sig of [sigOf(signed, secret), sigOf(withKey, secret)]) {
        expect(yield* send(Effect.succeed({ ...withKey, sig }))).toBe(user.uid)
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("can be left out where it is optional, if the user is named", () =>
    Effect.gen(function*() {
      const [user] = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
      expect(yield* send(asApplication("users.isAppUser", { uid: user.uid }))).toBe(true)
      expect(yield* send(asApplication("users.isAppUser")))
        .toEqual(refusal(100, "PARAM : Either session_key or uid must be specified"))
      expect(yield* send(asUser("users.isAppUser"))).toBe(true)
    }).pipe(Effect.provide(sandbox())))
})

describe("the signature", () => {
  it.effect("has to be there and right", () =>
    Effect.gen(function*() {
      const { sig, ...form } = yield* asUser("users.getLoggedInUser")
      expect(yield* send(Effect.succeed(form))).toMatchObject({
        error_code: 104,
        error_msg: expect.stringMatching(/^PARAM_SIGNATURE : /)
      })
      for (
        const wrong of [{ sig: md5("wrong") }, { sig: sig.toUpperCase() }, { sig, format: "JSON" }, { sig, more: "1" }]
      ) {
        expect(yield* send(Effect.succeed({ ...form, ...wrong }))).toMatchObject({ error_code: 104 })
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("of a user is made with the session's secret or with the server's, of the application with its own", () =>
    Effect.gen(function*() {
      const { access_token, sig: _, ...signed } = yield* asUser("users.isAppUser", { uid: "570000000194" })
      const application = yield* secretKey
      const server = md5(access_token + application)
      const sent = (secret: string) => send(Effect.succeed({ ...signed, access_token, sig: sigOf(signed, secret) }))
      expect(yield* sent(server)).toBe(true)
      expect(yield* sent(application)).toMatchObject({ error_code: 104 })
      const withoutToken = (secret: string) => send(Effect.succeed({ ...signed, sig: sigOf(signed, secret) }))
      expect(yield* withoutToken(application)).toBe(true)
      expect(yield* withoutToken(server)).toMatchObject({ error_code: 104 })
    }).pipe(Effect.provide(sandbox())))

  it.effect("counts what is in the query and in the form alike, in true UTF-8", () =>
    Effect.gen(function*() {
      const { application_key, ...form } = yield* asUser("users.setStatus", { status: "Привет, мир 😀 a=b&c+d" })
      expect((yield* post(`/fb.do?application_key=${application_key}`, form)).text).toBe("true")
    }).pipe(Effect.provide(sandbox())))

  it.effect("is not asked of the few methods that are not signed", () =>
    Effect.gen(function*() {
      const { application } = yield* Sandbox.Sandbox
      expect(yield* send(Effect.succeed({ application_key: application.key, method: "test.open" }))).toBe(true)
      expect(yield* send(Effect.succeed({ application_key: "CBAOTHER", method: "test.open" })))
        .toMatchObject({ error_code: 101 })
    }).pipe(Effect.provide(sandbox({
      methods: [
        OkMethod.make("test.open", {
          session: "required",
          permissions: [],
          kind: "read",
          params: {},
          success: OkMethod.Undocumented,
          sig: false
        })
      ]
    }))))
})

describe("methods of one's own", () => {
  const own = (name: string, permissions: ReadonlyArray<string> = []) =>
    OkMethod.make(name, {
      session: "required",
      permissions,
      kind: "read",
      params: { own: OkParam.string },
      success: OkMethod.Undocumented
    })

  it.effect("are beside those there are, with their permissions", () =>
    Effect.gen(function*() {
      const [user] = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
      expect(yield* send(asUser("test.own", { own: "1" }))).toBe(true)
      expect(yield* send(asUser("users.getInfo", { uids: user.uid, fields: "uid" }))).toEqual([{ uid: user.uid }])
      expect(user.permissions).toEqual(expect.arrayContaining(["TEST_OWN", "VALUABLE_ACCESS", "SET_STATUS"]))
    }).pipe(Effect.provide(sandbox({ methods: [own("test.own", ["TEST_OWN"])] }))))

  it.effect("take the place of those of their name, the last one of all", () =>
    Effect.gen(function*() {
      const [user] = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
      expect(user.permissions).not.toContain("TEST_FIRST")
      expect(yield* send(asUser("users.getGames"))).toEqual(refusal(100, "PARAM : Missed required parameter: own"))
      expect(yield* send(asUser("users.getGames", { own: "1" }))).toBe(true)
    }).pipe(
      Effect.provide(sandbox({ methods: [own("users.getGames", ["TEST_FIRST"]), own("users.getGames")] }))
    ))
})

describe("a permission", () => {
  it.effect("has to be granted, all that the method needs", () =>
    Effect.gen(function*() {
      const { grant, revoke, users } = yield* Sandbox.Sandbox
      const [user] = yield* users
      const call = send(asUser("users.getGames"))
      expect(yield* call).toMatchObject({
        error_code: 10,
        error_msg: expect.stringMatching(/^PERMISSION_DENIED : .*VALUABLE_ACCESS/)
      })
      yield* grant(user.uid, "VALUABLE_ACCESS")
      expect(yield* call).toBe(true)
      yield* revoke(user.uid, "VALUABLE_ACCESS")
      expect(yield* call).toMatchObject({ error_code: 10 })
      expect((yield* users)[0].permissions).toEqual(["SET_STATUS"])
    }).pipe(Effect.provide(sandbox({ permissions: ["SET_STATUS"] }))))

  it.effect("is not needed to learn who the user is, only for the address", () =>
    Effect.gen(function*() {
      const { grant, users } = yield* Sandbox.Sandbox
      const [user] = yield* users
      expect(yield* send(asUser("users.getLoggedInUser"))).toBe(user.uid)
      const call = send(asUser("users.getCurrentUser"))
      expect(yield* call).toMatchObject({ uid: user.uid, has_email: true })
      expect(yield* call).not.toHaveProperty("email")
      yield* grant(user.uid, "GET_EMAIL")
      expect(yield* call).toMatchObject({ uid: user.uid, email: expect.stringContaining("@") })
    }).pipe(Effect.provide(sandbox({ permissions: [] }))))

  it.effect("can be given back by the application", () =>
    Effect.gen(function*() {
      const call = send(asUser("users.hasAppPermission", { ext_perm: "SET_STATUS" }))
      expect(yield* call).toBe(true)
      expect(yield* send(asUser("users.removeAppPermissions", { ext_perm: "SET_STATUS,GET_EMAIL" }))).toBe(true)
      expect(yield* call).toBe(false)
      expect(yield* send(asUser("users.setStatus", { status: "x" }))).toMatchObject({ error_code: 10 })
    }).pipe(Effect.provide(sandbox())))
})

const uids = (count: number) => Array.from({ length: count }, (_, index) => String(index)).join(",")

describe("a parameter", () => {
  it.effect("that is required has to be there", () =>
    Effect.gen(function*() {
      expect(yield* send(asUser("users.getInfo", { fields: "uid" })))
        .toEqual(refusal(100, "PARAM : Missed required parameter: uids"))
      expect(yield* send(asUser("users.getInfo", { uids: "", fields: "uid" })))
        .toEqual(refusal(100, "PARAM : Missed required parameter: uids"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("has to be a value of its type, within its limits", () =>
    Effect.gen(function*() {
      expect(yield* send(asUser("users.getInfo", { uids: uids(100), fields: "uid" }))).toEqual([])
      expect(yield* send(asUser("users.getInfo", { uids: uids(101), fields: "uid" })))
        .toEqual(refusal(100, "PARAM : Invalid value of parameter: uids"))
      expect(yield* send(asUser("users.getInfo", { uids: "1", fields: "uid", emptyPictures: "yes" })))
        .toEqual(refusal(100, "PARAM : Invalid value of parameter: emptyPictures"))
      expect(yield* send(asUser("users.getGuests", { count: "ten" })))
        .toEqual(refusal(100, "PARAM : Invalid value of parameter: count"))
    }).pipe(Effect.provide(sandbox())))

  it.effect("has to go with the others", () =>
    Effect.gen(function*() {
      const both = { uid: "570000000194", friend_ids: "1", reltypes: "ALL" }
      expect(yield* send(asUser("friends.getRelativesV2", both))).toMatchObject({ error_code: 100 })
      expect(yield* send(asUser("friends.getRelativesV2", { uid: "570000000194" }))).toMatchObject({ error_code: 100 })
    }).pipe(Effect.provide(sandbox())))

  it.effect("that nobody documents is let through, signed", () =>
    Effect.gen(function*() {
      expect(yield* send(asUser("users.getLoggedInUser", { call_id: "1", __online: "false" })))
        .toEqual(expect.any(String))
    }).pipe(Effect.provide(sandbox())))

  it.effect("names known fields only", () =>
    Effect.gen(function*() {
      expect(yield* send(asUser("users.getInfo", { uids: "570000000194", fields: "UID,user.NAME,nonsense" })))
        .toEqual(refusal(220, "PARAM_FIELDSET : Unknown field: nonsense"))
    }).pipe(Effect.provide(sandbox())))
})

describe("what is checked first", () => {
  const without = (name: string) => (form: Parameters): Parameters => Record.remove(form, name)
  const having = (more: Parameters) => (form: Parameters): Parameters => ({ ...form, ...more })

  const noApplication = without("application_key")
  const noMethod = without("method")
  const unknownMethod = having({ method: "frien.get" })
  const unknownSession = having({ access_token: "test-unknown" })
  const noSession = without("access_token")
  const noSignature = without("sig")

  const read = asUser("users.getLoggedInUser")
  const prohibiting = asUser("users.updateMasksV2", { uids: "1" })
  const info = (parameters: Parameters) => asUser("users.getInfo", parameters)
  const good = { uids: "1", fields: "uid" }
  const expired = Effect.gen(function*() {
    const { expireSession, users } = yield* Sandbox.Sandbox
    yield* expireSession((yield* users)[0].uid)
    return yield* read
  })

  // No user has granted anything here.
  it.effect.each(
    [
      ["the application before whether there is a method", read, [noApplication, noMethod], 101],
      ["the application before which method it is", read, [noApplication, unknownMethod], 101],
      ["whether there is a method before the session", read, [noMethod, unknownSession], 100],
      ["whether there is a method before the signature", read, [noMethod, noSignature], 100],
      ["which method it is before the session", read, [unknownMethod, unknownSession], 3],
      ["which method it is before the signature", read, [unknownMethod, noSignature], 3],
      ["that there is no session before whose it is", prohibiting, [unknownSession], 451],
      ["that there is no session before the signature", prohibiting, [noSignature], 451],
      ["that there is a session before the signature", read, [noSession, noSignature], 453],
      ["whose session it is before the signature", read, [unknownSession, noSignature], 103],
      ["that the session is not over before the signature", expired, [noSignature], 102],
      ["the signature before the permissions", info(good), [noSignature], 104],
      ["the permissions before a parameter that is missing", info({ fields: "uid" }), [], 10],
      ["the permissions before a value", info({ ...good, emptyPictures: "yes" }), [], 10],
      ["the permissions before the fields", info({ ...good, fields: "nonsense" }), [], 10]
    ] as const
  )("%s", ([, form, wrongs, code]) =>
    Effect.gen(function*() {
      const sent = Effect.map(form, (form) => wrongs.reduce<Parameters>((form, wrong) => wrong(form), form))
      expect(yield* send(sent)).toMatchObject({ error_code: code })
    }).pipe(Effect.provide(sandbox({ permissions: [] }))))

  it.effect.each([{ fields: "nonsense" }, { uids: uids(101), fields: "nonsense" }])(
    "the other parameters before the names in fields: %j",
    (parameters) =>
      Effect.gen(function*() {
        expect(yield* send(asUser("users.getInfo", parameters))).toMatchObject({ error_code: 100 })
      }).pipe(Effect.provide(sandbox()))
  )
})

describe("the journal", () => {
  it.effect("has the last 1,000 requests", () =>
    Effect.gen(function*() {
      const names = Array.from({ length: 1002 }, (_, index) => `test.call${index}`)
      yield* Effect.forEach(names, (method) => post("/fb.do", { method }), { discard: true })
      const { requests } = yield* Sandbox.Sandbox
      expect((yield* requests).map(({ method }) => method)).toEqual(names.slice(2))
    }).pipe(Effect.provide(sandbox())))

  it.effect("has every request and no secret", () =>
    Effect.gen(function*() {
      const { requests, users } = yield* Sandbox.Sandbox
      const [user] = yield* users
      yield* send(asUser("users.setStatus", { status: "hello" }))
      yield* send(asApplication("users.setStatus", { status: "hello" }))
      yield* get("/api/users/getLoggedInUser", { access_token: "test-unknown", sig: "1" })
      const journal = yield* requests
      expect(journal).toEqual([
        {
          verb: "POST",
          path: "/fb.do",
          method: "users.setStatus",
          parameters: { status: "hello" },
          uid: user.uid,
          errorCode: undefined,
          executed: true
        },
        {
          verb: "POST",
          path: "/fb.do",
          method: "users.setStatus",
          parameters: { status: "hello" },
          uid: undefined,
          errorCode: 453,
          executed: false
        },
        {
          verb: "GET",
          path: "/api/users/getLoggedInUser",
          method: "users.getLoggedInUser",
          parameters: {},
          uid: undefined,
          errorCode: 101,
          executed: false
        }
      ])
    }).pipe(Effect.provide(sandbox())))

  it.effect("leaves out documented secrets too", () =>
    Effect.gen(function*() {
      yield* send(asApplication("test.secret", { sdkToken: "test-sdk-token", note: "seen" }))
      const [request] = yield* Effect.flatMap(Sandbox.Sandbox, ({ requests }) => requests)
      expect(request?.parameters).toEqual({ note: "seen" })
    }).pipe(Effect.provide(sandbox({
      methods: [
        OkMethod.make("test.secret", {
          session: "optional",
          permissions: [],
          kind: "write",
          params: { sdkToken: OkParam.string, note: OkParam.string },
          success: OkMethod.Undocumented
        })
      ]
    }))))

  it.effect("counts what was executed", () =>
    Effect.gen(function*() {
      const { executions } = yield* Sandbox.Sandbox
      yield* send(asUser("users.setStatus", { status: "a" }))
      yield* send(asUser("users.setStatus", { status: "b" }))
      yield* send(asApplication("users.setStatus", { status: "c" }))
      expect(yield* executions("users.setStatus")).toBe(2)
      expect(yield* executions("users.getInfo")).toBe(0)
    }).pipe(Effect.provide(sandbox())))
})
