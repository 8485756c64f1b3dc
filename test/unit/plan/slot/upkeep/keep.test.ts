import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../../src/plan/model/host/observed.js";
import { slotOf, viewOf } from "../../../../../src/plan/model/view.js";
import { keepRunning } from "../../../../../src/plan/slot/upkeep/keep.js";
import { compilePlainly } from "../../../../../src/plan/steps/compile.js";
import { renderPlan } from "../../../../../src/plan/steps/render.js";
import { containerIn, hostWith, now, specOf } from "../../world.js";

const ended = { state: "exited", exitCode: 1, startedAt: now - 3_000, finishedAt: now - 1_000 } as const;

function keep(patch: Partial<ObservedContainer>, heals = 0, outage?: HostSnapshot["engineOutage"]) {
  const active = containerIn("active", "a", 1, patch);
  const view = slotOf(viewOf(hostWith([active], { engineOutage: outage }), specOf(), new Map()), 1);
  return compilePlainly(keepRunning(specOf(), active, view, { ...emptyMemory, heals }));
}

/** For how long from now it is left alone; undefined: it is started at once. */
function pauseOf(heals: number, patch: Partial<ObservedContainer> = {}, outage?: HostSnapshot["engineOutage"]) {
  const { outcome } = keep({ ...ended, ...patch }, heals, outage);
  return outcome.kind === "wait" && outcome.until !== undefined ? outcome.until - now : undefined;
}

describe("a container that keeps ending", () => {
  it.each([
    [0, undefined],
    [1, undefined],
    [2, 1_000],
    [3, 3_000],
    [8, 127_000],
    [9, 255_000],
    [10, 299_000],
    [1_000, 299_000],
  ])("is, after %d vain starts, left alone for %s ms", (heals, pause) => {
    expect(pauseOf(heals)).toBe(pause);
  });

  it("is started at once when it had lasted 10 s", () => {
    expect(pauseOf(5, { startedAt: now - 10_999 })).toBe(15_000);
    expect(pauseOf(5, { startedAt: now - 11_000 })).toBeUndefined();
  });

  it("is started at once when it ended with the engine, or nobody knows how long it ran", () => {
    expect(pauseOf(5, {}, { from: now - 1_000, to: now })).toBeUndefined();
    expect(pauseOf(5, { startedAt: undefined })).toBeUndefined();
    expect(pauseOf(5, { finishedAt: undefined })).toBeUndefined();
  });

  it("is started when the pause is over", () => {
    expect(pauseOf(1, { finishedAt: now - 999 })).toBe(1);
    expect(pauseOf(1, { finishedAt: now - 1_000 })).toBeUndefined();
  });
});

describe("what is said of a container that should run", () => {
  it.each<[string, string, Partial<ObservedContainer>]>([
    ["it was never started", "1. start shop-web-1 (it was never started)", { state: "created", startedAt: undefined }],
    ["it ended", "1. start shop-web-1 (it ended (exit code 1))", ended],
    ["it ended, nobody knows how", "1. start shop-web-1 (it ended (exit code ?))", { ...ended, exitCode: undefined }],
    [
      "it restarts, nobody knows why",
      "=> wait: CrashLooping: shop-web-1 ends and restarts (exit code ?, 0 restarts)",
      { state: "restarting" },
    ],
  ])("%s: %s", (_what, line, patch) => {
    expect(renderPlan(keep(patch))).toContain(line);
  });

  it("that it keeps ending, nobody knows how", () => {
    expect(renderPlan(keep({ ...ended, exitCode: undefined }, 3))).toBe(
      "=> wait: CrashLooping: shop-web-1 keeps ending (exit code ?); it is started again in 3s",
    );
  });

  it("that it is looked at again in 5 s while the engine restarts it, and not before something happens while paused", () => {
    expect(keep({ state: "restarting" }).outcome).toMatchObject({ kind: "wait", until: now + 5_000 });
    expect(keep({ state: "paused" }).outcome).toMatchObject({ kind: "wait", until: undefined });
  });
});

describe("its declared restart policy", () => {
  const set = "1. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)";
  const off = { restartPolicy: { name: "no", maximumRetryCount: 0 } } as const;

  it.each(["running", "restarting", "paused"] as const)("comes back while it is %s", (state) => {
    expect(renderPlan(keep({ ...off, state }))).toContain(set);
  });

  it("comes back while it is left alone", () => {
    expect(renderPlan(keep({ ...off, ...ended }, 3))).toContain(set);
  });

  it("stays as it is where the engine cannot change one: it is started all the same", () => {
    expect(keep({ ...off, restartFixed: true }).steps).toEqual([]);
    expect(keep({ ...off, ...ended, restartFixed: true }).steps).toMatchObject([{ kind: "start-container" }]);
  });

  it("comes back with its number of retries", () => {
    const declaredRestart = { name: "on-failure", maximumRetryCount: 3 } as const;
    const restartPolicy = { name: "on-failure", maximumRetryCount: 2 } as const;
    expect(keep({ declaredRestart, restartPolicy }).steps).toMatchObject([{ policy: declaredRestart }]);
    expect(keep({ declaredRestart, restartPolicy: declaredRestart }).steps).toEqual([]);
  });
});
