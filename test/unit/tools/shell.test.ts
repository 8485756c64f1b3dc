import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellWord } from "../../../src/tools/shell.js";

it("a word is for the shell what it is here", () => {
  const text = fc.string({ minLength: 1, unit: fc.constantFrom(...Array.from("a b'\"$`\\*?~!#;&|<>()\n\t{}[]=-é")) });
  const texts = fc.sample(text, { numRuns: 200, seed: 1 });
  const line = `printf '%s\\0' ${texts.map((each) => shellWord(each)).join(" ")}`;
  // Whatever a shell would make of a word that is not in quotes is made there.
  const cwd = mkdtempSync(join(tmpdir(), "fairlead-shell-"));
  const said = execFileSync("/bin/sh", ["-c", line], { encoding: "utf8", cwd });
  rmSync(cwd, { recursive: true });
  expect(said.split("\0").slice(0, -1)).toEqual(texts);
});

it.each([
  ["/etc/fairlead/fairlead.yaml", "/etc/fairlead/fairlead.yaml"],
  ["/srv/my files/f.yaml", "'/srv/my files/f.yaml'"],
  ["it's", "'it'\\''s'"],
])("%j is written as %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});
