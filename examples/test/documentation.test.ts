/**
 * The examples in doc comments and on pages: whoever copies one that has its imports has a program that type-checks. One that
 * names a file is a part of it, and runs there.
 */
import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript5"

const root = fileURLToPath(new URL("../../", import.meta.url))

const at = (path: string) => readFileSync(`${root}${path}`, "utf8")

const files = (extension: string, ...include: ReadonlyArray<string>) =>
  ts.sys.readDirectory(root, [extension], ["**/node_modules", "**/dist"], include)

const pages = files(".md", "*", "docs/*", "packages/*/*")

const blocks = (text: string, margin: string) =>
  text.matchAll(new RegExp(`^${margin}\`\`\`ts\\n([^]*?)^${margin}\`\`\``, "gm"))

/** By a name in the folder of the examples, which has all packages that one imports. */
const examples = new Map<string, string>(
  [
    ...files(".ts", "packages/*/src/**/*").map((file) => ({ file, margin: " \\* " })),
    ...pages.map((file) => ({ file, margin: "" }))
  ].flatMap(({ file, margin }) =>
    Array.from(blocks(readFileSync(file, "utf8"), margin), ([, block = ""], index) =>
      [
        `${root}examples/src/${file.slice(root.length).replaceAll(/[/.]/g, "-")}-${index}.ts`,
        margin === "" ? block : block.replace(/^ \* ?/gm, "")
      ] as const).filter(([, code]) => /^import /m.test(code))
  )
)

const problems = (): ReadonlyArray<string> => {
  const { config } = ts.readConfigFile(`${root}tsconfig.base.json`, ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(
    // A constant of an example has nobody to use it.
    { ...config.compilerOptions, noEmit: true, noUnusedLocals: false, types: ["node"] },
    root
  )
  const host = ts.createCompilerHost(options)
  const program = ts.createProgram([...examples.keys()], options, {
    ...host,
    fileExists: (file) => examples.has(file) || host.fileExists(file),
    readFile: (file) => examples.get(file) ?? host.readFile(file),
    getSourceFile: (file, version) => {
      const code = examples.get(file)
      return code === undefined ? host.getSourceFile(file, version) : ts.createSourceFile(file, code, version)
    }
  })
  return ts.getPreEmitDiagnostics(program).flatMap(({ file, messageText }) =>
    file === undefined || examples.has(file.fileName)
      ? [`${file?.fileName.slice(root.length)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}\n${file?.text}`]
      : []
  )
}

describe("the examples of the documentation", () => {
  it("are many", () => {
    assert.isAtLeast(examples.size, 50)
  })

  it("type-check", () => {
    assert.deepStrictEqual(problems(), [])
  })

  it.each(pages.map((page) => [page.slice(root.length)]).filter(([page = ""]) => at(page).includes("<!-- example: ")))(
    "stand in the files that they name: %s",
    (page) => {
      const named = [...at(page).matchAll(/<!-- example: (\S+) -->\n+```ts\n([\s\S]*?)```/g)]
      assert.strictEqual(named.length, at(page).split("<!-- example: ").length - 1)
      for (const [, path = "", code = ""] of named) {
        assert.include(at(path), code, path)
      }
    }
  )
})
