import { OkError, OkField, OkMethod, OkParam, OkSession, OkTransport } from "@effect-okru/core"
import { Cassette } from "@effect-okru/core/testing"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import {
  applicationKey,
  applicationSecret,
  clientOver,
  clientSession,
  failure,
  getCurrentUser,
  isAppUser,
  sessionOf,
  sessionSecret,
  token,
  wire
} from "../support.js"

/** Files in memory: as much of a file system as a cassette needs. */
const memory = (files: { [path: string]: string } = {}, folders: Array<string> = []) => ({
  files,
  folders,
  layer: FileSystem.layerNoop({
    exists: (path) => Effect.sync(() => path in files),
    readFileString: (path) =>
      Effect.suspend(() =>
        files[path] === undefined
          ? Effect.fail(
            new SystemError({
              reason: "NotFound",
              module: "FileSystem",
              method: "readFileString",
              pathOrDescriptor: path
            })
          )
          : Effect.succeed(files[path])
      ),
    makeDirectory: (path, options) =>
      Effect.sync(() => void folders.push(options?.recursive === true ? path : "alone")),
    writeFileString: (path, text) =>
      Effect.sync(() => {
        files[path] = text
      })
  })
})

const path = "test/users.cassette.json"

type Transport = Layer.Layer<OkTransport.OkTransport>

/** A program over a cassette, and over a transport below it. */
const over = (
  cassette: (
    path: string
  ) => Layer.Layer<OkTransport.OkTransport, unknown, OkTransport.OkTransport | FileSystem.FileSystem>,
  disk: ReturnType<typeof memory>,
  below: Transport
) =>
  Effect.provide([
    clientOver(Layer.orDie(cassette(path).pipe(Layer.provide([below, disk.layer])))),
    clientSession
  ])

const otherSession = sessionOf(
  OkSession.make(OkSession.Credentials.Server({ accessToken: Redacted.make("test-other-token") }))
)

const nobody: Transport = OkTransport.layer({ send: () => Effect.dieMessage("the network was used") })

const breaksAfter = (answers: number): Transport => {
  let left = answers
  return OkTransport.layer({
    send: ({ method }) =>
      Effect.suspend(() =>
        left-- > 0
          ? Effect.succeed({ status: 200, body: "true" })
          : Effect.fail(new OkError.OkTransportError({ method, reason: "NotConnected", detail: "test" }))
      )
  })
}

const exits = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.exit(effect), Exit.match({ onFailure: Cause.pretty, onSuccess: () => "a success" }))

const login = OkMethod.make("auth.login", {
  session: "optional",
  permissions: [],
  kind: "write",
  params: {
    user_name: OkParam.string,
    password: OkParam.string,
    sdkToken: OkParam.string,
    auth_sig: OkParam.string,
    photos: OkParam.string
  },
  success: OkField.nothing
})

/** As some servers write JSON, in some places. */
const escaped = (json: string): string =>
  json.replace("&sig=", "\\u0026sig=").replace("?key&secret=", "?key\\u0026secret\\u003d")

