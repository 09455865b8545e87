import { OkMethod } from "@effect-okru/core"
import { assert } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { deepStrictEqual } from "node:assert/strict"
import { inspect } from "node:util"

// A method reads and writes with functions made of its schemas. These are the laws that they say what Schema says.

/** Texts, numbers and shapes that OK.ru sends where another was expected. */
const odd: ReadonlyArray<unknown> = [
  null,
  undefined,
  "",
  " ",
  "1",
  "-7.5",
  "true",
  "NaN",
  "a,b",
  0,
  -0,
  1,
  1.5,
  NaN,
  Infinity,
  true,
  false,
  [],
  [null],
  ["1", 2],
  {},
  { uid: "1" },
  { extra: null },
  JSON.parse(`{ "__proto__": { "uid": "1" }, "constructor": 1 }`),
  Symbol.for("test"),
  1n
]

interface Mutation {
  readonly path: ReadonlyArray<number>
  readonly kind: "replace" | "drop" | "add" | "keep"
  readonly value: unknown
}

const mutation: FastCheck.Arbitrary<Mutation> = FastCheck.record({
  path: FastCheck.array(FastCheck.nat(1000), { maxLength: 3 }),
  kind: FastCheck.constantFrom("replace", "replace", "drop", "add", "add", "keep"),
  value: FastCheck.constantFrom(...odd)
})

const isPlain = (value: unknown): value is { readonly [name: string]: unknown } =>
  Predicate.isRecord(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value))

const mutated = (target: unknown, { kind, path, value }: Mutation): unknown => {
  const [at, ...rest] = path
  if (Array.isArray(target)) {
    if (at === undefined || target.length === 0) {
      return kind === "add" ? [...target, value] : kind === "drop" ? target.slice(1) : kind === "keep" ? target : value
    }
    return target.map((item, index) => index === at % target.length ? mutated(item, { kind, path: rest, value }) : item)
  }
  if (isPlain(target)) {
    const entries = Object.entries(target)
    if (kind === "add" && rest.length === 0) {
      return { ...target, extra: value }
    }
    if (at === undefined || entries.length === 0) {
      return kind === "replace" ? value : target
    }
    const chosen = at % entries.length
    return Object.fromEntries(
      entries.flatMap(([name, item], index) =>
        index !== chosen
          ? [[name, item]]
          : kind === "drop" && rest.length === 0
          ? []
          : [[name, mutated(item, { kind, path: rest, value })]]
      )
    )
  }
  return kind === "replace" ? value : target
}

/** A value with a property too many at the end of the way through its first members. */
const withExcess = (target: unknown): unknown => {
  const [[name, first] = []] = typeof target === "object" && target !== null ? Object.entries(target) : []
  return Array.isArray(target)
    ? target.length === 0 ? target : [withExcess(first), ...target.slice(1)]
    : !isPlain(target)
    ? target
    : name !== undefined && typeof first === "object" && first !== null
    ? { ...target, [name]: withExcess(first) }
    : { ...target, extra: 1 }
}

/** Values of a schema, and the same changed at some places. */
const valuesOf = (
  schema: Schema.Schema<unknown, unknown>,
  { count, isEncoded, seed }: { readonly count: number; readonly isEncoded: boolean; readonly seed: number }
): ReadonlyArray<unknown> => {
  const type = Arbitrary.make(Schema.typeSchema(schema))
  const encode = Schema.encodeUnknownOption(schema)
  const whole = isEncoded
    ? FastCheck.oneof(
      Arbitrary.make(Schema.encodedSchema(schema)),
      type.map((value) => Option.getOrElse(encode(value), () => value))
    )
    : type
  return FastCheck.sample(FastCheck.tuple(whole, mutation, mutation), { seed, numRuns: count }).flatMap(
    ([value, one, other]) => [value, withExcess(value), mutated(value, one), mutated(mutated(value, one), other)]
  )
}

/** Without what no JSON has: `undefined`. */
const asBody = (value: unknown): unknown =>
  value === undefined
    ? null
    : Array.isArray(value)
    ? value.map(asBody)
    : isPlain(value)
    ? Object.fromEntries(
      Object.entries(value).flatMap(([name, item]) => item === undefined ? [] : [[name, asBody(item)]])
    )
    : value

/** How many values were compared, and how many of them the schema takes. */
export interface Compared {
  readonly all: number
  readonly taken: number
}

const compare = (
  values: ReadonlyArray<unknown>,
  sides: (value: unknown) => readonly [Either.Either<unknown, unknown>, Either.Either<unknown, unknown>],
  name: string
): Compared => {
  const taken = values.filter((value) => {
    const [actual, expected] = sides(value)
    assert.strictEqual(actual._tag, expected._tag, `${name} ${inspect(value, { depth: 9 })}`)
    // Unlike chai's, this tells an option from another.
    deepStrictEqual(Either.getOrUndefined(actual), Either.getOrUndefined(expected))
    return Either.isRight(expected)
  })
  return { all: values.length, taken: taken.length }
}

interface Sampling {
  readonly count: number
  readonly seed: number
}

/** Holds what a method reads against what Schema reads, on bodies right and wrong. */
export const readsAsSchema = (method: OkMethod.Any, sampling: Sampling): Compared => {
  const decode = Schema.decodeUnknownEither(method.success)
  return compare(
    [...valuesOf(method.success, { ...sampling, isEncoded: true }), ...odd].map(asBody),
    (body) => {
      const before = inspect(body, { depth: 9 })
      // Not all of this is JSON, as the type says. A schema does not mind.
      const decoded = method.decode(body as never, {})
      assert.strictEqual(inspect(body, { depth: 9 }), before)
      return [decoded, decode(body)]
    },
    `${method.name} reads`
  )
}

/** Holds what a method writes against what Schema writes, on parameters right and wrong. */
export const writesAsSchema = (method: OkMethod.Any, sampling: Sampling): Compared => {
  // `OkParam.Wire` has seen to it that a field of a row encodes to a string and needs no service.
  const schema = Schema.Struct(method.params) as unknown as Schema.Schema<unknown, unknown>
  const encode = Schema.encodeUnknownEither(schema, { onExcessProperty: "error" })
  return compare(
    [...valuesOf(schema, { ...sampling, isEncoded: false }), ...odd],
    (params) => [
      method.encode(params),
      Either.map(encode(params), (encoded) =>
        isPlain(encoded)
          ? Object.fromEntries(Object.entries(encoded).filter(([, value]) => value !== undefined))
          : encoded)
    ],
    `${method.name} writes`
  )
}

/** A method that answers with a schema, and takes it as JSON. */
export const methodOf = <A, I>(success: Schema.Schema<A, I>): OkMethod.Any =>
  OkMethod.make("test.method", {
    session: "optional",
    permissions: [],
    kind: "read",
    params: { value: Schema.parseJson(success), more: Schema.optional(Schema.String) },
    success
  })
