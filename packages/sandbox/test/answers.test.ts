import { OkClient, OkSession } from "@effect-okru/core"
import * as Events from "@effect-okru/methods/Events"
import * as Friends from "@effect-okru/methods/Friends"
import * as Group from "@effect-okru/methods/Group"
import * as Users from "@effect-okru/methods/Users"
import { Sandbox, SandboxUser } from "@effect-okru/sandbox"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { asApplication, asUser, sandbox, send } from "./support.js"

/** The real client in the first user's session. */
const client = Layer.unwrapEffect(Effect.gen(function*() {
  const [user] = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
  return Layer.mergeAll(OkClient.layerHttp(), OkSession.layerServer(user)).pipe(
    Layer.provideMerge(Sandbox.layerOkConfig)
  )
})).pipe(Layer.provideMerge(sandbox()))

const all = <A, E, R>(stream: Stream.Stream<A, E, R>) => Effect.map(Stream.runCollect(stream), (chunk) => [...chunk])

const everybody = Effect.gen(function*() {
  const [group] = yield* all(Group.getUserGroupsV2.stream())
  const gid = group?.groupId ?? ""
  return { gid, uids: (yield* all(Group.getMembers.stream({ uid: gid, count: 7 }))).map(({ userId }) => userId) }
})

const uidOf = (seed: number) =>
  send(asUser("users.getCurrentUser", { fields: "uid,friends_count" })).pipe(Effect.provide(sandbox({ seed })))

describe("the people", () => {
  it.effect("are twenty, with ids that a number cannot hold", () =>
    Effect.gen(function*() {
      const { uids } = yield* everybody
      expect(uids).toHaveLength(20)
      expect(uids.filter((uid) => !Number.isSafeInteger(Number(uid))).length).toBeGreaterThan(5)
      const users = yield* Users.getInfo({ uids, fields: ["uid", "name", "gender", "location", "pic128x128"] })
      expect(users.map(({ uid }) => uid)).toEqual(uids)
      expect(users.map(({ name }) => name)).toEqual(expect.arrayContaining(["Анна Смирнова", "John Smith"]))
      expect(new Set(users.map(({ gender }) => gender))).toEqual(new Set(["male", "female"]))
    }).pipe(Effect.provide(client)))

  it.effect("are friends with who is friends with them", () =>
    Effect.gen(function*() {
      const { uids } = yield* everybody
      const pairs = yield* Effect.forEach(uids, (uid) =>
        Effect.map(Friends.get({ fid: uid }), (friends) => friends.map((friend) => [uid, friend] as const)))
      const friendships = pairs.flat()
      expect(friendships.length).toBeGreaterThan(40)
      expect(friendships).toEqual(expect.arrayContaining(friendships.map(([a, b]) => [b, a])))
    }).pipe(Effect.provide(client)))

  it.effect("are the same for the same seed and others for another", () =>
    Effect.gen(function*() {
      expect(yield* uidOf(1)).toEqual(yield* uidOf(1))
      expect(yield* uidOf(1)).not.toEqual(yield* uidOf(2))
      const other = yield* asUser("users.getLoggedInUser").pipe(Effect.provide(sandbox({ seed: 1 })))
      const known = { application: { key: other.application_key } }
      expect(yield* send(Effect.succeed(other)).pipe(Effect.provide(sandbox(known)))).toMatchObject({ error_code: 103 })
    }))
})

