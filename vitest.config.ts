import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "examples/test/**/*.test.ts", "benchmarks/test/**/*.test.ts"],
    // A loaded machine is no failure: a test that is stuck takes this long, and none should get near.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", "./vitest.reporter.ts"],
    coverage: {
      provider: "v8",
      include: ["packages/*/src/**"],
      reporter: ["text", "json-summary"]
    }
  }
})
