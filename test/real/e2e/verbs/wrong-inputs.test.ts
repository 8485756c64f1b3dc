import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../sandbox/network/ports.js";
import { fairlead } from "../scene/cli.js";

const program = fileURLToPath(new URL("../../../../dist/main.js", import.meta.url));

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "fairlead-wrong-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await writeFile(join(path, "file"), "x\n");
  await mkdir(join(path, "folder"));
  await writeFile(join(path, "services.yaml"), "name: shop\nservices: {web: {image: nginx}}\n");
  return path;
}

/** One error with one remedy, nothing on standard output, and nothing made. */
async function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stdout, stderr } = await fairlead(args, { FAIRLEAD_CONFIG: "/dev/null", ...env });
  expect([code, stdout], stderr).toEqual([1, ""]);
  const [error = "", remedy = "", ...rest] = stderr.trimEnd().split("\n");
  expect(rest).toEqual([]);
  expect(error).toMatch(/^fairlead: /);
  expect(remedy).toMatch(/^ {2}\S/);
  expect(stderr).not.toMatch(/\bE(?:NOENT|ISDIR|NOTDIR|ACCES|EXIST|PERM)\b|expected .* received/);
  return error.slice("fairlead: ".length);
}

describe("a run", () => {
  /** Where it would be, if nothing were wrong. */
  const sound = async (at: string) => [
    ...["--file", join(at, "services.yaml"), "--data", join(at, "data")],
    ...["--hooks-listen", `127.0.0.1:${await freePort()}`, "--admin-listen", `127.0.0.1:${await freePort()}`],
  ];

  test.each([
    [["--hooks-listen", "abc"], {}, '--hooks-listen: "abc" is not an address to listen on'],
    [["--admin-listen", ":99999"], {}, '--admin-listen: ":99999" is not an address to listen on'],
    [["--admin-listen", "0.0.0.0:1"], {}, "--admin-listen: 0.0.0.0:1 is beyond loopback, and there is no admin token"],
    [["--data", "AT/file"], {}, "--data: AT/file is a file, not a directory"],
    [["--data", "AT/file/below"], {}, "--data: AT/file is a file, not a directory"],
    [["--data", "/proc/none/below"], {}, "--data: /proc/none/below is on no disk, and nothing can be kept there"],
    [["--data", ""], {}, "--data: it is empty"],
    [["--hook-secret-file", "AT/folder"], {}, "--hook-secret-file: AT/folder is a directory"],
    [["--config", "AT/folder"], {}, "--config: AT/folder is a directory"],
    [["--config", "AT/none"], {}, "--config: there is no file AT/none"],
    [[], { DOCKER_HOST: "foo" }, 'DOCKER_HOST: "foo" is not the address of an engine'],
    [[], { FAIRLEAD_STANDBY: "maybe" }, 'FAIRLEAD_STANDBY: "maybe" is neither on nor off'],
    [[], { FAIRLEAD_RESYNC: "" }, 'FAIRLEAD_RESYNC: "" is not a cron expression of five fields'],
  ] as const)(
    "with %j and %j is refused by the name of what is wrong, and touches nothing",
    async (args, env, error) => {
      const at = await folder();
      const words = args.map((word) => word.replace("AT", at));
      expect(await refusal(["run", ...(await sound(at)), ...words], env)).toBe(error.replace("AT", at));
      expect((await readdir(at)).sort()).toEqual(["file", "folder", "services.yaml"]);
    },
  );

  test("with an address in the settings file is refused with the place", async () => {
    const at = await folder();
    const config = join(at, "s.yaml");
    await writeFile(config, `data: ${at}/data\nadminListen: 10.0.0.1:8421\n`);
    expect(await refusal(["run", "--file", join(at, "services.yaml"), "--config", config])).toBe(
      `${config}:2:14: adminListen: 10.0.0.1:8421 is beyond loopback, and there is no admin token`,
    );
  });

  test("with a policy of a file that is nowhere is refused before it begins", async () => {
    const at = await folder();
    const config = join(at, "s.yaml");
    await writeFile(config, `data: ${at}/data\npolicy:\n  projects:\n    - { from: ${at}/servces.yaml }\n`);
    expect(await refusal(["run", "--file", join(at, "services.yaml"), "--config", config])).toBe(
      `${config}:4:15: policy.projects[0].from: there is no file "${at}/servces.yaml" (did you mean "${at}/services.yaml"?)`,
    );
    const pipeline = ["validate", "--policy", "--file", join(at, "services.yaml"), "--config", config];
    expect((await fairlead(pipeline)).code, "a pipeline has other files").toBe(0);
  });
});