describe("fields", () => {
  it.effect("are what was asked for, in either case and with a prefix or without", () =>
    Effect.gen(function*() {
      const { uid } = yield* SandboxUser.first
      for (const fields of ["uid,first_name", "UID,First_Name", "user.uid,user.FIRST_NAME"]) {
        expect(yield* send(asUser("users.getInfo", { uids: `${uid},1`, fields }))).toEqual([{
          uid,
          first_name: "Анна"
        }])
      }
      expect(yield* send(asUser("users.getInfo", { uids: uid, fields: "birthday" })))
        .toEqual([{ birthday: "1990-05-17", birthdaySet: true }])
      expect(yield* send(asUser("users.getInfo", { uids: uid, fields: "user.*" })))
        .toEqual([expect.objectContaining({ uid, gender: "female", url_profile: `https://ok.ru/profile/${uid}` })])
    }).pipe(Effect.provide(sandbox())))

  it.effect("of a group bring some things under other names", () =>
    Effect.gen(function*() {
      const { gid } = yield* everybody
      yield* Group.setMainPhoto({ group_id: gid, photo_id: "77" })
      expect(
        yield* send(asUser("group.getInfo", { uids: gid, fields: "pic_avatar,product_create_allowed,group.name" }))
      )
        .toEqual([{
          name: "Клуб любителей кошек",
          picAvatar: "https://i.sandbox.test/77-128x128.jpg",
          attrs: { flags: "pc" }
        }])
    }).pipe(Effect.provide(client)))

  it.effect("without a value are left out, stock pictures if so wished", () =>
    Effect.gen(function*() {
      const users = yield* Effect.flatMap(Sandbox.Sandbox, ({ users }) => users)
      const uid = users[5]?.uid ?? ""
      const fields = "uid,photo_id,current_status,pic50x50"
      expect(yield* send(asUser("users.getInfo", { uids: uid, fields })))
        .toEqual([{ uid, pic50x50: "https://i.sandbox.test/stub-female-50x50.jpg" }])
      expect(yield* send(asUser("users.getInfo", { uids: uid, fields, emptyPictures: "true" }))).toEqual([{ uid }])
    }).pipe(Effect.provide(sandbox())))
})

const Page = Schema.Struct({
  guests: Schema.Array(Schema.Struct({ userId: Schema.String })),
  pagingAnchor: Schema.String,
  hasMore: Schema.Boolean
})

const guests = (parameters: { readonly [name: string]: string }) =>
  Effect.flatMap(send(asUser("users.getGuests", parameters)), Schema.decodeUnknown(Page))

