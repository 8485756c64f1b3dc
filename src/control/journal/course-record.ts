import type { Entry } from "./entry.js";

/** What was done for a service in one go: a rollout from its first step to its last, or a repair. */
export interface CourseRecord {
  /** Epoch ms; no two of a service have the same. */
  readonly beganAt: number;
  /** The id of its rollout. Absent: it has brought nothing new, or not yet. */
  readonly rollout?: string;
  readonly steps: readonly StepRecord[];
  /** How many steps in the middle were left out. */
  readonly dropped?: number;
  /** In which fields the spec differs from that of what served before. Absent: not in its spec, or nobody knows. */
  readonly changes?: readonly SpecChange[];
}

export interface StepRecord {
  readonly text: string;
  /** A step's kind, or `wait`. */
  readonly kind: string;
  /** When it began, epoch ms. */
  readonly at: number;
  readonly tookMs: number;
  /** Why it failed. */
  readonly error?: string;
}

/** By Compose's keys, such as `ports[0]`. Values of variables are never in it. */
export interface SpecChange {
  readonly field: string;
  /** Absent: it was not there, or is not any more. */
  readonly from?: string;
  readonly to?: string;
}

const mostCourses = 10;
const mostSteps = 60;
const mostChanges = 40;
const longestText = 300;

type StepEntry = Extract<Entry, { readonly type: "step" }>;

/** Pure. What brings nothing new is kept until the next one begins. */
export function withStep(courses: readonly CourseRecord[], entry: StepEntry): readonly CourseRecord[] {
  const { course: beganAt, at, tookMs, kind, changes } = entry;
  if (beganAt === undefined) return courses;
  const last = courses.findLast((one) => one.beganAt === beganAt) ?? { beganAt, steps: [] };
  if (changes !== undefined) return withLast(courses, { ...last, changes: changes.slice(0, mostChanges).map(bounded) });
  if (tookMs === undefined || kind === undefined) return courses;
  const error = entry.error === undefined ? {} : { error: entry.error.slice(0, longestText) };
  const steps = [...last.steps, { text: entry.text.slice(0, longestText), kind, at, tookMs, ...error }];
  return withLast(courses, shortened({ ...last, steps }));
}

/** Which rollout it was. */
export function withRolloutOf(
  courses: readonly CourseRecord[],
  beganAt: number | undefined,
  rollout: string,
): readonly CourseRecord[] {
  if (beganAt === undefined) return courses;
  const known = courses.find((one) => one.beganAt === beganAt) ?? { beganAt, steps: [] };
  return known.rollout === rollout ? courses : withLast(courses, { ...known, rollout });
}

function withLast(courses: readonly CourseRecord[], course: CourseRecord): readonly CourseRecord[] {
  const others = courses.filter((one) => one.beganAt !== course.beganAt && one.rollout !== undefined);
  return [...others, course].sort((one, other) => one.beganAt - other.beganAt).slice(-mostCourses);
}

/** How it began and how it ended stay. */
function shortened(course: CourseRecord): CourseRecord {
  const { steps, dropped = 0 } = course;
  if (steps.length <= mostSteps) return course;
  return { ...course, steps: steps.filter((_, index) => index !== mostSteps / 2), dropped: dropped + 1 };
}

function bounded({ field, from, to }: NonNullable<StepEntry["changes"]>[number]): SpecChange {
  const cut = (text: string) => text.slice(0, longestText);
  return {
    field: cut(field),
    ...(from === undefined ? {} : { from: cut(from) }),
    ...(to === undefined ? {} : { to: cut(to) }),
  };
}
