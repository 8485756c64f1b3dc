import { given } from "../../../tools/present.js";
import { formatTime } from "../../../tools/time.js";
import type { Told } from "../../model/sender.js";

/** A notice for programs: its fields by their own names, the time as text. Labels are for filters, and may hold secrets. */
export function dataOf({ notice: { labels: _labels, ...notice }, text }: Told): Readonly<Record<string, unknown>> {
  return given({ ...notice, at: formatTime(notice.at), text });
}

/** `fairlead.rolled_back`, `fairlead.hook.ci`: words of letters, digits and `_`, with dots between. */
export function eventType(kind: string): string {
  const words = kind.split(":").map((word) => word.replace(/[^a-zA-Z0-9_]/g, "_"));
  return ["fairlead", ...words].join(".");
}
