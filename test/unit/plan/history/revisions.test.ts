import { describe, expect, it } from "vitest";
import { findRevision, revisionsOf } from "../../../../src/plan/history/revisions.js";
import type { Rollout } from "../../../../src/plan/model/condition.js";
import type { Pin } from "../../../../src/plan/model/desired.js";
import { containerIn, digestOf } from "../world.js";

/** `3c promoted` began at minute 3. */
function rollout(text: string, patch: Partial<Rollout> = {}): Rollout {
  const [, revision = "", letter = "", outcome = ""] = /^(\d+)(\w) ?(\S*)$/.exec(text) ?? [];
  return {
    id: `shop/web@${revision}`,
    from: undefined,
    to: digestOf(letter),
    startedAt: `2026-01-01T00:${revision.padStart(2, "0")}:00.000Z`,
    finishedAt: undefined,
    outcome: outcome === "" ? undefined : (outcome as "promoted"),
    reason: "Converged",
    image: "docker.io/acme/web:latest",
    specHash: "H",
    ...patch,
  };
}

const three = [rollout("1a promoted"), rollout("2b rolled-back"), rollout("3c promoted")];
const serving = [containerIn("active", "c", 3)];
const find = (wanted?: string, rollouts = three, containers = serving, pin?: Pin) =>
  findRevision(wanted, revisionsOf(rollouts, containers), containers, pin).revision;

describe("the revision to go back to", () => {
  it.each<[string | undefined, number]>([
    [undefined, 1],
    ["1", 1],
    ["3", 3],
    [digestOf("a"), 1],
    ["aaaaaaaaaaaa", 1],
    ["sha256:ccccccc", 3],
  ])("%s", (wanted, revision) => {
    expect(find(wanted)).toBe(revision);
  });

  it.each<[string, string]>([
    ["2", "revision 2 ended rolled-back"],
    ["4", "no revision has the number 4"],
    ["sha256:ddddddd", "no revision has the digest"],
    ["latest", "no revision has the digest latest"],
    ["aaaaaa", "no revision has the digest"],
  ])("refuses %s", (wanted, message) => {
    expect(() => find(wanted)).toThrow(message);
  });

  it("refuses the beginning of several digests, and one of which only the digest is known", () => {
    const alike = [rollout("1a promoted"), rollout("2a promoted", { to: `${digestOf("a").slice(0, -1)}b` })];
    expect(() => find("aaaaaaaa", alike)).toThrow("several digests begin with aaaaaaaa");
    const { specHash: _, ...old } = rollout("1a promoted");
    expect(() => find("1", [old])).toThrow("only the digest is known");
  });

  it("is before the pin while there is one, and before a rollout under way", () => {
    const pin: Pin = { revision: 3, digest: digestOf("c"), specHash: "H", image: "", at: 0 };
    const longer = [...three, rollout("4d promoted")];
    expect(find(undefined, longer, [containerIn("active", "d", 4)])).toBe(3);
    expect(find(undefined, longer, [containerIn("active", "c", 5)], pin)).toBe(1);
    expect(find(undefined, longer, [containerIn("active", "d", 4), containerIn("next", "e", 5)])).toBe(4);
  });

  it("is another than what serves, under whatever number", () => {
    const again = [rollout("1a promoted"), rollout("2c promoted"), rollout("3c promoted")];
    expect(find(undefined, again)).toBe(1);
    expect(() => find(undefined, [], [])).toThrow("nothing runs");
    expect(() => find(undefined, [], serving)).toThrow("no stable revision is known before revision 3");
  });

  it("may be one that a person went back to", () => {
    const back = rollout("2b rolled-back", { rollback: true });
    expect(find(undefined, [back, rollout("3c promoted")])).toBe(2);
  });
});

describe("the history", () => {
  it("takes from the containers what nobody remembers, newest first", () => {
    const containers = [containerIn("active", "c", 3), containerIn("previous", "b", 2), containerIn("failed", "d", 4)];
    const shown = revisionsOf([rollout("3c promoted")], containers);
    expect(shown.map(({ revision, outcome, active }) => [revision, outcome, active])).toEqual([
      [3, "promoted", true],
      [2, "promoted", false],
    ]);
  });
});
