/*
 * What people, senders and events may ask lives here: it is answered, or written down and the service looked at.
 * Nothing here acts on the host.
 */

import type { ServiceKey } from "../../compose/model/service.js";
import type { ImageHint } from "../../compose/values/image.js";
import type { Problem } from "../../compose/values/problem.js";
import type { Orphan } from "../../plan/host/orphans.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import { explain } from "../../plan/status/explain.js";
import type { Explanation, NextLook } from "../../plan/status/explain.js";
import type { Catalog } from "../desired/catalog.js";
import type { Event } from "../journal/event.js";
import type { EventWish } from "../journal/events.js";
import type { Journal } from "../journal/journal.js";
import type { JournalState } from "../journal/standing.js";
import type { Lookout } from "../observed/lookout.js";
import type { BuildOutput } from "../ports/builds.js";
import type { Clock } from "../ports/clock.js";
import type { Push, RepositoryState, Source, Synced, Told } from "../ports/source.js";
import type { TraceParent } from "../ports/tracing.js";
import type { Progress } from "../progress/model.js";
import type { Progresses } from "../progress/progress.js";
import type { Builds } from "../work/beside/builds.js";
import type { Comparison, Comparisons } from "./compare/comparisons.js";
import type { Deliveries, Delivery } from "./deliveries.js";
import type { EngineState } from "./engine-state.js";
import type { Forecasts } from "./forecast/forecasts.js";
import type { ServicePlan } from "./forecast/service-plan.js";
import { keptFor, type KeptFor } from "./kept.js";
import type { Releases } from "./releases.js";
import { replicasOf } from "./replicas.js";
import type { Replicas } from "./replicas.js";
import type { Requests } from "./requests.js";
import type {
  Approval,
  History,
  LogReading,
  LogWish,
  Order,
  Pause,
  RebuildWish,
  Resumption,
  Retry,
  Rollback,
  Start,
  Stop,
  Surface,
  TagSurvey,
} from "./surface.js";
import type { TagSurveys } from "./tag-surveys.js";

export interface OperationsOptions {
  readonly catalog: Catalog;
  readonly requests: Requests;
  readonly releases: Releases;
  readonly forecasts: Forecasts;
  readonly surveys: TagSurveys;
  readonly comparisons: Comparisons;
  readonly lookout: Pick<Lookout, "adopt" | "get" | "lookAt">;
  readonly builds: Builds;
  readonly progresses: Pick<Progresses, "of" | "follow">;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly deliveries: Pick<Deliveries, "add">;
  readonly source: Pick<Source, "repositories" | "told" | "sync" | "kept">;
  readonly openLogs: (wish: LogWish, signal: AbortSignal) => Promise<LogReading>;
  readonly nextLook: (key: ServiceKey) => NextLook;
  /** Whether the host and the engine can be seen. */
  readonly sight: { readonly ready: () => boolean; readonly engine: () => EngineState };
}

/** On the page. */
const shownDeliveries = 10;

/** What people and senders ask of a running controller: it is answered, or written down, and the service is looked at again. */
export class Operations implements Surface {
  constructor(private readonly options: OperationsOptions) {}

  ready(): boolean {
    return this.options.sight.ready();
  }

  problems(): readonly Problem[] {
    return this.options.catalog.snapshot.problems;
  }

  services(): readonly ServiceStatus[] {
    return [...this.options.catalog.statuses.values()].sort(
      (one, other) => compare(one.project, other.project) || compare(one.service, other.service),
    );
  }

  service(key: ServiceKey): ServiceStatus | undefined {
    return this.options.catalog.statuses.get(key);
  }

  keysForImage(image: ImageHint): readonly ServiceKey[] {
    return this.options.catalog.keysForImage(image);
  }

  keysForName(name: string): readonly ServiceKey[] {
    return this.options.catalog.keysForName(name);
  }

  keysForContainer(name: string): readonly ServiceKey[] {
    return this.options.catalog.keysForContainer(name);
  }

  repositories(): readonly RepositoryState[] {
    return this.options.source.repositories?.() ?? [];
  }

  async kept(): Promise<readonly KeptFor[]> {
    const { source, lookout } = this.options;
    const all = (await source.kept?.()) ?? [];
    return all.length === 0 ? [] : keptFor(all, await lookout.get());
  }

  pushed(push: Push): Told {
    return this.options.source.told?.(push) ?? { looking: [], reason: "no repository is followed" };
  }

  async sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced | undefined> {
    return this.options.source.sync?.(project, side, files);
  }

  reconcile(keys: readonly ServiceKey[], cause: string, pushed: readonly ImageHint[] = [], parent?: TraceParent): void {
    this.options.requests.reconcile(keys, cause, pushed, parent);
  }

  insist(key: ServiceKey, cause: string, why?: string): void {
    void this.#asked("reconcile", [key], why);
    this.options.requests.insist(key);
    this.reconcile([key], cause);
  }

