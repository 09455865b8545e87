/**
 * By hand over a `Pool` of undici. The floor is `Pool.request`, as it is usually written.
 */
import { Pool } from "undici"
import { fromPromise, type Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

// As many as calls are made at a time.
const connections = 64

/** With as many connections as there are calls under way: what waits for a connection is not under way. */
export const postWith = (connections: number): Make => (origin) => {
  const pool = new Pool(origin, { connections })
  const headers = { "content-type": contentType }
  return fromPromise(async () => {
    const { body } = await pool.request({ method: "POST", path: "/fb.do", headers, body: signed(parameters) })
    return parseJson(await body.text())
  })
}

// By itself, so that a profile can tell its share.
const parseJson = (text: string): unknown => JSON.parse(text)

export const post = postWith(connections)

/** By the callbacks that `Pool.request` is made of, without its stream: the least that undici takes. */
export const dispatched: Make = (origin) => {
  const pool = new Pool(origin, { connections })
  const headers = { "content-type": contentType }
  return fromPromise(() =>
    new Promise<unknown>((resolve, reject) => {
      const chunks: Array<Buffer> = []
      pool.dispatch({ method: "POST", path: "/fb.do", headers, body: signed(parameters) }, {
        onRequestStart: () => {},
        onResponseData: (_, chunk) => {
          chunks.push(chunk)
        },
        onResponseEnd: () => resolve(parseJson(Buffer.concat(chunks).toString())),
        onResponseError: (_, error) => reject(error)
      })
    })
  )
}

export const get: Make = (origin) => {
  const pool = new Pool(origin, { connections })
  return fromPromise(async () => {
    const { body } = await pool.request({ method: "GET", path: `/fb.do?${signed(parameters)}` })
    return parseJson(await body.text())
  })
}
