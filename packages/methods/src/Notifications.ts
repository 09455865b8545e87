/**
 * Notifications from the application: to one user, to all who fit, to those who pay.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/notifications/. Each application has a quota for a day, which
 * begins at 4 in the morning: when it is used up, what {@link sendMass} sends is not delivered and {@link sendSimple}
 * is refused.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

const range = <A>(
  bound: Schema.Schema<A, string>
): Schema.Schema<{ readonly from: A; readonly to: A }, string> =>
  Schema.compose(
    Schema.transform(Schema.String, Schema.Struct({ from: Schema.String, to: Schema.String }), {
      strict: true,
      decode: (text) => {
        const [from = "", to = ""] = text.split("-")
        return { from, to }
      },
      encode: ({ from, to }) => `${from}-${to}`
    }),
    Schema.Struct({ from: bound, to: bound }),
    { strict: false }
  )

const dayOfYear = Schema.transform(
  Schema.String,
  Schema.Struct({
    month: Schema.Int.pipe(Schema.between(1, 12)),
    day: Schema.Int.pipe(Schema.between(1, 31))
  }),
  {
    strict: true,
    decode: (text) => {
      const [month = NaN, day = NaN] = text.split(".").map(Number)
      return { month, day }
    },
    encode: ({ day, month }) => [month, day].map((part) => String(part).padStart(2, "0")).join(".")
  }
)

const text200 = Schema.String.pipe(Schema.maxLength(200))

/** Handed to the application in `custom_args` when it is opened from the notification. */
const mark = OkParam.optional(OkParam.string)

const mailing = {
  /** At most 200 characters. */
  text: text200,
  /** Less than 14 days from now. */
  expires: OkParam.moscowMinute,
  mark,
  /** Who sees it: the application's users, or its developers only. `P` and `A` for short; `PUBLIC` by default. */
  status: OkParam.optional(OkParam.oneOf("PUBLIC", "P", "ADMINS_ONLY", "A"))
}

const favPromo = OkParam.merge(mailing, {
  /** The game's icon by default. Whether an address or an id, is not documented. */
  image: OkParam.optional(OkParam.string)
})

/**
 * Sends a notification to the users who pay in the application regularly. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendFavPromo = OkMethod.suspend("notifications.sendFavPromo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: favPromo,
  success: OkMethod.Undocumented
}))

/**
 * Sends a notification to all users of the application who fit every filter. There may be more parameters. Answer undocumented.
 *
 * At most 5 public ones show at once, the older ones are hidden; at most 30 a day.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendMass = OkMethod.suspend("notifications.sendMass", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge(mailing, {
    /**
     * At most 200 characters. `${user.first-name}`, `${user.last-name}`, `${user.full-name}` and `${user.age}` are
     * filled in for each reader.
     */
    text: text200,
    gender: OkParam.optional(OkParam.oneOf("MALE", "M", "FEMALE", "F")),
    /** Inclusive, in years. */
    age_range: OkParam.optional(range(OkParam.int)),
    /** Inclusive. */
    birthday_range: OkParam.optional(range(dayOfYear)),
    /** The country's code, as in the profile. */
    country: OkParam.optional(OkParam.string),
    /** The city's code, as `location.city` of `Users.getInfo`. */
    city: OkParam.optional(OkParam.string),
    /** When the user first opened the application. Days, inclusive. */
    first_access_range: OkParam.optional(range(OkParam.moscowDay)),
    /** When the user last opened the application. Days, inclusive. */
    last_access_range: OkParam.optional(range(OkParam.moscowDay)),
    /** Only users who have an e-mail in their profile, or only those who have none. */
    has_email: OkParam.optional(OkParam.boolean),
    /** 32 bits. Only users whose own mask has one of these bits. */
    mask: OkParam.optional(OkParam.int.pipe(Schema.between(0, 0xffffffff))),
    /** `true` for only users whose mask is the same. */
    maskExactMatch: OkParam.optional(OkParam.boolean),
    /** An A/B test. The values are not known. */
    qualifier: OkParam.optional(OkParam.string),
    /** The group of the A/B test: 0 for the control group, 1 for the experimental one. */
    test_group: OkParam.optional(OkParam.int),
    /** Its description is not known. */
    test_groups: OkParam.optional(OkParam.int)
  }),
  success: OkMethod.Undocumented
}))

