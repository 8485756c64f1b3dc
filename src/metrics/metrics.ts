/*
 * What is counted and measured lives here. The values of all labels are bounded by the services file or by a union in the code.
 */

import { Registry } from "prom-client";
import type { ServiceKey } from "../compose/model/service.js";
import type { JournalState } from "../control/journal/standing.js";
import type {
  HandlerTelemetry,
  ReconcileResult,
  RolloutOutcome,
  SignatureOutcome,
  SourceTelemetry,
  TagPromotionOutcome,
  Telemetry,
} from "../control/ports/telemetry.js";
import type { HookOutcome, HookType } from "../http/delivery/outcome.js";
import type { ServiceStatus } from "../plan/model/condition.js";
import type { StepKind } from "../plan/model/step.js";
import type { NotificationTelemetry } from "../notify/model/standing.js";
import { notificationSeries } from "./notifications.js";
import { describeProcess } from "./process.js";
import { handlerSeries } from "./handlers.js";
import { queueSeries } from "./queue.js";
import { seriesOf } from "./series.js";
import { ServiceSeries } from "./services.js";
import { sourceSeries } from "./sources.js";
import { surroundingsSeries } from "./surroundings.js";
import { tlsSeries } from "./tls.js";
import { trafficSeries } from "./traffic.js";
import { workSeries } from "./work.js";

/** What control, the hooks and the registry report, as Prometheus series. */
export class Metrics implements Telemetry {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  readonly #registry = new Registry();
  readonly #reports: (() => void)[] = [];
  readonly #services: ServiceSeries;
  readonly #work: ReturnType<typeof workSeries>;
  readonly #surroundings: ReturnType<typeof surroundingsSeries>;
  readonly #traffic: ReturnType<typeof trafficSeries>;
  readonly #queue: ReturnType<typeof queueSeries>;
  /** What is told of repositories. */
  readonly sources: SourceTelemetry;
  /** What is told of programs that are run on events. */
  readonly handlers: HandlerTelemetry;
  /** What is told of the hooks' certificate. */
  readonly tls: ReturnType<typeof tlsSeries>;
  /** What is told of those who are told. */
  readonly notifications: NotificationTelemetry;

  constructor(version: string) {
    const series = seriesOf(this.#registry);
    series.gauge("fairlead_build_info", "Always 1: the running version.", "version").set({ version }, 1);
    this.#services = new ServiceSeries(series);
    this.#work = workSeries(series);
    this.#surroundings = surroundingsSeries(series);
    this.sources = sourceSeries(series);
    this.handlers = handlerSeries(series);
    this.#traffic = trafficSeries(series);
    this.tls = tlsSeries(series);
    this.notifications = notificationSeries(series);
    this.#queue = queueSeries(series);
    describeProcess(series, (report) => {
      this.onScrape(report);
    });
  }

  onScrape(report: () => void): void {
    this.#reports.push(report);
  }

  /** How the journal stands, as of each scrape. */
  journal(state: () => JournalState): void {
    this.onScrape(() => {
      this.#surroundings.journal(state());
    });
  }

  /** The text exposition format. */
  render(): Promise<string> {
    for (const report of this.#reports) report();
    return this.#registry.metrics();
  }

  receiverOpened(type: HookType, receiver: string): void {
    this.#traffic.receiverOpened(type, receiver);
  }

  hookAnswered(type: HookType, outcome: HookOutcome, receiver?: string): void {
    this.#traffic.hookAnswered(type, outcome, receiver);
  }

  registryRequested(registry: string, method: string, code: number | "error"): void {
    this.#traffic.registryRequested(registry, method, code);
  }

  pullsRemaining(registry: string, count: number): void {
    this.#traffic.pullsRemaining(registry, count);
  }

  registryCircuit(registry: string, isOpen: boolean): void {
    this.#traffic.registryCircuit(registry, isOpen);
  }

  registryPaced(registry: string, seconds: number): void {
    this.#traffic.registryPaced(registry, seconds);
  }

  serviceDeclared(key: ServiceKey): void {
    this.#services.declared(key);
  }

  serviceRemoved(key: ServiceKey): void {
    this.#services.removed(key);
  }

  reconciled(key: ServiceKey, result: ReconcileResult, seconds: number): void {
    this.#services.reconciled(key, result);
    this.#work.reconcileSeconds.observe(seconds);
  }

  panicked(_key: ServiceKey): void {
    this.#work.panics.inc();
  }

  stepDone(step: StepKind, seconds: number): void {
    this.#work.stepDone(step, seconds);
  }

  signatureChecked(key: ServiceKey, outcome: SignatureOutcome): void {
    this.#services.signatureChecked(key, outcome);
  }

  rolloutFinished(key: ServiceKey, outcome: RolloutOutcome, seconds: number): void {
    this.#services.rolloutFinished(key, outcome);
    this.#work.rolloutSeconds.observe(seconds);
  }

  tagPromoted(key: ServiceKey, outcome: TagPromotionOutcome): void {
    this.#services.tagPromoted(key, outcome);
  }

  pushToHealthy(_key: ServiceKey, seconds: number): void {
    this.#work.pushSeconds.observe(seconds);
  }

  status(key: ServiceKey, status: ServiceStatus): void {
    this.#services.status(key, status);
  }

  succeeded(key: ServiceKey, epochSeconds: number): void {
    this.#services.succeeded(key, epochSeconds);
  }

  fileProblems(file: string, count: number): void {
    this.#surroundings.problems.set({ file }, count);
  }

  fileForgotten(file: string): void {
    this.#surroundings.problems.remove({ file });
  }

  engineUp(isUp: boolean): void {
    this.#surroundings.engineUp.set(isUp ? 1 : 0);
  }

  clockSkew(seconds: number): void {
    this.#surroundings.clockSkew.set(seconds);
  }

  added(): void {
    this.#queue.adds.inc();
  }

  depth(value: number): void {
    this.#queue.depth.set(value);
  }

  waited(seconds: number): void {
    this.#queue.waited(seconds);
  }

  worked(seconds: number): void {
    this.#queue.worked(seconds);
  }

  retried(): void {
    this.#queue.retries.inc();
  }

  running(totalSeconds: number, longestSeconds: number): void {
    this.#queue.unfinished.set(totalSeconds);
    this.#queue.longest.set(longestSeconds);
  }
}
