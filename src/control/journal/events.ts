import type { ServiceKey } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { printable } from "../../tools/printable.js";
import type { Provenance } from "../ports/source.js";
import type { Entry } from "./entry.js";
import { eventOf, type Event } from "./event.js";

const mostKept = 1_000;
/** Of these, deliveries: whoever can reach a hook causes as many as they like, and displaces nothing else. */
const mostDeliveries = 200;

/**
 * What has happened lately: what the journal has been told, and what it is not told: changes of state, files, deliveries.
 * Readers are handed what is kept from where they are: one that is too slow misses events, and keeps none of them in memory.
 */
export class Events {
  readonly #kept: { readonly number: number; readonly event: Event }[] = [];
  #count = 0;
  #deliveries = 0;
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
    this.told({ project, service, type: "state", reason, message, ...digest }, at);
  }

  /** Something that the journal is not told of. */
  told(event: Omit<Event, "id" | "at">, at: number): void {
    this.#add({ at: new Date(at).toISOString(), ...event });
  }

  /** The last ones of a type, newest first. */
  lately(type: Event["type"], most: number): readonly Event[] {
    return this.#kept
      .flatMap(({ event }) => (event.type === type ? [event] : []))
      .slice(-most)
      .reverse();
  }

  /** From where it is wished, oldest first; followed, until the signal aborts. */
  async *read({ follow, since, after }: EventWish, signal: AbortSignal): AsyncGenerator<Event> {
    let next = this.#startOf(since, after);
    for (;;) {
      const found = this.#kept[this.#placeOf(next)];
      if (signal.aborted) return;
      if (found !== undefined) {
        next = found.number + 1;
        yield found.event;
      } else if (follow) await this.#news(signal);
      else return;
    }
  }

  #add(event: Omit<Event, "id">): void {
    const moment = Date.parse(event.at);
    const last = this.#kept.at(-1)?.event;
    const count = last?.at === event.at ? Number(last.id.split("-")[1]) + 1 : 0;
    this.#kept.push({ number: this.#count, event: { id: `${moment}-${count}`, ...event } });
    this.#count += 1;
    if (event.type === "delivery") this.#deliveries += 1;
    if (this.#deliveries > mostDeliveries)
      this.#drop(this.#kept.findIndex(({ event: { type } }) => type === "delivery"));
    if (this.#kept.length > mostKept) this.#drop(0);
    for (const reader of [...this.#readers]) reader();
  }

  #drop(place: number): void {
    const [dropped] = this.#kept.splice(place, 1);
    if (dropped?.event.type === "delivery") this.#deliveries -= 1;
  }

  /** Where the first is that is kept from this number on. */
  #placeOf(number: number): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#kept[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Of an event that is not kept any more, or was never journalled, its time is what counts: better twice than never. */
  #startOf(since: string | undefined, after: string | undefined): number {
    const seen = after === undefined ? undefined : this.#kept.find(({ event: { id } }) => id === after);
    if (seen !== undefined) return seen.number + 1;
    const from = after === undefined ? Date.parse(since ?? "") : Number(after.split("-")[0]);
    if (Number.isNaN(from)) return 0;
    return this.#kept.find(({ event: { at } }) => Date.parse(at) >= from)?.number ?? this.#count;
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
