import { entries, isMapping, read, report, reportKey, suggestName, type Node } from "../document/node.js";
import { integer } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { ulimitKeys } from "../keys/option-keys.js";
import type { Ulimit } from "../model/container/options.js";
import { quote } from "../../tools/quote.js";

const names =
  "as core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split(" ");

/** `ulimits`: by name, one number or `{soft, hard}`. */
export function ulimits(node: Node): readonly Ulimit[] {
  return entries(node).flatMap(([name, at]) => {
    if (!names.includes(name)) {
      reportKey(at, `${quote(name)} is not a ulimit`, suggestName(name, names, `one of ${names.join(", ")}`));
    }
    const limit = isMapping(at.value) ? both(at) : read(at, amount);
    const [soft, hard] = typeof limit === "number" ? [limit, limit] : (limit ?? []);
    return soft === undefined || hard === undefined ? [] : [{ name, soft, hard }];
  });
}

function both(node: Node): readonly [number, number] | undefined {
  const field = fields(node, ulimitKeys);
  for (const key of ["soft", "hard"] as const) {
    if (field(key) === undefined) report(node, `\`${key}\` is missing`, "write one number for both");
  }
  const soft = read(field("soft"), amount);
  const hard = read(field("hard"), amount);
  if (soft === undefined || hard === undefined) return undefined;
  if (hard !== -1 && (soft === -1 || soft > hard)) report(node, "the soft limit is above the hard one");
  return [soft, hard];
}

function amount(node: Node): number | null {
  return integer(node, -1, Number.MAX_SAFE_INTEGER);
}