describe("pages", () => {
  it.effect("follow each other to the end and back", () =>
    Effect.gen(function*() {
      const one = yield* guests({ count: "5" })
      const two = yield* guests({ count: "5", pagingAnchor: one.pagingAnchor })
      const three = yield* guests({ count: "5", pagingAnchor: two.pagingAnchor })
      expect([one, two, three].map(({ guests }) => guests.length)).toEqual([5, 5, 3])
      expect([one, two, three].map(({ hasMore }) => hasMore)).toEqual([true, true, false])
      expect([one, two, three].every(({ pagingAnchor }) => pagingAnchor.endsWith("="))).toBe(true)
      expect((yield* guests({ count: "20" })).guests).toEqual([one, two, three].flatMap(({ guests }) => guests))
      const past = yield* guests({ count: "5", pagingAnchor: three.pagingAnchor })
      expect(past).toEqual({ guests: [], pagingAnchor: three.pagingAnchor, hasMore: false })
      const back = yield* guests({ count: "4", pagingAnchor: two.pagingAnchor, pagingDirection: "BACKWARD" })
      expect(back.guests).toEqual([...one.guests, ...two.guests].slice(5, 9))
      expect(back.hasMore).toBe(true)
      const further = yield* guests({ count: "4", pagingAnchor: back.pagingAnchor, pagingDirection: "BACKWARD" })
      expect(further.guests).toEqual(one.guests.slice(1))
      expect(further.hasMore).toBe(true)
      const first = yield* guests({ count: "4", pagingAnchor: further.pagingAnchor, pagingDirection: "BACKWARD" })
      expect(first.guests).toEqual(one.guests.slice(0, 1))
      expect(first.hasMore).toBe(false)
      const around = yield* guests({ count: "5", pagingAnchor: two.pagingAnchor, pagingDirection: "AROUND" })
      expect(around.guests[2]).toEqual(two.guests[4])
    }).pipe(Effect.provide(sandbox())))

  it.effect("have a size and an anchor that make sense", () =>
    Effect.gen(function*() {
      expect((yield* guests({})).guests).toHaveLength(10)
      for (const bad of [{ pagingAnchor: "nonsense" }, { count: "0" }, { pagingDirection: "UP" }]) {
        expect(yield* send(asUser("users.getGuests", bad))).toMatchObject({ error_code: 100 })
      }
    }).pipe(Effect.provide(sandbox())))

  it.effect("go on where they were when the list changes", () =>
    Effect.gen(function*() {
      const one = yield* guests({ count: "5" })
      const two = yield* guests({ count: "5", pagingAnchor: one.pagingAnchor })
      const gone = one.guests.map(({ userId }) => userId).slice(3).join(",")
      expect(yield* send(asUser("users.deleteGuests", { uids: gone }))).toBe(true)
      const again = yield* guests({ count: "3", pagingAnchor: (yield* guests({ count: "3" })).pagingAnchor })
      expect(again.guests).toEqual(two.guests.slice(0, 3))
    }).pipe(Effect.provide(sandbox())))

  it.effect("are what the client's streams read", () =>
    Effect.gen(function*() {
      const { gid, uids } = yield* everybody
      expect(new Set(uids).size).toBe(20)
      expect(yield* all(Group.getMembers.stream({ uid: gid, statuses: ["ADMIN", "MODERATOR"], count: 2 })))
        .toHaveLength(3)
      const suggestions = yield* all(Friends.getSuggestions.stream({ count: 3 }))
      expect(suggestions).toEqual(yield* all(Friends.getSuggestions.stream({ count: 100 })))
      expect(suggestions.length).toBeGreaterThan(3)
      const { uid } = yield* SandboxUser.first
      expect(yield* all(Friends.getRelativesV2.stream({ uid, reltypes: ["ALL"], count: 1 })))
        .toEqual(yield* all(Friends.getRelativesV2.stream({ uid, reltypes: ["ALL"] })))
      expect(yield* all(Group.getStatTopics.stream({ gid, fields: ["id"], count: 5 }))).toHaveLength(12)
    }).pipe(Effect.provide(client)))

  it.effect("of groups end with null, as there is nothing else to end them", () =>
    Effect.gen(function*() {
      const { anchor } = yield* Group.getUserGroupsV2({ count: 10 })
      expect(yield* send(asUser("group.getUserGroupsV2", { anchor: anchor ?? "" })))
        .toEqual({ groups: null, anchor })
    }).pipe(Effect.provide(client)))
})

describe("writes", () => {
  it.effect("of a status show in the profile", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("10 seconds")
      const status = Users.getCurrentUser({ fields: ["uid", "current_status", "current_status_date_ms"] })
      expect(yield* status).not.toHaveProperty("current_status")
      expect(yield* Users.setStatus({ status: "На даче" })).toBe(true)
      expect(yield* status).toMatchObject({ current_status: "На даче", current_status_date_ms: 10_000 })
      yield* Users.setStatus()
      expect(yield* status).not.toHaveProperty("current_status")
    }).pipe(Effect.provide(client)))

  it.effect("of a visit show among the guests, unless it is secret", () =>
    Effect.gen(function*() {
      const { openSession } = yield* Sandbox.Sandbox
      const visitor = yield* SandboxUser.first
      const [host = ""] = yield* Friends.get()
      const guests = Effect.gen(function*() {
        const page = Users.getGuests().pipe(Effect.provide(OkSession.layerServer(yield* openSession(host))))
        return (yield* page).guests.map(({ userId }) => userId)
      })
      const before = (yield* guests)[0]
      yield* Users.getInfoBy({ uid: host, fields: ["uid"], register_as_guest: false })
      expect((yield* guests)[0]).toBe(before)
      expect(yield* Users.getInfoBy({ uid: host, fields: ["uid"] })).toEqual({ uid: host })
      expect((yield* guests)[0]).toBe(visitor.uid)
    }).pipe(Effect.provide(client)))

  it.effect("of guests show in the counter of events", () =>
    Effect.gen(function*() {
      const count = Effect.map(Events.get({ types: ["GUESTS"] }), (events) => events.map(({ number }) => number))
      expect(yield* count).toEqual([13])
      const [guest] = yield* all(Users.getGuests.stream())
      yield* Users.deleteGuests({ uids: [guest?.userId ?? ""] })
      expect(yield* count).toEqual([12])
    }).pipe(Effect.provide(client)))

  it.effect("of a mask change its bits, up to the highest", () =>
    Effect.gen(function*() {
      const { uid } = yield* SandboxUser.first
      expect(yield* Users.updateMask({ mask: 0xf000000f, orUpdate: true })).toEqual({ mask: 0xf000000f })
      expect(yield* Users.updateMask({ mask: 0xff, orUpdate: false })).toEqual({ mask: 0xf })
      yield* Users.updateMasksV2({ uids: [uid], or_mask: 0x30, and_mask: 0x3c })
      expect(yield* Users.updateMask()).toEqual({ mask: 0x3c })
    }).pipe(Effect.provide(client)))
})

