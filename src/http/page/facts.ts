import type { ServiceKey } from "../../compose/model/service.js";
import type { Event } from "../../control/journal/event.js";
import { patchBetween } from "../../control/surface/compare/patch.js";
import type { Surface } from "../../control/surface/surface.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { ServiceFacts } from "./views/service.js";

const mostEvents = 40;

type Slow = Pick<ServiceFacts, "explanation" | "history" | "lastChange" | "toCome">;

/**
 * What is known of one service, for as long as somebody looks at it: what asks the engine much is asked for again only when
 * something has happened.
 */
export class FactsReader {
  #seen: { readonly of: string; readonly slow: Slow } | undefined;

  constructor(
    private readonly surface: Surface,
    private readonly key: ServiceKey,
  ) {}

  /** Undefined: no such service. */
  async read(): Promise<ServiceFacts | undefined> {
    const { surface, key } = this;
    const status = surface.service(key);
    if (status === undefined) return undefined;
    const events = await eventsOf(surface, key);
    const [slow, replicas] = await Promise.all([
      this.#slow(status, events[0]?.id),
      surface.replicas(key).catch(() => undefined),
    ]);
    const { rollout } = surface.progress(key);
    return { status, events, replicas, rollout, now: Date.now(), ...slow };
  }

  async #slow(status: ServiceStatus, lastEvent: string | undefined): Promise<Slow> {
    const { observedAt: _observedAt, ...state } = status;
    const of = `${JSON.stringify(state)} ${lastEvent ?? ""}`;
    if (this.#seen?.of !== of) this.#seen = { of, slow: await readSlow(this.surface, this.key, status) };
    return this.#seen.slow;
  }
}

/** What cannot be told now, as while the engine is away, is left out. */
async function readSlow(surface: Surface, key: ServiceKey, { service }: ServiceStatus): Promise<Slow> {
  const [explanation, history, comparison] = await Promise.all([
    surface.explain(key).catch(() => undefined),
    surface.history(key).catch(() => undefined),
    surface.diff(key).catch(() => undefined),
  ]);
  if (comparison === undefined) return { explanation, history };
  const { file, running, previous } = comparison;
  const [lastChange, toCome] = await Promise.all([
    previous === undefined ? "" : patchBetween(service, previous, running),
    running === undefined ? "" : patchBetween(service, running, file),
  ]);
  return { explanation, history, lastChange, toCome };
}

/** Newest first. */
async function eventsOf(surface: Surface, key: ServiceKey): Promise<readonly Event[]> {
  const all = await allEvents(surface);
  return all.filter(({ project, service }) => `${project ?? ""}/${service ?? ""}` === key).slice(0, mostEvents);
}

/** Newest first. */
export async function allEvents(surface: Surface): Promise<readonly Event[]> {
  const all: Event[] = [];
  for await (const event of surface.events({ follow: false }, new AbortController().signal)) all.push(event);
  return all.reverse();
}
