/*
 * All that the sandbox knows, as one immutable value. Answers are functions of it.
 */
import * as Array from "effect/Array"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import * as Redacted from "effect/Redacted"
import type { Code } from "./oauth/code.js"
import type { Dialog, SignedIn } from "./oauth/dialog.js"

export interface Application {
  readonly id: string
  readonly key: string
  readonly secretKey: Redacted.Redacted<string>
}

export interface Place {
  readonly city: string
  readonly country: string
  readonly countryCode: string
  readonly countryName: string
}

export interface Status {
  readonly id: string
  readonly text: string
  readonly at: number
}

export interface Profile {
  readonly uid: string
  readonly firstName: string
  readonly lastName: string
  readonly gender: "male" | "female"
  /** `yyyy-MM-dd`. */
  readonly birthday: string
  readonly hidesBirthYear: boolean
  readonly place: Place
  readonly locale: string
  readonly photoId: string | undefined
  readonly online: "web" | "mobile" | undefined
  readonly devices: ReadonlyArray<string>
  readonly minutesSinceOnline: number
  readonly registered: number
  readonly status: Status | undefined
}

/** Somebody who can sign in, and what they granted the application. */
export interface Account {
  readonly uid: string
  readonly login: string
  readonly password: Redacted.Redacted<string>
  readonly usesApplication: boolean
  readonly permissions: ReadonlyArray<string>
}

export interface Session {
  readonly uid: string
  readonly accessToken: Redacted.Redacted<string>
  readonly sessionSecretKey: Redacted.Redacted<string>
  /** What a new session is asked for with when this one is over. */
  readonly refreshToken: Redacted.Redacted<string>
  /** Milliseconds since 1970. */
  readonly expires: number
  /** When a long session was prolonged last. `undefined` for one that is not prolonged. */
  readonly prolonged: number | undefined
}

export interface RefreshToken {
  readonly uid: string
  readonly token: Redacted.Redacted<string>
  /** Milliseconds since 1970. */
  readonly expires: number
  readonly revoked: boolean
}

/** What somebody who signs in is asked for besides the password. */
export type Challenge = "none" | "captcha" | "humanCheck"

/** What the token endpoint says next, whatever it is asked. */
export interface TokenPages {
  readonly left: number
  readonly status: number
}

export interface Group {
  readonly gid: string
  readonly name: string
  readonly shortname: string
  readonly description: string
  readonly category: string
  readonly accessType: "OPEN" | "CLOSED"
  readonly created: number
  readonly photoId: string | undefined
  readonly topics: ReadonlyArray<string>
}

export interface Member {
  readonly userId: string
  readonly status: "ADMIN" | "MODERATOR" | "ACTIVE" | "BLOCKED"
  readonly role: "ANALYST" | "EDITOR" | "MODERATOR" | "SUPER_MODERATOR" | undefined
}

type ById<A> = { readonly [id: string]: A }

export interface World {
  readonly profiles: ById<Profile>
  /** Each friendship stands here twice. */
  readonly friends: ById<ReadonlyArray<string>>
  readonly relations: ById<ById<string>>
  readonly guests: ById<ReadonlyArray<string>>
  readonly accounts: ById<Account>
  readonly sessions: ReadonlyArray<Session>
  readonly refreshTokens: ReadonlyArray<RefreshToken>
  /** The number in the next token. */
  readonly nextToken: number
  /** How long an ordinary session lasts, in milliseconds. */
  readonly tokenLife: number
  /** Authorization codes that have not been used. */
  readonly codes: ReadonlyArray<Code>
  readonly dialogs: ReadonlyArray<Dialog>
  readonly signedIn: ReadonlyArray<SignedIn>
  readonly challenge: Challenge
  readonly tokenPages: TokenPages
  readonly groups: ById<Group>
  /** In the order of joining. */
  readonly members: ById<ReadonlyArray<Member>>
  readonly masks: ById<number>
  /** How many new events of a kind a user has. */
  readonly news: ById<ById<number>>
}

/** Which user comes first in lists that OK.ru sorts by id: ids are longer than a `number` is exact. */
export const byId = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

const listOf = <A>(lists: ById<ReadonlyArray<A>>, id: string): ReadonlyArray<A> =>
  Option.getOrElse(Record.get(lists, id), () => [])

export const friendsOf = (world: World, uid: string): ReadonlyArray<string> => listOf(world.friends, uid)

export const guestsOf = (world: World, uid: string): ReadonlyArray<string> => listOf(world.guests, uid)

export const membersOf = (world: World, gid: string): ReadonlyArray<Member> => listOf(world.members, gid)

