import { OkCall, OkConfig, OkError, OkSession, OkTransport } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import {
  applicationCredentials,
  clientCredentials,
  clientOver,
  config,
  configWithoutSecret,
  failure,
  getCurrentUser,
  isAppUser,
  leaks,
  notify,
  pairsOf,
  sdkInit,
  serverCredentials,
  sessionOf,
  sessionSecret,
  token,
  wire
} from "./support.js"

const secret = (text: string | undefined) => text === undefined ? undefined : Redacted.make(text)
const current = Effect.flatMap(OkSession.OkSession, (session) => session.current)

const emptySecret = OkConfig.layer({
  applicationId: "1",
  applicationKey: "TEST-APPLICATION-KEY",
  applicationSecretKey: Redacted.make("")
})

const expired = `{"error_code":102,"error_msg":"PARAM_SESSION_EXPIRED : Session expired","error_data":null}`

interface Row {
  readonly given: string
  readonly accessToken: string | undefined
  readonly sessionSecretKey: string | undefined
  readonly config: Layer.Layer<OkConfig.OkConfig>
  readonly circuit: "Client" | "Server" | "none"
}

const circuitOf = (row: Row, absent: string | undefined) =>
  current.pipe(
    Effect.map(({ _tag }): string => _tag),
    Effect.provide(OkSession.fromCredentials({
      accessToken: secret(row.accessToken ?? absent),
      sessionSecretKey: secret(row.sessionSecretKey ?? absent)
    })),
    Effect.provide(row.config),
    Effect.catchTag("OkSigningError", (error) => {
      expect(leaks(error, token, sessionSecret)).toEqual([])
      return Effect.succeed("none")
    })
  )

const messageOf = (options: Parameters<typeof OkSession.fromCredentials>[0]) =>
  Effect.map(
    failure(Effect.provide(Effect.void, OkSession.fromCredentials(options))),
    ({ message }) => message
  )

describe("OkSession.fromCredentials", () => {
  const rows: ReadonlyArray<Row> = [
    {
      given: "a token, a session secret and an application secret",
      accessToken: token,
      sessionSecretKey: sessionSecret,
      config,
      circuit: "Client"
    },
    {
      given: "a token and a session secret",
      accessToken: token,
      sessionSecretKey: sessionSecret,
      config: configWithoutSecret,
      circuit: "Client"
    },
    {
      given: "a token and an application secret",
      accessToken: token,
      sessionSecretKey: undefined,
      config,
      circuit: "Server"
    },
    { given: "a token", accessToken: token, sessionSecretKey: undefined, config: configWithoutSecret, circuit: "none" },
    {
      given: "a session secret and an application secret",
      accessToken: undefined,
      sessionSecretKey: sessionSecret,
      config,
      circuit: "none"
    },
    {
      given: "a session secret",
      accessToken: undefined,
      sessionSecretKey: sessionSecret,
      config: configWithoutSecret,
      circuit: "none"
    },
    { given: "an application secret", accessToken: undefined, sessionSecretKey: undefined, config, circuit: "none" },
    {
      given: "nothing",
      accessToken: undefined,
      sessionSecretKey: undefined,
      config: configWithoutSecret,
      circuit: "none"
    }
  ]
  it.effect.each(rows)("of $given gives the circuit $circuit", (row) =>
    Effect.gen(function*() {
      expect(yield* circuitOf(row, undefined)).toBe(row.circuit)
    }))

  it.effect.each(rows)(
    "of $given and empty texts for the rest gives the circuit $circuit all the same",
    (row) =>
      Effect.gen(function*() {
        expect(yield* circuitOf(row, "")).toBe(row.circuit)
      })
  )

  it.effect("counts an empty application secret as absent", () =>
    Effect.gen(function*() {
      const error = yield* failure(Effect.void.pipe(
        Effect.provide(OkSession.fromCredentials({ accessToken: Redacted.make(token) }))
      ))
      expect(error._tag).toBe("OkSigningError")
    }).pipe(Effect.provide(emptySecret)))

  it.effect("says what is missing", () =>
    Effect.gen(function*() {
      expect(yield* messageOf({})).toContain("accessToken")
      expect(yield* messageOf({ accessToken: Redacted.make(token) })).toContain("sessionSecretKey")
      expect(yield* messageOf({ accessToken: Redacted.make(token) })).toContain("applicationSecretKey")
    }).pipe(Effect.provide(configWithoutSecret)))

  it.effect("keeps the credentials it was given", () =>
    Effect.gen(function*() {
      expect(yield* current).toEqual(clientCredentials)
    }).pipe(
      Effect.provide(OkSession.fromCredentials({
        accessToken: Redacted.make(token),
        sessionSecretKey: Redacted.make(sessionSecret)
      })),
      Effect.provide(config)
    ))
})

