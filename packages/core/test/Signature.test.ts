import { Digest, OkCall, OkMethod, OkSession, Signature } from "@effect-okru/core"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  applicationCredentials,
  applicationKey,
  applicationSecret,
  applicationSession,
  canonicalOf,
  clientCredentials,
  clientOver,
  clientSession,
  configWithoutSecret,
  failure,
  fixture,
  getCurrentUser,
  isAppUser,
  leaks,
  nodeMd5,
  notify,
  pairsOf,
  parameterName,
  sdkInit,
  serverCredentials,
  serverSession,
  sessionSecret,
  token,
  unicode,
  wire
} from "./support.js"

const Texts = Schema.Record({ key: Schema.String, value: Schema.String })

const vectors = fixture(
  "signatures",
  Schema.Struct({
    calls: Schema.Array(Schema.Struct({
      name: Schema.String,
      params: Texts,
      secretFrom: Schema.Union(
        Schema.Struct({ access_token: Schema.String, application_secret_key: Schema.String }),
        Schema.Struct({ secret: Schema.String })
      ),
      secret: Schema.String,
      base: Schema.String,
      sig: Schema.String
    })),
    others: Schema.Struct({
      auth_sig: Schema.Struct({ input: Texts, base: Schema.String, md5: Schema.String }),
      launch_sig: Schema.Struct({ input: Texts, secret: Schema.String, base: Schema.String, md5: Schema.String }),
      payment_sig: Schema.Struct({ input: Texts, secret: Schema.String, base: Schema.String, md5: Schema.String }),
      widget_signature: Schema.Struct({ input: Texts, secret: Schema.String, base: Schema.String, md5: Schema.String }),
      ads_widget_sig: Schema.Struct({ base: Schema.String, md5: Schema.String })
    })
  })
)

const contradiction = "session_key signed (contradicts docs)"
const sibling = "session_key dropped (docs rule)"

const secretOf = (from: (typeof vectors.calls)[number]["secretFrom"]): Redacted.Redacted<string> =>
  Option.getOrThrow(
    "secret" in from
      ? Signature.secret(
        OkSession.Credentials.Client({
          accessToken: Redacted.make("test-token"),
          sessionSecretKey: Redacted.make(from.secret)
        }),
        Option.none()
      )
      : Signature.secret(
        OkSession.Credentials.Server({ accessToken: Redacted.make(from.access_token) }),
        Option.some(Redacted.make(from.application_secret_key))
      )
  )

const untyped = OkMethod.untyped("group.newMethod", { session: "required", kind: "read" })

describe("The test vectors", () => {
  for (
    const { base, name, params, secret, secretFrom, sig } of vectors.calls.filter(({ name }) => name !== contradiction)
  ) {
    it(`"${name}" is reproduced: canonical text, secret and signature`, () => {
      expect(Signature.canonical(params)).toBe(base)
      expect(Redacted.value(secretOf(secretFrom))).toBe(secret)
      expect(Signature.sign(base, secretOf(secretFrom))).toBe(sig)
    })
  }

  it("number fifteen, none of them lost", () => {
    expect(vectors.calls).toHaveLength(15)
  })

  it(`"${contradiction}" is not reproduced: OK.ru's text drops session_key, and its sibling is the same call by that text`, () => {
    const against = vectors.calls.find(({ name }) => name === contradiction)
    const by = vectors.calls.find(({ name }) => name === sibling)
    if (against === undefined || by === undefined) {
      throw new Error("the two vectors are missing")
    }
    expect(against.params).toEqual(by.params)
    expect(against.secret).toBe(by.secret)
    const canonical = Signature.canonical(against.params)
    expect(canonical).not.toBe(against.base)
    expect(canonical).toBe(by.base)
    expect(Signature.sign(canonical, secretOf(against.secretFrom))).not.toBe(against.sig)
    expect(Signature.sign(canonical, secretOf(against.secretFrom))).toBe(by.sig)
  })

  it.each(["payment_sig", "widget_signature"] as const)("of %s come out of canonical and sign", (name) => {
    const { base, input, md5, secret } = vectors.others[name]
    expect(Signature.canonical(input)).toBe(base)
    expect(Signature.sign(base, Redacted.make(secret))).toBe(md5)
  })

  it.each(["auth_sig", "ads_widget_sig"] as const)("of %s are the digest of their text", (name) => {
    const { base, md5 } = vectors.others[name]
    expect(Digest.md5(base)).toBe(md5)
  })

  it("of launch_sig needs every parameter, session_key too, and so another text than that of a call", () => {
    const { base, input, md5, secret } = vectors.others.launch_sig
    expect(Signature.canonical(input)).toBe(base.replace("session_key=skey", ""))
    expect(Signature.sign(base, Redacted.make(secret))).toBe(md5)
  })

  it("of the server circuit come out of serverSecret as well, redacted", () => {
    const server = vectors.calls.flatMap(({ secret, secretFrom }) =>
      "secret" in secretFrom ? [] : [{ secret, ...secretFrom }]
    )
    expect(server).toHaveLength(9)
    for (const { access_token, application_secret_key, secret } of server) {
      const own = Signature.serverSecret({
        accessToken: Redacted.make(access_token),
        applicationSecretKey: Redacted.make(application_secret_key)
      })
      expect(Redacted.value(own)).toBe(secret)
      expect(leaks(own, secret)).toEqual([])
    }
  })
})

