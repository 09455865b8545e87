/**
 * What is to be reached, and whether it is.
 */
import { type Growth, megabytes } from "./measurements/memory.js"
import type { Comparison } from "./measurements/sideBySide.js"
import { own, ownUntraced } from "./peers.js"
import type { Results } from "./Results.js"

export interface Goal {
  readonly title: string
  /** What was measured. */
  readonly figure: number
  /** The most that the figure may be, or the least. */
  readonly bound: "at most" | "more than"
  readonly limit: number
  /** How the goal is read, where it can be read otherwise. */
  readonly reading?: string | undefined
  /** What stands against it, where it is not met. Of what is timed, the figures of this run. */
  readonly why?: string | undefined
  /** Whether the figure is a number of bytes, and no ratio. */
  readonly isBytes?: boolean | undefined
}

export const isMet = ({ bound, figure, limit }: Goal): boolean => bound === "at most" ? figure <= limit : figure > limit

const added = ({ cpu, floorCpu, ratio }: Comparison): string =>
  `${cpu.median.toFixed(0)} µs beside ${floorCpu.median.toFixed(0)}; single turns from ${ratio.low.toFixed(2)} to ` +
  ratio.high.toFixed(2)

const cpu = (results: Results, name: string, title: string, limit: number): ReadonlyArray<Goal> =>
  results.table.filter((row) => row.name === name).flatMap(({ at }) =>
    at.map(({ comparison, concurrency }): Goal => ({
      title: `CPU per call, ${title}, ${concurrency} at a time, over bare undici`,
      figure: comparison.ratio.median,
      bound: "at most",
      limit,
      reading: "bare undici is `Pool.request`, as it is usually written; `Pool.dispatch` is a row of the table",
      why: added(comparison)
    }))
  )

const throughput = ({ table }: Results): ReadonlyArray<Goal> => {
  const at = (concurrency: number, kind: "peer" | "own") =>
    table.filter((row) => row.kind === kind && (kind === "peer" || row.name === own)).flatMap((row) =>
      row.at.filter((at) => at.concurrency === concurrency).map((at) => ({
        title: row.title,
        rate: at.comparison.rateRatio.median
      }))
    ).sort((a, b) => b.rate - a.rate)[0]
  const concurrencies = [...new Set(table.flatMap((row) => row.at.map(({ concurrency }) => concurrency)))]
  return concurrencies.flatMap((concurrency) => {
    const peer = at(concurrency, "peer")
    const mine = at(concurrency, "own")
    return peer === undefined || mine === undefined ? [] : [{
      title: `Calls a second, ${concurrency} at a time, over the fastest peer, ${peer.title}`,
      figure: mine.rate / peer.rate,
      bound: "more than" as const,
      limit: 1,
      reading:
        "both divided by the floor beside them; what is written by hand over undici is the floor or lean, not a peer",
      why: `${mine.rate.toFixed(2)} of the floor beside it, the peer ${peer.rate.toFixed(2)} of its own`
    }]
  })
}

const onHttpClient = (results: Results): ReadonlyArray<Goal> =>
  results.onHttpClient.filter(({ spans }) => spans).flatMap(({ at, http }) =>
    at.map(({ comparison, concurrency }): Goal => ({
      title: `CPU per call on ${http}, ${concurrency} at a time, over its \`HttpClient\` alone`,
      figure: comparison.ratio.median,
      bound: "at most",
      limit: 1.15,
      reading: "the client as it comes, with the span that it makes by itself",
      why: added(comparison)
    }))
  )

const spread = (values: ReadonlyArray<number>): number => Math.max(...values) / Math.min(...values)

// How much of a difference still counts as none.
const flat = 1.2

