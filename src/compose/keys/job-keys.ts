import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const beforeKeys = {
  command: supported,
  image: supported,
  timeout: supported,
} as const satisfies KeyTable;

export const afterKeys = { ...beforeKeys } as const satisfies KeyTable;

export const onRollbackKeys = { ...beforeKeys } as const satisfies KeyTable;
