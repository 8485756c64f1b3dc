import { isMapping } from "../document/node.js";
import { labels, options, settings } from "../document/pairs.js";
import { processors, ratio } from "../document/scalar.js";
import type { deployKeys, updateConfigKeys } from "../keys/keys.js";
import type * as keys from "../keys/option-keys.js";
import type * as swarm from "../keys/swarm-keys.js";
import { device, deviceCount } from "../limits/devices.js";
import {
  decoded,
  digits,
  eachOf,
  keysOf,
  listOf,
  onSwarm,
  size,
  text,
  texts,
  time,
  whole,
  type Writer,
} from "./writer.js";

/** Billionths of a processor, in processors. */
export const cpus: Writer = (node) => {
  const billionths = processors(node);
  return billionths === null ? undefined : billionths / 1e9;
};

const request = {
  driver: text,
  count: (node) => deviceCount(node) ?? undefined,
  device_ids: texts,
  capabilities: texts,
  options: decoded(settings),
} satisfies Parameters<typeof keysOf<typeof keys.gpuKeys>>[0];

const requests = listOf(keysOf<typeof keys.gpuKeys>(request));

/** `all` is written as Compose counts it. */
export const gpus: Writer = (node) => (typeof node.value === "string" ? [{ count: -1 }] : requests(node));

/** What only a driver knows has no long syntax. */
export const devices: Writer = listOf((node) => {
  const found = device(node);
  return found === null || typeof found === "string" ? (found ?? undefined) : { ...found };
});

const limit = keysOf<typeof keys.ulimitKeys>({ soft: whole, hard: whole });

export const ulimits: Writer = eachOf((node) => (isMapping(node.value) ? limit(node) : whole(node)));

const bytesRate = listOf(keysOf<typeof keys.blkioRateKeys>({ path: text, rate: size }));
const countRate = listOf(keysOf<typeof keys.blkioRateKeys>({ path: text, rate: digits }));

export const blkio = keysOf<typeof keys.blkioKeys>({
  weight: whole,
  weight_device: listOf(keysOf<typeof keys.blkioWeightKeys>({ path: text, weight: whole })),
  device_read_bps: bytesRate,
  device_read_iops: countRate,
  device_write_bps: bytesRate,
  device_write_iops: countRate,
});

const update = keysOf<typeof updateConfigKeys>({
  parallelism: whole,
  delay: time,
  failure_action: text,
  monitor: time,
  max_failure_ratio: (node) => ratio(node) ?? undefined,
  order: text,
});

const generics = listOf(
  keysOf<typeof swarm.genericResourceKeys>({
    discrete_resource_spec: keysOf<typeof swarm.discreteResourceKeys>({ kind: text, value: whole }),
  }),
);

const placement = keysOf<typeof swarm.placementKeys>({
  constraints: texts,
  preferences: listOf(keysOf<typeof swarm.preferenceKeys>({ spread: text })),
  max_replicas_per_node: whole,
});

export const deploy = keysOf<typeof deployKeys>({
  mode: text,
  replicas: whole,
  labels: decoded(labels),
  update_config: update,
  rollback_config: update,
  resources: keysOf<typeof keys.resourceKeys>({
    limits: keysOf<typeof keys.limitKeys>({ cpus, memory: size, pids: whole }),
    reservations: keysOf<typeof keys.reservationKeys>({
      memory: size,
      devices: requests,
      cpus: onSwarm(cpus),
      generic_resources: onSwarm(generics),
    }),
  }),
  restart_policy: keysOf<typeof keys.restartPolicyKeys>({
    condition: text,
    max_attempts: whole,
    delay: onSwarm(time),
    window: onSwarm(time),
  }),
  endpoint_mode: onSwarm(text),
  placement: onSwarm(placement),
});

export const storage = decoded(options);
