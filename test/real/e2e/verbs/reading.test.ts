import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fairlead, type Finished } from "../scene/cli.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));
const services = "name: shop\nservices:\n  web:\n    image: nginx\n";
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-reading-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
const pipe = (name: string) => promisify(execFile)("mkfifo", [at(name)]);

/** Ends by itself, or never: then the test's own time is over, and with it the child. */
async function validate(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  const { stdout, stderr, code } = await fairlead(["validate", ...args], env);
  return { code, stdout: stdout.replaceAll(folder, ""), stderr: stderr.replaceAll(folder, "") };
}

/** By a shell, with the program as `$0` and `$1`. */
async function shell(script: string): Promise<{ readonly code: number; readonly said: string }> {
  const child = spawn("bash", ["-c", script, process.execPath, program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => said.push(text));
  const [code] = (await once(child, "close")) as [number];
  return { code, said: said.join("") };
}

describe("a pipe to which nobody writes is refused by name, and not waited for", () => {
  test("as a services file, by its name and by a pattern", async () => {
    await pipe("compose.yaml");
    const why = "this is a named pipe, not a regular file";
    const plain = await validate(["-f", at("compose.yaml")]);
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining(`/compose.yaml: ${why}`) as string });
    const matched = await validate(["-f", at("*.yaml")]);
    expect(matched.code).toBe(1);
    expect(matched.stderr).toMatch(/compose\.yaml: this is a named pipe|no file matches this pattern/);
  });

  test("as an env file, a file of age keys, and a settings file", async () => {
    await pipe("pipe");
    await writeFile(at("services.yaml"), `${services}    env_file: pipe\n`);
    const env = await validate(["-f", at("services.yaml")]);
    expect(env.stderr).toMatch(/services\.yaml:5:15: .*"pipe" cannot be read \(a named pipe, not a regular file\)/);
    await writeFile(
      at("a.env"),
      "sops_mac=ENC[AES256_GCM,x]\nsops_age__list_0__map_recipient=age1x\nsops_age__list_0__map_enc=x\n",
    );
    await writeFile(at("services.yaml"), `${services}    env_file: a.env\n`);
    const keys = await validate(["-f", at("services.yaml")], { SOPS_AGE_KEY_FILE: at("pipe") });
    expect(keys.stderr).toMatch(/the file of the age keys cannot be read: \S*\/pipe is a named pipe/);
    const settings = await validate(["-f", at("services.yaml"), "--config", at("pipe")]);
    expect(settings.stderr).toMatch(/--config: \/pipe is a named pipe, not a regular file/);
    const secret = await fairlead(["plan", "-f", at("services.yaml")], { FAIRLEAD_ADMIN_TOKEN_FILE: at("pipe") });
    expect(secret.stderr).toMatch(/FAIRLEAD_ADMIN_TOKEN_FILE: .*\/pipe is a named pipe, not a regular file/);
  });
});

test("what a program writes is read from where the shell gives it", async () => {
  await writeFile(at("services.yaml"), services);
  const valid = /valid: project shop with web/;
  expect(await shell('"$0" "$1" validate -f <(cat "$2/services.yaml")')).toMatchObject({
    code: 0,
    said: expect.stringMatching(valid) as string,
  });
  expect(await shell('cat "$2/services.yaml" | "$0" "$1" validate -f /dev/stdin')).toMatchObject({
    code: 0,
    said: expect.stringMatching(valid) as string,
  });
});

test("text that is not UTF-8 is refused with its place", async () => {
  await writeFile(at("services.yaml"), Buffer.from(`${services}    hostname: caf\u00e9\n`, "latin1"));
  expect((await validate(["-f", at("services.yaml")])).stderr).toContain(
    "/services.yaml:5:18: the file is not UTF-8 text: the first byte that is none stands here (save it as UTF-8)",
  );
  await writeFile(at("fairlead.yaml"), Buffer.from("# Gr\u00fc\u00dfe\n", "latin1"));
  expect((await validate(["--config", at("fairlead.yaml")])).stderr).toMatch(
    /fairlead\.yaml:1:5: the file is not UTF-8 text/,
  );
});
