import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProbeSpec } from "../../../../src/compose/model/service.js";
import { answered, pauseMs, unasked } from "../../../../src/control/observed/probe-state.js";
import type { ProbeState } from "../../../../src/control/observed/probe-state.js";
import type { ProbeAnswer } from "../../../../src/control/ports/prober.js";
import { healthDeadlineMs } from "../../../../src/plan/judge/verdict.js";
import { containerIn } from "../../plan/world.js";

const probe: ProbeSpec = {
  check: { kind: "tcp", port: 80 },
  intervalMs: 10_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 5_000,
};
const good: ProbeAnswer = { kind: "ready" };
const bad: ProbeAnswer = { kind: "failed", message: "tcp on port 80: connection refused" };
const mute: ProbeAnswer = { kind: "unknown", message: "it cannot be asked" };

/** What comes of answers, each asked for so many ms after the start and given at once. */
function after(...answers: readonly (readonly [atMs: number, answer: ProbeAnswer])[]): ProbeState {
  return answers.reduce(
    (state, [at, answer]) => answered(state, answer, probe, { askedAt: at, now: at }),
    unasked(0, probe, 0),
  );
}

describe("a probe", () => {
  it("makes a container healthy with the first good answer, and keeps the instant", () => {
    expect(after([20, bad], [1_020, good])).toMatchObject({ health: "healthy", since: 1_020, problem: undefined });
    expect(after([20, good], [10_020, good], [20_020, bad])).toMatchObject({ health: "healthy", since: 20 });
  });

  it("does not count what fails in the start period, nor between two intervals while it starts", () => {
    const early = Array.from({ length: 15 }, (_, second) => [second * 1_000, bad] as const);
    expect(after(...early)).toMatchObject({ health: "starting", failures: 0, problem: bad.message });
    expect(after(...early, [15_000, bad], [16_000, bad], [24_999, bad])).toMatchObject({ failures: 1 });
  });

  it("makes it unhealthy after its retries, and says since when and why", () => {
    const failing = [15_000, 25_000, 35_000].map((at) => [at, bad] as const);
    expect(after(...failing.slice(0, 2))).toMatchObject({ health: "starting", failures: 2 });
    expect(after(...failing)).toMatchObject({ health: "unhealthy", since: 35_000, problem: bad.message });
    expect(after(...failing, [45_000, bad])).toMatchObject({ health: "unhealthy", since: 35_000 });
    expect(after(...failing, [45_000, good])).toMatchObject({ health: "healthy", since: 45_000, failures: 0 });
  });

  it("counts every failure once it has been healthy, and a good answer in between forgives them", () => {
    const flapping = [good, bad, bad, good, bad, bad].map((answer, index) => [index * 10_000, answer] as const);
    expect(after(...flapping)).toMatchObject({ health: "healthy", since: 0, failures: 2 });
    expect(after(...flapping, [60_000, bad])).toMatchObject({ health: "unhealthy", since: 60_000 });
  });

  it("learns nothing from a question that could not be asked", () => {
    expect(after([0, good], [10_000, mute])).toMatchObject({ health: "healthy", failures: 0 });
    const many = Array.from({ length: 9 }, (_, index) => [index * 20_000, mute] as const);
    expect(after(...many)).toMatchObject({ health: "starting", problem: mute.message });
  });

  it("gives a container its retries anew that had started before we came", () => {
    const late = unasked(0, probe, 600_000);
    expect(late).toMatchObject({ health: "starting", since: 600_000, countedFrom: 600_000 });
    expect(answered(late, bad, probe, { askedAt: 600_000, now: 600_001 })).toMatchObject({ failures: 0 });
    expect(answered(late, bad, probe, { askedAt: 610_000, now: 610_001 })).toMatchObject({ failures: 1 });
  });

  it("is asked every second while it starts, else at its interval", () => {
    const [starting, healthy] = [after([0, bad]), after([0, good])];
    expect([pauseMs(starting, probe), pauseMs(healthy, probe)]).toEqual([1_000, 10_000]);
    expect(pauseMs(starting, { ...probe, intervalMs: 400 })).toBe(400);
  });
});

const probes = fc.record({
  check: fc.constant(probe.check),
  intervalMs: fc.integer({ min: 100, max: 60_000 }),
  timeoutMs: fc.integer({ min: 1, max: 60_000 }),
  retries: fc.integer({ min: 1, max: 6 }),
  startPeriodMs: fc.integer({ min: 0, max: 60_000 }),
});

describe("whatever is answered", () => {
  const answers = fc.array(fc.tuple(fc.constantFrom(good, bad, mute), fc.double({ min: 0, max: 1, noNaN: true })));

  it("health follows from the answers alone, and its instant moves only with it", () => {
    fc.assert(
      fc.property(probes, answers, (spec, given) => {
        let state = unasked(0, spec, 0);
        let now = 0;
        let failuresInARow = 0;
        for (const [answer, share] of given) {
          const askedAt = now;
          now += Math.round(share * spec.timeoutMs);
          const before = state;
          state = answered(before, answer, spec, { askedAt, now });
          if (answer.kind === "failed") failuresInARow += 1;
          if (answer.kind === "ready") failuresInARow = 0;
          expect(state.since).toBe(state.health === before.health ? before.since : now);
          if (answer.kind === "ready") expect(state.health).toBe("healthy");
          if (answer.kind === "unknown") expect(state.health).toBe(before.health);
          if (state.health === "unhealthy") expect(failuresInARow).toBeGreaterThanOrEqual(spec.retries);
          if (before.health !== "starting" && failuresInARow >= spec.retries) expect(state.health).toBe("unhealthy");
          now += pauseMs(state, spec);
        }
      }),
    );
  });

  it("one that never answers well is unhealthy no sooner than its retries allow, and soon after its deadline at the latest", () => {
    fc.assert(
      fc.property(probes, fc.double({ min: 0, max: 1, noNaN: true }), (spec, share) => {
        let state = unasked(0, spec, 0);
        let now = 0;
        while (state.health !== "unhealthy") {
          const askedAt = now;
          now += Math.round(share * spec.timeoutMs);
          state = answered(state, bad, spec, { askedAt, now });
          if (state.health !== "unhealthy") now += pauseMs(state, spec);
        }
        const { intervalMs, timeoutMs, retries, startPeriodMs } = spec;
        expect(now).toBeGreaterThanOrEqual(startPeriodMs + retries * intervalMs);
        const healthcheck = { intervalMs, timeoutMs, retries, startPeriodMs };
        const deadline = healthDeadlineMs(containerIn("next", "a", 1, { healthcheck }));
        expect(now).toBeLessThanOrEqual(deadline + retries * Math.min(1_000, intervalMs));
      }),
    );
  });
});
