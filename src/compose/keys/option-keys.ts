import { hostOnly, type KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const planned = { support: "planned" } as const;

export const loggingKeys = {
  driver: supported,
  options: supported,
} as const satisfies KeyTable;

export const ulimitKeys = {
  soft: supported,
  hard: supported,
} as const satisfies KeyTable;

export const blkioKeys = {
  weight: supported,
  weight_device: supported,
  device_read_bps: supported,
  device_read_iops: supported,
  device_write_bps: supported,
  device_write_iops: supported,
} as const satisfies KeyTable;

export const blkioRateKeys = {
  path: supported,
  rate: supported,
} as const satisfies KeyTable;

export const blkioWeightKeys = {
  path: supported,
  weight: supported,
} as const satisfies KeyTable;

export const deviceKeys = {
  source: supported,
  target: supported,
  permissions: supported,
} as const satisfies KeyTable;

export const gpuKeys = {
  capabilities: supported,
  count: supported,
  device_ids: supported,
  driver: supported,
  options: supported,
} as const satisfies KeyTable;

/** `gpus` is the short way to such a reservation. */
export const deviceReservationKeys = { ...gpuKeys } as const satisfies KeyTable;

export const resourceKeys = {
  limits: supported,
  reservations: supported,
} as const satisfies KeyTable;

export const limitKeys = {
  cpus: supported,
  memory: supported,
  pids: supported,
} as const satisfies KeyTable;

export const reservationKeys = {
  memory: supported,
  devices: hostOnly("nodes announce what they have, and `generic_resources` asks for it"),
  cpus: {
    support: "ignored",
    hint: "the engine cannot reserve processors; `cpu_shares` weighs containers against each other",
    swarm: { support: "supported" },
  },
  generic_resources: {
    support: "refused",
    hint: "only a Swarm cluster has them; reserve hardware under `devices`",
    swarm: { support: "supported" },
  },
} as const satisfies KeyTable;

export const restartPolicyKeys = {
  condition: {
    support: "supported",
    note: "none, on-failure, any; always and unless-stopped as in `restart`",
    swarm: { support: "supported", note: "none, on-failure, any (default)" },
  },
  max_attempts: { support: "supported", note: "with on-failure only", swarm: { support: "supported" } },
  delay: {
    support: "ignored",
    hint: "the engine chooses the delay: it begins at 100 ms and doubles",
    swarm: { support: "supported", note: "default 5s" },
  },
  window: {
    support: "ignored",
    hint: "the engine takes a container for well once it has run for 10 s",
    swarm: { support: "supported", note: "in which attempts are counted" },
  },
} as const satisfies KeyTable;

export const volumeOptionKeys = {
  nocopy: supported,
  subpath: hostOnly("a Swarm mounts whole volumes: mount it at the folder above", "engines from API 1.45 (Docker 26)"),
  labels: planned,
} as const satisfies KeyTable;

export const tmpfsOptionKeys = {
  size: supported,
  mode: { support: "supported", note: "octal digits: 1777, 0755" },
} as const satisfies KeyTable;

export const bindKeys = {
  create_host_path: {
    support: "supported",
    note: "default true",
    swarm: { support: "ignored", hint: "the nodes of a Swarm create no path: it has to be there" },
  },
  propagation: supported,
  recursive: {
    support: "supported",
    note: "writable and readonly: engines from API 1.44 (Docker 25)",
    swarm: { support: "supported", note: "enabled and disabled only" },
  },
  selinux: hostOnly("label the path on the nodes yourself", "only where the engine may create the host path"),
} as const satisfies KeyTable;
