import { describe, expect, it } from "vitest";
import { program } from "../../../src/cli/program.js";
import type { Wiring } from "../../../src/cli/shared/wiring.js";
import type { Config, Flags } from "../../../src/config/config.js";

/** The command line, with what it has said and how it configures. */
async function type(...words: readonly string[]) {
  const said: string[] = [];
  const given: Flags[] = [];
  const wiring = {
    version: "1.2.3",
    configure: (flags: Flags) => {
      given.push(flags);
      return Promise.resolve({ adminListen: "127.0.0.1:1", notices: [] as Config["notices"] } as Config);
    },
    load: () => Promise.resolve({ projects: [], problems: [], warnings: [], files: new Map() }),
    print: (text: string) => said.push(text),
    complain: (text: string) => said.push(text),
  } as unknown as Wiring;
  return { code: await program(wiring, ["node", "fairlead", ...words]), said: said.join("\n"), given };
}

describe("the command line", () => {
  it.each([
    [["run", "--hook-listen", "x"], "--hooks-listen"],
    [["plan", "--profil", "x"], "--profile"],
    [["status", "--admin-token-fil", "x"], "--admin-token-file"],
    [["valdiate"], "validate"],
  ])("%j is not known: it names the nearest and ends with 1", async (words, nearest) => {
    const { code, said, given } = await type(...words);
    expect([code, given]).toEqual([1, []]);
    expect(said).toMatch(new RegExp(`unknown .*\\(Did you mean ${nearest}\\?\\)`, "s"));
  });

  it("hands flags over by the names that the settings have", async () => {
    const words = ["-f", "a.yaml", "--file", "b.yaml", "--profile", "p", "--gate-image", "g:1", "--data", "/d"];
    const { code, given } = await type("validate", ...words, "--config", "c.yaml");
    expect([code, given]).toEqual([
      0,
      [{ file: ["a.yaml", "b.yaml"], profile: ["p"], gateImage: "g:1", data: "/d", config: "c.yaml" }],
    ]);
  });

  it("says in its help what flags are by default, and what exit codes mean", async () => {
    const { code, said } = await type("run", "--help");
    expect(code).toBe(0);
    const text = said.replace(/\s+/g, " ");
    expect(text).toContain("--resync <cron> when everything is looked at again (FAIRLEAD_RESYNC, */5 * * * *)");
    expect(text).toContain("--prune remove services that have left the file (FAIRLEAD_PRUNE) ");
    expect(text).toContain("--profile <name> take in the services of this profile; may repeat (COMPOSE_PROFILES, each");
    expect(text).toMatch(/Exit codes: 0 ended by SIGTERM .* 137 a disk does not answer/);
  });
});
