import * as OkConfig from "@effect-okru/core/OkConfig"
import { OkSigningError } from "@effect-okru/core/OkError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"

/** The application's secret key, for something that cannot do without: `"the token endpoint"`. */
export const applicationSecret = (
  what: string
): Effect.Effect<Redacted.Redacted<string>, OkSigningError, OkConfig.OkConfig> =>
  Effect.flatMap(
    OkConfig.OkConfig,
    ({ applicationSecretKey }) =>
      Option.match(applicationSecretKey, {
        onNone: () =>
          Effect.fail(
            new OkSigningError({
              issue: `${what} needs the application's secret key, which OkConfig does not have: ` +
                "set applicationSecretKey (OKRU_APPLICATION_SECRET_KEY)"
            })
          ),
        onSome: Effect.succeed
      })
  )
