import { OkCall, OkClient } from "@effect-okru/core"
import * as Friends from "@effect-okru/methods/Friends"
import * as Users from "@effect-okru/methods/Users"

// Of one call.
export const body = Friends.get().pipe(OkCall.passError)

// Of all of them.
const api = OkClient.derive({ users: Users, friends: Friends }, OkClient.passError)

export const me = api.users.getCurrentUser()
