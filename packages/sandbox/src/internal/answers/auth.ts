/*
 * Signing in by the REST API. OK.ru lists these methods nowhere, so the catalogue of methods does not have them.
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { type Answers, text } from "../call.js"
import { refuse } from "../refusal.js"
import { userSignature } from "../signature.js"
import { accountBy, openSession, touchSession } from "../world.js"

/** Their rows, in the form of the catalogue. */
export const authMethods: ReadonlyArray<OkMethod.Any> = [
  OkMethod.make("auth.login", {
    session: "prohibited",
    permissions: [],
    kind: "write",
    sig: false,
    params: {
      user_name: OkParam.string,
      password: OkParam.string,
      verification_supported: OkParam.optional(OkParam.string),
      verification_supported_v: OkParam.optional(OkParam.string),
      verification_token: OkParam.optional(OkParam.string),
      gen_token: OkParam.optional(OkParam.string),
      deviceId: OkParam.optional(OkParam.string),
      client: OkParam.optional(OkParam.string)
    },
    success: OkMethod.Undocumented
  }),
  OkMethod.make("auth.touchSession", {
    session: "required",
    permissions: [],
    kind: "write",
    params: {},
    success: OkField.boolean
  })
]

export const auth: Answers = {
  "auth.login": (call, world) => {
    const account = accountBy(world, text(call, "user_name"), text(call, "password"))
    if (account === undefined) {
      return refuse(401, "INVALID_CREDENTIALS")
    }
    if (world.challenge === "captcha") {
      return refuse(402, "Captcha required")
    }
    if (world.challenge === "humanCheck") {
      return refuse(403, "Human check required", {
        ver_redirect_url: `${call.origin}/dk?st.cmd=anonymUnblockConfirmPhone`
      })
    }
    const [session, opened] = openSession(world, account.uid, call.now)
    const sessionKey = Redacted.value(session.accessToken)
    const signature = userSignature(account.uid, sessionKey, Redacted.value(call.application.secretKey))
    return Either.right({
      body: {
        uid: account.uid,
        session_key: sessionKey,
        session_secret_key: Redacted.value(session.sessionSecretKey),
        auth_token: `test-auth-token-${account.uid}`,
        api_server: `${call.origin}/`,
        activated_profile: true,
        auth_sig: signature,
        auth_hash: `test-auth-hash-${account.uid}`
      },
      world: opened
    })
  },

  "auth.touchSession": ({ now, session }, world) =>
    Either.right({ body: true, world: session === undefined ? world : touchSession(world, session, now) })
}
