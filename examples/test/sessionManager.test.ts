import * as Credentials from "@effect-okru/auth/Credentials"
import * as SessionManager from "@effect-okru/auth/SessionManager"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Friends from "@effect-okru/methods/Friends"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const friendsOf = (user: string) => Friends.get().pipe(Effect.provide(SessionManager.sessionFor(user)))

// A manager that OK.ru gives no new token for any refresh token.
const Ok = (...answers: ReadonlyArray<FakeTransport.Answer>) =>
  SessionManager.layerWith(() => Effect.succeedNone, {
    authorizeUrl: () => Effect.succeed("https://example.com/login")
  }).pipe(
    Layer.provide(TokenStore.layerMemory),
    Layer.provideMerge(FakeTransport.layerClient(...answers))
  )

const signIn = Effect.gen(function*() {
  const manager = yield* SessionManager.SessionManager
  const credentials = yield* Credentials.make({
    accessToken: Redacted.make("test-access-token"),
    expiresIn: "30 minutes"
  })
  yield* manager.save("anna", credentials)
})

it.effect("knows the friends of who is signed in", () =>
  Effect.gen(function*() {
    yield* signIn
    assert.deepStrictEqual(yield* friendsOf("anna"), ["1", "2"])
  }).pipe(Effect.provide(Ok(FakeTransport.answer(Friends.get, ["1", "2"])))))

it.effect("says where to sign in again", () =>
  Effect.gen(function*() {
    yield* signIn
    const error = yield* Effect.flip(friendsOf("anna"))
    assert.strictEqual(error._tag, "ReauthorizationRequired")
  }).pipe(Effect.provide(Ok(FakeTransport.fail(Friends.get, { code: 102 })))))
