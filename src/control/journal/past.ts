import type { Entry } from "./entry.js";
import { eventOf } from "./event.js";
import { pastLine } from "./line.js";

const mostKept = 500;
const mostBytes = 512 * 1024;

interface Kept {
  readonly entry: Entry;
  /** What people are told of it. */
  readonly told: string;
}

/**
 * The last decisions that people are told of. They are written into each fresh segment of the journal, so that whoever
 * tells of them can make up for what he has missed. Each is known once, in however many segments it stands.
 */
export class Past {
  readonly #kept: Kept[] = [];
  readonly #known = new Set<string>();
  readonly #followers: ((entry: Entry) => void)[] = [];

  /** False: it is known, or people are told nothing of it. */
  add(entry: Entry): boolean {
    const event = eventOf(entry);
    if (event === undefined) return false;
    const told = JSON.stringify(event);
    if (this.#known.has(told)) return false;
    this.#known.add(told);
    this.#kept.push({ entry, told });
    const dropped = this.#kept.length > mostKept ? this.#kept.shift() : undefined;
    if (dropped !== undefined) this.#known.delete(dropped.told);
    for (const follow of this.#followers) follow(entry);
    return true;
  }

  /** Those that are kept, and then each that is added. */
  follow(onEntry: (entry: Entry) => void): void {
    for (const { entry } of this.#kept) onEntry(entry);
    this.#followers.push(onEntry);
  }

  /** For the journal, oldest first: the newest of them, so many as fit. */
  lines(): string {
    const lines: string[] = [];
    let bytes = 0;
    for (const { entry } of [...this.#kept].reverse()) {
      const line = pastLine(entry);
      bytes += Buffer.byteLength(line);
      if (bytes > mostBytes) break;
      lines.push(line);
    }
    return lines.reverse().join("");
  }
}
