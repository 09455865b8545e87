/**
 * Photos and albums of users and groups: what is in them, who likes them, changing and deleting them.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/photos/. New photos come in by `PhotosV2`.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkPage from "@effect-okru/core/OkPage"
import * as OkParam from "@effect-okru/core/OkParam"
import * as OkProjection from "@effect-okru/core/OkProjection"
import * as Schema from "effect/Schema"
import { Album, AlbumAccess, AlbumField, AlbumType, PhotoBookSettings } from "./model/Album.js"
import { Photo, PhotoField } from "./model/Photo.js"
import { User, UserField } from "./model/User.js"

const album = {
  aid: OkParam.string,
  /** The group whose album it is, if it is one's. */
  gid: OkParam.optional(OkParam.string)
}

const photo = {
  photo_id: OkParam.string,
  /** The group whose photo it is, if it is one's. */
  gid: OkParam.optional(OkParam.string)
}

const viewer = {
  /** On whose behalf, where there is no user's session. */
  uid: OkParam.optional(OkParam.string)
}

const viewerRule = OkParam.userWithoutSession("uid")

const likes = {
  anchor: OkParam.optional(OkParam.string),
  direction: OkParam.optional(OkPage.Direction),
  count: OkParam.optional(OkParam.int),
  fields: OkParam.optional(OkParam.fields(UserField))
}

const paging = {
  pagingAnchor: OkParam.optional(OkParam.string),
  pagingDirection: OkParam.optional(OkPage.Direction),
  /** Of albums and of an album's photos at most 100, and 10 by default, says an old SDK; of marks at most 20, says a client. */
  count: OkParam.optional(OkParam.int),
  /** Asks for `totalCount`, which OK.ru then tries to find. */
  detectTotalCount: OkParam.optional(OkParam.boolean)
}

/**
 * Likes an album that is not one's own. The answer is known from one client, which says that OK.ru no longer supports
 * it.
 *
 * @since 0.1.0
 * @category methods
 */
export const addAlbumLike = OkMethod.suspend("photos.addAlbumLike", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT", "LIKE"],
  kind: "write",
  confidence: "inferred",
  params: album,
  success: OkField.bareOrOnly(OkField.boolean)
}))

/**
 * Likes a photo that is not one's own. The answer is known from one client, which says that OK.ru no longer supports
 * it.
 *
 * @since 0.1.0
 * @category methods
 */
export const addPhotoLike = OkMethod.suspend("photos.addPhotoLike", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT", "LIKE"],
  kind: "write",
  confidence: "inferred",
  params: photo,
  success: OkField.bareOrOnly(OkField.boolean)
}))

/**
 * Creates an album of a user or of a group. Answers the album's id.
 *
 * @since 0.1.0
 * @category methods
 */
export const createAlbum = OkMethod.suspend("photos.createAlbum", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  params: OkParam.merge(viewer, {
    /** The group that is to own the album. */
    gid: OkParam.optional(OkParam.string),
    title: OkParam.string,
    /** Ignored in a group. */
    description: OkParam.optional(OkParam.string),
    /** Who may see the album. Ignored in a group. */
    type: OkParam.optional(OkParam.list(AlbumAccess)),
    /** Makes the album a photo book. */
    photo_book_settings: OkParam.optional(OkParam.json(PhotoBookSettings))
  }),
  rules: [viewerRule],
  success: OkField.id
}))

/**
 * Deletes an album. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const deleteAlbum = OkMethod.suspend("photos.deleteAlbum", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: album,
  success: OkMethod.Undocumented
}))

/**
 * Deletes a photo. Answer undocumented.
 *
 * Of a photo that was uploaded it takes the `assigned_photo_id`, not the temporary id.
 *
 * @since 0.1.0
 * @category methods
 */
export const deletePhoto = OkMethod.suspend("photos.deletePhoto", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: photo,
  success: OkMethod.Undocumented
}))

/**
 * Takes tags off one of the current user's photos. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const deleteTags = OkMethod.suspend("photos.deleteTags", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: {
    photo_id: OkParam.string,
    /** At most 10. */
    tag_ids: OkParam.list(OkParam.string, { max: 10 })
  },
  success: Schema.Struct({
    /** How many were taken off. */
    count: OkField.optional(OkField.int)
  })
}))

/**
 * Changes the title, the description, the access or the photo book of an album.
 *
 * The title has to be sent even where it stays: {@link getAlbumInfo} has it.
 *
 * @since 0.1.0
 * @category methods
 */
export const editAlbum = OkMethod.suspend("photos.editAlbum", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  params: OkParam.merge(album, {
    title: OkParam.string,
    /** Ignored in a group. */
    description: OkParam.optional(OkParam.string),
    /** Who may see the album. Stays as it is by default. */
    type: OkParam.optional(OkParam.list(AlbumAccess)),
    /** Makes the album a photo book, or changes the one it is. */
    photo_book_settings: OkParam.optional(OkParam.json(PhotoBookSettings))
  }),
  success: OkField.boolean
}))

/**
 * Changes the description of a photo. The shape of the answer is known from one client.
 *
 * Deletes the description where none is given.
 *
 * @since 0.1.0
 * @category methods
 */
