import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { fairlead } from "./cli.js";

const dist = fileURLToPath(new URL("../../../dist", import.meta.url));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fairlead-start-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("a Node that is too old is told so by two files alone: nothing else is loaded", async () => {
  const directory = await folder();
  await mkdir(join(directory, "dist/process"), { recursive: true });
  for (const file of ["main.js", "process/node-version.js"]) await cp(join(dist, file), join(directory, "dist", file));
  await writeFile(join(directory, "package.json"), JSON.stringify({ type: "module", engines: { node: ">=999.1" } }));
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [join(directory, "dist/main.js"), "run"], (error, _, said) => {
      resolve({ code: error?.code, stderr: said });
    });
  });
  const [sentence, remedy] = stderr.split("\n");
  expect(code).toBe(1);
  expect(sentence).toBe(`fairlead: Fairlead needs Node 999.1 or newer, and this is ${process.version}`);
  expect(remedy).toMatch(/install a newer one/);
});

test("what is wrong in the settings file has its place and what would be right, and ends with 1", async () => {
  const settings = join(await folder(), "fairlead.yaml");
  await writeFile(settings, "resync: '@daily'\nlogLvl: info\n");
  expect(await fairlead(["validate", "--config", settings])).toEqual({
    code: 1,
    stdout: "",
    stderr: `fairlead: ${settings}:2:1: logLvl: unknown key (did you mean "logLevel"?)\n  docs/configuration.md lists every key\n`,
  });
  await writeFile(settings, "resync: every day\n");
  const { code, stderr } = await fairlead(["validate", "--config", settings]);
  expect(code).toBe(1);
  expect(stderr).toContain(`${settings}:1:9: resync: "every day" is not a cron expression`);
});

test("`--help` of a verb says what its exit codes mean", async () => {
  const { code, stdout } = await fairlead(["wait", "--help"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}3 .*\n {2}4 .*/);
});
