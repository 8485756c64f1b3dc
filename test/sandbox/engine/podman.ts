import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { startDaemon } from "./daemon.js";
import { answersPing } from "./find-engine.js";
import { hireJanitor } from "../host/janitor.js";
import { patienceMs } from "../host/patience.js";

const run = promisify(execFile);

export interface PodmanOptions {
  /** A registry's URL, which is spoken to without TLS. */
  readonly registry: string;
  /** Of its own: Podman's bridges are not Docker's. `createNetns` makes one. */
  readonly netns: string;
}

/** Podman's Docker-compatible API, as root, on data of its own; gone with all it made after `stop`. */
export async function startPodman({ registry, netns }: PodmanOptions) {
  const janitor = await hireJanitor({ kind: "engine", netns });
  if (janitor === undefined) throw new Error("another engine of the tests runs in this network namespace");
  const { directory } = janitor;
  const socket = `${directory}/podman.sock`;
  const files = await configure(directory, new URL(registry).host);
  const places = ["--root", `${directory}/data`, "--runroot", `${directory}/run`, "--tmpdir", `${directory}/tmp`];
  try {
    const daemon = await startDaemon({
      command: "env",
      args: [...files, "podman", ...places, "system", "service", "--time=0", `unix://${socket}`],
      netns,
      logFile: `${directory}/podman.log`,
    });
    await daemon.until(async () => ((await answersPing({ socketPath: socket })) ? true : undefined), patienceMs);
    const stop = async () => {
      await run("env", [...files, "podman", ...places, "rm", "--all", "--force", "--time", "0"]).catch(() => undefined);
      await daemon.end("SIGTERM");
      await janitor.finish();
    };
    return { host: `unix://${socket}`, stop };
  } catch (error) {
    await janitor.finish();
    throw error;
  }
}

/** As the arguments of `env`. Neither systemd nor cgroups v2 is needed, and no limit is raised. */
async function configure(directory: string, registry: string): Promise<readonly string[]> {
  const files = { containers: `${directory}/etc/containers.conf`, registries: `${directory}/etc/registries.conf` };
  const limits = await readFile("/proc/self/limits", "utf8");
  const [, most = "1024"] = /^Max open files\s+\S+\s+(\d+)/m.exec(limits) ?? [];
  const containers = [
    ...["[containers]", `default_ulimits = ["nofile=${most}:${most}", "nproc=1024:1024"]`],
    ...["[network]", 'network_backend = "netavark"', `network_config_dir = "${directory}/networks"`],
    ...["[engine]", 'cgroup_manager = "cgroupfs"', 'events_logger = "file"', 'runtime = "runc"'],
  ];
  await mkdir(`${directory}/etc`);
  await writeFile(files.containers, `${containers.join("\n")}\n`);
  await writeFile(files.registries, `[[registry]]\nlocation = "${registry}"\ninsecure = true\n`);
  return [`CONTAINERS_CONF=${files.containers}`, `CONTAINERS_REGISTRIES_CONF=${files.registries}`];
}
