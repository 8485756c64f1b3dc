import { spawn } from "node:child_process";
import { once } from "node:events";
import { readlink, stat } from "node:fs/promises";
import { busybox } from "../host/packages.js";

export interface NetworkNamespace {
  /** As the `netns` options take it. */
  readonly path: string;
  /** It ends with the last process inside. */
  close(): Promise<void>;
}

/** A network namespace with nothing but its own loopback; it ends at the latest with this process. */
export async function createNetns(): Promise<NetworkNamespace> {
  const script = `${busybox} ip link set lo up && echo ready && read -r _`;
  const holder = spawn("unshare", ["--net", "sh", "-c", script], { detached: true, stdio: ["pipe", "pipe", "ignore"] });
  const exit = once(holder, "exit");
  const answer = await Promise.race([once(holder.stdout, "data"), exit.then(() => undefined)]);
  if (answer === undefined) throw new Error("a network namespace could not be made: it takes root and util-linux");
  const close = async (): Promise<void> => {
    holder.ref();
    holder.stdin.end();
    await exit;
  };
  holder.unref();
  for (const pipe of [holder.stdin, holder.stdout]) (pipe as unknown as { unref(): void }).unref();
  return { path: `/proc/${holder.pid!}/ns/net`, close };
}

/**
 * The command line that runs a program in a network namespace, given by its `ip netns` name or its absolute path;
 * unchanged without one. `ip netns exec` would remount /sys and hide the cgroups from an engine.
 */
export function enterNetns(netns: string | undefined, command: string, args: readonly string[]): [string, string[]] {
  return netns === undefined
    ? [command, [...args]]
    : ["nsenter", [`--net=${netnsPath(netns)}`, "--", command, ...args]];
}

/** The kernel's name for a network namespace, as `/proc/PID/ns/net` links to it. */
export async function netnsIdentity(netns: string | undefined): Promise<string> {
  return netns === undefined ? readlink("/proc/self/ns/net") : `net:[${(await stat(netnsPath(netns))).ino}]`;
}

function netnsPath(netns: string): string {
  return netns.startsWith("/") ? netns : `/var/run/netns/${netns}`;
}
