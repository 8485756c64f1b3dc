import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Debian's package names, and the program (or the file) each one is wanted for. */
const programs = {
  "docker.io": "dockerd",
  "docker-registry": "docker-registry",
  "busybox-static": "busybox",
  iptables: "iptables",
  iproute2: "ip",
  mmdebstrap: "mmdebstrap",
  caddy: "caddy",
  "nginx-light": "nginx",
  "docker-compose": "docker-compose",
  haproxy: "haproxy",
  faketime: "faketime",
  e2fsprogs: "mkfs.ext4",
  podman: "podman",
  runc: "runc",
  netavark: "/usr/lib/podman/netavark",
  "aardvark-dns": "/usr/lib/podman/aardvark-dns",
  git: "git",
  "openssh-server": "/usr/sbin/sshd",
  "openssh-client": "ssh",
  webhook: "webhook",
  gpg: "gpg",
  curl: "curl",
  openssl: "openssl",
  python3: "python3",
  prometheus: "prometheus",
  "prometheus-alertmanager": "prometheus-alertmanager",
  zsh: "zsh",
  fish: "fish",
  chromium: "chromium",
  "debian-archive-keyring": "/usr/share/keyrings/debian-archive-keyring.gpg",
} as const;

export type Package = keyof typeof programs;

/** What a private engine with its registry and sample images takes. */
export const enginePackages: readonly Package[] = ["docker.io", "docker-registry", "busybox-static", "iptables"];

/** What `startModernEngine` takes beyond that. */
export const modernEnginePackages: readonly Package[] = [...enginePackages, "mmdebstrap", "debian-archive-keyring"];

/** What `startPodman` takes, with a registry and sample images. */
export const podmanPackages: readonly Package[] = [
  ...(["docker-registry", "busybox-static", "iptables"] as const),
  ...(["podman", "runc", "netavark", "aardvark-dns"] as const),
];

/** What `startTwoNodes` takes beyond that. */
export const swarmPackages: readonly Package[] = [...enginePackages, "iproute2"];

/** What `publishHaproxy` takes beyond that. */
export const gatePackages: readonly Package[] = [...enginePackages, "haproxy"];

/** What `movableClock` takes. */
export const clockPackages: readonly Package[] = ["faketime"];

/** What the tests of repositories take. */
export const gitPackages: readonly Package[] = ["git", "openssh-server", "openssh-client", "gpg"];

/** What `startPrometheus` takes. */
export const monitoringPackages: readonly Package[] = ["prometheus", "prometheus-alertmanager"];

/** What `startAlertmanager` takes. */
export const alertmanagerPackages: readonly Package[] = ["prometheus-alertmanager"];

/** What the fault matrix takes. */
export const chaosPackages: readonly Package[] = [...gatePackages, ...clockPackages];

/** What both releases of Compose take that Fairlead is compared with. */
export const composePackages: readonly Package[] = ["docker-compose", "debian-archive-keyring"];

const run = promisify(execFile);

/**
 * Makes sure the programs of these packages are there. On Debian and Ubuntu as root it installs what is missing,
 * silently; elsewhere it throws, saying what is missing and what to run.
 */
export async function ensurePackages(names: readonly Package[], say: (line: string) => void = () => undefined) {
  const missing = await findMissing(names);
  if (missing.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (!(await isDebian())) {
    throw new Error(
      `missing: ${missing.map((name) => programs[name]).join(", ")}. ` +
        `This machine has no apt; install them by hand (Debian's names: ${missing.join(" ")}).`,
    );
  }
  if (process.getuid?.() !== 0) throw new Error(`missing: ${missing.join(", ")}. Run: sudo sh -c "${command}"`);
  await alone(async () => {
    const wanted = await findMissing(missing);
    if (wanted.length === 0) return;
    say(`installing ${wanted.join(", ")}`);
    await withoutServices(async () => {
      await apt(["update"]);
      await apt(["install", "-y", "--no-install-recommends", ...wanted]);
    });
  });
  const still = await findMissing(missing);
  if (still.length > 0) throw new Error(`still missing after "${command}": ${still.join(", ")}`);
}

/** The tests run in several processes, and each installs what it needs when it needs it: one after the other. */
async function alone(work: () => Promise<void>): Promise<void> {
  const lock = "/run/lock/fairlead-packages";
  const holder = spawn("flock", [lock, "sh", "-c", "echo ours && read -r _"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(holder, "exit");
  const isOurs = once(holder.stdout, "data").then(() => true);
  if (!(await Promise.race([isOurs, ended.then(() => false)]))) throw new Error(`${lock} cannot be locked`);
  try {
    await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}

async function findMissing(names: readonly Package[]): Promise<Package[]> {
  const found = await Promise.all(names.map(isPresent));
  return names.filter((_, index) => !found[index]);
}

async function isPresent(name: Package): Promise<boolean> {
  // Sample images are made of it, so it must run without the host's libraries.
  if (name === "busybox-static") return existsSync(busybox) && (await isStatic(busybox));
  const wanted = programs[name];
  return wanted.startsWith("/") ? existsSync(wanted) : searchPath().some((folder) => existsSync(`${folder}/${wanted}`));
}

export const busybox = "/bin/busybox";

function searchPath(): string[] {
  return [...(process.env["PATH"] ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
}

/** A dynamically linked ELF program names its loader in a PT_INTERP program header (type 3). */
async function isStatic(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(4096);
    await file.read(head, 0, head.length, 0);
    const wide = head[4] === 2;
    const start = wide ? Number(head.readBigUInt64LE(32)) : head.readUInt32LE(28);
    const size = head.readUInt16LE(wide ? 54 : 42);
    const count = head.readUInt16LE(wide ? 56 : 44);
    for (let at = start; at < start + size * count && at + 4 <= head.length; at += size) {
      if (head.readUInt32LE(at) === 3) return false;
    }
    return true;
  } finally {
    await file.close();
  }
}

async function isDebian(): Promise<boolean> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release);
}

/** How long the machine's own package manager may be at work before ours is. */
const lockedMs = 300_000;

async function apt(args: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + lockedMs; ;) {
    try {
      await run("apt-get", ["-q", "-o", `DPkg::Lock::Timeout=${lockedMs / 1_000}`, ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
        maxBuffer: 64 << 20,
      });
      return;
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      // For the lists there is no timeout to be had.
      if (stderr.includes("Could not get lock") && Date.now() < deadline) {
        await sleep(1_000);
        continue;
      }
      const last = `${stdout}${stderr}`.trim().split("\n").slice(-15).join("\n");
      throw new Error(`apt-get ${args.join(" ")} failed:\n${last}`, { cause: error });
    }
  }
}

/**
 * Installing docker.io starts a system-wide engine on a machine with an init system, which would then be in the way of
 * the private one. Debian asks policy-rc.d first; ours refuses only as long as this process lives.
 */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return work();
  await writeFile(policy, `#!/bin/sh\nkill -0 ${process.pid} 2>/dev/null && exit 101\nexit 0\n`, { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(policy, { force: true });
  }
}
