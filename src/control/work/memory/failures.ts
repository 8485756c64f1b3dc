import type { ServiceKey } from "../../../compose/model/service.js";
import { failedRun } from "../../../plan/jobs/job-news.js";
import type { Rollout } from "../../../plan/model/condition.js";
import { isFollower } from "../../../plan/model/host/observed.js";
import type { Refusal } from "../../../plan/model/host/observed.js";
import type { StepOf } from "../../../plan/model/step.js";
import { shorten } from "../../../plan/steps/render.js";
import type { Journal } from "../../journal/journal.js";
import type { ServiceRecord } from "../../journal/record.js";
import type { Clock } from "../../ports/clock.js";
import type { Engine } from "../../ports/engine.js";
import { lastLines } from "./last-lines.js";
import type { Rollouts } from "./rollouts.js";
import type { RunOf } from "./run.js";

export interface FailuresOptions {
  readonly journal: Journal;
  readonly engine: Pick<Engine, "logTail">;
  readonly clock: Clock;
  readonly rollouts: Pick<Rollouts, "close">;
}

const logLines = 40;

/** What failed, as it is written down: in the journal, with its last log lines. */
export class Failures {
  readonly #refusals = new Map<ServiceKey, readonly Refusal[]>();

  constructor(private readonly options: FailuresOptions) {}

  /** A creation that the engine has just refused is seen by the next look. */
  refused(key: ServiceKey, refusal: Refusal): void {
    const others = this.refusals(key).filter(({ container }) => container !== refusal.container);
    this.#refusals.set(key, [...others, refusal]);
  }

  refusals(key: ServiceKey): readonly Refusal[] {
    return this.#refusals.get(key) ?? [];
  }

  forget(key: ServiceKey): void {
    this.#refusals.delete(key);
  }

  async noteRefusal(run: RunOf, step: StepOf<"note-refusal">): Promise<void> {
    const { journal, clock, rollouts } = this.options;
    const { key, log } = run;
    const { refusal, because: message } = step;
    const { container, digest, specHash, slot, job, revision, onRollback } = refusal;
    this.#refusals.set(
      key,
      this.refusals(key).filter((one) => one !== refusal),
    );
    const at = clock.now();
    log.warn({ container, digest }, shorten(`${digest} failed: ${message}`));
    const rollout = isFollower(job) ? undefined : refusedRollout(journal.record(key), key, step, at);
    if (rollout !== undefined) await rollouts.close(run, rollout);
    if (job === undefined) {
      const reason = "StartFailed" as const;
      const which = { specHash, digest, revision, onRollback };
      await journal.append({ type: "hold", at, key, ...which, reason, message, container, slot, logs: [] });
    } else {
      const { hash, phase } = job;
      const which = { container: `${container} of revision ${revision}`, job: hash, specHash, digest, phase, revision };
      const entry = { ...which, outcome: "failed" as const, message, name: container };
      await journal.append({ type: "job", at, key, ...entry });
    }
  }

  /** Before the container can be lost. */
  async keepLogs({ key, log }: RunOf, step: StepOf<"keep-logs">, id: string): Promise<void> {
    const { journal, engine, clock } = this.options;
    if (step.again === true) {
      const { specHash, digest, reason, message, slot, container } = step;
      await journal.append({ type: "attempt", at: clock.now(), key, specHash, digest, reason, message, slot });
      log.warn({ container, digest, reason }, shorten(`${message}; the host is the cause; it is tried again later`));
      return;
    }
    const logs = await lastLines(engine, id, logLines);
    const { digest, specHash, reason, message, container, slot, job, revision, onRollback, ranAnewAt } = step;
    const failed = failedRun(step, id, clock.now());
    if (failed !== undefined) {
      await journal.append({ type: "job", key, ...failed, name: container, logs: [...logs] });
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
