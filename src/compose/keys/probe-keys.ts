import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const probeKeys = {
  http: supported,
  tcp: supported,
  exec: supported,
  interval: supported,
  timeout: supported,
  retries: supported,
  start_period: supported,
} as const satisfies KeyTable;

export const httpProbeKeys = {
  port: supported,
  path: supported,
  status: supported,
  headers: supported,
  host: supported,
  scheme: { support: "supported", note: "with `https` the certificate is not verified" },
} as const satisfies KeyTable;

export const tcpProbeKeys = { port: supported } as const satisfies KeyTable;

export const execProbeKeys = { command: supported } as const satisfies KeyTable;
