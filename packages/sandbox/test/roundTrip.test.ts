/**
 * Every method, from typed parameters to a typed result, over HTTP on loopback: signed by core, checked and answered by the
 * sandbox. And every documented answer over HTTP in the shapes that OK.ru may send it in: whatever it holds, with fields left
 * out, with fields nobody knows.
 */
import { Json, type OkCall, OkClient, OkConfig, OkMethod, OkParam, OkSession } from "@effect-okru/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import * as Group from "@effect-okru/methods/Group"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import { createServer } from "node:http"
import * as Sandbox from "../src/Sandbox.js"
import * as SandboxServer from "../src/SandboxServer.js"

const Served = OkClient.layerHttp().pipe(
  Layer.provideMerge(SandboxServer.layerOkConfig),
  Layer.provide(FetchHttpClient.layer),
  Layer.provideMerge(SandboxServer.layer()),
  Layer.provideMerge(Sandbox.layer())
)

/** The documented names where there are some: one that OK.ru does not know is error 100. */
const documented = (ast: AST.AST): AST.AST => {
  switch (ast._tag) {
    case "Union": {
      const types = ast.types.flatMap((type) => AST.isUnion(type) ? type.types : [type])
      const literals = types.filter(AST.isLiteral)
      return AST.Union.make((literals.length > 0 ? literals : types).map(documented))
    }
    case "TupleType":
      return new AST.TupleType(
        ast.elements.map(({ isOptional, type }) => new AST.OptionalType(documented(type), isOptional)),
        ast.rest.map(({ type }) => new AST.Type(documented(type))),
        ast.isReadonly
      )
    case "Suspend":
      return documented(ast.f())
    default:
      return ast
  }
}

/** The required parameters, and as many more as the method's rules ask for. */
const namesOf = (
  method: OkMethod.Any,
  names = Catalogue.row(method).params.filter(({ required }) => required).map(({ name }) => name)
): ReadonlyArray<string> => {
  const sent = Object.fromEntries(names.map((name) => [name, ""]))
  const missing = method.rules
    .filter((rule) => rule.broken(sent, true) !== undefined)
    .flatMap((rule) => rule.names)
    .find((name) => !names.includes(name))
  return missing === undefined ? names : namesOf(method, [...names, missing])
}

const parametersOf = (method: OkMethod.Any, known: { readonly [name: string]: unknown }, seed: number) =>
  Object.fromEntries(
    namesOf(method).map((name) => {
      const field = method.params[name]
      return [name, known[name] ?? (field === undefined ? undefined : sample(name, field, seed))]
    })
  )

/** A value that encodes, and whose text decodes again. */
const sample = (name: string, field: Schema.Struct.Field, seed: number): unknown => {
  const One = Schema.Struct({ [name]: field }) as unknown as Schema.Schema<
    { readonly [name: string]: unknown },
    unknown
  >
  const type = AST.getPropertySignatures(AST.typeAST(One.ast))[0]?.type ?? AST.unknownKeyword
  return FastCheck.sample(Arbitrary.make(Schema.make<unknown>(documented(type))), { seed, numRuns: 100 }).find((
    value
  ) =>
    value !== undefined && !(Array.isArray(value) && value.length === 0) && value !== "" &&
    Either.isRight(Either.flatMap(Schema.encodeEither(One)({ [name]: value }), Schema.decodeUnknownEither(One)))
  )
}

const callOf = (method: OkMethod.Any, params: object) =>
  (method as unknown as (params: object) => OkCall.OkCall<unknown, OkSession.OkSession>)(params)

const asFirstUser = Layer.unwrapEffect(
  Effect.map(Effect.flatMap(Sandbox.Sandbox, ({ users }) => users), ([user]) => OkSession.layerServer(user))
)

/** Ids of what is there. */
const known = Effect.gen(function*() {
  const { users } = yield* Sandbox.Sandbox
  const [user, other = user] = yield* users
  const { groups } = yield* Group.getUserGroupsV2({ count: 1 })
  const gid = groups[0]?.groupId
  const { topics } = yield* Group.getStatTopics({ gid: gid ?? "", fields: ["id"], count: 1 })
  return {
    uid: other.uid,
    uids: [other.uid],
    target_id: other.uid,
    friend_ids: [other.uid],
    group_id: gid,
    gid,
    topic_id: topics[0]?.id
  }
})