const tagsOf = <R, E, R1>(layer: Layer.Layer<R, E, R1>) =>
  Effect.scoped(Effect.map(Layer.build(layer), (context) => {
    return [OkSession.OkSession, OkSession.OkAppSession, OkSession.OkAnySession].flatMap((tag) =>
      context.unsafeMap.has(tag.key) ? [tag.key.split("/").at(-1)] : []
    )
  }))

const currentOf = <I>(tag: Context.Tag<I, OkSession.Service>) => Effect.flatMap(tag, ({ current }) => current)

describe("The layers of sessions", () => {
  it.effect("stand for what they can do", () =>
    Effect.gen(function*() {
      const client = OkSession.layerClient({
        accessToken: Redacted.make(token),
        sessionSecretKey: Redacted.make(sessionSecret)
      })
      expect(yield* tagsOf(client)).toEqual(["OkSession", "OkAnySession"])
      expect(yield* tagsOf(OkSession.layerServer({ accessToken: Redacted.make(token) }))).toEqual([
        "OkSession",
        "OkAppSession",
        "OkAnySession"
      ])
      expect(yield* tagsOf(OkSession.layerApplication)).toEqual(["OkAppSession", "OkAnySession"])
    }).pipe(Effect.provide(config)))

  it.effect("keep nothing but what signs calls", () =>
    Effect.gen(function*() {
      const user = {
        accessToken: Redacted.make(token),
        sessionSecretKey: Redacted.make(sessionSecret),
        refreshToken: Redacted.make("test-refresh-token")
      }
      for (const layer of [OkSession.layerClient(user), OkSession.layerServer(user)]) {
        expect(yield* Effect.provide(currentOf(OkSession.OkSession), layer)).not.toHaveProperty("refreshToken")
      }
    }).pipe(Effect.provide(config)))

  it.effect("take a session of one's own", () =>
    Effect.gen(function*() {
      const own = OkSession.layer({ current: Effect.succeed(serverCredentials), renew: () => Effect.succeed(true) })
      expect(yield* tagsOf(own)).toEqual(["OkSession", "OkAnySession"])
      expect(yield* Effect.provide(currentOf(OkSession.OkSession), own)).toEqual(serverCredentials)
      expect(yield* Effect.provide(currentOf(OkSession.OkAnySession), own)).toEqual(serverCredentials)
    }))

  it.effect("hold the credentials of their circuit", () =>
    Effect.gen(function*() {
      const server = OkSession.layerServer({ accessToken: Redacted.make(token) })
      expect(yield* Effect.provide(currentOf(OkSession.OkSession), server)).toEqual(serverCredentials)
      expect(yield* Effect.provide(currentOf(OkSession.OkAnySession), server)).toEqual(serverCredentials)
      expect(yield* Effect.provide(currentOf(OkSession.OkAppSession), server)).toEqual(applicationCredentials)
      expect(yield* Effect.provide(currentOf(OkSession.OkAnySession), OkSession.layerApplication)).toEqual(
        applicationCredentials
      )
    }).pipe(Effect.provide(config)))

  it.effect.each([
    { name: "no token", session: { accessToken: Redacted.make(""), sessionSecretKey: Redacted.make(sessionSecret) } },
    { name: "no secret", session: { accessToken: Redacted.make(token), sessionSecretKey: Redacted.make("") } }
  ])("with an empty text send nothing: $name", ({ session }) => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const error = yield* failure(isAppUser())
      expect(error).toMatchObject({ _tag: "OkSigningError", issue: expect.stringContaining("is an empty text") })
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer), OkSession.layerClient(session)]))
  })

  it.effect.each([
    { name: "layerServer", layer: OkSession.layerServer({ accessToken: Redacted.make(token) }) },
    { name: "layerApplication", layer: OkSession.layerApplication }
  ])("fail typed without the application's secret: $name", ({ layer }) =>
    Effect.gen(function*() {
      for (const config of [configWithoutSecret, emptySecret]) {
        const error = yield* failure(Effect.void.pipe(Effect.provide(layer), Effect.provide(config)))
        expect(error._tag).toBe("OkSigningError")
        expect(error.message).toContain("OKRU_APPLICATION_SECRET_KEY")
        expect(leaks(error, token)).toEqual([])
      }
    }))

  it.effect("do not print their credentials", () =>
    Effect.gen(function*() {
      expect(leaks(clientCredentials, token, sessionSecret)).toEqual([])
      expect(leaks(yield* Effect.provide(OkSession.OkSession, sessionOf(OkSession.make(clientCredentials))), token))
        .toEqual([])
    }))
})

