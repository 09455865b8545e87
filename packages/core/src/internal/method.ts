import { pipeArguments } from "effect/Pipeable"
import * as OkCall from "../OkCall.js"
import type * as OkMethod from "../OkMethod.js"
import { methodTypeId } from "./typeId.js"

/** A method is a function with a row's properties; the calls it makes hold the method itself. */
export const fromRow = (name: string, row: Omit<OkMethod.Any, "name" | "pipe" | OkMethod.TypeId>): OkMethod.Any => {
  const method: OkMethod.Any = Object.assign((params: unknown = {}) => OkCall.make(method, params), {
    ...row,
    [methodTypeId]: methodTypeId,
    pipe() {
      return pipeArguments(this, arguments)
    }
  })
  return Object.defineProperty(method, "name", { value: name })
}

/** The same method with more, or other, properties. */
export const extend = <M extends OkMethod.Any, Extra extends object>(method: M, extra: Extra): M & Extra =>
  // `fromRow` copies whatever the row has, which its type does not follow.
  fromRow(method.name, { ...method, ...extra }) as unknown as M & Extra