/**
 * Sends a notification to some users. For applications that are no games.
 *
 * One a day for each user. With a developer's token any number, to the application's developers.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendMessage = OkMethod.suspend("notifications.sendMessage", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  manual: false,
  params: {
    user_ids: OkParam.list(OkParam.string),
    /** At most 254 characters. */
    message: OkParam.optional(Schema.String.pipe(Schema.maxLength(254))),
    /** Not described. */
    msg_id: OkParam.optional(OkParam.string),
    mark
  },
  success: Schema.Struct({
    /** What became of it, by the user's id. */
    result: OkField.optional(Schema.Record({
      key: Schema.String,
      value: OkField.oneOf(
        "FAILED",
        "INACTIVE",
        "LIMIT_REACHED",
        "NOTIFICATIONS_DISABLED",
        "NOT_AUTHORIZED",
        "OK",
        "RATE_EXCEEDED"
      )
    }))
  })
}))

/**
 * Sends a notification to one user, who has opened the application in the last 14 days.
 *
 * At most 5 a day for each user. A user has one such notification at a time: a new one takes the place of the old.
 *
 * @since 0.1.0
 * @category methods
 */
export const sendSimple = OkMethod.suspend("notifications.sendSimple", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: {
    uid: OkParam.string,
    /** At most 100 characters, of which at most 5 special ones or emoji. */
    text: Schema.String.pipe(Schema.maxLength(100)),
    mark,
    /** Not described. */
    qualifier: OkParam.optional(OkParam.string),
    /** What is written on the button, instead of an invitation to play. */
    custom_button_key: OkParam.optional(
      OkParam.oneOf(
        "button_accept",
        "button_activation_accept",
        "button_attach_badge",
        "button_attend",
        "button_buyOKs",
        "button_close",
        "button_confirmFriend",
        "button_confirmPymk",
        "button_decline",
        "button_enable",
        "button_fill",
        "button_goToSettings",
        "button_hide",
        "button_ignore",
        "button_install",
        "button_join",
        "button_later",
        "button_launch",
        "button_launch_app",
        "button_maybe",
        "button_moderate",
        "button_more",
        "button_open",
        "button_open_all",
        "button_pay",
        "button_promote",
        "button_realProlong",
        "button_rejectRequest",
        "button_see",
        "button_sendPresent",
        "button_show",
        "button_subscribe",
        "button_unsubscribe_cancel",
        "button_use_coupon",
        "button_view"
      )
    )
  },
  success: OkField.boolean
}))

/**
 * Withdraws what {@link sendFavPromo} sent. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const stopFavPromo = OkMethod.suspend("notifications.stopFavPromo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: {
    id: OkParam.string
  },
  success: OkMethod.Undocumented
}))

/**
 * Withdraws what {@link sendMass} sent. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const stopSendMass = OkMethod.suspend("notifications.stopSendMass", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  confidence: "partial",
  params: {
    id: OkParam.string
  },
  success: OkMethod.Undocumented
}))

/**
 * Changes what {@link sendFavPromo} sent: all of it, text and expiry included.
 *
 * @since 0.1.0
 * @category methods
 */
export const updateFavPromo = OkMethod.suspend("notifications.updateFavPromo", () => ({
  session: "prohibited",
  permissions: ["VALUABLE_ACCESS"],
  kind: "write",
  params: OkParam.merge({
    id: OkParam.string
  }, favPromo),
  success: Schema.Struct({ id: OkField.optional(OkField.id) })
}))
