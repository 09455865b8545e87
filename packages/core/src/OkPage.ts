/**
 * Answers that come in pages: one shape for all of OK.ru's styles, and streams over them.
 *
 * | style | sent | answered |
 * |---|---|---|
 * | `anchor` | `anchor`, `count`, often `direction` | `anchor`, `has_more` or `hasMore` |
 * | `pagingAnchor` | `pagingAnchor`, `count`, often `pagingDirection` | `pagingAnchor`, `hasMore` |
 * | `marker` | `marker`, `count` | `marker`, absent on the last page |
 * | `offset` | `offset`, `count` | |
 *
 * Anchors are opaque texts. A stream ends at the first of: `has_more` is false; no anchor; an anchor that was there
 * before; a page without items that does not say `has_more: true`; the tenth such page in a row, whatever it says; fewer items than
 * `count` where nothing says whether there is more. The last does not hold for a method whose pages are known to go on to an empty one, or to be smaller than
 * what was asked for: `until: "empty"`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Record from "effect/Record"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { extend } from "./internal/method.js"
import type * as OkCall from "./OkCall.js"
import type { OkClient } from "./OkClient.js"
import type { OkError } from "./OkError.js"
import * as OkField from "./OkField.js"
import type * as OkMethod from "./OkMethod.js"
import * as OkParam from "./OkParam.js"

/**
 * The parameter that says where a page begins.
 *
 * @since 0.1.0
 * @category models
 */
export type Cursor = "anchor" | "pagingAnchor" | "marker" | "offset"

/**
 * Which way to go from an anchor.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Direction = OkParam.oneOf("FORWARD", "BACKWARD", "AROUND")

/**
 * A page, whatever names OK.ru gave its parts. `Items` is the name of its list, `Extra` what else it holds.
 *
 * @since 0.1.0
 * @category models
 */
export type Page<Items extends string, A, Extra = {}> =
  & {
    /** Where the next page begins. */
    readonly anchor?: string | undefined
    readonly hasMore?: boolean | undefined
    readonly totalCount?: number | undefined
  }
  & { readonly [_ in Items]: ReadonlyArray<A> }
  & Extra

/**
 * The schema of a page. `anchor`, `pagingAnchor` and `marker` become `anchor`; `has_more` and `hasMore` become `hasMore`;
 * `total_count` and `totalCount` become `totalCount`; a list that is `null` or absent becomes empty.
 *
 * @since 0.1.0
 * @category schemas
 */
export const page = <const Items extends string, A, I, Extra extends Schema.Struct.Fields = {}>(
  items: Items,
  item: Schema.Schema<A, I>,
  options: {
    /** The name of the anchor in answers. `"anchor"` by default. */
    readonly cursor?: Exclude<Cursor, "offset"> | undefined
    /** What else the answer holds beside the list. */
    readonly extra?: Extra | undefined
  } = {}
): Schema.Schema<Page<Items, A, Schema.Struct.Type<Extra>>, unknown> => {
  const { cursor = "anchor", extra } = options
  const Parts = Schema.Struct({
    anchor: OkField.optional(OkField.id),
    hasMore: OkField.optional(OkField.boolean),
    totalCount: OkField.optional(OkField.int),
    [items]: OkField.list(item),
    ...extra
  })
  const more = cursor === "pagingAnchor" ? "hasMore" : "has_more"
  const renamed = Schema.transform(Schema.Unknown, Parts, {
    strict: false,
    decode: (body) => {
      // An empty page can come as nothing, and a list without an envelope as itself.
      const wire = Predicate.isRecord(body) ? body : body === null || Array.isArray(body) ? { [items]: body } : body
      return Predicate.isRecord(wire)
        ? {
          ...wire,
          ...Record.filter({
            anchor: wire["anchor"] ?? wire["pagingAnchor"] ?? wire["marker"],
            hasMore: wire["has_more"] ?? wire["hasMore"],
            totalCount: wire["totalCount"] ?? wire["total_count"]
          }, Predicate.isNotUndefined)
        }
        : wire
    },
    encode: ({ anchor, hasMore, ...rest }: { readonly [key: string]: unknown }) => ({
      ...rest,
      ...(anchor !== undefined && { [cursor]: anchor }),
      ...(hasMore !== undefined && { [more]: hasMore })
    })
  })
  // A key that is a type parameter widens to an index signature in `Parts`: `Page` says which key it is.
  return renamed as unknown as Schema.Schema<Page<Items, A, Schema.Struct.Type<Extra>>, unknown>
}

/**
 * A method whose answers come in pages.
 *
 * @since 0.1.0
 * @category models
 */
