import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../../../src/control/journal/record.js";
import { Ledger } from "../../../../../src/control/work/memory/ledger.js";
import type { LedgerOptions } from "../../../../../src/control/work/memory/ledger.js";
import { containerIn, now } from "../../../plan/world.js";
import { manualClock } from "../../clock.js";

const key = "shop/web" as const;

function openLedger() {
  const options = {
    ...{ clock: manualClock(now), recall: (memory: unknown) => memory },
    journal: { record: () => emptyRecord },
  } as unknown as LedgerOptions;
  return new Ledger(options);
}

const ended = (lastedMs: number, patch: object = {}) =>
  containerIn("active", "a", 1, {
    ...{ state: "exited", exitCode: 1, startedAt: now - 20_000, finishedAt: now - 20_000 + lastedMs },
    ...patch,
  });

describe("how often a container has been started again", () => {
  const healsAfter = (...containers: ReturnType<typeof ended>[]) => {
    const ledger = openLedger();
    for (const _time of [1, 2, 3]) ledger.healed(key, [1, 2]);
    const look = { containers, engineOutage: undefined };
    return [ledger.memory(key, look), ledger.memory(key, { ...look, containers: [] })].map(({ heals }) => [...heals]);
  };
  const both = [
    [1, 3],
    [2, 3],
  ];

  it("is counted while its runs are short", () => {
    expect(healsAfter(ended(9_999))).toEqual([both, both]);
  });

  it("begins anew once a run has lasted, of that slot alone, and for good", () => {
    const other = [[2, 3]];
    expect(healsAfter(ended(10_000))).toEqual([other, other]);
    expect(healsAfter(ended(10_000, { slot: 2 }))).toEqual([[[1, 3]], [[1, 3]]]);
  });

  it("stays while the run goes on, or was another one's", () => {
    expect(healsAfter(containerIn("active", "a", 1))).toEqual([both, both]);
    expect(healsAfter(ended(10_000, { role: "previous" }))).toEqual([both, both]);
  });
});
