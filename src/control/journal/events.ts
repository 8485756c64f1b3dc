import type { ServiceKey } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { printable } from "../../tools/printable.js";
import type { Provenance } from "../ports/source.js";
import type { Entry } from "./entry.js";
import { eventOf, type Event } from "./event.js";

const mostKept = 1_000;

/**
 * What has happened lately: what the journal has been told, and changes of state, which it is not told. Readers are
 * handed what is kept from where they are: one that is too slow misses events, and keeps none of them in memory.
 */
export class Events {
  readonly #kept: Event[] = [];
  /** How many events went before the first that is kept. */
  #dropped = 0;
  readonly #readers = new Set<() => void>();

  /** A line of the journal, new or read again. */
  noted(entry: Entry): void {
    const event = eventOf(entry);
    if (event !== undefined) this.#add(event);
  }

  /** A commit has changed what a service is to be. */
  committed(key: ServiceKey, { source, commit }: Provenance, at: number): void {
    const [project = "", service = ""] = key.split("/");
    const message = printable(`commit ${commit.id.slice(0, 7)} of ${source}, ${commit.author}: ${commit.subject}`, 300);
    this.#add({ at: new Date(at).toISOString(), project, service, type: "commit", reason: "Committed", message });
  }

  /** A service's state has changed. */
  changed({ project, service, activeDigest, conditions }: ServiceStatus, at: number): void {
    const ready = conditions.find(({ type }) => type === "Ready");
    if (ready === undefined) return;
    const { reason, message } = ready;
    const digest = activeDigest === undefined ? {} : { digest: activeDigest };
    this.#add({ at: new Date(at).toISOString(), project, service, type: "state", reason, message, ...digest });
  }

  /** From where it is wished, oldest first; followed, until the signal aborts. */
  async *read({ follow, since, after }: EventWish, signal: AbortSignal): AsyncGenerator<Event> {
    let next = this.#dropped + this.#startOf(since, after);
    for (;;) {
      next = Math.max(next, this.#dropped);
      const event = this.#kept[next - this.#dropped];
      if (signal.aborted) return;
      if (event !== undefined) {
        next += 1;
        yield event;
      } else if (follow) await this.#news(signal);
      else return;
    }
  }

  #add(event: Omit<Event, "id">): void {
    const moment = Date.parse(event.at);
    const last = this.#kept.at(-1);
    const count = last?.at === event.at ? Number(last.id.split("-")[1]) + 1 : 0;
    this.#kept.push({ id: `${moment}-${count}`, ...event });
    this.#dropped += this.#kept.splice(0, this.#kept.length - mostKept).length;
    for (const reader of [...this.#readers]) reader();
  }

  /** Of an event that is not kept any more, or was never journalled, its time is what counts: better twice than never. */
  #startOf(since: string | undefined, after: string | undefined): number {
    const seen = after === undefined ? -1 : this.#kept.findIndex(({ id }) => id === after);
    if (seen >= 0) return seen + 1;
    const from = after === undefined ? Date.parse(since ?? "") : Number(after.split("-")[0]);
    if (Number.isNaN(from)) return 0;
    const first = this.#kept.findIndex(({ at }) => Date.parse(at) >= from);
    return first < 0 ? this.#kept.length : first;
  }

  async #news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#readers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#readers.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}

export interface EventWish {
  readonly follow: boolean;
  /** ISO 8601: nothing that is older. */
  readonly since?: string | undefined;
  /** The id of the last event that was seen; it goes before `since`. */
  readonly after?: string;
}
