import * as Effect from "effect/Effect"

/**
 * `Effect.async`, but lets go of what it has called. V8 takes a function that is assigned to a property for one that lives long, as
 * Effect's own is that calls this: all that it refers to would be kept from the quick part of a garbage collection.
 */
export const registered = <A, E>(
  register: (resume: (effect: Effect.Effect<A, E>) => void) => Effect.Effect<void> | void
): Effect.Effect<A, E> => {
  let first: typeof register | undefined = register
  return Effect.async((resume) => {
    const register = first
    first = undefined
    return register?.(resume)
  })
}
