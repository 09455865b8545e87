import { Parser } from "htmlparser2"

/** A form and its inputs, as a browser would send them if nobody touched them. */
export interface Form {
  readonly method: string
  readonly action: string
  /** What is sent: no unticked box, nothing disabled, no button. */
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>
  /** The names of the buttons: the one that is pressed is sent, too. */
  readonly buttons: ReadonlyArray<string>
}

export interface Page {
  readonly forms: ReadonlyArray<Form>
  readonly hasCaptcha: boolean
  /** What a reader sees, more or less. */
  readonly text: string
}

// The parser looks through all that is open at every tag. Of these at most two are open at a time.
const nested = ["form", "script", "style", "title"]

const unsentInputs = ["submit", "button", "image", "reset", "file"]

class FlatParser extends Parser {
  protected override isVoidElement(tag: string): boolean {
    return !nested.includes(tag)
  }
}

/** Reads a page. Whatever it is, there is a result: a text without a tag is a page without forms. */
export const read = (html: string): Page => {
  const forms: Array<{ method: string; action: string; fields: Array<[string, string]>; buttons: Array<string> }> = []
  const open: Array<string> = []
  let isInForm = false
  let hasCaptcha = false
  let text = ""
  const parser = new FlatParser({
    onopentag: (tag, attributes) => {
      open.push(tag)
      hasCaptcha ||= isCaptcha(tag, attributes)
      const { name = "", type = "", value } = attributes
      if (tag === "form") {
        isInForm = true
        forms.push({
          method: (attributes["method"] ?? "get").toLowerCase(),
          action: attributes["action"] ?? "",
          fields: [],
          buttons: []
        })
        return
      }
      const form = isInForm ? forms.at(-1) : undefined
      if (form === undefined || name === "" || "disabled" in attributes) {
        return
      }
      if (tag === "button" || (tag === "input" && unsentInputs.includes(type.toLowerCase()))) {
        form.buttons.push(name)
      } else if (tag === "input" && (!/^(checkbox|radio)$/i.test(type) || "checked" in attributes)) {
        form.fields.push([name, value ?? (/^(checkbox|radio)$/i.test(type) ? "on" : "")])
      }
    },
    onclosetag: (tag) => {
      open.pop()
      if (tag === "form") {
        isInForm = false
      }
    },
    ontext: (data) => {
      if (!["script", "style", "title"].includes(open.at(-1) ?? "")) {
        text += data
      }
    }
  })
  parser.end(html)
  return { forms, hasCaptcha, text: text.replace(/\s+/g, " ").trim() }
}

// Not a link to somewhere, nor a script that is loaded just in case: something that asks.
const isCaptcha = (tag: string, attributes: { readonly [name: string]: string }): boolean =>
  ["input", "img", "iframe", "div"].includes(tag) &&
  ["id", "name", "class", "src"].some((name) => /captcha/i.test(attributes[name] ?? ""))
