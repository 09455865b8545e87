/**
 * Whose code the time of a process goes to.
 */
import { writeFile } from "node:fs/promises"
import { type Profiler, Session } from "node:inspector/promises"

/** The first that fits is whose it is. */
const owners: ReadonlyArray<readonly [owner: string, fits: (frame: { name: string; url: string }) => boolean]> = [
  ["idle", ({ name }) => name === "(idle)"],
  ["garbage collection", ({ name }) => name === "(garbage collector)"],
  // V8 has no frame for it: its time is that of what calls it, and neither of these does much else.
  [
    "`JSON.parse`, with what calls it",
    ({ name, url }) =>
      url.endsWith("/@effect-okru/core/dist/Json.js") || (name === "parseJson" && url.endsWith("/clients/undici.js"))
  ],
  ["undici", ({ url }) => url.includes("/undici/")],
  ["@effect/platform", ({ url }) => url.includes("/@effect/platform")],
  ["effect", ({ url }) => url.includes("/node_modules/effect/")],
  ["core", ({ url }) => url.includes("/@effect-okru/core/")],
  ["methods", ({ url }) => url.includes("/@effect-okru/methods/")],
  ["auth", ({ url }) => url.includes("/@effect-okru/auth/")],
  ["the benchmark", ({ url }) => url.includes("/benchmarks/dist/")],
  ["Node: JavaScript", ({ url }) => url.startsWith("node:")],
  ["Node: native", ({ url }) => url === ""]
]

const ownerOf = ({ callFrame }: Profiler.ProfileNode): string =>
  owners.find(([, fits]) => fits({ name: callFrame.functionName, url: callFrame.url }))?.[0] ?? "other"

/** Self time by owner, in microseconds. */
const shares = ({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): { readonly [owner: string]: number } => {
  const owner = new Map(nodes.map((node) => [node.id, ownerOf(node)]))
  const total: { [owner: string]: number } = {}
  samples.forEach((id, index) => {
    const name = owner.get(id) ?? "other"
    total[name] = (total[name] ?? 0) + (timeDeltas[index] ?? 0)
  })
  return total
}

/** Runs something under the profiler, and keeps the profile for a viewer of flame graphs. */
export const profile = async (
  file: string,
  run: () => Promise<unknown>
): Promise<{ readonly [owner: string]: number }> => {
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.setSamplingInterval", { interval: 200 })
  await session.post("Profiler.start")
  await run()
  const { profile } = await session.post("Profiler.stop")
  session.disconnect()
  await writeFile(file, JSON.stringify(profile))
  return shares(profile)
}
