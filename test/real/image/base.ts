import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, copyFile, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { busybox } from "../../sandbox/host/packages.js";
import { dockerCommand } from "./command.js";

const real = "node:24-slim";
const standIn = "fairlead-test/node:stand-in";
const certificates = "/etc/ssl/certs/ca-certificates.crt";
const run = promisify(execFile);

/**
 * The base image of the Dockerfile: the real one where it can be pulled, else one made of this machine's own Node and npm,
 * which is like it in what the Dockerfile uses. Throws where neither is possible.
 */
export async function baseImage(engineHost: string): Promise<string> {
  const docker = dockerCommand(engineHost);
  const pulled = await docker(["pull", "--quiet", real], { timeoutMs: 120_000 }).catch(() => undefined);
  if (pulled !== undefined) return real;
  const root = await mkdtemp(`${tmpdir()}/fairlead-base-`);
  try {
    await fill(root);
    await importImage(engineHost, root);
    return standIn;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function fill(root: string): Promise<void> {
  await fillSystem(root);
  const { stdout: npm } = await run("sh", ["-c", "command -v npm"]);
  const folder = dirname(dirname(await realpath(npm.trim())));
  await cp(folder, `${root}/usr/local/lib/node_modules/npm`, { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", `${root}/usr/local/bin/npm`);
}

/** A shell, Node, and what they need: this machine's own, in an empty folder. */
export async function fillSystem(root: string): Promise<void> {
  for (const folder of [
    "bin",
    "usr/bin",
    "usr/local/bin",
    "usr/local/lib/node_modules",
    "etc/ssl/certs",
    "root",
    "tmp",
  ]) {
    await mkdir(`${root}/${folder}`, { recursive: true });
  }
  await copyFile(busybox, `${root}/bin/busybox`);
  const { stdout: applets } = await run(busybox, ["--list"]);
  for (const applet of applets.trim().split("\n")) {
    if (applet !== "busybox") await symlink("busybox", `${root}/bin/${applet}`);
  }
  await symlink("/bin/busybox", `${root}/usr/bin/env`);
  await writeFile(`${root}/etc/passwd`, "root:x:0:0::/root:/bin/sh\nnode:x:1000:1000::/tmp:/bin/sh\n");
  await writeFile(`${root}/etc/group`, "root:x:0:\nnode:x:1000:\n");
  if (existsSync(certificates)) await copyFile(certificates, `${root}${certificates}`);
  await copyFile(process.execPath, `${root}/usr/local/bin/node`);
  const { stdout: flock } = await run("sh", ["-c", "command -v flock"]);
  await copyFile(flock.trim(), `${root}/usr/bin/flock`);
  const libraries = [...(await librariesOf(process.execPath)), ...(await librariesOf(flock.trim()))];
  for (const library of new Set(libraries)) {
    await mkdir(`${root}${dirname(library)}`, { recursive: true });
    await copyFile(library, `${root}${library}`);
  }
}

/** Those that ldd names, and those that the C library loads only when a name is looked up. */
async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run("ldd", [program]);
  const named = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map(([, path]) => path!);
  const libc = named.find((path) => /\/libc\.so\.6$/.test(path));
  if (libc === undefined) throw new Error(`${program} does not run on glibc, and no base image can be made of it`);
  const lookups = ["libnss_dns.so.2", "libnss_files.so.2", "libresolv.so.2"].map((name) => `${dirname(libc)}/${name}`);
  return [...named, ...lookups.filter((path) => existsSync(path))];
}

async function importImage(engineHost: string, root: string): Promise<void> {
  const environment = `ENV PATH=/usr/local/bin:/usr/bin:/bin NODE_EXTRA_CA_CERTS=${certificates}`;
  const tar = spawn("tar", ["-C", root, "--owner=0", "--group=0", "-cf", "-", "."], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const docker = spawn("docker", ["--host", engineHost, "import", "-c", environment, "-", standIn], {
    stdio: [tar.stdout, "ignore", "inherit"],
  });
  const [code] = (await once(docker, "exit")) as [number | null];
  if (code !== 0) throw new Error(`docker import ended with ${code ?? "a signal"}`);
}
