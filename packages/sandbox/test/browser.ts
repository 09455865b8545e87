/*
 * As much of a browser as a person needs who clicks through the dialogs: it keeps cookies, follows redirects as long as
 * they stay where they are, and sends the forms that are on the page.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Record from "effect/Record"
import * as Ref from "effect/Ref"
import type { Parameters } from "./support.js"

export interface Page {
  /** Where it is, or where it leads to, out of here. */
  readonly url: URL
  readonly status: number
  readonly headers: { readonly [name: string]: string | undefined }
  readonly text: string
}

export const attributes = (tag: string): Parameters =>
  Object.fromEntries(
    [...tag.matchAll(/\s([\w.-]+)="([^"]*)"/g)].map(([, name = "", value = ""]) => [
      name,
      value.replaceAll("&quot;", "\"").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&#39;", "'")
        .replaceAll("&amp;", "&")
    ])
  )

/** The only form of a page: where it leads to, and what it sends if nobody touches it. */
export const formOf = ({ text }: Page): { readonly action: string; readonly fields: Parameters } => {
  const [form = ""] = /<form.*<\/form>/s.exec(text) ?? []
  const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => attributes(tag))
  return {
    action: attributes(form)["action"] ?? "",
    fields: Object.fromEntries(
      inputs.flatMap(({ name, value }) => name === undefined ? [] : [[name, value ?? ""] as const])
    )
  }
}

export const linkOf = ({ text }: Page, label: string): string =>
  attributes([...text.matchAll(/<a [^>]*>([^<]*)</g)].find(([, content]) => content === label)?.[0] ?? "")["href"] ?? ""

export const make = (origin = "https://connect.ok.ru") =>
  Effect.map(Ref.make<Parameters>({}), (jar) => {
    const hop = (request: HttpClientRequest.HttpClientRequest) =>
      Effect.gen(function*() {
        const cookies = Object.entries(yield* Ref.get(jar)).map(([name, value]) => `${name}=${value}`).join("; ")
        const response = yield* HttpClient.execute(
          cookies === "" ? request : HttpClientRequest.setHeader(request, "cookie", cookies)
        )
        for (const { name, options, value } of Object.values(response.cookies.cookies)) {
          const isOver = options?.maxAge !== undefined && Duration.toMillis(options.maxAge) <= 0
          yield* Ref.update(jar, (jar) => isOver ? Record.remove(jar, name) : Record.set(jar, name, value))
        }
        return { status: response.status, headers: response.headers, text: yield* response.text }
      })

    const follow = (
      request: HttpClientRequest.HttpClientRequest
    ): Effect.Effect<Page, Effect.Effect.Error<ReturnType<typeof hop>>, HttpClient.HttpClient> =>
      Effect.flatMap(hop(request), (answer) => {
        const { location } = answer.headers
        if (location === undefined) {
          return Effect.succeed({ ...answer, url: new URL(request.url) })
        }
        const url = new URL(location, request.url)
        return url.origin === origin
          ? follow(HttpClientRequest.get(url.href))
          : Effect.succeed({ ...answer, url })
      })

    const open = (path: string) => follow(HttpClientRequest.get(new URL(path, origin).href))

    const post = (path: string, fields: Parameters) =>
      follow(HttpClientRequest.bodyText(
        HttpClientRequest.post(new URL(path, origin).href),
        new URLSearchParams(fields).toString(),
        "application/x-www-form-urlencoded"
      ))

    return {
      open,
      post,
      /** Sends the form of a page, filled in. */
      submit: (page: Page, filled: Parameters) => post(formOf(page).action, { ...formOf(page).fields, ...filled }),
      cookies: Ref.get(jar)
    }
  })
