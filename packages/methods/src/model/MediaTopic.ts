/**
 * A media topic: a post, a note, a status, a topic of a group, a product.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"
import { DiscussionSummary } from "./DiscussionSummary.js"
import { EntityField } from "./EntityField.js"
import { LikeSummary } from "./LikeSummary.js"

const block = Schema.Struct(
  {
    /** `text`, `photo`, `link`, `movie`, `poll`, `product`... */
    type: OkField.optional(Schema.String),
    text: OkField.optional(Schema.String)
  },
  OkField.rest
)

/**
 * A part of a topic, with its type and its text where it has them.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaBlock extends Schema.Schema.Type<typeof block> {}

/**
 * A part of a topic as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaBlockEncoded extends Schema.Schema.Encoded<typeof block> {}

/**
 * A part of a topic. Only its type and its text are known for sure: what else it holds is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export const MediaBlock: Schema.Schema<MediaBlock, MediaBlockEncoded> = block

const fields = () =>
  Schema.Struct({
    id: OkField.optional(OkField.id),
    /** The rights that were asked for, where they come as elsewhere. */
    attrs: OkField.optional(Attributes),
    /** Who wrote it: `user:` or `group:` and the id. */
    author_ref: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    created_ms: OkField.optional(OkField.int),
    /** What `Stream.delete` takes. */
    delete_id: OkField.optional(OkField.id),
    discussion_summary: OkField.optional(DiscussionSummary),
    /** Milliseconds since 1970. */
    last_reject_time_ms: OkField.optional(OkField.int),
    like_summary: OkField.optional(LikeSummary),
    /** What `Stream.markAsSpam` takes. */
    mark_as_spam_id: OkField.optional(OkField.id),
    /** The blocks, from the top down. */
    media: OkField.list(MediaBlock),
    /** On whose page it is: `user:` or `group:` and the id. */
    owner_ref: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    publication_date_ms: OkField.optional(OkField.int),
    ref: OkField.optional(Schema.String),
    reshare_count: OkField.optional(OkField.int),
    reshare_summary: OkField.optional(Schema.Struct({ count: OkField.optional(OkField.int) })),
    views_count: OkField.optional(OkField.int),
    // These can be asked for, and no source says what comes.
    adm_boost_post: OkField.optional(Schema.Unknown),
    ad_canvas_url: OkField.optional(Schema.Unknown),
    ad_info: OkField.optional(Schema.Unknown),
    ali_express_product: OkField.optional(Schema.Unknown),
    anniversary: OkField.optional(Schema.Unknown),
    app_ref: OkField.optional(Schema.Unknown),
    app_ref_ext: OkField.optional(Schema.Unknown),
    attachment: OkField.optional(Schema.Unknown),
    challenge: OkField.optional(Schema.Unknown),
    comment_refs: OkField.optional(Schema.Unknown),
    decorator_id: OkField.optional(Schema.Unknown),
    fake_news: OkField.optional(Schema.Unknown),
    has_ad_canvas: OkField.optional(Schema.Unknown),
    has_lead_ads: OkField.optional(Schema.Unknown),
    has_more: OkField.optional(Schema.Unknown),
    hobby: OkField.optional(Schema.Unknown),
    hobby_info: OkField.optional(Schema.Unknown),
    holiday_event: OkField.optional(Schema.Unknown),
    inconsistency: OkField.optional(Schema.Unknown),
    is_ads_post: OkField.optional(Schema.Unknown),
    is_ad_for_service: OkField.optional(Schema.Unknown),
    is_ad_sold_online: OkField.optional(Schema.Unknown),
    is_business_profile_review: OkField.optional(Schema.Unknown),
    is_commenting_denied: OkField.optional(Schema.Unknown),
    is_editable: OkField.optional(Schema.Unknown),
    is_feeling: OkField.optional(Schema.Unknown),
    is_hidden_post: OkField.optional(Schema.Unknown),
    is_moderated_banner: OkField.optional(Schema.Unknown),
    is_on_behalf_of_group: OkField.optional(Schema.Unknown),
    is_product: OkField.optional(Schema.Unknown),
    is_promo: OkField.optional(Schema.Unknown),
    is_published_as_free: OkField.optional(Schema.Unknown),
    is_sticky: OkField.optional(Schema.Unknown),
    is_text_cut: OkField.optional(Schema.Unknown),
    is_unmodifiable: OkField.optional(Schema.Unknown),
    is_unpublished_post: OkField.optional(Schema.Unknown),
    karapulia_post: OkField.optional(Schema.Unknown),
    longread: OkField.optional(Schema.Unknown),
    mall_product: OkField.optional(Schema.Unknown),
    mood_id: OkField.optional(Schema.Unknown),
    motivator_config: OkField.optional(Schema.Unknown),
    motivator_link_data: OkField.optional(Schema.Unknown),
    motivator_ref: OkField.optional(Schema.Unknown),
    not_editable_reason: OkField.optional(Schema.Unknown),
    offer: OkField.optional(Schema.Unknown),
    on_moderation: OkField.optional(Schema.Unknown),
    ord_info: OkField.optional(Schema.Unknown),
    partner_link: OkField.optional(Schema.Unknown),
    place_ref: OkField.optional(Schema.Unknown),
    presentation: OkField.optional(Schema.Unknown),
    product_edit_status: OkField.optional(Schema.Unknown),
    product_ordering: OkField.optional(Schema.Unknown),
    product_write_message: OkField.optional(Schema.Unknown),
    promo_status: OkField.optional(Schema.Unknown),
    publication_as_free_days: OkField.optional(Schema.Unknown),
    rebuttal_topics: OkField.optional(Schema.Unknown),
    status_ttl: OkField.optional(Schema.Unknown),
    tags: OkField.optional(Schema.Unknown),
    user_profile_event: OkField.optional(Schema.Unknown),
    visibility: OkField.optional(Schema.Unknown),
    vk_clip_link_data: OkField.optional(Schema.Unknown),
    widget_tags: OkField.optional(Schema.Unknown),
    with_friend_refs: OkField.optional(Schema.Unknown)
  })

