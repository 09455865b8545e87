import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import { OkClient, OkSession } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

// `Ok` from above, with the states that are under way.
const Ok = Layer.merge(OkClient.layerHttp(), OAuthState.layerMemory()).pipe(
  Layer.provideMerge(Sandbox.layerOkConfig),
  Layer.provideMerge(Sandbox.layerHttpClient),
  Layer.provideMerge(Sandbox.layer())
)

const redirectUri = "http://127.0.0.1:8080/callback"

it.effect("a user signs in", () =>
  Effect.gen(function*() {
    const authorizeUrl = yield* AuthorizationCode.start({ redirectUri, scope: ["VALUABLE_ACCESS"] })
    const url = yield* SandboxUser.comeBack(authorizeUrl)
    const credentials = yield* AuthorizationCode.finish({ url, redirectUri })
    const uid = yield* Users.getLoggedInUser().pipe(Effect.provide(OkSession.layerServer(credentials)))
    expect(uid).toBe((yield* SandboxUser.first).uid)
  }).pipe(Effect.provide(Ok)))
