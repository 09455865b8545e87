/**
 * The npm package `ok.ru`. It signs by itself, by the server circuit, and opens a connection for each call.
 */
import ok from "ok.ru"
import { fromPromise, type Make } from "../Client.js"
import { application, parameters, session } from "../form.js"

export const post: Make = (origin) => {
  ok.setOptions({
    applicationId: application.id,
    applicationKey: application.key,
    applicationSecretKey: application.secretKey,
    accessToken: session.accessToken,
    restBase: `${origin}/fb.do`
  })
  return fromPromise(() =>
    new Promise((resolve, reject) =>
      // It writes into what it is given.
      ok.post({ ...parameters }, (error, body) => error === null ? resolve(body) : reject(error))
    )
  )
}
