import type * as PlatformError from "@effect/platform/Error"
import * as Effect from "effect/Effect"

/** What went wrong. The words of a platform error can quote what was passed to it. */
export const issueOf = (error: PlatformError.PlatformError): string =>
  `${error.module}.${error.method}: ${error._tag === "SystemError" ? error.reason : error._tag}`

/** Whether there was something to do it to. */
export const isThere = <A, R>(
  effect: Effect.Effect<A, PlatformError.PlatformError, R>
): Effect.Effect<boolean, PlatformError.PlatformError, R> =>
  effect.pipe(
    Effect.as(true),
    Effect.catchIf(
      (error) => error._tag === "SystemError" && error.reason === "NotFound",
      () => Effect.succeed(false)
    )
  )
