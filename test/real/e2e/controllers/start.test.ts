import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { fairlead } from "../scene/cli.js";

const dist = fileURLToPath(new URL("../../../../dist", import.meta.url));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fairlead-start-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("a Node that is too old is told so by one file alone: nothing else is loaded", async () => {
  const directory = await folder();
  await mkdir(join(directory, "dist"));
  await cp(join(dist, "main.js"), join(directory, "dist/main.js"));
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

test.each([["--version"], ["help"], ["status", "--admin", "http://127.0.0.1:1"]])(
  "`fairlead %s` loads a few small files, and not what reads settings and services files",
  async (...args) => {
    const coverage = await folder();
    await fairlead(args, { NODE_V8_COVERAGE: coverage });
    const [report = ""] = await readdir(coverage);
    const { result } = JSON.parse(await readFile(join(coverage, report), "utf8")) as {
      readonly result: readonly { readonly url: string }[];
    };
    const files = result.flatMap(({ url }) => (url.startsWith("file:") ? [fileURLToPath(url)] : []));
    expect(files[0]).toBe(join(dist, "main.js"));
    expect(files.length).toBeLessThanOrEqual(5);
    const texts = await Promise.all(files.map((file) => readFile(file, "utf8")));
    expect(texts.join("")).not.toMatch(/ZodObject|YAMLException/);
    expect(texts.join("").length).toBeLessThan(400_000);
  },
);

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
