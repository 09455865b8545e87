import * as AuthorizationCode from "@effect-okru/auth/AuthorizationCode"
import * as Cipher from "@effect-okru/auth/Cipher"
import * as OAuthState from "@effect-okru/auth/OAuthState"
import * as Permissions from "@effect-okru/auth/Permissions"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { OkClient, OkConfig, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as NodeKeyValueStore from "@effect/platform-node/NodeKeyValueStore"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const redirectUri = "http://127.0.0.1:8080/callback"
const scope = Permissions.of(Friends.get)

// Where to send a user who wants to log in. `browser` is your id of the browser's session.
export const login = (browser: string) => AuthorizationCode.start({ redirectUri, scope, binding: browser })

// Takes the user back: compares the state, exchanges the code, keeps the session under the user's id.
export const callback = (browser: string, url: string) =>
  Effect.gen(function*() {
    const credentials = yield* AuthorizationCode.finish({ url, redirectUri, scope, binding: browser })
    const { uid } = yield* Users.getCurrentUser({ fields: ["uid"] }).pipe(
      Effect.provide(OkSession.layerServer({ accessToken: credentials.accessToken }))
    )
    const sessions = yield* SessionManager.SessionManager
    yield* sessions.save(uid, credentials)
    return uid
  })

// From now on: a session that renews itself, or says where to send the user when it cannot.
export const friendsOf = (user: string) =>
  Friends.get().pipe(
    Effect.provide(SessionManager.sessionFor(user)),
    Effect.catchTag("ReauthorizationRequired", ({ authorizeUrl }) => Effect.fail({ sendTo: authorizeUrl }))
  )

// In files, encrypted: they survive a restart and are shared by all processes.
const Store = Layer.unwrapEffect(Effect.gen(function*() {
  const directory = yield* Config.nonEmptyString("SESSIONS")
  const secret = yield* Config.redacted("TOKEN_KEY") // openssl rand -base64 32
  return TokenStore.layerKeyValueStore().pipe(
    Layer.provide([NodeKeyValueStore.layerFileSystem(directory), Cipher.layerAesGcm({ id: "1", secret })])
  )
}))

export const Backend = SessionManager.layer({ authorizeUrl: () => Effect.succeed("http://127.0.0.1:8080/login") }).pipe(
  Layer.provideMerge(OkClient.layerHttp()),
  Layer.provideMerge(FetchHttpClient.layer),
  Layer.provideMerge(OAuthState.layerMemory()),
  Layer.provide(Store),
  Layer.provideMerge(OkConfig.layerConfig())
)
