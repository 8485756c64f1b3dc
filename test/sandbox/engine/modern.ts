import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { debianMirror, suite } from "./debian.js";
import { runEngine, type EngineOptions, type SandboxEngine } from "./engine.js";
import { sandboxRoot } from "../host/janitor.js";

const run = promisify(execFile);

/** They do not run on older systems, hence the chroot. */
const packages = ["docker.io", "containerd", "runc", "iptables", "iproute2", "ca-certificates", "procps"];
const script = fileURLToPath(new URL("chroot.sh", import.meta.url));

export interface ModernEngineOptions extends Omit<EngineOptions, "directory" | "netns"> {
  /** Required: it cannot share one with another engine. `createNetns` makes one. */
  readonly netns: string;
  /** Older clients are refused. Default 1.44, as Docker 29 does. */
  readonly minApiVersion?: string;
  readonly say?: (line: string) => void;
}

/**
 * Docker 28 or newer with the containerd image store, beside whatever the machine has. The first call downloads about
 * 250 MB and takes a minute; the result is kept under /var/lib/fairlead-sandbox/modern.
 */
export async function startModernEngine(options: ModernEngineOptions): Promise<SandboxEngine> {
  const { minApiVersion = "1.44", say = () => undefined, ...engine } = options;
  const root = await modernRoot(say);
  const config = `${sandboxRoot}/modern/daemon.json`;
  await writeFile(config, JSON.stringify({ features: { "containerd-snapshotter": true } }));
  await rm(`${root}/etc/docker`, { recursive: true, force: true });
  await mkdir(`${root}/etc/docker`, { recursive: true });
  await rename(config, `${root}/etc/docker/daemon.json`);
  return runEngine(engine, (directory, dockerd) => [
    ...["unshare", "--mount", "--propagation", "private", "sh", script, root, directory],
    ...["env", `DOCKER_MIN_API_VERSION=${minApiVersion}`, ...dockerd],
  ]);
}

async function modernRoot(say: (line: string) => void): Promise<string> {
  const root = `${sandboxRoot}/modern/root`;
  if (existsSync(`${root}/usr/sbin/dockerd`)) return root;
  say(`fetching a current Docker engine from Debian ${suite} into ${root} (once, about a minute)`);
  const partial = `${sandboxRoot}/modern/partial-${process.pid}`;
  await mkdir(partial, { recursive: true });
  const source = `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${await debianMirror()} ${suite} main`;
  try {
    const args = ["--quiet", "--variant=minbase", `--include=${packages.join(",")}`];
    // A mirror may serve a snapshot that is older than its own expiry date.
    args.push('--aptopt=Acquire::Check-Valid-Until "false"');
    await run("mmdebstrap", [...args, suite, partial, source], { maxBuffer: 64 << 20 });
    await rename(partial, root);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    const { stderr = "" } = error as { stderr?: string };
    throw new Error(`mmdebstrap failed:\n${stderr.trim().split("\n").slice(-10).join("\n")}`, { cause: error });
  }
  return root;
}
