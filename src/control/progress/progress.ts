/*
 * What a controller does for each service lives here, as people may follow it. Nothing is decided by it: it is told.
 */

import type { ServiceKey } from "../../compose/model/service.js";
import { asDigest, formatImage, pinnedImage } from "../../compose/values/image.js";
import { forecast, waitLine } from "../../plan/forecast.js";
import type { ForetoldStep } from "../../plan/forecast.js";
import type { Rollout } from "../../plan/model/condition.js";
import type { Desired, Memory } from "../../plan/model/desired.js";
import type { HostSnapshot } from "../../plan/model/host/host-snapshot.js";
import type { Outcome, Plan } from "../../plan/model/outcome.js";
import type { Step } from "../../plan/model/step.js";
import type { View } from "../../plan/model/view.js";
import { renderStep, shorten } from "../../plan/steps/render.js";
import { given } from "../../tools/present.js";
import type { Journal } from "../journal/journal.js";
import type { Clock } from "../ports/clock.js";
import type { LayerNews } from "../ports/engine.js";
import type { EndOfStep, Flaw, RunTrace, Tracing } from "../ports/tracing.js";
import { Course, endStep, recalled } from "./course.js";
import type { BegunStep } from "./course.js";
import { endOf, healthOf } from "./health.js";
import type { Progress, ProgressOutcome, RolloutProgress } from "./model.js";
import { PullMeter } from "./pull-meter.js";
import { Readers } from "./readers.js";

export interface ProgressesOptions {
  readonly clock: Clock;
  readonly journal: Pick<Journal, "append" | "record">;
  /** A rollout has begun, in the course with this beginning. */
  readonly onRollout?: (key: ServiceKey, course: number, rollout: Rollout) => void;
}

/** What a pass has seen and is about to do. */
export interface Look {
  readonly desired: Desired;
  readonly view: View;
  readonly memory: Memory;
  readonly host: HostSnapshot;
  readonly plan: Pick<Plan, "steps" | "outcome">;
}

/** As it was foretold at the last look: worked out only when somebody asks. */
interface Outlook {
  readonly look: Look;
  foretold: readonly ForetoldStep[] | undefined;
  /** How many of its first steps have begun since. */
  begun: number;
}

/** The last course of each service: one that goes on, or the last that was. */
export class Progresses implements Tracing {
  readonly #courses = new Map<ServiceKey, Course>();
  readonly #outlooks = new Map<ServiceKey, Outlook>();
  readonly #causes = new Map<ServiceKey, string>();
  /** What a course waits to have pulled, by `repository@sha256:…`. */
  readonly #pulled = new Map<ServiceKey, string>();
  readonly #meters = new Map<string, PullMeter>();
  readonly #readers: Readers;

  constructor(private readonly options: ProgressesOptions) {
    this.#readers = new Readers(options.clock);
  }

