import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import type { ImageVersion } from "../../compose/values/image.js";
import { supersededBy, trackRollout } from "../../plan/history/history.js";
import { highestOnHost, revisionIn } from "../../plan/history/numbering.js";
import { openingOf } from "../../plan/history/opening.js";
import type { Adopted } from "../../plan/host/adopt.js";
import { failedRun, jobNews } from "../../plan/jobs/job-news.js";
import { newlyLeft } from "../../plan/judge/left.js";
import { volumeNews } from "../../plan/model/anonymous.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { Desired, Memory } from "../../plan/model/desired.js";
import { isFollower, runOf } from "../../plan/model/observed.js";
import type { ForeignContainer, ObservedContainer, Refusal } from "../../plan/model/observed.js";
import type { StepOf } from "../../plan/model/step.js";
import { inEverySlot, isUp } from "../../plan/model/view.js";
import type { View } from "../../plan/model/view.js";
import { isUndoing, undoOf } from "../../plan/rollout/on-rollback.js";
import { toleratedFailures } from "../../plan/slot/failures.js";
import { shorten } from "../../plan/steps/render.js";
import { given } from "../../tools/present.js";
import { byCommit } from "../journal/event.js";
import type { Journal } from "../journal/journal.js";
import type { Failure, ServiceRecord } from "../journal/record.js";
import { CrashLoops } from "../observed/crash-loops.js";
import { Flaps } from "../observed/flaps.js";
import { RefusedStarts } from "../observed/refused-starts.js";
import type { Clock } from "../ports/clock.js";
import type { Engine } from "../ports/engine.js";
import type { Log } from "../ports/log.js";
import type { Provenance } from "../ports/source.js";
import type { Telemetry } from "../ports/telemetry.js";
import { lastLines } from "./last-lines.js";

/** A container that ran this long before it ended is not in a crash loop. */
const lastedMs = 10_000;
const logLines = 40;
export interface LedgerOptions {
  readonly journal: Journal;
  readonly engine: Engine;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** What the journal says, by the clock of today. */
  readonly recall: (memory: Memory) => Memory;
  /** Where a project comes from; undefined: from no repository. */
  readonly provenance: (project: string) => Provenance | undefined;
}

/** What is remembered of each service from one look to the next: the journal's part, and the little that need not outlive us. */
export class Ledger {
  readonly #heals = new Map<ServiceKey, ReadonlyMap<number, number>>();
  readonly #askedAt = new Map<ServiceKey, number>();

  readonly #flaps = new Flaps();
  readonly #crashLoops = new CrashLoops();
  readonly #refusedStarts = new RefusedStarts();
  readonly #refusals = new Map<ServiceKey, readonly Refusal[]>();

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