  async rebuild(
    keys: readonly ServiceKey[],
    cause: string,
    { parent, why }: RebuildWish = {},
  ): Promise<readonly ServiceKey[]> {
    const { catalog, builds } = this.options;
    const built = keys.filter((key) => catalog.specs.get(key)?.build !== undefined);
    await this.#asked("build", built, why);
    await Promise.all(built.map((key) => builds.ask(key)));
    this.reconcile(built, cause, [], parent);
    return built;
  }

  buildOutput(key: ServiceKey): BuildOutput | undefined {
    return this.options.builds.output(key);
  }

  progress(key: ServiceKey): Progress {
    return this.options.progresses.of(key);
  }

  progresses(keys: readonly ServiceKey[] | "all", signal: AbortSignal): AsyncIterable<Progress> {
    return this.options.progresses.follow(keys, signal);
  }

  logs(wish: LogWish, signal: AbortSignal): Promise<LogReading> {
    return this.options.openLogs(wish, signal);
  }

  events(wish: EventWish, signal: AbortSignal): AsyncIterable<Event> {
    return this.options.journal.events.read(wish, signal);
  }

  delivered(delivery: Delivery): void {
    this.options.deliveries.add(delivery);
  }

  deliveries(): readonly Event[] {
    return this.options.journal.events.lately("delivery", shownDeliveries);
  }

  isDurable(key: ServiceKey): boolean {
    return this.options.journal.isDurable(key);
  }

  journal(): JournalState {
    return this.options.journal.state();
  }

  engine(): EngineState {
    return this.options.sight.engine();
  }

  async retry(key: ServiceKey, why?: string): Promise<Retry> {
    const retried = await this.options.releases.retry(key, why);
    this.options.requests.insist(key);
    this.#lookAfresh(key);
    return retried;
  }

  async adopt(key: ServiceKey, why?: string): Promise<readonly string[]> {
    const { lookout, catalog } = this.options;
    const adopted = await lookout.adopt(key, catalog.specs.get(key));
    await this.#asked("adopt", [key], why);
    this.#lookAfresh(key);
    return adopted;
  }

  async rollback(key: ServiceKey, to: string | undefined, why?: string): Promise<Rollback> {
    const rollback = await this.options.releases.rollback(key, to, why);
    this.#lookAfresh(key);
    return rollback;
  }

  async pause(key: ServiceKey, why?: string): Promise<Pause> {
    const paused = await this.options.releases.pause(key, why);
    this.#lookAfresh(key);
    return paused;
  }

  async stop(key: ServiceKey, forMs: number | undefined, why?: string): Promise<Stop> {
    const stop = await this.options.releases.stop(key, forMs, why);
    this.#lookAfresh(key);
    return stop;
  }

  async start(key: ServiceKey, why?: string): Promise<Start> {
    const start = await this.options.releases.start(key, why);
    this.#lookAfresh(key);
    return start;
  }

  async resume(key: ServiceKey, why?: string): Promise<Resumption> {
    const resumption = await this.options.releases.resume(key, why);
    this.#lookAfresh(key);
    return resumption;
  }

  async approve(key: ServiceKey, digest: string | undefined, why?: string): Promise<Approval> {
    const approval = await this.options.releases.approve(key, digest, why);
    this.#lookAfresh(key);
    return approval;
  }

  async explain(key: ServiceKey): Promise<Explanation | undefined> {
    const { releases, nextLook } = this.options;
    // A host that cannot be seen is no reason to say nothing.
    const history = await releases.history(key).catch(() => undefined);
    const status = this.service(key);
    return status === undefined ? undefined : explain({ status, history, nextLook: nextLook(key) });
  }

  diff(key: ServiceKey): Promise<Comparison | undefined> {
    return this.options.comparisons.of(key);
  }

  async replicas(key: ServiceKey): Promise<Replicas> {
    return replicasOf(key, await this.options.lookout.lookAt(key));
  }

  history(key: ServiceKey): Promise<History> {
    return this.options.releases.history(key);
  }

  images(key: ServiceKey): Promise<TagSurvey | undefined> {
    return this.options.surveys.of(key);
  }

  plan(supposePrune = false): Promise<readonly ServicePlan[]> {
    return this.options.forecasts.plan(supposePrune);
  }

  async preview(key: ServiceKey, order: Order): Promise<ServicePlan | undefined> {
    const { releases, forecasts } = this.options;
    const supposed = await releases.supposed(key, order);
    const plans = await forecasts.plan(false, new Map([[key, supposed]]));
    return plans.find(({ project, service }) => `${project}/${service}` === key);
  }

  orphans(): Promise<readonly Orphan[]> {
    return this.options.forecasts.orphans();
  }

  async #asked(
    order: "reconcile" | "adopt" | "build",
    keys: readonly ServiceKey[],
    why: string | undefined,
  ): Promise<void> {
    const { journal, clock } = this.options;
    if (why === undefined) return;
    await Promise.all(keys.map((key) => journal.append({ type: "asked", at: clock.now(), key, order, why })));
  }

  #lookAfresh(key: ServiceKey): void {
    this.options.requests.lookAfresh(key);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
