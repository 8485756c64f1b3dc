import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseChallenges } from "../../../../src/registry/login/challenge.js";

function read(header: string | string[] | undefined): unknown {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("parseChallenges", () => {
  it.each([
    ['Bearer realm="https://r/t",service="s"', [["bearer", { realm: "https://r/t", service: "s" }]]],
    [
      'bearer REALM=https://r/t , Service = "a, b=\\"c\\""',
      [["bearer", { realm: "https://r/t", service: 'a, b="c"' }]],
    ],
    [
      'Basic realm="x", Bearer realm="y",scope="repository:a:pull,push"',
      [
        ["basic", { realm: "x" }],
        ["bearer", { realm: "y", scope: "repository:a:pull,push" }],
      ],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        ["negotiate", {}],
        ["basic", { realm: "x" }],
      ],
    ],
    ['Basic realm="first", realm="second"', [["basic", { realm: "first" }]]],
    ['Bearer realm="cut off', [["bearer", { realm: "cut off" }]]],
    ["Bearer realm=", [["bearer", { realm: "" }]]],
    ["", []],
    [", ,", []],
    ['"', []],
  ])("%s", (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it("reads several headers, and none", () => {
    expect(read(['Basic realm="a"', "Bearer realm=b"])).toEqual([
      ["basic", { realm: "a" }],
      ["bearer", { realm: "b" }],
    ]);
    expect(read(undefined)).toEqual([]);
  });

  const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/);
  const parameters = fc.uniqueArray(fc.tuple(name, fc.string({ unit: "binary-ascii" })), {
    selector: ([key]) => key.toLowerCase(),
    minLength: 1,
    maxLength: 5,
  });

  it("reads back whatever is written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, parameters), { maxLength: 4 }),
        fc.constantFrom(",", ", ", " , "),
        (list, comma) => {
          const quote = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;
          const header = list
            .map(([scheme, pairs]) => `${scheme} ${pairs.map(([key, value]) => `${key}=${quote(value)}`).join(comma)}`)
            .join(comma);
          const expected = list.map(([scheme, pairs]) => [
            scheme.toLowerCase(),
            pairs.map(([key, value]) => [key.toLowerCase(), value]),
          ]);
          expect(parseChallenges(header).map((found) => [found.scheme, [...found.parameters]])).toEqual(expected);
        },
      ),
    );
  });

  it("ends, and throws nothing, on anything", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "\\", ",", "=", " ", "a", "Bearer", "é"), maxLength: 60 }),
        (text) => {
          parseChallenges(text);
        },
      ),
    );
  });
});
