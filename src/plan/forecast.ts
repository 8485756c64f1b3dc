import { dependenciesOf } from "../compose/model/relations.js";
import type { ServiceSpec } from "../compose/model/service.js";
import { isOnItsWay, knownOf } from "./model/dependency.js";
import type { KnownDependency } from "./model/dependency.js";
import type { Desired, Memory } from "./model/desired.js";
import type { HostSnapshot } from "./model/host/host-snapshot.js";
import type { Awaits, Outcome, Plan } from "./model/outcome.js";
import { claimOf } from "./model/host/resources.js";
import type { ResourceClaim } from "./model/host/resources.js";
import type { StepKind } from "./model/step.js";
import { viewOf } from "./model/view.js";
import { gatesAnswer, remembering, whenWell, whenCompleted, whenJobsEnded, whenWorkEnded } from "./paper.js";
import { plan } from "./plan.js";
import { effect } from "./steps/effect.js";
import { renderStep, shorten } from "./steps/render.js";

/** A service whose way is to be foretold. */
export interface Subject {
  readonly desired: Desired;
  readonly memory: Memory;
}

export interface Forecast {
  /** Steps and waits in order, one a line. */
  readonly lines: readonly string[];
  /** The same as data, without what is left to be waited for in the end. */
  readonly steps: readonly ForetoldStep[];
  readonly changes: boolean;
  readonly end: Plan["outcome"];
}

export interface ForetoldStep {
  readonly text: string;
  readonly kind: StepKind | "wait";
}

type Wait = Extract<Outcome, { kind: "wait" }>;

/** More passes than the rollout of one replica needs; a plan that does not settle by then says so. */
const longest = 20;
const passesOfJob = 3;

/** The way of a service that has no other one beside it. */
export function forecast(desired: Desired, host: HostSnapshot, memory: Memory): Forecast {
  const [only] = forecastAll([{ desired, memory }], host);
  if (only === undefined) throw new RangeError("one service has one way");
  return only;
}

/**
 * The whole way of services from here, if every container does well: each is planned as the controller plans it, whenever
 * something has changed, and its steps are carried out on paper; time passes when all of them wait.
 */
export function forecastAll(subjects: readonly Subject[], host: HostSnapshot): readonly Forecast[] {
  const scene: Scene = { host, claims: subjects.map(({ desired }) => claimOf(desired.spec)) };
  const courses = subjects.map(begin);
  let world = host;
  for (;;) {
    world = settle(courses, world, scene);
    const first = soonestOf(courses, world);
    if (first === undefined) break;
    world = pass(first, world);
    for (const course of courses) course.looks = course.passesLeft > 0;
  }
  return courses.map(({ steps, changes, outcome: end }) => {
    const lines = steps.map(({ text }) => text);
    return {
      lines: end.kind === "converged" ? lines : [...lines, shorten(`then: ${end.because}`)],
      steps,
      changes,
      end,
    };
  });
}

interface Scene {
  /** As it is in truth. */
  readonly host: HostSnapshot;
  readonly claims: readonly ResourceClaim[];
}

/** How far a service has come on paper. */
interface Course {
  readonly desired: Desired;
  memory: Memory;
  readonly steps: ForetoldStep[];
  changes: boolean;
  outcome: Outcome;
  /** Something has changed since it was planned. */
  looks: boolean;
  /** A wait that is told once it is over. */
  waited: string | undefined;
  /** The last one that was told so. */
  told: string | undefined;
  passesLeft: number;
}

const unseen: Outcome = { kind: "continue", reason: "NotObserved", because: "it has not been looked at yet" };

function begin({ desired, memory }: Subject): Course {
  const { replicas = 1, before = [], preStart = [], after = [] } = desired.spec;
  const passesLeft = longest * Math.max(1, replicas) + passesOfJob * (before.length + preStart.length + after.length);
  return {
    desired,
    memory,
    steps: [],
    changes: false,
    outcome: unseen,
    looks: true,
    waited: undefined,
    told: undefined,
    passesLeft,
  };
}

/** Until nobody has anything to do at this moment. */
function settle(courses: readonly Course[], host: HostSnapshot, scene: Scene): HostSnapshot {
  let world = host;
  for (let due = dueOf(courses); due !== undefined; due = dueOf(courses)) {
    const before = due.outcome;
    const after = move(due, world, courses, scene);
    const isNews = after !== world || isOnItsWay(before) !== isOnItsWay(due.outcome);
    world = gatesAnswer(after, scene.host, courses);
    for (const other of courses) if (other !== due && isNews) other.looks ||= other.passesLeft > 0;
  }
  return world;
}

function dueOf(courses: readonly Course[]): Course | undefined {
  return courses.find(({ looks }) => looks);
}

