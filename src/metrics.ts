import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ServiceKey } from "./compose/model/service.js";
import type { JournalState } from "./control/journal/standing.js";
import type {
  ReconcileResult,
  RolloutOutcome,
  SourceResult,
  SourceTelemetry,
  Telemetry,
} from "./control/ports/telemetry.js";
import { type HookOutcome, hookOutcomes, type HookType, hookTypes } from "./http/hooks/outcome.js";
import { type ConditionType, conditionTypes, type ServiceStatus } from "./plan/model/condition.js";
import type { StepKind } from "./plan/model/step.js";
import { openFileLimit, openFilesNow } from "./process/open-files.js";

/** Seconds. A run that changes nothing takes milliseconds, a step seconds, a rollout minutes. */
const runBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];
const stepBuckets = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const rolloutBuckets = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

const queue = { name: "services" } as const;

/** Records, not lists: a word added to one of these unions does not compile until it has its series. */
const results = names<ReconcileResult>({ success: 0, requeue_after: 0, error: 0, terminal: 0 });
const outcomes = names<RolloutOutcome>({ promoted: 0, "rolled-back": 0, superseded: 0, failed: 0 });
const sourceResults = names<SourceResult>({ unchanged: 0, fetched: 0, failed: 0 });
const statuses = names<ConditionStatus>({ True: 0, False: 0, Unknown: 0 });
const steps = names<StepKind>({
  "create-network": 0,
  "remove-network": 0,
  "create-volume": 0,
  "pull-image": 0,
  "build-image": 0,
  "tag-image": 0,
  "create-container": 0,
  "write-files": 0,
  "connect-network": 0,
  "disconnect-network": 0,
  "rehearse-start": 0,
  "start-container": 0,
  "stop-container": 0,
  "signal-container": 0,
  "pre-stop": 0,
  "post-start": 0,
  "note-leaving": 0,
  "set-restart-policy": 0,
  "rename-container": 0,
  "remove-container": 0,
  "remove-image": 0,
  "set-routes": 0,
  "keep-logs": 0,
  "note-refusal": 0,
  "note-reload": 0,
  "create-helper": 0,
  "hand-over": 0,
});

type GaugeSeries = Gauge.Internal<string>;
type ConditionStatus = ServiceStatus["conditions"][number]["status"];

/** One service's series, their labels resolved once. */
interface ServiceSeries {
  readonly labels: { readonly project: string; readonly service: string };
  readonly reconciles: ReadonlyMap<ReconcileResult, Counter.Internal>;
  readonly rollouts: ReadonlyMap<RolloutOutcome, Counter.Internal>;
  readonly lastSuccess: GaugeSeries;
  readonly conditions: ReadonlyMap<ConditionType, ReadonlyMap<ConditionStatus, GaugeSeries>>;
  /** What the gauges say now: only a change touches them. */
  readonly shown: Map<ConditionType, ConditionStatus>;
  info: { readonly image: string; readonly digest: string } | undefined;
}

