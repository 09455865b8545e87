/**
 * By hand over the global `fetch`.
 */
import { fromPromise, type Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

export const post: Make = (origin) => {
  const headers = { "content-type": contentType }
  return fromPromise(async () => {
    const response = await fetch(`${origin}/fb.do`, { method: "POST", headers, body: signed(parameters) })
    return response.json()
  })
}

export const get: Make = (origin) =>
  fromPromise(async () => {
    const response = await fetch(`${origin}/fb.do?${signed(parameters)}`)
    return response.json()
  })
