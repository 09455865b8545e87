/**
 * A user's profile.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { CurrentLocation, Location } from "./Location.js"

const textToken = () =>
  Schema.Struct({
    font_styles: OkField.list(Schema.String),
    highlight: OkField.optional(OkField.boolean),
    link: OkField.optional(Schema.String),
    ref: OkField.optional(Schema.String),
    size: OkField.optional(OkField.int),
    text: OkField.optional(Schema.String),
    text_align: OkField.optional(Schema.String),
    /** Of a type that is named and not described. */
    text_tokens: OkField.list(Schema.Unknown),
    type: OkField.optional(Schema.String)
  })

const mood = () =>
  Schema.Struct({
    animation_properties: OkField.optional(Schema.Struct({
      duration: OkField.optional(OkField.int),
      fps: OkField.optional(OkField.int),
      frameRepeats: OkField.optional(Schema.Record({ key: Schema.String, value: OkField.int })),
      framesCount: OkField.optional(OkField.int),
      replayDelay: OkField.optional(OkField.int)
    })),
    background_properties: OkField.optional(Schema.Struct({
      gradientAngle: OkField.optional(OkField.int),
      primaryColor: OkField.optional(Schema.String),
      secondaryColor: OkField.optional(Schema.String)
    })),
    description: OkField.optional(Schema.String),
    id: OkField.optional(OkField.id)
  })

/**
 * A mood's id and description, and how to draw and animate it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Mood extends Schema.Schema.Type<ReturnType<typeof mood>> {}

/**
 * A mood as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface MoodEncoded extends Schema.Schema.Encoded<ReturnType<typeof mood>> {}

/**
 * The mood that goes with a user's status. It may hold more than this: the official template is known in part.
 *
 * @since 0.1.0
 * @category models
 */
export const Mood: Schema.Schema<Mood, MoodEncoded> = Schema.suspend(mood)

