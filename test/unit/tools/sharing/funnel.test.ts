import { setImmediate as tick } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Funnel } from "../../../../src/tools/sharing/funnel.js";

describe("a funnel", () => {
  it("holds no more than one item of each writer", async () => {
    const gone = new AbortController();
    const funnel = new Funnel<string>(gone.signal);
    const written: string[] = [];
    const write = async (name: string) => {
      for (let count = 1; count <= 100; count += 1) {
        written.push(`${name}${count}`);
        await funnel.put(`${name}${count}`);
      }
    };
    const writing = Promise.all([write("a"), write("b")]);
    const reader = funnel.items();
    const taken = [await reader.next(), await reader.next(), await reader.next()].map(({ value }) => value as string);
    await tick();
    expect(taken).toEqual(["a1", "b1", "a2"]);
    expect(written).toEqual(["a1", "b1", "a2", "b2", "a3"]);
    gone.abort();
    await writing;
    expect(await reader.next()).toEqual({ done: true, value: undefined });
    await funnel.put("late");
  });
});