/** Every metric there is. The values of their labels are bounded by the services file or by a union in the code. */
function define(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, buckets: number[], help: string, ...labelNames: L[]) =>
    new Histogram<L>({ name, help, labelNames, buckets, registers });
  const service = ["project", "service"] as const;

  return {
    buildInfo: gauge("fairlead_build_info", "Always 1: the running version.", "version"),
    reconciles: counter("fairlead_reconcile_total", "Reconcile runs, by how they ended.", ...service, "result"),
    reconcileSeconds: histogram("fairlead_reconcile_duration_seconds", runBuckets, "How long one reconcile run took."),
    panics: counter("fairlead_reconcile_panics_total", "Reconcile runs that ended with an error nobody foresaw."),
    rollouts: counter("fairlead_rollouts_total", "Finished rollouts, by outcome.", ...service, "outcome"),
    rolloutSeconds: histogram(
      "fairlead_rollout_duration_seconds",
      rolloutBuckets,
      "From the first step of a rollout to its outcome.",
    ),
    pushSeconds: histogram(
      "fairlead_push_to_healthy_seconds",
      rolloutBuckets,
      "From the acceptance of a hook to the new container serving.",
    ),
    stepSeconds: histogram("fairlead_step_duration_seconds", stepBuckets, "How long one step of a plan took.", "step"),
    conditions: gauge(
      "fairlead_service_condition",
      "1 for the status a condition of a service has now, 0 for the others.",
      ...service,
      "type",
      "status",
    ),
    info: gauge(
      "fairlead_service_info",
      "Always 1: the image a service declares and the digest it runs.",
      ...service,
      "image",
      "digest",
    ),
    lastSuccess: gauge(
      "fairlead_last_success_timestamp_seconds",
      "When a service was last found or made as declared, in Unix time; 0 before the first time.",
      ...service,
    ),
    problems: gauge(
      "fairlead_services_file_problems",
      "Problems in the newest version of a services file; 0 means that version is in force.",
      "file",
    ),
    sourceInfo: gauge(
      "fairlead_source_info",
      "Always 1: the commit of a repository that is in force.",
      "source",
      "revision",
    ),
    sourceLastSuccess: gauge(
      "fairlead_source_last_success_timestamp_seconds",
      "When a repository was last reached and read, in Unix time; 0 before the first time.",
      "source",
    ),
    sourceFetches: counter(
      "fairlead_source_fetches_total",
      "Looks at a repository: unchanged, fetched, or failed.",
      "source",
      "result",
    ),
    engineUp: gauge(
      "fairlead_engine_up",
      "1 while the engine can be reached; 0: nothing on its host is updated or repaired.",
    ),
    clockSkew: gauge(
      "fairlead_engine_clock_skew_seconds",
      "How far this process's clock is ahead of the engine's; 0 where no difference can be proven.",
    ),
    hooks: counter("fairlead_hooks_total", "Webhook deliveries, by receiver and outcome.", "type", "outcome"),
    registryRequests: counter(
      "fairlead_registry_requests_total",
      "Requests to image registries and their token servers; code is the HTTP status, or error without an answer.",
      "registry",
      "method",
      "code",
    ),
    journalWritable: gauge(
      "fairlead_journal_writable",
      "1 while the journal is written; 0: what is decided is lost if the controller ends.",
    ),
    journalStuck: gauge("fairlead_journal_stuck_seconds", "How long the journal's disk has not answered."),
    adds: counter("workqueue_adds_total", "Keys added to the queue.", "name").labels(queue),
    depth: gauge("workqueue_depth", "Keys waiting in the queue.", "name").labels(queue),
    queueSeconds: histogram(
      "workqueue_queue_duration_seconds",
      runBuckets,
      "How long a key waited before its run began.",
      "name",
    ),
    workSeconds: histogram("workqueue_work_duration_seconds", runBuckets, "How long the work on a key took.", "name"),
    retries: counter(
      "workqueue_retries_total",
      "Keys added again by the queue itself, after an error or a wait.",
      "name",
    ).labels(queue),
    unfinished: gauge(
      "workqueue_unfinished_work_seconds",
      "How long the runs under way have been running, all together.",
      "name",
    ).labels(queue),
    longest: gauge(
      "workqueue_longest_running_processor_seconds",
      "How long the longest of the runs under way has been running.",
      "name",
    ).labels(queue),
  };
}

/**
 * The process, by the client libraries' usual names. prom-client's own defaults are left out: three of their names fail
 * `promtool check metrics`, and their event-loop sampler wakes an idle process a hundred times a second.
 */
