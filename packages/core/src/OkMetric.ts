/**
 * What calls count and measure, for any exporter of Effect's metrics. Names and tags are part of the API.
 *
 * | metric | kind | tags |
 * |---|---|---|
 * | `okru_calls_total` | counter | `method` |
 * | `okru_failures_total` | counter | `method`, `error` (the tag of the failure) |
 * | `okru_retries_total` | counter | `method` |
 * | `okru_renewals_total` | counter | |
 * | `okru_replays_total` | counter | |
 * | `okru_waiting_seconds` | histogram | |
 *
 * A call counts once, however often it is repeated. Waiting is the time that a call spends in front of the rate limit and
 * between attempts.
 *
 * @since 0.1.0
 */
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"

/**
 * Calls that were made, whatever came of them.
 *
 * @since 0.1.0
 * @category metrics
 */
export const calls = Metric.counter("okru_calls_total", { description: "calls of OK.ru", incremental: true })

/**
 * Calls that failed, by the tag of the failure. Under `passError` an error of the API is no failure.
 *
 * @since 0.1.0
 * @category metrics
 */
export const failures = Metric.counter("okru_failures_total", { description: "calls that failed", incremental: true })

/**
 * Attempts after the first.
 *
 * @since 0.1.0
 * @category metrics
 */
export const retries = Metric.counter("okru_retries_total", {
  description: "attempts after the first",
  incremental: true
})

/**
 * Sessions that were renewed, ahead of their end or after it. A session of your own counts its renewals by this itself.
 *
 * @since 0.1.0
 * @category metrics
 */
export const renewals = Metric.counter("okru_renewals_total", { description: "sessions renewed", incremental: true })

/**
 * Calls that were made again with a session that was renewed, since OK.ru said that the one before is over.
 *
 * @since 0.1.0
 * @category metrics
 */
export const replays = Metric.counter("okru_replays_total", {
  description: "calls made again with a renewed session",
  incremental: true
})

/**
 * Seconds that calls waited for their turn or for the next attempt.
 *
 * @since 0.1.0
 * @category metrics
 */
export const waiting = Metric.histogram(
  "okru_waiting_seconds",
  MetricBoundaries.exponential({ start: 0.01, factor: 3, count: 10 }),
  "seconds that calls waited"
)
