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
export * as apps from "./Apps.js"
export * as bookmark from "./Bookmark.js"
export * as callbacks from "./Callbacks.js"
export * as communities from "./Communities.js"
export * as discussions from "./Discussions.js"
export * as events from "./Events.js"
export * as friends from "./Friends.js"
export * as group from "./Group.js"
export * as interests from "./Interests.js"
export * as market from "./Market.js"
export * as mediatopic from "./Mediatopic.js"
export * as notifications from "./Notifications.js"
export * as payment from "./Payment.js"
export * as photos from "./Photos.js"
export * as photosV2 from "./PhotosV2.js"
export * as places from "./Places.js"
export * as sdk from "./Sdk.js"
export * as search from "./Search.js"
export * as share from "./Share.js"
export * as stream from "./Stream.js"
export * as url from "./Url.js"
export * as users from "./Users.js"
export * as video from "./Video.js"
export * as widget from "./Widget.js"
