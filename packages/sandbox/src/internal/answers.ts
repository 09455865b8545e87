import * as Either from "effect/Either"
import { auth } from "./answers/auth.js"
import { events } from "./answers/events.js"
import { friends } from "./answers/friends.js"
import { group } from "./answers/group.js"
import { users } from "./answers/users.js"
import type { Answers, Call, Outcome } from "./call.js"
import { generate } from "./generated.js"
import type { Refusal } from "./refusal.js"
import type { World } from "./world.js"

const answers: Answers = { ...auth, ...events, ...friends, ...group, ...users }

export const answer = (call: Call, world: World): Either.Either<Outcome, Refusal> =>
  answers[call.method.name]?.(call, world) ?? Either.right({ body: generate(call), world })
