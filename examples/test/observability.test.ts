import { OkMetric } from "@effect-okru/core"
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import { assert, beforeAll, describe, it, vi } from "@effect/vitest"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Redacted from "effect/Redacted"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { inspect, promisify } from "node:util"
import * as Calls from "../src/observability/Calls.js"
import * as Report from "../src/observability/Report.js"
import * as Telemetry from "../src/observability/Telemetry.js"

/** The names of all metrics there are. */
const metricNames = (): ReadonlyArray<string> => {
  Object.values(OkMetric).forEach((metric) => metric.register())
  const names = Metric.unsafeSnapshot().map(({ metricKey }) => metricKey.name)
  return [...new Set(names.filter((name) => name.startsWith("okru_")))]
}

/** What is nobody's business: who the users are, what they may do it with, and the application's secret. */
const privateOf = Effect.map(
  Effect.all([Sandbox.Sandbox, Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.users)]),
  ([{ application }, users]) => [
    Redacted.value(application.secretKey),
    ...users.flatMap((user) => [
      user.uid,
      user.name,
      ...[user.accessToken, user.refreshToken, user.sessionSecretKey, user.password].map(Redacted.value)
    ])
  ]
)

const run = Effect.gen(function*() {
  const before = yield* privateOf
  const telemetry = yield* Telemetry.observed(Calls.page)
  const requests = yield* Effect.flatMap(Sandbox.Sandbox, (sandbox) => sandbox.requests)
  return {
    telemetry,
    secrets: [...new Set([...before, ...(yield* privateOf)])],
    codes: requests.map(({ errorCode, method }) => `${method} ${errorCode ?? "ok"}`)
  }
}).pipe(Effect.provide(Calls.layer))

