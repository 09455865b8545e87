/**
 * What a grant gives: the token, what signs its calls, what renews it, and until when.
 *
 * @since 0.1.0
 */
import * as OkSession from "@effect-okru/core/OkSession"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { dual } from "effect/Function"
import * as Option from "effect/Option"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

const fields = Schema.Struct({
  /** Also called session key. */
  accessToken: Schema.Redacted(Schema.String),
  /** Signs the calls of the client circuit. Absent on the server circuit, where the application's secret key does. */
  sessionSecretKey: Schema.optional(Schema.Redacted(Schema.String)),
  /** Lives 30 days and can be used more than once. Only the authorization code grant gives one. */
  refreshToken: Schema.optional(Schema.Redacted(Schema.String)),
  /** When the access token ends, where OK.ru said so. */
  expiresAt: Schema.optional(Schema.DateTimeUtc),
  /** The scopes that OK.ru says the user granted. Where it does not say: after the code grant what was asked for, otherwise none. */
  permissionsGranted: Schema.Array(Schema.String),
  /** `session`, where OK.ru says it. */
  tokenType: Schema.optional(Schema.String),
  /** The `state` that came back with the grant. */
  state: Schema.optional(Schema.String)
})

/**
 * What OK.ru gave for one user and one application.
 *
 * @since 0.1.0
 * @category models
 */
export interface Credentials extends Schema.Schema.Type<typeof fields> {}

/**
 * As it is written down: with every secret in clear.
 *
 * @since 0.1.0
 * @category models
 */
export interface CredentialsEncoded extends Schema.Schema.Encoded<typeof fields> {}

/**
 * A user's credentials. In memory every secret is `Redacted`; encoding writes them in clear, so what is encoded belongs
 * into a store that nobody else reads or under a `Cipher`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Credentials: Schema.Schema<Credentials, CredentialsEncoded> = fields

/**
 * Credentials that have just been received: a life time becomes a point in time, by `Clock`.
 *
 * @example
 * ```ts
 * import * as Credentials from "@effect-okru/auth/Credentials"
 * import * as Redacted from "effect/Redacted"
 *
 * const received = Credentials.make({
 *   accessToken: Redacted.make("test-access-token"),
 *   refreshToken: Redacted.make("test-refresh-token"),
 *   expiresIn: "30 minutes"
 * })
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: {
  readonly accessToken: Redacted.Redacted<string>
  readonly sessionSecretKey?: Redacted.Redacted<string> | undefined
  readonly refreshToken?: Redacted.Redacted<string> | undefined
  /** `expires_in`, counted from now. */
  readonly expiresIn?: Duration.DurationInput | undefined
  readonly permissionsGranted?: ReadonlyArray<string> | undefined
  readonly tokenType?: string | undefined
  readonly state?: string | undefined
}): Effect.Effect<Credentials> =>
  Effect.map(DateTime.now, (now) => {
    const { expiresIn, permissionsGranted = [], ...rest } = options
    return {
      ...rest,
      permissionsGranted,
      ...(expiresIn !== undefined && expiresAfter(now, expiresIn))
    }
  })

// What lives longer than a date can say does not end.
const expiresAfter = (now: DateTime.Utc, life: Duration.DurationInput): { readonly expiresAt?: DateTime.Utc } =>
  Option.match(DateTime.make(now.epochMillis + Duration.toMillis(life)), {
    onNone: () => ({}),
    onSome: (expiresAt) => ({ expiresAt })
  })

/**
 * The credentials that core signs calls with: the client circuit where there is a session secret key, otherwise the
 * server circuit.
 *
 * @since 0.1.0
 * @category conversions
 */
export const toSession = (
  { accessToken, sessionSecretKey }: Credentials
): Exclude<OkSession.Credentials, { readonly _tag: "Application" }> =>
  sessionSecretKey === undefined
    ? OkSession.Credentials.Server({ accessToken })
    : OkSession.Credentials.Client({ accessToken, sessionSecretKey })

/**
 * Whether the access token ends within a time from now. `false` where OK.ru did not say when it ends.
 *
 * @since 0.1.0
 * @category expiry
 */
export const expiresWithin: {
  (duration: Duration.DurationInput): (self: Credentials) => Effect.Effect<boolean>
  (self: Credentials, duration: Duration.DurationInput): Effect.Effect<boolean>
} = dual(
  2,
  ({ expiresAt }: Credentials, duration: Duration.DurationInput): Effect.Effect<boolean> =>
    Effect.map(
      DateTime.now,
      (now) => expiresAt !== undefined && DateTime.lessThanOrEqualTo(expiresAt, DateTime.addDuration(now, duration))
    )
)

/**
 * Whether the access token has ended by now.
 *
 * @since 0.1.0
 * @category expiry
 */
export const isExpired = (self: Credentials): Effect.Effect<boolean> => expiresWithin(self, Duration.zero)

/**
 * Whether the token is one that lives 30 days and is prolonged by use, since the user granted `LONG_ACCESS_TOKEN`.
 *
 * @see https://apiok.ru/en/ext/oauth/permissions
 *
 * @since 0.1.0
 * @category expiry
 */
export const isLong = (self: Credentials): boolean => self.permissionsGranted.includes("LONG_ACCESS_TOKEN")
