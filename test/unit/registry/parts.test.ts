import { describe, expect, it } from "vitest";
import { BoundedMap } from "../../../src/registry/bounded-map.js";
import { Lane } from "../../../src/registry/lane.js";
import { SingleFlight } from "../../../src/registry/single-flight.js";

describe("Lane", () => {
  it("keeps the order and the width, also after failures", async () => {
    const lane = new Lane(2);
    const started: number[] = [];
    let running = 0;
    const task = (n: number) => async (): Promise<void> => {
      started.push(n);
      running += 1;
      expect(running).toBeLessThanOrEqual(2);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      if (n % 3 === 0) throw new Error("odd");
    };
    await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map((n) => lane.run(task(n))));
    expect(started).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await lane.run(task(8));
    expect(started).toHaveLength(8);
  });
});

describe("BoundedMap", () => {
  it("forgets what was used longest ago", () => {
    const map = new BoundedMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([map.get("a"), map.get("b"), map.get("c")]).toEqual([1, undefined, 3]);
    map.delete("a");
    expect(map.get("a")).toBeUndefined();
    map.clear();
    expect(map.get("c")).toBeUndefined();
  });
});

describe("SingleFlight", () => {
  it("runs one task per key at a time, and another after a failure", async () => {
    const flights = new SingleFlight<number>();
    let runs = 0;
    const task = async (): Promise<number> => {
      runs += 1;
      const run = runs;
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (run === 1) throw new Error("first");
      return run;
    };
    const results = await Promise.allSettled([flights.run("a", task), flights.run("a", task), flights.run("b", task)]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
    expect(await flights.run("a", task)).toBe(3);
  });
});
