import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withoutUrlSecrets, withoutValues } from "../../../src/tools/mask.js";

describe("the words of others", () => {
  it.each([
    ["fatal: https://u:t0@ken@host/x 'ssh://u:t0ken@host'", "fatal: https://host/x 'ssh://host'"],
    ['Get "https://user:pass@cdn.example/blob?X-Sig=abc&t=1": EOF', 'Get "https://cdn.example/blob?…": EOF'],
    ["https://u:p?ss@host/x", "https://host/x"],
    ["see https://docs.example.com/x, then mail a@b.example", "see https://docs.example.com/x, then mail a@b.example"],
  ])("lose what may be secret in a URL: %s", (text, expected) => {
    expect(withoutUrlSecrets(text)).toBe(expected);
  });

  const masking = { shortest: 4, by: "***" };

  it("lose the values that are named, the longer ones first, and no short ones", () => {
    expect(withoutValues("a=hunter2 b=hunter22 c=abc", ["hunter2", "hunter22", "abc", ""], masking)).toBe(
      "a=*** b=*** c=abc",
    );
  });

  it("hold none of the values, wherever these stand", () => {
    const value = fc.stringMatching(/^[a-z]{4,8}$/);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.array(fc.stringMatching(/^[ =:]{1,3}$/)), (values, gaps) => {
        const text = values.map((one, index) => `${gaps[index] ?? " "}${one}`).join("");
        const masked = withoutValues(text, values, masking);
        for (const one of values) expect(masked).not.toContain(one);
      }),
    );
  });
});
