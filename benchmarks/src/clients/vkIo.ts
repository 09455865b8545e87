/**
 * `vk-io`, the client of VK, an API of the same family. It does not sign. Its queue starts at most one call in a
 * millisecond, however high its limit is set.
 */
import { Agent } from "node:http"
import { API } from "vk-io"
import { fromPromise, type Make } from "../Client.js"
import { application, method, parameters, session } from "../form.js"

export const post: Make = (origin) => {
  const api = new API({
    token: session.accessToken,
    apiBaseUrl: `${origin}/method`,
    apiLimit: 1_000_000,
    // Its type is that of the agent for https, which it hands to whatever the address asks for.
    agent: new Agent({ keepAlive: true }) as never
  })
  const params = { application_key: application.key, fields: parameters["fields"] }
  return fromPromise(() => api.call(method, params))
}
