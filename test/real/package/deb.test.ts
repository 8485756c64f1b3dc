import { existsSync } from "node:fs";
import { appendFile, chmod, chown, mkdir, readlink, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, test } from "vitest";
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
  await fillSystem(root);
  for (const path of ["var/lib/dpkg/updates", "var/lib/dpkg/info", "var/lib", "etc", "dev", "srv"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await writeFile(join(root, "var/lib/dpkg/status"), "");
  await writeFile(join(root, "dev/null"), "");
  return root;
}

async function has(root: string, name: string, version: string): Promise<void> {
  const fields = [`Package: ${name}`, "Status: install ok installed", "Maintainer: nobody", `Architecture: ${machine}`];
  await appendFile(
    join(root, "var/lib/dpkg/status"),
    [...fields, `Version: ${version}`, "Description: x", "", ""].join("\n"),
  );
}

const dpkg = (root: string, ...args: readonly string[]) =>
  run("dpkg", ["--root", root, "--force-not-root", "--force-script-chrootless", ...args], {
    env: { ...process.env, DPKG_MAINTSCRIPT_DEBUG: "" },
  });

/** As the unit has it: a user of its own that owns nothing, and may read everything. */
async function unitCommand(root: string): Promise<readonly string[]> {
  const { stdout } = await run("cat", [join(root, "usr/lib/systemd/system/fairlead.service")]);
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(stdout)?.[1] ?? "";
  expect(value("AmbientCapabilities")).toBe("CAP_DAC_READ_SEARCH");
  expect(value("WorkingDirectory")).toBe("/etc/fairlead");
  const environment = value("Environment").split(" ");
  const rights = ["--inh-caps=+dac_read_search,+sys_chroot", "--ambient-caps=+dac_read_search,+sys_chroot"];
  const user = ["--reuid=61234", "--regid=61234", "--clear-groups", "--no-new-privs", ...rights];
  const inside = [
    "chroot",
    root,
    "env",
    "-C",
    value("WorkingDirectory"),
    "PATH=/usr/local/bin:/usr/bin:/bin",
    ...environment,
  ];
  return ["setpriv", ...user, ...inside, ...value("ExecStart").split(" ")];
}

describe.skipIf(reason !== undefined)("the Debian package", () => {
  test("depends on a Node that is new enough, installs, and runs as its unit has it", async () => {
    const clone = await cloneHere();
    const out = await folder("deb");
    const { stdout } = await run("deploy/release/deb.sh", ["--out", out], { cwd: clone, maxBuffer: 16 << 20 });
    const file = stdout.trim();
    expect(basename(file)).toMatch(/^fairlead_\d+\.\d+\.\d+_all\.deb$/);
    const { stdout: listed } = await run("dpkg-deb", ["--contents", file], { maxBuffer: 16 << 20 });
    const lines = listed.trim().split("\n");
    expect(lines.filter((line) => !/^\S+ root\/root /.test(line))).toEqual([]);
    expect(lines.filter((line) => / \.\/(?!$|usr\/)/.test(line))).toEqual([]);
    expect(lines.filter((line) => /\.node$|\/vitest\/|\.map$/.test(line) && line.includes("/dist/"))).toEqual([]);

    const old = await system();
    await has(old, "nodejs", "18.20.4+dfsg-1~deb12u1");
    await expect(dpkg(old, "--install", file)).rejects.toThrow(/depends on nodejs \(>= 20\.19\)/);

    const root = await system();
    await has(root, "nodejs", "20.19.2+dfsg-1");
    await dpkg(root, "--install", file);
    expect(await readlink(join(root, "usr/bin/fairlead"))).toBe("../lib/fairlead/dist/main.js");
    const version = await run("chroot", [root, "fairlead", "--version"]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);

    await mkdir(join(root, "etc/fairlead"), { recursive: true });
    const set = ["setup", "--services", "example", "--pushes", "generic", "--run", "systemd"];
    const { stdout: said } = await run("chroot", [root, "fairlead", ...set]);
    expect(said).toContain("sudo systemctl enable --now fairlead");
    await writeFile(join(root, "etc/fairlead/.env"), "SECRET=x\n");
    await chmod(join(root, "etc/fairlead/.env"), 0o600);
    await chown(join(root, "etc/fairlead/.env"), 4242, 4242);
    const [program, ...args] = await unitCommand(root);
    const ended: unknown = await run(program!, args, { timeout: 30_000 }).catch((error: unknown) => error);
    // It has read its settings, its secret and the .env, and found no engine: nothing of that is forbidden.
    const { stderr } = ended as { stderr: string };
    expect(stderr).toMatch(/docker\.sock/);
    expect(stderr).not.toMatch(/EACCES|\.env|hook-secret/);

    await dpkg(root, "--remove", "fairlead");
    expect(existsSync(join(root, "usr/lib/fairlead"))).toBe(false);
    expect(existsSync(join(root, "etc/fairlead/services.yaml"))).toBe(true);
  });

  test("brings its own Node where one is named, for the architecture of that binary", async () => {
    const clone = await cloneHere();
    const out = await folder("deb");
    const make = (node: string) =>
      run("deploy/release/deb.sh", ["--node", node, "--out", out], { cwd: clone, maxBuffer: 16 << 20 });
    await expect(make("/etc/hostname")).rejects.toThrow(/is no Linux binary for amd64 or arm64/);
    const { stdout } = await make(process.execPath);
    expect(basename(stdout.trim())).toMatch(new RegExp(`_${machine}\\.deb$`));
    const root = await system();
    await has(root, "libc6", "2.36-9");
    await has(root, "libstdc++6", "12.2.0-14");
    await dpkg(root, "--install", stdout.trim());
    await rm(join(root, "usr/local/bin/node"));
    expect((await run("chroot", [root, "fairlead", "--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
