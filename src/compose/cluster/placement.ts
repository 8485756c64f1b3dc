import { items, quoted, read, readAll, report, suggestName, type Node } from "../document/node.js";
import { filledText, integer } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { placementKeys, preferenceKeys } from "../keys/swarm-keys.js";
import type { Placement } from "../model/cluster.js";

const words = ["id", "hostname", "ip", "role", "platform.os", "platform.arch", "labels.KEY"] as const;
const example = "write for example `node.labels.zone == east`";

/** `deploy.placement`. */
export function placement(node: Node): Placement {
  const field = fields(node, placementKeys);
  const maxReplicasPerNode = read(field("max_replicas_per_node"), (at) => integer(at, 0, Infinity));
  return {
    constraints: read(field("constraints"), (at) => readAll(items(at), constraint)) ?? [],
    spread: read(field("preferences"), (at) => readAll(items(at), preference)) ?? [],
    // 0 is Swarm's word for no limit.
    ...(maxReplicasPerNode === undefined || maxReplicasPerNode === 0 ? {} : { maxReplicasPerNode }),
  };
}

/** `node.hostname == a`, `node.labels.zone != b`, `engine.labels.storage == ssd`. */
function constraint(node: Node): string | null {
  const written = filledText(node);
  if (written === null) return null;
  const [, subject = "", sign = "", value = ""] = /^\s*(\S+?)\s*(==|!=|=)\s*(.*?)\s*$/.exec(written) ?? [];
  if (sign === "=") return report(node, `${quoted(node)} compares with \`=\``, "write `==`, or `!=`");
  if (sign === "" || value === "") return report(node, `${quoted(node)} is not a constraint`, example);
  return isSubject(node, subject) ? `${subject} ${sign} ${value}` : null;
}

function preference(node: Node): string | null {
  const field = fields(node, preferenceKeys);
  const spread = field("spread");
  if (spread === undefined) return report(node, "`spread` is missing", "write for example `spread: node.labels.zone`");
  const subject = filledText(spread);
  return subject !== null && isSubject(spread, subject) ? subject : null;
}

function isSubject(node: Node, subject: string): boolean {
  const known = /^(?:node\.(?:id|hostname|ip|role|platform\.(?:os|arch))|(?:node|engine)\.labels\.\S+)$/i;
  if (known.test(subject)) return true;
  const all = [...words.map((word) => `node.${word}`), "engine.labels.KEY"];
  report(
    node,
    `${quoted(node)} asks for nothing that a node has`,
    suggestName(subject, all, `one of ${all.join(", ")}`),
  );
  return false;
}

/** They name one node, or a few that a person has marked: what is there is known. */
export function isPinned({ constraints }: Placement): boolean {
  return constraints.some((one) => /^(?:node\.(?:id|hostname)|(?:node|engine)\.labels\.\S+) == /i.test(one));
}
