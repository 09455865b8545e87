import type { Json } from "@effect-okru/core/Json"
import * as Array from "effect/Array"
import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import * as Record from "effect/Record"
import { type Answers, type Call, list, reading, subject, text } from "../call.js"
import { asked, project } from "../fieldset.js"
import { page } from "../paging.js"
import { type Refusal, refuse } from "../refusal.js"
import { byId, type Group, groupOf, type Member, memberOf, membersOf, profileOf, type World } from "../world.js"

const day = 24 * 60 * 60 * 1000

/** A number that is always the same for the same words. */
const figure = (words: string, below: number): number => Math.abs(Hash.string(words)) % below

const groupNamed = (call: Call, world: World, name: string): Either.Either<Group, Refusal> =>
  Either.fromNullable(groupOf(world, text(call, name)), () => text(call, name)).pipe(
    Either.orElse((gid) => refuse(160, `Invalid group id: ${gid}`))
  )

const isIn = (member: Member | undefined): boolean => member !== undefined && member.status !== "BLOCKED"

const isModerator = (world: World, gid: string, uid: string | undefined): boolean =>
  ["ADMIN", "MODERATOR"].includes(memberOf(world, gid, uid)?.status ?? "")

const administered = (call: Call, world: World, group: Group): Either.Either<Group, Refusal> =>
  memberOf(world, group.gid, call.session?.uid)?.status === "ADMIN"
    ? Either.right(group)
    : refuse(50, "User is not an administrator of the group")

const membership = (gid: string, { role, status, userId }: Member): { readonly [name: string]: Json } => ({
  userId,
  groupId: gid,
  status,
  ...(role !== undefined && { role })
})

// The codes that clients were seen to read.
const rights = { product_create_allowed: "pc", catalog_create_allowed: "cca", add_photoalbum_allowed: "ap" }

/** Rights are asked for by name and come as codes. */
const flags = (
  names: ReadonlyArray<string> | undefined,
  administrator: boolean
): { readonly flags: string } | undefined => {
  const wanted = Object.entries(rights).filter(([name]) => names === undefined || names.includes(name))
  return wanted.length === 0 || !administrator ? undefined : { flags: wanted.map(([, code]) => code).join(",") }
}

const card = (call: Call, world: World, group: Group): { readonly [name: string]: Json } => {
  const { gid, photoId } = group
  const members = membersOf(world, gid).filter(isIn)
  const administrator = members.find(({ status }) => status === "ADMIN")?.userId
  const own = memberOf(world, gid, call.session?.uid)
  const names = asked(call)
  return project(
    {
      uid: gid,
      name: group.name,
      shortname: group.shortname,
      description: group.description,
      category: group.category,
      access_type: group.accessType,
      private: group.accessType === "CLOSED",
      admin_id: administrator,
      members_count: members.length,
      created_ms: group.created,
      photo_id: photoId,
      picAvatar: photoId === undefined ? undefined : `https://i.sandbox.test/${photoId}-128x128.jpg`,
      city: profileOf(world, administrator ?? "")?.place.city,
      ref: `group:${gid}`,
      premium: false,
      business: false,
      member_status: own?.status,
      role: own?.role,
      attrs: flags(names, own?.status === "ADMIN")
    },
    names === undefined ? undefined : [...names, "attrs"]
  )
}

const counters = (
  world: World,
  group: Group,
  uid: string | undefined
): { readonly [name: string]: Json | undefined } => {
  const { gid, topics } = group
  const members = membersOf(world, gid)
  const inside = isModerator(world, gid, uid)
  return {
    themes: topics.length,
    photo_albums: 1 + figure(`${gid} photo_albums`, 5),
    photos: 10 + figure(`${gid} photos`, 90),
    videos: figure(`${gid} videos`, 20),
    links: figure(`${gid} links`, 10),
    presents: figure(`${gid} presents`, 10),
    members: members.filter(isIn).length,
    moderators: members.filter((member) => isModerator(world, gid, member.userId)).length,
    join_requests: inside ? 0 : undefined,
    black_list: inside ? members.filter(({ status }) => status === "BLOCKED").length : undefined
  }
}

const topicFigures = [
  "comments",
  "complaints",
  "content_opens",
  "engagement",
  "feedback",
  "feedback_total",
  "hides_from_feed",
  "likes",
  "link_clicks",
  "music_plays",
  "negatives",
  "reach",
  "reach_earned",
  "reach_own",
  "renderings",
  "renderings_earned",
  "renderings_own",
  "reshares",
  "video_plays"
]

const topic = (call: Call, id: string): { readonly [name: string]: Json } =>
  project(
    {
      id,
      created_ms: createdAt(id),
      ...Object.fromEntries(topicFigures.map((name) => [name, figure(`${id} ${name}`, 500)]))
    },
    asked(call)
  )

const createdAt = (topic: string): number => 1_400_000_000_000 + figure(topic, 1000) * day

const within = (call: Call, millis: number): boolean =>
  millis >= Number(call.parameters["start_time"] ?? 0) && millis <= Number(call.parameters["end_time"] ?? Infinity)

const shares = (gid: string, kind: string, names: ReadonlyArray<string>): ReadonlyArray<Json> => {
  const values = names.map((name) => 1 + figure(`${gid} ${kind} ${name}`, 100))
  const total = values.reduce((sum, value) => sum + value, 0)
  return names.map((name, index) => {
    const value = values[index] ?? 0
    return { name, value, percentage: Math.round(1000 * value / total) / 10 }
  })
}

const ages = ["18 - 24", "25 - 34", "35 - 44", "45 - 54", "55+"]

