import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergeByTime } from "../../../src/tools/merge.js";

async function* items<T>(all: readonly T[]): AsyncGenerator<T> {
  for (const item of all) yield await Promise.resolve(item);
}

describe("streams that are merged", () => {
  it("are in order, and lack nothing", async () => {
    const streams = fc.array(fc.array(fc.nat(50).map((at) => ({ at: String(at).padStart(2, "0") }))));
    await fc.assert(
      fc.asyncProperty(streams, async (unsorted) => {
        const sorted = unsorted.map((stream) => [...stream].sort((one, other) => (one.at < other.at ? -1 : 1)));
        const merged: string[] = [];
        for await (const { at } of mergeByTime(sorted.map((stream) => items(stream)))) merged.push(at);
        expect(merged).toEqual(
          sorted
            .flat()
            .map(({ at }) => at)
            .sort(),
        );
      }),
    );
  });

  it("are all ended where one fails or the reader has enough", async () => {
    const ended: string[] = [];
    const stream = async function* (name: string) {
      try {
        for (const at of ["1", "2"]) yield await Promise.resolve({ at });
      } finally {
        ended.push(name);
      }
    };
    for await (const _item of mergeByTime([stream("a"), stream("b")])) break;
    expect(ended).toEqual(["a", "b"]);
  });
});
