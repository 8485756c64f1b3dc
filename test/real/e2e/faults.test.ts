import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runMatrix } from "../../chaos/matrix.js";
import { faultsPage, renderFaultsPage } from "../../chaos/page.js";
import { scenarios } from "../../chaos/scenario.js";
import { seeded } from "../../load/random.js";

/** The same cells every time: a run that picks others is `npm run chaos -- --calls 1`. */
const seed = 20_261_129;
const suspendedMs = 8_000;

describe("the fault matrix", () => {
  it("has a page as `npm run chaos -- --page` writes it", () => {
    expect(readFileSync(faultsPage, "utf8")).toBe(renderFaultsPage());
  });

  it("holds where each fault strikes once in a rollout that replaces what serves", { timeout: 600_000 }, async () => {
    const lines: string[] = [];
    const outcomes = await runMatrix({
      callsEach: 1,
      lastsMs: suspendedMs,
      random: seeded(seed),
      scenarios: scenarios.filter(({ name }) => name === "stop-first"),
      say: (line) => lines.push(line),
    });
    const broken = outcomes.filter(({ problems }) => problems.length > 0);
    expect(
      broken.map(({ cell, call, problems }) => [cell.fault.name, cell.phase, call, ...problems]),
      lines.join("\n"),
    ).toEqual([]);
    expect(outcomes.filter(({ call }) => call !== undefined).length).toBeGreaterThan(10);
  });
});
