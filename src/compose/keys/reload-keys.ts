import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const reloadKeys = {
  signal: supported,
  paths: { support: "supported", note: "of a service; default every mounted file" },
} as const satisfies KeyTable;
