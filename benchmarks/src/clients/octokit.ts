/**
 * `@octokit/request`, the core of the most used API client in TypeScript. What it sends is signed by hand.
 */
import { request } from "@octokit/request"
import { fromPromise, type Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

export const post: Make = (origin) => {
  const send = request.defaults({ baseUrl: origin, headers: { "content-type": contentType } })
  return fromPromise(async () => {
    const { data } = await send("POST /fb.do", { data: signed(parameters) })
    return data
  })
}
