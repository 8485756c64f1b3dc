import { asFairleadError } from "../../errors.js";
import { keyOf, runOf } from "../../plan/model/host/observed.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import { Funnel } from "../../tools/sharing/funnel.js";
import { mergeByTime } from "../../tools/merge.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { LogQuery } from "../ports/logs.js";
import { pause } from "../time/pause.js";
import type { LogEntry, LogReading, LogWish } from "./surface.js";

export interface LogsOptions {
  readonly engine: Pick<Engine, "logs">;
  readonly look: () => Promise<HostSnapshot>;
  readonly clock: Clock;
}

/** A look costs nothing while nothing happens on the host. */
const pollMs = 500;

/** Throws FairleadError where the host cannot be seen. What cannot be read of one container is said in its place. */
export async function openLogs(options: LogsOptions, wish: LogWish, signal: AbortSignal): Promise<LogReading> {
  const reading = new Reading(options, wish, signal);
  const containers = await reading.begin();
  return { containers, entries: reading.entries() };
}

/** How far one container's log has been read. */
interface Place {
  container: ObservedContainer;
  /** It was there before the reading: what it had logged counts only as far as was wished. */
  readonly isOld: boolean;
  /** The time of the last line that was read. */
  last: string | undefined;
  /** The start of the run that is followed, or was to its end; absent: it is to be. */
  ranSince: number | undefined;
  isOpen: boolean;
  /** Asking again would bring the same answer, until it is started again. */
  isGivenUp: boolean;
}

/** One request's way through the logs: first what is there, in order of time, then what comes. */
class Reading {
  readonly #places = new Map<string, Place>();
  /** What had had its time before the reading began. */
  readonly #past = new Set<string>();
  readonly #funnel: Funnel<LogEntry>;

  constructor(
    private readonly options: LogsOptions,
    private readonly wish: LogWish,
    private readonly signal: AbortSignal,
  ) {
    this.#funnel = new Funnel(signal);
  }

  /** Answers the names of the containers that there are to read. */
  async begin(): Promise<readonly string[]> {
    for (const container of await this.#containers()) {
      if (isConcerned(container)) this.#places.set(container.id, placeOf(container, true));
      else this.#past.add(container.id);
    }
    return [...this.#places.values()].map(({ container }) => container.name);
  }

  async *entries(): AsyncGenerator<LogEntry> {
    const { follow, tail, since } = this.wish;
    const places = [...this.#places.values()];
    yield* mergeByTime(places.map((place) => this.#read(place, { follow: false, tail, since })));
    if (!follow) return;
    void this.#keepLooking();
    yield* this.#funnel.items();
  }

  async #keepLooking(): Promise<void> {
    while (!this.signal.aborted) {
      // An engine that is out of reach comes back, or the reader goes.
      const containers = await this.#containers().catch(() => undefined);
      if (containers !== undefined) this.#compare(containers);
      await pause(this.options.clock, pollMs, this.signal);
    }
  }

  #compare(containers: readonly ObservedContainer[]): void {
    if (this.signal.aborted) return;
    const present = new Map(containers.map((container) => [container.id, container]));
    for (const [id, { isOpen }] of this.#places) if (!isOpen && !present.has(id)) this.#places.delete(id);
    for (const container of present.values()) {
      const known = this.#places.get(container.id);
      if (known === undefined && this.#past.has(container.id) && !isConcerned(container)) continue;
      const place = known ?? placeOf(container, false);
      this.#places.set(container.id, place);
      place.container = container;
      const isAnotherRun = runOf(container) !== place.ranSince;
      if (isAnotherRun) place.isGivenUp = false;
      if (place.isOpen || place.isGivenUp || !(isAnotherRun || container.state === "running")) continue;
      place.ranSince = runOf(container);
      void this.#follow(place);
    }
  }

  async #follow(place: Place): Promise<void> {
    place.isOpen = true;
    const { tail, since } = this.wish;
    const rest = place.last === undefined ? (place.isOld ? { tail, since } : {}) : { since: place.last };
    for await (const entry of this.#read(place, { follow: true, ...rest })) await this.#funnel.put(entry);
    place.isOpen = false;
  }

  /** From where it was left; never throws. */
  async *#read(place: Place, query: LogQuery): AsyncGenerator<LogEntry> {
    const left = place.last ?? "";
    try {
      for await (const line of await this.options.engine.logs(place.container.id, query, this.signal)) {
        if (line.at <= left) continue;
        // What several tasks of a cluster say comes about in order.
        if (line.at > (place.last ?? "")) place.last = line.at;
        yield { ...whose(place), ...line };
      }
    } catch (thrown) {
      const { code, message } = asFairleadError(thrown);
      if (code === "EngineUnreachable" && this.wish.follow) {
        place.ranSince = undefined;
        return;
      }
      place.isGivenUp = true;
      place.ranSince = runOf(place.container);
      if (code !== "ContainerGone" && !this.signal.aborted) yield { ...whose(place), notice: message };
    }
  }

  async #containers(): Promise<readonly ObservedContainer[]> {
    const { of } = this.wish;
    const { containers } = await this.options.look();
    return of === "all" ? containers : containers.filter((container) => of.includes(keyOf(container)));
  }
}

/** It serves, or is to; or it runs, whatever it is: a job, or one that has given way and is on its way out. */
function isConcerned({ role, job, state }: ObservedContainer): boolean {
  return state === "running" || (job === undefined && (role === "active" || role === "next"));
}

function placeOf(container: ObservedContainer, isOld: boolean): Place {
  // One that runs may have ended by the next look, and what it says until then is to be read all the same.
  const ranSince = isOld && container.state !== "running" ? runOf(container) : undefined;
  return { container, isOld, last: undefined, ranSince, isOpen: false, isGivenUp: false };
}

function whose({ container: { project, service, name } }: Place) {
  return { project, service, container: name };
}