describe("friends", () => {
  it.effect("are filtered by what is known of them", () =>
    Effect.gen(function*() {
      const friends = yield* Friends.get()
      const users = yield* Users.getInfo({ uids: friends, fields: ["uid", "online"] })
      const online = users.flatMap((user) => user.online === undefined ? [] : [user.uid])
      expect(yield* Friends.getOnline()).toEqual(online)
      const by = (platform: string) => users.flatMap((user) => user.online === platform ? [user.uid] : [])
      expect([by("web").length, by("mobile").length]).toEqual([2, 3])
      expect(yield* Friends.getOnline({ online: "web" })).toEqual(by("web"))
      expect(yield* Friends.getOnline({ online: "mobile" })).toEqual(by("mobile"))
      expect(yield* Friends.getOnline({ online: "wap" })).toEqual([])
      const apps = yield* Friends.getAppUsers()
      expect(yield* Effect.filter(friends, (uid) => Users.isAppUser({ uid }))).toEqual(apps)
      expect(yield* Friends.getAppUsersOnline()).toEqual(apps.filter((uid) => online.includes(uid)))
      const { users: invitable } = yield* Users.getInvitableFriends()
      expect(invitable.map(({ uid }) => uid)).toEqual(friends.filter((uid) => !apps.includes(uid)))
    }).pipe(Effect.provide(client)))

  it.effect("are found by any of their devices", () =>
    Effect.gen(function*() {
      const friends = yield* Friends.get()
      const users = yield* Users.getInfo({ uids: friends, fields: ["uid", "name"] })
      const named = (...names: ReadonlyArray<string>) =>
        users.flatMap(({ name, uid }) => name !== undefined && names.includes(name) ? [uid] : [])
      // No answer says who has what: it goes round every four of the people.
      const android = named("Emma Johnson", "Алексей Фёдоров", "Светлана Лебедева")
      const either = named("Emma Johnson", "Сергей Морозов", "Алексей Фёдоров", "Светлана Лебедева")
      expect([android.length, either.length]).toEqual([3, 4])
      expect(yield* Friends.getByDevices({ devices: ["IOS"] })).toEqual(named("Сергей Морозов"))
      expect(yield* Friends.getByDevices({ devices: ["ANDROID"] })).toEqual(android)
      expect(yield* Friends.getByDevices({ devices: ["IOS", "ANDROID"] })).toEqual(either)
    }).pipe(Effect.provide(client)))

  it.effect("have birthdays when their day comes", () =>
    Effect.gen(function*() {
      const friends = yield* Friends.get()
      const born = yield* Users.getInfo({ uids: friends, fields: ["uid", "birthday"] })
      const { birthday = "", uid } = born.find(({ birthday }) => birthday?.length === 10) ?? born[0] ?? {}
      const [, month = 1, day = 1] = birthday.split("-").map(Number)
      const { openSession } = yield* Sandbox.Sandbox
      const soon = (days: number, future: boolean) =>
        Effect.gen(function*() {
          yield* TestClock.setTime(Date.UTC(2026, month - 1, day - days))
          const session = OkSession.layerServer(yield* openSession((yield* SandboxUser.first).uid))
          const birthdays = yield* Effect.provide(Friends.getBirthdays({ future }), session)
          return birthdays.some((birthday) => birthday.uid === uid)
        })
      expect(yield* soon(40, true)).toBe(false)
      expect(yield* soon(29, true)).toBe(true)
      expect(yield* soon(28, false)).toBe(false)
      expect(yield* soon(3, false)).toBe(true)
      expect(yield* soon(0, false)).toBe(true)
    }).pipe(Effect.provide(client)))

  it.effect("in common are the friends of both", () =>
    Effect.gen(function*() {
      const { uid } = yield* SandboxUser.first
      const [other = ""] = yield* Friends.get()
      const theirs = yield* Friends.get({ fid: other })
      const mutual = (yield* Friends.get()).filter((friend) => theirs.includes(friend))
      expect(yield* Friends.getMutualFriends({ target_id: other })).toEqual(mutual)
      expect(yield* send(asApplication("friends.getMutualFriends", { source_id: uid, target_id: other, count: "1" })))
        .toEqual(mutual.slice(0, 1))
      expect(yield* send(asApplication("friends.get", { uid: "1" }))).toMatchObject({ error_code: 110 })
      expect(yield* send(asApplication("friends.get", { uid: "constructor" }))).toMatchObject({ error_code: 110 })
      expect(yield* send(asApplication("users.updateMasksV2", { uids: "constructor", or_mask: "1" }))).toBe(true)
    }).pipe(Effect.provide(client)))
})

