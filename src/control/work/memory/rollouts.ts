import type { ServiceKey, ServiceSpec } from "../../../compose/model/service.js";
import { formatImage } from "../../../compose/values/image.js";
import type { ImageVersion } from "../../../compose/values/image.js";
import { supersededBy, trackRollout } from "../../../plan/history/history.js";
import { highestOnHost, revisionIn } from "../../../plan/history/numbering.js";
import { openingOf } from "../../../plan/history/opening.js";
import type { Rollout } from "../../../plan/model/condition.js";
import type { Desired } from "../../../plan/model/desired.js";
import type { ObservedContainer } from "../../../plan/model/host/observed.js";
import { inEverySlot } from "../../../plan/model/view.js";
import type { View } from "../../../plan/model/view.js";
import { isUndoing, undoOf } from "../../../plan/rollout/on-rollback.js";
import { toleratedFailures } from "../../../plan/slot/failures.js";
import { shorten } from "../../../plan/steps/render.js";
import { given } from "../../../tools/present.js";
import { printable } from "../../../tools/printable.js";
import { byCommit, byPolicy } from "../../journal/event.js";
import type { Journal } from "../../journal/journal.js";
import type { Failure } from "../../journal/record.js";
import type { Clock } from "../../ports/clock.js";
import type { Provenance } from "../../ports/source.js";
import type { Telemetry } from "../../ports/telemetry.js";
import type { Tracing } from "../../ports/tracing.js";
import type { RunOf } from "./run.js";

export interface RolloutsOptions {
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly tracing: Pick<Tracing, "rollout">;
  readonly clock: Clock;
  /** What is being done for the service, by the beginning of that. */
  readonly courseOf: (key: ServiceKey) => number | undefined;
  /** Where a project comes from; undefined: from no repository. */
  readonly provenance: (project: string) => Provenance | undefined;
}

/** The record of each service's rollouts, as its containers show them. */
export class Rollouts {
  readonly #asked = new Map<ServiceKey, { readonly at: number; readonly cause: string }>();

  constructor(private readonly options: RolloutsOptions) {}

  /** A hook or a person asked for a look: the clock of push-to-healthy starts unless it runs already. */
  asked(key: ServiceKey, cause: string): void {
    if (!this.#asked.has(key)) this.#asked.set(key, { at: this.options.clock.monotonic(), cause });
  }

  /** Who or what that was, in words. */
  causeOf(key: ServiceKey): string | undefined {
    return this.#asked.get(key)?.cause;
  }

  /** Nothing is left to do for what was asked. */
  settled(key: ServiceKey): void {
    this.#asked.delete(key);
  }

  forget(key: ServiceKey): void {
    this.#asked.delete(key);
  }

  /** Opens and closes the record of the rollout that the containers show. */
  async follow(run: RunOf, goal: Desired, view: View): Promise<Rollout | undefined> {
    const { spec, ...wanted } = goal;
    const { journal, clock } = this.options;
    const { key, log } = run;
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
    const chosen = withTag(goal, known, withCause(rollout, journal.record(key).failures));
    const told = this.#withAsker(key, known, this.#withCommit(key, spec, known, chosen));
    await this.#note(run, told);
    if (rollout.finishedAt === undefined)
      log.info(
        { rollout: rollout.id },
        shorten(`rollout of ${rollout.to} has begun${byPolicy(told)}${byCommit(told)}`),
      );
    else await this.#finish(run, rollout, containers);
    return told;
  }

  /** A rollout that has ended, and no container tells of it now. */
  async close(run: RunOf, rollout: Rollout): Promise<void> {
    await this.#note(run, rollout);
    await this.#finish(run, rollout, []);
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

  /** Whoever asked for the look that shows it first. */
  #withAsker(key: ServiceKey, known: Rollout | undefined, rollout: Rollout): Rollout {
    const cause = known?.id === rollout.id ? known.cause : this.causeOf(key);
    return cause === undefined || rollout.rollback === true ? rollout : { ...rollout, cause: printable(cause, 300) };
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

  async #finish({ key, log }: RunOf, rollout: Rollout, containers: readonly ObservedContainer[]): Promise<void> {
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
    const askedAt = this.#asked.get(key)?.at;
    // The last replica to serve ends the wait.
    const servingSince = Math.max(...inEverySlot(containers, "active").map(servesSince));
    if (askedAt !== undefined && servingSince > 0) {
      const servedMs = clock.now() - servingSince;
      telemetry.pushToHealthy(key, Math.max(0, clock.monotonic() - askedAt - servedMs) / 1_000);
    }
  }

  /** One that was under way has ended with it. */
  async #note(run: RunOf, rollout: Rollout): Promise<void> {
    const { journal, clock, tracing, courseOf } = this.options;
    const { rollout: known, failures } = journal.record(run.key);
    const before = supersededBy(known, rollout, clock.now());
    if (before !== undefined) await this.close(run, withCause(before, failures));
    tracing.rollout(run.key, rollout);
    const course = given({ course: courseOf(run.key) });
    await journal.append({ type: "rollout", at: clock.now(), key: run.key, rollout, ...course });
  }
}

/** The tag's choice is told of the rollout that brings it. */
function withTag({ spec, choice }: Desired, known: Rollout | undefined, rollout: Rollout): Rollout {
  if (known?.id === rollout.id) return known.tag === undefined ? rollout : { ...rollout, tag: known.tag };
  if (choice === undefined || rollout.rollback === true) return rollout;
  const { from, tag, policy, skipped } = choice;
  const isBrought = rollout.image === formatImage({ ...spec.image, tag });
  return isBrought ? { ...rollout, tag: { ...given({ from, skipped }), tag, policy } } : rollout;
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
