import { readFileSync, writeFileSync } from "node:fs"
import { methodsPage, withErrorTable } from "./pages.js"

const at = (path: string) => new URL(`../../../${path}`, import.meta.url)

writeFileSync(at("docs/methods.md"), methodsPage())
writeFileSync(at("README.md"), withErrorTable(readFileSync(at("README.md"), "utf8")))
