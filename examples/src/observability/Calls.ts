/**
 * A page that calls OK.ru, as a backend has one, on an OK.ru in the same process: one call goes well, one is slowed down and
 * repeated, one comes with a session that is over, and one fails.
 */
import { OkClient, OkPolicy, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as Sandbox from "@effect-okru/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Ref from "effect/Ref"

/** Signs in again when OK.ru says that the session is over, as `SessionManager` does from a store of tokens. */
const layerSession = Layer.unwrapEffect(Effect.gen(function*() {
  const sandbox = yield* Sandbox.Sandbox
  const [user] = yield* sandbox.users
  const session = yield* Ref.make(user)
  return OkSession.layer({
    current: Effect.map(
      Ref.get(session),
      ({ accessToken, sessionSecretKey }) => OkSession.Credentials.Client({ accessToken, sessionSecretKey })
    ),
    renew: () => Effect.as(Effect.flatMap(sandbox.openSession(user.uid), (user) => Ref.set(session, user)), true)
  })
}))

/** OK.ru in the same process, a session, and the policies. */
export const layer = Layer.mergeAll(
  OkClient.layerHttp(),
  layerSession,
  OkPolicy.standard
).pipe(
  Layer.provide(Sandbox.layerOkConfig),
  Layer.provide(Sandbox.layerHttpClient),
  Layer.provideMerge(Sandbox.layer())
)

/** A page of a backend, as its own span: what stands above the calls in the trace. */
export const page = Effect.gen(function*() {
  const sandbox = yield* Sandbox.Sandbox
  const me = yield* Users.getCurrentUser({ fields: ["uid", "name"] })
  yield* sandbox.fault({ kind: "flood", waitMillis: 30 }, { method: Friends.get })
  const friends = yield* Friends.get()
  yield* sandbox.expireSession(me.uid)
  yield* Users.getInfo({ uids: friends.slice(0, 3), fields: ["uid", "name"] })
  // The user takes back what the application may do.
  yield* sandbox.revoke(me.uid, ...Users.getInfo.permissions)
  yield* Effect.ignore(Users.getInfo({ uids: friends.slice(0, 3), fields: ["uid", "name"] }))
}).pipe(Effect.withSpan("GET /friends", { kind: "server", captureStackTrace: false }))
