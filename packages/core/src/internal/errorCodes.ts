import type { Retry } from "../OkError.js"

/** `error_code` to OK.ru's name of it and whether the call may be repeated. */
export type Codes = { readonly [code: number]: readonly [reason: string, retry: Retry] }

export const sessionExpired = {
  102: ["PARAM_SESSION_EXPIRED", "after-reauth"],
  103: ["PARAM_SESSION_KEY", "after-reauth"]
} as const satisfies Codes

export const signatureError = {
  101: ["PARAM_API_KEY", "no"],
  104: ["PARAM_SIGNATURE", "no"],
  105: ["PARAM_RESIGNATURE", "no"]
} as const satisfies Codes

export const permissionDenied = {
  10: ["PERMISSION_DENIED", "after-reauth"],
  24: ["NOT_OWNER", "no"],
  50: ["NOT_ADMIN", "no"],
  200: ["PARAM_PERMISSION", "after-reauth"],
  453: ["SESSION_REQUIRED", "after-reauth"],
  455: ["FRIEND_RESTRICTION", "no"],
  456: ["GROUP_RESTRICTION", "no"],
  457: ["UNAUTHORIZED_RESTRICTION", "after-reauth"],
  458: ["PRIVACY_RESTRICTION", "no"],
  512: ["PHOTO_ALBUM_NOT_BELONGS_TO_USER", "no"],
  513: ["PHOTO_ALBUM_NOT_BELONGS_TO_GROUP", "no"],
  611: ["GROUP_JOIN_RESTRICTION", "no"],
  612: ["GROUP_JOIN_AGREEMENT_RESTRICTION", "no"],
  701: ["INVALID_AUTHOR", "no"],
  1103: ["FRIENDSHIP_REQUIRED", "no"]
} as const satisfies Codes

export const invalidParameter = {
  3: ["METHOD", "no"],
  4: ["REQUEST", "no"],
  21: ["NOT_MULTIPART", "no"],
  30: ["NETWORK", "no"],
  100: ["PARAM", "no"],
  106: ["PARAM_ENTITY_ID", "no"],
  110: ["PARAM_USER_ID", "no"],
  120: ["PARAM_ALBUM_ID", "no"],
  121: ["PARAM_PHOTO_ID", "no"],
  130: ["PARAM_WIDGET", "no"],
  140: ["PARAM_MESSAGE_ID", "no"],
  141: ["PARAM_COMMENT_ID", "no"],
  150: ["PARAM_HAPPENING_ID", "no"],
  151: ["PARAM_HAPPENING_PHOTO_ID", "no"],
  160: ["PARAM_GROUP_ID", "no"],
  211: ["PARAM_DECISION", "no"],
  212: ["PARAM_BADGE_ID", "no"],
  213: ["PARAM_PRESENT_ID", "no"],
  214: ["PARAM_RELATION_TYPE", "no"],
  220: ["PARAM_FIELDSET", "no"],
  451: ["NOT_SESSION_METHOD", "no"],
  454: ["CENSOR_MATCH", "no"],
  500: ["PHOTO_SIZE_LIMIT_EXCEEDED", "no"],
  501: ["PHOTO_SIZE_TOO_SMALL", "no"],
  502: ["PHOTO_SIZE_TOO_BIG", "no"],
  503: ["PHOTO_INVALID_FORMAT", "no"],
  504: ["PHOTO_IMAGE_CORRUPTED", "no"],
  505: ["PHOTO_NO_IMAGE", "no"],
  508: ["PHOTO_PIN_TOO_MUCH", "no"],
  600: ["MEDIA_TOPIC_BLOCK_LIMIT", "no"],
  601: ["MEDIA_TOPIC_TEXT_LIMIT", "no"],
  602: ["MEDIA_TOPIC_POLL_QUESTION_TEXT_LIMIT", "no"],
  603: ["MEDIA_TOPIC_POLL_ANSWERS_LIMIT", "no"],
  604: ["MEDIA_TOPIC_POLL_ANSWER_TEXT_LIMIT", "no"],
  605: ["MEDIA_TOPIC_WITH_FRIENDS_LIMIT", "no"],
  606: ["MEDIA_TOPIC_WITH_FRIENDS_USER_LIMIT", "no"],
  607: ["MEDIA_TOPIC_LINK_BAD_FORMAT", "no"],
  708: ["STICKER_MESSAGE_INVALID", "no"],
  1003: ["INVALID_PAYMENT", "no"],
  1200: ["BATCH", "no"],
  1301: ["APP_DEVICE_NOT_ALLOWED", "no"],
  1302: ["APP_DEVICE_NOT_SPECIFIED", "no"],
  1400: ["APP_EMPTY_SEARCH_PARAMS", "no"],
  1401: ["APP_SEARCH_SCENARIO_DOES_NOT_EXIST", "no"],
  2001: ["GRAPH_PARAM_REQUEST", "no"],
  5000: ["INVALID_RESPONSE", "no"]
} as const satisfies Codes

