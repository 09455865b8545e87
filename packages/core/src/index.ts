/**
 * @since 0.1.0
 */
export * as Digest from "./Digest.js"
/**
 * @since 0.1.0
 */
export * as Json from "./Json.js"
/**
 * @since 0.1.0
 */
export * as OkCall from "./OkCall.js"
/**
 * @since 0.1.0
 */
export * as OkClient from "./OkClient.js"
/**
 * @since 0.1.0
 */
export * as OkConfig from "./OkConfig.js"
/**
 * @since 0.1.0
 */
export * as OkError from "./OkError.js"
/**
 * @since 0.1.0
 */
export * as OkField from "./OkField.js"
/**
 * @since 0.1.0
 */
export * as OkMethod from "./OkMethod.js"
/**
 * @since 0.1.0
 */
export * as OkMetric from "./OkMetric.js"
/**
 * @since 0.1.0
 */
export * as OkPage from "./OkPage.js"
/**
 * @since 0.1.0
 */
export * as OkParam from "./OkParam.js"
/**
 * @since 0.1.0
 */
export * as OkPolicy from "./OkPolicy.js"
/**
 * @since 0.1.0
 */
export * as OkProjection from "./OkProjection.js"
/**
 * @since 0.1.0
 */
export * as OkResponse from "./OkResponse.js"
/**
 * @since 0.1.0
 */
export * as OkSession from "./OkSession.js"
/**
 * @since 0.1.0
 */
export * as OkTransport from "./OkTransport.js"
/**
 * @since 0.1.0
 */
export * as Signature from "./Signature.js"
