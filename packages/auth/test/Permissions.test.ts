import * as Permissions from "@effect-okru/auth/Permissions"
import * as OkMethod from "@effect-okru/core/OkMethod"
import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"

const row = { session: "optional", kind: "read", params: {}, success: OkMethod.Undocumented } as const

const getInfo = OkMethod.make("users.getInfo", { ...row, permissions: ["VALUABLE_ACCESS"] })
const createAlbum = OkMethod.make("photos.createAlbum", {
  ...row,
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"]
})
const getCounters = OkMethod.make("group.getCounters", { ...row, permissions: [] })
const setStatus = OkMethod.make("users.setStatus", { ...row, permissions: ["SET_STATUS"] })

// As a namespace import of a group is: methods, and models beside them.
const Users = { getInfo, setStatus, User: { uid: "string" }, limit: 100 }

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

const typed = <A>() => <B>(value: B, isEqual: Equal<A, B>): B => {
  assert.isTrue(isEqual)
  return value
}

describe("Permissions", () => {
  it("are those of the methods, sorted, each once, as a type too", () => {
    assert.deepStrictEqual(
      typed<ReadonlyArray<"VALUABLE_ACCESS" | "PHOTO_CONTENT">>()(Permissions.of(getInfo, createAlbum), true),
      ["PHOTO_CONTENT", "VALUABLE_ACCESS"]
    )
    assert.deepStrictEqual(typed<ReadonlyArray<never>>()(Permissions.of(getCounters), true), [])
    assert.deepStrictEqual(typed<ReadonlyArray<never>>()(Permissions.of(), true), [])
  })

  it("are those of a whole group", () => {
    assert.deepStrictEqual(
      typed<ReadonlyArray<"VALUABLE_ACCESS" | "SET_STATUS">>()(Permissions.of(Users), true),
      ["SET_STATUS", "VALUABLE_ACCESS"]
    )
    assert.deepStrictEqual(
      typed<ReadonlyArray<"VALUABLE_ACCESS" | "SET_STATUS" | "PHOTO_CONTENT">>()(
        Permissions.of(Users, createAlbum, getInfo),
        true
      ),
      ["PHOTO_CONTENT", "SET_STATUS", "VALUABLE_ACCESS"]
    )
  })

  it("of a method without a row are any", () => {
    const untyped = OkMethod.untyped("group.newMethod", { permissions: ["GROUP_CONTENT"] })
    assert.deepStrictEqual(typed<ReadonlyArray<string>>()(Permissions.of(untyped), true), ["GROUP_CONTENT"])
  })

  it("can be asked for", () => {
    const scope: Permissions.Scope = [...Permissions.of(Users), "LONG_ACCESS_TOKEN", "SOMETHING_NEW"]
    assert.strictEqual(Permissions.toScope(scope), "SET_STATUS;VALUABLE_ACCESS;LONG_ACCESS_TOKEN;SOMETHING_NEW")
    assert.strictEqual(Permissions.toScope([]), "")
  })

  it("have a line of documentation each", () => {
    for (const [name, text] of Object.entries(Permissions.known)) {
      assert.match(name, /^[A-Z_]+$/)
      assert.match(text, /^[A-Z].{5,90}[^.]$/)
    }
  })

  it.prop(
    "are read however they are separated",
    [
      FastCheck.array(FastCheck.stringMatching(/^[A-Z_]{1,20}$/), { maxLength: 5 }),
      FastCheck.constantFrom(";", ",", " ", "; ", ", ")
    ],
    ([names, separator]) => {
      assert.deepStrictEqual(Permissions.fromScope(names.join(separator)), names)
      assert.deepStrictEqual(Permissions.fromScope(Permissions.toScope(names)), names)
    }
  )
})
