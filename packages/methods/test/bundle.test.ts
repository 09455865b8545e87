/**
 * What lands in a browser's bundle.
 */
import { assert, describe, it } from "@effect/vitest"
import { groupOf, having, named, partsOf, programs, weighed } from "./bundle.js"

/** How many modules may have a part in the bundle of one method: of core and methods, and of Effect beside the floor's. */
const modules = { ours: 32, beyondFloor: 3 }

const isOurs = (path: string) => /packages\/(core|methods)\/src\//.test(path)

describe("a bundle", () => {
  it("of one method, imported by subpath, holds one method", async () => {
    assert.deepStrictEqual((await partsOf(programs.oneMethod)).methods, ["friends.get"])
  })

  it("of one method of every group holds 24 methods", async () => {
    const firsts = named.filter((name, index) => groupOf(name) !== groupOf(named[index - 1] ?? "."))
    assert.strictEqual(firsts.length, 24)
    const { methods } = await partsOf(having(firsts))
    assert.deepStrictEqual(methods, [...new Set([...firsts, "friends.get"])].sort())
  })

  it("of one method is made of few modules", async () => {
    const [one, base] = await Promise.all([partsOf(programs.oneMethod), partsOf(programs.floor)])
    const ours = one.modules.filter(isOurs)
    assert.isAtMost(ours.length, modules.ours, ours.join(", "))
    const beyondFloor = one.modules.filter((path) => !isOurs(path) && !base.modules.includes(path))
    assert.isAtMost(beyondFloor.length, modules.beyondFloor, beyondFloor.join(", "))
  })

  it("on fetch itself holds nothing of HttpClient and of Stream", async () => {
    const { methods, modules } = await partsOf(programs.oneMethodOnFetch)
    assert.deepStrictEqual(methods, ["friends.get"])
    assert.deepStrictEqual(
      modules.filter((path) => /@effect\/platform\/|effect\/dist\/esm\/(internal\/)?stream/.test(path)),
      []
    )
  })

  it("weighs no more than it may", async () => {
    assert.deepStrictEqual((await weighed()).filter(({ limit, weight }) => !(weight <= limit)), [])
  })
})
