import { OkField, OkMethod, OkPage, OkParam, OkProjection } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { clientOver, clientSession, failure, leaks, pairsOf, wire } from "./support.js"

const Model = Schema.Struct({
  uid: OkField.optional(OkField.id),
  name: OkField.optional(Schema.String),
  age: OkField.optional(OkField.int)
})
const Field = OkParam.oneOf("uid", "name", "age", "user.*", "user.uid", "guest.uid", "group.uid")

const row = {
  session: "required",
  permissions: [],
  kind: "read",
  params: { fields: OkParam.optional(OkParam.fields(Field)), count: OkParam.optional(OkParam.int) }
} as const

const self = OkMethod.make("users.getCurrentUser", { ...row, success: Model }).pipe(
  OkProjection.projected({ at: "self", always: ["uid"] })
)
const each = OkMethod.make("users.getInfo", { ...row, success: Schema.Array(Model) }).pipe(
  OkProjection.projected({ at: "each", always: ["uid", "name"] })
)
const inside = OkMethod.make("users.getOne", { ...row, success: Schema.Struct({ user: Model, at: Schema.String }) })
  .pipe(
    OkProjection.projected({ at: { in: "user" }, always: ["uid"] })
  )
const list = OkMethod.make("users.getAll", { ...row, success: Schema.Struct({ users: Schema.Array(Model) }) }).pipe(
  OkProjection.projected({ at: { in: "users" }, always: ["uid"] })
)
const perhaps = OkMethod.make("users.getPerhaps", { ...row, success: Schema.Struct({ user: OkField.optional(Model) }) })
  .pipe(OkProjection.projected({ at: { in: "user" }, always: ["uid"] }))
const never = OkMethod.make("users.getMaybe", { ...row, success: Model }).pipe(OkProjection.projected({ at: "self" }))

const ofKinds = OkMethod.make("users.getOfKinds", {
  ...row,
  success: Schema.Struct({ user: OkField.optional(Model) })
}).pipe(OkProjection.projected({ at: { in: "user", of: ["user", "guest"] }, always: ["uid"] }))
const deep = OkMethod.make("users.getDeep", {
  ...row,
  success: Schema.Struct({ groups: Schema.Array(Schema.Struct({ gid: Schema.String, users: OkField.list(Model) })) })
}).pipe(OkProjection.projected({ at: { in: "groups", at: { in: "users", of: ["user"] } }, always: ["uid"] }))

const over = (body: string) => Effect.provide([clientOver(wire(body).layer), clientSession])

