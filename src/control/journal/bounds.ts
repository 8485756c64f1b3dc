import type { Entry } from "./entry.js";

const mostOfText = 16 * 1024;
const mostOfLogLine = 2 * 1024;

/** An entry whose texts, most of which others wrote, are no longer than a line of the journal can hold. */
export function bounded(entry: Entry): Entry {
  const message = "message" in entry ? { message: entry.message.slice(0, mostOfText) } : {};
  const logs =
    "logs" in entry && entry.logs !== undefined ? { logs: entry.logs.map((line) => line.slice(0, mostOfLogLine)) } : {};
  return { ...entry, ...message, ...logs };
}
