import { isDeepStrictEqual } from "node:util";
import PQueue from "p-queue";
import { specHash } from "../../compose/model/hash.js";
import type { ProbeSpec, ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { keyOf, runOf } from "../../plan/model/host/observed.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../plan/model/host/observed.js";
import type { NetworkLocation } from "../../plan/model/host/location.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";
import type { Prober } from "../ports/prober.js";
import { isProbed, withProbe } from "./effective-health.js";
import { answered, pauseMs, unasked } from "./probe-state.js";
import type { ProbeState } from "./probe-state.js";

export interface ProbesOptions {
  readonly prober: Prober;
  readonly clock: Clock;
  readonly log: Log;
  /** Questions under way at once. One that hangs keeps its place for its timeout, and its interval frees it for others. */
  readonly concurrency: number;
  readonly declared: (key: ServiceKey) => ServiceSpec | undefined;
  /** What the probe says of a service's container has changed. */
  readonly onChange: (key: ServiceKey) => void;
}

/** The asking of one run of one container. */
interface Watch {
  readonly key: ServiceKey;
  readonly id: string;
  readonly run: number | undefined;
  readonly probe: ProbeSpec;
  /** By the monotonic clock, as the times in `state`. */
  readonly since: number;
  readonly over: AbortController;
  name: string;
  location: NetworkLocation | undefined;
  state: ProbeState;
  /** How the container is shown by what both say. */
  shown: Shown | undefined;
  cancel: () => void;
}

interface Shown {
  readonly container: ObservedContainer;
  readonly state: ProbeState;
  readonly as: ObservedContainer;
}

/**
 * Probes run beside the reconcile loop; what they say is observed like the host. Nothing of it is kept: after a restart
 * of ours every container is `starting` until it has answered.
 */
export class Probes {
  readonly #watches = new Map<string, Watch>();
  readonly #places: PQueue;
  /** Counts what probes have said, and who is asked. */
  #says = 0;
  #overlaid: { readonly of: HostSnapshot; readonly says: number; readonly host: HostSnapshot } | undefined;
  #stopped = false;

  constructor(private readonly options: ProbesOptions) {
    this.#places = new PQueue({ concurrency: options.concurrency });
  }

  /** The host as the planner is to see it. Begins to ask what has come, and ends the asking of what has gone. */
  overlay(host: HostSnapshot): HostSnapshot {
    const before = this.#overlaid;
    if (before?.of === host && before.says === this.#says) return before.host;
    this.#follow(host);
    const shown =
      this.#watches.size === 0 ? host : { ...host, containers: host.containers.map((one) => this.#show(one)) };
    this.#overlaid = { of: host, says: this.#says, host: shown };
    return shown;
  }

  #show(container: ObservedContainer): ObservedContainer {
    const watch = this.#watchOf(container);
    if (watch === undefined) return container;
    const { state, since, probe, shown } = watch;
    if (shown?.container === container && shown.state === state) return shown.as;
    const epoch = this.#epoch();
    const as = withProbe(container, probe, { ...state, since: state.since + epoch }, since + epoch);
    watch.shown = { container, state, as };
    return as;
  }

  /** Asks nothing more, and resolves when no question is under way. What was said still holds for the runs that end now. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const watch of this.#watches.values()) halt(watch);
    await this.#places.onIdle();
  }

  #follow(host: HostSnapshot): void {
    const asked = new Set<Watch>();
    for (const container of host.containers) {
      const probe = isProbed(container) ? this.#probeFor(container) : undefined;
      if (probe === undefined) continue;
      const known = this.#watchOf(container);
      const watch =
        known !== undefined && isDeepStrictEqual(known.probe, probe) ? known : this.#begin(container, probe);
      watch.name = container.name;
      watch.location = locate(container, host);
      asked.add(watch);
    }
    for (const watch of [...this.#watches.values()]) if (!asked.has(watch)) this.#end(watch);
  }

  /** A probe is declared together with a spec: what runs with an older one keeps the probe it had, if we know it. */
  #probeFor(container: ObservedContainer): ProbeSpec | undefined {
    const spec = this.options.declared(keyOf(container));
    if (spec?.probe === undefined) return undefined;
    return container.specHash === specHash(spec) ? spec.probe : this.#watchOf(container)?.probe;
  }

  /** Of this very run of it. */
  #watchOf(container: ObservedContainer): Watch | undefined {
    const watch = this.#watches.get(container.id);
    return watch?.run === runOf(container) ? watch : undefined;
  }

  #begin(container: ObservedContainer, probe: ProbeSpec): Watch {
    const earlier = this.#watches.get(container.id);
    if (earlier !== undefined) this.#end(earlier);
    const now = this.options.clock.monotonic();
    const { id, name, startedAt } = container;
    const watch: Watch = {
      key: keyOf(container),
      id,
      name,
      run: runOf(container),
      probe,
      since: now,
      over: new AbortController(),
      location: undefined,
      state: unasked(startedAt === undefined ? now : startedAt - this.#epoch(), probe, now),
      shown: undefined,
      cancel: () => undefined,
    };
    this.#says += 1;
    this.#watches.set(id, watch);
    this.#enqueue(watch);
    return watch;
  }

  /** When our monotonic clock stood at 0: no clock that is set makes a probe's word older. */
  #epoch(): number {
    const { clock } = this.options;
    return clock.now() - clock.monotonic();
  }

  #end(watch: Watch): void {
    this.#says += 1;
    halt(watch);
    if (this.#watches.get(watch.id) === watch) this.#watches.delete(watch.id);
  }

  #enqueue(watch: Watch): void {
    if (!this.#stopped) void this.#places.add(() => this.#ask(watch));
  }

  async #ask(watch: Watch): Promise<void> {
    const { prober, clock } = this.options;
    const { id, probe, over, location, state: before } = watch;
    if (over.signal.aborted) return;
    const askedAt = clock.monotonic();
    const answer = await prober.attempt({ container: id, location }, probe.check, probe.timeoutMs, over.signal);
    if (isAborted(over.signal)) return;
    const after = answered(before, answer, probe, { askedAt, now: clock.monotonic() });
    if (!isDeepStrictEqual(after, before)) {
      watch.state = after;
      this.#says += 1;
    }
    watch.cancel = clock.after(pauseMs(watch.state, probe), () => {
      this.#enqueue(watch);
    });
    if (watch.state.health !== before.health) this.#report(watch);
  }

  #report({ key, name, state }: Watch): void {
    const { log, onChange } = this.options;
    const fields = { key, container: name, health: state.health };
    if (state.health === "healthy") log.info(fields, `${name} answers its probe`);
    else log.warn({ ...fields, problem: state.problem }, `${name} fails its probe`);
    onChange(key);
  }
}

function halt(watch: Watch): void {
  watch.cancel();
  watch.over.abort();
}

/** A function of its own: the compiler takes a property it has once seen false for false ever after. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** The address of the container whose network it is, where that is one of ours. */
function locate({ location }: ObservedContainer, host: HostSnapshot): NetworkLocation | undefined {
  if (location?.kind !== "container") return location;
  return host.containers.find(({ id }) => id === location.container)?.location ?? location;
}
