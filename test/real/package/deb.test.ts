import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, chmod, chown, mkdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
import { patienceMs } from "../../sandbox/host/patience.js";
import { fillSystem } from "../image/base.js";
import { cloneHere, folder, run, whyNoPackages } from "./release.js";

const noRoot = process.getuid?.() === 0 ? undefined : "only root can install a package into another root";
const noDebian = existsSync("/usr/bin/dpkg-deb") ? undefined : "there is no dpkg-deb";
const reason = noRoot ?? noDebian ?? (await whyNoPackages());
if (reason !== undefined) console.log(`the Debian package is not tested: ${reason}`);

const machine = process.arch === "arm64" ? "arm64" : "amd64";

/** A system with a shell, Node and an empty list of packages. */
async function system(): Promise<string> {
  const root = await folder("system");
  await chmod(root, 0o755);
  await fillSystem(root);
  for (const path of ["var/lib/dpkg/updates", "var/lib/dpkg/info", "var/lib", "etc", "dev", "srv"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await writeFile(join(root, "var/lib/dpkg/status"), "");
  await writeFile(join(root, "dev/null"), "");
  await chmod(join(root, "dev/null"), 0o666);
  return root;
}

async function has(root: string, name: string, version: string): Promise<void> {
  const fields = [`Package: ${name}`, "Status: install ok installed", "Maintainer: nobody", `Architecture: ${machine}`];
  await appendFile(
    join(root, "var/lib/dpkg/status"),
    [...fields, `Version: ${version}`, "Description: x", "", ""].join("\n"),
  );
}

const dpkg = (root: string, ...args: readonly string[]) => run("dpkg", ["--root", root, ...args]);

const stranger = 61234;

/** As the unit has it: a user of its own that owns nothing, and may read everything. */
async function unitCommand(root: string): Promise<readonly string[]> {
  const unit = await readFile(join(root, "usr/lib/systemd/system/fairlead.service"), "utf8");
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  const rights = value("AmbientCapabilities").toLowerCase().replace("cap_", "+");
  const capabilities = `${rights === "" ? "" : `${rights},`}+sys_chroot`;
  const user = [`--reuid=${stranger}`, `--regid=${stranger}`, "--clear-groups", "--no-new-privs"];
  const inside = ["chroot", root, "sh", "-c", 'cd "$0" && exec env "$@"', value("WorkingDirectory")];
  const environment = ["PATH=/usr/local/bin:/usr/bin:/bin", ...value("Environment").split(" ")];
  const ports = ["FAIRLEAD_HOOKS_LISTEN=127.0.0.1:0", "FAIRLEAD_ADMIN_LISTEN=127.0.0.1:0"];
  const given = [`--inh-caps=${capabilities}`, `--ambient-caps=${capabilities}`];
  return ["setpriv", ...user, ...given, ...inside, ...environment, ...ports, ...value("ExecStart").split(" ")];
}

/** What it says until it listens, or until it ends. */
async function untilListening([program = "", ...args]: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close");
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said.push(text);
      if (said.join("").includes('"listening"')) child.kill("SIGTERM");
    });
  }
  const deadline = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await ended;
  clearTimeout(deadline);
  return said.join("");
}

describe.skipIf(reason !== undefined)("the Debian packages", () => {
  test("depend on a Node that is new enough, or bring their own; install, and run as their unit has it", async () => {
    const clone = await cloneHere();
    const out = await folder("deb");
    const make = (node: string) =>
      run("deploy/release/deb.sh", ["--node", node, "--out", out], {
        cwd: clone,
        env: { ...process.env, COMPRESSION: "none" },
        maxBuffer: 16 << 20,
      });
    await expect(make("/etc/hostname")).rejects.toThrow(/is no Linux binary for amd64 or arm64/);
    const [file = "", own = ""] = (await make(process.execPath)).stdout.trim().split("\n");
    expect(basename(file)).toMatch(/^fairlead_\d+\.\d+\.\d+_all\.deb$/);
    expect(basename(own)).toMatch(new RegExp(`_${machine}\\.deb$`));
    const { stdout: listed } = await run("dpkg-deb", ["--contents", file], { maxBuffer: 16 << 20 });
    const lines = listed.trim().split("\n");
    expect(lines.filter((line) => !/^\S+ root\/root /.test(line))).toEqual([]);
    expect(lines.filter((line) => / \.\/(?!$|usr\/)/.test(line))).toEqual([]);
    expect(lines.filter((line) => / \.\/usr\/lib\/fairlead\/dist\/.*(?:\.map|\/vitest\/.*)$/.test(line))).toEqual([]);

    await refusesOldNode(file);
    await runsAsItsUnit(file);
    await runsWithItsOwnNode(own);
  });
});

async function refusesOldNode(file: string): Promise<void> {
  const root = await system();
  await has(root, "nodejs", "18.20.4+dfsg-1~deb12u1");
  await expect(dpkg(root, "--install", file)).rejects.toThrow(/depends on nodejs \(>= 20\.19\)/);
}

async function runsAsItsUnit(file: string): Promise<void> {
  const root = await system();
  await has(root, "nodejs", "20.19.2+dfsg-1");
  await dpkg(root, "--install", file);
  expect(await readlink(join(root, "usr/bin/fairlead"))).toBe("../lib/fairlead/dist/main.js");
  const version = await run("chroot", [root, "fairlead", "--version"]);
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);

  await mkdir(join(root, "etc/fairlead"), { recursive: true });
  const set = ["setup", "--services", "example", "--pushes", "generic", "--run", "systemd"];
  const { stdout: next } = await run("chroot", [root, "fairlead", ...set]);
  expect(next).toContain("sudo systemctl enable --now fairlead");
  await writeFile(join(root, "etc/fairlead/.env"), "SECRET=x\n");
  await chmod(join(root, "etc/fairlead/.env"), 0o600);
  await chown(join(root, "etc/fairlead/.env"), 4242, 4242);
  await mkdir(join(root, "var/lib/fairlead"), { recursive: true });
  await chown(join(root, "var/lib/fairlead"), stranger, stranger);
  // There is no engine in there: it waits for one.
  const said = await untilListening(await unitCommand(root));
  expect(said).toContain('"listening"');
  expect(said).toContain("/etc/fairlead/services.yaml");
  expect(said).not.toMatch(/EACCES|may not read|no hook secret/);

  await dpkg(root, "--remove", "fairlead");
  expect(existsSync(join(root, "usr/lib/fairlead"))).toBe(false);
  expect(existsSync(join(root, "etc/fairlead/services.yaml"))).toBe(true);
}

async function runsWithItsOwnNode(file: string): Promise<void> {
  const root = await system();
  await has(root, "libc6", "2.36-9");
  await has(root, "libstdc++6", "12.2.0-14");
  await dpkg(root, "--install", file);
  await rm(join(root, "usr/local/bin/node"));
  expect((await run("chroot", [root, "fairlead", "--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
}