export const notFound = {
  300: ["NOT_FOUND", "no"],
  700: ["COMMENT_NOT_FOUND", "no"],
  702: ["COMMENT_NOT_ACTIVE", "no"],
  705: ["CHAT_NOT_FOUND", "no"],
  706: ["MESSAGE_NOT_ACTIVE", "no"],
  900: ["NO_SUCH_APP", "no"]
} as const satisfies Codes

export const throttled = {
  8: ["FLOOD_BLOCKED", "after-delay"],
  11: ["LIMIT_REACHED", "after-delay"],
  26: ["TOTAL_LIMIT_REACHED", "after-delay"],
  1004: ["DUPLICATE_PAYMENT", "after-delay"]
} as const satisfies Codes

export const blocked = {
  7: ["ACTION_BLOCKED", "after-delay"],
  9: ["IP_BLOCKED", "no"],
  210: ["PARAM_APPLICATION_DISABLED", "no"],
  511: ["IDS_BLOCKED", "after-delay"]
} as const satisfies Codes

export const authChallenge = {
  22: ["NOT_ACTIVATED", "no"],
  401: ["AUTH_LOGIN", "no"],
  402: ["AUTH_LOGIN_CAPTCHA", "no"],
  403: ["AUTH_LOGIN_WEB_HUMAN_CHECK", "no"],
  514: ["IDS_SESSION_VERIFICATION_REQUIRED", "after-reauth"]
} as const satisfies Codes

export const refused = {
  12: ["CANCELLED", "no"],
  23: ["NOT_YET_INVOLVED", "no"],
  25: ["NOT_ACTIVE", "no"],
  610: ["GROUP_DUPLICATE_JOIN_REQUEST", "no"],
  704: ["TIMEOUT_EXCEEDED", "no"],
  707: ["STICKER_SERVICE_UNAVAILABLE_TO_USER", "no"],
  709: ["GIF_SERVICE_UNAVAILABLE_TO_USER", "no"],
  800: ["CHAT_MAX_PARTICIPANT_COUNT_LIMIT", "no"],
  801: ["CHAT_PARTICIPANTS_EMPTY_BLOCKED_USERS", "no"],
  802: ["CHAT_PARTICIPANTS_EMPTY_NON_EXISTENT_USERS", "no"],
  1001: ["CALLBACK_INVALID_PAYMENT", "no"],
  1002: ["PAYMENT_IS_REQUIRED_PAYMENT", "no"],
  1005: ["NOT_ENOUGH_MONEY", "no"],
  1101: ["VCHAT_SERVICE_DISABLED", "no"],
  1102: ["TARGET_USER_UNAVAILABLE", "after-delay"],
  1300: ["APP_NO_PLATFORM_ALLOWED", "no"]
} as const satisfies Codes

export const serviceError = {
  1: ["UNKNOWN", "after-delay"],
  2: ["SERVICE", "after-delay"],
  31: ["NETWORK_TIMEOUT", "yes"],
  324: ["EDIT_PHOTO_FILE", "yes"],
  9999: ["SYSTEM", "after-delay"]
} as const satisfies Codes
