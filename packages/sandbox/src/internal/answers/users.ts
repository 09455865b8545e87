import type { Json } from "@effect-okru/core/Json"
import * as DateTime from "effect/DateTime"
import * as Either from "effect/Either"
import * as Hash from "effect/Hash"
import * as Option from "effect/Option"
import * as Record from "effect/Record"
import { type Answers, type Call, flag, list, reading, subject, text } from "../call.js"
import { asked, project } from "../fieldset.js"
import { page } from "../paging.js"
import { refuse } from "../refusal.js"
import {
  accountOf,
  friendsOf,
  guestsOf,
  hasGranted,
  type Profile,
  profileOf,
  setGuests,
  updatePermissions,
  updateProfile,
  usesApplication,
  type World
} from "../world.js"

const minute = 60 * 1000

/** `yyyy-MM-dd HH:mm:ss`, as clocks in Moscow show it. */
const moscowTime = (millis: number): string =>
  DateTime.formatIso(DateTime.unsafeMake(millis + 180 * minute)).slice(0, 19).replace("T", " ")

const ageAt = (birthday: string, now: number): number | undefined => {
  const today = moscowTime(now)
  const years = Number(today.slice(0, 4)) - Number(birthday.slice(0, 4)) -
    (today.slice(5, 10) < birthday.slice(5) ? 1 : 0)
  // A test's clock can stand before somebody's birth.
  return years < 0 ? undefined : years
}

const pictureSizes: Record.ReadonlyRecord<string, ReadonlyArray<string>> = {
  "50x50": ["pic50x50", "pic_1"],
  "128max": ["pic128max", "pic_2"],
  "128x128": ["pic128x128", "pic_5"],
  "180min": ["pic180min"],
  "190x190": ["pic190x190", "pic_3"],
  "224x224": ["pic224x224"],
  "240min": ["pic240min"],
  "288x288": ["pic288x288"],
  "320min": ["pic320min"],
  "600x600": ["pic600x600"],
  "640x480": ["pic640x480", "pic_4"],
  "1024x768": ["pic1024x768"],
  "full": ["pic_full", "pic_max"]
}

const pictures = ({ gender, photoId }: Profile, emptyPictures: boolean): { readonly [name: string]: Json } =>
  photoId === undefined && emptyPictures ? {} : Object.fromEntries(
    Object.entries(pictureSizes).flatMap(([size, names]) =>
      names.map((name) => [name, `https://i.sandbox.test/${photoId ?? `stub-${gender}`}-${size}.jpg`])
    )
  )

/** What is sent where no fields are asked for. */
const defaultFields = [
  "uid",
  "birthday",
  "age",
  "first_name",
  "last_name",
  "name",
  "email",
  "locale",
  "gender",
  "has_email",
  "location",
  "online",
  "pic_1",
  "pic_2",
  "pic_3"
]

const card = (
  call: Call,
  world: World,
  profile: Profile,
  emptyPictures: boolean
): { readonly [name: string]: Json } => {
  const { birthday, firstName, lastName, status, uid } = profile
  const viewer = call.session?.uid
  const viewerFriends = viewer === undefined ? [] : friendsOf(world, viewer)
  const lastOnline = call.now - profile.minutesSinceOnline * minute
  const names = asked(call) ?? ("fields" in call.parameters ? undefined : defaultFields)
  return project(
    {
      uid,
      first_name: firstName,
      last_name: lastName,
      name: `${firstName} ${lastName}`,
      gender: profile.gender,
      birthday: profile.hidesBirthYear ? birthday.slice(5) : birthday,
      birthdaySet: true,
      age: profile.hidesBirthYear ? undefined : ageAt(birthday, call.now),
      locale: profile.locale,
      location: { ...profile.place },
      city_of_birth: profile.place.city,
      online: profile.online,
      last_online: moscowTime(lastOnline),
      last_online_ms: lastOnline,
      registered_date: moscowTime(profile.registered),
      registered_date_ms: profile.registered,
      has_email: true,
      email: hasGranted(world, uid, "GET_EMAIL") ? `${accountOf(world, uid)?.login}@sandbox.test` : undefined,
      photo_id: profile.photoId,
      ...pictures(profile, emptyPictures),
      current_status: status?.text,
      current_status_id: status?.id,
      current_status_date: status && moscowTime(status.at),
      current_status_date_ms: status?.at,
      friend: viewer === undefined ? undefined : viewerFriends.includes(uid),
      friends_count: friendsOf(world, uid).length,
      common_friends_count: viewer === undefined
        ? undefined
        : friendsOf(world, uid).filter((friend) => viewerFriends.includes(friend)).length,
      accessible: true,
      blocked: false,
      private: false,
      premium: false,
      vip: false,
      url_profile: `https://ok.ru/profile/${uid}`,
      url_profile_mobile: `https://m.ok.ru/profile/${uid}`
    },
    names?.includes("birthday") ? [...names, "birthdaySet"] : names
  )
}

const additionalInfo = (uid: string): Json => {
  const figure = Math.abs(Hash.string(uid))
  const payer = figure % 3 === 0
  return {
    user_id: uid,
    info: {
      app_payer: payer,
      ok_payer: payer,
      balance: ["0", "1-29", "30-99", "100+"][figure % 4] ?? "0",
      last_payment: payer ? "CARD" : "NO",
      player: figure % 2 === 0
    }
  }
}

const maskOf = (world: World, uid: string): number => Option.getOrElse(Record.get(world.masks, uid), () => 0)

