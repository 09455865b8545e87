/*
 * Scopes, which OK.ru calls permissions.
 */

/** Those that any source documents, and what the dialog says about them. */
const descriptions: { readonly [scope: string]: string } = {
  VALUABLE_ACCESS: "Your profile, friends and groups",
  LONG_ACCESS_TOKEN: "Stay signed in for 30 days instead of 30 minutes",
  PHOTO_CONTENT: "Upload and change your photos and albums",
  GROUP_CONTENT: "Post and manage content in your groups",
  VIDEO_CONTENT: "Upload and change your videos",
  APP_INVITE: "Invite your friends",
  GET_EMAIL: "Your e-mail address",
  SET_STATUS: "Change your status",
  PUBLISH_NOTE: "Publish notes in your name",
  LIKE: "Like photos and albums in your name",
  MESSAGING: "Send messages in your name",
  PUBLISH_TO_STREAM: "Publish to your feed"
}

export const documentedScopes: ReadonlyArray<string> = Object.keys(descriptions)

export const describeScope = (scope: string): string => descriptions[scope] ?? "As its name says"

/** Scopes come in one text, with semicolons. With anything else between them they are one that nobody knows. */
export const readScope = (text: string): ReadonlyArray<string> => [
  ...new Set(text.split(";").map((scope) => scope.trim()).filter((scope) => scope !== ""))
]

export const writeScope = (scope: ReadonlyArray<string>): string => scope.join(";")