export const memberOf = (world: World, gid: string, uid: string | undefined): Member | undefined =>
  membersOf(world, gid).find((member) => member.userId === uid)

export const profileOf = (world: World, uid: string): Profile | undefined =>
  Option.getOrUndefined(Record.get(world.profiles, uid))

export const accountOf = (world: World, uid: string): Account | undefined =>
  Option.getOrUndefined(Record.get(world.accounts, uid))

export const groupOf = (world: World, gid: string): Group | undefined =>
  Option.getOrUndefined(Record.get(world.groups, gid))

export const usesApplication = (world: World, uid: string): boolean => accountOf(world, uid)?.usesApplication === true

export const hasGranted = (world: World, uid: string, permission: string): boolean =>
  accountOf(world, uid)?.permissions.includes(permission) === true

export const sessionOf = (world: World, accessToken: string): Session | undefined =>
  world.sessions.find((session) => Redacted.value(session.accessToken) === accessToken)

export const updateProfile = (world: World, uid: string, f: (profile: Profile) => Profile): World => ({
  ...world,
  profiles: Record.modify(world.profiles, uid, f)
})

export const updatePermissions = (
  world: World,
  uid: string,
  f: (permissions: ReadonlyArray<string>) => ReadonlyArray<string>
): World => ({
  ...world,
  accounts: Record.modify(world.accounts, uid, (account) => ({ ...account, permissions: f(account.permissions) }))
})

export const setGuests = (world: World, uid: string, guests: ReadonlyArray<string>): World => ({
  ...world,
  guests: Record.set(world.guests, uid, guests)
})

const day = 24 * 60 * 60 * 1000

/** How long refresh tokens and long sessions last. */
const month = 30 * day

/**
 * One more session of a user, last in the list: a long one where the user has granted that. It has a refresh token of its
 * own, unless it was got with one.
 */
export const openSession = (
  world: World,
  uid: string,
  now: number,
  refreshToken?: Redacted.Redacted<string>
): readonly [Session, World] => {
  const isLong = hasGranted(world, uid, "LONG_ACCESS_TOKEN")
  const token = refreshToken ?? Redacted.make(`test-refresh-token-${world.nextToken}`)
  const session: Session = {
    uid,
    accessToken: Redacted.make(`test-access-token-${world.nextToken}`),
    sessionSecretKey: Redacted.make(`test-session-secret-key-${world.nextToken}`),
    refreshToken: token,
    expires: now + (isLong ? month : world.tokenLife),
    prolonged: isLong ? now : undefined
  }
  return [session, {
    ...world,
    nextToken: world.nextToken + 1,
    sessions: [...world.sessions, session],
    refreshTokens: refreshToken === undefined
      ? [...world.refreshTokens, { uid, token, expires: now + month, revoked: false }]
      : world.refreshTokens
  }]
}

/** Prolongs a long session, and no other. */
export const touchSession = (world: World, touched: Session, now: number): World => ({
  ...world,
  sessions: world.sessions.map((session) =>
    session.accessToken === touched.accessToken && session.prolonged !== undefined
      ? { ...session, expires: now + month, prolonged: now }
      : session
  )
})

/** A call prolongs a long session, too, but not twice a day. */
export const useSession = (world: World, session: Session | undefined, now: number): World =>
  session?.prolonged === undefined || now - session.prolonged < day ? world : touchSession(world, session, now)

/** Ends every session that a user has. */
export const expireSessions = (world: World, uid: string, now: number): World => ({
  ...world,
  sessions: world.sessions.map((session) =>
    session.uid === uid ? { ...session, expires: Math.min(session.expires, now) } : session
  )
})

export const refreshTokenOf = (world: World, token: string): RefreshToken | undefined =>
  world.refreshTokens.find((refreshToken) => Redacted.value(refreshToken.token) === token)

/** Changes every refresh token that a user has. */
export const updateRefreshTokens = (
  world: World,
  uid: string,
  f: (refreshToken: RefreshToken) => RefreshToken
): World => ({
  ...world,
  refreshTokens: world.refreshTokens.map((refreshToken) => refreshToken.uid === uid ? f(refreshToken) : refreshToken)
})

/** Who has this login and this password. */
export const accountBy = (world: World, login: string, password: string): Account | undefined =>
  Object.values(world.accounts).find((account) =>
    account.login === login && Redacted.value(account.password) === password
  )

/** The application may act for a user, with these permissions besides those that it has. */
export const authorize = (world: World, uid: string, permissions: ReadonlyArray<string>): World => ({
  ...world,
  accounts: Record.modify(world.accounts, uid, (account) => ({
    ...account,
    usesApplication: true,
    permissions: Array.union(account.permissions, permissions)
  }))
})
