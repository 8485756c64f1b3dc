import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withRolloutOf, withStep } from "../../../../src/control/journal/course-record.js";
import type { CourseRecord } from "../../../../src/control/journal/course-record.js";
import type { Entry } from "../../../../src/control/journal/entry.js";
import { entryLine, parseSealed } from "../../../../src/control/journal/line.js";
import { decodeRecord, encodeRecord } from "../../../../src/control/journal/state.js";
import { emptyRecord } from "../../../../src/control/journal/record.js";
import { silentLog } from "../../../../src/console/log.js";
import { openJournal, ownDirectory } from "./stage.js";

type Step = Extract<Entry, { type: "step" }>;

const step = (course: number, text: string, more: Partial<Step> = {}): Step => ({
  ...{ type: "step", at: course + 1, key: "shop/web", run: "r", text, course, kind: "wait", tookMs: 5 },
  ...more,
});

describe("what is kept of rollouts", () => {
  it("is their steps, in order, over a restart", async () => {
    const data = await ownDirectory();
    const journal = await openJournal(data, silentLog);
    await journal.append(step(1_000, "first"));
    await journal.append(step(1_000, "second", { error: "no" }));
    const again = await openJournal(data, silentLog);
    const steps = [
      { text: "first", kind: "wait", at: 1_001, tookMs: 5 },
      { text: "second", kind: "wait", at: 1_001, tookMs: 5, error: "no" },
    ];
    expect(again.record("shop/web").courses).toEqual([{ beganAt: 1_000, steps }]);
  });

  it("forgets a repair as soon as something else is done, and no rollout for that", () => {
    const repaired = withStep([], step(1_000, "start it"));
    const rolled = withRolloutOf(withStep(repaired, step(2_000, "pull")), 2_000, "shop/web@3");
    expect(rolled.map(({ beganAt }) => beganAt)).toEqual([2_000]);
    expect(withStep(rolled, step(3_000, "start it")).map(({ beganAt }) => beganAt)).toEqual([2_000, 3_000]);
  });

  it("is bounded in number and length, and the beginning and the end of a rollout stay", () => {
    const entries = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.string({ maxLength: 1_000 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(entries, (all) => {
        let courses: readonly CourseRecord[] = [];
        for (const [course, text] of all) {
          courses = withStep(withRolloutOf(courses, course, `shop/web@${course}`), step(course, text));
          expect(courses.length).toBeLessThanOrEqual(10);
        }
        for (const { steps } of courses) {
          expect(steps.length).toBeLessThanOrEqual(60);
          for (const { text } of steps) expect(text.length).toBeLessThanOrEqual(300);
        }
      }),
    );
    let courses: readonly CourseRecord[] = [];
    for (let count = 0; count < 100; count += 1) courses = withStep(courses, step(1, String(count)));
    expect(courses[0]?.steps.map(({ text }) => Number(text))).toEqual([
      ...Array.from({ length: 30 }, (_, index) => index),
      ...Array.from({ length: 30 }, (_, index) => 70 + index),
    ]);
    expect(courses[0]?.dropped).toBe(40);
  });

  it("is written in lines that an older version takes for what only people read", () => {
    expect(entryLine(step(1_000, "first")).startsWith('{"type":"step"')).toBe(true);
  });

  it("needs no word of it in what an older version has written", () => {
    const { courses: _courses, ...older } = emptyRecord;
    expect(decodeRecord(encodeRecord(older as typeof emptyRecord))).toEqual(emptyRecord);
    const { course: _course, kind: _kind, tookMs: _tookMs, ...plain } = step(1, "first");
    expect(parseSealed(entryLine(plain).trim())).toEqual({ kind: "step" });
  });
});
