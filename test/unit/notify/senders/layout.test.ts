import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Notice } from "../../../../src/notify/model/notice.js";
import { forPeople, forPrograms } from "../../../../src/notify/senders/layout/clean.js";
import { codeBlock, codeSpan } from "../../../../src/notify/senders/layout/code.js";
import { bytes, cut } from "../../../../src/notify/senders/layout/cut.js";
import { fitted } from "../../../../src/notify/senders/layout/fit.js";
import { plainText } from "../../../../src/notify/senders/layout/plain.js";
import { sheetOf } from "../../../../src/notify/senders/layout/sheet.js";

const notice: Notice = { id: "n", kind: "failed", severity: "error", at: 0, title: "it failed" };
const textWithin = (most: number, one: Notice) =>
  fitted(
    { notice: one },
    (told) => plainText(sheetOf(told)),
    (text) => text.length <= most,
  );

describe("a cut text", () => {
  it.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["a😀b", 3, "a…"],
    ["😀😀", 1, "…"],
    ["abc", 0, ""],
  ])("of %j within %i is %j", (text, most, expected) => {
    expect(cut(text, most)).toBe(expected);
  });

  it("is as long as it may be, also in bytes, and never half a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat({ max: 40 }), (text, most) => {
        const found = cut(text, most, bytes);
        expect(bytes(found)).toBeLessThanOrEqual(most);
        expect(found).not.toMatch(/\p{Cs}/u);
        if (found !== text && most >= 3) expect(bytes(found)).toBeGreaterThan(most - 5);
      }),
    );
  });
});

describe("a notice that does not fit", () => {
  const long: Notice = {
    ...notice,
    logs: Array.from({ length: 40 }, (_, index) => `line ${index}`),
    between: Array.from({ length: 10 }, (_, index) => `commit ${index}`),
    command: "fairlead approve shop/web",
  };

  it("loses the oldest lines of its log first, and says how many", () => {
    const text = textWithin(400, long);
    expect(text).toMatch(/… \d+ lines more\nline \d+/);
    expect(text).toContain("commit 0\n");
    expect(text).toMatch(/line 39$/);
  });

  it("then the oldest commits", () => {
    const text = textWithin(170, long);
    expect(text).toMatch(/… \d commits more\ncommit \d/);
    expect(text).toContain("… 39 lines more\nline 39");
  });

  it("counts those that were left out before", () => {
    const marked = { ...long, between: ["… 37 more", ...(long.between ?? [])] };
    expect(textWithin(190, marked)).toMatch(/… 37 more, and \d after (?:it|them)\ncommit \d/);
    expect(textWithin(10_000, marked)).toContain("… 37 more\ncommit 0\n");
  });

  it("keeps title and command to the end", () => {
    expect(textWithin(100, long)).toBe("it failed\n\nWhen: 1970-01-01T00:00:00Z\n\nRun: fairlead approve shop/web");
    expect(textWithin(50, long)).toBe("it failed\n\nWhen: 1970-01-01T00:00:00Z");
  });

  it("is whole where it fits", () => {
    expect(textWithin(10_000, long)).not.toContain("…");
  });

  it("has as much of a template's text as fits", () => {
    const told = { notice, text: "x".repeat(100) };
    const made = fitted(
      told,
      ({ text = "" }) => `<${text}>`,
      (text) => text.length <= 12,
    );
    expect(made).toBe(`<${"x".repeat(9)}…>`);
  });
});

describe("clean words", () => {
  const dirty: Notice = { ...notice, title: "a\r\n@Room\u202e b", logs: ["@everyones @all @group-x me@here.example"] };

  it("call no room, but stay the same otherwise", () => {
    expect(forPeople({ notice: dirty }).notice).toMatchObject({
      title: "a @\u200bRoom b",
      logs: ["@everyones @\u200ball @\u200bgroup-x me@\u200bhere.example"],
    });
  });

  it("are left to programs as they are", () => {
    expect(forPrograms({ notice: dirty }).notice).toMatchObject({ title: "a @Room b", logs: dirty.logs });
  });

  it("have only addresses that a browser opens, without signs that end one", () => {
    const linked = (link: string) => forPeople({ notice: { ...notice, link } }).notice.link;
    expect(linked("javascript:alert(1)")).toBeUndefined();
    expect(linked("no address")).toBeUndefined();
    expect(linked(`https://x.example/${"a".repeat(600)}`)).toBeUndefined();
    expect(linked("https://x.example/a(b)'c*|`\"><d")).toBe("https://x.example/a%28b%29%27c%2A%7C%60%22%3E%3Cd");
  });

  it("keep the lines of a template", () => {
    expect(forPeople({ notice, text: "one\r\ntwo\u001b[2J\n\nthree\n" }).text).toBe("one\ntwo\n\nthree");
  });

  it("have the kind as title where there is none", () => {
    expect(forPeople({ notice: { ...notice, title: "\u0000" } }).notice.title).toBe("failed");
  });
});

describe("code", () => {
  it("ends where it ends, whatever is in it", () => {
    expect(codeSpan("a`b")).toBe("`aˋb`");
    expect(codeBlock(["a", "```b", "`"])).toBe("```\na\n`\u200b`\u200b`b\n`\n```");
  });
});
