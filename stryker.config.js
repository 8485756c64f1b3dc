import { sampleOf } from "./test/mutation/sample.js";

const isSample = sampleOf(process.env) !== undefined;

export default {
  testRunner: "vitest",
  vitest: { configFile: "test/mutation/vitest.config.ts" },
  mutate: ["src/{compose,plan,control}/**/*.ts"],
  plugins: ["@stryker-mutator/vitest-runner", "./test/mutation/sample.js"],
  checkers: isSample ? ["sample"] : [],
  coverageAnalysis: "perTest",
  // A mutant of a table that is made when its module is loaded needs all tests: a sample is to take minutes.
  ignoreStatic: isSample,
  incremental: !isSample,
  incrementalFile: "reports/mutation/incremental.json",
  concurrency: 2,
  timeoutMS: 20_000,
  dryRunTimeoutMinutes: 30,
  reporters: ["survivors", "clear-text", "html", "json"],
  clearTextReporter: { logTests: false, reportTests: false },
  ignorePatterns: ["dist", "deploy", "reports", "coverage", "test/real", "test/bench", "test/demo", "test/chaos"],
  thresholds: { high: 90, low: 85, break: 85 },
};
