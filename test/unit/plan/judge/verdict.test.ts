import { describe, expect, it } from "vitest";
import { formatMs, healthDeadlineMs, judge } from "../../../../src/plan/judge/verdict.js";
import type { HostSnapshot } from "../../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { containerIn, hostWith, now, specOf } from "../world.js";

const check = { intervalMs: 10_000, timeoutMs: 2_000, retries: 3, startPeriodMs: 5_000 };

/** The verdict on a next container that must stay good for 5 s, times relative to now. */
function verdict(patch: Partial<ObservedContainer>, outage?: HostSnapshot["engineOutage"]): string {
  const next = containerIn("next", "b", 2, { startedAt: now - 3_000, ...patch });
  const result = judge(next, 5_000, viewOf(hostWith([next], { engineOutage: outage }), specOf(), new Map()));
  const until = result.kind === "waiting" ? ` until ${(result.until ?? 0) - now}` : "";
  const reason = result.kind === "failed" ? ` ${result.reason}` : "";
  return `${result.kind}${reason}${until}: ${result.because}`;
}

describe("a new container", () => {
  it.each<[string, string, Partial<ObservedContainer>]>([
    ["created", "not-started: it is created and not started", { state: "created" }],
    ["paused", "waiting until 2000: it is paused", { state: "paused" }],
    ["being removed", "waiting until 2000: it is removing", { state: "removing" }],
    ["restarting", "failed CrashLooping: it ends and restarts (exit code 2)", { state: "restarting", exitCode: 2 }],
    [
      "restarting for the first time",
      "failed CrashLooping: it ends and restarts (exit code ?)",
      { state: "restarting" },
    ],
    [
      "ended",
      "failed ContainerExited: it exited with code 1 after 2.5s",
      { state: "exited", exitCode: 1, finishedAt: now - 500 },
    ],
    [
      "dead",
      "failed ContainerExited: it exited with code 1 after 2.5s",
      { state: "dead", exitCode: 1, finishedAt: now - 500 },
    ],
    ["ended, nobody knows when", "failed ContainerExited: it exited with code ? after 0s", { state: "exited" }],
    [
      "ended, nobody knows since when it ran",
      "failed ContainerExited: it exited with code 0 after 0s",
      { state: "exited", exitCode: 0, startedAt: undefined, finishedAt: now },
    ],
    [
      "ended before it began, by a clock that was set",
      "failed ContainerExited: it exited with code 0 after 0s",
      { state: "exited", exitCode: 0, finishedAt: now - 4_000 },
    ],
    [
      "killed for its memory",
      "failed ContainerExited: it was killed for using too much memory after 3s",
      { state: "exited", exitCode: 137, oomKilled: true, finishedAt: now },
    ],
  ])("that is %s: %s", (_what, expected, patch) => {
    expect(verdict(patch)).toBe(expected);
  });

  it.each([
    ["PortConflict", "Bind for 0.0.0.0:80 failed: port is already allocated"],
    ["PortConflict", "listen tcp 0.0.0.0:80: bind: Address already in use"],
    ["StartFailed", "OCI runtime create failed: container_linux.go:380: starting container process"],
    ["StartFailed", 'exec: "nosuch": executable file not found in $PATH'],
    ["StartFailed", "exec /app: exec format error"],
    ["StartFailed", "No command specified"],
    ["StartRefused", "network shop_default not found"],
  ])("that cannot be started is judged by the engine's words: %s: %s", (reason, startError) => {
    expect(verdict({ state: "created", startedAt: undefined, startError })).toBe(
      `failed ${reason}: the engine could not start it: ${startError}`,
    );
  });

  it("that cannot be started again is judged only where its image or its port is the reason", () => {
    const again = (startError: string) => verdict({ state: "exited", finishedAt: now, startError });
    expect(again("exec format error")).toBe("failed StartFailed: the engine could not start it: exec format error");
    expect(again("port is already allocated")).toContain("failed PortConflict: ");
    expect(again("network shop_default not found")).toBe(
      "not-started: the engine could not start it again: network shop_default not found",
    );
  });
});

describe("a container that ended about when the engine was away", () => {
  const outage = { from: now - 20_000, to: now - 10_000 };
  const outside = "not-started: it was stopped by somebody else, or with the engine";
  const itself = "failed ContainerExited: it exited with code 137";

  it.each([
    [now - 21_001, itself],
    [now - 21_000, outside],
    [now - 15_000, outside],
    [now - 9_000, outside],
    [now - 8_999, itself],
    [undefined, itself],
  ])("at %s: %s", (finishedAt, expected) => {
    expect(verdict({ state: "exited", startedAt: now - 60_000, finishedAt, exitCode: 137 }, outage)).toContain(
      expected,
    );
  });

  it("or because somebody asked for it is not judged", () => {
    const stopped = { state: "exited", finishedAt: now, exitCode: 137 } as const;
    expect(verdict({ ...stopped, endedByRequest: true })).toBe(outside);
    expect(verdict({ ...stopped, endedByRequest: false })).toContain(itself);
  });
});

describe("a new container that runs", () => {
  it.each<[string, string, Partial<ObservedContainer>]>([
    ["for a while", "waiting until 2000: it is running and must stay so for 5s", {}],
    ["almost long enough", "waiting until 1: it is running and must stay so for 5s", { startedAt: now - 4_999 }],
    ["long enough", "proven: it has been running for 5s", { startedAt: now - 5_000 }],
    ["since nobody knows when", "waiting until 5000: it is running and must stay so for 5s", { startedAt: undefined }],
    [
      "healthy for a while",
      "waiting until 4000: it is healthy and must stay so for 5s",
      { health: "healthy", healthySince: now - 1_000, startedAt: now - 60_000 },
    ],
    [
      "healthy long enough",
      "proven: it has been healthy for 5s",
      { health: "healthy", healthySince: now - 5_000, startedAt: now - 60_000 },
    ],
    [
      "healthy since nobody knows when",
      "waiting until 5000: it is healthy and must stay so for 5s",
      { health: "healthy", startedAt: now - 60_000 },
    ],
    ["unhealthy", "failed Unhealthy: its health check fails", { health: "unhealthy" }],
    [
      "not yet healthy, far from the deadline",
      "waiting until 2000: its health check has not passed yet",
      { health: "starting", healthcheck: check },
    ],
    [
      "not yet healthy, near the deadline",
      "waiting until 500: its health check has not passed yet",
      { health: "starting", healthcheck: check, startedAt: now - 52_500 },
    ],
    [
      "not yet healthy, at the deadline",
      "failed HealthDeadlineExceeded: it did not become healthy within 53s",
      { health: "starting", healthcheck: check, startedAt: now - 53_000 },
    ],
  ])("%s: %s", (_what, expected, patch) => {
    expect(verdict(patch)).toBe(expected);
  });

  it("has until the start period and one probe more than its retries are over", () => {
    expect(healthDeadlineMs(containerIn("next", "b", 2, { healthcheck: check }))).toBe(5_000 + 4 * 12_000);
  });
});

it.each([
  [0, "0s"],
  [49, "0s"],
  [50, "0.1s"],
  [1_500, "1.5s"],
  [90_000, "90s"],
])("%d ms reads %s", (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});
