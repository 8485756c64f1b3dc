/*
 * `x-fairlead`: the keys that Compose has no word for.
 */

import { hostOnly, type KeyTable } from "./support.js";

const supported = { support: "supported" } as const;
const leaving = "let the process leave by itself when it gets `stop_signal`, within `stop_grace_period`";
const kept = {
  support: "supported",
  swarm: { support: "ignored", hint: "the nodes of a Swarm keep their images themselves" },
} as const;
const probed = {
  support: "supported",
  note: "asks the container from outside: see [probes](probes.md)",
  swarm: { support: "planned", hint: "write a `healthcheck`, which each node runs itself" },
} as const;
const renewed = "a volume without a name is new with each container on a Swarm: remove it";
const reloaded = "a changed config or secret comes with new containers on a Swarm: remove it";

/** `x-fairlead` of a service: what Compose has no word for. Not a vendor's free space: an unknown key in it is an error. */
export const extensionKeys = {
  adopt: supported,
  keep: kept,
  after: { support: "supported", note: "runs once the new containers serve: see [jobs](jobs.md)" },
  before: { support: "supported", note: "runs before a new container starts: see [jobs](jobs.md)" },
  on_rollback: { support: "supported", note: "runs once when a rollout has failed: see [jobs](jobs.md)" },
  probe: probed,
  window: { support: "supported", note: "when a rollout may begin: see [releases](releases.md)" },
  min_age: supported,
  approve: supported,
  paused: supported,
  stopped: supported,
  respect_stop: supported,
  drain: hostOnly(leaving, "see [leaving](leaving.md)"),
  gate: hostOnly("remove it: a Swarm's routing mesh holds the ports", "http, tcp, or a mapping: see [gates](gate.md)"),
  policy: { support: "supported", note: "which tag is followed: see [tags](tags.md)" },
  pre_stop: hostOnly(leaving, "see [leaving](leaving.md)"),
  promote: { support: "supported", note: "tags that are moved to what has proved itself: see [promotion](promote.md)" },
  reload: hostOnly(
    reloaded,
    "ignore, or a mapping: a changed mounted file is told to the process: see [reload](reload.md)",
  ),
  renew: hostOnly(renewed, "new anonymous volumes with each new container: see [volumes](volumes.md)"),
  verify: { support: "supported", note: "by whom its images are signed: see [signatures](signatures.md)" },
} as const satisfies KeyTable;

/** `x-fairlead` at the top level: defaults for all services. */
export const projectExtensionKeys = {
  adopt: supported,
  keep: kept,
  probe: { support: "supported", swarm: probed.swarm },
  window: supported,
  min_age: supported,
  approve: supported,
  paused: supported,
  stopped: supported,
  respect_stop: supported,
  drain: hostOnly(leaving),
  pre_stop: hostOnly(leaving),
  reload: hostOnly(reloaded),
  renew: hostOnly(renewed),
  after: { support: "refused", hint: "a job belongs to one service: write it in that service's own `x-fairlead`" },
  before: { support: "refused", hint: "a job belongs to one service: write it in that service's own `x-fairlead`" },
  on_rollback: {
    support: "refused",
    hint: "a job belongs to one service: write it in that service's own `x-fairlead`",
  },
  gate: { support: "refused", hint: "a gate belongs to one service: write it in that service's own `x-fairlead`" },
  policy: {
    support: "refused",
    hint: "a policy belongs to one service's image: write it in that service's own `x-fairlead`",
  },
  promote: {
    support: "refused",
    hint: "tags belong to one service's image: write it in that service's own `x-fairlead`",
  },
  verify: supported,
} as const satisfies KeyTable;

export const policyKeys = {
  semver: { support: "supported", note: "a range of versions, such as `^1.4`" },
  pattern: { support: "supported", note: "a regular expression of RE2 that fits the whole tag" },
  order: { support: "supported", note: "semver (default), numeric, alphabetical or newest" },
} as const satisfies KeyTable;

export const promoteKeys = {
  tag: supported,
  if: { support: "supported", note: "a pattern of the tag that is followed: `1.*`, or `/^v\\d+$/`" },
} as const satisfies KeyTable;

export const preStopKeys = {
  command: { support: "supported" },
  timeout: { support: "supported" },
} as const satisfies KeyTable;

export const gateKeys = {
  mode: supported,
  hold: { support: "supported", note: "default 30s; `0s`: nothing waits" },
  proxy_protocol: { support: "supported", note: "version 2, towards the service" },
} as const satisfies KeyTable;

export const windowKeys = {
  cron: { support: "supported", note: "five fields: when it opens" },
  duration: supported,
  timezone: { support: "supported", note: "an IANA name; default `UTC`" },
  prefetch: { support: "supported", note: "whether the image of what waits is pulled before it opens; default `true`" },
} as const satisfies KeyTable;

export const reloadKeys = {
  signal: supported,
  paths: { support: "supported", note: "of a service; default every mounted file" },
} as const satisfies KeyTable;
