/**
 * By hand over a `Pool` of undici: the floor.
 */
import { Pool } from "undici"
import { fromPromise, type Make } from "../Client.js"
import { contentType, parameters, signed } from "../form.js"

// As many as calls are made at a time; only a test of memory makes more.
const connections = 64

export const post: Make = (origin) => {
  const pool = new Pool(origin, { connections })
  const headers = { "content-type": contentType }
  return fromPromise(async () => {
    const { body } = await pool.request({ method: "POST", path: "/fb.do", headers, body: signed(parameters) })
    return JSON.parse(await body.text())
  })
}

export const get: Make = (origin) => {
  const pool = new Pool(origin, { connections })
  return fromPromise(async () => {
    const { body } = await pool.request({ method: "GET", path: `/fb.do?${signed(parameters)}` })
    return JSON.parse(await body.text())
  })
}
