/**
 * @since 0.1.0
 */
export * as Sandbox from "./Sandbox.js"
/**
 * @since 0.1.0
 */
export * as SandboxServer from "./SandboxServer.js"
/**
 * @since 0.1.0
 */
export * as SandboxUser from "./SandboxUser.js"
