import { describe, expect, it } from "vitest";
import { absent, decide, unsettled, type Found } from "../../../../src/git/live/decision.js";

const one = `file:${"1".repeat(40)}`;
const two = `file:${"2".repeat(40)}`;
const own = `file:${"c".repeat(40)}`;
const run = `exec:${"1".repeat(40)}`;

function decided(left: readonly string[] | undefined, wanted: string | undefined, found: string | Found): string {
  const is: Found = typeof found === "string" ? { kind: "held", print: found } : found;
  const { actions, settled, changes } = decide(
    new Map(left === undefined ? [] : [["a", left] as const]),
    new Map(wanted === undefined ? [] : [["a", wanted] as const]),
    new Map([["a", is]]),
  );
  const forgotten = [...settled.values()].map((all) => (all.length === 0 ? "forget" : "settled"));
  return [...actions, ...changes]
    .map(({ kind }): string => kind)
    .concat(forgotten)
    .join(" ");
}

describe("a file that containers may write to", () => {
  it.each<
    [what: string, left: readonly string[] | undefined, wanted: string | undefined, is: string | Found, then: string]
  >([
    ["is new", undefined, one, absent, "write"],
    ["is new, and is there by chance", undefined, one, one, "settled"],
    ["is new, and the container has one of that name", undefined, one, own, "changed"],
    ["is as git left it, and changed by a commit", [one], two, one, "write"],
    ["is as git left it, but for what may be executed", [one], two, run, "write"],
    ["is changed by the container and a commit", [one], two, own, "changed"],
    ["is changed by the container to what a commit brings", [one], two, two, "settled"],
    ["is removed by the container, changed by a commit", [one], two, absent, "deleted"],
    ["is as git left it, removed by a commit", [one], undefined, one, "remove"],
    ["is changed by the container, removed by a commit", [one], undefined, own, "removed"],
    ["is removed by both", [one], undefined, absent, "forget"],
    ["is to be executed from now on", [one], run, one, "mode"],
    ["is executed by the container's own will", [one], `file:${"1".repeat(40)}`, run, "settled"],
    ["was being written, and is not", [one, two], two, one, "write"],
    ["was being written, and is", [one, two], two, two, "settled"],
    ["was being made, and is not", [absent, two], two, absent, "write"],
    ["has a folder of the container's in its place", [one], two, { kind: "folder" }, "obstructed"],
    ["has an empty folder in its place, as the disk may tell", undefined, two, { kind: "folder" }, "write"],
    ["has a device in its place", [one], two, { kind: "other" }, "obstructed"],
    ["has a link on the way to it", [one], two, { kind: "blocked", by: "x" }, "obstructed"],
  ])("that %s", (_what, left, wanted, is, then) => {
    expect(decided(left, wanted, is)).toBe(then);
  });

  it("may come into a folder that takes the place of a file which goes", () => {
    const found = new Map<string, Found>([
      ["a", { kind: "held", print: one }],
      ["a/b", { kind: "blocked", by: "a" }],
    ]);
    const { actions } = decide(new Map([["a", [one]]]), new Map([["a/b", two]]), found);
    expect(actions.map(({ kind, path }) => `${kind} ${path}`)).toEqual(["remove a", "write a/b"]);
  });

  it("is looked at only where git has something new, and somebody mounts it", () => {
    const left = new Map([
      ["conf/a", [one]],
      ["conf/b", [one]],
      ["conf/gone", [one]],
      ["away/c", [one]],
      ["single", [one]],
    ]);
    const wanted = new Map([
      ["conf/a", one],
      ["conf/b", two],
    ]);
    expect(unsettled(left, wanted, new Set(["conf", "single"]))).toEqual(["conf/b", "conf/gone"]);
  });
});
