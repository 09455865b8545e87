/**
 * What the loopback server answers, and which fields are asked for.
 */

/** Twenty fields, some of each kind. */
export const fields = [
  "uid",
  "locale",
  "first_name",
  "last_name",
  "name",
  "gender",
  "age",
  "birthday",
  "has_email",
  "has_phone",
  "private",
  "location",
  "online",
  "last_online",
  "last_online_ms",
  "friends_count",
  "photo_id",
  "pic_1",
  "pic_2",
  "url_profile"
] as const

const user = (index: number, bytes: number): string => {
  const uid = String(570_000_000_194 + index)
  const json = (padding: string) =>
    JSON.stringify({
      uid,
      locale: "ru",
      first_name: "Анна",
      last_name: "Смирнова",
      name: "Анна С.",
      gender: "female",
      age: 20 + (index % 50),
      birthday: "1990-05-17",
      has_email: true,
      has_phone: false,
      private: false,
      location: { city: "Казань", country: "RUSSIA", countryCode: "RU", countryName: "Россия" },
      online: "web",
      last_online: "2026-01-15 12:30:45",
      last_online_ms: 1_768_469_445_000 + index,
      friends_count: 100 + index,
      photo_id: String(870_000_000_000 + index),
      pic_1: `https://i.test/${uid}`,
      pic_2: `https://i.test/${uid}${padding}`,
      url_profile: `https://ok.test/${uid}`
    })
  return json("x".repeat(bytes - Buffer.byteLength(json(""))))
}

/** A user as `users.getCurrentUser` answers it: 576 bytes. */
export const currentUser = user(0, 576)

/** A hundred users as `users.getInfo` answers them: 60 kB. */
export const hundredUsers = `[${Array.from({ length: 100 }, (_, index) => user(index, 599)).join(",")}]`

const firstUid = "570000000194"

export const isCurrentUser = (answer: unknown): boolean =>
  typeof answer === "object" && answer !== null && "uid" in answer && answer.uid === firstUid

export const isTextOfCurrentUser = (answer: unknown): boolean => answer === currentUser

export const areHundredUsers = (answer: unknown): boolean =>
  Array.isArray(answer) && answer.length === 100 && isCurrentUser(answer[0])
