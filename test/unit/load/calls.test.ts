import { describe, expect, test } from "vitest";
import { callsFor, sayCalls } from "../../load/calls.js";

const day = 86_400_000;
const today = 20_786 * day + 1;

describe("the calls at which a run kills", () => {
  test("are others for each lane, and in five days each lane has tried them all", () => {
    const on = (now: number, lane: number) => callsFor(lane, {}, now).first;
    for (const lane of [0, 1, 2, 9]) {
      expect([0, 1, 2, 3, 4].map((days) => on(today + days * day, lane)).sort()).toEqual([1, 2, 3, 4, 5]);
      expect(on(today + 3_600_000, lane)).toBe(on(today, lane));
    }
    expect(new Set([0, 1, 2, 3, 4].map((lane) => on(today, lane))).size).toBe(5);
    expect(callsFor(0, {}, today).step).toBe(5);
  });

  test("are those of the seed that a run has printed, on any day", () => {
    const [, seed = ""] = /FAIRLEAD_TEST_SEED=(\d+)/.exec(sayCalls({}, today)) ?? [];
    for (const lane of [0, 1, 2]) {
      expect(callsFor(lane, { FAIRLEAD_TEST_SEED: seed }, today + day)).toEqual(callsFor(lane, {}, today));
    }
  });

  test("are all where that is wanted", () => {
    const env = { FAIRLEAD_TEST_CALLS: "all" };
    for (const lane of [0, 1, 2]) expect(callsFor(lane, env, today)).toEqual({ first: 1, step: 1 });
    expect(sayCalls(env, today)).toBe("every call is tried");
  });
});