// Bit by bit on whole numbers: JavaScript's own operators take the highest bit for a sign.
const combine = (operator: "or" | "and", a: number, b: number): number =>
  Number(operator === "or" ? BigInt(a) | BigInt(b) : BigInt(a) & BigInt(b))

const setMask = (world: World, uid: string, mask: number): World => ({
  ...world,
  masks: Record.set(world.masks, uid, mask)
})

const updatedMask = (call: Call, mask: number): number =>
  call.parameters["mask"] === undefined
    ? mask
    : combine(flag(call, "orUpdate", false) ? "or" : "and", mask, Number(call.parameters["mask"]))

const updatedMaskV2 = (call: Call, mask: number): number => {
  const { and_mask: and, or_mask: or } = call.parameters
  const set = or === undefined ? mask : combine("or", mask, Number(or))
  return and === undefined ? set : combine("and", set, Number(and))
}

const updateMasks = (f: (call: Call, mask: number) => number): Answers[string] => (call, world) =>
  Either.right({
    // The shape of this answer is not documented.
    body: true,
    world: list(call, "uids").reduce((world, uid) => setMask(world, uid, f(call, maskOf(world, uid))), world)
  })

export const users: Answers = {
  "users.deleteGuests": (call, world) =>
    Either.map(subject(call, world), (uid) => ({
      body: true,
      world: setGuests(world, uid, guestsOf(world, uid).filter((guest) => !list(call, "uids").includes(guest)))
    })),

  "users.getAdditionalInfo": reading((call, world) =>
    Either.right({ users: list(call, "uids").filter((uid) => Record.has(world.profiles, uid)).map(additionalInfo) })
  ),

  "users.getCallsLeft": reading((call, world) =>
    Either.map(
      subject(call, world),
      () => list(call, "methods").map((name) => ({ name, available: true, callsLeft: 1000 }))
    )
  ),

  "users.getCurrentUser": reading((call, world) => {
    const profile = profileOf(world, call.session?.uid ?? "")
    return profile === undefined ? refuse(110, "Invalid user id") : Either.right(card(call, world, profile, false))
  }),

  "users.getGuests": reading((call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const { anchor, hasMore, items } = yield* page(call, guestsOf(world, uid), {
        key: (guest) => guest,
        size: 10,
        most: 20,
        anchor: "pagingAnchor",
        direction: "pagingDirection"
      })
      return { guests: items.map((userId) => ({ userId })), pagingAnchor: anchor, hasMore }
    })
  ),

  // Who does not exist is left out.
  "users.getInfo": reading((call, world) =>
    Either.right(
      list(call, "uids").flatMap((uid) => {
        const profile = profileOf(world, uid)
        return profile === undefined ? [] : [card(call, world, profile, flag(call, "emptyPictures", false))]
      })
    )
  ),

  "users.getInfoBy": (call, world) => {
    const profile = profileOf(world, text(call, "uid"))
    if (profile === undefined) {
      return refuse(110, `Invalid user id: ${text(call, "uid")}`)
    }
    const visitor = call.session?.uid
    const visits = visitor !== undefined && visitor !== profile.uid && flag(call, "register_as_guest", true)
    const others = guestsOf(world, profile.uid).filter((guest) => guest !== visitor)
    return Either.right({
      body: { user: card(call, world, profile, false) },
      world: visits ? setGuests(world, profile.uid, [visitor, ...others]) : world
    })
  },

  "users.getInvitableFriends": reading((call, world) =>
    Either.map(subject(call, world), (uid) => ({
      users: friendsOf(world, uid)
        .filter((friend) => usesApplication(world, friend) === flag(call, "suggestOnly", false))
        .map((friend, index) => ({ uid: friend, selectable: index % 2 === 0 }))
    }))
  ),

  "users.getLoggedInUser": reading((call, world) => subject(call, world)),

  "users.getSettings": reading((call, world) =>
    Either.map(subject(call, world), () => ({
      sms_notifications: "NewMessages,NewPresents",
      sms_notifications_start_time: "09:00",
      sms_notifications_end_time: "21:00"
    }))
  ),

  "users.hasAppPermission": reading((call, world) =>
    Either.map(subject(call, world), (uid) => hasGranted(world, uid, text(call, "ext_perm")))
  ),

  "users.isAppUser": reading((call, world) => Either.map(subject(call, world), (uid) => usesApplication(world, uid))),

  "users.removeAppPermissions": (call, world) =>
    Either.map(subject(call, world), (uid) => ({
      body: true,
      world: updatePermissions(world, uid, (permissions) =>
        permissions.filter((permission) =>
          !list(call, "ext_perm").includes(permission)
        ))
    })),

  "users.setStatus": (call, world) => {
    const status = text(call, "status")
    return Either.map(subject(call, world), (uid) => ({
      body: true,
      world: updateProfile(world, uid, (profile) => ({
        ...profile,
        status: status === ""
          ? undefined
          : { id: String(Math.abs(Hash.string(`${uid}${call.now}`))), text: status, at: call.now }
      }))
    }))
  },

  "users.updateMask": (call, world) =>
    Either.gen(function*() {
      const uid = yield* subject(call, world)
      const mask = updatedMask(call, maskOf(world, uid))
      return { body: { mask }, world: setMask(world, uid, mask) }
    }),

  "users.updateMasks": updateMasks(updatedMask),

  "users.updateMasksV2": updateMasks(updatedMaskV2)
}
