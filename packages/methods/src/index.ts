/**
 * @since 0.1.0
 */
export * as Apps from "./Apps.js"
/**
 * @since 0.1.0
 */
export * as Bookmark from "./Bookmark.js"
/**
 * @since 0.1.0
 */
export * as Callbacks from "./Callbacks.js"
/**
 * @since 0.1.0
 */
export * as Communities from "./Communities.js"
/**
 * @since 0.1.0
 */
export * as Discussions from "./Discussions.js"
/**
 * @since 0.1.0
 */
export * as Events from "./Events.js"
/**
 * @since 0.1.0
 */
export * as Friends from "./Friends.js"
/**
 * @since 0.1.0
 */
export * as Group from "./Group.js"
/**
 * @since 0.1.0
 */
export * as Interests from "./Interests.js"
/**
 * @since 0.1.0
 */
export * as Market from "./Market.js"
/**
 * @since 0.1.0
 */
export * as Mediatopic from "./Mediatopic.js"
/**
 * @since 0.1.0
 */
export * as Notifications from "./Notifications.js"
/**
 * @since 0.1.0
 */
export * as Payment from "./Payment.js"
/**
 * @since 0.1.0
 */
export * as Photos from "./Photos.js"
/**
 * @since 0.1.0
 */
export * as PhotosV2 from "./PhotosV2.js"
/**
 * @since 0.1.0
 */
export * as Places from "./Places.js"
/**
 * @since 0.1.0
 */
export * as Sdk from "./Sdk.js"
/**
 * @since 0.1.0
 */
export * as Search from "./Search.js"
/**
 * @since 0.1.0
 */
export * as Share from "./Share.js"
/**
 * @since 0.1.0
 */
export * as Stream from "./Stream.js"
/**
 * @since 0.1.0
 */
export * as Url from "./Url.js"
/**
 * @since 0.1.0
 */
export * as Users from "./Users.js"
/**
 * @since 0.1.0
 */
export * as Video from "./Video.js"
/**
 * @since 0.1.0
 */
export * as Widget from "./Widget.js"
