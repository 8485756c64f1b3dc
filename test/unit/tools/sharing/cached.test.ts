import { describe, expect, it } from "vitest";
import { Cached } from "../../../../src/tools/sharing/cached.js";

describe("a cached value", () => {
  it("is shared until it is invalidated, and never answers from before", async () => {
    const answers: ((value: number) => void)[] = [];
    const cached = new Cached(() => new Promise<number>((resolve) => answers.push(resolve)));
    const first = cached.get();
    const shared = cached.get();
    cached.invalidate();
    const second = cached.get();
    expect(answers).toHaveLength(2);
    answers[1]!(2);
    answers[0]!(1);
    expect(await Promise.all([first, shared, second])).toEqual([1, 1, 2]);
    expect(await cached.get()).toBe(2);
  });

  it("asks again after a failure", async () => {
    let asked = 0;
    const cached = new Cached(() => ((asked += 1) === 1 ? Promise.reject(new Error("no")) : Promise.resolve(asked)));
    await expect(cached.get()).rejects.toThrow("no");
    expect(await cached.get()).toBe(2);
  });
});
