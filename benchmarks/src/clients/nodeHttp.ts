/**
 * By hand over `node:http` with an agent that keeps its connections.
 */
import { Agent, request } from "node:http"
import { fromPromise, type Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

export const post: Make = (origin) => {
  const agent = new Agent({ keepAlive: true })
  // Not the address as a text, which Node would take apart for each call.
  const { hostname: host, port } = new URL(origin)
  return fromPromise(() =>
    new Promise((resolve, reject) => {
      const body = signed(parameters)
      const options = {
        agent,
        host,
        port,
        path: "/fb.do",
        method: "POST",
        headers: { "content-type": contentType, "content-length": Buffer.byteLength(body) }
      }
      request(options, (response) => {
        let text = ""
        response.setEncoding("utf8")
        response.on("data", (chunk: string) => {
          text += chunk
        })
        response.on("end", () => {
          resolve(JSON.parse(text))
        })
        response.on("error", reject)
      }).on("error", reject).end(body)
    })
  )
}
