import { describe, expect, it } from "vitest";
import { trackRollout } from "../../../../src/plan/history/history.js";
import type { Rollout } from "../../../../src/plan/model/condition.js";
import type { Desired } from "../../../../src/plan/model/desired.js";
import { containerIn, desire, digestOf, hold, now } from "../world.js";

const active = containerIn("active", "a", 1);
const next = containerIn("next", "b", 2, { createdAt: now - 4_000 });

/** The rollout of `next`, under way. */
const open: Rollout = {
  id: "shop/web@2",
  from: digestOf("a"),
  to: digestOf("b"),
  startedAt: "1970-01-01T00:16:36.000Z",
  finishedAt: undefined,
  outcome: undefined,
  reason: "RolloutStarted",
  image: "docker.io/acme/web:latest",
  specHash: "H",
};
const closed: Rollout = { ...open, finishedAt: "1970-01-01T00:16:39.000Z", outcome: "promoted", reason: "Converged" };

describe("a rollout", () => {
  it("begins with a next one, at the time it was created", () => {
    expect(trackRollout(undefined, { containers: [active, next], now })).toEqual(open);
  });

  it("of a first start comes from nothing", () => {
    expect(trackRollout(undefined, { containers: [next], now })).toEqual({ ...open, from: undefined });
  });

  it("begins anew where the last one known is over, or was another", () => {
    const third = containerIn("next", "c", 3, { createdAt: now - 4_000 });
    const begun = { ...open, id: "shop/web@3", to: digestOf("c") };
    expect(trackRollout(closed, { containers: [active, third], now })).toEqual(begun);
    expect(trackRollout(open, { containers: [active, third], now })).toEqual(begun);
    expect(trackRollout({ ...closed, id: begun.id }, { containers: [active, third], now })).toEqual(begun);
  });

  it("stays the very same while nothing is new", () => {
    expect(trackRollout(open, { containers: [active, next], now })).toBe(open);
    expect(trackRollout(closed, { containers: [active], now })).toBe(closed);
    expect(trackRollout(undefined, { containers: [active], now })).toBeUndefined();
  });
});

describe("the end of a rollout", () => {
  const ended = { ...open, finishedAt: "1970-01-01T00:16:40.000Z" };

  it("is promoted when its container serves", () => {
    const promoted = containerIn("active", "b", 2);
    expect(trackRollout(open, { containers: [promoted, containerIn("previous", "a", 1)], now })).toEqual({
      ...ended,
      outcome: "promoted",
      reason: "Converged",
    });
  });

  it.each(["running", "restarting", "paused"] as const)(
    "is rolled back when its container failed and the old one is %s",
    (state) => {
      expect(trackRollout(open, { containers: [{ ...active, state }, containerIn("failed", "b", 2)], now })).toEqual({
        ...ended,
        outcome: "rolled-back",
        reason: "DigestHeld",
      });
    },
  );

  it("is failed when its container failed and nothing serves", () => {
    const failed = { ...ended, outcome: "failed", reason: "DigestHeld" };
    expect(trackRollout(open, { containers: [containerIn("failed", "b", 2)], now })).toEqual(failed);
    const stopped = containerIn("active", "a", 1, { state: "exited" });
    expect(trackRollout(open, { containers: [stopped, containerIn("failed", "b", 2)], now })).toEqual(failed);
  });

  it("is not yet there while another replica waits, whatever failed in this one before", () => {
    const inSlot = (slot: number, role: "active" | "failed", letter: string, revision: number) =>
      containerIn(role, letter, revision, { id: `id-${slot}-${revision}`, slot });
    const third: Rollout = { ...open, id: "shop/web@3", to: digestOf("c") };
    const mixed = [inSlot(1, "active", "c", 3), inSlot(2, "active", "a", 1)];
    const earlier = [...mixed, inSlot(1, "failed", "b", 2)];
    expect(trackRollout(third, { containers: earlier, now })).toBe(third);
    // It failed in the other slot, and what was to come back in this one did not.
    const stuck = [...mixed, inSlot(1, "failed", "a", 1), inSlot(2, "failed", "c", 3)];
    expect(trackRollout(third, { containers: stuck, now })).toMatchObject({ reason: "RollbackFailed" });
    const anew = [...mixed, { ...inSlot(1, "failed", "a", 4), returns: true as const }];
    const holds = [{ ...hold("c"), slot: 2 }];
    expect(trackRollout(third, { containers: anew, now, holds })).toMatchObject({ reason: "RollbackFailed" });
  });

  it("is failed where its container never ran, whatever serves", () => {
    const never = containerIn("failed", "b", 2, { startedAt: undefined });
    const failed = { ...ended, outcome: "failed", reason: "StartFailed" };
    expect(trackRollout(open, { containers: [active, never], now })).toEqual(failed);
  });

  it("is not yet there while it is wanted and none of its containers is there", () => {
    const wanted = (letter: string, specHash = "H") => desire(letter, undefined, specHash);
    const track = (containers: Parameters<typeof trackRollout>[1]["containers"], goal: Desired | undefined) =>
      trackRollout(open, { containers, now, wanted: goal });
    expect(track([active], wanted("b"))).toBe(open);
    expect(track([active], { ...wanted("b"), target: { known: false, reason: "NotObserved", message: "" } })).toBe(
      open,
    );
    const superseded = { outcome: "superseded" };
    expect(track([active], wanted("c"))).toMatchObject(superseded);
    expect(track([active], wanted("b", "other"))).toMatchObject(superseded);
    expect(track([containerIn("active", "b", 3)], wanted("b"))).toMatchObject(superseded);
    const held = { containers: [active], now, wanted: wanted("b"), holds: [hold("b")] };
    expect(trackRollout(open, held)).toMatchObject({ outcome: "rolled-back", reason: "DigestHeld" });
  });

  it("is superseded when its container has gone, whatever failed earlier", () => {
    const superseded = { ...ended, outcome: "superseded", reason: "RolloutStarted" };
    expect(trackRollout(open, { containers: [active], now })).toEqual(superseded);
    expect(trackRollout(open, { containers: [active, containerIn("failed", "c", 1)], now })).toEqual(superseded);
    expect(trackRollout(open, { containers: [], now })).toEqual(superseded);
  });
});