describe("over loopback", () => {
  // A sandbox each: users.removeAppPermissions, for one, does what it says.
  it.effect.each(Catalogue.methods.map((method) => ({ method, name: method.name })))(
    "$name: three calls, three results",
    ({ method }) =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.Sandbox
        const ids = yield* known
        // group.getMembers has a group's id under the name uid.
        const there = method.name === "group.getMembers" ? { ...ids, uid: ids.gid } : ids
        const before = yield* sandbox.executions(method)
        for (const seed of [1, 2, 3]) {
          yield* sandbox.grant((yield* sandbox.users)[0].uid, ...method.permissions)
          yield* callOf(method, parametersOf(method, there, seed))
        }
        assert.strictEqual((yield* sandbox.executions(method)) - before, 3)
      }).pipe(Effect.provide(asFirstUser), Effect.provide(Served))
  )

  // GET_EMAIL is for one field of this answer, not for the call.
  const needsPermission = (method: OkMethod.Any) =>
    method.permissions.length > 0 && method.name !== "users.getCurrentUser" && method.session !== "prohibited"

  /** The code of the error that a call with some session gets, which the types would not let through. */
  const codeUnder = (method: OkMethod.Any, session: OkSession.Service) =>
    callOf(method, parametersOf(method, { uid: "1", uids: ["1"] }, 1)).pipe(
      Effect.as(0),
      Effect.catchAll((error) => Effect.succeed("code" in error ? error.code : error._tag)),
      Effect.provide(
        Context.make(OkSession.OkSession, session).pipe(
          Context.add(OkSession.OkAppSession, session),
          Context.add(OkSession.OkAnySession, session)
        )
      )
    )

  // What is optional and needs no permission is refused to nobody.
  const refusing = Catalogue.methods
    .filter((method) => method.signed && (method.session !== "optional" || needsPermission(method)))
    .map((method) => ({ method, name: method.name }))

  it.effect.each(refusing)(
    "$name: refused without its session, and without its permissions",
    ({ method }) =>
      Effect.gen(function*() {
        const sandbox = yield* Sandbox.Sandbox
        const [user] = yield* sandbox.users
        const asUser = OkSession.make(OkSession.Credentials.Server(user))
        const asApplication = OkSession.make(OkSession.Credentials.Application())
        if (method.session === "required") {
          assert.strictEqual(yield* codeUnder(method, asApplication), 453)
        }
        if (method.session === "prohibited") {
          assert.strictEqual(yield* codeUnder(method, asUser), 451)
        }
        if (needsPermission(method)) {
          yield* sandbox.revoke(user.uid, ...method.permissions)
          assert.strictEqual(yield* codeUnder(method, asUser), 10)
        }
        assert.isAbove((yield* sandbox.requests).length, 0)
        assert.strictEqual(yield* sandbox.executions(method), 0)
      }).pipe(Effect.provide(Served))
  )
})

describe("an answer", () => {
  const answers = Catalogue.methods
    .filter((method) => method.success !== OkMethod.Undocumented)
    .map((method) => ({ method, name: method.name }))

  const samples = (method: OkMethod.Any, numRuns: number): ReadonlyArray<unknown> =>
    FastCheck.sample(Arbitrary.make(Schema.typeSchema(method.success)), { seed: 1, numRuns })

  it.effect.each(answers)("of $name is read again, whatever it holds", ({ method }) =>
    Effect.gen(function*() {
      const bodies = samples(method, 5).map((value) => written(method, value))
      const results = yield* resultsOf(method, bodies)
      assert.deepStrictEqual(
        results.map((result) => withoutNulls(written(method, result))),
        bodies.map(withoutNulls)
      )
    }))

  it.effect.each(answers)(
    "of $name is read with every field left out that may be",
    ({ method }) =>
      Effect.gen(function*() {
        const values = samples(method, 5).map((value) => leastOf(AST.typeAST(method.success.ast), value))
        const results = yield* resultsOf(method, values.map((value) => withoutLists(written(method, value))))
        assert.deepStrictEqual(
          results.map((result) => written(method, result)),
          values.map((value) => written(method, value))
        )
      })
  )

  it.effect.each(answers)(
    "of $name is read with fields that nobody knows, however deep",
    ({ method }) =>
      Effect.gen(function*() {
        const bodies = samples(method, 5).map((value) => written(method, value))
        const results = yield* resultsOf(method, bodies)
        const more = yield* resultsOf(method, bodies.map(withMore))
        // A map has them as entries, like those that were there before.
        assert.deepStrictEqual(
          more.map((result) => withoutMore(written(method, result))),
          results.map((result) => written(method, result))
        )
      })
  )
})

