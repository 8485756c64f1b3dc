import { groupOf } from "../../tools/present.js";
import { isMapping, quoted, read, report, type Node } from "../document/node.js";
import { boolean, duration, filledText, parsed } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { windowKeys } from "../keys/extension-keys.js";
import type { ReleasePolicy, MaintenanceWindow } from "../model/policy/release.js";
import { parseCron } from "../values/cron.js";

const longestWindowMs = 31 * 86_400_000;

/** The keys of `x-fairlead` that say when a rollout may begin; undefined: none of them is written. */
export function releasePolicy(
  field: (key: "window" | "min_age" | "approve" | "paused") => Node | undefined,
): ReleasePolicy | undefined {
  return groupOf({
    window: read(field("window"), maintenanceWindow),
    minAgeMs: read(field("min_age"), duration),
    approve: read(field("approve"), boolean),
    paused: read(field("paused"), boolean),
  });
}

function maintenanceWindow(node: Node): MaintenanceWindow | null {
  const field = fields(node, windowKeys);
  const [cron, length] = [field("cron"), field("duration")];
  if (isMapping(node.value) && (cron === undefined || length === undefined)) {
    const missing = cron === undefined ? "cron" : "duration";
    report(node, `\`${missing}\` is missing`, 'write for example `{cron: "0 2 * * *", duration: 2h}`');
  }
  const written = read(cron, cronText);
  const durationMs = read(length, windowDuration);
  const timezone = read(field("timezone"), timeZone) ?? "UTC";
  const isAhead = read(field("prefetch"), boolean) ?? true;
  if (written === undefined || durationMs === undefined) return null;
  return { cron: written, durationMs, timezone, ...(isAhead ? {} : { prefetch: false }) };
}

function cronText(node: Node): string | null {
  const text = filledText(node);
  return text === null || parsed(node, parseCron, "a cron expression") === null ? null : text;
}

function windowDuration(node: Node): number | null {
  const milliseconds = duration(node);
  if (milliseconds === null) return null;
  if (milliseconds < 60_000) return report(node, "must be at least 1m");
  return milliseconds > longestWindowMs ? report(node, "must be at most 744h, which is 31 days") : milliseconds;
}

function timeZone(node: Node): string | null {
  const name = filledText(node);
  if (name === null || isTimeZone(name)) return name;
  return report(node, `${quoted(node)} is not a time zone`, "write an IANA name, such as `Europe/Oslo`");
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "" && /^[A-Z]/i.test(name);
  } catch {
    return false;
  }
}
