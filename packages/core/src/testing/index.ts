/**
 * @since 0.1.0
 */
export * as Cassette from "./Cassette.js"
/**
 * @since 0.1.0
 */
export * as FakeTransport from "./FakeTransport.js"
