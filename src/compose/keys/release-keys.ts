import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const windowKeys = {
  cron: { support: "supported", note: "five fields: when it opens" },
  duration: supported,
  timezone: { support: "supported", note: "an IANA name; default `UTC`" },
} as const satisfies KeyTable;