function describeProcess(registry: Registry): void {
  const registers = [registry];
  const startedAt = Date.now() / 1000 - process.uptime();
  new Counter({
    name: "process_cpu_seconds_total",
    help: "User and system CPU time spent.",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge("process_start_time_seconds", "When the process started, in Unix time.", () => startedAt);
  gauge("process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss());
  gauge("nodejs_heap_size_used_bytes", "JavaScript heap in use.", () => process.memoryUsage().heapUsed);
  new Gauge({
    name: "process_open_fds",
    help: "Open file descriptors.",
    registers,
    collect() {
      const open = openFilesNow();
      if (open !== undefined) this.set(open);
    },
  });
  const most = openFileLimit();
  if (most < Infinity) gauge("process_max_fds", "File descriptors that may be open.", () => most);
  new Gauge({ name: "nodejs_version_info", help: "Always 1: the runtime.", labelNames: ["version"], registers }).set(
    { version: process.version },
    1,
  );
}

/**
 * What control, the hooks and the registry report, as Prometheus series. A service's series exist from its declaration
 * until it leaves the file; reports about a service that is not declared count only where no label names it.
 */
export class Metrics implements Telemetry, SourceTelemetry {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly registry = new Registry();
  private readonly all = define(this.registry);
  private readonly reports: (() => void)[] = [];
  private readonly hooks = new Map<string, Counter.Internal>();
  private readonly services = new Map<ServiceKey, ServiceSeries>();
  /** In force, by source. */
  private readonly revisions = new Map<string, string>();

  constructor(version: string) {
    describeProcess(this.registry);
    const { all } = this;
    all.buildInfo.set({ version }, 1);
    all.adds.inc(0);
    all.retries.inc(0);
    all.queueSeconds.zero(queue);
    all.workSeconds.zero(queue);
    all.engineUp.set(0);
    all.clockSkew.set(0);
    this.depth(0);
    this.running(0, 0);
    for (const histogram of [all.reconcileSeconds, all.rolloutSeconds, all.pushSeconds]) histogram.zero({});
    for (const step of steps) all.stepSeconds.zero({ step });
    for (const type of hookTypes) {
      for (const outcome of hookOutcomes) this.hooks.set(`${type} ${outcome}`, atZero(all.hooks.labels(type, outcome)));
    }
  }

  onScrape(report: () => void): void {
    this.reports.push(report);
  }

  /** How the journal stands, as of each scrape. */
  journal(state: () => JournalState): void {
    this.onScrape(() => {
      const now = state();
      this.all.journalWritable.set(now.kind === "written" ? 1 : 0);
      this.all.journalStuck.set(now.kind === "stuck" ? now.forMs / 1_000 : 0);
    });
  }

  /** The text exposition format. */
  render(): Promise<string> {
    for (const report of this.reports) report();
    return this.registry.metrics();
  }

  hookAnswered(type: HookType, outcome: HookOutcome): void {
    this.hooks.get(`${type} ${outcome}`)?.inc();
  }

  registryRequested(registry: string, method: string, code: number | "error"): void {
    this.all.registryRequests.inc({ registry, method, code });
  }

  serviceDeclared(key: ServiceKey): void {
    if (this.services.has(key)) return;
    const { all } = this;
    const slash = key.indexOf("/");
    const [project, service] = [key.slice(0, slash), key.slice(slash + 1)];
    const lastSuccess = all.lastSuccess.labels(project, service);
    lastSuccess.set(0);
    this.services.set(key, {
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

  serviceRemoved(key: ServiceKey): void {
    const series = this.services.get(key);
    if (series === undefined) return;
    const { all } = this;
    const { labels } = series;
    this.services.delete(key);
    for (const result of results) all.reconciles.remove({ ...labels, result });
    for (const outcome of outcomes) all.rollouts.remove({ ...labels, outcome });
    for (const type of conditionTypes)
      for (const status of statuses) all.conditions.remove({ ...labels, type, status });
    all.lastSuccess.remove(labels);
    if (series.info !== undefined) all.info.remove({ ...labels, ...series.info });
  }

  reconciled(key: ServiceKey, result: ReconcileResult, seconds: number): void {
    this.services.get(key)?.reconciles.get(result)?.inc();
    this.all.reconcileSeconds.observe(seconds);
  }

  panicked(_key: ServiceKey): void {
    this.all.panics.inc();
  }

  stepDone(step: StepKind, seconds: number): void {
    this.all.stepSeconds.observe({ step }, seconds);
  }

  rolloutFinished(key: ServiceKey, outcome: RolloutOutcome, seconds: number): void {
    this.services.get(key)?.rollouts.get(outcome)?.inc();
    this.all.rolloutSeconds.observe(seconds);
  }

  pushToHealthy(_key: ServiceKey, seconds: number): void {
    this.all.pushSeconds.observe(seconds);
  }

  status(key: ServiceKey, status: ServiceStatus): void {
    const series = this.services.get(key);
    if (series === undefined) return;
    for (const type of conditionTypes) {
      const now = status.conditions.find((condition) => condition.type === type)?.status ?? "Unknown";
      const before = series.shown.get(type) ?? "Unknown";
      if (before === now) continue;
      series.conditions.get(type)?.get(before)?.set(0);
      series.conditions.get(type)?.get(now)?.set(1);
      series.shown.set(type, now);
    }
    this.describe(series, status.image, status.activeDigest ?? "");
  }

  succeeded(key: ServiceKey, epochSeconds: number): void {
    this.services.get(key)?.lastSuccess.set(epochSeconds);
  }

  fileProblems(file: string, count: number): void {
    this.all.problems.set({ file }, count);
  }

  fileForgotten(file: string): void {
    this.all.problems.remove({ file });
  }

  sourceFollowed(source: string): void {
    this.all.sourceLastSuccess.set({ source }, 0);
    for (const result of sourceResults) this.all.sourceFetches.inc({ source, result }, 0);
  }

  sourceFetched(source: string, result: SourceResult): void {
    this.all.sourceFetches.inc({ source, result });
  }

  sourceSucceeded(source: string, at: number): void {
    this.all.sourceLastSuccess.set({ source }, at);
  }

  sourceInForce(source: string, revision: string): void {
    const before = this.revisions.get(source);
    if (before !== undefined) this.all.sourceInfo.remove({ source, revision: before });
    this.revisions.set(source, revision);
    this.all.sourceInfo.set({ source, revision }, 1);
  }

  engineUp(isUp: boolean): void {
    this.all.engineUp.set(isUp ? 1 : 0);
  }

  clockSkew(seconds: number): void {
    this.all.clockSkew.set(seconds);
  }

  added(): void {
    this.all.adds.inc();
  }

  depth(value: number): void {
    this.all.depth.set(value);
  }

  waited(seconds: number): void {
    this.all.queueSeconds.observe(queue, seconds);
  }

  worked(seconds: number): void {
    this.all.workSeconds.observe(queue, seconds);
  }

  retried(): void {
    this.all.retries.inc();
  }

  running(totalSeconds: number, longestSeconds: number): void {
    this.all.unfinished.set(totalSeconds);
    this.all.longest.set(longestSeconds);
  }

  /** Exactly one info series a service: the old one goes before the new one comes. */
  private describe(series: ServiceSeries, image: string, digest: string): void {
    if (series.info?.image === image && series.info.digest === digest) return;
    if (series.info !== undefined) this.all.info.remove({ ...series.labels, ...series.info });
    series.info = { image, digest };
    this.all.info.set({ ...series.labels, image, digest }, 1);
  }
}

function names<K extends string>(record: Readonly<Record<K, 0>>): readonly K[] {
  return Object.keys(record) as K[];
}

function tabulate<K, V>(keys: readonly K[], value: (key: K) => V): ReadonlyMap<K, V> {
  return new Map(keys.map((key) => [key, value(key)]));
}

function atZero(counter: Counter.Internal): Counter.Internal {
  counter.inc(0);
  return counter;
}
