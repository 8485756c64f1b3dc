import type { Counter, Gauge } from "prom-client";
import type { ServiceKey } from "../compose/model/service.js";
import type { ReconcileResult, RolloutOutcome } from "../control/ports/telemetry.js";
import { conditionTypes } from "../plan/model/condition.js";
import type { ConditionType, ServiceStatus } from "../plan/model/condition.js";
import { atZero, names, tabulate } from "./series.js";
import type { Series } from "./series.js";

const results = names<ReconcileResult>({ success: 0, requeue_after: 0, error: 0, terminal: 0 });
const outcomes = names<RolloutOutcome>({ promoted: 0, "rolled-back": 0, superseded: 0, failed: 0 });
const statuses = names<ConditionStatus>({ True: 0, False: 0, Unknown: 0 });

type GaugeSeries = Gauge.Internal<string>;
type ConditionStatus = ServiceStatus["conditions"][number]["status"];

/** One service's series, their labels resolved once. */
interface OfService {
  readonly labels: { readonly project: string; readonly service: string };
  readonly reconciles: ReadonlyMap<ReconcileResult, Counter.Internal>;
  readonly rollouts: ReadonlyMap<RolloutOutcome, Counter.Internal>;
  readonly lastSuccess: GaugeSeries;
  readonly conditions: ReadonlyMap<ConditionType, ReadonlyMap<ConditionStatus, GaugeSeries>>;
  /** What the gauges say now: only a change touches them. */
  readonly shown: Map<ConditionType, ConditionStatus>;
  info: { readonly image: string; readonly digest: string } | undefined;
}

function define(series: Series) {
  const service = ["project", "service"] as const;
  return {
    reconciles: series.counter("fairlead_reconcile_total", "Reconcile runs, by how they ended.", ...service, "result"),
    rollouts: series.counter("fairlead_rollouts_total", "Finished rollouts, by outcome.", ...service, "outcome"),
    conditions: series.gauge(
      "fairlead_service_condition",
      "1 for the status a condition of a service has now, 0 for the others.",
      ...service,
      "type",
      "status",
    ),
    info: series.gauge(
      "fairlead_service_info",
      "Always 1: the image a service declares and the digest it runs.",
      ...service,
      "image",
      "digest",
    ),
    lastSuccess: series.gauge(
      "fairlead_last_success_timestamp_seconds",
      "When a service was last found or made as declared, in Unix time; 0 before the first time.",
      ...service,
    ),
  };
}

/** A service's series exist from its declaration until it leaves the file; nothing is counted of one that is not declared. */
export class ServiceSeries {
  readonly #all: ReturnType<typeof define>;
  readonly #services = new Map<ServiceKey, OfService>();

  constructor(series: Series) {
    this.#all = define(series);
  }

  declared(key: ServiceKey): void {
    if (this.#services.has(key)) return;
    const all = this.#all;
    const slash = key.indexOf("/");
    const [project, service] = [key.slice(0, slash), key.slice(slash + 1)];
    const lastSuccess = all.lastSuccess.labels(project, service);
    lastSuccess.set(0);
    this.#services.set(key, {
      labels: { project, service },
      reconciles: tabulate(results, (result) => atZero(all.reconciles.labels(project, service, result))),
      rollouts: tabulate(outcomes, (outcome) => atZero(all.rollouts.labels(project, service, outcome))),
      lastSuccess,
      conditions: tabulate(conditionTypes, (type) =>
        tabulate(statuses, (status) => {
          const gauge = all.conditions.labels(project, service, type, status);
          gauge.set(status === "Unknown" ? 1 : 0);
          return gauge;
        }),
      ),
      shown: new Map(conditionTypes.map((type) => [type, "Unknown"])),
      info: undefined,
    });
  }

  removed(key: ServiceKey): void {
    const series = this.#services.get(key);
    if (series === undefined) return;
    const all = this.#all;
    const { labels } = series;
    this.#services.delete(key);
    for (const result of results) all.reconciles.remove({ ...labels, result });
    for (const outcome of outcomes) all.rollouts.remove({ ...labels, outcome });
    for (const type of conditionTypes)
      for (const status of statuses) all.conditions.remove({ ...labels, type, status });
    all.lastSuccess.remove(labels);
    if (series.info !== undefined) all.info.remove({ ...labels, ...series.info });
  }

  reconciled(key: ServiceKey, result: ReconcileResult): void {
    this.#services.get(key)?.reconciles.get(result)?.inc();
  }

  rolloutFinished(key: ServiceKey, outcome: RolloutOutcome): void {
    this.#services.get(key)?.rollouts.get(outcome)?.inc();
  }

  succeeded(key: ServiceKey, epochSeconds: number): void {
    this.#services.get(key)?.lastSuccess.set(epochSeconds);
  }

  status(key: ServiceKey, status: ServiceStatus): void {
    const series = this.#services.get(key);
    if (series === undefined) return;
    for (const type of conditionTypes) {
      const now = status.conditions.find((condition) => condition.type === type)?.status ?? "Unknown";
      const before = series.shown.get(type) ?? "Unknown";
      if (before === now) continue;
      series.conditions.get(type)?.get(before)?.set(0);
      series.conditions.get(type)?.get(now)?.set(1);
      series.shown.set(type, now);
    }
    this.#describe(series, status.image, status.activeDigest ?? "");
  }

  /** Exactly one info series a service: the old one goes before the new one comes. */
  #describe(series: OfService, image: string, digest: string): void {
    if (series.info?.image === image && series.info.digest === digest) return;
    if (series.info !== undefined) this.#all.info.remove({ ...series.labels, ...series.info });
    series.info = { image, digest };
    this.#all.info.set({ ...series.labels, image, digest }, 1);
  }
}