/**
 * A topic with its ids as texts, counters as numbers and flags as booleans. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaTopic extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * A topic as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface MediaTopicEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A media topic, known from clients only. OK.ru leaves out what was not asked for.
 *
 * A field whose type no source shows has that of its like (`publication_date_ms` that of `created_ms`); one that has no
 * like is `unknown`.
 *
 * @since 0.1.0
 * @category models
 */
export const MediaTopic: Schema.Schema<MediaTopic, MediaTopicEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that a topic can be asked for, alone or with `media_topic.` in front, and those of the
 * objects it refers to, with theirs (`group.name`).
 *
 * The names that begin with `media_` ask for a part of its blocks, and each has to be named. The rights, `..._allowed`,
 * are no keys of an answer: they come as codes in `attrs`, as elsewhere.
 *
 * @since 0.1.0
 * @category models
 */
export const MediaTopicField = Schema.Union(
  OkParam.fieldOf(MediaTopic, {
    also: [
      "change_hobby_allowed",
      "edit_allowed",
      "group_join_allowed",
      "media_app_act_link",
      "media_app_image",
      "media_app_mark",
      "media_app_ref",
      "media_app_text",
      "media_app_title",
      "media_buttons",
      "media_button_key",
      "media_button_title",
      "media_button_type",
      "media_carousel",
      "media_description",
      "media_domain",
      "media_group_cover",
      "media_group_data",
      "media_media_topic_refs",
      "media_movie_refs",
      "media_music_playlist_refs",
      "media_music_track_refs",
      "media_photo_refs",
      "media_poll_refs",
      "media_present_refs",
      "media_reshare",
      "media_reshare_owner_refs",
      "media_showcase_items",
      "media_text",
      "media_text_tokens",
      "media_title",
      "media_type",
      "media_url",
      "media_url_image",
      "media_url_images",
      "media_url_images_for_feed",
      "media_url_image_ids",
      "media_url_image_preview_group",
      "media_url_image_preview_user",
      "media_user_cover",
      "media_user_data",
      "media_video_album_refs",
      "pin_allowed",
      "topic_accept_reject_allowed",
      "topic_comment_allowed",
      "topic_publish_allowed",
      "topic_switch_comments_allowed",
      "to_status_allowed"
    ],
    but: ["attrs"]
  }),
  EntityField
)
