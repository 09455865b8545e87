/**
 * Whose code the time of a call goes to, as a table.
 */
import * as Array from "effect/Array"
import * as Effect from "effect/Effect"
import { Bench, dist } from "../Bench.js"
import type { Name } from "../catalogue.js"
import { floor, own, ownUntraced } from "../peers.js"
import * as Protocol from "../protocol.js"

const names: ReadonlyArray<Name> = [floor, own, ownUntraced]

const concurrency = 16
const millis = 10_000

const share = (profile: typeof Protocol.Profile.Type, owner: string): string => {
  const busy = Object.entries(profile).filter(([owner]) => owner !== "idle")
  const total = busy.reduce((sum, [, micros]) => sum + micros, 0)
  return `${((100 * (profile[owner] ?? 0)) / total).toFixed(1)} %`
}

export const profiles = Effect.gen(function*() {
  const { warmWorker } = yield* Bench
  const profiles = yield* Effect.forEach(names, (name) =>
    Effect.gen(function*() {
      const process = yield* warmWorker(name)
      const file = `${dist}${name.replaceAll(/\W+/g, "-")}.cpuprofile`
      return {
        name,
        file,
        profile: yield* process.ask({ _tag: "Profile", concurrency, millis, file }, Protocol.Profile)
      }
    }).pipe(Effect.scoped))
  const owners = Array.dedupe(profiles.flatMap(({ profile }) => Object.keys(profile))).filter((owner) =>
    owner !== "idle"
  )
  return [
    `Self time while busy, ${concurrency} calls at a time, ${millis / 1000} s each.`,
    "",
    `| whose | ${names.join(" | ")} |`,
    `| --- |${names.map(() => " ---: |").join("")}`,
    ...owners.map((owner) => `| ${owner} | ${profiles.map(({ profile }) => share(profile, owner)).join(" | ")} |`),
    "",
    ...profiles.map(({ file }) => `For a viewer of flame graphs: ${file}`)
  ].join("\n")
})
