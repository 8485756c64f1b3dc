import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate } from "../../../../../src/compose/document/variables/interpolate.js";

const known: Readonly<Record<string, string>> = { SET: "value", EMPTY: "", _under_1: "u", DOLLAR: "$SET" };
const variables = (name: string) => (Object.hasOwn(known, name) ? known[name] : undefined);
const fill = (template: string) => interpolate(template, variables);

describe("interpolate", () => {
  it.each([
    ["", ""],
    ["plain {braces} }{", "plain {braces} }{"],
    ["$SET", "value"],
    ["a${SET}b$SET.c", "avaluebvalue.c"],
    ["$_under_1-", "u-"],
    ["$$SET $${SET} $$$SET", "$SET ${SET} $value"],
    ["$DOLLAR", "$SET"],
    ["$", "$"],
    ["a$ $1 $(b) $-|$$$", "a$ $1 $(b) $-|$$"],
    ["$É", "$É"],
    ["${NONE:-$1}", "$1"],
    ["${NONE:-a}b}", "ab}"],
    ["{$SET}", "{value}"],
    ["${EMPTY}", ""],
    ["${SET:-d}", "value"],
    ["${SET-d}", "value"],
    ["${EMPTY:-d}", "d"],
    ["${EMPTY-d}", ""],
    ["${NONE:-d}", "d"],
    ["${NONE-d}", "d"],
    ["${NONE:-}", ""],
    ["${NONE-}", ""],
    ["${SET:+r}", "r"],
    ["${SET+r}", "r"],
    ["${EMPTY:+r}", ""],
    ["${EMPTY+r}", "r"],
    ["${NONE:+r}", ""],
    ["${NONE+r}", ""],
    ["${SET:?m}", "value"],
    ["${SET?m}", "value"],
    ["${EMPTY?m}", ""],
    ["${NONE:-a${SET}b${ALSO:-c}}d", "avaluebcd"],
    ["${SET:+a$SET}", "avalue"],
    ['${NONE:-{"a": {"b": 1}}}', '{"a": {"b": 1}}'],
    ["${NONE:-a$$b}", "a$b"],
    ["${NONE:-:-?+}", ":-?+"],
    ["${NONE:-ü 😀}", "ü 😀"],
  ])("%s becomes %s", (template, text) => {
    expect(fill(template)).toEqual({ text, unset: [], faults: [], withheld: [] });
  });

  it("names the variables that have neither value nor default, where they count", () => {
    expect(fill("$A ${B} ${C:-$D} ${SET:-$E} ${SET:+$F} ${G:+$H}")).toMatchObject({
      text: "   value  ",
      unset: ["A", "B", "D", "F"],
    });
  });

  it.each([
    ["${NONE:?say $SET}", "the variable NONE is required: say $SET"],
    ["${NONE?}", "the variable NONE is required"],
    ["${EMPTY:?m}", "the variable EMPTY is required: m"],
    ["${NONE:-${ALSO:?m}}", "the variable ALSO is required: m"],
    ["${", "a name must follow `${`; write `$$` for a plain dollar sign"],
    ["${SET:-${", "a name must follow `${`; write `$$` for a plain dollar sign"],
    ["${ SET }", "a name must follow `${`; write `$$` for a plain dollar sign"],
    ["${}", "a name must follow `${`; write `$$` for a plain dollar sign"],
    ["${1secret}", "a name must follow `${`; write `$$` for a plain dollar sign"],
    ["${SET", "`${SET` lacks its closing brace"],
    ["${SET:-secret", "`${SET` lacks its closing brace"],
    ["${SET:-{}", "`${SET` lacks its closing brace"],
    ["${SET secret}", "`${SET` is followed by an unknown operator"],
    ["${SET:secret}", "`${SET` is followed by an unknown operator"],
  ])("%s is a fault", (template, fault) => {
    expect(fill(template)).toMatchObject({ text: "", faults: [fault] });
  });

  it("reports every missing variable of a text", () => {
    expect(fill("${A:?a} ${B:?b}").faults).toHaveLength(2);
  });

  it("nests 20 deep, not deeper", () => {
    const nested = (depth: number) => `${"${N:-".repeat(depth)}x${"}".repeat(depth)}`;
    expect(fill(nested(20)).text).toBe("x");
    expect(fill(nested(21)).faults).toEqual(["`${N` is nested too deeply"]);
    expect(fill("${N:-".repeat(100_000)).faults).toHaveLength(1);
  });

  it("never throws, and fills in whatever it finds no fault with", () => {
    const template = fc.string({ unit: fc.constantFrom(...Array.from("$${}:-+?ABab {}\n1_")) });
    fc.assert(
      fc.property(fc.oneof(template, fc.string()), (text) => {
        const result = interpolate(text, () => "v");
        expect(result.unset).toEqual([]);
        if (result.faults.length > 0) expect(result.text).toBe("");
        if (!text.includes("$")) expect(result).toEqual({ text, unset: [], faults: [], withheld: [] });
      }),
    );
  });

  it("leaves no variable in the text", () => {
    const literal = fc.string().map((text) => text.replace(/[${}]/g, ""));
    const { template } = fc.letrec<{ template: string; expression: string }>((tie) => ({
      template: fc.array(fc.oneof(literal, tie("expression")), { maxLength: 4 }).map((parts) => parts.join("")),
      expression: fc
        .tuple(fc.constantFrom("SET", "EMPTY", "NONE"), fc.constantFrom("", ":-", "-", ":+", "+"), tie("template"))
        .map(([name, operator, word]) => `\${${name}${operator}${operator === "" ? "" : word}}`),
    }));
    fc.assert(
      fc.property(template, (text) => {
        const result = fill(text);
        expect(result.faults).toEqual([]);
        expect(result.text).not.toMatch(/[${}]/);
      }),
    );
  });
});