describe("A session that does not renew itself", () => {
  it.effect("passes the end of the session on, after one request", () => {
    const transport = wire(expired)
    return Effect.gen(function*() {
      const error = yield* failure(getCurrentUser())
      expect(error._tag).toBe("OkSessionExpired")
      expect(transport.sent).toHaveLength(1)
      expect(yield* OkCall.passError(getCurrentUser())).toEqual(JSON.parse(expired))
    }).pipe(Effect.provide([clientOver(transport.layer), sessionOf(OkSession.make(clientCredentials))]))
  })
})

const credentials = (generation: number) =>
  OkSession.Credentials.Client({
    accessToken: Redacted.make(`test-token-${generation}`),
    sessionSecretKey: Redacted.make(`test-secret-${generation}`)
  })

/** A session that has new credentials after each renewal, and keeps what it was asked. */
const renewing = (renew: (renewals: number) => Effect.Effect<boolean, OkError.OkSessionError>) => {
  const stale: Array<OkSession.Credentials> = []
  const layer = Layer.unwrapEffect(Effect.map(Ref.make(0), (generation) =>
    sessionOf({
      current: Effect.map(Ref.get(generation), credentials),
      renew: (old) =>
        Effect.suspend(() => {
          stale.push(old)
          return Effect.tap(renew(stale.length), (renewed) =>
            renewed ? Ref.update(generation, (n) => n + 1) : Effect.void)
        })
    })))
  return { stale, layer }
}

const tokensOf = (transport: ReturnType<typeof wire>) =>
  transport.sent.map((request) => Object.fromEntries(pairsOf(request))["access_token"])

