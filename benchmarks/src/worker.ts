/**
 * A process that is measured: `worker <name of a client> <address of the server>`. It loads that client and nothing else,
 * sees that it works, and makes the calls it is asked for.
 */
import { createInterface } from "node:readline"
import { setTimeout } from "node:timers/promises"
import { clients, isName } from "./catalogue.js"
import type { Client } from "./Client.js"
import { profile } from "./profile.js"
import type { Command, Memory, Slice } from "./protocol.js"

const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

const load = async (name: string, origin: string): Promise<Client> => {
  if (!isName(name)) {
    throw new Error(`there is no client "${name}"`)
  }
  const make = await clients[name]()
  return make(origin)
}

const slice = async (
  client: Client,
  concurrency: number,
  { calls = Number.POSITIVE_INFINITY, least = concurrency, millis = Number.POSITIVE_INFINITY }: {
    readonly calls?: number | undefined
    readonly least?: number | undefined
    readonly millis?: number | undefined
  }
): Promise<Slice> => {
  let made = 0
  const cpu = process.cpuUsage()
  const start = performance.now()
  await client.run(concurrency, (more) => {
    // Something is measured even where the machine lets this process wait for longer than its turn.
    if (made >= calls || (made >= least && performance.now() - start >= millis)) {
      return false
    }
    made += more
    return true
  })
  const wall = performance.now() - start
  return { calls: made, cpu: since(cpu), wall }
}

const since = (cpu: NodeJS.CpuUsage): number => {
  const { system, user } = process.cpuUsage(cpu)
  return user + system
}

const looks = async (
  client: Client,
  { calls, concurrency, every, goes }: Extract<Command, { readonly _tag: "Goes" }>
): Promise<ReadonlyArray<number>> => {
  const spent: Array<number> = []
  let ofAll = 0
  let cpu = process.cpuUsage()
  for (let go = 0; go < goes; go++) {
    let made = 0
    await client.run(concurrency, (more) => {
      if (made >= calls) {
        return false
      }
      made += more
      ofAll += more
      if (ofAll % every === 0) {
        spent.push(since(cpu))
        cpu = process.cpuUsage()
      }
      return true
    })
  }
  return spent
}

// Long enough for what is under way to come to its wait, and for the system to get its pages back.
const settled = 500

// More than once: one collection runs the finalizers whose leavings the next one takes.
const memory = async (): Promise<Memory> => {
  for (let i = 0; i < 3; i++) {
    await setTimeout(settled)
    globalThis.gc?.()
  }
  const { arrayBuffers, heapUsed, rss } = process.memoryUsage()
  return { resident: rss, heap: heapUsed + arrayBuffers }
}

const fly = async (client: Client, calls: number): Promise<readonly [growth: Memory, landed: Promise<void>]> => {
  const before = await memory()
  let started = 0
  const landed = client.run(calls, () => started++ < calls)
  const after = await memory()
  return [{ resident: after.resident - before.resident, heap: after.heap - before.heap }, landed]
}

const [, , name = "", origin = ""] = process.argv
const client = await load(name, origin)
if (!client.isRight(await client.call())) {
  throw new Error(`${name} got a wrong answer`)
}
say({ ready: true })

let landed: Promise<void> = Promise.resolve()
const answerTo = async (command: Command): Promise<object> => {
  switch (command._tag) {
    case "Slice":
      return slice(client, command.concurrency, command)
    case "Goes":
      return { cpu: await looks(client, command) }
    case "Fly": {
      const [growth, promise] = await fly(client, command.calls)
      landed = promise
      return growth
    }
    case "Land":
      await landed
      return { done: true }
    case "Memory":
      return memory()
    case "Profile":
      return profile(command.file, () => slice(client, command.concurrency, command))
  }
}

// It ends when its input does: with the runner, however that ends.
for await (const line of createInterface({ input: process.stdin })) {
  say(await answerTo(JSON.parse(line)))
}
process.exit()