/** What a method makes of bodies that come over HTTP, one a call. */
const resultsOf = (
  method: OkMethod.Any,
  bodies: ReadonlyArray<Json.Json>
): Effect.Effect<ReadonlyArray<unknown>, unknown> =>
  Effect.gen(function*() {
    const left = yield* Ref.make(bodies)
    yield* HttpServer.serveEffect(
      Ref.modify(left, ([body = null, ...rest]) => [HttpServerResponse.text(JSON.stringify(body)), rest])
    )
    const Answered = OkClient.layerHttp().pipe(
      Layer.provide(FetchHttpClient.layer),
      Layer.provideMerge(OkSession.layerServer({ accessToken: Redacted.make("test-access-token") })),
      Layer.provide(
        yield* HttpServer.addressFormattedWith((apiUrl) =>
          Effect.succeed(OkConfig.layer({
            applicationId: "1",
            applicationKey: "TEST-APPLICATION-KEY",
            applicationSecretKey: Redacted.make("test-application-secret-key"),
            apiUrl
          }))
        )
      )
    )
    const parameters = parametersOf(method, { uid: "1", uids: ["1"] }, 1)
    // Who asks for an id is to get one, which is not what is tested here.
    const call = callOf(
      method,
      "fields" in parameters ? { ...parameters, fields: [OkParam.unlisted("any")] } : parameters
    )
    return yield* Effect.provide(Effect.forEach(bodies, () => call), Answered)
  }).pipe(Effect.scoped, Effect.provide(NodeHttpServer.layer(createServer, { port: 0, host: "127.0.0.1" })))

/** As OK.ru writes it, with the digits of integers that a number would round, as core reads them. */
const written = (method: OkMethod.Any, value: unknown): Json.Json =>
  Either.getOrThrow(Json.parse(JSON.stringify(Schema.encodeUnknownSync(method.success)(value)) ?? "null"))

/** A value without what its type lets be absent, and with nothing in lists that are not the whole of it. */
const leastOf = (ast: AST.AST, value: unknown): unknown => {
  switch (ast._tag) {
    case "TypeLiteral":
      return Object.fromEntries(
        ast.propertySignatures.filter(({ isOptional }) => !isOptional).map(({ name, type }) => {
          const member = Predicate.hasProperty(value, name) ? value[name] : undefined
          return [name, Array.isArray(member) ? [] : leastOf(type, member)]
        })
      )
    case "TupleType":
      return Array.isArray(value) ? value.map((item) => leastOf(ast.rest[0]?.type ?? AST.unknownKeyword, item)) : value
    case "Suspend":
      return leastOf(ast.f(), value)
    default:
      return value
  }
}

// A list that is empty reads like one that is absent.
const withoutLists = (value: Json.Json): Json.Json =>
  membersOf(
    value,
    withoutLists,
    (entries) => entries.filter(([, member]) => !Array.isArray(member) || member.length > 0)
  )

// A member that is null reads as one that is absent.
const withoutNulls = (value: Json.Json): Json.Json =>
  membersOf(value, withoutNulls, (entries) => entries.filter(([, member]) => member !== null))

const withMore = (value: Json.Json): Json.Json =>
  membersOf(value, withMore, (entries) => [...entries, ["added_yesterday", "1"]])

const withoutMore = (value: Json.Json): Json.Json =>
  membersOf(value, withoutMore, (entries) => entries.filter(([name]) => name !== "added_yesterday"))

type Entry = readonly [name: string, member: Json.Json]

const membersOf = (
  value: Json.Json,
  inside: (member: Json.Json) => Json.Json,
  change: (entries: ReadonlyArray<Entry>) => ReadonlyArray<Entry>
): Json.Json =>
  Array.isArray(value)
    ? value.map(inside)
    : isObject(value)
    ? Object.fromEntries(change(Object.entries(value)).map(([name, member]) => [name, inside(member)]))
    : value

const isObject = (value: Json.Json): value is { readonly [name: string]: Json.Json } => Predicate.isRecord(value)
