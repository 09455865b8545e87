/**
 * By hand over a `Pool` of undici: the floor.
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

export const get: Make = (origin) => {
  const pool = new Pool(origin, { connections })
  return fromPromise(async () => {
    const { body } = await pool.request({ method: "GET", path: `/fb.do?${signed(parameters)}` })
    return parseJson(await body.text())
  })
}
