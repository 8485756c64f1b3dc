import { describe, expect, it } from "vitest";
import { Lines } from "../../../../../src/cli/verbs/apply/lines.js";
import { picture } from "../../../../../src/cli/verbs/apply/picture.js";
import type { Rollout, Step } from "../../../../../src/cli/verbs/apply/figures.js";
import type { Progress } from "../../../../../src/control/surface/surface.js";

const began = Date.UTC(2026, 0, 31, 12);
const at = (seconds: number) => new Date(began + seconds * 1_000).toISOString();

const pull: Step = { text: "pull acme/web@sha256:b (it is new)", kind: "pull-image", state: "running", beganAt: at(0) };
const start: Step = { text: "start shop-web-1.next", kind: "start-container", state: "waiting" };
const wait: Step = { text: "wait until it has been well for 5s", kind: "wait", state: "waiting" };

function progressOf(change: Partial<Rollout>): Progress {
  const rollout = { beganAt: at(0), steps: [pull, start, wait], moreSteps: 0, pull: null, health: null, ...change };
  return { project: "shop", service: "web", rollout };
}

const layers = [
  { id: "aaaaaaaaaaaa", state: "there", bytes: 0 },
  { id: "bbbbbbbbbbbb", state: "downloading", bytes: 30_000_000, total: 60_000_000 },
] as const;
const pulling = progressOf({
  pull: { reference: "acme/web@sha256:b", layers, bytes: 30_000_000, total: 60_000_000, bytesPerSecond: 5_000_000 },
});
const waiting = progressOf({
  ...{ revision: 3, from: `sha256:${"a".repeat(64)}`, to: `sha256:${"b".repeat(64)}` },
  steps: [
    { ...pull, state: "done", endedAt: at(2) },
    { ...start, state: "done", beganAt: at(2), endedAt: at(2.3) },
    { ...wait, state: "running", beganAt: at(2.3) },
  ],
  health: {
    ...{ container: "shop-web-1.next", state: "starting", since: at(2.3), deadline: at(30) },
    probe: { exitCode: 1, output: "connection refused\u001b[31m" },
  },
});
const failed = progressOf({
  ...{ ...waiting.rollout, endedAt: at(9), outcome: "rolled-back", message: "Unhealthy: its health check fails" },
  steps: [{ ...wait, state: "failed", beganAt: at(2.3), endedAt: at(8), message: "its health check fails" }],
});

function told(...all: readonly Progress[]): readonly string[] {
  const said: string[] = [];
  const lines = new Lines((line, stays) => said.push(`${stays ? "!" : " "} ${line}`));
  for (const [index, progress] of all.entries()) lines.news(progress, began + index * 1_000);
  return said;
}

describe("plain lines", () => {
  it("say each change once, and of what takes long also its beginning", () => {
    expect(told(pulling, pulling, waiting, waiting, failed, failed)).toEqual([
      "  shop/web: begun: pull acme/web@sha256:b (it is new)",
      "  shop/web: pulled 30.0 MB of 60.0 MB, 5.0 MB/s",
      "  shop/web: done in 2.0s: pull acme/web@sha256:b (it is new)",
      "  shop/web: done in 0.3s: start shop-web-1.next",
      "  shop/web: begun: wait until it has been well for 5s",
      "  shop/web: shop-web-1.next: the check is not passed (exit code 1): connection refused",
      "! shop/web: failed in 5.7s: wait until it has been well for 5s: its health check fails",
      "! shop/web: rolled-back after 9.0s: Unhealthy: its health check fails",
    ]);
  });

  it("say nothing of what was over before anybody looked, and then of the next", () => {
    const next = progressOf({ beganAt: at(60), steps: [{ ...pull, beganAt: at(60) }] });
    expect(told(failed, next)).toEqual(["  shop/web: begun: pull acme/web@sha256:b (it is new)"]);
    expect(told({ project: "shop", service: "web", rollout: null })).toEqual([]);
  });
});

describe("the picture", () => {
  const plain = (lines: readonly string[]) => lines.map((line) => line.replace(/\u001b\[\d+m/g, ""));

  it("has a pull's layers with bars, bytes and the rate", () => {
    expect(plain(picture([pulling], began + 6_000, 40))).toEqual([
      "shop/web    6.0s",
      "  [>]    6.0s  pull acme/web@sha256:b (it is new)",
      "      bbbbbbbbbbbb  [##########          ]    30.0 MB of 60.0 MB  downloading",
      "      all           [##########          ]  30.0 MB of 60.0 MB, 5.0 MB/s",
      "  [ ]          start shop-web-1.next",
      "  [ ]          wait until it has been well for 5s",
    ]);
  });

  it("counts down to the health check's deadline, and quotes it without what would steer the terminal", () => {
    expect(plain(picture([waiting], began + 10_000, 40))).toEqual([
      "shop/web  revision 3: sha256:aaaaaaaaaaaa -> sha256:bbbbbbbbbbbb  10.0s",
      "  [x]    2.0s  pull acme/web@sha256:b (it is new)",
      "  [x]    0.3s  start shop-web-1.next",
      "  [>]    7.7s  wait until it has been well for 5s",
      "               shop-web-1.next is starting; it has to be healthy within 20s",
      "               the check is not passed (exit code 1): connection refused",
    ]);
  });

  it("is never higher than the terminal, and shows what is under way first", () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...waiting, service: `web-${index}` }));
    for (const rows of [1, 5, 24, 100]) expect(picture(many, began, rows).length).toBeLessThanOrEqual(rows);
    expect(plain(picture([waiting], began, 4)).some((line) => line.includes("[x]"))).toBe(false);
    expect(picture([failed], began, 24)).toEqual([]);
  });
});
