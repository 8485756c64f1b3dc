/*
 * What people, senders and events may ask lives here: it is answered, or written down and the service looked at.
 * Nothing here acts on the host.
 */

import type { ServiceKey } from "../../compose/model/service.js";
import type { ImageReference } from "../../compose/values/image.js";
import type { Problem } from "../../compose/values/problem.js";
import { orphansOf } from "../../plan/host/orphans.js";
import type { Orphan } from "../../plan/host/orphans.js";
import type { ServiceStatus } from "../../plan/model/condition.js";
import type { HostSnapshot } from "../../plan/model/observed.js";
import type { Cached } from "../../tools/cached.js";
import type { Catalog } from "../desired/catalog.js";
import type { Targets } from "../desired/targets.js";
import type { Event } from "../journal/event.js";
import type { EventWish } from "../journal/events.js";
import type { Journal } from "../journal/journal.js";
import type { JournalState } from "../journal/standing.js";
import type { Adoption } from "../observed/adoption.js";
import type { GateWatch } from "../observed/gate-watch.js";
import type { MountWatch } from "../observed/mount-watch.js";
import type { Probes } from "../observed/probes.js";
import type { BuildOutput } from "../ports/builds.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { Log } from "../ports/log.js";
import type { Push, RepositoryState, Source, Synced, Told } from "../ports/source.js";
import type { Bursts } from "../queue/bursts.js";
import type { Builds } from "../work/builds.js";
import type { Ledger } from "../work/ledger.js";
import { Deliveries } from "./deliveries.js";
import type { Delivery } from "./deliveries.js";
import type { EngineState } from "./engine-state.js";
import { openLogs } from "./logs.js";
import { forecastAll } from "./preview.js";
import type { Releases } from "./releases.js";
import type {
  Approval,
  History,
  LogReading,
  LogWish,
  Resumption,
  Rollback,
  ServicePlan,
  Start,
  Stop,
  Surface,
} from "./surface.js";
import type { Triggers } from "./triggers.js";

export interface OperationsOptions {
  readonly engine: Pick<Engine, "logs">;
  readonly catalog: Catalog;
  readonly host: Pick<Cached<HostSnapshot>, "get" | "invalidate">;
  readonly adoption: Adoption;
  readonly builds: Builds;
  readonly bursts: Bursts;
  readonly gateWatch: GateWatch;
  readonly mountWatch: MountWatch;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly probes: Probes;
  readonly releases: Releases;
  readonly targets: Targets;
  readonly triggers: Triggers;
  readonly source: Pick<Source, "repositories" | "told" | "sync">;
  readonly clock: Clock;
  readonly log: Log;
  readonly ready: () => boolean;
  readonly engineState: () => EngineState;
}

/** On the page. */
const shownDeliveries = 10;

/** What people and senders ask of a running controller: it is answered, or written down, and the service is looked at again. */
export class Operations implements Surface {
  private readonly traces: Deliveries;

  constructor(private readonly options: OperationsOptions) {
    const { journal, clock, log } = options;
    this.traces = new Deliveries({ events: journal.events, clock, log });
  }

  ready(): boolean {
    return this.options.ready();
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

  keysForImage(image: ImageReference): readonly ServiceKey[] {
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

  pushed(push: Push): Told {
    return this.options.source.told?.(push) ?? { looking: [], reason: "no repository is followed" };
  }

  async sync(project: string, side: "ours" | "theirs", files: readonly string[]): Promise<Synced | undefined> {
    return this.options.source.sync?.(project, side, files);
  }

  reconcile(keys: readonly ServiceKey[], cause: string): void {
    const { ledger, bursts, log } = this.options;
    for (const key of keys) {
      log.debug({ key, cause }, "asked to look again");
      ledger.asked(key);
      bursts.hit(key);
    }
  }

  insist(key: ServiceKey, cause: string): void {
    this.#insist(key);
    this.reconcile([key], cause);
  }

  async rebuild(keys: readonly ServiceKey[], cause: string): Promise<readonly ServiceKey[]> {
    const { catalog, builds } = this.options;
    const built = keys.filter((key) => catalog.specs.get(key)?.build !== undefined);
    await Promise.all(built.map((key) => builds.ask(key)));
    this.reconcile(built, cause);
    return built;
  }

  buildOutput(key: ServiceKey): BuildOutput | undefined {
    return this.options.builds.output(key);
  }

  logs(wish: LogWish, signal: AbortSignal): Promise<LogReading> {
    const { engine, clock, host } = this.options;
    return openLogs({ engine, clock, look: () => host.get() }, wish, signal);
  }

  events(wish: EventWish, signal: AbortSignal): AsyncIterable<Event> {
    return this.options.journal.events.read(wish, signal);
  }

  delivered(delivery: Delivery): void {
    this.traces.add(delivery);
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
    return this.options.engineState();
  }

  async retry(key: ServiceKey): Promise<void> {
    const { journal, clock, log } = this.options;
    await journal.append({ type: "retry", at: clock.now(), key });
    log.info({ key }, "asked to try again what had failed");
    this.#insist(key);
    this.#lookAfresh(key);
  }

  async adopt(key: ServiceKey): Promise<readonly string[]> {
    const { adoption, catalog, host } = this.options;
    host.invalidate();
    const adopted = await adoption.ask(key, catalog.specs.get(key), await host.get());
    this.#lookAfresh(key);
    return adopted;
  }

  async rollback(key: ServiceKey, to: string | undefined): Promise<Rollback> {
    const rollback = await this.options.releases.rollback(key, to);
    this.#lookAfresh(key);
    return rollback;
  }

  async pause(key: ServiceKey): Promise<void> {
    await this.options.releases.pause(key);
    this.#lookAfresh(key);
  }

  async stop(key: ServiceKey, forMs: number | undefined): Promise<Stop> {
    const stop = await this.options.releases.stop(key, forMs);
    this.#lookAfresh(key);
    return stop;
  }

  async start(key: ServiceKey): Promise<Start> {
    const start = await this.options.releases.start(key);
    this.#lookAfresh(key);
    return start;
  }

  async resume(key: ServiceKey): Promise<Resumption> {
    const resumption = await this.options.releases.resume(key);
    this.#lookAfresh(key);
    return resumption;
  }

  async approve(key: ServiceKey, digest: string | undefined): Promise<Approval> {
    const approval = await this.options.releases.approve(key, digest);
    this.#lookAfresh(key);
    return approval;
  }

  history(key: ServiceKey): Promise<History> {
    return this.options.releases.history(key);
  }

  async plan(): Promise<readonly ServicePlan[]> {
    const { catalog, host, adoption, gateWatch, mountWatch, probes, targets, journal } = this.options;
    return forecastAll({
      specs: [...catalog.specs.values()],
      host: await mountWatch.look(await gateWatch.look(probes.overlay(await host.get()))),
      supposed: async () => probes.overlay(await adoption.look(true)),
      targets,
      record: (key) => journal.record(key),
    });
  }

  async orphans(): Promise<readonly Orphan[]> {
    const { catalog, host } = this.options;
    return orphansOf(catalog.snapshot.projects, await host.get());
  }

  #insist(key: ServiceKey): void {
    const { catalog, targets } = this.options;
    const spec = catalog.specs.get(key);
    if (spec !== undefined) targets.insist(spec);
  }

  #lookAfresh(key: ServiceKey): void {
    this.options.triggers.asked(key);
  }
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
