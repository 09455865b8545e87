/*
 * Authorization codes: good once, for two minutes.
 */
import type { World } from "../world.js"

export interface Code {
  readonly code: string
  readonly uid: string
  /** Where it was sent to, query and all. */
  readonly redirectUri: string
  /** Milliseconds since 1970. */
  readonly expires: number
}

const life = 2 * 60 * 1000

// Most are used at once, the others are forgotten some day.
const most = 1000

export const issueCode = (world: World, uid: string, redirectUri: string, now: number): readonly [string, World] => {
  const code = `test-authorization-code-${world.nextToken}`
  return [code, {
    ...world,
    nextToken: world.nextToken + 1,
    codes: [...world.codes.slice(1 - most), { code, uid, redirectUri, expires: now + life }]
  }]
}

export const codeOf = (world: World, code: string): Code | undefined =>
  world.codes.find((issued) => issued.code === code)

/** From now on there is no such code. */
export const useCode = (world: World, used: Code): World => ({
  ...world,
  codes: world.codes.filter(({ code }) => code !== used.code)
})
