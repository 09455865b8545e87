import { OkError } from "@effect-okru/core"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"

export const nameOf = (uid: string) =>
  Users.getInfo({ uids: [uid], fields: ["uid", "name"] }).pipe(
    Effect.map(([user]) => user?.name),
    // By what there is to do.
    Effect.catchTag("OkSessionExpired", () => Effect.fail("sign in again" as const)),
    // By the number.
    OkError.catchCode(300, () => Effect.succeed(undefined)),
    // Whatever else OK.ru said: its `code`, its name for it, what it sent along.
    Effect.mapError((error) => OkError.isApiError(error) ? { code: error.code, reason: error.reason } : error)
  )
