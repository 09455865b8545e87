/*
 * Where a secret must not be seen. Every secret has a mark in its middle, plain letters that no encoding changes, between
 * characters that most of them do. All that a program prints, logs and traces is searched for the marks.
 */
import { assert } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Encoding from "effect/Encoding"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Runtime from "effect/Runtime"
import * as Tracer from "effect/Tracer"
import { createHash } from "node:crypto"
import { inspect } from "node:util"

export const marks = {
  applicationSecret: "MARKAPPLICATIONSECRET",
  accessToken: "MARKACCESSTOKEN",
  freshToken: "MARKFRESHTOKEN",
  sessionSecretKey: "MARKSESSIONSECRETKEY",
  refreshToken: "MARKREFRESHTOKEN",
  password: "MARKPASSWORD",
  code: "MARKCODE",
  state: "MARKSTATE",
  verificationToken: "MARKVERIFICATIONTOKEN",
  cipherKey: "MARKCIPHERKEY"
}
export type Mark = keyof typeof marks

// As OK.ru makes them: letters, digits, dots and dashes.
export const secret = (mark: Mark) => `test-${marks[mark]}.0_a`
// As people make them.
export const password = `tést ${marks.password}&"<'+/=%20\\!*()~`

export const state = `test-${marks.state}-0123456789012345678901234567890`
export const cipherKey = Encoding.encodeBase64(`test-${marks.cipherKey}-0123456789012345`.slice(0, 32))

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

/** What to look for, and what it is. A secret that is made of two others is one, too. */
const wanted: ReadonlyArray<readonly [what: string, text: string]> = [
  ...Object.entries(marks),
  ["cipherKey", cipherKey.slice(4, 24)],
  ...["accessToken", "freshToken"].map((token): readonly [string, string] => [
    `the secret of ${token}`,
    md5((token === "accessToken" ? secret("accessToken") : secret("freshToken")) + secret("applicationSecret"))
  ])
]

const bytesOf = (text: string) => [...new TextEncoder().encode(text)].join(",")

export const found = (text: string, more: ReadonlyArray<readonly [string, string]> = []): ReadonlyArray<string> => {
  // Most texts have nothing that needs a closer look. Bytes print as lists of numbers.
  const lower = text.toLowerCase()
  const dense = /77,\s*65,\s*82,\s*75/.test(text) ? text.replace(/\s/g, "") : ""
  return [...wanted, ...more].filter(([, secret]) =>
    lower.includes(secret.toLowerCase()) || (dense !== "" && dense.includes(bytesOf(secret)))
  ).map(([what]) => what)
}

export const json = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? ""
  } catch {
    return ""
  }
}

const everything = { depth: Infinity, maxStringLength: null, maxArrayLength: null, showHidden: true }

/** Every way in which a value gets printed. */
const prints = (value: unknown): { readonly [way: string]: string } => {
  const all = { ...everything, showHidden: false }
  const cause = Cause.fail(value)
  return {
    "JSON.stringify": json(value),
    "String()": String(value),
    "util.inspect": inspect(value, all),
    "util.inspect with hidden members": inspect(value, everything),
    "Cause.pretty": Cause.pretty(cause, { renderErrorCause: true }),
    "JSON.stringify of its cause": json(cause),
    "util.inspect of its cause": inspect(cause, everything),
    "String() of its cause": String(cause),
    "util.inspect of its exit": inspect(Exit.fail(value), all),
    "util.inspect of its FiberFailure": inspect(Runtime.makeFiberFailure(cause), everything),
    "message and stack": value instanceof Error ? `${value.message}\n${value.stack}` : ""
  }
}

const causeText = (cause: Cause.Cause<unknown>): string =>
  `${Cause.pretty(cause, { renderErrorCause: true })} ${json(cause)} ${inspect(cause, everything)}`

