/*
 * The address at which OK.ru opens a web application for a user.
 */
import * as Redacted from "effect/Redacted"
import { sign, userSignature } from "./signature.js"
import { type Application, type Session, usesApplication, type World } from "./world.js"

/** An address with the launch parameters, and both of their signatures. */
export const launchUrl = (
  application: Application,
  world: World,
  session: Session,
  address: string,
  more: { readonly [name: string]: string }
): string => {
  const secret = Redacted.value(application.secretKey)
  const sessionKey = Redacted.value(session.accessToken)
  const url = new URL(address)
  const parameters = {
    ...Object.fromEntries(url.searchParams),
    logged_user_id: session.uid,
    api_server: "https://api.ok.ru/",
    application_key: application.key,
    session_key: sessionKey,
    session_secret_key: Redacted.value(session.sessionSecretKey),
    authorized: usesApplication(world, session.uid) ? "1" : "0",
    apiconnection: `${application.id}_1`,
    refplace: "user_apps_portlet_recent",
    referer: "",
    custom_args: "",
    container: "true",
    header_widget: "",
    ...more,
    auth_sig: userSignature(session.uid, sessionKey, secret)
  }
  url.search = new URLSearchParams({ ...parameters, sig: sign(parameters, secret, ["sig"]) }).toString()
  return url.href
}
