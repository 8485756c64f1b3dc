import { Secret } from "../../../src/tools/secret.js";

/** The same with every secret's text in its place, for assertions and snapshots that show it. */
export function opened(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, opened(item)]));
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, opened(item)]));
}
