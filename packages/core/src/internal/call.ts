import * as Effectable from "effect/Effectable"
import * as Inspectable from "effect/Inspectable"
import type * as OkCall from "../OkCall.js"
import * as OkClient from "../OkClient.js"
import type * as OkMethod from "../OkMethod.js"
import { callTypeId } from "./typeId.js"

const Proto = {
  ...Effectable.CommitPrototype,
  [callTypeId]: callTypeId,
  commit(this: OkCall.Any) {
    return OkClient.typed.interpret(this)
  },
  toJSON(this: OkCall.Any) {
    return { _id: "OkCall", method: this.method.name }
  },
  toString(this: OkCall.Any) {
    return `OkCall(${this.method.name})`
  },
  // What is passed to a method can be personal data, or a secret.
  [Inspectable.NodeInspectSymbol](this: OkCall.Any) {
    return this.toString()
  }
}

/** A method applied to parameters. */
export const make = (method: OkMethod.Any, params: unknown): OkCall.Any =>
  Object.assign(Object.create(Proto), { method, params })
