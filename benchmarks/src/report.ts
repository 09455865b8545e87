/**
 * The results as Markdown.
 */
import { goals, isMet } from "./goals.js"
import { megabytes } from "./measurements/memory.js"
import type { At } from "./measurements/sideBySide.js"
import type { Results } from "./Results.js"
import type * as Stat from "./Stat.js"

const fixed = (digits: number) => (value: number): string => value.toFixed(digits)

const whole = (value: number): string => Math.round(value).toLocaleString("en-US")

const stat = ({ high, low, median }: Stat.Stat, print: (value: number) => string): string =>
  `${print(median)} (${print(low)}–${print(high)})`

const table = (
  head: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>
): string => [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n")

const concurrenciesOf = (at: ReadonlyArray<{ readonly at: ReadonlyArray<At> }>): ReadonlyArray<number> =>
  [...new Set(at.flatMap(({ at }) => at.map(({ concurrency }) => concurrency)))].sort((a, b) => a - b)

const figures = (
  rows: ReadonlyArray<{ readonly title: string; readonly at: ReadonlyArray<At> }>,
  print: (at: At) => string
): string => {
  const concurrencies = concurrenciesOf(rows)
  return table(
    ["client", ...concurrencies.map((concurrency) => `${concurrency} at a time`)],
    rows.map(({ at, title }) => [
      title,
      ...concurrencies.map((concurrency) => {
        const found = at.find((at) => at.concurrency === concurrency)
        return found === undefined ? "" : print(found)
      })
    ])
  )
}

const machine = ({ machine }: Results): string =>
  [
    `${machine.cpu}, ${machine.cores} cores, ${
      megabytes(machine.memory / 1024)
    } GB, ${machine.system}, Node ${machine.node}.`,
    `Load of the machine before the run: ${machine.load.toFixed(2)}.`,
    "",
    machine.versions.map(([name, version]) => `${name} ${version}`).join(", ") + "."
  ].join("\n")

const section = (title: string, ...paragraphs: ReadonlyArray<string>): string =>
  `## ${title}\n\n${paragraphs.join("\n\n")}`

export const report = (results: Results, date: string, kind: "full" | "quick"): string =>
  [
    `# One ${kind} run, ${date}`,
    machine(results),
    ...results.skipped.length === 0 ? [] : [results.skipped.map((skipped) => `Left out: ${skipped}.`).join("\n")],
    "A figure is a median; in brackets the lowest and the highest. How it is measured: [README.md](README.md).",
    section(
      "Goals",
      table(
        ["goal", "measured", "to reach", "", "read as", "why not"],
        goals(results).map((goal) => [
          goal.title,
          (goal.isBytes ? whole : fixed(2))(goal.figure),
          `${goal.bound} ${goal.isBytes ? whole(goal.limit) : goal.limit}`,
          isMet(goal) ? "met" : "**not met**",
          goal.reading ?? "",
          isMet(goal) ? "" : goal.why ?? ""
        ])
      )
    ),
    section(
      "CPU per call, divided by that of undici by hand",
      figures(results.table, ({ comparison }) => stat(comparison.ratio, fixed(2)))
    ),
    section(
      "CPU per call, microseconds",
      figures(results.table, ({ comparison }) =>
        `${whole(comparison.cpu.median)} beside ${whole(comparison.floorCpu.median)}`)
    ),
    section(
      "Calls a second",
      figures(results.table, ({ comparison }) =>
        `${whole(comparison.rate.median)} beside ${whole(comparison.floorRate.median)}`)
    ),
    section(
      "On an `HttpClient`: CPU per call, divided by that client's POST and `response.text`",
      figures(
        results.onHttpClient.map(({ at, http, spans }) => ({
          title: `on ${http}, over the client ${spans ? "as it comes" : "without its own span"}`,
          at
        })),
        ({ comparison }) =>
          stat(comparison.ratio, fixed(2))
      )
    ),
    section(
      "Parts of a call",
      table(
        ["part", "microseconds", "over", "microseconds", "ratio"],
        [
          ["parsing 100 users", results.parse, "`JSON.parse`"] as const,
          ["decoding 100 users", results.decode, "`JSON.parse`"] as const,
          ["signing", results.sign, "MD5 and concatenation"] as const
        ].map(([part, comparison, over]) => [
          part,
          stat(comparison.cpu, fixed(2)),
          over,
          stat(comparison.floorCpu, fixed(2)),
          stat(comparison.ratio, fixed(2))
        ])
      )
    ),
    section(
      "Memory",
      table(
        [`${whole(results.inFlight.calls)} calls in flight`, "resident, MB", "heap, MB"],
        ([
          ["undici by hand", results.inFlight.floor],
          ["undici by hand, a fiber of Effect for each", results.inFlight.inFibers],
          ["effect-okru", results.inFlight.own]
        ] as const).map(([title, { heap, resident }]) => [title, stat(resident, megabytes), stat(heap, megabytes)])
      ),
      ...results.overTime.length === 0 ? [] : [
        table(
          ["after calls", "resident, MB", "heap, MB"],
          results.overTime.map(({ calls, heap, resident }) => [whole(calls), megabytes(resident), megabytes(heap)])
        )
      ]
    ),
    section(
      "From few calls to many, at one go",
      table(
        [
          "calls",
          ...results.linear.map(({ sessions }) =>
            `${sessions}: CPU of a call, over that of all`
          ),
          ...results.linear.map(({ sessions }) => `${sessions}: calls a second per core`)
        ],
        (results.linear[0]?.points ?? []).map(({ calls }, index) => {
          const points = results.linear.flatMap(({ points }) => points.slice(index, index + 1))
          return [
            whole(calls),
            ...points.map(({ ratio }) => stat(ratio, fixed(2))),
            ...points.map(({ perCore }) => stat(perCore, whole))
          ]
        })
      )
    ),
    section(
      "Cold start",
      table(
        ["group", "floor, ms", "with the group, ms", "ratio", "ratio of CPU", "files", "of this library"],
        results.coldStart.map(({ group, start }) => [
          group,
          stat(start.floor, fixed(0)),
          stat(start.all, fixed(0)),
          stat(start.wall, fixed(2)),
          stat(start.cpu, fixed(2)),
          String(start.modules),
          String(start.own)
        ])
      )
    )
  ].join("\n\n") + "\n"
