/**
 * What is published: the parts of a media topic and of a product.
 *
 * @since 0.1.0
 */
import * as OkParam from "@effect-okru/core/OkParam"
import * as Schema from "effect/Schema"
import { millis } from "../internal/millis.js"

/**
 * A text.
 *
 * @since 0.1.0
 * @category blocks
 */
export const TextBlock = Schema.Struct({
  type: Schema.Literal("text"),
  text: Schema.String
})

/**
 * A paragraph of a topic.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface TextBlock extends Schema.Schema.Type<typeof TextBlock> {}

/**
 * A link.
 *
 * @since 0.1.0
 * @category blocks
 */
export const LinkBlock = Schema.Struct({
  type: Schema.Literal("link"),
  url: Schema.String,
  /** Like `description` for widgets, as it seems. */
  title: Schema.optional(Schema.String),
  description: Schema.optional(Schema.String),
  /** What `Share.fetchLinkV2` gave for the link. Named as there: no source shows it in an attachment. */
  signature: Schema.optional(Schema.String),
  /** Which of its pictures. Named as there, too. */
  mediaIdx: Schema.optional(Schema.Int)
})

/**
 * An address, and what to show of it.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface LinkBlock extends Schema.Schema.Type<typeof LinkBlock> {}

/**
 * A photo by one of its ids: `id`, the token of an upload that is not committed, for groups and products; `photoId`, the id that
 * `PhotosV2.commit` assigned, for users; `existing_photo_id` of one that is on OK.ru already. Sources disagree: some clients send the
 * token as `photoId`, or as `id` for users, too.
 *
 * @since 0.1.0
 * @category blocks
 */
export const PhotoRef = Schema.Union(
  Schema.Struct({ id: Schema.String }),
  Schema.Struct({ photoId: Schema.String }),
  Schema.Struct({
    existing_photo_id: Schema.String,
    /** Whether it is a photo of a group. */
    group: Schema.optional(Schema.Boolean)
  })
)

/**
 * One of three ids, by where the photo is.
 *
 * @since 0.1.0
 * @category blocks
 */
export type PhotoRef = typeof PhotoRef.Type

/**
 * Photos.
 *
 * @since 0.1.0
 * @category blocks
 */
export const PhotoBlock = Schema.Struct({
  type: Schema.Literal("photo"),
  list: Schema.Array(PhotoRef)
})

/**
 * One photo or several, each by one of its ids.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface PhotoBlock extends Schema.Schema.Type<typeof PhotoBlock> {}

/**
 * Videos that were uploaded for the topic. Known from clients.
 *
 * @since 0.1.0
 * @category blocks
 */
export const MovieBlock = Schema.Struct({
  type: Schema.Literal("movie"),
  list: Schema.Array(Schema.Struct({
    /** The `video_id` of `Video.getUploadUrl`. */
    id: Schema.String
  }))
})

/**
 * One uploaded video or several.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface MovieBlock extends Schema.Schema.Type<typeof MovieBlock> {}

/**
 * A video that is on OK.ru already.
 *
 * @since 0.1.0
 * @category blocks
 */
export const MovieReshareBlock = Schema.Struct({
  type: Schema.Literal("movie-reshare"),
  movieId: Schema.String
})

/**
 * The id of the video to show.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface MovieReshareBlock extends Schema.Schema.Type<typeof MovieReshareBlock> {}

/**
 * A poll.
 *
 * @since 0.1.0
 * @category blocks
 */
export const PollBlock = Schema.Struct({
  type: Schema.Literal("poll"),
  question: Schema.String,
  answers: Schema.Array(Schema.Struct({ text: Schema.String })),
  /** There are more than these. */
  options: Schema.optional(OkParam.list(OkParam.oneOf("SingleChoice", "AnonymousVoting")))
})

/**
 * A question, the answers to choose from, and how they are chosen.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface PollBlock extends Schema.Schema.Type<typeof PollBlock> {}

/**
 * Music. Known from clients.
 *
 * @since 0.1.0
 * @category blocks
 */
export const MusicBlock = Schema.Struct({
  type: Schema.Literal("music"),
  list: Schema.Array(Schema.Struct({
    id: Schema.String,
    title: Schema.optional(Schema.String),
    artistName: Schema.optional(Schema.String),
    albumName: Schema.optional(Schema.String)
  }))
})

/**
 * Tracks by their ids, with the names to show.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface MusicBlock extends Schema.Schema.Type<typeof MusicBlock> {}

/**
 * What an application has to say, with pictures and buttons. A mark comes back to the application when it is clicked
 * on.
 *
 * @since 0.1.0
 * @category blocks
 */
export const AppBlock = Schema.Struct({
  type: Schema.Literal("app"),
  text: Schema.String,
  images: Schema.optional(Schema.Array(Schema.Struct({
    url: Schema.String,
    mark: Schema.optional(Schema.String),
    title: Schema.optional(Schema.String)
  }))),
  actions: Schema.optional(Schema.Array(Schema.Struct({
    text: Schema.String,
    mark: Schema.optional(Schema.String)
  })))
})

