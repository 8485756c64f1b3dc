import { groupOf } from "../../tools/present.js";
import { commandLine } from "../container/command.js";
import { isMapping, read, report, type Node } from "../document/node.js";
import { duration } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { preStopKeys } from "../keys/extension-keys.js";
import type { LeavePolicy, PreStop } from "../model/policy/leave.js";
import { hooks } from "./hooks.js";

const preStopTimeoutMs = 10_000;
const leastTimeoutMs = 1_000;

/** `x-fairlead.drain` and `x-fairlead.pre_stop`; undefined where neither is written. */
export function leavePolicy(drain: Node | undefined, told: Node | undefined): LeavePolicy | undefined {
  const own = read(told, toldOnce);
  return groupOf({ preStop: own === undefined ? undefined : [own], drainMs: read(drain, duration) });
}

/** Compose's `pre_stop`, beside which the service's own `x-fairlead.pre_stop` has no place. Each has all of the grace period. */
export function preStopHooks(
  node: Node | undefined,
  told: Node | undefined,
  stopGracePeriodMs: number,
): readonly PreStop[] | undefined {
  if (node !== undefined && told !== undefined) {
    report(told, `\`${node.path}\` is written too`, "keep one of them; `x-fairlead.pre_stop` has a timeout of its own");
  }
  const timeoutMs = Math.max(stopGracePeriodMs, leastTimeoutMs);
  const all = (read(node, hooks) ?? []).map((hook) => ({ ...hook, timeoutMs }));
  return all.length === 0 ? undefined : all;
}

function toldOnce(node: Node): PreStop | null {
  const field = fields(node, preStopKeys);
  const timeoutMs = read(field("timeout"), timeout) ?? preStopTimeoutMs;
  const written = field("command");
  if (written === undefined) {
    return isMapping(node.value) ? report(node, "`command` is missing", 'write for example ["/app", "leave"]') : null;
  }
  const command = read(written, commandLine);
  if (written.value === null || command?.length === 0 || command?.[0] === "") {
    return report(written, "must not be empty", 'write for example ["/app", "leave"]');
  }
  return command === undefined ? null : { command, timeoutMs };
}

function timeout(node: Node): number | null {
  const milliseconds = duration(node);
  return milliseconds === 0 ? report(node, "must be longer than 0") : milliseconds;
}
