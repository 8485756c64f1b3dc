import { commandLine } from "./command.js";
import { fields } from "./fields.js";
import { hooks, type Hook } from "./hooks.js";
import { preStopKeys } from "./leave-keys.js";
import { isMapping, read, report, type Node } from "./node.js";
import { groupOf } from "./present.js";
import { duration } from "./scalar.js";

/** How a container that serves leaves before it is stopped, so that nothing it has begun is cut off. */
export interface LeavePolicy {
  /** `x-fairlead.pre_stop`, or Compose's `pre_stop`; in this order. */
  readonly preStop?: readonly PreStop[];
  /** `x-fairlead.drain`: how long it goes on serving after that, at the longest. Absent: behind a gate 30 s, else 0. */
  readonly drainMs?: number;
}

/** It tells whatever routes to the container to look elsewhere, or finishes what it has begun. */
export interface PreStop extends Hook {
  readonly timeoutMs: number;
}

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
