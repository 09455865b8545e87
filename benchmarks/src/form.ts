/**
 * The call that every client makes, `users.getCurrentUser` with twenty fields, signed by hand: what the clients share that
 * bring no signing of their own.
 */
import { hash } from "node:crypto"
import { fields } from "./answer.js"

/** Of nobody. */
export const application = {
  id: "1",
  key: "TEST-APPLICATION-KEY",
  secretKey: "TEST-APPLICATION-SECRET-KEY"
}

/** Of nobody. */
export const session = {
  accessToken: "-s-TEST-ACCESS-TOKEN-0123456789abcdefghijklmnopqrstuvwxyz",
  secretKey: "test-session-secret-key-00000000"
}

export const method = "users.getCurrentUser"

export interface Parameters {
  readonly [name: string]: string
}

/** Sorted by name, as they are signed. */
export const parameters: Parameters = {
  application_key: application.key,
  fields: fields.join(","),
  format: "json",
  method
}

export const contentType = "application/x-www-form-urlencoded;charset=utf-8"

/** The form of sorted parameters, with their signature and the token, in one pass: the least that a client has to do. */
export const signed = (parameters: Parameters): string => {
  let base = ""
  let form = ""
  for (const name in parameters) {
    const value = parameters[name] ?? ""
    base += name + "=" + value
    form += name + "=" + encodeURIComponent(value) + "&"
  }
  return form + "sig=" + hash("md5", base + session.secretKey) + "&access_token=" +
    encodeURIComponent(session.accessToken)
}
