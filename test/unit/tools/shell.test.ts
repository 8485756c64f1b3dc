import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellWord } from "../../../src/tools/shell.js";

it("a word is for the shell what it is here", () => {
  const text = fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from("a b'\"$`\\*?~!#;&|<>()\n\t{}[]=-é")) });
  const texts = fc.sample(text, { numRuns: 200, seed: 1 });
  const line = `printf '%s\\0' ${texts.map((each) => shellWord(each)).join(" ")}`;
  const said = execFileSync("/bin/sh", ["-c", line], { encoding: "utf8" });
  expect(said.split("\0").slice(0, -1)).toEqual(texts);
});

it.each([
  ["/etc/fairlead/fairlead.yaml", "/etc/fairlead/fairlead.yaml"],
  ["/srv/my files/f.yaml", "'/srv/my files/f.yaml'"],
  ["it's", "'it'\\''s'"],
])("%j is written as %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});