describe("a page that calls OK.ru, observed", () => {
  let observed: Effect.Effect.Success<typeof run>

  // Once: metrics are those of the process. OpenTelemetry takes its sampler and its limits from the environment.
  beforeAll(async () => {
    for (const name of Object.keys(process.env).filter((name) => name.startsWith("OTEL_"))) {
      vi.stubEnv(name, undefined)
    }
    observed = await Effect.runPromise(run)
    vi.unstubAllEnvs()
  })

  const calls = () => observed.telemetry.spans.filter(({ name }) => name.startsWith("ok "))

  it("is slowed down once, renews its session once, and fails once", () => {
    assert.deepStrictEqual(observed.codes, [
      "users.getCurrentUser ok",
      "friends.get 8",
      "friends.get ok",
      "users.getInfo 102",
      "users.getInfo ok",
      "users.getInfo 10"
    ])
  })

  it("has one span for each call, under the span of the page", () => {
    assert.deepStrictEqual(calls().map(({ name }) => name), [
      "ok users.getCurrentUser",
      "ok friends.get",
      "ok users.getInfo",
      "ok users.getInfo"
    ])
    const page = observed.telemetry.spans.find(({ name }) => name === "GET /friends")
    assert.strictEqual(observed.telemetry.spans.length, 5)
    for (const call of calls()) {
      assert.strictEqual(call.parentSpanContext?.spanId, page?.spanContext().spanId)
      assert.strictEqual(call.kind, SpanKind.CLIENT)
    }
  })

  it("says the method, the kind of session and the code of OK.ru's error", () => {
    for (const { attributes, name } of calls()) {
      assert.strictEqual(`ok ${String(attributes["okru.method"])}`, name)
      assert.oneOf(attributes["okru.session"], ["client", "server"])
    }
    const [me, friends, renewed, refused] = calls()
    assert.strictEqual(me?.attributes["okru.error_code"], undefined)
    assert.strictEqual(friends?.status.code, SpanStatusCode.OK)
    assert.strictEqual(renewed?.status.code, SpanStatusCode.OK)
    assert.strictEqual(refused?.attributes["okru.error_code"], 10)
    assert.strictEqual(refused?.status.code, SpanStatusCode.ERROR)
    assert.match(refused?.status.message ?? "", /^users\.getInfo: 10 PERMISSION_DENIED/)
  })

  it("says no more than docs/observability.md lists", () => {
    const page = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8")
    const listed = Array.from(page.matchAll(/^\| `(okru\.\w+)` \|/gm), ([, name = ""]) => name)
    const [, , , refused] = calls()
    assert.sameMembers(Object.keys(refused?.attributes ?? {}), listed)
    for (const { attributes } of calls()) {
      assert.includeMembers(listed, Object.keys(attributes))
    }
  })

  it("prints them as a tree", () => {
    const tree = Report.tree(observed.telemetry.spans)
      .map((line) => line.replace(/ {2}[\d.]+ ms/, ""))
      .map((line) => line.replace(/ {2}okru.*/, ""))
    assert.deepStrictEqual(tree, [
      "GET /friends  ok",
      "├─ ok users.getCurrentUser",
      "├─ ok friends.get",
      "├─ ok users.getInfo",
      "└─ ok users.getInfo"
    ])
  })

  it("counts by the documented names", () => {
    const points = Report.points(observed.telemetry.metrics)
    const countOf = (name: string, tags: string) =>
      points.find((point) => point.name === name && point.tags === tags)?.value
    assert.strictEqual(countOf("okru_calls_total", "method=users.getCurrentUser"), 1)
    assert.strictEqual(countOf("okru_calls_total", "method=friends.get"), 1)
    assert.strictEqual(countOf("okru_calls_total", "method=users.getInfo"), 2)
    assert.strictEqual(countOf("okru_failures_total", "method=users.getInfo error=OkPermissionDenied"), 1)
    assert.strictEqual(points.filter(({ name }) => name === "okru_failures_total").length, 1)
    assert.strictEqual(countOf("okru_retries_total", "method=friends.get"), 1)
    assert.strictEqual(countOf("okru_waiting_seconds", ""), 1)
  })

  it("has metrics of the documented names only", () => {
    assert.includeMembers([...metricNames()], Report.points(observed.telemetry.metrics).map(({ name }) => name))
  })

  it("logs what went wrong, structured, with the ids of its span", () => {
    assert.deepStrictEqual(Report.lines(observed.telemetry.logs), [
      "DEBUG  ok call repeated  method=friends.get error=OkThrottled",
      "DEBUG  ok call failed  method=users.getInfo error=OkPermissionDenied"
    ])
    const spans = calls().map((span) => span.spanContext().spanId)
    for (const { attributes } of observed.telemetry.logs) {
      assert.include(spans, attributes["spanId"])
    }
  })

  it("holds no secret and nothing about a user", () => {
    const { logs, metrics, spans } = observed.telemetry
    const exported = spans.map(({ attributes, events, links, name, resource, status }) => ({
      attributes,
      events,
      links,
      name,
      resource: resource.attributes,
      status
    }))
    const text = inspect({ exported, metrics, logs: logs.map(({ attributes, body }) => ({ attributes, body })) }, {
      depth: null,
      maxArrayLength: null,
      maxStringLength: null
    })
    assert.include(text, "users.getInfo")
    assert.isAbove(observed.secrets.length, 20)
    for (const secret of observed.secrets) {
      assert.notInclude(text, secret)
    }
  })
})

describe("the program", () => {
  it("prints the trace, the metrics and the logs, and ends by itself", { timeout: 60_000 }, async () => {
    const tsx = createRequire(import.meta.url).resolve("tsx/cli")
    const program = fileURLToPath(new URL("../src/observability.ts", import.meta.url))
    const { stderr, stdout } = await promisify(execFile)(process.execPath, [tsx, program], {
      // Node warns on standard error of some variables that another program is run with.
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
      timeout: 60_000
    })
    assert.strictEqual(stderr, "")
    assert.match(stdout, /GET \/friends {2}[\d.]+ ms {2}ok\n {2}├─ ok users\.getCurrentUser {2}[\d.]+ ms/)
    assert.match(stdout, /okru_retries_total +method=friends\.get +1\n/)
    assert.match(stdout, /DEBUG {2}ok call repeated {2}method=friends\.get error=OkThrottled\n/)
    assert.notMatch(stdout, /test-(application-secret|access-token|session-secret|refresh-token|password)/)
  })
})

it("docs/observability.md names every metric, and none that is not there", () => {
  const page = readFileSync(new URL("../../docs/observability.md", import.meta.url), "utf8")
  const named = new Set([...page.matchAll(/`(okru_\w+)`/g)].map(([, name]) => name))
  assert.sameMembers([...named], [...metricNames()])
})
