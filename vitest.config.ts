import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: "unit", include: ["test/unit/**/*.test.ts"], testTimeout: 30_000, isolate: false, maxWorkers: 2 },
      },
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          globalSetup: ["test/real/setup.ts"],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          // A real engine on a busy machine is late now and then: what fails twice is a fault.
          retry: 1,
          // They mostly wait: for the engine, for a health check, for `monitor`.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          pool: "forks",
        },
      },
    ],
  },
});
