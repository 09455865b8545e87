/**
 * The rows of the table, and what each stands for.
 */
import type { Name } from "./catalogue.js"

export interface Row {
  readonly name: Name | "aiohttp"
  readonly title: string
  /**
   * `floor`: by hand over the same undici, what all others are measured by. `peer`: what this library is to be ahead of.
   * `own`: this library. `lean`: put together for this one call of Effect and the same undici, and in no package.
   */
  readonly kind: "floor" | "peer" | "own" | "lean"
  /** A goal is about it: of this library, or of the peer that comes next to it. */
  readonly hasGoal?: boolean
}

/** What others are divided by. */
export const floor = "undici, POST" satisfies Name

/** With everything on, over the fast transport. */
export const own = "effect-okru" satisfies Name

/** The same, where the server keeps its answers back. */
export const floorPatient = "undici, POST, 10,000 connections" satisfies Name
export const floorInFibers = "undici, POST, 10,000 connections, in fibers" satisfies Name
export const ownPatient = "effect-okru, patient" satisfies Name

/** The same without spans. */
export const ownUntraced = "effect-okru, tracing off" satisfies Name

export const rows: ReadonlyArray<Row> = [
  { name: "undici, POST", title: "undici `Pool.request` by hand, POST, against itself", kind: "floor" },
  { name: "undici, GET", title: "undici `Pool.request` by hand, GET", kind: "floor" },
  { name: "undici, dispatch", title: "undici `Pool.dispatch` by hand, POST", kind: "floor" },
  { name: own, title: "**effect-okru**, fast transport, everything on", kind: "own", hasGoal: true },
  { name: ownUntraced, title: "**effect-okru**, fast transport, tracing off", kind: "own", hasGoal: true },
  { name: "effect-okru on undici", title: "**effect-okru** on `layerUndici` of @effect/platform-node", kind: "own" },
  { name: "effect-okru on fetch itself", title: "**effect-okru** on `fetch` itself", kind: "own" },
  { name: "effect-okru on fetch", title: "**effect-okru** on `FetchHttpClient`", kind: "own" },
  { name: "node:http", title: "node:http by hand, agent with keep-alive", kind: "peer", hasGoal: true },
  { name: "ok.ru", title: "npm `ok.ru`", kind: "peer" },
  { name: "fetch, GET", title: "global `fetch` by hand, GET", kind: "peer" },
  { name: "fetch, POST", title: "global `fetch` by hand, POST", kind: "peer" },
  { name: "aiohttp", title: "aiohttp by hand (Python)", kind: "peer" },
  { name: "@octokit/request", title: "@octokit/request", kind: "peer" },
  { name: "vk-io", title: "vk-io", kind: "peer" },
  { name: "platform on undici, JSON", title: "`layerUndici` of @effect/platform-node, JSON only", kind: "peer" },
  { name: "platform on undici, everything", title: "`layerUndici` with everything", kind: "peer" },
  { name: "platform on fetch, JSON", title: "`FetchHttpClient` of @effect/platform, JSON only", kind: "peer" },
  { name: "platform on fetch, everything", title: "`FetchHttpClient` with everything", kind: "peer" },
  { name: "Effect 4 on fetch, JSON", title: "`FetchHttpClient` of Effect 4, JSON only", kind: "peer" },
  { name: "Effect 4 on fetch, everything", title: "`FetchHttpClient` of Effect 4 with everything", kind: "peer" },
  { name: "lean, JSON", title: "a lean `HttpClient.makeWith` over `Pool.dispatch`, JSON only", kind: "lean" },
  { name: "lean, everything but a span", title: "the same with everything but a span", kind: "lean" },
  { name: "lean, everything", title: "the same with everything", kind: "lean" }
]
