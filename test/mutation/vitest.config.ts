import { defineConfig } from "vitest/config";

/** The tests of the mutated code only: they need no engine, and each mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: ["test/unit/{compose,plan}/**/*.test.ts", "test/unit/control/queue/*.test.ts"],
    setupFiles: ["test/mutation/setup.ts"],
    testTimeout: 10_000,
  },
});
