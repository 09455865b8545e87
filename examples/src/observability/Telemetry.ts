/**
 * Spans, metrics and logs of a program through OpenTelemetry, kept in memory. A backend gives `NodeSdk.layer` the exporters of
 * its own collector in their place.
 */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { InMemoryLogRecordExporter, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs"
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  type MetricData,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import { InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"

export type Span = ReturnType<InMemorySpanExporter["getFinishedSpans"]>[number]

export type Log = ReturnType<InMemoryLogRecordExporter["getFinishedLogRecords"]>[number]

export interface Telemetry {
  readonly spans: ReadonlyArray<Span>
  readonly metrics: ReadonlyArray<MetricData>
  readonly logs: ReadonlyArray<Log>
}

/** Runs a program and gives what it exported. */
export const observed = <A, E, R>(program: Effect.Effect<A, E, R>): Effect.Effect<Telemetry, E, R> =>
  Effect.suspend(() => {
    const spans = new InMemorySpanExporter()
    const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
    const logs = new InMemoryLogRecordExporter()
    const metricReader = new PeriodicExportingMetricReader({ exporter: metrics })
    const Otel = NodeSdk.layer(() => ({
      resource: { serviceName: "friends-page" },
      spanProcessor: new SimpleSpanProcessor(spans),
      metricReader,
      logRecordProcessor: new SimpleLogRecordProcessor({ exporter: logs })
    }))
    // The logs go to the exporter and not to the terminal.
    const Logs = Layer.merge(Logger.remove(Logger.defaultLogger), Logger.minimumLogLevel(LogLevel.Debug))
    const collected = Effect.flatMap(
      Effect.promise(() => metricReader.forceFlush()),
      () =>
        Effect.sync((): Telemetry => ({
          spans: spans.getFinishedSpans(),
          metrics: metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics).flatMap(({ metrics }) => metrics),
          logs: logs.getFinishedLogRecords()
        }))
    )
    return Effect.zipRight(program, collected).pipe(Effect.provide(Otel), Effect.provide(Logs))
  })