export const group: Answers = {
  "group.getCounters": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const group = yield* groupNamed(call, world, "group_id")
      return { counters: project(counters(world, group, uid), list(call, "counterTypes")) }
    })
  ),

  "group.getInfo": (call, world) => {
    const groups = list(call, "uids").flatMap((gid) => groupOf(world, gid) ?? [])
    return Either.right({ body: groups.map((group) => card(call, world, group)), world })
  },

  // In the order of ids, unless statuses are asked for: then in the order of joining.
  "group.getMembers": reading((call, world) =>
    Either.gen(function*() {
      const { gid } = yield* groupNamed(call, world, "uid")
      const statuses = list(call, "statuses").map((status) => status.toUpperCase())
      const members = membersOf(world, gid).filter((member) =>
        statuses.length === 0 ? isIn(member) : statuses.includes(member.status)
      )
      const sorted = statuses.length === 0 ? [...members].sort((a, b) => byId(a.userId, b.userId)) : members
      const { anchor, hasMore, items } = yield* page(call, sorted, { key: ({ userId }) => userId, size: 100 })
      return {
        members: items.map((member) => membership(gid, member)),
        anchor,
        has_more: hasMore,
        totalCount: sorted.length
      }
    })
  ),

  "group.getStatOverview": reading((call, world) =>
    Either.gen(function*() {
      const { gid } = yield* administered(call, world, yield* groupNamed(call, world, "gid"))
      const length = text(call, "period") === "MONTH" ? 30 * day : 7 * day
      const start = Number(call.parameters["start_time"] ?? Math.floor(call.now / day) * day - length)
      const figures = ["engagement", "feedback", "reach"].flatMap((name) => [
        [name, figure(`${gid} ${name} ${start}`, 5000)],
        [`${name}_prev`, figure(`${gid} ${name} ${start - length}`, 5000)]
      ])
      return project({
        ...Object.fromEntries(figures),
        active_user_share: figure(`${gid} share`, 1000) / 1000,
        engagement_rate: figure(`${gid} rate ${start}`, 1000) / 100,
        engagement_rate_prev: figure(`${gid} rate ${start - length}`, 1000) / 100,
        months_ms: [start],
        start_time_ms: start,
        end_time_ms: start + length
      }, asked(call))
    })
  ),

  "group.getStatPeople": reading((call, world) =>
    Either.gen(function*() {
      const { gid } = yield* administered(call, world, yield* groupNamed(call, world, "gid"))
      const places = membersOf(world, gid).flatMap(({ userId }) => profileOf(world, userId)?.place ?? [])
      return project({
        cities: shares(gid, "cities", Array.dedupe(places.map(({ city }) => city))),
        countries: shares(gid, "countries", Array.dedupe(places.map(({ countryName }) => countryName))),
        demography_female: shares(gid, "female", ages),
        demography_male: shares(gid, "male", ages),
        references: shares(gid, "references", ["FEED", "SEARCH", "RECOMMENDATION", "MY_GROUPS"])
      }, asked(call))
    })
  ),

  "group.getStatTopic": reading((call, world) =>
    Either.gen(function*() {
      const id = text(call, "topic_id")
      const group = Object.values(world.groups).find(({ topics }) => topics.includes(id))
      if (group === undefined) {
        return yield* refuse(300, `Topic not found: ${id}`)
      }
      yield* administered(call, world, group)
      return { topic: topic(call, id) }
    })
  ),

  "group.getStatTopics": reading((call, world) =>
    Either.gen(function*() {
      const { topics } = yield* administered(call, world, yield* groupNamed(call, world, "gid"))
      const inRange = topics.filter((id) => within(call, createdAt(id)))
      const { anchor, hasMore, items } = yield* page(call, inRange, { key: (id) => id, size: 10 })
      return {
        topics: items.map((id) => topic(call, id)),
        anchor,
        has_more: hasMore,
        totalCount: inRange.length
      }
    })
  ),

  // A week where no time is given.
  "group.getStatTrends": reading((call, world) =>
    Either.gen(function*() {
      const { gid } = yield* administered(call, world, yield* groupNamed(call, world, "gid"))
      const end = Math.floor(Number(call.parameters["end_time"] ?? call.now) / day)
      const start = Math.max(end - 366, Math.ceil(Number(call.parameters["start_time"] ?? (end - 6) * day) / day))
      const days = end < start ? [] : Array.range(start, end).map((index) => index * day)
      return Object.fromEntries(
        list(call, "fields").map((name) => name.toLowerCase()).map((name) => [
          name,
          days.map((time) => ({ time, value: figure(`${gid} ${name} ${time}`, 1000) }))
        ])
      )
    })
  ),

  "group.getUserGroupsByIds": reading((call, world) =>
    Either.map(groupNamed(call, world, "group_id"), ({ gid }) =>
      list(call, "uids").flatMap((uid) => {
        const member = memberOf(world, gid, uid)
        return member === undefined ? [] : [membership(gid, member)]
      }))
  ),

  // There is no `has_more` here: past the last page the list is `null`.
  "group.getUserGroupsV2": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const memberships = Object.keys(world.groups).flatMap((gid) => {
        const member = memberOf(world, gid, uid)
        return member !== undefined && isIn(member) ? [membership(gid, member)] : []
      })
      const { anchor, items } = yield* page(call, memberships, { key: ({ groupId }) => String(groupId), size: 10 })
      return { groups: items.length === 0 ? null : items, anchor }
    })
  ),

  "group.pinGroupFeed": reading(() => Either.right({ success: true })),

  "group.setMainPhoto": (call, world) =>
    Either.gen(function*() {
      const { gid } = yield* administered(call, world, yield* groupNamed(call, world, "group_id"))
      const groups = Record.modify(world.groups, gid, (group) => ({ ...group, photoId: text(call, "photo_id") }))
      return { body: true, world: { ...world, groups } }
    })
}
