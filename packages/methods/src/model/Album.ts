/**
 * A photo album of a user or of a group.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { Attributes } from "./Attributes.js"
import { LikeSummary } from "./LikeSummary.js"

/**
 * The names of the fields that an album can be asked for: `album.` for a user's, `group_album.` for a group's.
 *
 * There are more. The rights, `..._allowed`, come as codes in `attrs`.
 *
 * @since 0.1.0
 * @category models
 */
export const AlbumField = OkParam.oneOf(
  "album.add_photo_allowed",
  "album.aid",
  "album.alias",
  "album.author_ref",
  "album.bubble_info",
  "album.check_sensitive_main_photo",
  "album.coauthors_count",
  "album.comment_allowed",
  "album.comments_count",
  "album.created",
  "album.created_ms",
  "album.delete_allowed",
  "album.description",
  "album.like_allowed",
  "album.like_count",
  "album.like_summary",
  "album.liked_it",
  "album.main_photo",
  "album.modify_allowed",
  "album.modify_privacy_allowed",
  "album.owner_ref",
  "album.photo_book_settings",
  "album.photos_count",
  "album.pins_album_tag",
  "album.ref",
  "album.setup_cover_allowed",
  "album.title",
  "album.type",
  "album.type_change_enabled",
  "album.types",
  "album.unread",
  "group_album.add_photo_allowed",
  "group_album.aid",
  "group_album.author_name",
  "group_album.author_type",
  "group_album.created",
  "group_album.delete_allowed",
  "group_album.group_id",
  "group_album.like_allowed",
  "group_album.like_summary",
  "group_album.modify_allowed",
  "group_album.photos_count",
  "group_album.ref",
  "group_album.title",
  "group_album.user_id"
)

/**
 * Whose albums are meant: a group's, or those that several users share. Named by one client.
 *
 * @since 0.1.0
 * @category models
 */
export const AlbumType = OkParam.oneOf("GROUP", "SHARED")

/**
 * Who may see an album. The official page does not list the names: these are one client's, `CURSEMATE` included.
 *
 * @since 0.1.0
 * @category models
 */
export const AlbumAccess = OkParam.oneOf(
  "CLASSMATE",
  "CLOSE_FRIEND",
  "COLLEAGUE",
  "COMPANION_IN_ARMS",
  "CURSEMATE",
  "FRIENDS",
  "LOVE",
  "PRIVATE",
  "PUBLIC",
  "RELATIVE",
  "SHARED"
)

/**
 * What makes an album a photo book. These two members have to be sent; the others are not documented.
 *
 * @since 0.1.0
 * @category models
 */
export const PhotoBookSettings = Schema.Struct(
  {
    /** A design that `photoBook.getDesignSettings` lists. */
    design_id: Schema.Union(Schema.String, Schema.JsonNumber),
    is_photo_book: Schema.Boolean
  },
  OkField.rest
)

/**
 * The design and the mark of a photo book, and whatever else is sent along.
 *
 * @since 0.1.0
 * @category models
 */
export interface PhotoBookSettings extends Schema.Schema.Type<typeof PhotoBookSettings> {}

const fields = () =>
  Schema.Struct({
    aid: OkField.optional(OkField.id),
    /**
     * The rights that were asked for. Seen: `ap` add photos, `c` comment, `d` delete, `l` like, `m` modify, `mp` change
     * access.
     */
    attrs: OkField.optional(Attributes),
    author_name: OkField.optional(Schema.String),
    author_ref: OkField.optional(Schema.String),
    author_type: OkField.optional(Schema.String),
    coauthors_count: OkField.optional(OkField.int),
    comments_count: OkField.optional(OkField.int),
    /** `yyyy-MM-dd`. */
    created: OkField.optional(Schema.String),
    /** Milliseconds since 1970. */
    created_ms: OkField.optional(OkField.int),
    description: OkField.optional(Schema.String),
    group_id: OkField.optional(OkField.id),
    like_count: OkField.optional(OkField.int),
    like_summary: OkField.optional(LikeSummary),
    /** Whether the current user likes it. */
    liked_it: OkField.optional(OkField.boolean),
    owner_ref: OkField.optional(Schema.String),
    photos_count: OkField.optional(OkField.int),
    ref: OkField.optional(Schema.String),
    title: OkField.optional(Schema.String),
    user_id: OkField.optional(OkField.id),
    // These can be asked for, and no source says what comes.
    alias: OkField.optional(Schema.Unknown),
    bubble_info: OkField.optional(Schema.Unknown),
    check_sensitive_main_photo: OkField.optional(Schema.Unknown),
    main_photo: OkField.optional(Schema.Unknown),
    photo_book_settings: OkField.optional(Schema.Unknown),
    pins_album_tag: OkField.optional(Schema.Unknown),
    type: OkField.optional(Schema.Unknown),
    type_change_enabled: OkField.optional(Schema.Unknown),
    types: OkField.optional(Schema.Unknown),
    unread: OkField.optional(Schema.Unknown)
  })

/**
 * An album with ids as texts and counters as numbers. Only what was asked for is there.
 *
 * @since 0.1.0
 * @category models
 */
export interface Album extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * An album as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface AlbumEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * A photo album of a user or of a group.
 *
 * @since 0.1.0
 * @category models
 */
export const Album: Schema.Schema<Album, AlbumEncoded> = Schema.suspend(fields)
