import { fields } from "./fields.js";
import { updateConfigKeys } from "./keys.js";
import { read, report, type Node } from "./node.js";
import { choice, duration, integer } from "./scalar.js";
import type { UpdatePolicy } from "./service.js";

export const defaultUpdate: UpdatePolicy = { order: "auto", monitorMs: 5_000, failureAction: "rollback" };

/** `deploy.update_config`. */
export function updateConfig(node: Node): UpdatePolicy {
  const field = fields(node, updateConfigKeys);
  read(field("parallelism"), parallelism);
  read(field("delay"), delay);
  return {
    order: read(field("order"), (at) => choice(at, ["start-first", "stop-first"] as const)) ?? defaultUpdate.order,
    monitorMs: read(field("monitor"), duration) ?? defaultUpdate.monitorMs,
    failureAction:
      read(field("failure_action"), (at) => choice(at, ["rollback", "pause", "continue"] as const)) ??
      defaultUpdate.failureAction,
  };
}

/** One container per service leaves nothing to do side by side, and nothing to wait for in between. */
function parallelism(node: Node): number | null {
  const count = integer(node, 0, Infinity);
  return count === null || count === 1 ? count : report(node, "only 1 is supported yet");
}

function delay(node: Node): number | null {
  const milliseconds = duration(node);
  return milliseconds === null || milliseconds === 0 ? milliseconds : report(node, "only 0s is supported yet");
}