const linear = ({ linear }: Results): ReadonlyArray<Goal> => {
  const [one, many] = linear.map(({ points }) => points.map(({ ratio }) => ratio.median))
  const reading = "flat is 1.2; the CPU of a call, over what it took in the same round"
  return [
    ...linear.map(({ points, sessions }): Goal => ({
      title: `Calls a second per core from ${points.at(0)?.calls} to ${points.at(-1)?.calls} calls, ${sessions}, ` +
        "highest over lowest",
      figure: spread(points.map(({ ratio }) => ratio.median)),
      bound: "at most",
      limit: flat,
      reading,
      why: points.map(({ calls, ratio }) => `${calls}: ${ratio.median.toFixed(2)}`).join(", ")
    })),
    {
      title: "Calls a second per core with 1 session over those with 10,000, at most calls",
      figure: (many?.at(-1) ?? Number.NaN) / (one?.at(-1) ?? Number.NaN),
      bound: "at most",
      limit: flat,
      reading
    }
  ]
}

const overTime = ({ overTime }: Results): ReadonlyArray<Goal> => {
  const first = overTime.at(0)
  const last = overTime.at(-1)
  return first === undefined || last === undefined ? [] : [{
    title: `Memory in use after ${last.calls} calls over that after ${first.calls}`,
    figure: last.heap / first.heap,
    bound: "at most",
    limit: 1.05,
    reading: "flat is 1.05, of the heap after a collection"
  }]
}

const grown = ({ floor, inFibers, own }: Results["inFlight"]): string => {
  const resident = ({ resident }: Growth) => megabytes(resident.median)
  return `${resident(own)} MB beside ${resident(floor)}, and ${resident(inFibers)} with a fiber of Effect for each`
}

const started = ({ all, floor, own, wall }: Results["coldStart"][number]["start"]): string =>
  `${all.median.toFixed(0)} ms beside ${floor.median.toFixed(0)}, ${own} files of this library; ` +
  `single starts from ${wall.low.toFixed(2)} to ${wall.high.toFixed(2)}`

const whyHeavy: { readonly [what: string]: string } = {
  "one method, over an HttpClient":
    "codecs that say where an answer is wrong, typed errors, redaction, MD5 and the road of a call " +
    "with its policies are what the library is for",
  "each further method of the same group":
    "the group's models and `OkPage` come with the first that needs them; on average over all groups it is met",
  "all methods":
    "what the methods say, as one text without any code, is 10.9 kB, and what reads and writes it another 5.0: notes.md"
}

const floors: { readonly [than: string]: string } = {
  floor: "Effect, `HttpClient` and Schema",
  oneMethod: "one method"
}

const bundles = ({ bundle }: Results): ReadonlyArray<Goal> =>
  bundle.flatMap(({ goal, than, weight, what }): ReadonlyArray<Goal> =>
    goal === undefined ? [] : [{
      title: `Bundle, bytes of gzip beyond ${floors[than] ?? than}: ${what}`,
      figure: weight,
      bound: "at most",
      limit: goal,
      isBytes: true,
      why: whyHeavy[what]
    }]
  )

export const goals = (results: Results): ReadonlyArray<Goal> => [
  ...cpu(results, own, "everything on", 1.8),
  ...cpu(results, ownUntraced, "tracing off", 1.5),
  ...onHttpClient(results),
  {
    title: "Decoding 100 users, 60 kB, over `JSON.parse` of them",
    figure: results.decode.ratio.median,
    bound: "at most",
    limit: 1.5,
    reading: "validation alone; parsing is a row of its own"
  },
  ...throughput(results),
  {
    title: "Signing, over MD5 and concatenation by hand",
    figure: results.sign.ratio.median,
    bound: "at most",
    limit: 1.3
  },
  {
    title: `Resident growth with ${results.inFlight.calls} calls in flight, over bare undici`,
    figure: results.inFlight.own.resident.median / results.inFlight.floor.resident.median,
    bound: "at most",
    limit: 1.3,
    why: grown(results.inFlight)
  },
  ...overTime(results),
  ...linear(results),
  ...results.coldStart.map(({ group, start }): Goal => ({
    title: `Importing Effect, HttpClient, Schema and ${group}, over the first three`,
    figure: start.wall.median,
    bound: "at most",
    limit: 1.15,
    why: started(start)
  })),
  ...bundles(results)
]
