import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import type { Draft, Wiring } from "../../../../src/cli/shared/wiring.js";
import { init } from "../../../../src/cli/verbs/init.js";
import type { Config } from "../../../../src/config/config.js";
import { Secret } from "../../../../src/tools/secret.js";

const draft: Draft = {
  file: { services: { web: { environment: { TOKEN: "${TOKEN}" } } } },
  notes: ["web: TOKEN looks like a secret"],
  secrets: new Map([["TOKEN", new Secret('a$b"c\nhunter2')]]),
};
const choice = { project: [], container: [], all: true, name: undefined, force: false };

function wired() {
  const said: string[] = [];
  const wiring = {
    draft: () => Promise.resolve(draft),
    print: (text: string) => said.push(text),
    complain: (text: string) => said.push(text),
  } as unknown as Wiring;
  return { wiring, said };
}

it("the values of secrets stand in the .env alone, which only its owner reads", async () => {
  const folder = await mkdtemp(join(tmpdir(), "init-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { wiring, said } = wired();
  expect(await init(wiring, {} as Config, { ...choice, output: join(folder, "services.yaml") })).toBe(0);
  expect(await readFile(join(folder, ".env"), "utf8")).toBe('TOKEN="a\\$b\\"c\\nhunter2"\n');
  expect((await stat(join(folder, ".env"))).mode & 0o777).toBe(0o600);
  expect((await readFile(join(folder, "services.yaml"), "utf8")) + said.join()).not.toContain("hunter2");
});

it.each<readonly [string, RegExp]>([
  ["", /^--output: .* is a directory$/],
  ["taken.yaml", /taken\.yaml exists; nothing was written$/],
  ["taken.yaml/below.yaml", /^--output: .*taken\.yaml is a file, not a directory$/],
])("an output that cannot be, %j, is refused before anybody is asked", async (name, message) => {
  const folder = await mkdtemp(join(tmpdir(), "init-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "taken.yaml"), "mine");
  const wiring = { ...wired().wiring, draft: () => Promise.reject(new Error("asked")) };
  await expect(init(wiring, {} as Config, { ...choice, output: join(folder, name) })).rejects.toThrow(message);
  expect(await readFile(join(folder, "taken.yaml"), "utf8")).toBe("mine");
});

it("nothing of them is printed", async () => {
  const { wiring, said } = wired();
  expect(await init(wiring, {} as Config, { ...choice, output: undefined })).toBe(0);
  expect(said.join()).toContain("give a value to TOKEN");
  expect(said.join()).not.toContain("hunter2");
});
