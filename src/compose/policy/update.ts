import { read, report, type Node } from "../document/node.js";
import { choice, duration, integer, ratio } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { updateConfigKeys } from "../keys/keys.js";
import type { UpdatePolicy } from "../model/service.js";

export const defaultUpdate: UpdatePolicy = { order: "auto", monitorMs: 5_000, failureAction: "rollback" };

/** `deploy.update_config`. */
export function updateConfig(node: Node): UpdatePolicy {
  const actions = ["rollback", "pause", "continue"] as const;
  return policy(node, (at) => choice(at, actions), defaultUpdate.failureAction);
}

/** `deploy.rollback_config`: a roll-back that fails can only stop or go on. */
export function rollbackConfig(node: Node): UpdatePolicy {
  return policy(node, rollbackAction, "pause");
}

function rollbackAction(node: Node): "pause" | "continue" | null {
  if (node.value === "rollback") return report(node, "a roll-back is never rolled back", "write pause or continue");
  return choice(node, ["pause", "continue"] as const);
}

function policy(
  node: Node,
  action: (node: Node) => UpdatePolicy["failureAction"] | null,
  usual: UpdatePolicy["failureAction"],
): UpdatePolicy {
  const field = fields(node, updateConfigKeys);
  const parallelism = read(field("parallelism"), (at) => integer(at, 0, Infinity));
  const delayMs = read(field("delay"), duration);
  const maxFailureRatio = read(field("max_failure_ratio"), ratio);
  const failureAction = read(field("failure_action"), action);
  return {
    order: read(field("order"), (at) => choice(at, ["start-first", "stop-first"] as const)) ?? defaultUpdate.order,
    monitorMs: read(field("monitor"), duration) ?? defaultUpdate.monitorMs,
    failureAction: failureAction ?? usual,
    ...(failureAction === undefined ? {} : { failureActionGiven: true }),
    ...(parallelism === undefined ? {} : { parallelism }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(maxFailureRatio === undefined ? {} : { maxFailureRatio }),
  };
}
