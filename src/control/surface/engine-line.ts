import { serviceKey } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { withoutSight } from "../../plan/status/trouble.js";
import type { Catalog } from "../desired/catalog.js";
import type { Events } from "../journal/events.js";
import type { Clock } from "../ports/clock.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { EngineState } from "./engine-state.js";

export interface EngineLineOptions {
  readonly catalog: Catalog;
  readonly events: Pick<Events, "changed">;
  readonly telemetry: Telemetry;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly skewMs: () => number;
}

/** Proxies cut streams that have been open for long, or in which nothing was said: what is back so soon was not away. */
const graceMs = 1_000;

/**
 * Whether the engine can be reached, as its event stream tells. While it can not, nobody sees how services stand: that is
 * said at once, and not only when each is looked at again.
 */
export class EngineLine {
  #cancel: () => void = () => undefined;
  #lost: { readonly message: string; readonly since: number } | undefined;
  #hasMet = false;
  readonly #began: number;

  constructor(private readonly options: EngineLineOptions) {
    this.#began = options.clock.now();
  }

  found(): void {
    this.#cancel();
    this.#lost = undefined;
    this.#hasMet = true;
    this.options.telemetry.engineUp(true);
  }

  lost(message: string): void {
    const { clock } = this.options;
    const lost = { message, since: this.#lost?.since ?? clock.now() };
    this.#cancel();
    this.#cancel = clock.after(graceMs, () => {
      this.#lost = lost;
      this.options.telemetry.engineUp(false);
      this.showAll();
    });
  }

  /** Nothing is told any more. */
  stop(): void {
    this.#cancel();
  }

  state(): EngineState {
    const { skewMs } = this.options;
    const clockSkewSeconds = skewMs() / 1_000;
    if (this.#hasMet && this.#lost === undefined) return { kind: "reachable", clockSkewSeconds };
    const { message, since } = this.#lost ?? { message: "it has not answered yet", since: this.#began };
    return { kind: "unreachable", since: new Date(since).toISOString(), message, clockSkewSeconds };
  }

  /** A service as far as it can be seen now. */
  shown(status: ServiceStatus): ServiceStatus {
    if (this.#lost === undefined) return status;
    const { catalog, clock } = this.options;
    const before = catalog.statuses.get(serviceKey(status.project, status.service));
    return withoutSight(status, this.#lost.message, clock.now(), before);
  }

  /** All services, those that are new as well. */
  showAll(): void {
    if (this.#lost === undefined) return;
    const { catalog, events, telemetry, clock } = this.options;
    for (const [key, status] of catalog.statuses) {
      const shown = this.shown(status);
      if (readyOf(shown)?.reason !== readyOf(status)?.reason) events.changed(shown, clock.now());
      catalog.publish(key, shown, catalog.isOnItsWay(key));
      if (catalog.specs.has(key)) telemetry.status(key, shown);
    }
  }
}

function readyOf({ conditions }: ServiceStatus) {
  return conditions.find(({ type }) => type === "Ready");
}
