import { OkClient, OkConfig, OkPolicy, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const friendsByName = Effect.gen(function*() {
  const me = yield* Users.getCurrentUser({ fields: ["uid", "first_name"] })
  const ids = yield* Friends.get()
  // To ask for nobody is a mistake, also for OK.ru. The first 100, as many as one call takes.
  const friends = ids.length === 0 ? [] : yield* Users.getInfo({ uids: ids.slice(0, 100), fields: ["uid", "name"] })
  return { me, friends }
}).pipe(
  Effect.catchTag("OkSessionExpired", () => Effect.fail("sign in again" as const))
)

// The application comes from the environment, the session from a token, the signature follows from both.
const Session = Layer.unwrapEffect(
  Effect.map(Config.redacted("OKRU_ACCESS_TOKEN"), (accessToken) => OkSession.layerServer({ accessToken }))
)
const Ok = Layer.mergeAll(OkClient.layerHttp(), Session, OkPolicy.standard).pipe(
  Layer.provide(FetchHttpClient.layer),
  Layer.provide(OkConfig.layerConfig())
)

export const program = Effect.provide(friendsByName, Ok)
