import type { KeyTable } from "./support.js";

const supported = { support: "supported" } as const;

export const includeKeys = {
  path: supported,
  project_directory: supported,
  env_file: supported,
} as const satisfies KeyTable;

export const extendsKeys = {
  service: supported,
  file: supported,
} as const satisfies KeyTable;

export const envFileKeys = {
  path: supported,
  required: supported,
  format: { support: "supported", note: "raw" },
} as const satisfies KeyTable;
