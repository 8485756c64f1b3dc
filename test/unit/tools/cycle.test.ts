import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findCycle } from "../../../src/tools/cycle.js";

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

describe("findCycle", () => {
  it.each<[string, Record<string, string[]>, string[] | undefined]>([
    ["nothing", {}, undefined],
    ["a chain", { a: ["b"], b: ["c"], c: [] }, undefined],
    ["a diamond", { a: ["b", "c"], b: ["d"], c: ["d"], d: [] }, undefined],
    ["itself", { a: ["a"] }, ["a", "a"]],
    ["two", { a: ["b"], b: ["a"] }, ["a", "b", "a"]],
    ["behind a tail", { a: ["b"], b: ["c"], c: ["d", "b"], d: [] }, ["b", "c", "b"]],
    ["in the second edge", { a: ["x", "b"], x: [], b: ["a"] }, ["a", "b", "a"]],
    ["behind a dead end", { a: ["b", "c"], b: ["d"], d: [], c: ["a"] }, ["a", "c", "a"]],
    ["an unknown node", { a: ["nowhere"] }, undefined],
  ])("%s", (_, edges, cycle) => {
    expect(findCycle(graph(edges))).toEqual(cycle);
  });

  it("finds a cycle exactly where no order exists", () => {
    const nodes = ["a", "b", "c", "d", "e"];
    const edges = fc.array(fc.tuple(fc.constantFrom(...nodes), fc.constantFrom(...nodes)), { maxLength: 8 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const all = new Map(nodes.map((node) => [node, pairs.filter(([from]) => from === node).map(([, to]) => to)]));
        const cycle = findCycle(all);
        expect(cycle === undefined).toBe(hasOrder(all));
        if (cycle === undefined) return;
        expect(cycle[0]).toBe(cycle.at(-1));
        cycle.slice(1).forEach((node, index) => {
          expect(all.get(cycle[index]!)).toContain(node);
        });
      }),
    );
  });
});

function hasOrder(edges: ReadonlyMap<string, readonly string[]>): boolean {
  const left = new Map(edges);
  for (;;) {
    const free = [...left].find(([, targets]) => !targets.some((target) => left.has(target)));
    if (free === undefined) return left.size === 0;
    left.delete(free[0]);
  }
}
