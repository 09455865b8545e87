/** How the sandbox speaks OAuth. */
export interface Settings {
  /** The addresses that are registered for the application. `undefined` for those that every application has. */
  readonly redirectUris: ReadonlyArray<string> | undefined
  /** Whether the application may use `response_type=token`. */
  readonly implicit: boolean
  readonly expiresIn: "string" | "number"
  readonly refreshTokens: "kept" | "renewed" | "none"
  /** The scopes there are. */
  readonly scopes: ReadonlyArray<string>
}
