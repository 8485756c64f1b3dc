import { describe, expect, it } from "vitest";
import { highestOnHost, revisionFor } from "../../../../src/plan/history/numbering.js";
import { emptyMemory } from "../../../../src/plan/model/desired.js";
import type { Memory } from "../../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import { slotOf, viewOf } from "../../../../src/plan/model/view.js";
import { memoryOf } from "../../../../src/plan/slot/failures.js";
import { exited, jobContainer, migrate } from "../jobs.js";
import { containerIn, desire, digestOf, hostWith, imageOf, specOf } from "../world.js";

function numberOf(letter: string, host: HostSnapshot, memory: Partial<Memory> = {}, spec = specOf()): number {
  const view = slotOf(viewOf(host, spec, new Map()), 1);
  return revisionFor(desire(letter, spec), digestOf(letter), view, memoryOf({ ...emptyMemory, ...memory }, 1));
}

const first = containerIn("active", "a", 1);
const inSlot = (slot: number, role: "active" | "failed", letter: string, revision: number) =>
  containerIn(role, letter, revision, { id: `id-${slot}`, name: `shop-web-${slot}`, slot });

describe("the number of a rollout", () => {
  it("is one more than that of anything on the host: containers, jobs, and the tags that keep images", () => {
    expect(numberOf("a", hostWith([]))).toBe(1);
    expect(numberOf("b", hostWith([first]))).toBe(2);
    expect(numberOf("b", hostWith([first, containerIn("failed", "c", 4)]))).toBe(5);
    expect(numberOf("b", hostWith([first], { images: [imageOf("a", [1, 6])] }))).toBe(7);
    const job = jobContainer({ target: "c" }, { revision: 8, ...exited(0) });
    expect(numberOf("b", hostWith([first, job]))).toBe(9);
  });

  it("is one more than what the journal has seen, where nothing on the host tells of that any more", () => {
    expect(numberOf("b", hostWith([first]), { lastRevision: 3 })).toBe(4);
    expect(numberOf("b", hostWith([first], { images: [imageOf("a", [6])] }), { lastRevision: 3 })).toBe(7);
  });

  it("stays that of the rollout that the journal has open, whatever became of its container", () => {
    const underWay = { revision: 3, specHash: "H", digest: digestOf("b") };
    const host = hostWith([first], { images: [imageOf("b", [3])] });
    expect(numberOf("b", host, { lastRevision: 3, underWay })).toBe(3);
    expect(numberOf("c", host, { lastRevision: 3, underWay })).toBe(4);
    expect(numberOf("b", host, { lastRevision: 3, underWay: { ...underWay, specHash: "other" } })).toBe(4);
    // What the slot has is newer: the number would make the new one look like a way back.
    expect(numberOf("b", hostWith([containerIn("active", "a", 5)]), { underWay })).toBe(6);
  });

  it("is that of its jobs until the journal knows of their end", () => {
    const spec = specOf({ before: [migrate] });
    const host = hostWith([first, jobContainer({}, { revision: 3, ...exited(0) })]);
    expect(numberOf("b", host, {}, spec)).toBe(3);
    expect(numberOf("b", host, { lastRevision: 2 }, spec)).toBe(3);
    expect(numberOf("b", host, { lastRevision: 3 }, spec), "that rollout has ended").toBe(4);
    const underWay = { revision: 3, specHash: "H", digest: digestOf("b") };
    expect(numberOf("b", host, { lastRevision: 3, underWay }, spec)).toBe(3);
  });

  it("is that of the other slots of the same rollout, unless this one is ahead of them", () => {
    expect(numberOf("b", hostWith([first, inSlot(2, "active", "b", 4)]))).toBe(4);
    expect(numberOf("b", hostWith([first, inSlot(2, "failed", "b", 4)]))).toBe(4);
    expect(numberOf("b", hostWith([first, inSlot(2, "failed", "b", 4)]), { retriedAt: Date.now() })).toBe(5);
    expect(numberOf("b", hostWith([containerIn("active", "a", 6), inSlot(2, "active", "b", 4)]))).toBe(7);
  });
});

it("the highest on the host is of this service alone", () => {
  const images = [{ ...imageOf("a", [2]), tags: ["fairlead/keep:shop.web.r2", "fairlead/keep:shop.webb.r9", "a:r7"] }];
  expect(highestOnHost(specOf(), { siblings: [first], jobs: [], images })).toBe(2);
});
