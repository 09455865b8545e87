import { OkMethod, OkSession } from "@effect-okru/core"
import * as Sdk from "@effect-okru/methods/Sdk"
import * as Users from "@effect-okru/methods/Users"
import * as Effect from "effect/Effect"

// `public_request`: few methods are sent unsigned, and those need no session.
export const source = Sdk.getInstallSource({ adv_id: "test-advertising-id" })

// One that the library does not know.
export const unsigned = OkMethod.untyped("sdk.getInstallSource", { sig: false })({ adv_id: "test-advertising-id" })

// Most methods that need no user want the application's signature.
export const profiles = (uids: ReadonlyArray<string>) =>
  Users.getInfo({ uids, fields: ["uid", "name"] }).pipe(Effect.provide(OkSession.layerApplication))
