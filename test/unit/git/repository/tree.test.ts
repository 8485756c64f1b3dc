import { describe, expect, it } from "vitest";
import { entriesIn, Tree } from "../../../../src/git/repository/tree.js";

const id = (digit: string) => digit.repeat(40);
const line = (mode: string, name: string, digit: string) => `${mode} blob ${id(digit)}\t${name}\0`;

function treeOf(lines: readonly string[], links: Readonly<Record<string, string>> = {}): Tree {
  const targets = new Map(Object.entries(links).map(([digit, target]) => [id(digit), target]));
  return new Tree(id("f"), entriesIn(Buffer.from(lines.join(""))), targets);
}

describe("a tree", () => {
  const tree = treeOf(
    [
      line("040000", "conf", "1"),
      line("100644", "conf/a", "2"),
      line("100755", "run", "3"),
      line("120000", "link", "4"),
      line("120000", "conf/up", "5"),
      line("120000", "out", "6"),
      line("120000", "absolute", "7"),
      line("120000", "loop", "8"),
      line("120000", "conf/out", "9"),
      line("160000", "module", "a"),
    ],
    { 4: "conf", 5: "../run", 6: "../x", 7: "/etc/passwd", 8: "loop", 9: "../../x" },
  );

  it.each([
    ["conf/a", { kind: "entry", entry: { path: "conf/a", kind: "file", id: id("2") } }],
    ["link/a", { kind: "entry", entry: { path: "conf/a" } }],
    ["conf/up", { kind: "entry", entry: { path: "run", executable: true } }],
    ["", { kind: "entry", entry: { path: "", kind: "folder", id: id("f") } }],
    ["nothing", { kind: "nothing" }],
    ["run/below", { kind: "nothing" }],
    ["out", { kind: "outside", path: "out" }],
    ["absolute", { kind: "outside", path: "absolute" }],
    ["loop", { kind: "outside", path: "loop", isCircle: true }],
    ["conf/out", { kind: "outside", path: "conf/out" }],
    ["module/x", { kind: "submodule", path: "module" }],
  ])("leads from %j", (path, found) => {
    expect(tree.find(path)).toMatchObject(found);
  });

  it("knows its files, links among them that do not lead to folders, and what leads out of a folder", () => {
    expect(tree.files()).toEqual(["conf/a", "run", "conf/up", "out", "absolute", "loop", "conf/out"]);
    expect(["link", "loop", "run", "nothing"].map((path) => tree.isLink(path))).toEqual([true, true, false, false]);
    expect([tree.escapeBelow("conf"), tree.submoduleBelow(""), tree.submoduleBelow("conf")]).toEqual([
      "conf/out",
      "module",
      undefined,
    ]);
  });

  it("has no name that git would not write", () => {
    const names = [".git/config", "a/.GIT/hooks", "a/../b", "./a"];
    expect(entriesIn(Buffer.from(names.map((name) => line("100644", name, "1")).join("")))).toEqual([]);
  });
});
