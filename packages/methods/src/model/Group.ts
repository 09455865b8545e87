/**
 * A group: a community, a public page, an event.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"
import { Photo } from "./Photo.js"

/**
 * What kind of group it is, in OK.ru's own spelling (`COLLEAGE`, `MOIMIR`).
 *
 * @since 0.1.0
 * @category models
 */
export const GroupCategory = OkField.oneOf(
  "ARMY",
  "COLLEAGE",
  "CUSTOM",
  "FACULTY",
  "HAPPENING",
  "HOLIDAY",
  "MOIMIR",
  "OTHER",
  "SCHOOL",
  "UNIVERSITY",
  "WORKPLACE"
)

const fields = () =>
  Schema.Struct({
    uid: OkField.optional(OkField.id),
    name: OkField.optional(Schema.String),
    abbreviation: OkField.optional(Schema.String),
    access_type: OkField.optional(OkField.oneOf("OPEN", "CLOSED", "SECRET")),
    address: OkField.optional(Schema.String),
    admin_id: OkField.optional(OkField.id),
    /** The rights that were asked for. Seen: `ap` add albums, `cca` create catalogs, `pc` create products. */
    attrs: OkField.optional(Attributes),
    blocked: OkField.optional(OkField.boolean),
    bookmarked: OkField.optional(OkField.boolean),
    business: OkField.optional(OkField.boolean),
    category: OkField.optional(GroupCategory),
    city: OkField.optional(Schema.String),
    community: OkField.optional(OkField.boolean),
    country: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    created_ms: OkField.optional(OkField.int),
    description: OkField.optional(Schema.String),
    /** Of an event. Milliseconds since 1970, as it seems. */
    end_date: OkField.optional(OkField.int),
    feed_subscription: OkField.optional(OkField.boolean),
    followers_count: OkField.optional(OkField.int),
    friends_count: OkField.optional(OkField.int),
    graduate_year: OkField.optional(OkField.int),
    has_daily_photo: OkField.optional(OkField.boolean),
    homepage_name: OkField.optional(Schema.String),
    homepage_url: OkField.optional(Schema.String),
    invitations_count: OkField.optional(OkField.int),
    join_requests_count: OkField.optional(OkField.int),
    location_id: OkField.optional(OkField.id),
    location_latitude: OkField.optional(OkField.number),
    location_longitude: OkField.optional(OkField.number),
    location_zoom: OkField.optional(OkField.int),
    main_photo: OkField.optional(Photo),
    members_count: OkField.optional(OkField.int),
    mentions_subscription: OkField.optional(OkField.boolean),
    new_chats_count: OkField.optional(OkField.int),
    notifications_subscription: OkField.optional(OkField.boolean),
    phone: OkField.optional(Schema.String),
    photo_id: OkField.optional(OkField.id),
    photos_tab_hidden: OkField.optional(OkField.boolean),
    /** The address that the field `pic_avatar` brings. */
    picAvatar: OkField.optional(Schema.String),
    possible_members_count: OkField.optional(OkField.int),
    premium: OkField.optional(OkField.boolean),
    private: OkField.optional(OkField.boolean),
    products_tab_hidden: OkField.optional(OkField.boolean),
    /** `group:` and the id. */
    ref: OkField.optional(Schema.String),
    scope_id: OkField.optional(OkField.id),
    shop_visible_admin: OkField.optional(OkField.boolean),
    shop_visible_public: OkField.optional(OkField.boolean),
    shortname: OkField.optional(Schema.String),
    /** Of an event. Milliseconds since 1970, as it seems. */
    start_date: OkField.optional(OkField.int),
    status: OkField.optional(Schema.String),
    subcategory_id: OkField.optional(OkField.id),
    video_tab_hidden: OkField.optional(OkField.boolean),
    year_from: OkField.optional(OkField.int),
    year_to: OkField.optional(OkField.int),
    // These can be asked for, and no source says what comes.
    age_restricted: OkField.optional(Schema.Unknown),
    author_approved: OkField.optional(Schema.Unknown),
    auto_group_source: OkField.optional(Schema.Unknown),
    can_manage_video_revenue: OkField.optional(Schema.Unknown),
    comment_as_official: OkField.optional(Schema.Unknown),
    content_as_official: OkField.optional(Schema.Unknown),
    cover: OkField.optional(Schema.Unknown),
    cover_buttons: OkField.optional(Schema.Unknown),
    cover_series: OkField.optional(Schema.Unknown),
    disable_photo_upload: OkField.optional(Schema.Unknown),
    disable_reason: OkField.optional(Schema.Unknown),
    friends: OkField.optional(Schema.Unknown),
    gos_org: OkField.optional(Schema.Unknown),
    group_agreement: OkField.optional(Schema.Unknown),
    group_news: OkField.optional(Schema.Unknown),
    has_group_agreement: OkField.optional(Schema.Unknown),
    has_recent_presents: OkField.optional(Schema.Unknown),
    hobby_expert: OkField.optional(Schema.Unknown),
    hobby_topic: OkField.optional(Schema.Unknown),
    invitation_sent: OkField.optional(Schema.Unknown),
    main_page_tab: OkField.optional(Schema.Unknown),
    manage_members: OkField.optional(Schema.Unknown),
    member_status: OkField.optional(Schema.Unknown),
    messaging_enabled: OkField.optional(Schema.Unknown),
    min_age: OkField.optional(Schema.Unknown),
    mobile_cover: OkField.optional(Schema.Unknown),
    paid_access: OkField.optional(Schema.Unknown),
    paid_access_description: OkField.optional(Schema.Unknown),
    paid_access_price: OkField.optional(Schema.Unknown),
    paid_content: OkField.optional(Schema.Unknown),
    paid_content_description: OkField.optional(Schema.Unknown),
    paid_content_price: OkField.optional(Schema.Unknown),
    partner_program_status: OkField.optional(Schema.Unknown),
    pin_notifications_off: OkField.optional(Schema.Unknown),
    profile_buttons: OkField.optional(Schema.Unknown),
    request_sent: OkField.optional(Schema.Unknown),
    request_sent_date: OkField.optional(Schema.Unknown),
    revenue_partner_program_enabled: OkField.optional(Schema.Unknown),
    rkn_mark: OkField.optional(Schema.Unknown),
    role: OkField.optional(Schema.Unknown),
    subcategory: OkField.optional(Schema.Unknown),
    tags: OkField.optional(Schema.Unknown),
    user_paid_access: OkField.optional(Schema.Unknown),
    user_paid_access_till: OkField.optional(Schema.Unknown),
    user_paid_content: OkField.optional(Schema.Unknown),
    user_paid_content_till: OkField.optional(Schema.Unknown),
    who_can_comment: OkField.optional(Schema.Unknown)
  })

