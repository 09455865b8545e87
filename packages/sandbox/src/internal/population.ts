/*
 * Who lives in the sandbox. People and groups are the same for every seed; ids, friendships and credentials follow from it.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import { type Account, type Group, type Member, openSession, type Place, type Profile, type World } from "./world.js"

const place = (city: string, country: string, countryCode: string, countryName: string): Place => ({
  city,
  country,
  countryCode,
  countryName
})

const russia = (city: string): Place => place(city, "RUSSIAN_FEDERATION", "RU", "Россия")

const people: ReadonlyArray<readonly [string, string, "male" | "female", string, Place]> = [
  ["Анна", "Смирнова", "female", "1990-05-17", russia("Москва")],
  ["Иван", "Петров", "male", "1985-01-09", russia("Санкт-Петербург")],
  ["Мария", "Кузнецова", "female", "1993-11-02", russia("Казань")],
  ["Дмитрий", "Волков", "male", "1979-07-23", russia("Новосибирск")],
  ["John", "Smith", "male", "1988-03-30", place("London", "UNITED_KINGDOM", "GB", "Великобритания")],
  ["Ольга", "Соколова", "female", "1996-09-14", russia("Екатеринбург")],
  ["Emma", "Johnson", "female", "1991-12-25", place("New York", "UNITED_STATES", "US", "США")],
  ["Сергей", "Морозов", "male", "1968-02-21", russia("Воронеж")],
  ["Елена", "Новикова", "female", "1974-06-06", russia("Самара")],
  ["Алексей", "Фёдоров", "male", "2001-08-19", russia("Пермь")],
  ["Lukas", "Müller", "male", "1994-10-11", place("Berlin", "GERMANY", "DE", "Германия")],
  ["Татьяна", "Орлова", "female", "1982-04-01", russia("Тверь")],
  ["Айгерим", "Садыкова", "female", "1999-01-28", place("Алматы", "KAZAKHSTAN", "KZ", "Казахстан")],
  ["Marie", "Dubois", "female", "1987-05-20", place("Paris", "FRANCE", "FR", "Франция")],
  ["Николай", "Зайцев", "male", "1959-12-31", russia("Псков")],
  ["Юлия", "Белова", "female", "2003-03-08", russia("Томск")],
  ["Giulia", "Rossi", "female", "1995-07-02", place("Roma", "ITALY", "IT", "Италия")],
  ["Артём", "Виноградов", "male", "1998-02-14", russia("Уфа")],
  ["Светлана", "Лебедева", "female", "1971-10-27", russia("Омск")],
  ["Павел", "Козлов", "male", "1983-06-15", russia("Тула")]
]

/** How many of them use the application and are signed in. */
const signedIn = 6

const communities: ReadonlyArray<Omit<Group, "gid" | "photoId" | "topics" | "created">> = [
  {
    name: "Клуб любителей кошек",
    shortname: "test-cats",
    description: "Фотографии и советы",
    category: "OTHER",
    accessType: "OPEN"
  },
  {
    name: "Effect Developers",
    shortname: "test-effect",
    description: "Typed effects and strong coffee",
    category: "CUSTOM",
    accessType: "OPEN"
  },
  {
    name: "Школа № 57, выпуск 2008",
    shortname: "test-school",
    description: "Встреча каждую осень",
    category: "SCHOOL",
    accessType: "CLOSED"
  },
  {
    name: "Бег по утрам",
    shortname: "test-running",
    description: "Каждую субботу в парке",
    category: "CUSTOM",
    accessType: "OPEN"
  }
]

const ranks: ReadonlyArray<Pick<Member, "status" | "role">> = [
  { status: "ADMIN", role: undefined },
  { status: "MODERATOR", role: "SUPER_MODERATOR" },
  { status: "MODERATOR", role: "EDITOR" }
]

const kinships = ["CLASSMATE", "COLLEGUE", "CLOSEFRIEND", "PLAYINGTOGETHER", "BROTHERSISTER"]

// Every other id is beyond 2^53, where a `number` would round it.
const idOf = (kind: number, number: number): string =>
  String(
    (number % 2 === 0 ? 570_000_000_000n : 9_007_199_254_740_993n) + BigInt(kind) * 1_000_000n +
      BigInt(number) * 97n
  )

const hours = 60 * 60 * 1000

