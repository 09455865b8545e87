import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import { type Answers, list, reading, subject } from "../call.js"
import { guestsOf } from "../world.js"

export const events: Answers = {
  "events.get": reading((call, world) =>
    Either.map(subject(call, world), (uid) => {
      const types = list(call, "types").map((type) => type.toUpperCase())
      const news = { ...world.news[uid], GUESTS: guestsOf(world, uid).length }
      return Object.entries(news)
        .filter(([type]) => types.length === 0 || types.includes(type))
        .map(([type, number]) => ({
          type,
          number,
          uid,
          lastId: 1_000_000 + number,
          message: 0,
          icon: 0,
          marker: Encoding.encodeBase64(`${type}:${number}`)
        }))
    })
  ),

  // Nothing has happened since the marker: nothing ever does.
  "events.updates": reading((call) =>
    Either.right({ marker: call.parameters["marker"] ?? Encoding.encodeBase64("events:1"), updates: [] })
  )
}
