/**
 * That every client of the benchmark works: a few calls each, on loopback, nothing timed.
 */
import { assert, describe, it } from "@effect/vitest"
import { afterAll, beforeAll } from "vitest"
import { currentUser, hundredUsers } from "../src/answer.js"
import { clients, isName } from "../src/catalogue.js"
import { listen } from "../src/server.js"

let server: Awaited<ReturnType<typeof listen>>
beforeAll(async () => {
  server = await listen()
})
afterAll(() => {
  server.server.close()
})

describe("a client of the benchmark", () => {
  it.each(Object.keys(clients).filter(isName))("%s: gets the right answer, as often as it is asked", {
    timeout: 60_000
  }, async (name) => {
    const make = await clients[name]()
    const client = await make(server.origin)
    assert.isTrue(client.isRight(await client.call()))
    let made = 0
    await client.run(4, (calls) => {
      made += calls
      return made <= 8
    })
    assert.isAbove(made, 8)
  })
})

describe("the answers", () => {
  it("are a user of 576 bytes and a hundred of 60 kB in all", () => {
    assert.strictEqual(Buffer.byteLength(currentUser), 576)
    assert.strictEqual(Buffer.byteLength(hundredUsers), 60_001)
  })
})
