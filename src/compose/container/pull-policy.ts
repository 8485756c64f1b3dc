import { didYouMean, quoted, report, type Node } from "../document/node.js";
import { text } from "../document/scalar.js";
import type { PullPolicy } from "../model/service.js";
import { parsePeriod } from "../values/duration.js";
import { nearest } from "../../tools/suggest.js";

const dayMs = 86_400_000;
const policies: ReadonlyMap<string, PullPolicy> = new Map<string, PullPolicy>([
  ["always", { kind: "always" }],
  ["never", { kind: "never" }],
  ["missing", { kind: "missing" }],
  ["if_not_present", { kind: "missing" }],
  ["build", { kind: "build" }],
  ["daily", { kind: "every", periodMs: dayMs }],
  ["weekly", { kind: "every", periodMs: 7 * dayMs }],
]);

/** `pull_policy`: one of the words, or `every_` and a period of weeks, days, hours, minutes and seconds. */
export function pullPolicy(node: Node): PullPolicy | null {
  const written = text(node);
  if (written === null) return null;
  const periodMs = written.startsWith("every_") ? parsePeriod(written.slice("every_".length)) : undefined;
  const found = policies.get(written) ?? (periodMs === undefined ? undefined : { kind: "every", periodMs });
  if (found !== undefined) return found;
  const known = [...policies.keys()];
  const meant = nearest(written, known);
  const hint = meant === undefined ? `one of ${known.join(", ")}, every_<period> such as every_12h` : didYouMean(meant);
  return report(node, `${quoted(node)} is not a pull policy`, hint);
}
