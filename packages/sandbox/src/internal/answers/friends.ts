import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import { type Answers, type Call, existing, flag, list, reading, subject, text } from "../call.js"
import { page } from "../paging.js"
import type { Refusal } from "../refusal.js"
import { byId, friendsOf, type Profile, profileOf, usesApplication, type World } from "../world.js"

/** The ids of a user's friends that pass a test. */
const friendsWhere = (
  call: Call,
  world: World,
  test: (profile: Profile) => boolean
): Either.Either<ReadonlyArray<string>, Refusal> =>
  Either.map(subject(call, world), (uid) =>
    friendsOf(world, uid).filter((friend) => {
      const profile = profileOf(world, friend)
      return profile !== undefined && test(profile)
    }))

const common = (world: World, a: string, b: string): ReadonlyArray<string> =>
  friendsOf(world, a).filter((friend) => friendsOf(world, b).includes(friend))

/** How many days it is to the next birthday, counted in Moscow. */
const daysUntil = (birthday: string, now: number): number => {
  const today = DateTime.removeTime(DateTime.unsafeMake(now + 3 * 60 * 60 * 1000))
  const [, month = 1, day = 1] = birthday.split("-").map(Number)
  const thisYear = DateTime.setParts(today, { month, day })
  const next = DateTime.lessThan(thisYear, today) ? DateTime.add(thisYear, { years: 1 }) : thisYear
  return Math.round(DateTime.distance(today, next) / (24 * 60 * 60 * 1000))
}

/** Friends of friends, those with the most common friends first. */
const suggestions = (world: World, uid: string): ReadonlyArray<{ readonly uid: string; readonly common: number }> => {
  const friends = friendsOf(world, uid)
  return Object.keys(world.profiles)
    .filter((other) => other !== uid && !friends.includes(other))
    .map((other) => ({ uid: other, common: common(world, uid, other).length }))
    .filter((suggestion) => suggestion.common > 0)
    .sort((a, b) => b.common - a.common || byId(a.uid, b.uid))
}

type Relation = { readonly type_id: string; readonly uids: ReadonlyArray<string> }

const relations = (
  world: World,
  uid: string,
  asked: { readonly friends: ReadonlyArray<string>; readonly types: ReadonlyArray<string> }
): ReadonlyArray<Relation> => {
  const pairs = Object.entries(world.relations[uid] ?? {})
    .filter(([friend]) => asked.friends.length === 0 || asked.friends.includes(friend))
    .filter(([, type]) => asked.types.length === 0 || asked.types.includes("ALL") || asked.types.includes(type))
  return [...new Set(pairs.map(([, type]) => type))].sort().map((type) => ({
    type_id: type,
    uids: pairs.flatMap(([friend, other]) => other === type ? [friend] : [])
  }))
}

export const friends: Answers = {
  "friends.get": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      return friendsOf(world, yield* existing(world, call.parameters["fid"] ?? uid))
    })
  ),

  "friends.getAppUsers": reading((call, world) =>
    Either.map(friendsWhere(call, world, ({ uid }) => usesApplication(world, uid)), (uids) => ({ uids }))
  ),

  "friends.getAppUsersOnline": reading((call, world) =>
    Either.map(
      friendsWhere(call, world, ({ online, uid }) => usesApplication(world, uid) && online !== undefined),
      (friends) => ({ friends })
    )
  ),

  "friends.getBirthdays": reading((call, world) =>
    Either.map(
      friendsWhere(
        call,
        world,
        ({ birthday }) => daysUntil(birthday, call.now) <= (flag(call, "future", true) ? 30 : 3)
      ),
      (uids) => uids.map((uid) => ({ uid, date: profileOf(world, uid)?.birthday ?? "" }))
    )
  ),

  "friends.getByDevices": reading((call, world) =>
    friendsWhere(call, world, ({ devices }) => devices.some((device) => list(call, "devices").includes(device)))
  ),

  "friends.getMutualFriends": reading((call, world) =>
    Either.gen(function*() {
      const source = yield* subject(call, world, "source_id")
      const target = yield* existing(world, text(call, "target_id"))
      return common(world, source, target).slice(0, Number(call.parameters["count"] ?? Infinity))
    })
  ),

  "friends.getOnline": reading((call, world) =>
    friendsWhere(
      call,
      world,
      ({ online }) => online !== undefined && (call.parameters["online"] ?? online) === online
    )
  ),

  "friends.getRelativesV2": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const all = relations(world, uid, { friends: list(call, "friend_ids"), types: list(call, "reltypes") })
      const { anchor, hasMore, items } = yield* page(call, all, { key: ({ type_id }) => type_id, size: 10 })
      return { relations: items, anchor, has_more: hasMore }
    })
  ),

  "friends.getSuggestions": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const { anchor, hasMore, items } = yield* page(call, suggestions(world, uid), { key: ({ uid }) => uid, size: 10 })
      return { users: items, anchor, has_more: hasMore }
    })
  )
}
