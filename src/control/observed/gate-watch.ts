import { isDeepStrictEqual } from "node:util";
import { serviceKey } from "../../compose/model/service.js";
import type { ServiceKey } from "../../compose/model/service.js";
import { asFairleadError } from "../../errors.js";
import { runOf } from "../../plan/model/host/observed.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { GateState, ObservedContainer } from "../../plan/model/host/observed.js";
import type { Clock } from "../ports/clock.js";
import type { Gates } from "../ports/gates.js";
import type { Log } from "../ports/log.js";

export interface GateWatchOptions {
  readonly gates: Gates;
  readonly clock: Clock;
  readonly log: Log;
}

/** Nobody but us steers a gate: what it said holds so long, unless something under way behind it may have ended. */
const freshMs = 60_000;

interface Seen {
  readonly run: number | undefined;
  /** By the monotonic clock. */
  readonly at: number;
  readonly state: GateState;
}

/**
 * What gates do is no part of what the engine shows of them: they are asked when a service behind one is looked at, as
 * rarely as that answers the question. Nothing is kept: after a restart of ours they are asked again.
 */
export class GateWatch {
  /** By container id. */
  readonly #seen = new Map<string, Seen>();
  /** Counts what gates have said. */
  #says = 0;
  #shown: { readonly of: HostSnapshot; readonly says: number; readonly host: HostSnapshot } | undefined;
  readonly #shownGates = new WeakMap<ObservedContainer, ObservedContainer>();
  #gates: { readonly in: HostSnapshot["containers"]; readonly gates: readonly ObservedContainer[] } = {
    in: [],
    gates: [],
  };

  constructor(private readonly options: GateWatchOptions) {}

  /**
   * The host with what gates say now: the one of this service, or this gate itself; without a key all of them. One that
   * does not answer is unknown.
   */
  async look(host: HostSnapshot, key?: ServiceKey): Promise<HostSnapshot> {
    const gates = this.#gatesIn(host);
    if (gates.length === 0) return host;
    await Promise.all(gates.filter((gate) => concerns(gate, key)).map((gate) => this.#ask(gate)));
    const before = this.#shown;
    if (before?.of === host && before.says === this.#says) return before.host;
    const shown = { ...host, containers: host.containers.map((container) => this.#show(container)) };
    this.#shown = { of: host, says: this.#says, host: shown };
    return shown;
  }

  /** Those that run. */
  #gatesIn({ containers }: HostSnapshot): readonly ObservedContainer[] {
    if (this.#gates.in === containers) return this.#gates.gates;
    const gates = containers.filter(({ gate, state }) => gate !== undefined && state === "running");
    this.#gates = { in: containers, gates };
    const ids = new Set(containers.map(({ id }) => id));
    for (const id of this.#seen.keys()) if (!ids.has(id)) this.#seen.delete(id);
    return gates;
  }

  /** What it said does not hold any more. */
  forget(container: string): void {
    const seen = this.#seen.get(container);
    if (seen !== undefined) this.#seen.set(container, { ...seen, at: -Infinity });
  }

  async #ask(gate: ObservedContainer): Promise<void> {
    const { id, name } = gate;
    const run = runOf(gate);
    const { gates, clock, log } = this.options;
    const seen = this.#seen.get(id);
    const before = seen?.run === run ? seen : undefined;
    const drains = before?.state.routes.some(({ open, sessions }) => !open && sessions > 0) ?? false;
    if (before !== undefined && !drains && clock.monotonic() - before.at < freshMs) return;
    try {
      const said = await gates.state(id, clock.now());
      const state = isDeepStrictEqual(said, before?.state) ? (before?.state ?? said) : said;
      if (state !== before?.state) this.#says += 1;
      this.#seen.set(id, { run, at: clock.monotonic(), state });
    } catch (thrown) {
      if (this.#seen.delete(id)) this.#says += 1;
      log.warn({ gate: name, error: asFairleadError(thrown).message }, "the gate does not answer");
    }
  }

  #show(container: ObservedContainer): ObservedContainer {
    const seen = this.#seen.get(container.id);
    const isSame = container.state === "running" && seen?.run === runOf(container);
    if (container.gate === undefined || seen === undefined || !isSame) return container;
    const before = this.#shownGates.get(container);
    if (before?.gate?.state === seen.state) return before;
    const shown = { ...container, gate: { of: container.gate.of, state: seen.state } };
    this.#shownGates.set(container, shown);
    return shown;
  }
}

function concerns({ project, service, gate }: ObservedContainer, key: ServiceKey | undefined): boolean {
  if (key === undefined || serviceKey(project, service) === key) return true;
  return gate !== undefined && serviceKey(project, gate.of) === key;
}
