/** Spans as a tree, metrics as a table, logs as lines. */
import { type HrTime, SpanStatusCode } from "@opentelemetry/api"
import type { MetricData } from "@opentelemetry/sdk-metrics"
import * as Order from "effect/Order"
import type { Log, Span } from "./Telemetry.js"

const pairs = (attributes: object): string =>
  Object.entries(attributes).map(([name, value]) => `${name}=${String(value)}`).join(" ")

const millis = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6

const byStart = Order.mapInput(Order.number, (span: Span) => millis(span.startTime))

const status = ({ status }: Span): string =>
  status.code === SpanStatusCode.ERROR ? `failed: ${status.message ?? ""}` : "ok"

const describe = (span: Span): string =>
  [span.name, `${millis(span.duration).toFixed(1)} ms`, pairs(span.attributes), status(span)]
    .filter((part) => part !== "").join("  ")

/** The spans, each under the one that it belongs to, in the order of their beginnings. */
export const tree = (spans: ReadonlyArray<Span>): ReadonlyArray<string> => {
  const known = new Set(spans.map((span) => span.spanContext().spanId))
  const parentOf = ({ parentSpanContext }: Span) =>
    parentSpanContext !== undefined && known.has(parentSpanContext.spanId) ? parentSpanContext.spanId : undefined
  const children = (parent: string | undefined) => spans.filter((span) => parentOf(span) === parent).sort(byStart)
  const below = (parent: Span, indent: string): ReadonlyArray<string> =>
    children(parent.spanContext().spanId).flatMap((span, index, all) => {
      const last = index === all.length - 1
      return [
        `${indent}${last ? "└─" : "├─"} ${describe(span)}`,
        ...below(span, `${indent}${last ? "   " : "│  "}`)
      ]
    })
  return children(undefined).flatMap((root) => [describe(root), ...below(root, "")])
}

export interface Point {
  readonly name: string
  readonly tags: string
  readonly value: number
}

const valueOf = (value: number | { readonly count: number }): number => typeof value === "number" ? value : value.count

/** One row for each metric of calls and its tags; Effect has some of its own. A histogram is how often it measured. */
export const points = (metrics: ReadonlyArray<MetricData>): ReadonlyArray<Point> =>
  metrics
    .filter(({ descriptor }) => descriptor.name.startsWith("okru_"))
    .flatMap(({ dataPoints, descriptor }) =>
      dataPoints.map(({ attributes, value }) => ({
        name: descriptor.name,
        tags: pairs(attributes),
        value: valueOf(value)
      }))
    )
    .sort(Order.mapInput(Order.string, ({ name, tags }: Point) => `${name} ${tags}`))

/** The metrics in columns. */
export const table = (metrics: ReadonlyArray<MetricData>): ReadonlyArray<string> => {
  const rows = points(metrics)
  const widthOf = (text: (point: Point) => string) => Math.max(0, ...rows.map((row) => text(row).length))
  const name = widthOf((row) => row.name)
  const tags = widthOf((row) => row.tags)
  return rows.map((row) => `${row.name.padEnd(name)}  ${row.tags.padEnd(tags)}  ${row.value}`)
}

// What ties a log to its span, and is another one in every run.
const ids = ["fiberId", "spanId", "traceId"]

/** The logs, with what they are annotated with. */
export const lines = (logs: ReadonlyArray<Log>): ReadonlyArray<string> =>
  logs.map(({ attributes, body, severityText }) => {
    const annotations = Object.entries(attributes).filter(([name]) => !ids.includes(name))
    return `${severityText ?? "?"}  ${String(body)}  ${pairs(Object.fromEntries(annotations))}`
  })
