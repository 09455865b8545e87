/**
 * What the user's grant gave, beside the session that is made of it. Every `layerSession` of this package outputs both,
 * so that a program can keep the refresh token, see the granted permissions or know when the session ends.
 *
 * @since 0.1.0
 */
import type * as OkConfig from "@effect-okru/core/OkConfig"
import type { OkSigningError } from "@effect-okru/core/OkError"
import * as OkSession from "@effect-okru/core/OkSession"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Credentials from "./Credentials.js"

/**
 * The credentials of the user who signed in.
 *
 * @since 0.1.0
 * @category tags
 */
export class Grant extends Context.Tag("@effect-okru/auth/Grant")<Grant, Credentials.Credentials>() {}

/**
 * A user's session from whatever grant, on the circuit that follows from it: the client circuit where a session secret
 * key came with the token.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <E, R>(
  grant: Effect.Effect<Credentials.Credentials, E, R>
): Layer.Layer<Grant | OkSession.OkSession | OkSession.OkAnySession, E | OkSigningError, R | OkConfig.OkConfig> =>
  Layer.unwrapEffect(
    Effect.map(
      grant,
      (credentials) => Layer.merge(Layer.succeed(Grant, credentials), OkSession.fromCredentials(credentials))
    )
  )

/**
 * A user's session on the server circuit, which can also call what only the application may.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerServer = <E, R>(
  grant: Effect.Effect<Credentials.Credentials, E, R>
): Layer.Layer<
  Grant | OkSession.OkSession | OkSession.OkAppSession | OkSession.OkAnySession,
  E | OkSigningError,
  R | OkConfig.OkConfig
> =>
  Layer.unwrapEffect(
    Effect.map(grant, (credentials) =>
      Layer.merge(
        Layer.succeed(Grant, credentials),
        // No more than a call needs: the refresh token stays behind.
        OkSession.layerServer({ accessToken: credentials.accessToken })
      ))
  )
