import { expect, test } from "vitest";
import { given, groupOf } from "../../../src/tools/present.js";

test("what is given lacks what is undefined, and nothing else", () => {
  const fields = { a: undefined, b: null, c: 0, d: "", e: false };
  expect(Object.entries(given(fields))).toEqual([
    ["b", null],
    ["c", 0],
    ["d", ""],
    ["e", false],
  ]);
});

test("a group without fields is none", () => {
  expect(groupOf({ a: undefined })).toBeUndefined();
  expect(groupOf({ a: undefined, b: 1 })).toEqual({ b: 1 });
});