const fields = () =>
  Schema.Struct({
    accessible: OkField.optional(OkField.boolean),
    age: OkField.optional(OkField.int),
    allow_add_to_friend: OkField.optional(OkField.boolean),
    allows_anonym_access: OkField.optional(OkField.boolean),
    allows_messaging_only_for_friends: OkField.optional(OkField.boolean),
    /** This and the other parts of a badge come for the field `badge`. */
    badge_id: OkField.optional(OkField.id),
    badge_img: OkField.optional(Schema.String),
    badge_link: OkField.optional(Schema.String),
    badge_title: OkField.optional(Schema.String),
    become_vip_allowed: OkField.optional(OkField.boolean),
    bio: OkField.optional(Schema.String),
    /** `yyyy-MM-dd`, or `MM-dd` where the year is hidden. */
    birthday: OkField.optional(Schema.String),
    /** Whether there is a birthday. No name asks for it, and which of them brings it no source says. */
    birthdaySet: OkField.optional(OkField.boolean),
    /** This and its tokens come for the field `block_on_demand`. */
    block_on_demand_reason: OkField.optional(Schema.String),
    block_on_demand_reason_tokens: OkField.optional(Schema.Array(textToken())),
    blocked: OkField.optional(OkField.boolean),
    blocks: OkField.optional(OkField.boolean),
    bookmarked: OkField.optional(OkField.boolean),
    business: OkField.optional(OkField.boolean),
    can_use_referral_invite: OkField.optional(OkField.boolean),
    can_vcall: OkField.optional(OkField.boolean),
    can_vmail: OkField.optional(OkField.boolean),
    capabilities: OkField.optional(Schema.String),
    city_of_birth: OkField.optional(Schema.String),
    close_comments_allowed: OkField.optional(OkField.boolean),
    common_friends_count: OkField.optional(OkField.int),
    current_location: OkField.optional(CurrentLocation),
    current_status: OkField.optional(Schema.String),
    /** A date as text, in a format that no source shows. */
    current_status_date: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    current_status_date_ms: OkField.optional(OkField.int),
    current_status_id: OkField.optional(OkField.id),
    current_status_mood: OkField.optional(Mood),
    current_status_track_id: OkField.optional(OkField.id),
    /** Needs `GET_EMAIL`. */
    email: OkField.optional(Schema.String),
    feed_subscription: OkField.optional(OkField.boolean),
    first_name: OkField.optional(Schema.String),
    /** In the instrumental case. */
    first_name_instrumental: OkField.optional(Schema.String),
    followers_count: OkField.optional(OkField.int),
    friend: OkField.optional(OkField.boolean),
    friend_invitation: OkField.optional(OkField.boolean),
    friend_invite_allowed: OkField.optional(OkField.boolean),
    friends_count: OkField.optional(OkField.int),
    gender: OkField.optional(OkField.oneOf("male", "female")),
    group_invite_allowed: OkField.optional(OkField.boolean),
    has_daily_photo: OkField.optional(OkField.boolean),
    has_email: OkField.optional(OkField.boolean),
    has_groups_to_comment: OkField.optional(OkField.boolean),
    has_moderating_groups: OkField.optional(OkField.boolean),
    has_phone: OkField.optional(OkField.boolean),
    has_pinned_feed: OkField.optional(OkField.boolean),
    has_products: OkField.optional(OkField.boolean),
    has_service_invisible: OkField.optional(OkField.boolean),
    is_activated: OkField.optional(OkField.boolean),
    last_name: OkField.optional(Schema.String),
    /** In the instrumental case. */
    last_name_instrumental: OkField.optional(Schema.String),
    /** `yyyy-MM-dd HH:mm:ss`. */
    last_online: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    last_online_ms: OkField.optional(OkField.int),
    locale: OkField.optional(Schema.String),
    location: OkField.optional(Location),
    /** Milliseconds since 1970. */
    modified_ms: OkField.optional(OkField.int),
    name: OkField.optional(Schema.String),
    /** In the instrumental case. */
    name_instrumental: OkField.optional(Schema.String),
    /** How the user is online now: `web` was seen. */
    online: OkField.optional(Schema.String),
    partner_link_create_allowed: OkField.optional(OkField.boolean),
    photo_id: OkField.optional(OkField.id),
    pic1024x768: OkField.optional(Schema.String),
    pic128max: OkField.optional(Schema.String),
    pic128x128: OkField.optional(Schema.String),
    pic180min: OkField.optional(Schema.String),
    pic190x190: OkField.optional(Schema.String),
    pic224x224: OkField.optional(Schema.String),
    pic240min: OkField.optional(Schema.String),
    pic288x288: OkField.optional(Schema.String),
    pic320min: OkField.optional(Schema.String),
    pic50x50: OkField.optional(Schema.String),
    pic600x600: OkField.optional(Schema.String),
    pic640x480: OkField.optional(Schema.String),
    /** The old name of `pic50x50`. */
    pic_1: OkField.optional(Schema.String),
    /** The old name of `pic128max`. */
    pic_2: OkField.optional(Schema.String),
    /** The old name of `pic190x190`. */
    pic_3: OkField.optional(Schema.String),
    /** The old name of `pic640x480`. */
    pic_4: OkField.optional(Schema.String),
    /** The old name of `pic128x128`. */
    pic_5: OkField.optional(Schema.String),
    pic_base: OkField.optional(Schema.String),
    pic_full: OkField.optional(Schema.String),
    pic_max: OkField.optional(Schema.String),
    picgif: OkField.optional(Schema.String),
    picmp4: OkField.optional(Schema.String),
    picwebm: OkField.optional(Schema.String),
    private: OkField.optional(OkField.boolean),
    profile_photo_suggest_allowed: OkField.optional(OkField.boolean),
    pymk_pic224x224: OkField.optional(Schema.String),
    pymk_pic288x288: OkField.optional(Schema.String),
    pymk_pic600x600: OkField.optional(Schema.String),
    pymk_pic_full: OkField.optional(Schema.String),
    /** `yyyy-MM-dd HH:mm:ss`. */
    registered_date: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    registered_date_ms: OkField.optional(OkField.int),
    send_message_allowed: OkField.optional(OkField.boolean),
    shortname: OkField.optional(Schema.String),
    total_photos_count: OkField.optional(OkField.int),
    uid: OkField.optional(OkField.id),
    url_chat: OkField.optional(Schema.String),
    url_chat_mobile: OkField.optional(Schema.String),
    url_profile: OkField.optional(Schema.String),
    url_profile_mobile: OkField.optional(Schema.String),
    vk_id: OkField.optional(OkField.id),
    // These can be asked for, and no source says what comes.
    allowed_for_ads_vk: OkField.optional(Schema.Unknown),
    dzen_token: OkField.optional(Schema.Unknown),
    executor: OkField.optional(Schema.Unknown),
    external_share_link: OkField.optional(Schema.Unknown),
    forbids_mentioning: OkField.optional(Schema.Unknown),
    hobby_expert: OkField.optional(Schema.Unknown),
    hobby_topic: OkField.optional(Schema.Unknown),
    internal_pic_allow_empty: OkField.optional(Schema.Unknown),
    invited_by_friend: OkField.optional(Schema.Unknown),
    is_merchant: OkField.optional(Schema.Unknown),
    location_of_birth: OkField.optional(Schema.Unknown),
    new_user: OkField.optional(Schema.Unknown),
    nn_photo_set_ids: OkField.optional(Schema.Unknown),
    odkl_block_reason: OkField.optional(Schema.Unknown),
    odkl_email: OkField.optional(Schema.Unknown),
    odkl_login: OkField.optional(Schema.Unknown),
    odkl_mobile: OkField.optional(Schema.Unknown),
    odkl_mobile_activation_date: OkField.optional(Schema.Unknown),
    odkl_mobile_status: OkField.optional(Schema.Unknown),
    odkl_user_options: OkField.optional(Schema.Unknown),
    odkl_user_status: OkField.optional(Schema.Unknown),
    odkl_voting: OkField.optional(Schema.Unknown),
    possible_relations: OkField.optional(Schema.Unknown),
    premium: OkField.optional(Schema.Unknown),
    presents: OkField.optional(Schema.Unknown),
    profile_buttons: OkField.optional(Schema.Unknown),
    profile_cover: OkField.optional(Schema.Unknown),
    ref: OkField.optional(Schema.Unknown),
    relations: OkField.optional(Schema.Unknown),
    relationship: OkField.optional(Schema.Unknown),
    returning: OkField.optional(Schema.Unknown),
    rkn_mark: OkField.optional(Schema.Unknown),
    show_lock: OkField.optional(Schema.Unknown),
    skill: OkField.optional(Schema.Unknown),
    status: OkField.optional(Schema.Unknown),
    update_photos_with_me_checked_time: OkField.optional(Schema.Unknown),
    vip: OkField.optional(Schema.Unknown)
  })

/**
 * A profile with its ids as texts, counters as numbers and flags as booleans. Only what OK.ru sent is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface User extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A profile as OK.ru writes it: numbers and flags also in quotes, `null` for what is absent.
 *
 * @since 0.1.0
 * @category models
 */
export interface UserEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A user's profile. OK.ru leaves out what was not asked for, what is empty and what the user hides.
 *
 * Pictures are addresses. A field whose type no source shows has that of its like (`has_phone` that of `has_email`);
 * one that has no like is `unknown`.
 *
 * @since 0.1.0
 * @category models
 */
export const User: Schema.Schema<User, UserEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that a profile can be asked for. Two are no keys of an answer: `badge` brings `badge_id` and
 * its like, `block_on_demand` the reason of a block.
 *
 * @since 0.1.0
 * @category models
 */
export const UserField = OkParam.fieldOf(User, {
  also: ["badge", "block_on_demand"],
  but: [
    "badge_id",
    "badge_img",
    "badge_link",
    "badge_title",
    "birthdaySet",
    "block_on_demand_reason",
    "block_on_demand_reason_tokens",
    "capabilities",
    "feed_subscription",
    "is_activated"
  ]
})