/** One look and what follows from it. */
function move(course: Course, host: HostSnapshot, courses: readonly Course[], scene: Scene): HostSnapshot {
  const { desired } = course;
  const known = knownTo(course, courses);
  const view = { ...viewOf(host, desired.spec, new Map(), { known }), claims: scene.claims };
  const { steps, outcome } = plan(desired, view, course.memory);
  let world = host;
  if (steps.length > 0) tellWait(course);
  for (const step of steps) {
    const id = `${desired.spec.project}/${desired.spec.name}#${course.steps.length}`;
    course.steps.push({ text: shorten(renderStep(step)), kind: step.kind });
    course.memory = remembering(course.memory, step, world);
    world = effect(world, step, world.takenAt, id);
  }
  course.changes ||= steps.length > 0;
  // On paper a pull is done at once.
  const goesOn = outcome.kind === "continue" || (outcome.kind === "wait" && outcome.awaits === "registry");
  course.looks = goesOn && course.passesLeft > 0;
  if (goesOn || steps.length > 0) course.passesLeft -= 1;
  course.outcome = outcome;
  course.waited = outcome.kind === "wait" && !goesOn ? waitLine(outcome, course.desired.spec) : undefined;
  return world;
}

/** Once, however often it goes on in between. */
function tellWait(course: Course): void {
  const { waited, told } = course;
  if (waited !== undefined && waited !== told) course.steps.push({ text: waited, kind: "wait" });
  course.told = waited ?? told;
}

/** As the controller knows it of the services that this one depends on. */
function knownTo({ desired: { spec } }: Course, courses: readonly Course[]): ReadonlyMap<string, KnownDependency> {
  const found = dependenciesOf(spec).flatMap((dependency): [string, KnownDependency][] => {
    const its = courses.find(
      ({ desired: other }) => other.spec.project === spec.project && other.spec.name === dependency.service,
    );
    if (its === undefined) return [];
    const { desired, outcome } = its;
    const wanted = { ...desired, target: desired.pin?.over ?? desired.target };
    const fault = outcome.kind === "converged" ? undefined : outcome.because;
    return [[dependency.service, knownOf(dependency, wanted, { onItsWay: isOnItsWay(outcome), fault })]];
  });
  return new Map(found);
}

/** Whose wait is over first. Undefined: none is over by itself, or too many have been. */
function soonestOf(courses: readonly Course[], { takenAt }: HostSnapshot): Course | undefined {
  const [first] = courses
    .flatMap((course) => {
      const at = course.passesLeft > 0 ? endOf(course, takenAt) : undefined;
      return at === undefined ? [] : [{ course, at }];
    })
    .sort((one, other) => one.at - other.at);
  return first?.course;
}

/** What brings the end of a wait, on paper; what is not named does not come by itself. */
interface Passing {
  /** When that is. */
  readonly at: (wait: Wait, now: number, spec: ServiceSpec) => number | undefined;
  readonly then: (host: HostSnapshot, spec: ServiceSpec) => HostSnapshot;
  /** How it is told. Absent: as the planner says it. */
  readonly told?: (spec: ServiceSpec) => string;
}

const intime: Passing = { at: ({ until }) => until, then: whenWorkEnded };

const passings: Partial<Record<Awaits, Passing>> = {
  time: intime,
  turn: intime,
  reload: intime,
  completion: { at: (_wait, now) => now, then: whenCompleted, told: () => "wait until it has completed" },
  job: { at: (_wait, now) => now, then: whenJobsEnded, told: () => "wait until it has ended well" },
  health: {
    at: (_wait, now, { update }) => now + update.monitorMs,
    then: (host, { update }) => whenWell(host, update.monitorMs),
    told: ({ update }) => `wait until it has been well for ${update.monitorMs / 1_000}s`,
  },
};

/** When a service has what it waits for, if all do well. */
function endOf({ outcome, desired }: Course, now: number): number | undefined {
  return outcome.kind === "wait" ? passings[outcome.awaits]?.at(outcome, now, desired.spec) : undefined;
}

function pass(course: Course, world: HostSnapshot): HostSnapshot {
  const { outcome, desired, waited } = course;
  if (waited !== undefined) course.steps.push({ text: waited, kind: "wait" });
  course.waited = undefined;
  course.passesLeft -= 1;
  if (outcome.kind !== "wait") return world;
  const takenAt = Math.max(world.takenAt, endOf(course, world.takenAt) ?? 0);
  return { ...(passings[outcome.awaits]?.then(world, desired.spec) ?? world), takenAt };
}

/** How a wait is told: as a plan shows it. */
export function waitLine({ awaits, because }: Pick<Wait, "awaits" | "because">, spec: ServiceSpec): string {
  return passings[awaits]?.told?.(spec) ?? shorten(`wait: ${because}`);
}
