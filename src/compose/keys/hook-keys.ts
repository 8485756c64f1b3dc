import type { KeyTable } from "./support.js";

/** Of each item of `post_start`. */
export const postStartHookKeys = {
  command: { support: "supported" },
  user: { support: "supported" },
  privileged: { support: "supported" },
  working_dir: { support: "supported" },
  environment: { support: "supported" },
} as const satisfies KeyTable;

/** Of each item of `pre_start`, which runs in a container of its own. */
export const preStartHookKeys = {
  ...postStartHookKeys,
  image: { support: "supported" },
  per_replica: { support: "supported", note: "false only, as in Docker Compose up to 5.5" },
} as const satisfies KeyTable;

/** Of each item of `pre_stop`: the same. */
export const preStopHookKeys = { ...postStartHookKeys } as const satisfies KeyTable;
