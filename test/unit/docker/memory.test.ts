import { describe, expect, it } from "vitest";
import { EndMemory } from "../../../src/docker/observe/end-memory.js";
import { HealthMemory } from "../../../src/docker/observe/health-memory.js";
import { Outage } from "../../../src/docker/observe/outage.js";
import { Staleness } from "../../../src/docker/observe/staleness.js";
import { Unheard } from "../../../src/docker/observe/unheard.js";
import { platformOf } from "../../../src/docker/read/platform.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";

const container = (fields: Partial<ObservedContainer>) =>
  ({ id: "c", health: "healthy", startedAt: 1000, healthySince: undefined, ...fields }) as ObservedContainer;

describe("the memory of health", () => {
  it("takes the earliest instant that anything proves", () => {
    const memory = new HealthMemory();
    expect(memory.remember(container({}), 5000).healthySince).toBe(5000);
    expect(memory.remember(container({}), 9000).healthySince).toBe(5000);
    expect(memory.remember(container({ healthySince: 4000 }), 9000).healthySince).toBe(4000);
    expect(memory.remember(container({ healthySince: 8000 }), 9000).healthySince).toBe(4000);
  });

  it("begins with the event that told of it", () => {
    const memory = new HealthMemory();
    memory.becameHealthy("c", 3000);
    memory.becameHealthy("c", 4000);
    expect(memory.remember(container({ healthySince: 3500 }), 9000).healthySince).toBe(3000);
  });

  it("does not outlive a break or a run", () => {
    const memory = new HealthMemory();
    memory.remember(container({}), 2000);
    memory.remember(container({ health: "unhealthy" }), 3000);
    expect(memory.remember(container({}), 4000).healthySince).toBe(4000);
    expect(memory.remember(container({ startedAt: 4500 }), 6000).healthySince).toBe(6000);
    memory.broke("c");
    expect(memory.remember(container({ startedAt: 4500 }), 7000).healthySince).toBe(7000);
    memory.keepOnly(new Set());
    expect(memory.remember(container({ startedAt: 4500 }), 8000).healthySince).toBe(8000);
  });
});

describe("the memory of ends", () => {
  it("knows what others asked for from what we did and what came by itself", () => {
    const memory = new EndMemory();
    memory.died("c", 1000);
    expect(memory.byRequest("c")).toBe(false);
    memory.started("c");
    memory.killed("c", "15", 2000);
    memory.died("c", 3000);
    expect(memory.byRequest("c")).toBe(true);
    memory.started("c");
    expect(memory.byRequest("c")).toBe(false);
    memory.weStop("c");
    memory.killed("c", "15", 4000);
    memory.died("c", 4100);
    expect(memory.byRequest("c")).toBe(false);
  });

  it("is not confused by the event of an earlier start that comes late", () => {
    const memory = new EndMemory();
    memory.weStop("c");
    memory.started("c");
    memory.killed("c", "15", 1000);
    memory.died("c", 1100);
    expect(memory.byRequest("c")).toBe(false);
    memory.started("c");
    memory.killed("c", "15", 2000);
    memory.died("c", 2100);
    expect(memory.byRequest("c")).toBe(true);
  });

  it("takes neither a reload for a stop nor an old request for a cause", () => {
    const memory = new EndMemory();
    memory.killed("c", "1", 1000);
    memory.died("c", 1100);
    expect(memory.byRequest("c")).toBe(false);
    memory.killed("c", "15", 2000);
    memory.died("c", 63_000);
    expect(memory.byRequest("c")).toBe(false);
  });

  it("outlives a start that is refused", () => {
    const memory = new EndMemory();
    memory.killed("c", "15", 1000);
    memory.died("c", 1100);
    memory.weStart("c")();
    expect(memory.byRequest("c")).toBe(true);
    expect(memory.beginningOf(2000)).toBe(1100);
    memory.weStart("c");
    expect(memory.byRequest("c")).toBe(false);
  });

  it("dates the engine's loss back to the first container it ended on its way down", () => {
    const memory = new EndMemory();
    for (const [id, at] of [
      ["old", 1000],
      ["a", 50_000],
      ["b", 51_000],
    ] as const) {
      memory.killed(id, "15", at - 10);
      memory.died(id, at);
    }
    expect(memory.beginningOf(52_000)).toBe(50_000);
    expect(memory.beginningOf(500)).toBe(500);
    memory.keepOnly(new Set());
    expect(memory.beginningOf(52_000)).toBe(52_000);
  });
});

