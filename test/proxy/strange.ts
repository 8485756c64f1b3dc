import { calls } from "./calls.js";
import { expression } from "./rules.js";

const known = calls.map(({ method, path }) => new RegExp(`^${method} ${expression(path)}$`));

/** Of calls as `METHOD /path`, without version and query: those that are not among the product's. */
export function strangeCalls(made: Iterable<string>): readonly string[] {
  return [...new Set(made)].filter((call) => !known.some((pattern) => pattern.test(call)));
}

/** `METHOD /path`, as `strangeCalls` takes it. */
export function bareCall(method: string, url: string): string {
  const path = (url.split("?")[0] ?? "").replace(/^\/v\d+\.\d+(?=\/)/, "");
  return `${method} ${decodeURIComponent(path)}`;
}

/** Throws for a call that the socket proxy would refuse whatever is opened to it. */
export function assertKnown(made: Iterable<string>): void {
  const strange = strangeCalls(made);
  if (strange.length === 0) return;
  throw new Error(`not among the calls of the product (test/proxy/calls.ts): ${strange.join(", ")}`);
}
