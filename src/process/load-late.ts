import { createRequire } from "node:module";

/**
 * Loads what only few need, when it is needed. Not by `import()`: where that cannot open a file, as when a process has
 * too many open, Node 20 answers with the same error for ever.
 */
export function loadLate(name: string): unknown {
  return createRequire(import.meta.url)(name);
}
