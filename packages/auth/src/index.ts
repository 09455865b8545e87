/**
 * @since 0.1.0
 */
export * as AuthorizationCode from "./AuthorizationCode.js"
/**
 * @since 0.1.0
 */
export * as Cipher from "./Cipher.js"
/**
 * @since 0.1.0
 */
export * as Credentials from "./Credentials.js"
/**
 * @since 0.1.0
 */
export * as Grant from "./Grant.js"
/**
 * @since 0.1.0
 */
export * as Implicit from "./Implicit.js"
/**
 * @since 0.1.0
 */
export * as LaunchParameters from "./LaunchParameters.js"
/**
 * @since 0.1.0
 */
export * as OAuthError from "./OAuthError.js"
/**
 * @since 0.1.0
 */
export * as OAuthState from "./OAuthState.js"
/**
 * @since 0.1.0
 */
export * as Password from "./Password.js"
/**
 * @since 0.1.0
 */
export * as Permissions from "./Permissions.js"
/**
 * @since 0.1.0
 */
export * as RefreshToken from "./RefreshToken.js"
/**
 * @since 0.1.0
 */
export * as SecureRandom from "./SecureRandom.js"
/**
 * @since 0.1.0
 */
export * as SessionManager from "./SessionManager.js"
/**
 * @since 0.1.0
 */
export * as TokenStore from "./TokenStore.js"
