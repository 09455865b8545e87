/**
 * Every method, from typed parameters to a typed result, over HTTP on loopback: signed by core, checked and answered by the
 * sandbox. And every documented answer in the shapes that OK.ru may send it in: with fields left out, with fields nobody
 * knows.
 */
import { type Json, type OkCall, OkClient, OkConfig, OkMethod, OkSession } from "@effect-okru/core"
import * as Catalogue from "@effect-okru/methods/Catalogue"
import * as Group from "@effect-okru/methods/Group"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as AST from "effect/SchemaAST"
import * as Sandbox from "../src/Sandbox.js"
import * as SandboxServer from "../src/SandboxServer.js"

const Served = OkClient.layerHttp().pipe(
  Layer.provideMerge(Layer.unwrapEffect(Effect.map(SandboxServer.config, OkConfig.layer))),
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

  const signed = Catalogue.methods.filter((method) => method.signed).map((method) => ({ method, name: method.name }))

  it.effect.each(signed)(
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
        assert.strictEqual(yield* sandbox.executions(method), 0)
      }).pipe(Effect.provide(Served))
  )
})

describe("an answer", () => {
  const answers = Catalogue.methods
    .filter((method) => method.success !== OkMethod.Undocumented)
    .map((method) => ({ method, name: method.name }))

  const variants = (method: OkMethod.Any, seed: number) =>
    FastCheck.sample(Arbitrary.make(Schema.typeSchema(method.success)), { seed, numRuns: 10 })
      .map((value): unknown => JSON.parse(JSON.stringify(Schema.encodeUnknownSync(method.success)(value)) ?? "null"))

  it.each(answers)("of $name is read again, whatever it holds", ({ method }) => {
    for (const body of variants(method, 1)) {
      const decoded = Either.getOrThrow(method.decode(body as Json.Json, {}))
      const again = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(method.success)(decoded)) ?? "null")
      assert.deepStrictEqual(withoutNulls(again), withoutNulls(body))
    }
  })

  it.each(answers)("of $name is read with fields that nobody knows", ({ method }) => {
    for (const body of variants(method, 2)) {
      const more = Predicate.isRecord(body) && !Array.isArray(body)
        ? { ...body, added_yesterday: { deep: [1, null] } }
        : body
      assert.deepStrictEqual(method.decode(more as Json.Json, {}), method.decode(body as Json.Json, {}))
    }
  })
})

// A member that is null reads as one that is absent.
const withoutNulls = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withoutNulls)
    : Predicate.isRecord(value)
    ? Object.fromEntries(
      Object.entries(value).filter(([, member]) => member !== null).map(([key, member]) => [key, withoutNulls(member)])
    )
    : value