describe("an outage of the engine", () => {
  const after = (...turns: readonly (readonly ["lost" | "found", number])[]) => {
    const outage = new Outage();
    for (const [what, at] of turns) outage[what](at);
    return outage.last;
  };

  it("lasts from the first loss to the return", () => {
    expect(after(["found", 1000])).toBeUndefined();
    expect(after(["lost", 1000], ["lost", 2000], ["found", 3000], ["found", 4000])).toEqual({ from: 1000, to: 3000 });
  });

  it("is one with the next where the engine goes again at once", () => {
    expect(after(["lost", 1000], ["found", 3000], ["lost", 63_000], ["found", 70_000])).toEqual({
      from: 1000,
      to: 70_000,
    });
    expect(after(["lost", 1000], ["found", 3000], ["lost", 500], ["found", 4000])).toEqual({ from: 500, to: 4000 });
    expect(after(["lost", 1000], ["found", 3000], ["lost", 63_001], ["found", 70_000])).toEqual({
      from: 63_001,
      to: 70_000,
    });
  });
});

describe("staleness", () => {
  it("is everything, always, while no events are followed", () => {
    const staleness = new Staleness();
    for (let look = 0; look < 2; look += 1) {
      expect(staleness.take()).toMatchObject({ everything: true, lists: new Set(["networks", "volumes", "images"]) });
    }
  });

  it("is what was named, once, while events are followed", () => {
    const staleness = new Staleness();
    staleness.follow();
    expect(staleness.take().everything).toBe(true);
    const nothing = { containers: new Set(), doubted: new Set(), lists: new Set(), everything: false };
    staleness.container("c");
    staleness.list("images");
    const stale = staleness.take();
    expect(stale).toEqual({ ...nothing, containers: new Set(["c"]), lists: new Set(["images"]) });
    expect(staleness.take()).toEqual(nothing);
    staleness.giveBack(stale);
    expect(staleness.take()).toEqual(stale);
    staleness.unfollow();
    expect(staleness.take().everything).toBe(true);
  });
});

describe("doubt", () => {
  it("asks a container again, and is no news of it", () => {
    const staleness = new Staleness();
    staleness.follow();
    staleness.take();
    staleness.doubt("c");
    expect(staleness.named()).toEqual(new Set());
    const stale = staleness.take();
    expect(stale).toMatchObject({ containers: new Set(), doubted: new Set(["c"]) });
    expect(staleness.take().doubted).toEqual(new Set());
    staleness.giveBack(stale);
    expect(staleness.take().doubted).toEqual(new Set(["c"]));
  });
});

describe("a change that no event has told of", () => {
  it("waits for its event from the first list on that shows it", () => {
    const unheard = new Unheard();
    expect(unheard.isOlderThan(0, 1000)).toBe(false);
    unheard.changed(["a", "b"], 1000);
    unheard.changed(["a"], 3000);
    expect(unheard.isOlderThan(1001, 2000)).toBe(false);
    expect(unheard.isOlderThan(1000, 2000)).toBe(true);
    unheard.heard("b");
    expect(unheard.isOlderThan(1000, 2000)).toBe(true);
    unheard.heard("a");
    expect(unheard.isOlderThan(0, 9000)).toBe(false);
    unheard.changed(["a"], 1000);
    unheard.clear();
    expect(unheard.isOlderThan(0, 9000)).toBe(false);
  });
});

describe("the platform", () => {
  it.each([
    ["x86_64", "amd64", undefined],
    ["aarch64", "arm64", undefined],
    ["armv7l", "arm", "v7"],
    ["armv6l", "arm", "v6"],
    ["ppc64le", "ppc64le", undefined],
  ])("of %s is %s", (Architecture, architecture, variant) => {
    expect(platformOf({ OSType: "linux", Architecture })).toEqual({ os: "linux", architecture, variant });
  });
});
