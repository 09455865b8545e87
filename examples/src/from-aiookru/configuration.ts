import { OkClient, OkConfig } from "@effect-okru/core"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const Application = OkConfig.layer({
  applicationId: "123456", // app_id
  applicationKey: "TEST-APPLICATION-KEY", // app_key
  applicationSecretKey: Redacted.make("test-application-secret-key") // app_secret_key, on servers only
})

// `OkConfig.layerConfig()` takes them from the environment: OKRU_APPLICATION_ID and so on.
export const Ok = OkClient.layerHttp().pipe(
  Layer.provideMerge(FetchHttpClient.layer),
  Layer.provideMerge(Application)
)
