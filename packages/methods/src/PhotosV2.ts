/**
 * Uploading photos: an address to post them to, and the step that makes them visible.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/photosV2/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

/**
 * A photo that has been uploaded, to be committed.
 *
 * @since 0.1.0
 * @category models
 */
export const UploadedPhoto = Schema.Struct({
  /** The temporary id, from {@link getUploadUrl}. */
  photo_id: Schema.String,
  /** What the upload server answered for it. */
  token: Schema.String,
  /** The description. */
  comment: OkParam.optional(Schema.String)
})

/**
 * What {@link commit} is given for each photo.
 *
 * @since 0.1.0
 * @category models
 */
export interface UploadedPhoto extends Schema.Schema.Type<typeof UploadedPhoto> {}

/**
 * What became of an uploaded photo.
 *
 * @since 0.1.0
 * @category models
 */
export const CommittedPhoto = Schema.Struct({
  /** The temporary id. */
  photo_id: OkField.id,
  /** The id that the photo has from now on. */
  assigned_photo_id: OkField.optional(OkField.id),
  /** Other names are not documented. */
  status: OkField.optional(OkField.oneOf("SUCCESS"))
})

/**
 * The temporary id, and the lasting one where the photo was taken.
 *
 * @since 0.1.0
 * @category models
 */
export interface CommittedPhoto extends Schema.Schema.Type<typeof CommittedPhoto> {}

/**
 * Makes uploaded photos visible: the last step of an upload. The shape of the answer is known from clients.
 *
 * Not for photos that go into a group's topic, a product or a catalogue: there the token stands for the photo. Give one
 * photo by its id and token, or a list of them.
 *
 * @since 0.1.0
 * @category methods
 */
export const commit = OkMethod.suspend("photosV2.commit", () => ({
  session: "optional",
  permissions: ["PHOTO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: {
    /** The temporary id, from {@link getUploadUrl}. */
    photo_id: OkParam.optional(OkParam.string),
    /** What the upload server answered for it. */
    token: OkParam.optional(OkParam.string),
    /** The description. */
    comment: OkParam.optional(OkParam.string),
    /** Several photos. Their shape is known from clients. */
    photos: OkParam.optional(OkParam.json(Schema.Array(UploadedPhoto)))
  },
  rules: [
    OkParam.exactlyOne("photo_id", "photos"),
    OkParam.allOrNone("photo_id", "token"),
    OkParam.atMostOne("comment", "photos")
  ],
  success: Schema.Struct({
    aid: OkField.optional(OkField.id),
    photos: OkField.list(CommittedPhoto)
  })
}))

const sizesRule: OkParam.Rule<"count" | "sizes"> = {
  names: ["count", "sizes"],
  broken: ({ count = "1", sizes = "" }) => {
    const given = sizes.split(",").length
    return given === 1 || given === Number(count)
      ? undefined
      : `sizes: give one for all photos or one for each of ${count}, got ${given}`
  }
}

/**
 * An address to post photos to: the first step of an upload.
 *
 * The address carries the right to upload and is good for about a day. It takes `multipart/form-data`, unsigned, and
 * answers a token for each id.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUploadUrl = OkMethod.suspend("photosV2.getUploadUrl", () => ({
  session: "optional",
  permissions: ["PHOTO_CONTENT"],
  kind: "read",
  params: {
    /** Whose photos, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** The personal album by default. */
    aid: OkParam.optional(OkParam.string),
    /** A group: with `aid` for its album, without for its topics. Needs `GROUP_CONTENT`, as it seems. */
    gid: OkParam.optional(OkParam.string),
    /** How many photos. 1 by default. */
    count: OkParam.optional(OkParam.int),
    /** `true` for an address that holds `${photoIds}` where ids are to be filled in, for uploads in several batches. */
    placeholders: OkParam.optional(OkParam.boolean),
    /** Not described. */
    topicLink: OkParam.optional(OkParam.boolean),
    /** Not described. */
    target_id: OkParam.optional(OkParam.string),
    /** Bytes: of each of `count` photos, or one figure for the largest. What is too large is then refused here. */
    sizes: OkParam.optional(OkParam.list(OkParam.int, { min: 0 }))
  },
  rules: [OkParam.userWithoutSession("uid"), sizesRule],
  success: Schema.Struct({
    upload_url: Schema.String,
    photo_ids: OkField.list(OkField.id),
    /** Until when photos can be posted. Milliseconds since 1970. */
    expires_ms: OkField.optional(OkField.int),
    /** How long photos can be posted, in milliseconds. */
    ttl_ms: OkField.optional(OkField.int)
  })
}))
