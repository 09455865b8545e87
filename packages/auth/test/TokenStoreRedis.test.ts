import * as Cipher from "@effect-okru/auth/Cipher"
import { sharedTokenStoreLaws, tokenStoreLaws } from "@effect-okru/auth/testing/TokenStoreLaws"
import * as TokenStore from "@effect-okru/auth/TokenStore"
import * as PersistentStore from "@effect-okru/auth/TokenStore/Persistence"
import * as Redis from "@effect/experimental/Persistence/Redis"
import { describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RedisServer from "../../core/test/redisServer.js"

describe.skipIf(!RedisServer.isInstalled)("laws on Redis (needs redis-server)", () => {
  // A server for each law: none finds what another one left.
  const store = PersistentStore.layer().pipe(
    Layer.provide([Layer.unwrapScoped(Effect.map(Effect.orDie(RedisServer.make), Redis.layer)), Cipher.layerPlain])
  )
  for (const law of tokenStoreLaws) {
    it.live(law.name, () => Effect.provide(law.check, store))
  }

  for (const law of sharedTokenStoreLaws) {
    it.scopedLive(law.name, () =>
      Effect.gen(function*() {
        const server = yield* Effect.orDie(RedisServer.make)
        const instance = Layer.build(
          PersistentStore.layer().pipe(Layer.provide([Redis.layer(server), Cipher.layerPlain]))
        ).pipe(Effect.map(Context.get(TokenStore.TokenStore)))
        yield* law.check(yield* instance, yield* instance)
      }))
  }
})