  /** A hook or a person asked for a look: the clock of push-to-healthy starts unless it runs already. */
  asked(key: ServiceKey): void {
    if (!this.#askedAt.has(key)) this.#askedAt.set(key, this.options.clock.monotonic());
  }

  memory(key: ServiceKey, { containers, engineOutage }: Pick<View, "containers" | "engineOutage">): Memory {
    const lasted = new Set(containers.filter(hasLasted).map(({ slot }) => slot));
    const heals = new Map([...(this.#heals.get(key) ?? [])].filter(([slot]) => !lasted.has(slot)));
    this.#heals.set(key, heals);
    const refusals = this.#refusedStarts.look(key, containers, engineOutage?.to ?? 0);
    const crashLoops = this.#crashLoops.of(key);
    return this.options.recall({ ...this.options.journal.record(key).memory, heals, refusals, crashLoops });
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

  /** Nothing is left to do for what was asked. */
  settled(key: ServiceKey): void {
    this.#askedAt.delete(key);
  }

  forget(key: ServiceKey): void {
    this.#refusals.delete(key);
    this.#heals.delete(key);
    this.#flaps.forget(key);
    this.#crashLoops.forget(key);
    this.#refusedStarts.forget(key);
    this.#askedAt.delete(key);
  }

  /** Of a service whose releases have to ripen: since when the digest has been behind the tag. */
  async saw(key: ServiceKey, { spec, target }: Desired): Promise<void> {
    const { journal, clock } = this.options;
    if (spec.release?.minAgeMs === undefined || !target.known) return;
    if (journal.record(key).memory.firstSeen?.has(target.digest) === true) return;
    await journal.append({ type: "seen", at: clock.now(), key, digest: target.digest });
  }

  /** Opens and closes the record of the rollout that the containers show. */
  async follow(key: ServiceKey, { spec, ...wanted }: Desired, view: View, log: Log): Promise<Rollout | undefined> {
    const { journal, clock } = this.options;
    const { containers } = view;
    const { rollout: known, memory } = journal.record(key);
    await this.#noteRevision(key, spec, view);
    const tolerated = toleratedFailures(spec.update, spec.replicas ?? 1);
    const opening = openingOf(spec, view, memory.jobs);
    const remembered = { ...memory, heals: new Map<number, number>() };
    const undoing = isUndoing(spec, view, remembered);
    const { pin, holds } = memory;
    const rollout = trackRollout(known, {
      containers,
      now: clock.now(),
      tolerated,
      pin,
      opening,
      holds,
      wanted,
      isUndoing: undoing,
    });
    if (rollout === undefined || rollout === known) return this.#noteUndo(key, known, spec, view);
    const told = this.#withCommit(key, spec, known, withCause(rollout, journal.record(key).failures));
    await this.#note(key, told, log);
    if (rollout.finishedAt === undefined)
      log.info({ rollout: rollout.id }, shorten(`rollout of ${rollout.to} has begun${byCommit(told)}`));
    else await this.#finish(key, rollout, containers, log);
    return told;
  }

  /** A rollout of another spec than the one before is the commit's work; one of another digest is the tag's. */
  #withCommit(key: ServiceKey, spec: ServiceSpec, known: Rollout | undefined, rollout: Rollout): Rollout {
    const before = known?.id === rollout.id ? known : undefined;
    if (before !== undefined) return before.commit === undefined ? rollout : { ...rollout, commit: before.commit };
    const last = this.options.journal.record(key).rollouts.at(-1);
    const from = this.options.provenance(spec.project);
    if (from === undefined || rollout.rollback === true || last?.specHash === rollout.specHash) return rollout;
    const { id, author, subject } = from.commit;
    return { ...rollout, commit: { id, source: from.source, author, subject } };
  }

  /** What followed a rollout that failed belongs to its history. */
  async #noteUndo(
    key: ServiceKey,
    known: Rollout | undefined,
    spec: ServiceSpec,
    view: View,
  ): Promise<Rollout | undefined> {
    const { journal, clock } = this.options;
    if (known?.finishedAt === undefined || known.onRollback?.outcome === "done") return known;
    const memory = { ...journal.record(key).memory, heals: new Map<number, number>() };
    const onRollback = undoOf(revisionIn(known.id), spec, view, memory);
    if (onRollback === undefined || onRollback.message === known.onRollback?.message) return known;
    const rollout = { ...known, onRollback };
    await journal.append({ type: "rollout", at: clock.now(), key, rollout });
    return rollout;
  }

  /** Whatever bore it may be gone by the next look. */
  async #noteRevision(key: ServiceKey, spec: ServiceSpec, view: View): Promise<void> {
    const { journal, clock } = this.options;
    const revision = highestOnHost(spec, { ...view, siblings: view.containers });
    if (revision <= (journal.record(key).memory.lastRevision ?? 0)) return;
    await journal.append({ type: "revision", at: clock.now(), key, revision });
  }

  async #finish(key: ServiceKey, rollout: Rollout, containers: readonly ObservedContainer[], log: Log): Promise<void> {
    const { journal, clock, telemetry } = this.options;
    const outcome = rollout.outcome ?? "superseded";
    const seconds = Math.max(0, clock.now() - Date.parse(rollout.startedAt)) / 1_000;
    telemetry.rolloutFinished(key, outcome, seconds);
    log.info({ rollout: rollout.id, outcome, seconds }, shorten(`rollout of ${rollout.to}: ${outcome}`));
    // A way back that a person asked for ends rolled back, and has proved itself.
    if (outcome !== "promoted" && (outcome !== "rolled-back" || rollout.rollback !== true)) return;
    const { to, specHash } = rollout;
    await journal.append({ type: "stable", at: clock.now(), key, digest: to as ImageVersion, specHash });
    if (outcome !== "promoted") return;
    const askedAt = this.#askedAt.get(key);
    // The last replica to serve ends the wait.
    const servingSince = Math.max(...inEverySlot(containers, "active").map(servesSince));
    if (askedAt !== undefined && servingSince > 0) {
      const servedMs = clock.now() - servingSince;
      telemetry.pushToHealthy(key, Math.max(0, clock.monotonic() - askedAt - servedMs) / 1_000);
    }
  }

  /** A container that others made is ours from now on. */
  async adopted(key: ServiceKey, { id, name }: ForeignContainer, adopted: Adopted, log: Log): Promise<void> {
    const { journal, clock } = this.options;
    log.info({ key, container: name, id }, `adopted ${name}, which others made`);
    await journal.append({ type: "adopt", at: clock.now(), key, container: id, name, ...adopted });
  }

  /** What containers tell of their jobs is to outlive them. */
  async rememberJobs(key: ServiceKey, view: View, log: Log): Promise<void> {
    const { journal } = this.options;
    for (const run of jobNews(view, journal.record(key).memory.jobs)) {
      await journal.append({ type: "job", key, ...run });
      const { message, digest, outcome } = run;
      if (outcome === "failed") log.error({ digest }, message);
      else log.info({ digest }, message);
    }
  }

  /** What others have stopped and is left so is told, and known for as long as it is. */
  async rememberLeft(key: ServiceKey, spec: ServiceSpec, view: View, log: Log): Promise<void> {
    const { journal, clock } = this.options;
    for (const { id, name, ...run } of newlyLeft(spec, view, this.memory(key, view))) {
      log.info({ container: name }, `${name} was stopped by somebody else, and is left so`);
      const startedAt = runOf(run);
      await journal.append({ type: "left", at: clock.now(), key, container: id, name, ...given({ startedAt }) });
    }
  }

  /** Whose the volumes of what serves are is to outlive its container. */
  async rememberVolumes(key: ServiceKey, view: View): Promise<void> {
    const { journal, clock } = this.options;
    for (const [slot, volumes] of volumeNews(view, journal.record(key).memory.volumes ?? new Map())) {
      await journal.append({ type: "volumes", at: clock.now(), key, slot, volumes });
    }
  }

  /** A creation that the engine has just refused is seen by the next look. */
  refused(key: ServiceKey, refusal: Refusal): void {
    const others = this.refusals(key).filter(({ container }) => container !== refusal.container);
    this.#refusals.set(key, [...others, refusal]);
  }

  refusals(key: ServiceKey): readonly Refusal[] {
    return this.#refusals.get(key) ?? [];
  }

  async noteRefusal(key: ServiceKey, step: StepOf<"note-refusal">, log: Log): Promise<void> {
    const { journal, clock } = this.options;
    const { refusal, because: message } = step;
    const { container, digest, specHash, slot, job, revision, onRollback } = refusal;
    this.#refusals.set(
      key,
      this.refusals(key).filter((one) => one !== refusal),
    );
    const at = clock.now();
    log.warn({ container, digest }, shorten(`${digest} failed: ${message}`));
    if (!isFollower(job)) await this.#close(key, refusedRollout(journal.record(key), key, step, at), log);
    if (job === undefined) {
      const reason = "StartFailed" as const;
      const which = { specHash, digest, revision, onRollback };
      await journal.append({ type: "hold", at, key, ...which, reason, message, container, slot, logs: [] });
    } else {
      const { hash, phase } = job;
      const run = { container: `${container} of revision ${revision}`, job: hash, specHash, digest, phase, revision };
      const entry = { ...run, outcome: "failed" as const, message, name: container };
      await journal.append({ type: "job", at, key, ...entry });
    }
  }

