import { didYouMean, quoted, report, type Node } from "./node.js";
import { text } from "./scalar.js";
import type { RestartPolicy } from "./service.js";
import { nearest } from "./suggest.js";

const names = ["no", "always", "unless-stopped", "on-failure"] as const;

/** `restart`: `no`, `always`, `unless-stopped`, `on-failure` or `on-failure:N`. */
export function restartPolicy(node: Node): RestartPolicy | null {
  const written = text(node);
  if (written === null) return null;
  const limit = /^on-failure:(\d{1,9})$/.exec(written)?.[1];
  if (limit !== undefined) return { name: "on-failure", maximumRetryCount: Number(limit) };
  const name = names.find((known) => known === written);
  if (name !== undefined) return { name, maximumRetryCount: 0 };
  const meant = nearest(written, names);
  const hint = meant === undefined ? `one of ${names.join(", ")}, on-failure:N` : didYouMean(meant);
  return report(node, `${quoted(node)} is not a restart policy`, hint);
}