/**
 * A group with its ids as texts, counters as numbers and flags as booleans. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Group extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A group as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface GroupEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A group. OK.ru leaves out what was not asked for.
 *
 * A field whose type no source shows has that of its like (`photos_tab_hidden` that of `video_tab_hidden`); one that
 * has no like is `unknown`.
 *
 * @since 0.1.0
 * @category models
 */
export const Group: Schema.Schema<Group, GroupEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that a group can be asked for. Some are no keys of an answer: `pic_avatar` brings
 * `picAvatar`, and the rights, `..._allowed`, come as codes in `attrs`.
 *
 * @since 0.1.0
 * @category models
 */
export const GroupField = OkParam.fieldOf(Group, {
  also: [
    "add_channel_allowed",
    "add_paid_theme_allowed",
    "add_photoalbum_allowed",
    "add_theme_allowed",
    "add_video_allowed",
    "ads_manager_allowed",
    "advanced_publication_allowed",
    "call_allowed",
    "catalog_create_allowed",
    "change_avatar_allowed",
    "change_type_allowed",
    "create_ads_allowed",
    "daily_photo_post_allowed",
    "delete_allowed",
    "edit_allowed",
    "edit_apps_allowed",
    "follow_allowed",
    "group_challenge_create_allowed",
    "group_journal_allowed",
    "invite_allowed",
    "invite_free_allowed",
    "join_allowed",
    "leave_allowed",
    "link_carousel_allowed",
    "link_posting_allowed",
    "manage_messaging_allowed",
    "mentions_subscription_allowed",
    "messages_allowed",
    "messaging_allowed",
    "new_adverts_allowed",
    "online_payment_allowed",
    "partner_link_create_allowed",
    "partner_program_allowed",
    "penalty_points_allowed",
    "pic_avatar",
    "product_create_allowed",
    "product_create_suggested_allowed",
    "product_create_zero_lifetime_allowed",
    "promo_theme_allowed",
    "publish_delayed_theme_allowed",
    "reshare_allowed",
    "stats_allowed",
    "suggest_theme_allowed",
    "transfers_allowed",
    "unfollow_allowed",
    "view_members_allowed",
    "view_moderators_allowed",
    "view_paid_themes_allowed",
    "view_received_presents_allowed",
    "view_sent_presents_allowed"
  ],
  but: ["attrs", "picAvatar"]
})
