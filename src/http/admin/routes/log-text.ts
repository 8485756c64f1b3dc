import type { LogEntry, LogReading } from "../../../control/surface/surface.js";
import { plainJson } from "../../web/plain-json.js";

export interface LogStyle {
  readonly timestamps: boolean;
  /** Containers' names before the lines as soon as there are several of them. */
  readonly prefix: boolean;
}

/** Lines for people, as `docker compose logs` prints them. */
export async function* logText({ containers, entries }: LogReading, style: LogStyle): AsyncGenerator<string> {
  const names = new Set(containers);
  for await (const entry of entries) {
    names.add(entry.container);
    const width = Math.max(...[...names].map((name) => name.length));
    const isNamed = style.prefix && names.size > 1;
    yield `${isNamed ? `${entry.container.padEnd(width)}  | ` : ""}${told(entry, style)}\n`;
  }
}

/** One JSON object a line. */
export async function* logObjects({ entries }: LogReading): AsyncGenerator<string> {
  for await (const entry of entries) yield `${plainJson(entry)}\n`;
}

function told(entry: LogEntry, { timestamps }: LogStyle): string {
  if ("notice" in entry) return `(${entry.notice})`;
  return timestamps ? `${entry.at} ${entry.text}` : entry.text;
}
