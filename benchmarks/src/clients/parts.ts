/**
 * Parts of a call, by themselves: reading an answer and signing.
 */
import { Json, Signature } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { hash } from "node:crypto"
import { createRequire } from "node:module"
import { dirname, extname, join } from "node:path"
import { pathToFileURL } from "node:url"
import type * as FormModule from "../../../packages/core/src/internal/form.js"
import { areHundredUsers, fields, hundredUsers } from "../answer.js"
import { fromSync, type Make } from "../Client.js"
import { parameters, session, signed } from "../form.js"

/** `JSON.parse` of a hundred users, alone. */
export const jsonParse: Make = () => fromSync(() => JSON.parse(hundredUsers), areHundredUsers, 1)

/** The same text, parsed by this library, which keeps the digits of long integers. */
export const parse: Make = () => fromSync(() => Either.getOrThrow(Json.parse(hundredUsers)), areHundredUsers, 1)

/** The parsed users, validated and decoded. */
export const decode: Make = () => {
  const body = Either.getOrThrow(Json.parse(hundredUsers))
  const params = { uids: ["1"], fields }
  return fromSync(() => Either.getOrThrow(Users.getInfo.decode(body, params)), areHundredUsers, 1)
}

/** MD5 and concatenation by hand. */
export const signByHand: Make = () => fromSync(() => signed(parameters), isForm, 100)

// What writes a form is not exported. It is found beside what is.
const signature = createRequire(import.meta.url).resolve("@effect-okru/core/Signature")
const Form: typeof FormModule = await import(
  pathToFileURL(join(dirname(signature), "internal", `form${extname(signature)}`)).href
)

/** The signed text, the signature and the form by this library. */
export const sign: Make = () => {
  const secret = Redacted.make(session.secretKey)
  const md5 = (text: string) => hash("md5", text)
  const write = Form.writer({})
  return fromSync(
    () => {
      const { canonical, text } = write(parameters)
      const sig = Signature.sign(canonical, secret, md5)
      return Form.append(Form.append(text, "sig", sig), "access_token", session.accessToken)
    },
    isForm,
    100
  )
}

const isForm = (form: unknown): boolean => typeof form === "string" && /&sig=[0-9a-f]{32}&access_token=/.test(form)
