import type { ServiceKey } from "../../compose/model/service.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { shorten } from "../../plan/steps/render.js";
import type { Catalog } from "../desired/catalog.js";
import type { Events } from "../journal/events.js";
import type { Clock } from "../ports/clock.js";
import type { Telemetry } from "../ports/telemetry.js";
import type { RunOf } from "./memory/run.js";

export interface ReportsOptions {
  readonly catalog: Pick<Catalog, "statuses" | "publish" | "specs">;
  readonly events: Pick<Events, "changed">;
  readonly telemetry: Pick<Telemetry, "status">;
  readonly clock: Pick<Clock, "now">;
  /** As far as it can be seen now. */
  readonly shown: (status: ServiceStatus) => ServiceStatus;
  readonly onChange: (key: ServiceKey, before: ServiceStatus | undefined, now: ServiceStatus | undefined) => void;
}

/** What a run says of how its service stands: to people, to metrics, and to those who wait for it. */
export class Reports {
  constructor(private readonly options: ReportsOptions) {}

  /** What was said last. */
  of(key: ServiceKey): ServiceStatus | undefined {
    return this.options.catalog.statuses.get(key);
  }

  /** Undefined: nothing of the service is left. */
  publish({ key, log }: RunOf, judged: ServiceStatus | undefined, onItsWay = false): void {
    const { catalog, events, telemetry, clock, shown, onChange } = this.options;
    const status = judged === undefined ? undefined : shown(judged);
    const before = this.of(key);
    const ready = readyOf(status);
    const was = readyOf(before);
    if (status !== undefined && ready !== undefined && (ready.reason !== was?.reason || ready.status !== was.status)) {
      events.changed(status, clock.now());
      log.info({ reason: ready.reason, sync: status.sync, health: status.health }, shorten(ready.message));
    }
    catalog.publish(key, status, onItsWay);
    onChange(key, before, status);
    if (status !== undefined && catalog.specs.has(key)) telemetry.status(key, status);
  }
}

function readyOf(status: ServiceStatus | undefined) {
  return status?.conditions.find((condition) => condition.type === "Ready");
}
