import { describe, expect, it } from "vitest";
import { SingleFlight } from "../../../../src/tools/sharing/single-flight.js";

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

  it("tells when the run that is under way has ended, well or not", async () => {
    const flights = new SingleFlight<void>();
    let fail: (why: Error) => void = () => undefined;
    const run = flights.run("a", () => new Promise((_resolve, reject) => (fail = reject)));
    const told: string[] = [];
    const ended = flights.ended("a").then(() => told.push("ended"));
    await flights.ended("b");
    expect(told).toEqual([]);
    fail(new Error("no"));
    await expect(run).rejects.toThrow("no");
    await ended;
    expect(told).toEqual(["ended"]);
  });
});
