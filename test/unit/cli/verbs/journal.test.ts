import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { program } from "../../../../src/cli/program.js";
import type { Wiring } from "../../../../src/cli/shared/wiring.js";
import { readConfig } from "../../../../src/config/config.js";
import { entryLine } from "../../../../src/control/journal/line.js";
import { inspectKept } from "../../../../src/inspection.js";
import { hold, ownDirectory } from "../../control/journal/stage.js";

/** `fairlead journal` on the real disk. */
async function journal(...args: readonly string[]) {
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const wiring = {
    ...{ version: "0", print: say, complain: say, inspect: inspectKept },
    configure: (flags: object) => Promise.resolve(readConfig(flags, {})),
  } as unknown as Wiring;
  const code = await program(wiring, ["node", "fairlead", "journal", ...args]);
  return { code, said: said.join("\n") };
}

async function written(...lines: readonly string[]): Promise<string> {
  const data = await ownDirectory();
  await mkdir(join(data, "journal"));
  await writeFile(join(data, "journal", "00000001.jsonl"), lines.join(""));
  return data;
}

it("checks and shows what is there", async () => {
  const data = await written(entryLine(hold("a", Date.UTC(2026, 0, 31))));
  const checked = await journal("check", "--data", data);
  expect([checked.code, checked.said]).toEqual([0, expect.stringContaining("all of it can be read")]);
  expect(await journal("show", "web", "--data", data)).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^2026-01-31T00:00:00.000Z {2}shop\/web /) as string,
  });
});

it("does not call a directory well that holds no journal", async () => {
  const data = await ownDirectory();
  const said = `fairlead: there is no journal in ${data}\n  name the data directory of a controller with --data`;
  expect(await journal("check", "--data", data)).toEqual({ code: 1, said });
  expect(await journal("check", "--json", "--data", data)).toEqual({ code: 1, said });
  expect(await journal("show", "--data", data)).toEqual({ code: 1, said });
});

it("names the flag whose directory is none", async () => {
  const file = join(await ownDirectory(), "file");
  await writeFile(file, "");
  const said = `fairlead: --data: ${file} is no directory\n  name the data directory of a controller`;
  expect(await journal("check", "--data", file)).toEqual({ code: 1, said });
});

it("says that nothing is told of a name", async () => {
  const data = await written(entryLine(hold()));
  expect(await journal("show", "nobody", "web2", "--data", data)).toEqual({
    code: 1,
    said: "fairlead: the journal tells nothing of nobody, web2\n  without a name `fairlead journal show` shows all of it",
  });
});

it("takes no name for a check, which is one of all", async () => {
  const { code, said } = await journal("check", "web", "--data", await written(entryLine(hold())));
  expect([code, said]).toEqual([1, expect.stringMatching(/^fairlead: journal check: it looks at all of it/)]);
});
