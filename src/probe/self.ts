import { readFile } from "node:fs/promises";

/**
 * The id of the container this process runs in; undefined: in none of Docker's. The engine mounts these files into each
 * container from a folder that bears its id, whatever its network, its host name and the kernel's cgroups are.
 */
export async function ownContainer(mountinfo = "/proc/self/mountinfo"): Promise<string | undefined> {
  const text = await readFile(mountinfo, "utf8").catch(() => "");
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\/(?:hostname|hosts|resolv\.conf) /.exec(
    text,
  )?.[1];
}
