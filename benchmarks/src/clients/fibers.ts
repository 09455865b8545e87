/**
 * undici by hand, called from a program of Effect: what a fiber for each call takes.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Make } from "../Client.js"
import { fromEffect } from "../EffectClient.js"
import { postWith } from "./undici.js"

export const inFibers = (connections: number): Make => async (origin) => {
  const { call } = await postWith(connections)(origin)
  return fromEffect(Effect.promise(call), Layer.empty)
}
