import type { KeyTable } from "./support.js";

export const preStopKeys = {
  command: { support: "supported" },
  timeout: { support: "supported" },
} as const satisfies KeyTable;
