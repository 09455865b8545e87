/**
 * Videos: uploading, describing and deleting them; channels.
 *
 * Official pages: https://apiok.ru/en/dev/methods/rest/video/.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkMethod from "@effect-okru/core/OkMethod"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

const delete_ = OkMethod.suspend("video.delete", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "VIDEO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: {
    vid: OkParam.string
  },
  success: OkField.nothing
}))

export {
  /**
   * Deletes a video.
   *
   * @since 0.1.0
   * @category methods
   */
  delete_ as delete
}

/**
 * Creates a video and answers the address to post its file to. {@link update} makes the video visible. Of the answer not all is
 * documented: the rest is known from clients.
 *
 * The address takes the file in one request, `multipart/form-data` with a part `data`, or in pieces that can be
 * resumed, by any other content type and `Content-Range`. The smallest file is 16 KB; the largest 1 GB by one official
 * page, 2 GB by another. What is wrong with the file is an `OkInvalidParameter` whose `detail` is `FileToSmall`,
 * `FileToLarge`, `BadFormat` or `DvdMenu`.
 *
 * @since 0.1.0
 * @category methods
 */
export const getUploadUrl = OkMethod.suspend("video.getUploadUrl", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "VIDEO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: {
    /** Whose video, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    /** The group that is to own the video. Needs `GROUP_CONTENT`, as it seems. */
    gid: OkParam.optional(OkParam.string),
    file_name: OkParam.string,
    /**
     * For attachments of messages only: a video from disk, one from the camera, a recording of the microphone. The last
     * two of at most 3 minutes.
     */
    attachment_type: OkParam.optional(OkParam.oneOf("MOVIE", "VIDEO", "AUDIO_RECORDING")),
    /** Bytes. 0 where it is not known yet. */
    file_size: OkParam.int,
    /** The latitude of the place one uploads from. */
    lat: OkParam.optional(OkParam.number),
    /** The longitude of the place one uploads from. */
    lng: OkParam.optional(OkParam.number),
    /** The channel that is to hold the video. */
    cid: OkParam.optional(OkParam.string),
    /** `true` from a form for posting: the feed then gets no event of its own for the video. */
    post_form: OkParam.optional(OkParam.boolean)
  },
  rules: [OkParam.userWithoutSession("uid")],
  success: Schema.Struct({
    upload_url: Schema.String,
    video_id: OkField.id
  })
}))

/**
 * Subscribes the current user to a channel. Answer undocumented.
 *
 * @since 0.1.0
 * @category methods
 */
export const subscribe = OkMethod.suspend("video.subscribe", () => ({
  session: "required",
  permissions: ["VALUABLE_ACCESS", "VIDEO_CONTENT"],
  kind: "write",
  confidence: "partial",
  params: {
    /** The channel. */
    cid: OkParam.string
  },
  success: OkMethod.Undocumented
}))

/**
 * Describes a video, and makes one visible that has been uploaded.
 *
 * Whether a stream is recorded can be changed while it is off the air only. Nothing can be streamed to a video that was
 * recorded.
 *
 * @since 0.1.0
 * @category methods
 */
export const update = OkMethod.suspend("video.update", () => ({
  session: "optional",
  permissions: ["VALUABLE_ACCESS", "VIDEO_CONTENT"],
  kind: "write",
  params: {
    /** Whose video, where there is no user's session. */
    uid: OkParam.optional(OkParam.string),
    vid: OkParam.string,
    /** At most 1,000 characters. */
    title: OkParam.optional(Schema.String.pipe(Schema.maxLength(1000))),
    /** At most 4,000 characters, which OK.ru's newest page does not say any more. */
    description: OkParam.optional(Schema.String.pipe(Schema.maxLength(4000))),
    /** At most 1,000 characters in all. */
    tags: OkParam.optional(
      Schema.compose(Schema.String.pipe(Schema.maxLength(1000)), OkParam.list(OkParam.string, { min: 0 }))
    ),
    /** Who may watch. */
    privacy: OkParam.optional(OkParam.oneOf("PUBLIC", "FRIENDS")),
    /** The cover: a photo that was just uploaded, with its token, or one that the user already has, without. */
    cover_photo_id: OkParam.optional(OkParam.string),
    cover_photo_upload_token: OkParam.optional(OkParam.string),
    /** Not described. */
    best_thumbnail_index: OkParam.optional(OkParam.int),
    /** Publishes a stream that is not public yet. */
    publish: OkParam.optional(OkParam.boolean),
    /** The full name of the game that is streamed. */
    game: OkParam.optional(OkParam.string),
    /** Whether the stream takes donations. */
    donate: OkParam.optional(OkParam.boolean),
    /** The channel. */
    cid: OkParam.optional(OkParam.string),
    /** Whether the stream is recorded: all of it, or between two moments. */
    rec: OkParam.optional(OkParam.boolean),
    rec_start: OkParam.optional(OkParam.millis),
    rec_stop: OkParam.optional(OkParam.millis)
  },
  rules: [OkParam.userWithoutSession("uid"), OkParam.allOrNone("rec_start", "rec_stop")],
  success: OkField.nothing
}))
