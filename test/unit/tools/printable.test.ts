import { describe, expect, it } from "vitest";
import { printable, printableValue, visible } from "../../../src/tools/printable.js";

describe("printable text", () => {
  it("has no terminal sequence of any kind", () => {
    expect(printable("a\u001b]0;title\u0007b\u001b[2Jc\u001bMd\te", 100)).toBe("abcd e");
  });

  it("is one line, cut to its length", () => {
    expect(printable("a\r\nb\u2028c\u202e ")).toBe("a b c");
    expect(printable("abcdef", 3)).toBe("abc…");
  });
});

describe("visible text", () => {
  it("keeps lines, tabs and our colours, and shows whatever else steers", () => {
    expect(visible("a\n\tb\u001b[31mred\u001b[39m")).toBe("a\n\tb\u001b[31mred\u001b[39m");
    expect(visible("\u001b[2J\u202e\u0000\u2028")).toBe("\\u001b[2J\\u202e\\u0000\\u2028");
  });
});

describe("a printable value", () => {
  it("is printable in each text and key, and a stack keeps its lines", () => {
    const value = { "k\u0007": ["a\nb", 1, null], stack: "Error: x\ny\n    at one\n    at two" };
    expect(printableValue(value)).toEqual({ k: ["a b", 1, null], stack: "Error: x y\n    at one\n    at two" });
  });
});