  of(key: ServiceKey): Progress {
    const [project = "", service = ""] = key.split("/");
    return { project, service, rollout: this.#shown(key) ?? null };
  }

  /** Each as it is now, and then whenever there is news of it, the newest only, until the signal aborts. */
  async *follow(keys: readonly ServiceKey[] | "all", signal: AbortSignal): AsyncGenerator<Progress> {
    const first = keys === "all" ? [...this.#courses.keys()] : keys;
    for await (const key of this.#readers.read(keys, first, signal)) yield this.of(key);
  }

  /** The course that goes on, by its beginning in epoch ms. Undefined: nothing is being done. */
  courseOf(key: ServiceKey): number | undefined {
    return this.#open(key)?.beganAt;
  }

  /** A look has been taken, and this follows from it. */
  planned(key: ServiceKey, look: Look): void {
    const { desired, view, plan } = look;
    const known = this.#open(key);
    const course = known ?? (isWork(plan) ? this.#begin(key) : undefined);
    if (course === undefined) return;
    this.#outlooks.set(key, { look, foretold: undefined, begun: 0 });
    course.health = healthOf(desired.spec, view) ?? (course.health && (endOf(course.health, view) ?? course.health));
    course.message = plan.outcome.kind === "converged" ? undefined : plan.outcome.because;
    if (plan.outcome.kind === "wait" && plan.outcome.awaits === "registry" && desired.target.known)
      this.#pulled.set(key, pinnedImage(desired.spec.image, asDigest(desired.target.digest)));
    const wait = course.waiting();
    if (wait !== undefined && (plan.steps.length > 0 || wait.text !== this.#waitText(key, plan.outcome)))
      this.#endOnItsOwn(key, course, wait, failureIn(plan.steps));
    this.#readers.news(key);
  }

  /** A pull begins: its news go to the answer. */
  pulling(reference: string): (news: LayerNews) => void {
    const meter = new PullMeter(reference);
    this.#meters.set(reference, meter);
    return (news) => {
      meter.note(news, this.options.clock.monotonic());
      this.#tellPull(reference);
    };
  }

  pullEnded(reference: string): void {
    const meter = this.#meters.get(reference);
    if (meter === undefined) return;
    const last = meter.progress(this.options.clock.monotonic());
    this.#meters.delete(reference);
    for (const [key, wanted] of this.#pulled) {
      const course = this.#courses.get(key);
      if (wanted === reference && course?.isOver === false) course.pull = last;
    }
    this.#tellPull(reference);
  }

  asked(key: ServiceKey, cause: string): void {
    if (!this.#causes.has(key)) this.#causes.set(key, cause);
  }

  run(key: ServiceKey): RunTrace {
    return {
      within: (_part, work) => work(),
      step: (step) => this.#stepBegan(key, step),
      judged: () => undefined,
      ended: (how) => {
        this.#runEnded(key, how);
      },
    };
  }

  rollout(key: ServiceKey, rollout: Rollout): void {
    const open = this.#open(key);
    const isNext = open?.rollout !== undefined && open.rollout.id !== rollout.id && rollout.finishedAt === undefined;
    if (isNext) this.#close(key, open.rollout?.outcome ?? "superseded", open.rollout?.message);
    if (open === undefined && rollout.finishedAt !== undefined) return;
    const course = isNext || open === undefined ? this.#begin(key) : open;
    const isNew = course.rollout?.id !== rollout.id;
    course.rollout = rollout;
    if (isNew) this.options.onRollout?.(key, course.beganAt, rollout);
    this.#readers.news(key);
  }

  forget(key: ServiceKey): void {
    for (const part of [this.#courses, this.#outlooks, this.#causes, this.#pulled]) part.delete(key);
    this.#readers.news(key);
  }

  #shown(key: ServiceKey): RolloutProgress | undefined {
    const course = this.#courses.get(key) ?? this.#remembered(key);
    if (course === undefined) return undefined;
    const outlook = this.#outlooks.get(key);
    const spec = outlook?.look.desired.spec;
    const pull = this.#meters.get(this.#pulled.get(key) ?? "")?.progress(this.options.clock.monotonic());
    return course.shown(spec === undefined ? undefined : formatImage(spec.image), this.#rest(course, outlook), pull);
  }

  #rest(course: Course, outlook: Outlook | undefined): readonly ForetoldStep[] {
    if (outlook === undefined) return [];
    const { desired, host, memory } = outlook.look;
    outlook.foretold ??= forecast(desired, host, memory).steps;
    return outlook.foretold.slice(outlook.begun).filter(({ text }) => !course.isRunning(text));
  }

  #stepBegan(key: ServiceKey, step: Step): EndOfStep {
    const course = this.#open(key) ?? this.#begin(key);
    const begun = course.begin(shorten(renderStep(step)), step.kind, this.#now());
    const outlook = this.#outlooks.get(key);
    if (outlook !== undefined) outlook.begun += 1;
    if (step.kind === "pull-image") this.#pulled.set(key, step.reference);
    this.#readers.news(key);
    const goesOn = step.kind === "pull-image" || step.kind === "build-image";
    return (flaw) => {
      if (goesOn) this.#endOnItsOwn(key, course, begun, flaw?.message);
      else endStep(begun, this.#now(), flaw?.message);
      this.#readers.news(key);
    };
  }

  /** It has gone on beside the runs, or between them: nobody else writes it down. */
  #endOnItsOwn(key: ServiceKey, { beganAt: course }: Course, step: BegunStep, error: string | undefined): void {
    if (step.endedAt !== undefined) return;
    const now = this.#now();
    endStep(step, now, error);
    const { text, kind, beganAt: at } = step;
    const tookMs = Math.max(0, now - at);
    const entry = { type: "step" as const, at, key, run: "", text, course, kind, tookMs, ...given({ error }) };
    void this.options.journal.append(entry);
  }

  #runEnded(key: ServiceKey, how: Outcome | Flaw): void {
    const course = this.#open(key);
    if (course === undefined) {
      if (how.kind === "converged") this.#causes.delete(key);
      return;
    }
    if (how.kind === "error") course.message = how.message;
    else {
      course.message = how.because;
      const end = endingOf(how);
      if (end !== undefined) this.#close(key, course.rollout?.outcome ?? end, end === "done" ? undefined : how.because);
      else this.#wait(key, course, how);
    }
    this.#readers.news(key);
  }

  #wait(key: ServiceKey, course: Course, how: Outcome): void {
    const text = this.#waitText(key, how);
    if (text === undefined || course.waiting()?.text === text) return;
    // Of a pull or a build of its own the step itself tells.
    if (how.kind === "wait" && (how.awaits === "registry" || how.awaits === "build") && course.isFetching) return;
    course.begin(text, "wait", this.#now());
  }

  #waitText(key: ServiceKey, how: Outcome): string | undefined {
    const spec = this.#outlooks.get(key)?.look.desired.spec;
    return how.kind === "wait" && spec !== undefined ? waitLine(how, spec) : undefined;
  }

  #open(key: ServiceKey): Course | undefined {
    const course = this.#courses.get(key);
    return course?.isOver === false ? course : undefined;
  }

  #begin(key: ServiceKey): Course {
    const earlier = this.#courses.has(key) ? undefined : this.#remembered(key);
    const last = this.#courses.get(key)?.beganAt ?? earlier?.beganAt ?? 0;
    const goesOn = earlier?.isOver === false ? earlier : undefined;
    const course = goesOn ?? new Course(Math.max(this.#now(), last + 1), this.#causes.get(key));
    this.#courses.set(key, course);
    this.#pulled.delete(key);
    return course;
  }

  /** The rollout that was the last one before a restart, or goes on over it. */
  #remembered(key: ServiceKey): Course | undefined {
    const { rollout, courses } = this.options.journal.record(key);
    const record = courses.findLast((one) => one.rollout !== undefined && one.rollout === rollout?.id);
    return record === undefined || rollout === undefined ? undefined : recalled(record, rollout);
  }

  #close(key: ServiceKey, outcome: ProgressOutcome, message: string | undefined): void {
    const course = this.#open(key);
    const wait = course?.waiting();
    if (course !== undefined && wait !== undefined) this.#endOnItsOwn(key, course, wait, undefined);
    course?.end(outcome, course.rollout?.message ?? message, this.#now());
    for (const part of [this.#outlooks, this.#causes]) part.delete(key);
  }

  #tellPull(reference: string): void {
    for (const [key, wanted] of this.#pulled) if (wanted === reference) this.#readers.news(key);
  }

  #now(): number {
    return this.options.clock.now();
  }
}

const awaited: ReadonlySet<string> = new Set(["registry", "build", "health", "completion", "job"]);

/** Something is done, or is on its way by itself. */
function isWork({ steps, outcome }: Look["plan"]): boolean {
  return steps.length > 0 || (outcome.kind === "wait" && outcome.standing === undefined && awaited.has(outcome.awaits));
}

/** What the wait before has come to, where that is a failure. */
function failureIn(steps: readonly Step[]): string | undefined {
  return steps.find((step) => step.kind === "keep-logs")?.message;
}

const deferring: ReadonlySet<string> = new Set(["WaitingForWindow", "WaitingForAge", "WaitingForApproval"]);

/** Undefined: it goes on by itself, and soon. */
function endingOf(how: Outcome): "done" | "blocked" | "deferred" | undefined {
  const { kind, standing, reason } = how;
  if (kind === "converged") return "done";
  const isWished = standing === "paused" || standing === "stopped" || standing === "unapproved";
  if (kind === "blocked") return isWished ? "deferred" : kind;
  if (kind === "wait" && (isWished || how.awaits === "person" || deferring.has(reason))) return "deferred";
  return undefined;
}
