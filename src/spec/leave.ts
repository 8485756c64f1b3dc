import { commandLine } from "./command.js";
import { fields } from "./fields.js";
import { preStopKeys } from "./leave-keys.js";
import { isMapping, read, report, type Node } from "./node.js";
import { groupOf } from "./present.js";
import { duration } from "./scalar.js";

/** How a container that serves leaves before it is stopped, so that nothing it has begun is cut off. */
export interface LeavePolicy {
  /** `x-fairlead.pre_stop`. */
  readonly preStop?: PreStop;
  /** `x-fairlead.drain`: how long it goes on serving after that, at the longest. Absent: behind a gate 30 s, else 0. */
  readonly drainMs?: number;
}

/** Run in the container, without a shell; it tells whatever routes to it to look elsewhere. */
export interface PreStop {
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

const preStopTimeoutMs = 10_000;

/** `x-fairlead.drain` and `x-fairlead.pre_stop`; undefined where neither is written. */
export function leavePolicy(drain: Node | undefined, told: Node | undefined): LeavePolicy | undefined {
  return groupOf({ preStop: read(told, preStop), drainMs: read(drain, duration) });
}

function preStop(node: Node): PreStop | null {
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