describe("Signature", () => {
  it("signs everything but the token, the session key and the signatures", () => {
    expect(["access_token", "session_key", "sig", "resig"].filter(Signature.isSigned)).toEqual([])
    const others = ["method", "format", "application_key", "uid", "Sig", "access_token2", ""]
    expect(others.filter(Signature.isSigned)).toEqual(others)
  })

  it.prop(
    "does not depend on the order of the parameters",
    [FastCheck.uniqueArray(FastCheck.tuple(parameterName, unicode), { selector: ([name]) => name }), FastCheck.nat()],
    ([pairs, seed]) => {
      const cut = pairs.length === 0 ? 0 : seed % pairs.length
      const rotated = [...pairs.slice(cut), ...pairs.slice(0, cut)]
      const backwards = pairs.map((_, i) => pairs[pairs.length - 1 - i] ?? ["", ""] as const)
      const canonical = Signature.canonical(Object.fromEntries(pairs))
      expect(Signature.canonical(Object.fromEntries(rotated))).toBe(canonical)
      expect(Signature.canonical(Object.fromEntries(backwards))).toBe(canonical)
      expect(canonical).toBe(canonicalOf(pairs))
    }
  )

  it.prop(
    "changes with every value that changes",
    [FastCheck.dictionary(parameterName, unicode), parameterName.filter(Signature.isSigned), unicode, unicode],
    ([rest, name, before, after]) => {
      FastCheck.pre(before !== after)
      const secret = Redacted.make("test-secret")
      const sign = (value: string) => Signature.sign(Signature.canonical({ ...rest, [name]: value }), secret)
      expect(sign(before)).not.toBe(sign(after))
    }
  )

  it.prop("changes with the secret", [unicode, unicode, unicode], ([canonical, one, other]) => {
    FastCheck.pre(one !== other)
    expect(Signature.sign(canonical, Redacted.make(one))).not.toBe(Signature.sign(canonical, Redacted.make(other)))
  })

  it.effect.prop(
    "is made of exactly what is on the wire",
    [FastCheck.dictionary(parameterName, unicode, { maxKeys: 6 })],
    ([params]) => {
      const transport = wire()
      return Effect.gen(function*() {
        yield* untyped(params)
        const request = transport.sent[0]
        if (request === undefined) {
          return yield* Effect.dieMessage("nothing was sent")
        }
        const pairs = pairsOf(request)
        const expected = { ...params, application_key: applicationKey, format: "json", method: "group.newMethod" }
        // All that was passed arrives, once, and nothing that was not.
        expect(pairs).toHaveLength(Object.keys(expected).length + 2)
        expect(Object.fromEntries(pairs)).toEqual({ ...expected, access_token: token, sig: request.sig })
        expect(request.sig).toBe(nodeMd5(canonicalOf(pairs) + sessionSecret))
        expect(request.canonical).toBe(canonicalOf(pairs))
      }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
    }
  )

  it.effect("covers a parameter of whatever name, or refuses it", () => {
    const transport = wire()
    return Effect.gen(function*() {
      yield* untyped(JSON.parse(`{"__proto__":"1","constructor":"2"}`))
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["constructor", "2"])
      expect(transport.sent.flatMap(pairsOf)).toContainEqual(["__proto__", "1"])
    }).pipe(Effect.provide([clientOver(transport.layer), clientSession]))
  })
})

