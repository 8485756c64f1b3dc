import { describe, expect, it } from "vitest";
import { causeOf, startReason } from "../../../../src/plan/judge/start-refusal.js";
import type { RefusalCause } from "../../../../src/plan/judge/start-refusal.js";

const runc = "failed to create shim task: OCI runtime create failed: runc create failed:";
const init = `${runc} unable to start container process:`;
const pool = "driver failed programming external connectivity on endpoint web (c69bf9f8c13c):";
const id = "3ef86350961686aa8d6364f50c53ae040d4d047d107d1b6a0b2800e6251888d0";

/** As Docker 20.10 and Podman 4.3 have said them. */
const said: readonly (readonly [RefusalCause, string])[] = [
  ["image", `${init} exec: "nope": executable file not found in $PATH: unknown`],
  ["image", `${init} exec: "/tmp": permission denied: unknown`],
  ["image", `${init} exec: "/app": no such file or directory: unknown`],
  ["image", "exec /app: exec format error"],
  ["image", "No command specified"],
  ["image", "unable to find user nobody-here: no matching entries in passwd file"],
  ["image", "unable to find group nogroup: no matching entries in group file"],
  ["image", `${init} error during container init: open /proc/sys/net/nope/x: no such file or directory: unknown`],
  ["image", `${runc} sysctl "kernel.threads-max" is not in a separate kernel namespace: unknown`],
  ["image", `${runc} string NOPE is not a valid action for seccomp: unknown`],
  [
    "image",
    `${init} error during container init: error mounting "tmpfs" to rootfs at "/x": mount tmpfs:/x, data: size=nope: invalid argument: unknown`,
  ],
  ["image", "container create: no command or entrypoint provided, and no CMD or ENTRYPOINT from image"],
  [
    "image",
    'exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
  ],
  ["address", `IPAM error: requested ip address 10.217.0.9 is already allocated to container ID ${id}`],
  ["port", `${pool} Bind for 0.0.0.0:8093 failed: port is already allocated`],
  ["port", `${pool} Error starting userland proxy: listen tcp4 0.0.0.0:8099: bind: address already in use`],
  ["address", "Address already in use"],
  ["address", "No available addresses on this pool"],
  ["host", `${pool} Error starting userland proxy: listen tcp4 192.0.2.7:80: bind: cannot assign requested address`],
  ["host", "no available IPv4 addresses on this network's address pools: lan (6648c37b3d08)"],
  ["host", "Invalid address 10.79.0.5: It does not belong to any of this network's subnets"],
  ["host", "failed to initialize logging driver: dial tcp 127.0.0.1:5514: connect: connection refused"],
  ["host", "failed to initialize logging driver: journald is not enabled on this host"],
  ["host", 'error gathering device information while adding custom device "/dev/nope": no such file or directory'],
  ["host", 'error gathering device information while adding custom device "/etc/passwd": not a device node'],
  ["host", 'could not select device driver "" with capabilities: [[gpu]]'],
  [
    "host",
    "error while mounting volume '/data/volumes/v/_data': failed to mount local volume: mount :/nope:/data, data: addr=127.0.0.1: no such device",
  ],
  [
    "host",
    `${init} error during container init: error mounting "/etc/passwd" to rootfs at "/tmp": mount /etc/passwd:/tmp, flags: 0x5000: not a directory: unknown: Are you trying to mount a directory onto a file (or vice-versa)?`,
  ],
  [
    "host",
    `${init} error during container init: error setting rlimits for ready process: error setting rlimit type 7: operation not permitted: unknown`,
  ],
  ["host", "network nope not found"],
  ["host", `cannot join network of a non running container: ${id}`],
  ["host", "write /var/lib/docker/containers/x/hostname: no space left on device"],
  ["remains", `task ${id}: already exists`],
  ["remains", "endpoint with name shop-web-1 already exists in network shop_default"],
  ["remains", "failed to update store for object type *libnetwork.endpoint: open : no such file or directory"],
  ["remains", `network sandbox for container ${id} not found`],
  ["engine", "transport is closing: unavailable"],
  ["engine", "connection closed: unavailable"],
  [
    "engine",
    'connection error: desc = "transport: Error while dialing dial unix /run/containerd/containerd.sock: connect: connection refused": unavailable',
  ],
];

describe("what the engine says of a refused start", () => {
  it.each(said)("is the %s's: %s", (cause, message) => {
    expect(causeOf(message)).toBe(cause);
  });

  it.each([
    ["image", "StartFailed", "exec format error"],
    ["port", "PortConflict", "port is already allocated"],
    ["address", "AddressConflict", "Address already in use"],
    ["remains", "StartRefused", `task ${id}: already exists`],
    ["engine", "StartRefused", "transport is closing: unavailable"],
    ["host", "StartRefused", "words that nobody has heard yet"],
  ] as const)("%s makes the reason %s", (cause, reason, message) => {
    expect([causeOf(message), startReason(message)]).toEqual([cause, reason]);
  });
});
