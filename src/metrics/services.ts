import type { Counter, Gauge } from "prom-client";
import type { ServiceKey } from "../compose/model/service.js";
import type {
  ReconcileResult,
  RolloutOutcome,
  SignatureOutcome,
  TagPromotionOutcome,
} from "../control/ports/telemetry.js";
import { conditionTypes } from "../plan/model/condition.js";
import type { ConditionType, Reason, ReplicaCount, ServiceStatus } from "../plan/model/condition.js";
import { atZero, names, tabulate } from "./series.js";
import type { Series } from "./series.js";

const results = names<ReconcileResult>({ success: 0, requeue_after: 0, error: 0, terminal: 0 });
const outcomes = names<RolloutOutcome>({ promoted: 0, "rolled-back": 0, superseded: 0, failed: 0 });
const checks = names<SignatureOutcome>({ verified: 0, missing: 0, invalid: 0, unavailable: 0 });
const promotions = names<TagPromotionOutcome>({ moved: 0, unchanged: 0, refused: 0, failed: 0 });
const statuses = names<ConditionStatus>({ True: 0, False: 0, Unknown: 0 });
const syncs = names<Sync>({ Synced: 0, OutOfSync: 0, Held: 0, Pinned: 0, Paused: 0, Stopped: 0, Unknown: 0 });
const counts = names<keyof ReplicaCount>({ desired: 0, ready: 0, updated: 0 });

type GaugeSeries = Gauge.Internal<string>;
type Sync = ServiceStatus["sync"];
type ConditionStatus = ServiceStatus["conditions"][number]["status"];

const unseen: Reason = "NotObserved";

/** One service's series, their labels resolved once. */
interface OfService {
  readonly labels: { readonly project: string; readonly service: string };
  readonly reconciles: ReadonlyMap<ReconcileResult, Counter.Internal>;
  readonly rollouts: ReadonlyMap<RolloutOutcome, Counter.Internal>;
  readonly signatures: ReadonlyMap<SignatureOutcome, Counter.Internal>;
  readonly promotions: ReadonlyMap<TagPromotionOutcome, Counter.Internal>;
  readonly lastSuccess: GaugeSeries;
  readonly rolloutStarted: GaugeSeries;
  readonly conditions: ReadonlyMap<ConditionType, ReadonlyMap<ConditionStatus, GaugeSeries>>;
  /** What the gauges say now: only a change touches them. */
  readonly shown: Map<ConditionType, ConditionStatus>;
  readonly syncs: ReadonlyMap<Sync, GaugeSeries>;
  sync: Sync;
  reason: Reason;
  readonly replicas: ReadonlyMap<keyof ReplicaCount, GaugeSeries>;
  info: { readonly image: string; readonly digest: string } | undefined;
}

