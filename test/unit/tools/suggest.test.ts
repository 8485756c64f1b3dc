import { describe, expect, it } from "vitest";
import { nearest } from "../../../src/tools/suggest.js";

describe("nearest", () => {
  it.each([
    ["enviroment", ["environment", "entrypoint"], "environment"],
    ["imgae", ["image", "images"], "image"],
    ["Image", ["image"], "image"],
    ["ports", ["port", "ports"], "ports"],
    ["ab", ["abc"], "abc"],
    ["ab", ["abcd"], undefined],
    ["ab", ["cd"], undefined],
    ["abcdef", ["abcd"], "abcd"],
    ["abcdef", ["abc"], undefined],
    ["abcdefghijkl", ["abcdefghi"], "abcdefghi"],
    ["abcdefghijkl", ["abcdefgh"], undefined],
    ["ba", ["ab"], "ab"],
    ["bac", ["cab"], undefined],
    ["", ["a"], "a"],
    ["web", [], undefined],
    ["kitten", ["mitten", "sitten"], "mitten"],
    ["volumess", ["volume", "volumes"], "volumes"],
  ])("%s among %j", (word, candidates, expected) => {
    expect(nearest(word, candidates)).toBe(expected);
  });
});
