import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitWords } from "../../../../src/compose/values/words.js";

describe("splitWords", () => {
  it.each<[string, string[]]>([
    ["", []],
    ["  ", []],
    ["a", ["a"]],
    ["  a \t b\nc ", ["a", "b", "c"]],
    [`a 'b "c" \\ d' e`, ["a", 'b "c" \\ d', "e"]],
    [`a "b 'c' \\" d"`, ["a", `b 'c' " d`]],
    [`a"b"'c'd`, ["abcd"]],
    [`'' ""`, ["", ""]],
    ["a\\ b \\\\ \\'", ["a b", "\\", "'"]],
    [`"a;b" 'c|d' e\\&f`, ["a;b", "c|d", "e&f"]],
  ])("%s", (line, words) => {
    expect(splitWords(line)).toEqual({ ok: true, words });
  });

  it.each(Array.from(";&|<>()"))("says that %s needs a shell", (character) => {
    expect(splitWords(`a ${character} b`)).toMatchObject({
      ok: false,
      message: `the command needs a shell for \`${character}\``,
    });
  });

  it.each([
    ["a\\", "ends with a backslash"],
    ["a 'b", "lacks a closing '"],
    ['a "b', 'lacks a closing "'],
    ['"a\\"', 'lacks a closing "'],
  ])("refuses %s", (line, message) => {
    expect(splitWords(line)).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
  });

  it("undoes quotation", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
        expect(splitWords(line)).toEqual({ ok: true, words });
      }),
    );
  });
});