  /** A rollout that has ended, and no container tells of it now. */
  async #close(key: ServiceKey, rollout: Rollout | undefined, log: Log): Promise<void> {
    if (rollout === undefined) return;
    await this.#note(key, rollout, log);
    await this.#finish(key, rollout, [], log);
  }

  /** One that was under way has ended with it. */
  async #note(key: ServiceKey, rollout: Rollout, log: Log): Promise<void> {
    const { journal, clock } = this.options;
    const { rollout: known, failures } = journal.record(key);
    const before = supersededBy(known, rollout, clock.now());
    if (before !== undefined) await this.#close(key, withCause(before, failures), log);
    await journal.append({ type: "rollout", at: clock.now(), key, rollout });
  }

  async keepLogs(key: ServiceKey, step: StepOf<"keep-logs">, id: string, log: Log): Promise<void> {
    const { journal, engine, clock } = this.options;
    if (step.again === true) {
      const { specHash, digest, reason, message, slot, container } = step;
      await journal.append({ type: "attempt", at: clock.now(), key, specHash, digest, reason, message, slot });
      log.warn({ container, digest, reason }, shorten(`${message}; the host is at fault, and it is tried again later`));
      return;
    }
    const logs = await lastLines(engine, id, logLines);
    const { digest, specHash, reason, message, container, slot, job, revision, onRollback, ranAnewAt } = step;
    const run = failedRun(step, id, clock.now());
    if (run !== undefined) {
      await journal.append({ type: "job", key, ...run, name: container, logs: [...logs] });
      const then = isFollower(job) ? "what serves stays" : `${digest} is held`;
      log.error({ container, digest, reason, logs }, shorten(`${message}; ${then}`));
      return;
    }
    await journal.append({
      type: "hold",
      at: clock.now(),
      key,
      specHash,
      digest,
      reason,
      message,
      container,
      slot,
      revision,
      onRollback,
      ranAnewAt,
      logs: [...logs],
    });
    const then = ranAnewAt === undefined ? "it is held" : "what serves stays until the files change again";
    log.warn({ container, digest, reason, logs }, shorten(`${digest} failed: ${message}; ${then}`));
  }
}

