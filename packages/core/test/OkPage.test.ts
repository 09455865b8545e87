import { OkField, OkMethod, OkPage, OkParam, type OkTransport } from "@effect-okru/core"
import { FakeTransport } from "@effect-okru/core/testing"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { failure } from "./support.js"

const count = OkParam.optional(OkParam.int)

const members = OkMethod.make("group.getMembers", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: {
    uid: OkParam.string,
    count,
    anchor: OkParam.optional(OkParam.string),
    direction: OkParam.optional(OkPage.Direction)
  },
  success: OkPage.page("members", OkField.id)
})

const byAnchor = members.pipe(OkPage.paged({ cursor: "anchor", items: "members" }))

const untilEmpty = members.pipe(OkPage.paged({ cursor: "anchor", items: "members", until: "empty" }))

const byPagingAnchor = OkMethod.make("photos.getAlbums", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { count, pagingAnchor: OkParam.optional(OkParam.string) },
  success: OkPage.page("albums", OkField.id, { cursor: "pagingAnchor" })
}).pipe(OkPage.paged({ cursor: "pagingAnchor", items: "albums" }))

const byMarker = OkMethod.make("me.chats", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { count, marker: OkParam.optional(OkParam.string) },
  success: OkPage.page("chats", OkField.id, { cursor: "marker" })
}).pipe(OkPage.paged({ cursor: "marker", items: "chats" }))

const byOffset = OkMethod.make("discussions.getDiscussions", {
  session: "optional",
  permissions: [],
  kind: "read",
  params: { count, offset: OkParam.optional(OkParam.int) },
  success: OkPage.page("discussions", OkField.id)
}).pipe(OkPage.paged({ cursor: "offset", items: "discussions" }))

const page = (body: unknown): OkTransport.Response => ({
  status: 200,
  body: JSON.stringify(body),
  invocationError: undefined
})

/** A client whose pages come one after the other; a call too many is a defect. */
const pages = (method: OkMethod.Any, ...bodies: ReadonlyArray<unknown>) =>
  FakeTransport.layerClient(
    FakeTransport.respond(
      method,
      (_, index) =>
        index < bodies.length ? Effect.succeed(page(bodies[index])) : Effect.dieMessage(`a call too many: ${index + 1}`)
    )
  )

const collect = <A, E, R>(stream: Stream.Stream<A, E, R>): Effect.Effect<ReadonlyArray<A>, E, R> =>
  Effect.map(Stream.runCollect(stream), Chunk.toReadonlyArray)

const sent = Effect.map(FakeTransport.requests, (requests) => requests.map(({ parameters }) => parameters))

describe("OkPage.page", () => {
  const Page = OkPage.page("groups", OkField.id, { extra: { owner: OkField.optional(Schema.String) } })
  const decode = Schema.decodeUnknownSync(Page)

  it("reads the four ways of naming its parts as one shape", () => {
    const shape = { anchor: "A1", hasMore: true, totalCount: 7, groups: ["1", "2"] }
    const items = { groups: [1, "2"] }
    expect(decode({ anchor: "A1", has_more: true, total_count: 7, ...items })).toEqual(shape)
    expect(decode({ anchor: "A1", hasMore: true, totalCount: 7, ...items })).toEqual(shape)
    expect(decode({ pagingAnchor: "A1", hasMore: true, totalCount: 7, ...items })).toEqual(shape)
    expect(decode({ marker: "A1", hasMore: "true", total_count: "7", ...items })).toEqual(shape)
  })

  it("reads a list that is null or absent as empty, and the rest as absent", () => {
    expect(decode({ groups: null, anchor: null, has_more: null, totalCount: null })).toEqual({ groups: [] })
    expect(decode({})).toEqual({ groups: [] })
    expect(Object.keys(Object(decode({ anchor: null, has_more: true, groups: [] }))).sort()).toEqual([
      "groups",
      "hasMore"
    ])
  })

  it("keeps what else the answer holds, where the row says so", () => {
    expect(decode({ groups: [], owner: "test", unknown: 1 })).toEqual({ groups: [], owner: "test" })
  })

  it("is found wrong where an item or a part is wrong", () => {
    expect(() => decode({ groups: "1" })).toThrow(/groups/)
    expect(() => decode({ groups: [null] })).toThrow(/groups/)
    expect(() => decode({ groups: [], has_more: "perhaps" })).toThrow(/hasMore/)
    expect(() => decode("text")).toThrow(/Expected/)
  })

  it.each(
    [
      { cursor: "anchor", names: { anchor: "A1", has_more: true, totalCount: 7, groups: ["1"] } },
      { cursor: "pagingAnchor", names: { pagingAnchor: "A1", hasMore: true, totalCount: 7, groups: ["1"] } },
      { cursor: "marker", names: { marker: "A1", has_more: true, totalCount: 7, groups: ["1"] } }
    ] as const
  )("encodes to the names of its own style: $cursor", ({ cursor, names }) => {
    const schema = OkPage.page("groups", OkField.id, { cursor })
    const value = { anchor: "A1", hasMore: true, totalCount: 7, groups: ["1"] }
    expect(Schema.encodeSync(schema)(value)).toEqual(names)
    expect(Schema.decodeUnknownSync(schema)(names)).toEqual(value)
    expect(Schema.encodeSync(schema)({ groups: [] })).toEqual({ groups: [] })
  })

  it.prop(
    "comes back as it went",
    [FastCheck.record({
      anchor: FastCheck.string(),
      hasMore: FastCheck.boolean(),
      totalCount: FastCheck.nat(),
      groups: FastCheck.array(FastCheck.string()),
      owner: FastCheck.string()
    }, { requiredKeys: ["groups"] })],
    ([value]) => {
      expect(decode(Schema.encodeSync(Page)(value))).toEqual(value)
    }
  )
})

