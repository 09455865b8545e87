/**
 * What is sent, what is refused before it is, and in which words.
 */
import { OkConfig, type OkError, OkSession } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import * as Group from "@effect-okru/methods/Group"
import * as Market from "@effect-okru/methods/Market"
import * as Mediatopic from "@effect-okru/methods/Mediatopic"
import * as PhotosV2 from "@effect-okru/methods/PhotosV2"
import * as Sdk from "@effect-okru/methods/Sdk"
import * as Users from "@effect-okru/methods/Users"
import { assert, describe, expect, it } from "@effect/vitest"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const issueOf = (encoded: Either.Either<unknown, OkError.OkParameterError>): string =>
  Either.match(encoded, { onLeft: ({ issue }) => issue, onRight: () => "sent" })

describe("the content of a product", () => {
  const text = { type: "text", text: "Test" } as const
  const photo = { type: "photo", list: [{ id: "test-upload" }] } as const
  const product = { type: "product", price: 10 } as const
  const sent = (media: ReadonlyArray<unknown>) =>
    issueOf(Market.add.encode({ type: "GROUP_PRODUCT", attachment: { media } }))

  it.each([
    { media: [text, text, product] },
    { media: [text, photo, product] },
    { media: [text, text, photo, product] }
  ])("is sent in its order: $media", ({ media }) => {
    assert.strictEqual(sent(media), "sent")
  })

  it.each([
    { media: [] },
    { media: [product] },
    { media: [text, product] },
    { media: [text, product, photo] },
    { media: [photo, text, product] },
    { media: [text, photo, text, product] },
    { media: [text, text, text, product] }
  ])("is refused in another, with what the order is: $media", ({ media }) => {
    assert.strictEqual(
      sent(media),
      "attachment.media: expected a title, then a description or photos or both, then the product, got array"
    )
  })

  it("is refused for what is wrong in a block", () => {
    assert.strictEqual(
      sent([text, text, { ...product, price: "10" }]),
      "attachment.media[2].price: expected number, got string"
    )
    assert.strictEqual(
      sent([text, { type: "photo", list: [{ photo_id: "1" }] }, product]),
      "attachment.media[1].list[0].photo_id: is unexpected"
    )
  })
})

describe("the content of a topic", () => {
  it("has one date, and a refusal says so", () => {
    const now = DateTime.unsafeMake(0)
    assert.strictEqual(
      issueOf(Mediatopic.post.encode({ attachment: { media: [], publishAt: now, publishAtMs: now } })),
      "attachment: expected one of publishAtMs and publishAt at most, got object"
    )
  })
})

describe("dates inside of JSON", () => {
  const at = DateTime.unsafeMakeZoned("2026-01-02T03:04:05Z", { timeZone: "Asia/Tokyo" })

  it.effect("can be in any zone, and are sent as milliseconds", () =>
    Effect.gen(function*() {
      yield* Sdk.reportStats({
        stats: { version: "1.0", time: at, stats: [{ type: "counter", id: "test", time: at, data: [1] }] }
      })
      yield* Mediatopic.post({ attachment: { media: [], publishAtMs: at } })
      const sent = (yield* FakeTransport.requests).map(({ parameters: { attachment, stats } }) =>
        JSON.parse(attachment ?? stats ?? "")
      )
      expect(sent).toMatchObject([
        { time: 1_767_323_045_000, stats: [{ time: 1_767_323_045_000 }] },
        { publishAtMs: 1_767_323_045_000 }
      ])
    }).pipe(
      Effect.provide(
        FakeTransport.layerClient(
          FakeTransport.answer(Sdk.reportStats, { processed: 1 }),
          FakeTransport.answer(Mediatopic.post, "1")
        )
      )
    ))
})

describe("sizes of photos", () => {
  const refused = (params: { readonly count?: number; readonly sizes?: ReadonlyArray<number> }) =>
    PhotosV2.getUploadUrl(params).pipe(
      Effect.as("sent"),
      Effect.catchTag("OkParameterError", ({ issue }) => Effect.succeed(issue)),
      Effect.provide(FakeTransport.layerClient(
        FakeTransport.answer(PhotosV2.getUploadUrl, { upload_url: "https://example.com/", photo_ids: [] })
      ))
    )

  it.effect.each([
    {},
    { sizes: [] },
    { sizes: [1] },
    { count: 3 },
    { count: 3, sizes: [] },
    { count: 3, sizes: [1] },
    { count: 3, sizes: [1, 2, 3] }
  ])(
    "are none, one for all, or one for each: %o",
    (params) => Effect.map(refused(params), (issue) => assert.strictEqual(issue, "sent"))
  )

  it.effect.each([
    { params: { count: 3, sizes: [1, 2] }, issue: "sizes: give one for all photos or one for each of 3, got 2" },
    { params: { count: 1, sizes: [1, 2] }, issue: "sizes: give one for all photos or one for each of 1, got 2" },
    { params: { sizes: [1, 2] }, issue: "sizes: give one for all photos or one for each of 1, got 2" }
  ])(
    "are no other number: $params",
    ({ issue, params }) => Effect.map(refused(params), (actual) => assert.strictEqual(actual, issue))
  )
})

describe("the type of a topic", () => {
  const attachment = { media: [{ type: "text", text: "test" }] } as const

  const issueOf = (
    params: { readonly gid?: string; readonly type?: "USER_NOTE" | "GROUP_THEME" | "GROUP_SUGGESTED" }
  ) =>
    Mediatopic.post({ ...params, attachment }).pipe(
      Effect.as("sent"),
      Effect.catchTag("OkParameterError", ({ issue }) => Effect.succeed(issue)),
      Effect.provide(FakeTransport.layerClient(FakeTransport.answer(Mediatopic.post, "1")))
    )

  it.effect.each(
    [{}, { type: "USER_NOTE" }, { gid: "51", type: "GROUP_THEME" }, {
      gid: "51",
      type: "GROUP_SUGGESTED"
    }] as const
  )(
    "is one of groups where it goes to a group: %o",
    (params) => Effect.map(issueOf(params), (issue) => assert.strictEqual(issue, "sent"))
  )

  it.effect.each([{ gid: "51" }, { gid: "51", type: "USER_NOTE" }] as const)(
    "is not left out nor one of users then: %o",
    (params) =>
      Effect.map(issueOf(params), (issue) => assert.match(issue, /^type: with gid it has to be one of groups/))
  )
})

describe("a user who is presumably needed without a session", () => {
  it.effect("can be left out: OK.ru decides", () =>
    Effect.gen(function*() {
      yield* Group.getCounters({ group_id: "1", counterTypes: ["members"] })
      yield* Users.getCallsLeft({ methods: ["users.getInfo"] })
      yield* Users.hasAppPermission({ ext_perm: "SET_STATUS" })
      expect(yield* FakeTransport.requests).toMatchObject([
        { method: "group.getCounters", session: "application" },
        { method: "users.getCallsLeft", session: "application" },
        { method: "users.hasAppPermission", session: "application" }
      ])
    }).pipe(
      Effect.provide(OkSession.layerApplication.pipe(Layer.provide(
        OkConfig.layer({
          applicationId: "1",
          applicationKey: "TEST-APPLICATION-KEY",
          applicationSecretKey: Redacted.make("test-application-secret-key")
        })
      ))),
      Effect.provide(FakeTransport.layerClient(
        FakeTransport.answer(Group.getCounters, {}),
        FakeTransport.answer(Users.getCallsLeft, []),
        FakeTransport.answer(Users.hasAppPermission, false)
      ))
    ))
})
