import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"

/** There is no answer, and there will be none. */
export class ConnectionReset extends Data.TaggedError("ConnectionReset") {
  override get message(): string {
    return "the sandbox reset the connection"
  }
}

/** What a request came over. Whoever runs the app elsewhere sees a defect. */
export class Connection extends Context.Reference<Connection>()("@effect-okru/sandbox/internal/Connection", {
  defaultValue: (): { readonly reset: Effect.Effect<never> } => ({ reset: Effect.die(new ConnectionReset()) })
}) {}