describe("A stream ends", () => {
  it.effect("at a page that says that there is no more", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1", "2", "3"])
      expect(yield* sent).toEqual([{ uid: "51" }, { uid: "51", anchor: "A1" }])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1", "2"], anchor: "A1", has_more: true },
      { members: ["3"], anchor: "A2", has_more: false }
    ))))

  it.effect("at a full page that says that there is no more", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", count: 2 }))).toEqual(["1", "2"])
    }).pipe(Effect.provide(pages(byAnchor, { members: ["1", "2"], anchor: "A1", has_more: false }))))

  it.effect("at a page without an anchor", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1", "2"])
    }).pipe(Effect.provide(pages(byAnchor, { members: ["1", "2"], has_more: true }))))

  it.effect.each([null, ""])("at a page whose anchor is empty: '%s'", (anchor) =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1"])
    }).pipe(Effect.provide(pages(byAnchor, { members: ["1"], anchor, has_more: true }))))

  it.effect("at an anchor that was just sent", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1", "2"])
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1"], anchor: "A1", has_more: true },
      { members: ["2"], anchor: "A1", has_more: true }
    ))))

  it.effect("at an anchor that was there before, so that no circle is endless", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1", "2", "3"])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1"], anchor: "A1", has_more: true },
      { members: ["2"], anchor: "A2", has_more: true },
      { members: ["3"], anchor: "A1", has_more: true }
    ))))

  it.effect("at the anchor that it began with", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", anchor: "A0" }))).toEqual(["1"])
    }).pipe(Effect.provide(pages(byAnchor, { members: ["1"], anchor: "A0", has_more: true }))))

  it.effect.each([{ members: null }, { members: [] }, {}])(
    "at a page without items: $members",
    (last) =>
      Effect.gen(function*() {
        expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1"])
      }).pipe(Effect.provide(pages(
        byAnchor,
        { members: ["1"], anchor: "A1", has_more: true },
        { ...last, anchor: "A2" }
      )))
  )

  it.effect("not at a page without items that says that there is more", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1", "2"])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1"], anchor: "A1", has_more: true },
      { members: [], anchor: "A2", has_more: true },
      { members: null, anchor: "A3", has_more: true },
      { members: ["2"], anchor: "A4", has_more: false }
    ))))

  it.effect("at the tenth page in a row without items, whatever it says", () => {
    const empty = (from: number) =>
      Array.from({ length: 9 }, (_, index) => ({ members: [], anchor: `A${from + index}`, has_more: true }))
    return Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51" }))).toEqual(["1"])
      expect(yield* sent).toHaveLength(9 + 1 + 10)
    }).pipe(Effect.provide(pages(
      byAnchor,
      ...empty(10),
      { members: ["1"], anchor: "A1", has_more: true },
      ...empty(20),
      { members: [], anchor: "A2", has_more: true },
      { members: ["2"], anchor: "A3", has_more: true }
    )))
  })

  it.effect("at a page that is not full, where nothing says whether there is more", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", count: 2 }))).toEqual(["1", "2", "3"])
      expect(yield* sent).toEqual([{ uid: "51", count: "2" }, { uid: "51", count: "2", anchor: "A1" }])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1", "2"], anchor: "A1" },
      { members: ["3"], anchor: "A2" }
    ))))

  it.effect("not at a page that is not full, of a method whose pages go on to an empty one", () =>
    Effect.gen(function*() {
      expect(yield* collect(untilEmpty.stream({ uid: "51", count: 1000 }))).toEqual(["1", "2", "3"])
      expect(yield* sent).toHaveLength(3)
    }).pipe(Effect.provide(pages(
      untilEmpty,
      { members: ["1", "2"], anchor: "A1" },
      { members: ["3"], anchor: "A2" },
      { anchor: "A3" }
    ))))

  it.effect("not at a page that is not full, where OK.ru says that there is more", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", count: 2 }))).toEqual(["1", "2"])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1"], anchor: "A1", has_more: true },
      { members: ["2"], has_more: false }
    ))))

  it.effect("at once where the first page is empty", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", count: 2 }))).toEqual([])
      expect(yield* collect(byAnchor.pages({ uid: "51", count: 2 }))).toEqual([{ members: [] }])
    }).pipe(Effect.provide(pages(byAnchor, {}, {}))))

  it.effect("with the failure of a page, after the items before it", () => {
    const throttled = FakeTransport.inOrder(
      FakeTransport.answer(byAnchor, { members: ["1"], anchor: "A1", hasMore: true }),
      FakeTransport.fail(byAnchor, { code: 8 })
    )
    return Effect.gen(function*() {
      const seen: Array<string> = []
      const stream = byAnchor.stream({ uid: "51" }).pipe(Stream.tap((id) => Effect.sync(() => seen.push(id))))
      expect((yield* failure(Stream.runDrain(stream)))._tag).toBe("OkThrottled")
      expect(seen).toEqual(["1"])
    }).pipe(Effect.provide(FakeTransport.layerClient(throttled)))
  })
})

