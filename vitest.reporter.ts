import type { Reporter, TestModule } from "vitest/node"

/**
 * Ends a run with `N passed, N failed` on a line alone. A file that cannot be loaded counts as a failure, as does a group of tests
 * whose set-up fails: Vitest skips its tests.
 */
export default class implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>) {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const broken = groups.filter((group) => group.errors().length > 0).length
    const skipped = count("skipped")
    const line = `${skipped === 0 ? "" : `${skipped} skipped\n`}` +
      `${count("passed")} passed, ${count("failed") + broken + errors.length} failed`
    // After whatever the other reporters still have to say.
    process.once("exit", () => process.stdout.write(`\n${line}\n`))
  }
}
