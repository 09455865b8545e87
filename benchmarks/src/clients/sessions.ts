/**
 * This library with the sessions of many users in one `SessionManager`: each call is the next user's.
 */
import * as Credentials from "@effect-okru/auth/Credentials"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkPolicy, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { fields } from "../answer.js"
import type { Make } from "../Client.js"
import { fromEffect } from "../EffectClient.js"
import { session } from "../form.js"
import { layerClient, type TransportLayer } from "./okru.js"

// No token comes to its end while it is measured, so nothing is ever refreshed.
const Manager = SessionManager.layerWith(() => Effect.succeed(Option.none()), {
  authorizeUrl: () => Effect.succeed("http://127.0.0.1/sign-in")
})

export const of = (users: number, transport: TransportLayer): Make => (origin) => {
  const signIn = Layer.effectDiscard(
    Effect.flatMap(
      SessionManager.SessionManager,
      (manager) =>
        Effect.forEach(Array.from({ length: users }), (_, user) =>
          Effect.flatMap(
            Credentials.make({
              accessToken: Redacted.make(`${session.accessToken}-${user}`),
              sessionSecretKey: Redacted.make(session.secretKey),
              expiresIn: "1 day"
            }),
            (credentials) => manager.save(String(user), credentials)
          ), { discard: true })
    )
  )
  let next = 0
  const call = Effect.flatMap(SessionManager.SessionManager, (manager) =>
    Users.getCurrentUser({ fields }).pipe(
      Effect.provideService(OkSession.OkSession, manager.session(String(next++ % users)))
    ))
  return fromEffect(
    call,
    signIn.pipe(
      Layer.provideMerge(Manager),
      Layer.provide(TokenStore.layerMemory),
      Layer.provideMerge(layerClient(transport, origin)),
      Layer.merge(OkPolicy.standard)
    )
  )
}
