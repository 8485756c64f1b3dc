/*
 * What is remembered of each service from one run to the next lives here. What follows from it is for the planner to say.
 */

import type { ServiceKey, ServiceSpec } from "../../../compose/model/service.js";
import type { Adopted } from "../../../plan/host/adopt.js";
import { jobNews } from "../../../plan/jobs/job-news.js";
import { newlyLeft } from "../../../plan/judge/left.js";
import { volumeNews } from "../../../plan/model/anonymous.js";
import type { Desired, Memory } from "../../../plan/model/desired.js";
import { runOf } from "../../../plan/model/host/observed.js";
import type { ForeignContainer, ObservedContainer } from "../../../plan/model/host/observed.js";
import { isUp } from "../../../plan/model/view.js";
import type { View } from "../../../plan/model/view.js";
import { describeDrift } from "../../../plan/slot/upkeep/altered.js";
import { given } from "../../../tools/present.js";
import type { Journal } from "../../journal/journal.js";
import { CrashLoops } from "../../observed/crash-loops.js";
import { Flaps } from "../../observed/flaps.js";
import { RefusedStarts } from "../../observed/refused-starts.js";
import type { ServiceRecord } from "../../journal/record.js";
import type { Clock } from "../../ports/clock.js";
import type { RunOf } from "./run.js";

/** A container that ran this long before it ended is not in a crash loop. */
const lastedMs = 10_000;

export interface LedgerOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** What the journal says, by the clock of today. */
  readonly recall: (memory: Memory) => Memory;
}

/** What is remembered of each service from one look to the next: the journal's part, and the little that need not outlive us. */
export class Ledger {
  readonly #heals = new Map<ServiceKey, ReadonlyMap<number, number>>();
  readonly #flaps = new Flaps();
  readonly #crashLoops = new CrashLoops();
  readonly #refusedStarts = new RefusedStarts();
  /** What of each was told to be changed by others, for as long as it is. */
  readonly #drifts = new Map<ServiceKey, string>();

  constructor(private readonly options: LedgerOptions) {}

  /** What is to be said of containers that keep turning for the worse. Those that keep ending are in `memory` from then on. */
  flapping(key: ServiceKey, view: Pick<View, "containers" | "engineOutage" | "now">): string | undefined {
    const monotonic = this.options.clock.monotonic();
    this.#crashLoops.look(key, view, monotonic);
    return this.#flaps.look(key, view.containers, monotonic);
  }

  /** We are about to end a container, by its id. */
  weStop(key: ServiceKey, id: string): void {
    this.#flaps.weStop(key, id);
    this.#crashLoops.weStop(key, id);
  }

  memory(key: ServiceKey, { containers, engineOutage }: Pick<View, "containers" | "engineOutage">): Memory {
    const lasted = new Set(containers.filter(hasLasted).map(({ slot }) => slot));
    const heals = new Map([...(this.#heals.get(key) ?? [])].filter(([slot]) => !lasted.has(slot)));
    this.#heals.set(key, heals);
    const refusals = this.#refusedStarts.look(key, containers, engineOutage?.to ?? 0);
    const crashLoops = this.#crashLoops.of(key);
    return this.options.recall({ ...this.options.journal.record(key).memory, heals, refusals, crashLoops });
  }

  /** The journal's part of it: another one as soon as anything is written of the service. */
  recordOf(key: ServiceKey): ServiceRecord {
    return this.options.journal.record(key);
  }

  /** What a person has pinned it to. */
  pin(key: ServiceKey): Memory["pin"] {
    return this.options.journal.record(key).memory.pin;
  }

  /** The engine has refused to start a container, by its id. */
  startRefused(key: ServiceKey, id: string): void {
    this.#refusedStarts.note(key, id, this.options.clock.now());
  }

  healed(key: ServiceKey, slots: readonly number[]): void {
    const heals = new Map(this.#heals.get(key));
    for (const slot of slots) heals.set(slot, (heals.get(slot) ?? 0) + 1);
    this.#heals.set(key, heals);
  }

  forget(key: ServiceKey): void {
    this.#heals.delete(key);
    this.#flaps.forget(key);
    this.#crashLoops.forget(key);
    this.#refusedStarts.forget(key);
    this.#drifts.delete(key);
  }

  /** Of a service whose releases have to ripen: since when the digest has been behind the tag. */
  async saw(key: ServiceKey, { spec, target }: Desired): Promise<void> {
    const { journal, clock } = this.options;
    if (spec.release?.minAgeMs === undefined || !target.known) return;
    if (journal.record(key).memory.firstSeen?.has(target.digest) === true) return;
    await journal.append({ type: "seen", at: clock.now(), key, digest: target.digest });
  }

  /** A container that others made is ours from now on. */
  async adopted({ key, log }: RunOf, { id, name }: ForeignContainer, adopted: Adopted): Promise<void> {
    const { journal, clock } = this.options;
    log.info({ key, container: name, id }, `adopted ${name}, which others made`);
    await journal.append({ type: "adopt", at: clock.now(), key, container: id, name, ...adopted });
  }

  /** What containers tell of their jobs and their volumes, and who has stopped them, is to outlive them. */
  async remember(run: RunOf, spec: ServiceSpec, view: View): Promise<void> {
    await this.#rememberJobs(run, view);
    await this.#rememberVolumes(run, view);
    await this.#rememberLeft(run, spec, view);
    await this.#tellDrift(run, view);
  }

  async #rememberJobs({ key, log }: RunOf, view: View): Promise<void> {
    const { journal } = this.options;
    for (const run of jobNews(view, journal.record(key).memory.jobs)) {
      await journal.append({ type: "job", key, ...run });
      const { message, digest, outcome } = run;
      if (outcome === "failed") log.error({ digest }, message);
      else log.info({ digest }, message);
    }
  }

  async #rememberVolumes({ key }: RunOf, view: View): Promise<void> {
    const { journal, clock } = this.options;
    for (const [slot, volumes] of volumeNews(view, journal.record(key).memory.volumes ?? new Map())) {
      await journal.append({ type: "volumes", at: clock.now(), key, slot, volumes });
    }
  }

  /** What others have stopped and is left so is told, and known for as long as it is. */
  async #rememberLeft({ key, log }: RunOf, spec: ServiceSpec, view: View): Promise<void> {
    const { journal, clock } = this.options;
    for (const { id, name, ...run } of newlyLeft(spec, view, this.memory(key, view))) {
      log.info({ container: name }, `${name} was stopped by somebody else, and stays stopped`);
      const startedAt = runOf(run);
      await journal.append({ type: "left", at: clock.now(), key, container: id, name, ...given({ startedAt }) });
    }
  }

  async #tellDrift({ key, log }: RunOf, { containers }: View): Promise<void> {
    const { journal, clock } = this.options;
    const drifted = containers.flatMap(({ name, altered: fields }) => (fields === undefined ? [] : [{ name, fields }]));
    const print = JSON.stringify(drifted);
    if (print === (this.#drifts.get(key) ?? "[]")) return;
    this.#drifts.set(key, print);
    for (const { name, fields } of drifted) {
      log.warn({ container: name, fields }, describeDrift(name, fields));
      await journal.append({ type: "drift", at: clock.now(), key, name, fields: [...fields] });
    }
  }
}

function hasLasted(active: ObservedContainer): boolean {
  const { startedAt, finishedAt, role } = active;
  return (
    role === "active" &&
    !isUp(active) &&
    startedAt !== undefined &&
    finishedAt !== undefined &&
    finishedAt - startedAt >= lastedMs
  );
}