describe("The circuits", () => {
  it("have a secret each", () => {
    const secret = Option.some(Redacted.make(applicationSecret))
    const value = (credentials: OkSession.Credentials) =>
      Option.getOrThrow(Option.map(Signature.secret(credentials, secret), Redacted.value))
    expect(value(clientCredentials)).toBe(sessionSecret)
    expect(value(serverCredentials)).toBe(nodeMd5(token + applicationSecret))
    expect(value(applicationCredentials)).toBe(applicationSecret)
  })

  it("have none where the application's secret is needed and missing", () => {
    expect(Option.isSome(Signature.secret(clientCredentials, Option.none()))).toBe(true)
    expect(Option.isNone(Signature.secret(serverCredentials, Option.none()))).toBe(true)
    expect(Option.isNone(Signature.secret(applicationCredentials, Option.none()))).toBe(true)
  })

  it("take the digest they are given", () => {
    const secret = Signature.secret(
      serverCredentials,
      Option.some(Redacted.make(applicationSecret)),
      (text) => `<${text}>`
    )
    expect(Option.map(secret, Redacted.value)).toEqual(Option.some(`<${token}${applicationSecret}>`))
  })

  it.effect.each([
    { circuit: "client", session: clientSession, secret: sessionSecret },
    { circuit: "server", session: serverSession, secret: nodeMd5(token + applicationSecret) },
    { circuit: "application", session: applicationSession, secret: applicationSecret }
  ])("sign a call by the session that makes it: $circuit", ({ circuit, secret, session }) => {
    const transport = wire("true")
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" })
      const [request] = transport.sent
      expect(request?.sig).toBe(nodeMd5(`${request?.canonical}${secret}`))
      expect(request?.canonical).toBe(
        `application_key=${applicationKey}format=jsonmethod=users.isAppUseruid=1`
      )
      const names = transport.sent.flatMap(pairsOf).map(([name]) => name)
      expect(names.includes("access_token")).toBe(circuit !== "application")
    }).pipe(Effect.provide([clientOver(transport.layer), session]))
  })

  it.effect("send no token with a method whose session is prohibited, even if a user is there", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      yield* notify({ uid: "1", text: "test" })
      const [request] = transport.sent
      expect(request?.accessToken).toBeUndefined()
      expect(request?.sig).toBe(nodeMd5(`${request?.canonical}${applicationSecret}`))
      expect(transport.sent.flatMap(pairsOf).map(([name]) => name)).not.toContain("access_token")
    }).pipe(
      Effect.provide(OkSession.layerServer({ accessToken: Redacted.make(token) })),
      Effect.provide(clientOver(transport.layer))
    )
  })

  it.effect("leave out a method that must not be signed: no signature, no token, no session", () => {
    const transport = wire(`{"session_key":"test"}`)
    return Effect.gen(function*() {
      expect(yield* sdkInit({ device: "1" })).toBe("test")
      const [request] = transport.sent
      expect(request?.sig).toBeUndefined()
      expect(request?.canonical).toBe("")
      expect(transport.sent.flatMap(pairsOf)).toEqual([
        ["application_key", applicationKey],
        ["device", "1"],
        ["format", "json"],
        ["method", "sdk.init"]
      ])
    }).pipe(Effect.provide(clientOver(transport.layer, { config: configWithoutSecret })))
  })
})

describe("A signer of one circuit", () => {
  it.effect("of the client signs with the session's secret key", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      yield* isAppUser()
      const [request] = transport.sent
      expect(request?.sig).toBe(nodeMd5(`${request?.canonical}${sessionSecret}`))
    }).pipe(
      Effect.provide([clientOver(transport.layer, { signer: Signature.layerClientCircuit }), clientSession])
    )
  })

  it.effect.each([
    { session: serverSession, who: "a server session" },
    { session: applicationSession, who: "the application" }
  ])("of the client refuses $who, although the application's secret is there, and nothing is sent", ({ session }) => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const error = yield* failure(isAppUser())
      expect(error._tag).toBe("OkSigningError")
      expect(error.message).toContain("session secret key")
      expect(transport.sent).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer, { signer: Signature.layerClientCircuit }), session]))
  })

  it.effect("of the server signs a client session with the application's secret", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      yield* isAppUser()
      const [request] = transport.sent
      expect(request?.sig).toBe(nodeMd5(`${request?.canonical}${nodeMd5(token + applicationSecret)}`))
    }).pipe(
      Effect.provide([clientOver(transport.layer, { signer: Signature.layerServerCircuit }), clientSession])
    )
  })

  it.effect("of the server signs the application's calls with its secret as it is", () => {
    const transport = wire("true")
    return Effect.gen(function*() {
      yield* isAppUser({ uid: "1" })
      const [request] = transport.sent
      expect(request?.sig).toBe(nodeMd5(`${request?.canonical}${applicationSecret}`))
    }).pipe(
      Effect.provide([clientOver(transport.layer, { signer: Signature.layerServerCircuit }), applicationSession])
    )
  })

  it.effect.each([
    { name: "chosen by the session", signer: Signature.layer, session: serverSession },
    { name: "chosen by the session, without a user", signer: Signature.layer, session: applicationSession },
    { name: "of the server", signer: Signature.layerServerCircuit, session: clientSession }
  ])("$name fails typed without the application's secret, and nothing is sent", ({ session, signer }) => {
    const transport = wire("true")
    return Effect.gen(function*() {
      const error = yield* failure(OkCall.request(isAppUser()))
      expect(error._tag).toBe("OkSigningError")
      expect(error.message).toContain("OKRU_APPLICATION_SECRET_KEY")
      expect((yield* failure(isAppUser()))._tag).toBe("OkSigningError")
      expect((yield* failure(isAppUser().pipe(OkCall.passError)))._tag).toBe("OkSigningError")
      expect(transport.sent).toEqual([])
      expect(leaks(error, token)).toEqual([])
      expect(leaks(error, sessionSecret)).toEqual([])
    }).pipe(Effect.provide([clientOver(transport.layer, { config: configWithoutSecret, signer }), session]))
  })

  it.effect("that is your own takes part", () => {
    const transport = wire(`{"uid":"1"}`)
    const signer = Signature.OkSigner
    return Effect.gen(function*() {
      yield* getCurrentUser()
      expect(transport.sent[0]?.sig).toBe("Client")
    }).pipe(Effect.provide([
      clientOver(transport.layer, {
        signer: Layer.succeed(signer, { sign: (_, credentials) => Effect.succeed(credentials._tag) })
      }),
      clientSession
    ]))
  })
})
