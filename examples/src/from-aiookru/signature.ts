import { OkCall, OkSession } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Effect from "effect/Effect"

/** `sig_circuit`: `Client`, or `Server`. */
export const circuit = Effect.gen(function*() {
  const session = yield* OkSession.OkSession
  return (yield* session.current)._tag
})

/** `params_to_str` without the secret key, and `sign_params`. */
export const signature = Effect.map(OkCall.request(Friends.get()), ({ canonical, sig }) => ({ canonical, sig }))
