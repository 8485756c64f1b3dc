import type { ForetoldStep } from "../../plan/forecast.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { StepKind } from "../../plan/model/step.js";
import { revisionIn } from "../../plan/history/numbering.js";
import { withoutUrlSecrets } from "../../tools/mask.js";
import { given } from "../../tools/present.js";
import { printable } from "../../tools/printable.js";
import type { CourseRecord } from "../journal/course-record.js";
import type { HealthProgress, ProgressOutcome, ProgressStep, PullProgress, RolloutProgress } from "./model.js";

/** What tries again and again is not kept whole. */
const mostSteps = 100;
const longestMessage = 300;

/** A step that has begun. Times are epoch ms. */
export interface BegunStep {
  readonly text: string;
  readonly kind: StepKind | "wait";
  readonly beganAt: number;
  endedAt?: number;
  /** Why it failed. */
  failure?: string;
}

/** What is done for one service, from its first step to its last, over as many runs as that takes. */
export class Course {
  readonly #steps: BegunStep[] = [];
  #dropped = 0;
  rollout: Rollout | undefined;
  pull: PullProgress | undefined;
  health: HealthProgress | undefined;
  message: string | undefined;
  #end: { readonly at: number; readonly outcome: ProgressOutcome } | undefined;

  constructor(
    /** Epoch ms; no two courses of a service have the same. */
    readonly beganAt: number,
    /** Who or what asked for it. */
    readonly cause: string | undefined,
    /** What has been done before a restart. */
    earlier: { readonly steps: readonly BegunStep[]; readonly dropped: number } = { steps: [], dropped: 0 },
  ) {
    this.#steps.push(...earlier.steps);
    this.#dropped = earlier.dropped;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  begin(text: string, kind: BegunStep["kind"], at: number): BegunStep {
    const step: BegunStep = { text, kind, beganAt: at };
    this.#steps.push(step);
    if (this.#steps.length > mostSteps) this.#dropped += this.#steps.splice(0, 1).length;
    return step;
  }

  /** The wait that goes on. */
  waiting(): BegunStep | undefined {
    return this.#steps.findLast(({ kind, endedAt }) => kind === "wait" && endedAt === undefined);
  }

  isRunning(text: string): boolean {
    return this.#steps.some((step) => step.text === text && step.endedAt === undefined);
  }

  /** The last that was begun brings an image. */
  get isFetching(): boolean {
    const kind = this.#steps.at(-1)?.kind;
    return kind === "pull-image" || kind === "build-image";
  }

  end(outcome: ProgressOutcome, message: string | undefined, at: number): void {
    for (const step of this.#steps) step.endedAt ??= at;
    this.#end = { at, outcome };
    this.message = message;
  }

  /** With what is still to come, as far as it can be foretold. */
  shown(image: string | undefined, rest: readonly ForetoldStep[], pull: PullProgress | undefined): RolloutProgress {
    const { rollout, message } = this;
    const to = rollout?.to;
    const coming = rest.map(({ text, kind }): ProgressStep => ({ text, kind, state: "waiting" }));
    return {
      ...given({
        revision: rollout === undefined ? undefined : revisionIn(rollout.id),
        from: rollout?.from,
        to,
        image: rollout?.image ?? image,
        cause: rollout?.cause ?? this.cause,
      }),
      beganAt: iso(this.beganAt),
      ...(this.#end === undefined ? {} : { endedAt: iso(this.#end.at), outcome: this.#end.outcome }),
      ...given({ message: message === undefined ? undefined : told(message) }),
      steps: [...this.#steps.map(shownStep), ...(this.isOver ? [] : coming)],
      moreSteps: this.#dropped,
      pull: pull ?? this.pull ?? null,
      health: this.health ?? null,
    };
  }
}

/** As the journal has it. */
export function recalled({ beganAt, steps, dropped = 0 }: CourseRecord, rollout: Rollout): Course {
  const earlier = steps.map(({ text, kind, at, tookMs, error }): BegunStep => {
    const failure = error === undefined ? {} : { failure: error };
    return { text, kind: kind as BegunStep["kind"], beganAt: at, endedAt: at + tookMs, ...failure };
  });
  const course = new Course(beganAt, rollout.cause, { steps: earlier, dropped });
  course.rollout = rollout;
  const { finishedAt, outcome = "superseded", message } = rollout;
  if (finishedAt !== undefined) course.end(outcome, message, Date.parse(finishedAt));
  return course;
}

export function endStep(step: BegunStep, at: number, failure?: string): void {
  if (step.endedAt !== undefined) return;
  step.endedAt = at;
  if (failure !== undefined) step.failure = failure;
}

function shownStep({ text, kind, beganAt, endedAt, failure }: BegunStep): ProgressStep {
  const state = endedAt === undefined ? "running" : failure === undefined ? "done" : "failed";
  return {
    text,
    kind,
    state,
    beganAt: iso(beganAt),
    ...(endedAt === undefined ? {} : { endedAt: iso(endedAt) }),
    ...(failure === undefined ? {} : { message: told(failure) }),
  };
}

/** The words of engines and registries may hold a login in an address. */
function told(text: string): string {
  return printable(withoutUrlSecrets(text), longestMessage);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
