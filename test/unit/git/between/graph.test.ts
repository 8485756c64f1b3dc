import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { passageIn, type Graph } from "../../../../src/git/between/graph.js";

function historyOf(lines: readonly string[], cut: readonly string[] = []) {
  const graph: Graph = new Map(
    lines.map((line) => {
      const [id = "", ...parents] = line.split(" ");
      return [id, parents];
    }),
  );
  return { graph, cut: new Set(cut) };
}

const passed = (ids: string, isAll: boolean) => ({
  kind: "passed",
  certain: new Set(ids === "" ? [] : ids.split(" ")),
  isAll,
});

describe("what came from one commit on up to another one", () => {
  it.each([
    ["a line", ["d c", "c b", "b a", "a"], [], "b", "d", passed("d c", true)],
    ["a line that is cut further back", ["d c", "c b", "b a", "a"], ["a"], "b", "d", passed("d c", true)],
    ["a branch from what ran", ["m b x", "x a", "b a", "a"], [], "b", "m", passed("m x", true)],
    ["a branch from what is here", ["m b x", "x a", "b a", "a"], ["a"], "b", "m", passed("m x", true)],
    [
      "a branch of which the beginning is not here",
      ["m b x", "x y", "y", "b a", "a"],
      ["a", "y"],
      "b",
      "m",
      passed("m", false),
    ],
    ["an older end beside what ran", ["m b x", "x a", "b a o", "a", "o"], ["o"], "b", "m", passed("m", false)],
    ["nothing", ["b a", "a"], [], "b", "b", passed("", true)],
    ["a commit that is gone", ["b a", "a"], [], "a", "z", { kind: "unknown" }],
    ["a history without it", ["d c", "c"], [], "b", "d", { kind: "rewritten" }],
    ["a history that goes back", ["b a", "a"], [], "b", "a", { kind: "rewritten" }],
    ["one too far back", ["d c", "c"], ["c"], "b", "d", { kind: "beyond" }],
  ])("%s", (_what, lines, cut, before, commit, found) => {
    expect(passageIn(historyOf(lines, cut), before, commit)).toEqual(found);
  });

  it("is found in no time where there are very many ends, of which the sure ones are told", () => {
    const line = Array.from({ length: 3_000 }, (_, index) => `l${index} l${index + 1} e${index}`);
    const ends = Array.from({ length: 3_000 }, (_, index) => `e${index}`);
    const found = passageIn(historyOf([...line, ...ends, "l3000", "x e5", "m l0 x"], [...ends, "l3000"]), "l0", "m");
    expect(found).toEqual(passed("m", false));
  });

  it("is never more than what came, and all of it where that is said, however much is cut", () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 8 }), (whole, one, other, depth) => {
        const ids = [...whole.keys()];
        const [before = 0, tip = 0] = [ids[one % ids.length], ids[other % ids.length]];
        const truth = new Set(ancestors(whole, tip));
        for (const id of ancestors(whole, before)) truth.delete(id);
        const isAncestor = ancestors(whole, tip).has(before);
        const found = passageIn(shallow(whole, tip, depth), String(before), String(tip));
        if (found.kind === "rewritten") expect(isAncestor).toBe(false);
        if (found.kind !== "passed") return;
        expect(isAncestor).toBe(true);
        for (const id of found.certain) expect(truth).toContain(Number(id));
        if (found.isAll) expect(found.certain.size).toBe(truth.size);
      }),
      { numRuns: 2_000 },
    );
  });
});

type Numbers = ReadonlyMap<number, readonly number[]>;

/** Commits with up to two older parents each. */
const histories: fc.Arbitrary<Numbers> = fc
  .array(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 30 })
  .map(
    (all) => new Map(all.map((back, id) => [id, [...new Set(back.map((far) => id - far))].filter((at) => at >= 0)])),
  );

function ancestors(graph: Numbers, from: number): ReadonlySet<number> {
  const found = new Set([from]);
  for (const id of found) for (const parent of graph.get(id) ?? []) found.add(parent);
  return found;
}

/** As git cuts it: so many generations by the shortest way. */
function shallow(whole: Numbers, tip: number, depth: number) {
  let generation = [tip];
  const here = new Set(generation);
  for (let count = 1; count < depth; count += 1) {
    generation = generation.flatMap((id) => whole.get(id) ?? []).filter((id) => !here.has(id));
    for (const id of generation) here.add(id);
  }
  const cut = [...here].filter((id) => (whole.get(id) ?? []).some((parent) => !here.has(parent)));
  const parentsOf = (id: number) => (cut.includes(id) ? [] : (whole.get(id) ?? []));
  return {
    graph: new Map([...here].map((id) => [String(id), parentsOf(id).map(String)])),
    cut: new Set(cut.map(String)),
  };
}
