import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const gateKeys = {
  mode: supported,
  hold: { support: "supported", note: "default 30s; `0s`: nothing waits" },
  proxy_protocol: { support: "supported", note: "version 2, towards the service" },
} as const satisfies KeyTable;
