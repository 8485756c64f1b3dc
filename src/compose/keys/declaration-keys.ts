import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const unstored = {
  support: "ignored",
  hint: "it concerns a Swarm's store; on a plain host nothing is stored",
  swarm: { support: "supported" },
} as const;
const readerOnly = {
  support: "supported",
  note: "for the reader: it changes nothing, as in Compose",
  swarm: { support: "supported", note: "of an external one; others are named after their content" },
} as const;
const noStore = {
  support: "refused",
  hint: "a plain host has no Swarm's store: name a `file:` on it, or a variable of Fairlead's own in `environment:`",
  swarm: { support: "supported", note: "it is in the Swarm's store already" },
} as const;
const stored = {
  support: "refused",
  hint: "it has a meaning in a Swarm's store only",
  swarm: { support: "planned", hint: "give the content itself: Fairlead fills in variables" },
} as const;

export const ipamKeys = {
  driver: supported,
  config: supported,
  options: supported,
} as const satisfies KeyTable;

/** One entry of `ipam.config`. */
export const poolKeys = {
  subnet: supported,
  ip_range: supported,
  gateway: supported,
  aux_addresses: supported,
} as const satisfies KeyTable;

/** The older form of a network's `external`. */
export const externalKeys = {
  name: supported,
} as const satisfies KeyTable;

/** The older form of a volume's `external`. */
export const volumeExternalKeys = { ...externalKeys } as const satisfies KeyTable;

export const configKeys = {
  file: supported,
  environment: supported,
  content: supported,
  external: noStore,
  name: readerOnly,
  labels: unstored,
  template_driver: stored,
} as const satisfies KeyTable;

/** Of a secret's `x-fairlead`. */
export const secretExtensionKeys = {
  command: supported,
  argument: supported,
} as const satisfies KeyTable;

export const secretKeys = {
  file: supported,
  environment: supported,
  "x-fairlead": supported,
  external: noStore,
  name: readerOnly,
  labels: unstored,
  driver: stored,
  driver_opts: stored,
  template_driver: stored,
} as const satisfies KeyTable;

/** One of a service's `configs`. */
export const configGrantKeys = {
  source: supported,
  target: supported,
  uid: supported,
  gid: supported,
  mode: supported,
} as const satisfies KeyTable;

/** One of a service's `secrets`. */
export const secretGrantKeys = { ...configGrantKeys } as const satisfies KeyTable;
