import type { Reporter, TestModule } from "vitest/node"

/** Ends a run with `N passed, N failed` on a line alone. A file that cannot be loaded counts as a failure. */
export default class implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length
    const skipped = count("skipped")
    const line = `${skipped === 0 ? "" : `${skipped} skipped\n`}` +
      `${count("passed")} passed, ${count("failed") + broken + errors.length} failed`
    // After whatever the other reporters still have to say.
    process.once("exit", () => process.stdout.write(`\n${line}\n`))
  }
}