function define(series: Series) {
  const service = ["project", "service"] as const;
  return {
    reconciles: series.counter("fairlead_reconcile_total", "Reconcile runs, by how they ended.", ...service, "result"),
    rollouts: series.counter("fairlead_rollouts_total", "Finished rollouts, by outcome.", ...service, "outcome"),
    signatures: series.counter(
      "fairlead_signature_checks_total",
      "Questions to registries whether an image of a service is signed, by what came of them.",
      ...service,
      "outcome",
    ),
    promotions: series.counter(
      "fairlead_tag_promotions_total",
      "Tags that were to be moved to what a service has proved: moved, unchanged (there already), refused, or failed.",
      ...service,
      "outcome",
    ),
    conditions: series.gauge(
      "fairlead_service_condition",
      "1 for the status a condition of a service has now, 0 for the others.",
      ...service,
      "type",
      "status",
    ),
    sync: series.gauge(
      "fairlead_service_sync",
      "1 for what a service's sync is now, 0 for what else it could be.",
      ...service,
      "sync",
    ),
    reason: series.gauge(
      "fairlead_service_reason",
      "Always 1: the reason of a service's condition Ready.",
      ...service,
      "reason",
    ),
    replicas: {
      desired: series.gauge("fairlead_service_replicas_desired", "Replicas that a service is to have.", ...service),
      ready: series.gauge("fairlead_service_replicas_ready", "Replicas of a service that serve.", ...service),
      updated: series.gauge(
        "fairlead_service_replicas_updated",
        "Replicas of a service that have the wanted spec and digest, and have proved themselves.",
        ...service,
      ),
    },
    info: series.gauge(
      "fairlead_service_info",
      "Always 1: the image a service follows, with its tag, and the digest it runs.",
      ...service,
      "image",
      "digest",
    ),
    rolloutStarted: series.gauge(
      "fairlead_rollout_started_timestamp_seconds",
      "When the rollout of a service began that is under way, in Unix time; 0 while none is.",
      ...service,
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
    const rolloutStarted = all.rolloutStarted.labels(project, service);
    rolloutStarted.set(0);
    all.reason.set({ project, service, reason: unseen }, 1);
    this.#services.set(key, {
      labels: { project, service },
      reconciles: tabulate(results, (result) => atZero(all.reconciles.labels(project, service, result))),
      rollouts: tabulate(outcomes, (outcome) => atZero(all.rollouts.labels(project, service, outcome))),
      signatures: tabulate(checks, (outcome) => atZero(all.signatures.labels(project, service, outcome))),
      promotions: tabulate(promotions, (outcome) => atZero(all.promotions.labels(project, service, outcome))),
      lastSuccess,
      rolloutStarted,
      conditions: tabulate(conditionTypes, (type) =>
        tabulate(statuses, (status) => {
          const gauge = all.conditions.labels(project, service, type, status);
          gauge.set(status === "Unknown" ? 1 : 0);
          return gauge;
        }),
      ),
      shown: new Map(conditionTypes.map((type) => [type, "Unknown"])),
      syncs: tabulate(syncs, (sync) => {
        const gauge = all.sync.labels(project, service, sync);
        gauge.set(sync === "Unknown" ? 1 : 0);
        return gauge;
      }),
      sync: "Unknown",
      reason: unseen,
      replicas: tabulate(counts, (count) => {
        const gauge = all.replicas[count].labels(project, service);
        gauge.set(0);
        return gauge;
      }),
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
    for (const outcome of checks) all.signatures.remove({ ...labels, outcome });
    for (const outcome of promotions) all.promotions.remove({ ...labels, outcome });
    for (const type of conditionTypes)
      for (const status of statuses) all.conditions.remove({ ...labels, type, status });
    all.lastSuccess.remove(labels);
    all.rolloutStarted.remove(labels);
    for (const sync of syncs) all.sync.remove({ ...labels, sync });
    all.reason.remove({ ...labels, reason: series.reason });
    for (const count of counts) all.replicas[count].remove(labels);
    if (series.info !== undefined) all.info.remove({ ...labels, ...series.info });
  }

  reconciled(key: ServiceKey, result: ReconcileResult): void {
    this.#services.get(key)?.reconciles.get(result)?.inc();
  }

  rolloutFinished(key: ServiceKey, outcome: RolloutOutcome): void {
    this.#services.get(key)?.rollouts.get(outcome)?.inc();
  }

  signatureChecked(key: ServiceKey, outcome: SignatureOutcome): void {
    this.#services.get(key)?.signatures.get(outcome)?.inc();
  }

  tagPromoted(key: ServiceKey, outcome: TagPromotionOutcome): void {
    this.#services.get(key)?.promotions.get(outcome)?.inc();
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
    series.syncs.get(series.sync)?.set(0);
    series.syncs.get(status.sync)?.set(1);
    series.sync = status.sync;
    for (const count of counts) series.replicas.get(count)?.set(status.replicas[count]);
    const { lastRollout: rollout } = status;
    const isUnderWay = rollout !== undefined && rollout.finishedAt === undefined;
    series.rolloutStarted.set(isUnderWay ? Date.parse(rollout.startedAt) / 1_000 : 0);
    this.#reason(series, status.conditions.find(({ type }) => type === "Ready")?.reason ?? unseen);
    this.#describe(series, status.image, status.activeDigest ?? "");
  }

  /** Exactly one reason a service. */
  #reason(series: OfService, reason: Reason): void {
    if (series.reason === reason) return;
    this.#all.reason.remove({ ...series.labels, reason: series.reason });
    series.reason = reason;
    this.#all.reason.set({ ...series.labels, reason }, 1);
  }

  /** Exactly one info series a service: the old one goes before the new one comes. */
  #describe(series: OfService, image: string, digest: string): void {
    if (series.info?.image === image && series.info.digest === digest) return;
    if (series.info !== undefined) this.#all.info.remove({ ...series.labels, ...series.info });
    series.info = { image, digest };
    this.#all.info.set({ ...series.labels, image, digest }, 1);
  }
}
