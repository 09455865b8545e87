/**
 * A process that only imports: `coldStart <module> <module> …`. It says how long the first three took, and all of them, in
 * milliseconds of time and of CPU, and which modules were loaded by then.
 */
import { type Debugger, Session } from "node:inspector"

const imports = process.argv.slice(2)
const start = performance.now()
const cpu = process.cpuUsage()

const taken = () => {
  const { system, user } = process.cpuUsage(cpu)
  return { wall: performance.now() - start, cpu: (user + system) / 1000 }
}

for (const module of imports.slice(0, 3)) {
  await import(module)
}
const floor = taken()
for (const module of imports.slice(3)) {
  await import(module)
}
const all = taken()

const modules: Array<string> = []
const session = new Session()
session.connect()
session.on("Debugger.scriptParsed", ({ params }: { readonly params: Debugger.ScriptParsedEventDataType }) => {
  if (params.url.startsWith("file:")) {
    modules.push(params.url)
  }
})
session.post("Debugger.enable")

process.stdout.write(
  `${
    JSON.stringify({
      floor,
      all,
      modules: modules.length,
      own: modules.filter((url) => url.includes("/@effect-okru/")).length
    })
  }\n`
)
