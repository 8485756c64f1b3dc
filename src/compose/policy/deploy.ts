import { read, report, type Node } from "../document/node.js";
import { choice, integer } from "../document/scalar.js";
import type { Fields } from "../keys/fields.js";
import type { deployKeys } from "../keys/keys.js";
import type { ServiceSpec } from "../model/service.js";
import { defaultUpdate, rollbackConfig, updateConfig } from "./update.js";

export type Deployment = Pick<ServiceSpec, "update" | "rollback" | "replicas" | "oneShot">;

/** More containers than any host bears of one service: a slip of the keyboard. */
const mostReplicas = 1_000;
const modes = ["replicated", "global", "replicated-job", "global-job"] as const;

/** What `deploy` and `scale` say of how many run, and how they are replaced. */
export function deployment(field: Fields<typeof deployKeys>, scale: Node | undefined): Deployment {
  const mode = read(field("mode"), (at) => choice(at, modes)) ?? "replicated";
  const rollback = read(field("rollback_config"), rollbackConfig);
  const replicas = replicaCount(field("replicas"), scale, mode);
  return {
    update: read(field("update_config"), updateConfig) ?? defaultUpdate,
    ...(rollback === undefined ? {} : { rollback }),
    ...(replicas === undefined ? {} : { replicas }),
    ...(mode.endsWith("-job") ? { oneShot: true } : {}),
  };
}

/** Undefined: nothing is said, and it is 1. */
function replicaCount(replicas: Node | undefined, scale: Node | undefined, mode: string): number | undefined {
  const asked = read(replicas, count);
  const scaled = read(scale, count);
  if (replicas !== undefined && mode.startsWith("global")) {
    const where = replicas.reading.engine === "swarm" ? "each node" : "this host";
    const message = `\`mode: ${mode}\` is one container on ${where}`;
    report(replicas, message, "remove `replicas`, or write `mode: replicated`");
  }
  if (scale !== undefined && asked !== undefined && scaled !== undefined && asked !== scaled) {
    report(scale, `\`scale\` is ${scaled}, and \`deploy.replicas\` is ${asked}`, "remove one of them");
  }
  return asked ?? scaled;
}

function count(node: Node): number | null {
  return integer(node, 0, mostReplicas);
}
