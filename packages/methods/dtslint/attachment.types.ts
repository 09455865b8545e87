/**
 * What the compiler knows of the content of a product. Nothing here runs: it compiles, or the build fails. A line below
 * `@ts-expect-error` is one that must not compile.
 */
import * as Market from "@effect-okru/methods/Market"
import type { ProductAttachment } from "@effect-okru/methods/model/Attachment"

declare const send: (attachment: ProductAttachment) => void

const text = { type: "text", text: "Test" } as const
const photo = { type: "photo", list: [{ id: "test-upload" }] } as const
const product = { type: "product", price: 10 } as const

send({ media: [text, text, product] })
send({ media: [text, photo, product] })
send({ media: [text, text, photo, product] })

// @ts-expect-error a product has a description or photos
send({ media: [text, product] })
// @ts-expect-error its terms come last
send({ media: [text, product, photo] })
// @ts-expect-error the description comes before the photos
send({ media: [text, photo, text, product] })
// @ts-expect-error a poll is no part of a product
send({ media: [text, text, { type: "poll", question: "?", answers: [] }] })

Market.add({ type: "GROUP_PRODUCT", attachment: { media: [text, photo, product] } })
// @ts-expect-error the same in a call
Market.add({ type: "GROUP_PRODUCT", attachment: { media: [text, product] } })
