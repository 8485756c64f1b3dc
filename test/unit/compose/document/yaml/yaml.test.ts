import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseYaml, type Place } from "../../../../../src/compose/document/yaml/yaml.js";

/** `key line:column, value line:column` of the node at this path. */
function placeOf(text: string, ...path: string[]): string {
  const document = parseYaml(text);
  if (!document.ok) throw new Error(document.message);
  const place = path.reduce<Place>((at, key) => at.children.get(key)!, document.root);
  return `${place.key.line}:${place.key.column} ${place.value.line}:${place.value.column}`;
}

describe("parseYaml", () => {
  it.each<[string, unknown]>([
    ["", null],
    ["~", null],
    ["a: no", { a: "no" }],
    ["a: 12:30", { a: "12:30" }],
    ["a: 2026-01-01", { a: "2026-01-01" }],
    ["a: &x {b: 1}\nc: {<<: *x, d: 2}", { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ["\uFEFFa: 1", { a: 1 }],
    ["a:\n  b: [\n1,\n  2\n  ]\n  c: {\n  d: 'x\n  y'\n  }", { a: { b: [1, 2], c: { d: "x y" } } }],
  ])("reads %j", (text, value) => {
    expect(parseYaml(text)).toMatchObject({ ok: true, value });
  });

  it.each([
    ["a: 1\nb: [1", "the [ that stands here is not closed", "2:4"],
    ["a: 1\n  a: 2", "", "2:4"],
    ["a: [1\nb: [2]\nc: 3", "the [ that stands here is not closed", "1:4"],
    ["a: [\n1,\n]\nb: 1\nb: 2", 'the key "b" stands in this mapping before, in line 4', "5:1"],
    ["a: {\nb: 1, b: 2\n}", 'the key "b" stands in this mapping before, in line 2', "2:7"],
    ["a: 1\na: 2", 'the key "a" stands in this mapping before, in line 1', "2:1"],
    // A quotation without an end is told where it begins, also where another one ends it, or it is not indented.
    ['a: 1\nb: "x\nc: d', "the quotation that begins here is not closed", "2:4"],
    ["a:\n  - 'x\nb: c\n", "the quotation that begins here is not closed", "2:5"],
    ['a: "x\r\nb: "y"\r\n', "the quotation that begins here ends only in line 2, where something follows it", "1:4"],
    [
      "a: [x, 'b\nc: d\ne: 'f'\n",
      "the quotation that begins here ends only in line 3, where something follows it",
      "1:8",
    ],
    ['a: "x" y', "something follows the closing quotation mark", "1:8"],
    ['\uFEFFa: "x\nb: 1\n', "the quotation that begins here is not closed", "1:4"],
    ["a: {b: 1\nc: 2\nd: 3\n", "the { that stands here is not closed", "1:4"],
    ['{"a": {"b": 1}', "the { that stands here is not closed", "1:1"],
    ['{"a": {"b": [1, 2}, "c": 3}', "a comma or a closing bracket is missing before this", "1:18"],
    // What only looks strange is not blamed for what follows it.
    ['a: "x y\n  z"\nb: [\n1,\n]\nc:\n d: 1\n   e: 2\n', "the line does not fit the mapping around it", "8:5"],
    ["a: @x", "no value begins with @", "1:4"],
    ["a: *b", 'unidentified alias "b"', "1:5"],
    ["a: 1\n---\nb: 1", "expected one YAML document, found several", "1:1"],
    ["a: !!binary AA==", "unknown scalar tag", "1:4"],
    [`${"[".repeat(50)}${"]".repeat(50)}`, "maxDepth (50)", "1:50"],
    [`a: &a 1\nb: [${"*a, ".repeat(501)}]`, "maxAliases (500)", "2:2006"],
  ])("refuses %j", (text, message, at) => {
    const document = parseYaml(text);
    expect(document).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
    if (!document.ok) expect(`${document.position.line}:${document.position.column}`).toBe(at);
  });

  it("takes a little less", () => {
    expect(parseYaml(`${"[".repeat(49)}${"]".repeat(49)}`).ok).toBe(true);
    expect(parseYaml(`a: &a 1\nb: [${"*a, ".repeat(100)}]`).ok).toBe(true);
  });

  it("gives `__proto__` no power", () => {
    const document = parseYaml("__proto__: {polluted: 1}");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    expect(document.ok && Object.keys(document.value as object)).toEqual(["__proto__"]);
  });
});

describe("a Compose file is read as Docker Compose reads it", () => {
  const read = (text: string) => parseYaml(text, { file: "a.yaml", directory: "/srv", variables: () => undefined });

  it.each<[string, unknown]>([
    ["a: 1_000\nb: 0b11\nc: 0644\nd: 0x_F", { a: 1000, b: 3, c: 420, d: 15 }],
    ["a: [yes, 22:22, 2026-01-01, _1, 1e1000]", { a: ["yes", "22:22", "2026-01-01", "_1", "1e1000"] }],
    ['a: !!int "0b11"\nb: !!str 1_000\nc: !!float 1\nd: !!binary aGk=', { a: 3, b: "1_000", c: 1, d: "hi" }],
    ["1_000: a\n0x10: b\n1.10: c\n.5: d\n<<: {e: f}", { "1_000": "a", "0x10": "b", "1.10": "c", ".5": "d", e: "f" }],
    ["a: |\n  one\n  two", { a: "one\ntwo" }],
    ["a: |+\n  one\n  two", { a: "one\ntwo" }],
    ["a: >\n  one\n  two", { a: "one two" }],
    ["a: |\n  one\n\n", { a: "one\n" }],
    ["a: |+\n  one\n  two\n  ", { a: "one\ntwo\n" }],
    ["a: |\n  one\n  two\n  ", { a: "one\ntwo\n" }],
    ["a: |\n  one\nb: 1", { a: "one\n", b: 1 }],
    ["a: {b:\tc}", { a: { b: "c" } }],
    ["a:\n  b: {\n\tc:\td,\t'e\tf': \"g\th\",\n  \ti:\tj\n  }", { a: { b: { c: "d", "e\tf": "g\th", i: "j" } } }],
    ["a:\tb\nc:\t\n  d", { a: "b", c: "d" }],
  ])("%j", (text, value) => {
    expect(read(text)).toMatchObject({ ok: true, value });
  });

  it.each([
    ["a: [b]\n\tc: d", "tab characters must not be used in indentation"],
    ["a: !!binary x", "is not base64 of UTF-8 text"],
    ["a: !!binary /w==", "is not base64 of UTF-8 text"],
    ["a: !!int x", "cannot resolve a node"],
    ["a: &a {b: 1}\nc:\n  <<: *a\n  <<: *a\n", 'the key "<<" stands in this mapping before, in line 3'],
  ])("%j is an error", (text, message) => {
    expect(read(text)).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
  });

  it("with the places of what stands behind a tab", () => {
    const document = read("a: {b:\tc,\n\td: e}");
    const places = document.ok ? document.root.children.get("a")?.children : undefined;
    expect(["b", "d"].map((key) => places?.get(key))).toMatchObject([
      { key: { line: 1, column: 5 }, value: { line: 1, column: 8 } },
      { key: { line: 2, column: 2 }, value: { line: 2, column: 5 } },
    ]);
  });
});

describe("places", () => {
  const block = "one: 1\ntwo:\n  - a\n  - {b: c, \"d e\": 'f'}\nnil:\nlit: |\n  x\n";
  it.each([
    [["one"], "1:1 1:6"],
    [["two"], "2:1 3:3"],
    [["two", "0"], "3:5 3:5"],
    [["two", "1"], "4:5 4:5"],
    [["two", "1", "b"], "4:6 4:9"],
    [["two", "1", "d e"], "4:12 4:19"],
    [["nil"], "5:1 5:1"],
    [["lit"], "6:1 7:1"],
  ])("of %j", (path, place) => {
    expect(placeOf(block, ...path)).toBe(place);
  });

  it("of the document", () => {
    expect(placeOf("# comment\na: 1")).toBe("2:1 2:1");
    expect(placeOf("")).toBe("1:1 1:1");
  });

  it("behind a byte order mark and other ends of lines", () => {
    expect(placeOf("\uFEFFa: 1", "a")).toBe("1:1 1:4");
    expect(placeOf("a: 1\r\nb: 2\r\nc: 3", "c")).toBe("3:1 3:4");
    expect(placeOf("a: 1\rb: 2", "b")).toBe("2:1 2:4");
  });

  const shared = "base: &b\n  x: 1\n  y: &y 2\nuse: *b\nlist: [*b, *y]\n";
  it.each([
    [["use"], "4:1 4:6"],
    [["use", "x"], "2:3 2:6"],
    [["list", "0"], "5:8 5:8"],
    [["list", "0", "y"], "3:3 3:9"],
    [["list", "1"], "5:12 5:12"],
  ])("through the alias at %j", (path, place) => {
    expect(placeOf(shared, ...path)).toBe(place);
  });

  const merged =
    "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  y: 5\n  <<: [*b, *a]\nd: {<<: *a, x: 6}\ne: {<<: {q: 7}}\n";
  it.each([
    [["c", "y"], "4:3 4:6"],
    [["c", "z"], "2:14 2:17"],
    [["c", "x"], "1:8 1:11"],
    [["d", "x"], "6:13 6:16"],
    [["d", "y"], "1:14 1:17"],
    [["e", "q"], "7:10 7:13"],
  ])("through the merge key at %j", (path, place) => {
    expect(placeOf(merged, ...path)).toBe(place);
  });

  it("merges the first of several sources", () => {
    expect(placeOf("a: &a {y: 1}\nb: &b {y: 2}\nc: {<<: [*b, *a]}\n", "c", "y")).toBe("2:8 2:11");
  });

  it("takes a quoted `<<` for a plain key", () => {
    expect(placeOf('a: {"<<": {b: 1}}', "a", "<<", "b")).toBe("1:12 1:15");
    expect(() => placeOf('a: {"<<": {b: 1}}', "a", "b")).toThrow();
  });

  it("keeps plain scalars as written", () => {
    const document = parseYaml('a: 1.10\nb: "1.10"\nc: &c 0x10\nd: *c');
    const plain = document.ok ? Array.from("abcd").map((key) => document.root.children.get(key)?.plain) : [];
    expect(plain).toEqual(["1.10", undefined, "0x10", "0x10"]);
  });

  it("never throws", () => {
    const yaml = fc.string({
      unit: fc.constantFrom(...Array.from("a&*<[]{}:-,'\"|>!#? \n\t1~"), "<<: ", "&a ", "*a", "\n  "),
    });
    const odd = fc.constantFrom(
      "a",
      ":",
      "-",
      "\u0000",
      "\u001b",
      "\u0085",
      "\u2028",
      "\uFEFF",
      "\uD800",
      "😀",
      "\r",
      "\n",
    );
    fc.assert(
      fc.property(fc.oneof(yaml, fc.string({ unit: odd })), (text) => {
        expect(typeof parseYaml(text).ok).toBe("boolean");
      }),
      { numRuns: 150 },
    );
  });
});
