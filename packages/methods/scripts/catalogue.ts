import * as Catalogue from "@effect-okru/methods/Catalogue"
import { parseArgs } from "node:util"

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } })

const rows = Catalogue.methods.map(Catalogue.row)

const line = (row: Catalogue.Row): string =>
  [
    row.name.padEnd(36),
    row.session.padEnd(11),
    row.kind.padEnd(6),
    row.params.map(({ name, required }) => required ? name : `${name}?`).join(" ")
  ].join(" ").trimEnd()

process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : rows.map((row) => `${line(row)}\n`).join(""))