describe("A projected method", () => {
  it.effect("has the fields that are always there as fields that are there", () =>
    Effect.gen(function*() {
      const user = yield* self({ fields: ["uid", "name"] })
      const uid: string = user.uid
      const name: string | undefined = user.name
      expect({ uid, name }).toEqual({ uid: "1", name: "test" })
      // @ts-expect-error age was not asked for
      expect(user.age).toBeUndefined()
    }).pipe(over(`{"uid":"1","name":"test"}`)))

  it.effect("sends the fields that were asked for", () => {
    const transport = wire(`{"uid":"1"}`)
    return Effect.gen(function*() {
      yield* self({ fields: ["uid", OkParam.unlisted("NEW")], count: 5 })
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["fields", "uid,NEW"])
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["count", "5"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })

  it.effect("leaves what a user hides to be absent", () =>
    Effect.gen(function*() {
      expect(yield* self({ fields: ["uid", "name", "age"] })).toEqual({ uid: "1" })
      expect(yield* never({ fields: ["uid", "name"] })).toEqual({ uid: "1" })
    }).pipe(over(`{"uid":1}`)))

  it.effect("gives the whole model where the fields are not written down", () =>
    Effect.gen(function*() {
      const fields: ReadonlyArray<typeof Field.Type> = ["uid"]
      const user = yield* self({ fields })
      expect(user.age).toBe(5)
      expect((yield* self({ fields: ["user.*"] })).age).toBe(5)
      expect((yield* self({})).age).toBe(5)
      expect((yield* self()).age).toBe(5)
    }).pipe(over(`{"uid":"1","age":"5"}`)))

  it.effect("fails where a field that is always there is missing, by its name and not by the body", () =>
    Effect.gen(function*() {
      const error = yield* failure(self({ fields: ["uid", "name"] }))
      expect(error._tag).toBe("OkDecodeError")
      expect(error.message).toContain(
        "users.getCurrentUser: unexpected answer: uid: is missing, although it was asked for"
      )
      expect(leaks(error, "planted")).toEqual([])
    }).pipe(over(`{"name":"planted"}`)))

  it.effect("does not ask for what was not asked for", () =>
    Effect.gen(function*() {
      expect(yield* self({ fields: ["name"] })).toEqual({ name: "test" })
      expect(yield* self()).toEqual({ name: "test" })
    }).pipe(over(`{"name":"test"}`)))

  it.effect("looks into each item of a list", () =>
    Effect.gen(function*() {
      const error = yield* failure(each({ fields: ["uid", "name"] }))
      expect(error.message).toContain(": [1].name: is missing, although it was asked for")
      const users = yield* each({ fields: ["uid", "age"] })
      const uids: ReadonlyArray<string> = users.map(({ uid }) => uid)
      expect(uids).toEqual(["1", "2"])
    }).pipe(over(`[{"uid":"1","name":"test"},{"uid":"2"}]`)))

  it.effect("looks into a member of an envelope", () =>
    Effect.gen(function*() {
      const answer = yield* inside({ fields: ["uid"] })
      const uid: string = answer.user.uid
      expect({ uid, at: answer.at }).toEqual({ uid: "1", at: "now" })
    }).pipe(over(`{"user":{"uid":"1","name":"test"},"at":"now"}`)))

  it.effect("looks into a list in an envelope", () =>
    Effect.gen(function*() {
      expect((yield* failure(list({ fields: ["uid"] })))._tag).toBe("OkDecodeError")
      const { users } = yield* list({ fields: ["name"] })
      expect(users).toEqual([{ uid: "1" }, { name: "test" }])
    }).pipe(over(`{"users":[{"uid":"1"},{"name":"test"}]}`)))

  it.effect.each(["[]", `{"users":[]}`])("is content with an empty list: %s", (body) =>
    Effect.gen(function*() {
      const answer = body === "[]" ? yield* each({ fields: ["uid", "name"] }) : (yield* list({ fields: ["uid"] })).users
      expect(answer).toEqual([])
    }).pipe(over(body)))

  it.effect("is content with an envelope that holds no model", () =>
    Effect.gen(function*() {
      expect(yield* perhaps({ fields: ["uid"] })).toEqual({})
    }).pipe(over("{}")))

  it.effect.each(["user.uid", "guest.uid", "uid"] as const)(
    "knows a field by its kind: %s",
    (field) =>
      Effect.gen(function*() {
        const answer = yield* ofKinds({ fields: [field, "group.uid"] })
        const uid: string | undefined = answer.user?.uid
        expect(uid).toBe("1")
        // @ts-expect-error age was not asked for
        expect(answer.user?.age).toBeUndefined()
      }).pipe(over(`{"user":{"uid":1}}`))
  )

  it.effect("fails where a field that was asked for by its kinds is missing", () =>
    Effect.gen(function*() {
      const asked = [["uid"], ["user.uid", "guest.uid"]] as const
      for (const fields of asked) {
        expect((yield* failure(ofKinds({ fields }))).message).toContain("uid: is missing")
      }
      expect((yield* failure(deep({ fields: ["user.uid"] }))).message).toContain("uid: is missing")
    }).pipe(over(`{"user":{"name":"test"},"groups":[{"gid":"a","users":[{"name":"test"}]}]}`)))

  it.effect("promises nothing of a field that was asked for of another kind", () =>
    Effect.gen(function*() {
      // It is a guest or a user: who asked for the ids of guests need not get that of a user.
      for (const field of ["user.uid", "guest.uid"] as const) {
        const { user } = yield* ofKinds({ fields: [field, "name"] })
        const uid: string | undefined = user?.uid
        expect(uid).toBeUndefined()
        // @ts-expect-error it may be of the other kind
        const withId: { readonly uid: string } | undefined = user
        expect(withId).toEqual({ name: "test" })
      }
      expect(yield* ofKinds({ fields: ["group.uid", "user.*"] })).toEqual({ user: { name: "test" } })
    }).pipe(over(`{"user":{"name":"test"}}`)))

  it.effect("looks as deep as the model stands", () =>
    Effect.gen(function*() {
      const { groups } = yield* deep({ fields: ["user.uid"] })
      const uids: ReadonlyArray<string> = groups.flatMap(({ users }) => users).map(({ uid }) => uid)
      expect(uids).toEqual(["1", "2"])
      expect(groups.map(({ gid }) => gid)).toEqual(["a", "b", "c"])
    }).pipe(
      over(`{"groups":[{"gid":"a","users":[{"uid":1}]},{"gid":"b","users":[{"uid":"2"}]},{"gid":"c","users":null}]}`)
    ))

  it.effect("fails by what is missing deep inside", () =>
    Effect.gen(function*() {
      expect((yield* failure(deep({ fields: ["uid"] }))).message).toContain("uid: is missing")
    }).pipe(over(`{"groups":[{"gid":"a","users":[{"uid":1}]},{"gid":"b","users":[{"name":"test"}]}]}`)))

  it.effect("fails by its schema first", () =>
    Effect.gen(function*() {
      const error = yield* failure(self({ fields: ["uid"] }))
      expect(error._tag).toBe("OkDecodeError")
      expect(error.message).toContain("age: expected")
    }).pipe(over(`{"age":"planted"}`)))

  it("is still the method that it was", () => {
    expect(OkMethod.isOkMethod(self)).toBe(true)
    expect(self.name).toBe("users.getCurrentUser")
    expect(self({ fields: ["uid"] }).method).toBe(self)
  })

  it.effect("keeps its promise on every page of a stream", () => {
    const paged = OkMethod.make("group.getMembers", {
      ...row,
      params: { ...row.params, anchor: OkParam.optional(OkParam.string) },
      success: OkPage.page("members", Model)
    }).pipe(
      OkProjection.projected({ at: { in: "members" }, always: ["uid"] }),
      OkPage.paged({ cursor: "anchor", items: "members" })
    )
    return Effect.gen(function*() {
      const error = yield* failure(Stream.runDrain(paged.stream({ fields: ["uid"] })))
      expect(error.message).toContain("uid: is missing, although it was asked for")
    }).pipe(over(`{"members":[{"name":"test"}]}`))
  })
})