/** Collects what is seen from outside, and says what of it shows a secret. */
export const watch = () => {
  const seen: Array<readonly [where: string, text: string]> = []
  const see = (where: string, text: string) => {
    seen.push([where, text])
  }
  const look = (where: string, value: unknown) =>
    Object.entries(prints(value)).forEach(([way, text]) => see(`${where}: ${way}`, text))

  const logger = Logger.make<unknown, void>((options) => {
    const level = options.logLevel.label
    see(`log ${level}: logfmt`, Logger.logfmtLogger.log(options))
    see(`log ${level}: json`, Logger.jsonLogger.log(options))
    see(`log ${level}: string`, Logger.stringLogger.log(options))
    see(
      `log ${level}: util.inspect`,
      inspect([options.message, options.cause, [...options.annotations], [...options.spans]], everything)
    )
  })

  const tracer = Tracer.make({
    span: (name, parent, context, links, startTime, kind, options) => {
      see("span: name", name)
      look("span: options", options)
      return {
        _tag: "Span",
        name,
        spanId: "1",
        traceId: "test",
        parent,
        context,
        status: { _tag: "Started", startTime },
        attributes: new Map(),
        links,
        sampled: true,
        kind,
        end: (_, exit) => see("span: exit", Exit.isFailure(exit) ? causeText(exit.cause) : ""),
        attribute: (key, value) => look(`span: attribute ${key}`, value),
        event: (name, _, attributes) => {
          see("span: event", name)
          look(`span: event ${name}`, attributes)
        },
        addLinks: (links) => look("span: links", links)
      }
    },
    context: (f) => f()
  })

  /** Runs an effect as a program does, whose logs and traces somebody reads, and logs how it ended. */
  const run = <A, E, R>(
    effect: Effect.Effect<A, E, R>,
    options: {
      /** `false` for what is documented to hold what OK.ru sent. */
      readonly value?: boolean
    } = {}
  ): Effect.Effect<Exit.Exit<A, E>, never, R> =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Effect.withSpan(effect, "caller"))
      const isPrinted = Exit.isFailure(exit) || options.value !== false
      if (isPrinted) {
        yield* Effect.logError("ended", exit, ...(Exit.isFailure(exit) ? [exit.cause] : []))
      }
      if (Exit.isFailure(exit)) {
        see("cause", causeText(exit.cause))
        Cause.failures(exit.cause).pipe((errors) => [...errors]).forEach((error) => look("error", error))
        Cause.defects(exit.cause).pipe((defects) => [...defects]).forEach((defect) => look("defect", defect))
      } else if (isPrinted) {
        look("value", exit.value)
        see("exit", `${inspect(exit, everything)} ${json(exit)} ${String(exit)}`)
      }
      return exit
    }).pipe(
      Effect.withTracer(tracer),
      Effect.provide(Layer.merge(Logger.add(logger), Logger.minimumLogLevel(LogLevel.All)))
    )

  /** What was shown where, but for what is not counted. */
  const leaks = (
    options: { readonly except?: ReadonlyArray<Mark>; readonly more?: ReadonlyArray<readonly [string, string]> } = {}
  ) => [
    ...new Set(
      seen.flatMap(([where, text]) =>
        found(text, options.more)
          .filter((what) => !options.except?.some((mark) => mark === what))
          .map((what) => `${where}: ${what}`)
      )
    )
  ]

  /** The same in short: what was shown by an error, a log, a span. */
  const shown = (options?: Parameters<typeof leaks>[0]) => [
    ...new Set(leaks(options).map((leak) => leak.replace(/^(\w+).*: /, "$1: ")))
  ]

  const saw = (text: string) => seen.some(([, seen]) => seen.includes(text))

  return { see, look, run, leaks, shown, count: () => seen.length, saw }
}

export type Watched = ReturnType<typeof watch>

/** What each of some cases shows, of those that show something. */
export const shownBy = <A, E, R>(
  cases: Iterable<readonly [name: string, A]>,
  f: (watched: Watched, value: A, name: string) => Effect.Effect<unknown, E, R>,
  options?: { readonly except?: ReadonlyArray<Mark> }
) =>
  Effect.gen(function*() {
    const found: { [name: string]: ReadonlyArray<string> } = {}
    for (const [name, value] of cases) {
      const watched = watch()
      yield* f(watched, value, name)
      assert.isAbove(watched.count(), 10)
      const shown = watched.shown(options)
      if (shown.length > 0) {
        found[name] = shown
      }
    }
    return found
  })
