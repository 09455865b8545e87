/**
 * HTML in which every text is escaped.
 */

/** A piece of HTML, as opposed to a text. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | ReadonlyArray<Html>

const escapes: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\"": "&quot;",
  "'": "&#39;"
}

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? "")

const write = (part: Part): string =>
  typeof part === "string" || typeof part === "number"
    ? escape(String(part))
    : "html" in part
    ? part.html
    : part.map(({ html }) => html).join("\n")

/** Texts between the tags, and in quoted attributes, are escaped. */
export const html = (tags: TemplateStringsArray, ...parts: ReadonlyArray<Part>): Html => ({
  html: tags.map((tag, index) => {
    const part = parts[index]
    return part === undefined ? tag : tag + write(part)
  }).join("")
})
