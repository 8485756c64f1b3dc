import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { faults } from "../../../chaos/faults.js";
import { runMatrix } from "../../../chaos/matrix.js";
import { faultsPage, renderFaultsPage } from "../../../chaos/page.js";
import { scenarios } from "../../../chaos/scenario.js";
import { seeded } from "../../../load/random.js";

/** The same cells every time: a run that picks others is `npm run chaos -- --calls 1`. */
const seed = 20_261_129;
const suspendedMs = 8_000;

/** Each on an engine of its own, at the same time: most of their time is waiting. Those that move the clock stay together. */
const middle = faults.findIndex(({ name }) => name === "events-lost");
const halves = [faults.slice(0, middle), faults.slice(middle)].map((half) => ({
  faults: half,
  names: half.map(({ name }) => name).join(", "),
}));

describe("the fault matrix", () => {
  it("has a page as `npm run chaos -- --page` writes it", () => {
    expect(readFileSync(faultsPage, "utf8")).toBe(renderFaultsPage());
  });

  it.concurrent.for(halves)(
    "holds where each of these strikes once: $names",
    { timeout: 600_000 },
    async ({ faults }) => {
      const lines: string[] = [];
      const outcomes = await runMatrix({
        callsEach: 1,
        lastsMs: suspendedMs,
        random: seeded(seed),
        faults,
        scenarios: scenarios.filter(({ name }) => name === "stop-first"),
        say: (line) => lines.push(line),
      });
      const broken = outcomes.filter(({ problems }) => problems.length > 0);
      expect(
        broken.map(({ cell, call, problems }) => [cell.fault.name, cell.phase, call, ...problems]),
        lines.join("\n"),
      ).toEqual([]);
      expect(outcomes).toHaveLength(faults.length);
      expect(outcomes.filter(({ call }) => call !== undefined).length).toBeGreaterThan((faults.length * 2) / 3);
    },
  );
});
