/**
 * The scopes a user grants to the application, and which of them a program needs: each method says what it asks for, so
 * the scope is computed from the methods and not written down a second time.
 *
 * Scopes are not self-service: the owner of an application asks OK.ru for each of them, see
 * https://apiok.ru/en/ext/oauth/permissions.
 *
 * @since 0.1.0
 */
import * as OkMethod from "@effect-okru/core/OkMethod"

/**
 * Every scope that is known, with what it is for. OK.ru publishes no full list: the first seven are on its permissions
 * page, the rest on pages of methods or in its SDKs.
 *
 * @since 0.1.0
 * @category scopes
 */
export const known = {
  VALUABLE_ACCESS: "The main right: most methods that act for a user need it",
  LONG_ACCESS_TOKEN: "A token that lives 30 days and is prolonged by use, instead of one of 30 minutes",
  PHOTO_CONTENT: "Change and upload photos and albums",
  GROUP_CONTENT: "Act in the user's groups: post topics, manage content, upload",
  VIDEO_CONTENT: "Upload and edit videos",
  APP_INVITE: "Invite friends into the application",
  GET_EMAIL: "Read the user's e-mail address",
  SET_STATUS: "Set the user's status",
  PUBLISH_NOTE: "Publish a note of the user",
  LIKE: "Like photos and albums",
  MESSAGING: "Send messages; named in old documents only",
  PUBLISH_TO_STREAM: "Publish to the user's feed; unconfirmed"
} as const

/**
 * A scope that is known.
 *
 * @since 0.1.0
 * @category models
 */
export type Permission = keyof typeof known

/**
 * The scopes to ask for. Any name can be given, since OK.ru hands out some that are documented nowhere.
 *
 * @since 0.1.0
 * @category models
 */
export type Scope = ReadonlyArray<Permission | (string & {})>

/**
 * The scopes that a method, or every method of a group, needs.
 *
 * @since 0.1.0
 * @category models
 */
export type PermissionOf<Source> = Source extends OkMethod.Any ? Source["permissions"][number]
  : { [K in keyof Source]: Source[K] extends OkMethod.Any ? Source[K]["permissions"][number] : never }[keyof Source]

/**
 * The scopes that a program needs, from the methods it calls and the groups it calls all of: sorted, each once. Its type
 * is the union of their names.
 *
 * What depends on parameters no method says: `GET_EMAIL` of `Users.getCurrentUser` is for the field `email` alone, and
 * `Mediatopic.post` needs more by its `type`. Leave it out, or add it, by hand.
 *
 * @example
 * ```ts
 * import * as Permissions from "@effect-okru/auth/Permissions"
 * import * as Photos from "@effect-okru/methods/Photos"
 * import * as Users from "@effect-okru/methods/Users"
 *
 * Permissions.of(Users.getInfo, Photos.createAlbum)
 * // ["PHOTO_CONTENT", "VALUABLE_ACCESS"], a ReadonlyArray<"PHOTO_CONTENT" | "VALUABLE_ACCESS">
 *
 * Permissions.of(Users)
 * // what all methods of a group need
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = <Sources extends ReadonlyArray<object>>(
  ...sources: Sources
): ReadonlyArray<PermissionOf<Sources[number]>> => {
  const methods = sources.flatMap((source) => OkMethod.isOkMethod(source) ? [source] : Object.values(source))
  const permissions = methods.filter(OkMethod.isOkMethod).flatMap((method) => method.permissions)
  // `PermissionOf` says as a type what these lines do.
  return [...new Set(permissions)].sort() as ReadonlyArray<string> as ReadonlyArray<PermissionOf<Sources[number]>>
}

/**
 * The parameter `scope`: the names joined with `;`.
 *
 * @since 0.1.0
 * @category wire
 */
export const toScope = (scope: Scope): string => scope.join(";")

/**
 * The names in a text of OK.ru, `permissions_granted`. Its form is documented nowhere: `;`, `,` and space all separate.
 *
 * @since 0.1.0
 * @category wire
 */
export const fromScope = (text: string): ReadonlyArray<string> => text.split(/[;,\s]+/).filter((name) => name !== "")