export const editPhoto = OkMethod.suspend("photos.editPhoto", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "inferred",
  params: OkParam.merge(photo, {
    description: OkParam.optional(OkParam.string)
  }),
  success: OkField.bareOrOnly(OkField.boolean)
}))

/**
 * What an album is: title, owner, number of photos. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAlbumInfo = OkMethod.suspend("photos.getAlbumInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(viewer, album, {
    /** The user whose album it is, as it seems: the official description is empty. */
    fid: OkParam.optional(OkParam.string),
    fields: OkParam.optional(OkParam.fields(AlbumField))
  }),
  rules: [viewerRule],
  success: Schema.Struct({ album: OkField.optional(Album) })
})).pipe(OkProjection.projected({ at: { in: "album", of: ["album", "group_album"] }, always: ["aid"] }))

/**
 * The users who like an album, page by page. The shape of the answer is that of {@link getPhotoLikes}.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAlbumLikes = OkMethod.suspend("photos.getAlbumLikes", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(album, likes),
  success: OkPage.page("users", User)
})).pipe(
  OkProjection.projected({ at: { in: "users" }, always: ["uid"] }),
  OkPage.paged({ cursor: "anchor", items: "users", until: "empty" })
)

/**
 * The albums of a user or of a group, page by page. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getAlbums = OkMethod.suspend("photos.getAlbums", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(
    viewer,
    {
      /** Whose albums. The current user's by default; ignored where a group is given. */
      fid: OkParam.optional(OkParam.string),
      gid: OkParam.optional(OkParam.string)
    },
    paging,
    {
      fields: OkParam.optional(OkParam.fields(AlbumField)),
      album_type: OkParam.optional(AlbumType)
    }
  ),
  rules: [viewerRule],
  success: OkPage.page("albums", Album, { cursor: "pagingAnchor" })
})).pipe(
  OkProjection.projected({ at: { in: "albums", of: ["album", "group_album"] }, always: ["aid"] }),
  OkPage.paged({ cursor: "pagingAnchor", items: "albums" })
)

/**
 * What up to 100 photos of one owner are: pictures, descriptions, likes. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getInfo = OkMethod.suspend("photos.getInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(viewer, {
    /** Whose photos. The current user's by default; ignored where a group is given. */
    fid: OkParam.optional(OkParam.string),
    /** The personal album by default. */
    aid: OkParam.optional(OkParam.string),
    gid: OkParam.optional(OkParam.string),
    /** At most 100. */
    photo_ids: OkParam.list(OkParam.string, { max: 100 }),
    fields: OkParam.optional(OkParam.fields(PhotoField))
  }),
  rules: [viewerRule],
  success: Schema.Struct({ photos: OkField.list(Photo) })
})).pipe(OkProjection.projected({ at: { in: "photos", of: ["photo", "group_photo"] }, always: ["id"] }))

/**
 * What a photo is: pictures, description, likes. The shape of the answer is known from clients.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPhotoInfo = OkMethod.suspend("photos.getPhotoInfo", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(viewer, photo, {
    fields: OkParam.optional(OkParam.fields(PhotoField))
  }),
  rules: [viewerRule],
  success: Schema.Struct({ photo: OkField.optional(Photo) })
})).pipe(OkProjection.projected({ at: { in: "photo", of: ["photo", "group_photo"] }, always: ["id"] }))

/**
 * The users who like a photo, page by page. They can be one fewer than `like_summary.count`.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPhotoLikes = OkMethod.suspend("photos.getPhotoLikes", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  params: OkParam.merge(photo, likes),
  success: OkPage.page("users", User)
})).pipe(
  OkProjection.projected({ at: { in: "users" }, always: ["uid"] }),
  OkPage.paged({ cursor: "anchor", items: "users", until: "empty" })
)

/**
 * A mark, 1 to 5, that a photo was given.
 *
 * @since 0.1.0
 * @category models
 */
export const PhotoMark = Schema.Struct({
  /** Milliseconds since 1970. */
  date_ms: OkField.optional(OkField.int),
  mark: OkField.optional(OkField.int),
  userId: OkField.optional(OkField.id)
})

/**
 * Who gave which mark, and when.
 *
 * @since 0.1.0
 * @category models
 */
export interface PhotoMark extends Schema.Schema.Type<typeof PhotoMark> {}

/**
 * Marks of photos, page by page. The shape of the answer is known from one client, which calls the method deprecated.
 *
 * Those that the current user's photos were given, says the official page; those that he gave to others, says the
 * client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPhotoMarks = OkMethod.suspend("photos.getPhotoMarks", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: paging,
  success: OkPage.page("photomark", PhotoMark)
})).pipe(OkPage.paged({ cursor: "pagingAnchor", items: "photomark" }))

/**
 * The photos of a user, of a group or of one album, page by page. The shape of the answer is known from clients.
 *
 * Marks the album as viewed unless `mark_as_read` is `false`. Albums of groups have no `totalCount`.
 *
 * @since 0.1.0
 * @category methods
 */
