/*
 * Written from the documentation and on Node's own MD5, sharing nothing with the client: a server that signed with the
 * client's code would agree with all of its mistakes.
 */
import { createHash } from "node:crypto"

const md5 = (text: string): string => createHash("md5").update(text, "utf8").digest("hex")

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => a < b ? -1 : a > b ? 1 : 0

/** `sig` over these parameters, without those that are `unsigned`. */
export const sign = (
  parameters: { readonly [name: string]: string },
  secret: string,
  unsigned: ReadonlyArray<string>
): string => {
  const pairs = Object.entries(parameters).filter(([name]) => !unsigned.includes(name)).sort(byName)
  return md5(pairs.map(([name, value]) => `${name}=${value}`).join("") + secret)
}

// The documentation leaves `session_key` out, both of the official browser SDKs sign it: either is accepted.
const unsignedSets = [
  ["sig", "resig", "access_token", "session_key"],
  ["sig", "resig", "access_token"]
]

/** Whether `sig` is what one of the secrets gives. */
export const verify = (
  parameters: { readonly [name: string]: string },
  sig: string,
  secrets: ReadonlyArray<string>
): boolean => secrets.some((secret) => unsignedSets.some((unsigned) => sign(parameters, secret, unsigned) === sig))

/** What stands for the session's secret where a server knows the application's only. */
export const serverSecret = (accessToken: string, applicationSecretKey: string): string =>
  md5(accessToken + applicationSecretKey)

/** `auth_sig`: who opened a session, in a form that an application can check. */
export const userSignature = (uid: string, sessionKey: string, applicationSecretKey: string): string =>
  md5(uid + sessionKey + applicationSecretKey)
