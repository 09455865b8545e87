import { OkConfig } from "@effect-okru/core"
import { Sandbox } from "@effect-okru/sandbox"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"

export const firstUser = Effect.flatMap(Sandbox.Sandbox, ({ users }) => Effect.map(users, ([user]) => user))

/** Goes through the login page like a user who has granted everything before, and comes back. For a client that follows no redirect. */
export const comeBack = (authorizeUrl: string) =>
  Effect.gen(function*() {
    const { login, password } = yield* firstUser
    const { connectUrl } = yield* OkConfig.OkConfig
    const opened = yield* HttpClient.get(authorizeUrl)
    const loggedIn = yield* HttpClientRequest.post(`${connectUrl}/dk?cmd=OAuth2Login&st.cmd=OAuth2Login`).pipe(
      HttpClientRequest.setHeader(
        "cookie",
        Object.values(opened.cookies.cookies).map(({ name, value }) => `${name}=${value}`).join("; ")
      ),
      HttpClientRequest.bodyUrlParams({
        "fr.posted": "set",
        "fr.email": login,
        "fr.password": Redacted.value(password)
      }),
      HttpClient.execute
    )
    return loggedIn.headers["location"] ?? ""
  })
