/**
 * Every group by OK.ru's own name of it, for a client in the shape of the whole API. It pulls in all methods: a program that
 * calls a few imports their groups.
 *
 * @example
 * ```ts
 * import { OkClient } from "@effect-okru/core"
 * import * as Api from "@effect-okru/methods/Api"
 *
 * const api = OkClient.derive(Api)
 * const call = api.users.getInfo({ uids: ["1"], fields: ["uid", "name"] })
 * ```
 *
 * @since 0.1.0
 */

/**
 * @since 0.1.0
 */
export * as apps from "./Apps.js"
/**
 * @since 0.1.0
 */
export * as bookmark from "./Bookmark.js"
/**
 * @since 0.1.0
 */
export * as callbacks from "./Callbacks.js"
/**
 * @since 0.1.0
 */
export * as communities from "./Communities.js"
/**
 * @since 0.1.0
 */
export * as discussions from "./Discussions.js"
/**
 * @since 0.1.0
 */
export * as events from "./Events.js"
/**
 * @since 0.1.0
 */
export * as friends from "./Friends.js"
/**
 * @since 0.1.0
 */
export * as group from "./Group.js"
/**
 * @since 0.1.0
 */
export * as interests from "./Interests.js"
/**
 * @since 0.1.0
 */
export * as market from "./Market.js"
/**
 * @since 0.1.0
 */
export * as mediatopic from "./Mediatopic.js"
/**
 * @since 0.1.0
 */
export * as notifications from "./Notifications.js"
/**
 * @since 0.1.0
 */
export * as payment from "./Payment.js"
/**
 * @since 0.1.0
 */
export * as photos from "./Photos.js"
/**
 * @since 0.1.0
 */
export * as photosV2 from "./PhotosV2.js"
/**
 * @since 0.1.0
 */
export * as places from "./Places.js"
/**
 * @since 0.1.0
 */
export * as sdk from "./Sdk.js"
/**
 * @since 0.1.0
 */
export * as search from "./Search.js"
/**
 * @since 0.1.0
 */
export * as share from "./Share.js"
/**
 * @since 0.1.0
 */
export * as stream from "./Stream.js"
/**
 * @since 0.1.0
 */
export * as url from "./Url.js"
/**
 * @since 0.1.0
 */
export * as users from "./Users.js"
/**
 * @since 0.1.0
 */
export * as video from "./Video.js"
/**
 * @since 0.1.0
 */
export * as widget from "./Widget.js"
