/**
 * An application in OK.ru's catalogue.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"

const miniAppFields = () =>
  Schema.Struct({
    accessToken: OkField.optional(Schema.String),
    authorOwnerID: OkField.optional(OkField.id),
    background_loader_color: OkField.optional(Schema.String),
    friendsCount: OkField.optional(OkField.int),
    has_vk_connect: OkField.optional(OkField.boolean),
    hide_tabbar: OkField.optional(Schema.String),
    hostGroupId: OkField.optional(OkField.id),
    iconLink: OkField.optional(Schema.String),
    identifier: OkField.optional(OkField.id),
    imageLink: OkField.optional(Schema.String),
    installed: OkField.optional(OkField.boolean),
    isNew: OkField.optional(OkField.boolean),
    is_vkui_internal: OkField.optional(OkField.boolean),
    loader_icon: OkField.optional(Schema.String),
    membersCount: OkField.optional(OkField.int),
    mobile_view_support_type: OkField.optional(Schema.String),
    notificationEnabled: OkField.optional(OkField.boolean),
    permissions: OkField.optional(Schema.String),
    shortDescription: OkField.optional(Schema.String),
    signedUserId: OkField.optional(OkField.id),
    supported_style: OkField.optional(Schema.String),
    title: OkField.optional(Schema.String),
    webviewURL: OkField.optional(Schema.String)
  })

/**
 * The settings of a mini app, each absent where OK.ru sent none.
 *
 * @since 0.1.0
 * @category models
 */
export interface MiniApp extends Schema.Schema.Type<ReturnType<typeof miniAppFields>> {}

/**
 * The settings of a mini app as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface MiniAppEncoded extends Schema.Schema.Encoded<ReturnType<typeof miniAppFields>> {}

/**
 * What an application has beside that is a mini app.
 *
 * @since 0.1.0
 * @category models
 */
export const MiniApp: Schema.Schema<MiniApp, MiniAppEncoded> = Schema.suspend(miniAppFields)

const fields = () =>
  Schema.Struct({
    appId: OkField.optional(OkField.id),
    allowedByAge: OkField.optional(OkField.boolean),
    allowedByPlatform: OkField.optional(OkField.boolean),
    authorized: OkField.optional(OkField.boolean),
    autoShowBannerAd: OkField.optional(
      OkField.oneOf("BAR_BOTTOM", "BAR_TOP", "NONE", "OUTER_BOTTOM", "OUTER_TOP")
    ),
    auto_show_banner_count: OkField.optional(OkField.int),
    banner230x150: OkField.optional(Schema.String),
    caps: OkField.list(Schema.String),
    category: OkField.optional(Schema.String),
    description: OkField.optional(Schema.String),
    /** The friends who use it: their ids, as it seems. */
    friends: OkField.list(OkField.id),
    gameplay_images: OkField.list(Schema.Struct({
      id: OkField.optional(OkField.id),
      url: OkField.optional(Schema.String)
    })),
    group_id: OkField.optional(OkField.id),
    height: OkField.optional(OkField.int),
    icon: OkField.optional(Schema.String),
    label: OkField.optional(Schema.Struct({
      backgroundColor: OkField.optional(Schema.String),
      text: OkField.optional(Schema.String),
      textColor: OkField.optional(Schema.String)
    })),
    mediatopic_id: OkField.optional(OkField.id),
    miniApp: OkField.optional(MiniApp),
    name: OkField.optional(Schema.String),
    pic1280x720: OkField.optional(Schema.String),
    pic128x128: OkField.optional(Schema.String),
    pic50x50: OkField.optional(Schema.String),
    pic960x960: OkField.optional(Schema.String),
    /** How many. */
    players: OkField.optional(OkField.int),
    rating_value: OkField.optional(Schema.String),
    rating_votes_count: OkField.optional(OkField.int),
    ref: OkField.optional(Schema.String),
    /** Years. */
    requiredMinAge: OkField.optional(OkField.int),
    shortname: OkField.optional(Schema.String),
    show_exit_confirmation_window: OkField.optional(OkField.boolean),
    store_id: OkField.optional(OkField.id),
    store_name: OkField.optional(Schema.String),
    tab_store_id: OkField.optional(OkField.id),
    tab_store_name: OkField.optional(Schema.String),
    tags: OkField.list(Schema.String),
    url: OkField.optional(Schema.String),
    /** What the current user may do with it. */
    user_permissions: OkField.list(
      OkField.oneOf(
        "APPLICATION_ACL_EDIT",
        "APPLICATION_CONFIG_EDIT",
        "APPLICATION_CREATE",
        "APPLICATION_RUN",
        "APPLICATION_STATISTICS_VIEW",
        "COMPANY_MONEY_TRANSFER"
      )
    ),
    width: OkField.optional(OkField.int)
  })

/**
 * An application with its ids as texts and its settings as numbers and flags.
 *
 * @since 0.1.0
 * @category models
 */
export interface Application extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * An application as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApplicationEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * An application in OK.ru's catalogue.
 *
 * @since 0.1.0
 * @category models
 */
export const Application: Schema.Schema<Application, ApplicationEncoded> = Schema.suspend(fields)

/**
 * The names of the fields that an application can be asked for. The official pages do not list them: these are the keys
 * of an answer, which they are said to match.
 *
 * @since 0.1.0
 * @category models
 */
export const ApplicationField = OkParam.fieldOf(Application)
