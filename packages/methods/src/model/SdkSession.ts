/**
 * The session of an application that uses OK.ru's SDK.
 *
 * @since 0.1.0
 */
import * as OkField from "@effect-okru/core/OkField"
import * as Schema from "effect/Schema"

const Contact = Schema.Struct({
  confirmation_required: OkField.optional(OkField.boolean),
  contact: OkField.optional(Schema.String)
})

const fields = () =>
  Schema.Struct(
    {
      /** What the other methods take as `sdkToken`. */
      session_key: Schema.String,
      activated_profile: OkField.optional(OkField.boolean),
      api_server: OkField.optional(Schema.String),
      auth_hash: OkField.optional(Schema.String),
      auth_sig: OkField.optional(Schema.String),
      auth_token: OkField.optional(Schema.String),
      created_connection: OkField.optional(Schema.String),
      identifier_clash_info: OkField.optional(Schema.Struct({
        conflicting_unique_name: OkField.optional(Schema.String),
        /** Milliseconds since 1970, as it seems. */
        created_at: OkField.optional(OkField.int),
        email_contact: OkField.optional(Contact),
        email_enabled: OkField.optional(OkField.boolean),
        logged_in_with_unique_name: OkField.optional(OkField.boolean),
        phone_contact: OkField.optional(Contact),
        phone_enabled: OkField.optional(OkField.boolean),
        resolved: OkField.optional(OkField.boolean),
        resolved_login: OkField.optional(Schema.String),
        user_id: OkField.optional(OkField.id),
        user_restore_token: OkField.optional(Schema.String)
      })),
      login_intent: OkField.optional(Schema.Struct({
        login_intent_token: OkField.optional(Schema.String),
        /** One of several shapes. */
        navigate_intent: OkField.optional(Schema.Unknown),
        /** Of several shapes. */
        other_intents: OkField.optional(Schema.Unknown)
      })),
      session_secret_key: OkField.optional(Schema.String),
      soc_access_token: OkField.optional(Schema.String),
      soc_connection: OkField.optional(Schema.Struct(
        {
          access_token: OkField.optional(Schema.String),
          created: OkField.optional(OkField.boolean),
          provider: OkField.optional(Schema.String),
          user_id: OkField.optional(OkField.id)
        },
        OkField.rest
      ))
    },
    OkField.rest
  )

/**
 * The keys of an anonymous session, as texts: take care where they are printed. What else it holds is as OK.ru sent it.
 *
 * @since 0.1.0
 * @category models
 */
export interface SdkSession extends Schema.Schema.Type<ReturnType<typeof fields>> {}

/**
 * An anonymous session as OK.ru writes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface SdkSessionEncoded extends Schema.Schema.Encoded<ReturnType<typeof fields>> {}

/**
 * An anonymous session, as `Sdk.init` opens it. OK.ru's own SDKs read `session_key` only.
 *
 * Holds secrets.
 *
 * @since 0.1.0
 * @category models
 */
export const SdkSession: Schema.Schema<SdkSession, SdkSessionEncoded> = Schema.suspend(fields)