test.runIf(process.getuid?.() === 0)(
  "a data directory that this user may not write to is refused, but for one that has a journal",
  async () => {
    const at = await folder();
    await chmod(at, 0o755);
    await mkdir(join(at, "data"));
    const ports = [
      "--hooks-listen",
      `127.0.0.1:${await freePort()}`,
      "--admin-listen",
      `127.0.0.1:${await freePort()}`,
    ];
    const run = async (data: string) => {
      const stranger = ["setpriv", "--reuid", "4242", "--regid", "4242", "--clear-groups", process.execPath, program];
      const words = ["run", ...ports, "--file", join(at, "services.yaml"), "--data", data];
      const env = { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", DOCKER_HOST: `unix://${at}/none.sock` };
      const child = spawn(stranger[0]!, [...stranger.slice(1), ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
      onTestFinished(() => void child.kill("SIGKILL"));
      let said = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          said += text;
          if (text.includes('"msg":"listening"')) child.kill("SIGTERM");
        });
      }
      const [code] = (await once(child, "close")) as [number | null];
      return { code, said };
    };
    for (const data of [join(at, "data"), join(at, "new")]) {
      expect(await run(data)).toEqual({
        code: 1,
        said: expect.stringMatching(`^fairlead: --data: this user may not write to ${data}\n {2}run it as`) as string,
      });
    }
    await mkdir(join(at, "data", "journal"));
    expect((await run(join(at, "data"))).said).toContain('"msg":"listening"');
  },
);

test("a secret command that prints nothing has failed, and neither its argument nor its words are shown", async () => {
  const at = await folder();
  const [tell, config] = [join(at, "tell"), join(at, "s.yaml")];
  await writeFile(tell, "#!/bin/sh\necho hidden-words >&2\n");
  await chmod(tell, 0o755);
  await writeFile(config, `secretCommands:\n  vault:\n    command: [${tell}, --token, hidden-token]\n`);
  const secret = '{ x-fairlead: { command: vault, argument: "hidden-argument" } }';
  await writeFile(
    join(at, "services.yaml"),
    `name: shop\nservices: { web: { image: nginx, secrets: [db] } }\nsecrets:\n  db: ${secret}\n`,
  );
  const { code, stderr } = await fairlead(["validate", "--file", join(at, "services.yaml"), "--config", config]);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `"db" is not told: the secret command "vault" (${tell}, ${config}:3:14: secretCommands.vault.command): it ended well, and printed nothing`,
  );
  expect(stderr).not.toContain("hidden");
});

test("setup says commands that a shell takes, whatever its folder is called", async () => {
  const at = join(await folder(), 'it\'s a "folder" of $HOME');
  await mkdir(at);
  const given = ["--services", "example", "--pushes", "none", "--run", "terminal", "--dir", at];
  const { code, stdout, stderr } = await fairlead(["setup", ...given]);
  expect(code, stderr).toBe(0);
  const commands = stdout.split("\n").filter((line) => /^ {2}fairlead (?:plan|run)/.test(line));
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    const script = `fairlead() { printf '%s\\n' "$@"; }\n${command}`;
    const { stdout: words } = await promisify(execFile)("/bin/sh", ["-c", script]);
    expect(words.split("\n").slice(1, 3)).toEqual(["--config", join(at, "fairlead.yaml")]);
  }
});