/** Undefined: it has been closed already. */
function refusedRollout(
  { rollouts }: ServiceRecord,
  key: ServiceKey,
  { refusal, from, because }: StepOf<"note-refusal">,
  at: number,
): Rollout | undefined {
  const id = `${key}@${refusal.revision}`;
  const known = rollouts.findLast((rollout) => rollout.id === id);
  if (known?.finishedAt !== undefined) return undefined;
  const now = new Date(at).toISOString();
  const { digest: to, image, specHash, job } = refusal;
  const reason = job === undefined ? "StartFailed" : "JobFailed";
  const begun = known ?? { id, from, to, startedAt: now, image, specHash };
  return { ...begun, finishedAt: now, outcome: "failed", reason, message: `${reason}: ${because}` };
}

/** With what became of the container that failed, where one did. */
function withCause(rollout: Rollout, failures: readonly Failure[]): Rollout {
  if (rollout.finishedAt === undefined || rollout.outcome === "promoted") return rollout;
  const failure = failures.findLast(
    ({ digest, at, isReload }) => digest === rollout.to && at >= Date.parse(rollout.startedAt) && isReload !== true,
  );
  return failure === undefined ? rollout : { ...rollout, message: `${failure.reason}: ${failure.message}` };
}

function servesSince({ healthySince, startedAt }: ObservedContainer): number {
  return healthySince ?? startedAt ?? 0;
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