const endless = (method: OkMethod.Any, items: string, name: string) =>
  FakeTransport.layerClient(FakeTransport.respond(
    method,
    (_, index) => Effect.succeed(page({ [items]: [`${index}a`, `${index}b`], [name]: `A${index}`, has_more: true }))
  ))

describe("A stream", () => {
  it.effect("fetches a page when its items are asked for: three items of pages of two are two requests", () =>
    Effect.gen(function*() {
      const items = yield* collect(byAnchor.stream({ uid: "51", count: 2 }).pipe(Stream.take(3)))
      expect(items).toEqual(["0a", "0b", "1a"])
      expect(yield* sent).toHaveLength(2)
    }).pipe(Effect.provide(endless(byAnchor, "members", "anchor"))))

  it.effect("makes one request for two items of a page of two", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.stream({ uid: "51", count: 2 }).pipe(Stream.take(2)))).toEqual(["0a", "0b"])
      expect(yield* sent).toHaveLength(1)
    }).pipe(Effect.provide(endless(byAnchor, "members", "anchor"))))

  it.effect("makes no request before it runs", () =>
    Effect.gen(function*() {
      const stream = byAnchor.stream({ uid: "51" })
      expect(yield* sent).toEqual([])
      yield* Stream.runDrain(Stream.take(stream, 1))
      yield* Stream.runDrain(Stream.take(stream, 1))
      expect(yield* sent).toEqual([{ uid: "51" }, { uid: "51" }])
    }).pipe(Effect.provide(endless(byAnchor, "members", "anchor"))))

  it.effect("begins at an anchor that it is given, and keeps the other parameters", () =>
    Effect.gen(function*() {
      yield* Stream.runDrain(
        byAnchor.stream({ uid: "51", count: 2, anchor: "A9", direction: "BACKWARD" }).pipe(Stream.take(4))
      )
      expect(yield* sent).toEqual([
        { uid: "51", count: "2", anchor: "A9", direction: "BACKWARD" },
        { uid: "51", count: "2", anchor: "A0", direction: "BACKWARD" }
      ])
    }).pipe(Effect.provide(endless(byAnchor, "members", "anchor"))))

  it.effect("goes on where another one stopped", () =>
    Effect.gen(function*() {
      const [first] = yield* collect(byAnchor.pages({ uid: "51" }).pipe(Stream.take(1)))
      const rest = yield* collect(
        byAnchor.pages({ uid: "51", anchor: first?.anchor }).pipe(Stream.take(1))
      )
      expect(first).toEqual({ members: ["0a", "0b"], anchor: "A0", hasMore: true })
      expect(rest).toEqual([{ members: ["1a", "1b"], anchor: "A1", hasMore: true }])
      expect(yield* sent).toEqual([{ uid: "51" }, { uid: "51", anchor: "A0" }])
    }).pipe(Effect.provide(endless(byAnchor, "members", "anchor"))))

  it.effect("gives whole pages as well, with all that is in them", () =>
    Effect.gen(function*() {
      expect(yield* collect(byAnchor.pages({ uid: "51" }))).toEqual([
        { members: ["1"], anchor: "A1", hasMore: true, totalCount: 2 },
        { members: ["2"], hasMore: false }
      ])
    }).pipe(Effect.provide(pages(
      byAnchor,
      { members: ["1"], anchor: "A1", has_more: true, total_count: 2 },
      { members: ["2"], has_more: false }
    ))))

  it.effect("follows a pagingAnchor", () =>
    Effect.gen(function*() {
      expect(yield* collect(byPagingAnchor.stream({ count: 1 }))).toEqual(["1", "2"])
      expect(yield* sent).toEqual([{ count: "1" }, { count: "1", pagingAnchor: "P1" }])
    }).pipe(Effect.provide(pages(
      byPagingAnchor,
      { albums: ["1"], pagingAnchor: "P1", hasMore: true, totalCount: 2 },
      { albums: ["2"], pagingAnchor: "P2", hasMore: false }
    ))))

  it.effect("follows a marker until there is none, even over pages that are not full", () =>
    Effect.gen(function*() {
      expect(yield* collect(byMarker.stream({ count: 10 }))).toEqual(["1", "2"])
      expect(yield* sent).toEqual([{ count: "10" }, { count: "10", marker: "M1" }])
    }).pipe(Effect.provide(pages(byMarker, { chats: ["1"], marker: "M1" }, { chats: ["2"] }))))

  it.effect("counts an offset by the items that came", () =>
    Effect.gen(function*() {
      expect(yield* collect(byOffset.stream({ count: 2 }))).toEqual(["1", "2", "3"])
      expect(yield* sent).toEqual([{ count: "2", offset: "0" }, { count: "2", offset: "2" }])
    }).pipe(Effect.provide(pages(byOffset, { discussions: ["1", "2"] }, { discussions: ["3"] }))))

  it.effect("counts an offset from the one that it is given, until a page is empty", () =>
    Effect.gen(function*() {
      expect(yield* collect(byOffset.stream({ offset: 10 }))).toEqual(["1", "2", "3"])
      expect(yield* sent).toEqual([{ offset: "10" }, { offset: "12" }, { offset: "13" }])
    }).pipe(Effect.provide(pages(byOffset, { discussions: ["1", "2"] }, { discussions: ["3"] }, {}))))

  it.effect("needs no parameters where its method needs none", () =>
    Effect.gen(function*() {
      expect(yield* collect(byMarker.stream())).toEqual(["1"])
      expect(yield* sent).toEqual([{}])
    }).pipe(Effect.provide(pages(byMarker, { chats: ["1"] }))))

  it.effect("fails before anything is sent where a parameter is wrong", () =>
    Effect.gen(function*() {
      expect((yield* failure(collect(byAnchor.stream({ uid: "51", count: 1.5 }))))._tag).toBe("OkParameterError")
      expect(yield* sent).toEqual([])
    }).pipe(Effect.provide(pages(byAnchor))))
})

describe("A paged method", () => {
  it.effect("is still the method that it was", () =>
    Effect.gen(function*() {
      expect(OkMethod.isOkMethod(byAnchor)).toBe(true)
      expect(byAnchor.name).toBe("group.getMembers")
      expect(byAnchor.paging).toEqual({ cursor: "anchor", items: "members" })
      expect(yield* byAnchor({ uid: "51" })).toEqual({ members: ["1"] })
    }).pipe(Effect.provide(pages(byAnchor, { members: ["1"] }))))
})