/** The world as it is when it starts. The same options give the same world. */
export const populate = (options: {
  readonly seed: number
  readonly permissions: ReadonlyArray<string>
  /** How long a session lasts, in milliseconds. */
  readonly tokenLife: number
  /** Milliseconds since 1970. */
  readonly now: number
}): Effect.Effect<World> =>
  Effect.gen(function*() {
    // Two seeds share no id and no token.
    const first = options.seed * 100
    const profiles = yield* Effect.forEach(people, ([firstName, lastName, gender, birthday, place], index) =>
      Effect.gen(function*() {
        const number = first + index + 1
        const platform = yield* Random.nextIntBetween(0, 3)
        const minutes = yield* Random.nextIntBetween(5, 20_000)
        const profile: Profile = {
          uid: idOf(0, number),
          firstName,
          lastName,
          gender,
          birthday,
          hidesBirthYear: index % 5 === 3,
          place,
          locale: place.countryCode === "RU" ? "ru" : "en",
          photoId: index % 6 === 5 ? undefined : idOf(1, number),
          online: ([undefined, "web", "mobile"] as const)[platform],
          devices: [["WEB"], ["WEB", "ANDROID"], ["ANDROID"], ["WEB", "IOS"]][index % 4] ?? [],
          minutesSinceOnline: platform === 0 ? minutes : 0,
          registered: 1_200_000_000_000 + index * 1_000 * hours,
          status: undefined
        }
        return profile
      }))
    const uids = profiles.map((profile) =>
      profile.uid
    )

    const pairs = uids.flatMap((a, index) => uids.slice(index + 1).map((b) => [a, b] as const))
    const friendships = yield* Effect.filter(pairs, () => Effect.map(Random.next, (chance) => chance < 0.4))
    const friendsOf = (uid: string): ReadonlyArray<string> =>
      friendships.flatMap(([a, b]) => a === uid ? [b] : b === uid ? [a] : [])
    const relations = yield* Effect.forEach(uids, (uid) =>
      Effect.forEach(
        friendsOf(uid).filter((_, index) => index % 2 === 0),
        (friend) =>
          Effect.map(Random.nextIntBetween(0, kinships.length), (kind) => [friend, kinships[kind] ?? "ALL"] as const)
      ))
    const guests = yield* Effect.forEach(uids, (uid) =>
      Effect.map(
        Random.shuffle(uids.filter((other) => other !== uid)),
        (others) => [...others].slice(0, 13)
      ))
    const news = yield* Effect.forEach(uids, () =>
      Effect.all({
        ACTIVITIES: Random.nextIntBetween(0, 20),
        DISCUSSIONS: Random.nextIntBetween(0, 9),
        MARKS: Random.nextIntBetween(0, 5),
        MESSAGES: Random.nextIntBetween(0, 12),
        NOTIFICATIONS: Random.nextIntBetween(0, 4)
      }))

    const groups = communities.map((community, index): Group => ({
      gid: idOf(2, first + index + 1),
      created: 1_300_000_000_000 + index * 5_000 * hours,
      photoId: undefined,
      topics: Array.from({ length: 12 - index * 2 }, (_, topic) => idOf(3 + index, first + topic + 1)),
      name: community.name,
      shortname: community.shortname,
      description: community.description,
      category: community.category,
      accessType: community.accessType
    }))
    // The first user runs the first group, the second the second and so on; the first group has everybody in it.
    const members = yield* Effect.forEach(groups, (_, index) =>
      Effect.gen(function*() {
        const others = yield* Random.shuffle(uids.filter((_, user) => user !== index))
        const joined = [uids[index] ?? "", ...others].slice(0, index === 0 ? uids.length : 14 - index * 2)
        return joined.map((userId, order): Member => ({
          userId,
          status: ranks[order]?.status ?? "ACTIVE",
          role: ranks[order]?.role
        }))
      }))

    const accounts = uids.map((uid, index): Account => ({
      uid,
      login: `test-login-${first + index + 1}`,
      password: Redacted.make(`test-password-${first + index + 1}`),
      usesApplication: index < signedIn,
      permissions: index < signedIn ? options.permissions : []
    }))

    const byUid = <A>(values: ReadonlyArray<A>): { readonly [uid: string]: A } =>
      Object.fromEntries(uids.flatMap((uid, index) => values[index] === undefined ? [] : [[uid, values[index]]]))
    const world: World = {
      profiles: byUid(profiles),
      friends: byUid(uids.map(friendsOf)),
      relations: byUid(relations.map((relation) => Object.fromEntries(relation))),
      guests: byUid(guests),
      accounts: byUid(accounts),
      sessions: [],
      refreshTokens: [],
      nextToken: first + 1,
      tokenLife: options.tokenLife,
      codes: [],
      dialogs: [],
      signedIn: [],
      challenge: "none",
      tokenPages: { left: 0, status: 200 },
      groups: Object.fromEntries(groups.map((group) => [group.gid, group])),
      members: Object.fromEntries(groups.map((group, index) => [group.gid, members[index] ?? []])),
      masks: {},
      news: byUid(news)
    }
    return uids.slice(0, signedIn).reduce((world, uid) => openSession(world, uid, options.now)[1], world)
  }).pipe(Effect.withRandom(Random.make(`effect-okru sandbox ${options.seed}`)))
