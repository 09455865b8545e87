import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Ref from "effect/Ref"
import type { Faults } from "./fault.js"
import type { Journal, Request } from "./journal.js"
import type { Settings } from "./oauth/settings.js"
import type { Table } from "./table.js"
import type { Application, World } from "./world.js"

/** What the routes share. */
export class State extends Context.Tag("@effect-okru/sandbox/internal/State")<State, {
  readonly application: Application
  readonly table: Table
  readonly settings: Settings
  readonly world: Ref.Ref<World>
  readonly journal: Ref.Ref<Journal>
  readonly faults: Ref.Ref<Faults>
  readonly onRequest: (request: Request) => Effect.Effect<void>
}>() {}
