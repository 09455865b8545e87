import type * as OkTransport from "@effect-okru/core/OkTransport"
import type * as Redacted from "effect/Redacted"

/** A POST of a form that is no signed call, as a transport sends it. What is secret in it must not come back in an error. */
export const formRequest = (
  { form, method, secrets, url }: Pick<OkTransport.Request, "method" | "url"> & {
    readonly form: URLSearchParams
    readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  }
): OkTransport.Request => ({
  method,
  kind: "write",
  verb: "POST",
  url,
  parameters: {},
  canonical: "",
  sig: undefined,
  accessToken: undefined,
  secrets,
  form: () => form.toString()
})
