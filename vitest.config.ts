import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.js";
import { patienceMs } from "./test/sandbox/host/patience.js";

/** A test that fails for a short patience tells of the machine. */
const polls = { poll: { timeout: patienceMs } };

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        // Two workers also on two cores, of which one would be left to vitest itself, which is idle most of the time.
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          setupFiles: ["test/secret-equality.ts"],
          testTimeout: 300_000,
          expect: polls,
          isolate: false,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          // What a Swarm does by itself takes minutes, and several nodes: `npm run test:swarm`.
          exclude: process.env["FAIRLEAD_TEST_SWARM"] === undefined ? ["test/real/swarm/**"] : [],
          setupFiles: ["test/secret-equality.ts"],
          globalSetup: ["test/real/setup.ts"],
          testTimeout: 600_000,
          expect: polls,
          hookTimeout: 600_000,
          // They mostly wait: for the engine, for a health check, for `monitor`.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          pool: "forks",
        },
      },
    ],
  },
});
