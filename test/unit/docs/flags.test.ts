import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { flagsModule, renderFlags } from "../../docs/flags.js";

it("the flags that the command line knows are those of the settings", async () => {
  expect(readFileSync(flagsModule, "utf8")).toBe(await renderFlags());
});