describe("A cassette", () => {
  it.effect("replays what it recorded, without a network", () => {
    const disk = memory()
    const program = Effect.gen(function*() {
      const first = yield* isAppUser({ uid: "1" })
      const second = yield* isAppUser({ uid: "2" })
      const again = yield* isAppUser({ uid: "1" })
      const error = yield* failure(getCurrentUser())
      return { first, second, again, error: `${error._tag} ${error.message}` }
    })
    return Effect.gen(function*() {
      const transport = wire("true", "false", `"false"`, {
        status: 403,
        body: "<html></html>",
        invocationError: "102"
      })
      const recorded = yield* program.pipe(over(Cassette.layer, disk, transport.layer))
      expect(recorded).toMatchObject({ first: true, second: false, again: false })
      expect(recorded.error).toContain("OkSessionExpired")
      expect(transport.sent).toHaveLength(4)
      const replayed = yield* program.pipe(over(Cassette.layer, disk, nobody))
      expect(replayed).toEqual(recorded)
    })
  })

  it.effect("replays in another order what differs in its parameters, and in their order what does not", () => {
    const disk = memory()
    return Effect.gen(function*() {
      yield* Effect.all([isAppUser({ uid: "1" }), isAppUser({ uid: "2" }), isAppUser({ uid: "1" })]).pipe(
        over(Cassette.layerRecord, disk, wire("true", "false", "0").layer)
      )
      const replayed = yield* Effect.all([isAppUser({ uid: "2" }), isAppUser({ uid: "1" }), isAppUser({ uid: "1" })])
        .pipe(
          over(Cassette.layerReplay, disk, nobody)
        )
      expect(replayed).toEqual([false, true, false])
    })
  })

  it.effect("replays for another token and another application", () => {
    const disk = memory()
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" }).pipe(over(Cassette.layer, disk, wire("true").layer))
      const other = isAppUser({ uid: "1" }).pipe(
        Effect.provide([
          clientOver(Layer.orDie(Cassette.layer(path).pipe(Layer.provide([nobody, disk.layer])))),
          otherSession
        ])
      )
      expect(yield* other).toBe(true)
    })
  })

  it.effect("is a file that people can read: pretty JSON with a line at its end", () => {
    const disk = memory()
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" }).pipe(over(Cassette.layer, disk, wire("true").layer))
      expect(Object.keys(disk.files)).toEqual([path])
      expect(JSON.parse(disk.files[path] ?? "")).toEqual([{
        method: "users.isAppUser",
        parameters: { format: "json", method: "users.isAppUser", uid: "1" },
        status: 200,
        body: "true"
      }])
      expect(disk.files[path]).toMatch(/^\[\n {2}\{\n[^]*\]\n$/)
    })
  })

  it.effect("holds no token, no signature, no key and no secret of an answer", () => {
    const disk = memory()
    const body = escaped(JSON.stringify({
      session_key: "planted-1",
      session_secret_key: "planted-2",
      access_token: "planted-3",
      auth_token: "planted-4",
      refresh_token: "planted \"5\" \\",
      auth_sig: "planted-6",
      auth_hash: "planted-7",
      nested: [{ ["api_secret"]: "planted-8" }],
      sessionKey: "planted-9",
      upload_url: "https://up.example/uploadImage?apiToken=planted-10&photoIds=1&sig=planted-11",
      error_data: JSON.stringify({
        access_token: "planted-12\\planted\"planted",
        session_key: 1357924680,
        left: "left-1"
      }),
      strokes: `{"auth_token":"planted-13\\/planted"}`,
      fragment: "https://app.example/#access_token=planted-14&left=left-2",
      gson: "https://app.example/?key&secret=planted-15",
      inside: "https://app.example/?to=https%3A%2F%2Fapp.example%2F%3Fsession_key%3Dplanted-16%26left%3Dleft-3",
      password: "planted-17",
      token: 1357924680,
      echo: `${token} ${encodeURIComponent(token)}`,
      uid: "570000000001"
    }))
    return Effect.gen(function*() {
      const transport = wire(body)
      const photos = (token: string) => JSON.stringify([{ token, comment: "left-4" }])
      yield* login({
        user_name: "test",
        password: "planted-password",
        sdkToken: "planted-sdk",
        auth_sig: "planted-sig",
        photos: photos("planted-photo")
      }).pipe(
        over(Cassette.layer, disk, transport.layer)
      )
      const text = disk.files[path] ?? ""
      expect(text).toContain("570000000001")
      expect(text).toContain("test")
      expect(["photoIds=1", "left-1", "left-2", "left%3Dleft-3", "left-4"].filter((left) => !text.includes(left)))
        .toEqual([])
      const secrets = [
        "1357924680",
        token,
        encodeURIComponent(token),
        sessionSecret,
        applicationSecret,
        applicationKey,
        "planted"
      ]
      expect([...secrets, transport.sent[0]?.sig ?? "none"].filter((secret) => text.includes(secret))).toEqual([])
      // The answer is JSON still, and replays for the same call.
      const replayed = login({
        user_name: "test",
        password: "planted-other",
        sdkToken: "planted-other",
        auth_sig: "planted-other",
        photos: photos("planted-other")
      })
      expect(yield* exits(replayed.pipe(over(Cassette.layer, disk, nobody)))).toBe("a success")
    })
  })

  it.effect("says what to do about a call that was never recorded, or less often", () => {
    const disk = memory()
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" }).pipe(over(Cassette.layer, disk, wire("true").layer))
      const program = (uid: string, times: number) =>
        exits(Effect.replicateEffect(isAppUser({ uid }), times).pipe(over(Cassette.layerReplay, disk, nobody)))
      expect(yield* program("1", 1)).toBe("a success")
      expect(yield* program("1", 2)).toContain("Cassette: no exchange is left for users.isAppUser")
      expect(yield* program("2", 1)).toContain(`Delete ${path} to record anew`)
    })
  })

  it.effect("records what a failing program sent", () => {
    const disk = memory()
    return Effect.gen(function*() {
      const program = Effect.zipRight(isAppUser({ uid: "1" }), Effect.fail("stop"))
      yield* Effect.exit(program.pipe(over(Cassette.layer, disk, wire("true").layer)))
      expect(JSON.parse(disk.files[path] ?? "")).toHaveLength(1)
    })
  })

  it.effect("keeps nothing of a program that failed for want of an answer, and records anew", () => {
    const disk = memory()
    return Effect.gen(function*() {
      const program = Effect.zipRight(isAppUser({ uid: "1" }), isAppUser({ uid: "2" }))
      const error = yield* failure(program.pipe(over(Cassette.layer, disk, breaksAfter(1))))
      expect(error.message).toContain("NotConnected")
      expect(disk.files).toEqual({})
      expect(yield* program.pipe(over(Cassette.layer, disk, wire("true", "false").layer))).toBe(false)
      // Whoever goes on without an answer is done with its recording.
      const other = memory()
      yield* Effect.ignore(isAppUser({ uid: "1" })).pipe(over(Cassette.layer, other, breaksAfter(0)))
      expect(Object.keys(other.files)).toEqual([path])
    })
  })

  it.effect("makes the folder that its file is in", () => {
    const disk = memory()
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" }).pipe(over(Cassette.layer, disk, wire("true").layer))
      yield* isAppUser({ uid: "1" }).pipe(over(() => Cassette.layer("alone.json"), disk, wire("true").layer))
      expect(Object.keys(disk.files)).toEqual([path, "alone.json"])
      expect(disk.folders).toEqual(["test"])
    })
  })

  it.effect("does not write where it replays", () => {
    const disk = memory({ [path]: "[]" })
    return Effect.gen(function*() {
      expect(yield* exits(isAppUser().pipe(over(Cassette.layer, disk, wire("true").layer)))).toContain(
        "no exchange is left"
      )
      expect(disk.files).toEqual({ [path]: "[]" })
    })
  })

  it.effect.each([
    { name: "no JSON", text: "{" },
    { name: "another file", text: `{"version":1}` },
    { name: "an exchange without a body", text: `[{"method":"a","parameters":{},"status":200}]` }
  ])("that cannot be read is a failure of its layer: $name", ({ text }) =>
    Effect.gen(function*() {
      const error = yield* failure(Effect.provide(Effect.void, Cassette.layerReplay(path)))
      expect(error._tag).toBe("ParseError")
    }).pipe(Effect.provide(memory({ [path]: text }).layer)))

  it.effect("that is not there cannot be replayed", () =>
    Effect.gen(function*() {
      const error = yield* failure(Effect.provide(Effect.void, Cassette.layerReplay(path)))
      expect(error._tag).toBe("SystemError")
    }).pipe(Effect.provide(memory().layer)))
})
