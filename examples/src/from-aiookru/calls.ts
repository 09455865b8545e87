import { OkClient, OkMethod } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"

export const direct = (uids: ReadonlyArray<string>) => Users.getInfo({ uids, fields: ["uid", "name"] })

// The shape of `API(session)`. The session is not a part of it: a program is given one where it runs.
const api = OkClient.derive({ users: Users, friends: Friends })

export const derived = Effect.gen(function*() {
  const ids = yield* api.friends.get()
  return ids.length === 0 ? [] : yield* api.users.getInfo({ uids: ids.slice(0, 100), fields: ["uid", "name"] })
})

// `await api("users.getInfo", …)`: any method, any parameters.
export const byName = (uids: ReadonlyArray<string>) =>
  OkMethod.untyped("users.getInfo", { kind: "read" })({ uids, fields: "uid,name" })
