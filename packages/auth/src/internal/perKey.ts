import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Ref from "effect/Ref"

/** One value per key, for as long as somebody holds it. */
export interface PerKey<A> {
  /** Makes the value, or shares the one there is. To be followed by {@link PerKey.release}. */
  readonly hold: (key: string) => Effect.Effect<A>
  /** The last one to let go of a value drops it. */
  readonly release: (key: string) => Effect.Effect<void>
  /** Holds the value while an effect runs. */
  readonly use: <B, E, R>(key: string, f: (value: A) => Effect.Effect<B, E, R>) => Effect.Effect<B, E, R>
}

export const make = <A>(create: () => A): Effect.Effect<PerKey<A>> =>
  Effect.map(Ref.make(HashMap.empty<string, { readonly value: A; readonly holders: number }>()), (ref) => {
    const hold = (key: string) =>
      Ref.modify(ref, (held) => {
        const { holders, value } = Option.getOrElse(HashMap.get(held, key), () => ({ value: create(), holders: 0 }))
        return [value, HashMap.set(held, key, { value, holders: holders + 1 })]
      })
    const release = (key: string) =>
      Ref.update(ref, (held) =>
        Option.match(HashMap.get(held, key), {
          onNone: () => held,
          onSome: ({ holders, value }) =>
            holders === 1 ? HashMap.remove(held, key) : HashMap.set(held, key, { value, holders: holders - 1 })
        }))
    return { hold, release, use: (key, f) => Effect.acquireUseRelease(hold(key), f, () => release(key)) }
  })