export const getPhotos = OkMethod.suspend("photos.getPhotos", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS"],
  kind: "read",
  confidence: "partial",
  params: OkParam.merge(viewer, {
    /** Whose photos. The current user's by default; ignored where a group is given. */
    fid: OkParam.optional(OkParam.string),
    /**
     * The personal album by default. `tags` is for the photos on which `fid` is tagged, `application` for the
     * application's album, `group_main` for the main album of `gid`.
     */
    aid: OkParam.optional(OkParam.string),
    /** Not described. */
    album_name: OkParam.optional(OkParam.string),
    gid: OkParam.optional(OkParam.string),
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction),
    count: OkParam.optional(OkParam.int),
    /** Asks for `totalCount`, which OK.ru then tries to find. */
    detectTotalCount: OkParam.optional(OkParam.boolean),
    fields: OkParam.optional(OkParam.fields(PhotoField)),
    album_type: OkParam.optional(AlbumType),
    /** `true` by default. */
    mark_as_read: OkParam.optional(OkParam.boolean)
  }),
  rules: [viewerRule],
  success: OkPage.page("photos", Photo)
})).pipe(
  OkProjection.projected({ at: { in: "photos", of: ["photo", "group_photo"] }, always: ["id"] }),
  OkPage.paged({ cursor: "anchor", items: "photos" })
)

/**
 * A user who is tagged on a photo, and where on it.
 *
 * @since 0.1.0
 * @category models
 */
export const PhotoTag = Schema.Struct(
  {
    tag_id: OkField.optional(OkField.id),
    text: OkField.optional(Schema.String),
    uid: OkField.optional(OkField.id),
    /** The corners, in per cent of the photo, 0 to 100. */
    x: OkField.optional(OkField.number),
    x2: OkField.optional(OkField.number),
    y: OkField.optional(OkField.number),
    y2: OkField.optional(OkField.number)
  },
  OkField.rest
)

/**
 * The tag, its user or its text, and its corners in per cent of the photo. What else was asked for is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface PhotoTag extends Schema.Schema.Type<typeof PhotoTag> {}

/**
 * The users who are tagged on a photo. The shape of the answer is known from one client.
 *
 * @since 0.1.0
 * @category methods
 */
export const getTags = OkMethod.suspend("photos.getTags", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(viewer, {
    photo_id: OkParam.string,
    /** The names are not documented. */
    fields: OkParam.optional(OkParam.fields(OkParam.string))
  }),
  rules: [viewerRule],
  success: Schema.Struct({
    /** Objects of other kinds that were asked for are as OK.ru sent them. */
    entities: OkField.optional(
      Schema.Struct({ tags: OkField.list(PhotoTag) }, OkField.rest)
    )
  })
}))

/**
 * A photo as the two oldest methods answer it.
 *
 * @since 0.1.0
 * @category models
 */
export const LegacyPhoto = Schema.Struct(
  {
    /** The photo's id, despite the name. */
    fid: OkField.id,
    /** A text such as `5+`, or a number, which is read as a text. */
    mark_avg: OkField.optional(OkField.id),
    mark_count: OkField.optional(OkField.int),
    /** The address of the picture. */
    standard_url: OkField.optional(Schema.String)
  },
  OkField.rest
)

/**
 * The id, the address of the picture and its marks. What else it holds is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface LegacyPhoto extends Schema.Schema.Type<typeof LegacyPhoto> {}

/**
 * The photos of a user's album, page by page. The shape of the answer is known from clients.
 *
 * @deprecated By OK.ru: use {@link getPhotos}.
 * @since 0.1.0
 * @category methods
 */
export const getUserAlbumPhotos = OkMethod.suspend("photos.getUserAlbumPhotos", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(viewer, {
    aid: OkParam.string
  }, paging),
  rules: [viewerRule],
  success: OkPage.page("photos", LegacyPhoto, { cursor: "pagingAnchor" })
})).pipe(OkPage.paged({ cursor: "pagingAnchor", items: "photos" }))

/**
 * The personal photos of a user, page by page. The shape of the answer is known from clients.
 *
 * @deprecated By OK.ru: use {@link getPhotos}.
 * @since 0.1.0
 * @category methods
 */
export const getUserPhotos = OkMethod.suspend("photos.getUserPhotos", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "read",
  confidence: "inferred",
  params: OkParam.merge(
    viewer,
    {
      /** Whose photos. The current user's by default. */
      fid: OkParam.optional(OkParam.string)
    },
    paging,
    {
      /** Not described. One client sends ids of photos, at most 100. */
      photos: OkParam.optional(OkParam.list(OkParam.string))
    }
  ),
  rules: [viewerRule],
  success: OkPage.page("photos", LegacyPhoto, { cursor: "pagingAnchor" })
})).pipe(OkPage.paged({ cursor: "pagingAnchor", items: "photos" }))

/**
 * Makes a photo the cover of an album. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const setAlbumMainPhoto = OkMethod.suspend("photos.setAlbumMainPhoto", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "PHOTO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: OkParam.merge(album, {
    photo_id: OkParam.string
  }),
  success: OkMethod.Undocumented
}))
