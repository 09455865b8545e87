import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"

/** A secret, where there is one: an empty text, as an environment has it, is none. */
export const present = (secret: Redacted.Redacted<string> | undefined): Option.Option<Redacted.Redacted<string>> =>
  Option.filter(Option.fromNullable(secret), (secret) => Redacted.value(secret) !== "")

/** What to do where something is signed with the application's secret key, and there is none. */
export const noApplicationSecret = (what: string): string =>
  `${what} is signed with the application's secret key, which OkConfig does not have: ` +
  "set applicationSecretKey (OKRU_APPLICATION_SECRET_KEY)"
