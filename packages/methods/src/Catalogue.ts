/**
 * All methods at once, for tables, checks and servers. A program that calls OK.ru imports its groups instead: this module
 * pulls in every one of them.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Api from "./Api.js"

/**
 * Every method, in the order of its name.
 *
 * @since 0.1.0
 * @category methods
 */
export const methods: ReadonlyArray<OkMethod.Any> = Object.values(Api)
  .flatMap((group): ReadonlyArray<unknown> => Object.values(group))
  .filter(OkMethod.isOkMethod)
  .sort((a, b) => a.name < b.name ? -1 : 1)

/**
 * What there is to say of a method, as plain data.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly name: string
  readonly session: OkMethod.Session
  readonly permissions: ReadonlyArray<string>
  readonly kind: "read" | "write"
  readonly params: ReadonlyArray<{ readonly name: string; readonly required: boolean }>
  /** Whether any source documents the answer. */
  readonly documented: boolean
}

/**
 * The row of a method.
 *
 * @since 0.1.0
 * @category rows
 */
export const row = (method: OkMethod.Any): Row => ({
  name: method.name,
  session: method.session,
  permissions: method.permissions,
  kind: method.kind,
  params: SchemaAST.getPropertySignatures(SchemaAST.encodedAST(Schema.Struct(method.params).ast)).map((parameter) => ({
    name: String(parameter.name),
    required: !parameter.isOptional
  })),
  documented: method.success !== OkMethod.Undocumented
})
