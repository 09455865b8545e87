/**
 * Every client by its name. Each is imported by the process that runs it and by no other.
 */
import type { Make } from "./Client.js"

const lazily = <M>(module: () => Promise<M>, make: (module: M) => Make | Promise<Make>) => async (): Promise<Make> =>
  make(await module())

const fetchLayer = async () => (await import("@effect/platform/FetchHttpClient")).layer
const undiciLayer = async () => (await import("@effect/platform-node/NodeHttpClient")).layerUndici

const undici = () => import("./clients/undici.js")
const fibers = () => import("./clients/fibers.js")
const nodeHttp = () => import("./clients/nodeHttp.js")
const fetch = () => import("./clients/fetch.js")
const npmOkRu = () => import("./clients/npmOkRu.js")
const octokit = () => import("./clients/octokit.js")
const vkIo = () => import("./clients/vkIo.js")
const platform = () => import("./clients/platform.js")
const lean = () => import("./clients/lean.js")
const effect4 = () => import("./clients/effect4.js")
const okru = () => import("./clients/okru.js")
const sessions = () => import("./clients/sessions.js")
const parts = () => import("./clients/parts.js")

export const clients = {
  "undici, POST": lazily(undici, ({ post }) => post),
  "undici, POST, 10,000 connections": lazily(undici, ({ postWith }) => postWith(10_000)),
  "undici, POST, 10,000 connections, in fibers": lazily(fibers, ({ inFibers }) => inFibers(10_000)),
  "undici, GET": lazily(undici, ({ get }) => get),
  "undici, dispatch": lazily(undici, ({ dispatched }) => dispatched),
  "node:http": lazily(nodeHttp, ({ post }) => post),
  "fetch, POST": lazily(fetch, ({ post }) => post),
  "fetch, GET": lazily(fetch, ({ get }) => get),
  "ok.ru": lazily(npmOkRu, ({ post }) => post),
  "@octokit/request": lazily(octokit, ({ post }) => post),
  "vk-io": lazily(vkIo, ({ post }) => post),
  "platform on fetch, bare": lazily(platform, async ({ bare }) => bare(await fetchLayer())),
  "platform on fetch, bare, no span": lazily(platform, async ({ bareUntraced }) => bareUntraced(await fetchLayer())),
  "platform on fetch, JSON": lazily(platform, async ({ json }) => json(await fetchLayer())),
  "platform on fetch, everything": lazily(platform, async ({ everything }) => everything(await fetchLayer())),
  "platform on undici, bare": lazily(platform, async ({ bare }) => bare(await undiciLayer())),
  "platform on undici, bare, no span": lazily(platform, async ({ bareUntraced }) => bareUntraced(await undiciLayer())),
  "platform on undici, JSON": lazily(platform, async ({ json }) => json(await undiciLayer())),
  "platform on undici, everything": lazily(platform, async ({ everything }) => everything(await undiciLayer())),
  "lean, JSON": lazily(lean, ({ json }) => json),
  "lean, everything but a span": lazily(lean, ({ everything }) => everything),
  "lean, everything": lazily(lean, ({ traced }) => traced),
  "Effect 4 on fetch, JSON": lazily(effect4, ({ json }) => json),
  "Effect 4 on fetch, everything": lazily(effect4, ({ everything }) => everything),
  "effect-okru": lazily(okru, ({ everything, fast }) => everything(fast)),
  "effect-okru, tracing off": lazily(okru, ({ fast, untraced }) => untraced(fast)),
  "effect-okru, patient": lazily(okru, ({ fastWith, patient }) => patient(fastWith(10_000))),
  "effect-okru on fetch itself": lazily(okru, ({ everything, fetch }) => everything(fetch)),
  "effect-okru on fetch": lazily(okru, async ({ everything, over }) => everything(over(await fetchLayer()))),
  "effect-okru on undici": lazily(okru, async ({ everything, over }) => everything(over(await undiciLayer()))),
  "1 session": lazily(sessions, async ({ of }) => of(1, (await okru()).fast)),
  "10,000 sessions": lazily(sessions, async ({ of }) => of(10_000, (await okru()).fast)),
  "JSON.parse": lazily(parts, ({ jsonParse }) => jsonParse),
  "parse": lazily(parts, ({ parse }) => parse),
  "decode": lazily(parts, ({ decode }) => decode),
  "sign by hand": lazily(parts, ({ signByHand }) => signByHand),
  "sign": lazily(parts, ({ sign }) => sign)
}

export type Name = keyof typeof clients

export const isName = (name: string): name is Name => Object.hasOwn(clients, name)