export interface Paged<Params, Page, Item, R> {
  /**
   * Every item from the given anchor on, page after page; a page is fetched when its items are asked for. `count` is the
   * size of a page.
   */
  readonly stream: (...params: OkMethod.Arguments<Params>) => Stream.Stream<Item, OkError, OkClient | R>
  /** The same, a page at a time. */
  readonly pages: (...params: OkMethod.Arguments<Params>) => Stream.Stream<Page, OkError, OkClient | R>
  readonly paging: Paging<string>
}

/**
 * How pages follow each other.
 *
 * @since 0.1.0
 * @category models
 */
export interface Paging<Items extends string> {
  readonly cursor: Cursor
  /** The name of the list in an answer. */
  readonly items: Items
  /** `"empty"` where a page with fewer items than `count` is not the last: it is followed by others, or by an empty one. */
  readonly until?: "empty" | undefined
}

type ItemOf<A, Items extends PropertyKey> = A extends { readonly [_ in Items]: ReadonlyArray<infer Item> } ? Item
  : never

/**
 * Gives a method its streams.
 *
 * @example
 * ```ts
 * import * as Group from "@effect-okru/methods/Group"
 * import * as Stream from "effect/Stream"
 *
 * const admins = Group.getMembers.stream({ uid: "51", count: 100 }).pipe(
 *   Stream.filter((member) => member.status === "ADMIN"),
 *   Stream.take(10),
 *   Stream.runCollect
 * )
 * ```
 *
 * @since 0.1.0
 * @category combinators
 */
export const paged =
  <const Items extends string>(options: Paging<Items>) =>
  <M extends OkMethod.Callable>(method: M): M & PagedOf<M, Items> => {
    // `PagedOf` reads the types of parameters, pages and items off the method, which the code below handles as `unknown`.
    const call = method as unknown as (params: object) => OkCall.OkCall<AnyPage, OkMethod.SessionOf<M>>
    const itemsOf = (page: AnyPage): ReadonlyArray<unknown> => {
      const items = page[options.items]
      return Array.isArray(items) ? items : []
    }
    const pages = (params: object) =>
      Stream.paginateEffect(start(params, options.cursor), (position: Position) =>
        Effect.map(
          call({ ...params, ...(position.at !== undefined && { [options.cursor]: position.at }) }),
          (page) => [page, next(position, page, itemsOf(page).length, countOf(params), options)] as const
        ))
    const streams = {
      pages: (...params: ReadonlyArray<unknown>) => pages(Object(params[0])),
      stream: (...params: ReadonlyArray<unknown>) =>
        Stream.flatMap(pages(Object(params[0])), (page) => Stream.fromIterable(itemsOf(page))),
      paging: options
    }
    return extend(method, streams as unknown as PagedOf<M, Items>)
  }

type PagedOf<M extends OkMethod.Callable, Items extends PropertyKey> = Paged<
  OkMethod.ParamsOf<M>,
  OkMethod.AnswerOf<M>,
  ItemOf<OkMethod.AnswerOf<M>, Items>,
  OkMethod.SessionOf<M>
>

interface AnyPage {
  readonly anchor?: string | undefined
  readonly hasMore?: boolean | undefined
  readonly [items: string]: unknown
}

interface Position {
  readonly at: string | number | undefined
  readonly seen: HashSet.HashSet<string | number>
  /** How many pages in a row had no items. */
  readonly empty: number
}

const start = (params: object, cursor: Cursor): Position => {
  const at = Predicate.hasProperty(params, cursor) ? params[cursor] : undefined
  return typeof at === "string" || typeof at === "number"
    ? { at, seen: HashSet.make(at), empty: 0 }
    : { at: cursor === "offset" ? 0 : undefined, seen: HashSet.empty(), empty: 0 }
}

const countOf = (params: { readonly count?: unknown }): number | undefined =>
  typeof params.count === "number" ? params.count : undefined

// What a server leaves out of pages can leave some of them empty. One that never comes to an end says so of each.
const mostEmpty = 10

const next = (
  position: Position,
  page: AnyPage,
  items: number,
  count: number | undefined,
  { cursor, until }: Paging<string>
): Option.Option<Position> => {
  const at = cursor === "offset" ? Number(position.at) + items : page.anchor
  const empty = items === 0 ? position.empty + 1 : 0
  const isShort = until !== "empty" && page.hasMore === undefined && cursor !== "marker" && count !== undefined &&
    items < count
  const last = at === undefined || at === "" || HashSet.has(position.seen, at) || page.hasMore === false || isShort ||
    (items === 0 && page.hasMore === undefined) || empty === mostEmpty
  return last ? Option.none() : Option.some({ at, seen: HashSet.add(position.seen, at), empty })
}