describe("groups", () => {
  it.effect("count what they have", () =>
    Effect.gen(function*() {
      const { gid, uids } = yield* everybody
      const { counters } = yield* Group.getCounters({
        group_id: gid,
        counterTypes: ["members", "themes", "black_list"]
      })
      expect(counters).toEqual({ members: uids.length, themes: 12, black_list: 0 })
      expect(yield* Group.getInfo({ uids: [gid, "1"], fields: ["uid", "members_count"] }))
        .toEqual([{ uid: gid, members_count: uids.length }])
      expect(yield* Group.getUserGroupsByIds({ group_id: gid, uids: uids.slice(0, 2) })).toHaveLength(2)
    }).pipe(Effect.provide(client)))

  it.effect("show their figures to administrators", () =>
    Effect.gen(function*() {
      const { gid, uids } = yield* everybody
      expect(yield* Group.getStatOverview({ gid, fields: ["reach"] })).toMatchObject({ reach: expect.any(Number) })
      expect((yield* Group.getStatTrends({ gid, fields: ["reach"] })).reach).toHaveLength(7)
      expect((yield* Group.getStatPeople({ gid, fields: ["demography_male"] })).demography_male).toHaveLength(5)
      const [topic] = yield* all(Group.getStatTopics.stream({ gid, fields: ["id", "likes"] }))
      expect(yield* Group.getStatTopic({ topic_id: topic?.id ?? "", fields: ["id", "likes"] })).toEqual(topic)
      const { openSession } = yield* Sandbox.Sandbox
      const member = yield* openSession(uids.at(-1) ?? "")
      const { grant } = yield* Sandbox.Sandbox
      yield* grant(member.uid, "VALUABLE_ACCESS", "GROUP_CONTENT")
      expect(yield* send(asUser("group.getStatOverview", { gid, fields: "reach" }, member)))
        .toMatchObject({ error_code: 50 })
      expect(yield* send(asUser("group.getStatOverview", { gid: "1", fields: "reach" })))
        .toMatchObject({ error_code: 160 })
    }).pipe(Effect.provide(client)))
})

it.effect("a page of a stream is fetched when it is needed", () =>
  Effect.gen(function*() {
    const { executions } = yield* Sandbox.Sandbox
    const { gid } = yield* everybody
    const before = yield* executions(Group.getMembers)
    expect(Chunk.size(yield* Stream.runCollect(Stream.take(Group.getMembers.stream({ uid: gid, count: 3 }), 5)))).toBe(
      5
    )
    expect(yield* executions(Group.getMembers)).toBe(before + 2)
  }).pipe(Effect.provide(client)))