/**
 * A text of an application, with its pictures and buttons.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface AppBlock extends Schema.Schema.Type<typeof AppBlock> {}

/**
 * The terms on which a product is sold.
 *
 * @since 0.1.0
 * @category blocks
 */
export const ProductBlock = Schema.Struct({
  type: Schema.Literal("product"),
  price: Schema.JsonNumber,
  /** Roubles by default. */
  currency: Schema.optional(
    OkParam.oneOf("RUB", "USD", "KZT", "UAH", "GEL", "UZS", "KGS", "AZN", "EUR", "BYN")
  ),
  /** In days, 30 by default. 0 is without end, on public pages only. */
  lifetime: Schema.optional(Schema.NonNegativeInt),
  /** Where it is sold outside of OK.ru. */
  partner_link: Schema.optional(Schema.String)
})

/**
 * A price, its currency, and how long the offer lasts.
 *
 * @since 0.1.0
 * @category blocks
 */
export interface ProductBlock extends Schema.Schema.Type<typeof ProductBlock> {}

/**
 * What a topic can be made of. The official list could not be read, so there may be more: `OkMethod.untyped` sends any.
 *
 * @since 0.1.0
 * @category blocks
 */
export const Block = Schema.Union(
  TextBlock,
  LinkBlock,
  PhotoBlock,
  MovieBlock,
  MovieReshareBlock,
  PollBlock,
  MusicBlock,
  AppBlock
)

/**
 * Any of the blocks. Their `type` tells them apart.
 *
 * @since 0.1.0
 * @category blocks
 */
export type Block = typeof Block.Type

const topic = () =>
  Schema.Struct({
    media: Schema.Array(Block),
    /** When to publish the topic of a group, sent as milliseconds. */
    publishAtMs: Schema.optional(millis),
    /** The same, sent as the time in Moscow. */
    publishAt: Schema.optional(OkParam.moscowSecond),
    /** Whether the topic is the group's and not that of who posts it. */
    onBehalfOfGroup: Schema.optional(OkParam.boolean),
    /** For the topics of groups. */
    disableComments: Schema.optional(OkParam.boolean),
    /** Known from clients. */
    place: Schema.optional(Schema.Struct({
      lat: OkParam.number,
      lng: OkParam.number,
      place_name: Schema.optional(Schema.String),
      category: Schema.optional(Schema.String)
    })),
    /** Known from clients. */
    caption: Schema.optional(Schema.String)
  }).pipe(
    Schema.filter(({ publishAt, publishAtMs }) => publishAt === undefined || publishAtMs === undefined, {
      title: "one of publishAtMs and publishAt at most"
    })
  )

/**
 * What a program passes as the content of a topic. Dates are `DateTime`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Attachment extends Schema.Schema.Type<ReturnType<typeof topic>> {}

/**
 * The content of a topic as the JSON that is sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface AttachmentEncoded extends Schema.Schema.Encoded<ReturnType<typeof topic>> {}

/**
 * The content of a media topic, from the top down, and how it is published: now, unless `publishAtMs` or `publishAt`
 * says when.
 *
 * @since 0.1.0
 * @category models
 */
export const Attachment: Schema.Schema<Attachment, AttachmentEncoded> = Schema.suspend(topic)

type InOrder =
  | readonly [title: TextBlock, description: TextBlock, terms: ProductBlock]
  | readonly [title: TextBlock, photos: PhotoBlock, terms: ProductBlock]
  | readonly [title: TextBlock, description: TextBlock, photos: PhotoBlock, terms: ProductBlock]

// Not a union of tuples, which would say of a block in a wrong place that it lacks what another has.
const isInOrder = (media: ReadonlyArray<TextBlock | PhotoBlock | ProductBlock>): media is InOrder =>
  /^text(,text|,photo|,text,photo),product$/.test(media.map(({ type }) => type).join())

const product = () =>
  Schema.Struct({
    media: Schema.Array(Schema.Union(TextBlock, PhotoBlock, ProductBlock)).pipe(
      Schema.filter(isInOrder, { title: "a title, then a description or photos or both, then the product" })
    )
  })

/**
 * What a program passes as the content of a product.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProductAttachment extends Schema.Schema.Type<ReturnType<typeof product>> {}

/**
 * The content of a product as the JSON that is sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProductAttachmentEncoded extends Schema.Schema.Encoded<ReturnType<typeof product>> {}

/**
 * The content of a product in the one order that OK.ru takes: title, description, photos, terms. The description or the
 * photos can be left out, not both.
 *
 * @since 0.1.0
 * @category models
 */
export const ProductAttachment: Schema.Schema<ProductAttachment, ProductAttachmentEncoded> = Schema.suspend(product)
