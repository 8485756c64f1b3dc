import { describe, expect, it } from "vitest";
import { specHash as hashOf } from "../../../../src/compose/model/hash.js";
import type { ProbeSpec } from "../../../../src/compose/model/service.js";
import { emptyRecord } from "../../../../src/control/journal/record.js";
import { withoutAnswers, withProbe } from "../../../../src/control/observed/effective-health.js";
import { unasked } from "../../../../src/control/observed/probe-state.js";
import type { ProbeState } from "../../../../src/control/observed/probe-state.js";
import { forecastAll } from "../../../../src/control/surface/forecast/preview.js";
import { judge } from "../../../../src/plan/judge/verdict.js";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { viewOf } from "../../../../src/plan/model/view.js";
import { containerIn, hostWith, now, specOf } from "../../plan/world.js";

const probe: ProbeSpec = {
  check: { kind: "tcp", port: 80 },
  intervalMs: 10_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 0,
};
const said = (health: ProbeState["health"], patch: Partial<ProbeState> = {}): ProbeState => ({
  health,
  since: now - 5_000,
  failures: 0,
  countedFrom: 0,
  problem: health === "healthy" ? undefined : "status 500",
  ...patch,
});
const check = { intervalMs: 1_000, timeoutMs: 1_000, retries: 2, startPeriodMs: 0 };

describe("the health that the planner sees", () => {
  it.each<[ObservedContainer["health"], ProbeState["health"], ObservedContainer["health"]]>([
    ["none", "starting", "starting"],
    ["none", "healthy", "healthy"],
    ["none", "unhealthy", "unhealthy"],
    ["starting", "starting", "starting"],
    ["starting", "healthy", "starting"],
    ["starting", "unhealthy", "unhealthy"],
    ["healthy", "starting", "starting"],
    ["healthy", "healthy", "healthy"],
    ["healthy", "unhealthy", "unhealthy"],
    ["unhealthy", "starting", "unhealthy"],
    ["unhealthy", "healthy", "unhealthy"],
    ["unhealthy", "unhealthy", "unhealthy"],
  ])("Docker says %s, the probe says %s: %s", (docker, probed, health) => {
    const container = containerIn("next", "a", 1, {
      health: docker,
      healthySince: docker === "healthy" ? now - 9_000 : undefined,
    });
    const seen = withProbe(container, probe, said(probed), now - 60_000);
    expect(seen.health).toBe(health);
    expect(seen.healthySince).toBe(health === "healthy" ? now - 5_000 : undefined);
    expect(seen.healthProblem).toBe(probed === "healthy" ? undefined : "status 500");
  });

  it("is healthy since both have been", () => {
    const container = containerIn("next", "a", 1, { health: "healthy", healthySince: now - 1_000 });
    expect(withProbe(container, probe, said("healthy"), now).healthySince).toBe(now - 1_000);
  });

  it("counts the deadline from when somebody began to ask, and takes the longer of two", () => {
    const startedLongAgo = containerIn("next", "a", 1, { startedAt: now - 600_000 });
    const verdictAt = (container: ObservedContainer, at: number) =>
      judge(container, 5_000, viewOf(hostWith([container]), specOf(), new Map(), { now: at }));
    const seen = withProbe(startedLongAgo, probe, said("starting"), now);
    expect(verdictAt(seen, now + 43_999)).toMatchObject({
      kind: "waiting",
      because: "its health check has not passed yet: status 500",
    });
    expect(verdictAt(seen, now + 44_000)).toMatchObject({
      kind: "failed",
      reason: "HealthDeadlineExceeded",
      because: "it did not become healthy within 644s: status 500",
    });
    const fresh = containerIn("next", "a", 1, { startedAt: now, healthcheck: check });
    expect(withProbe(fresh, probe, said("starting"), now).healthcheck).toEqual({ ...check, ...timesOf(probe) });
    const slow = { ...check, startPeriodMs: 60_000 };
    const patient = containerIn("next", "a", 1, { startedAt: now, healthcheck: slow });
    expect(withProbe(patient, probe, said("starting"), now).healthcheck).toEqual(slow);
  });

  it("says what the probe said", () => {
    const seen = withProbe(containerIn("next", "a", 1), probe, said("unhealthy"), now);
    const verdict = judge(seen, 5_000, viewOf(hostWith([seen]), specOf(), new Map(), { now }));
    expect(verdict).toMatchObject({ reason: "Unhealthy", because: "its health check fails: status 500" });
  });
});

describe("who only looks", () => {
  const spec = specOf({ probe });
  const active = containerIn("active", "a", 1);
  const next = containerIn("next", "b", 2);

  it("takes what serves for healthy and what is on trial for not yet", () => {
    const failed = containerIn("failed", "c", 3);
    const seen = withoutAnswers(hostWith([active, next, failed]), [spec]);
    expect(seen.containers.map(({ health }) => health)).toEqual(["healthy", "starting", "none"]);
    expect(seen.containers[1]).toMatchObject(withProbe(next, probe, unasked(now - 60_000, probe, now), now));
    const unprobed = hostWith([active, next]);
    expect(withoutAnswers(unprobed, [specOf()])).toEqual(unprobed);
  });

  it("forecasts the wait for a probe", async () => {
    const targets = {
      resolve: () =>
        Promise.resolve({ image: spec.image, target: { known: true, digest: next.digest, sameContent: [] } }),
      isSameContent: () => Promise.resolve(false),
    };
    const unsigned = {
      look: () => Promise.resolve(undefined),
      unasked: () => ({ demanded: new Set(), verdicts: new Map() }),
    };
    const host = hostWith([active, { ...next, specHash: "H" }].map((one) => ({ ...one, specHash: hashOf(spec) })));
    const seen = withoutAnswers(host, [spec]);
    const [plan] = await forecastAll({
      projects: [{ name: spec.project, file: "services.yaml", services: [spec] }],
      prune: false,
      host: seen,
      supposed: () => Promise.resolve(seen),
      targets: targets as never,
      signatures: unsigned as never,
      record: () => emptyRecord,
    });
    expect(plan?.text).toMatch(/wait until it has been well for 5s\n(.*\n)* {2}rename shop-web-1\.next to shop-web-1 /);
  });
});

function timesOf({ intervalMs, timeoutMs, retries, startPeriodMs }: ProbeSpec) {
  return { intervalMs, timeoutMs, retries, startPeriodMs };
}