describe("A session that renews itself", () => {
  it.effect.each([102, 103])("makes the call again, once, with its new credentials, after code %s", (code) => {
    const transport = wire(`{"error_code":${code}}`, `{"uid":"1"}`)
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      expect(yield* getCurrentUser({ fields: ["uid"] })).toEqual({ uid: "1" })
      expect(tokensOf(transport)).toEqual(["test-token-0", "test-token-1"])
      expect(transport.sent[0]?.canonical).toBe(transport.sent[1]?.canonical)
      expect(transport.sent[0]?.sig).not.toBe(transport.sent[1]?.sig)
      expect(session.stale).toEqual([credentials(0)])
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect.each(["send", "dispatch"] as const)("hears of the credentials that a call was signed with: by %s", (by) => {
    let generation = 0
    const stale: Array<OkSession.Credentials> = []
    const session = sessionOf({
      // Settled, and another one from one moment to the next.
      get current() {
        return Effect.succeed(credentials(generation))
      },
      renew: (old) =>
        Effect.sync(() => {
          stale.push(old)
          return true
        })
    })
    const answers = [expired, `{"uid":"1"}`]
    const answer = Effect.sync(() => {
      generation = 1
      return { status: 200, body: answers.shift() ?? "", invocationError: undefined }
    })
    const transport = OkTransport.layer({
      send: () => answer,
      dispatch: by === "send" ? undefined : (_request, _runtime, resume) => {
        resume(answer)
        return Effect.void
      }
    })
    return Effect.gen(function*() {
      expect(yield* getCurrentUser()).toEqual({ uid: "1" })
      expect(stale).toEqual([credentials(0)])
    }).pipe(Effect.provide([clientOver(transport), session]))
  })

  it.effect("replays under passError as well", () => {
    const transport = wire(expired, `{"uid":"1"}`)
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      expect(yield* OkCall.passError(getCurrentUser())).toEqual({ uid: "1" })
      expect(tokensOf(transport)).toEqual(["test-token-0", "test-token-1"])
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("replays a call at most once, even if the new session is over as well", () => {
    const transport = wire(expired)
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      expect((yield* failure(getCurrentUser()))._tag).toBe("OkSessionExpired")
      expect(transport.sent).toHaveLength(2)
      expect(session.stale).toHaveLength(1)
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("passes the end of the session on where it cannot renew", () => {
    const transport = wire(expired)
    const session = renewing(() => Effect.succeed(false))
    return Effect.gen(function*() {
      expect((yield* failure(getCurrentUser()))._tag).toBe("OkSessionExpired")
      expect(transport.sent).toHaveLength(1)
      expect(session.stale).toHaveLength(1)
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("fails the call with its own failure where renewing fails", () => {
    const transport = wire(expired)
    const session = renewing(() =>
      Effect.fail(new OkError.ReauthorizationRequired({ user: "test-user", authorizeUrl: "https://ok.ru/a" }))
    )
    return Effect.gen(function*() {
      expect((yield* failure(getCurrentUser()))._tag).toBe("ReauthorizationRequired")
      expect((yield* failure(OkCall.passError(getCurrentUser())))._tag).toBe("ReauthorizationRequired")
      expect(transport.sent).toHaveLength(2)
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("is not asked to renew for any other error, nor for an answer", () => {
    const transport = wire(`{"error_code":104}`, `{"error_code":10}`, `{"error_code":453}`, `{"uid":"1"}`)
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      expect((yield* failure(getCurrentUser()))._tag).toBe("OkSignatureError")
      expect((yield* failure(getCurrentUser()))._tag).toBe("OkPermissionDenied")
      expect((yield* failure(getCurrentUser()))._tag).toBe("OkPermissionDenied")
      expect(yield* getCurrentUser()).toEqual({ uid: "1" })
      expect(session.stale).toEqual([])
      expect(transport.sent).toHaveLength(4)
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("is asked for its credentials by every call anew", () => {
    const transport = wire(expired, "true")
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      yield* isAppUser()
      yield* isAppUser()
      expect(tokensOf(transport)).toEqual(["test-token-0", "test-token-1", "test-token-1"])
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })

  it.effect("serves every kind of method, and one that is not signed asks it nothing", () => {
    const transport = wire(expired, "true")
    const session = renewing(() => Effect.succeed(true))
    return Effect.gen(function*() {
      yield* notify({ uid: "1", text: "test" })
      expect(session.stale).toHaveLength(1)
      const unsigned = wire(expired)
      const error = yield* Effect.provide(failure(sdkInit({ device: "1" })), clientOver(unsigned.layer))
      expect(error._tag).toBe("OkSessionExpired")
      expect(unsigned.sent).toHaveLength(1)
      expect(session.stale).toHaveLength(1)
    }).pipe(Effect.provide([clientOver(transport.layer), session.layer]))
  })
})

describe("A session that cannot be had", () => {
  it.effect("fails the call before anything is sent", () => {
    const transport = wire("true")
    const issue = new OkError.OkSessionUnavailable({ issue: "the store is down" })
    return Effect.gen(function*() {
      // A failure inside of a span is not the same object outside.
      expect((yield* failure(isAppUser())).message).toBe(issue.message)
      expect((yield* failure(OkCall.passError(isAppUser()))).message).toBe(issue.message)
      expect((yield* failure(OkCall.request(isAppUser()))).message).toBe(issue.message)
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([
      clientOver(transport.layer),
      sessionOf({ current: Effect.fail(issue), renew: () => Effect.succeed(true) })
    ]))
  })
})
