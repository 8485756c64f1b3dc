import type { Reason } from "../model/condition.js";

/**
 * Why the engine did not start a container, by its own words: `image`, what the image or the spec asks for can run
 * nowhere; `port` and `address`, somebody else has it; `remains`, what the engine itself has left of an earlier start, of
 * which only a new container is free; `engine`, one that comes or goes; `host`, all else that may be mended on the host.
 */
export type RefusalCause = "image" | "port" | "address" | "remains" | "engine" | "host";

/** In this order: the first that fits. */
const words: readonly (readonly [RefusalCause, RegExp])[] = [
  // What libnetwork says of a fixed address; a port says `bind:` before the same words.
  ["address", /^address already in use$|no available addresses on this pool|address( \S+)? is already allocated/i],
  ["port", /port is already allocated|address already in use|ports are not available/i],
  ["image", /unable to find (user|group)|no matching entries in (passwd|group) file/i],
  [
    "image",
    /executable file not found|exec format error|no command (specified|or entrypoint)|\bexec:? "?[^":]+"?: (permission|no such|is a)/i,
  ],
  ["remains", /\btask \S+ already exists|already exists in network|container with (given )?id (already )?exists/i],
  ["remains", /store for object type|key not found in store|sandbox\b.*\b(not found|already|does not exist)/i],
  ["remains", /\b(endpoint|rw ?layer|snapshot|mountpoint)\b.*\b(not found|does not exist)|layer does not exist/i],
  ["remains", /error creating overlay mount|(bundle|rundir|shim|runtime\.v2\.task)\S*: file exists/i],
  ["engine", /transport is closing|connection (error|closed)|containerd|ttrpc|shim.*(deadline|closed|disconnected)/i],
  [
    "host",
    /error mounting "\/|no space left|disk quota|cannot allocate memory|too many open files|read-only file system/i,
  ],
  ["host", /logging (driver|plugin)|log driver|gathering device information|could not select device driver/i],
  ["host", /mounting volume|mount local volume|VolumeDriver|bind source path|no such device|unknown.* runtime/i],
  ["host", /resource temporarily unavailable|device or resource busy|cgroup|rlimit|error running hook|nvidia/i],
  ["image", /OCI runtime/i],
];

/** It names what the host does not have at this moment, whoever is to start. What nobody has heard yet does not. */
export function lacksOnHost(startError: string): boolean {
  return words.find(([, pattern]) => pattern.test(startError))?.[0] === "host";
}

export function causeOf(startError: string): RefusalCause {
  return words.find(([, pattern]) => pattern.test(startError))?.[0] ?? "host";
}

const reasons: Readonly<Record<RefusalCause, Reason>> = {
  image: "StartFailed",
  port: "PortConflict",
  address: "AddressConflict",
  remains: "StartRefused",
  engine: "StartRefused",
  host: "StartRefused",
};

export function startReason(startError: string): Reason {
  return reasons[causeOf(startError)];
}
