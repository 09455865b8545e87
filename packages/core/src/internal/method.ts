import type { LazyArg } from "effect/Function"
import { pipeArguments } from "effect/Pipeable"
import type * as OkMethod from "../OkMethod.js"
import type * as OkParam from "../OkParam.js"
import * as Call from "./call.js"
import { methodTypeId } from "./typeId.js"

/** What a row says, and what encodes and decodes by it. */
export interface Row
  extends
    Omit<OkMethod.Options<OkMethod.Session, string, OkParam.Fields, unknown, unknown, boolean>, "params" | "success">,
    Pick<OkMethod.Any, "params" | "success" | "encode" | "decode">
{}

const rowKey = Symbol.for("@effect-okru/core/OkMethod/row")

interface WithRow {
  readonly [rowKey]: LazyArg<Row>
}

// A row is made when something of it is first asked for: a program imports many methods and calls some. On a prototype, V8
// knows all methods by one shape.
const Proto: object = Object.setPrototypeOf(
  {
    [methodTypeId]: methodTypeId,
    get session() {
      return this[rowKey]().session
    },
    get permissions() {
      return this[rowKey]().permissions
    },
    get kind() {
      return this[rowKey]().kind
    },
    get params() {
      return this[rowKey]().params
    },
    get rules() {
      return this[rowKey]().rules ?? noRules
    },
    get success() {
      return this[rowKey]().success
    },
    get confidence() {
      return this[rowKey]().confidence ?? "documented"
    },
    get signed() {
      return this[rowKey]().sig ?? true
    },
    get manual() {
      return this[rowKey]().manual ?? true
    },
    get once() {
      return this[rowKey]().once ?? false
    },
    get encode() {
      return this[rowKey]().encode
    },
    get decode() {
      return this[rowKey]().decode
    },
    pipe() {
      return pipeArguments(this, arguments)
    }
  } satisfies Omit<OkMethod.Any, "name"> & ThisType<WithRow>,
  Function.prototype
)

const noRules: OkMethod.Any["rules"] = []

/** A method is a function with the properties of its row; the calls it makes hold the method itself. */
export const fromRow = (name: string, row: LazyArg<Row>, more: object = {}): OkMethod.Any => {
  let made: Row | undefined
  const method: OkMethod.Any = Object.setPrototypeOf(
    Object.assign((params: unknown = {}) => Call.make(method, params), more, { [rowKey]: () => made ??= row() }),
    Proto
  )
  return Object.defineProperty(method, "name", { value: name })
}

/** The same method with more properties, and other ones in its row. */
export const extend = <M extends OkMethod.Any, More extends object>(
  method: M,
  more: More,
  row: Partial<Row> = {}
): M & More =>
  // It has whatever `method` has by itself, which its type does not follow.
  fromRow(method.name, () => ({ ...(method as unknown as WithRow)[rowKey](), ...row }), { ...method, ...more }) as
    & M
    & More
