import { describe, expect, test } from "vitest";
import type { JournalState } from "../../../src/control/journal/standing.js";
import { Metrics } from "../../../src/metrics/metrics.js";
import { conditionTypes } from "../../../src/plan/model/condition.js";
import { statusOf } from "../http/surface.js";
import { hasPromtool, promtool } from "./promtool.js";

/** Every sample as `name{labels}` -> value. */
async function samples(metrics: Metrics): Promise<Map<string, number>> {
  const lines = (await metrics.render()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

/** The series, without buckets, that name this service. */
async function seriesOf(metrics: Metrics, service: string): Promise<string[]> {
  return [...(await samples(metrics)).keys()].filter((series) => series.includes(`service="${service}"`));
}

describe("before anything has happened", () => {
  test.each([
    'fairlead_build_info{version="1.2.3"}',
    "fairlead_reconcile_duration_seconds_count",
    "fairlead_reconcile_panics_total",
    "fairlead_engine_up",
    "fairlead_rollout_duration_seconds_count",
    "fairlead_push_to_healthy_seconds_count",
    'fairlead_step_duration_seconds_count{step="pull-image"}',
    'fairlead_step_duration_seconds_count{step="other"}',
    'fairlead_hooks_total{type="dockerhub",outcome="accepted"}',
    'fairlead_hooks_total{type="generic",outcome="unauthorized"}',
    'workqueue_adds_total{name="services"}',
    'workqueue_depth{name="services"}',
    'workqueue_queue_duration_seconds_count{name="services"}',
    'workqueue_work_duration_seconds_count{name="services"}',
    'workqueue_retries_total{name="services"}',
    'workqueue_unfinished_work_seconds{name="services"}',
    'workqueue_longest_running_processor_seconds{name="services"}',
  ])("%s exists", async (series) => {
    const value = (await samples(new Metrics("1.2.3"))).get(series);
    expect(value).toBe(series.startsWith("fairlead_build_info") ? 1 : 0);
  });

  test("the process is described", async () => {
    const all = await samples(new Metrics("1.2.3"));
    expect(all.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000);
    expect(all.get("process_cpu_seconds_total")).toBeGreaterThan(0);
    expect(
      Math.abs((all.get("process_start_time_seconds") ?? 0) - (Date.now() / 1000 - process.uptime())),
    ).toBeLessThan(5);
  });
});

describe("a declared service", () => {
  test("has every series from the start: counters at zero, conditions Unknown", async () => {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    const all = await samples(metrics);
    const labels = 'project="shop",service="web"';
    for (const result of ["success", "requeue_after", "error", "terminal"]) {
      expect(all.get(`fairlead_reconcile_total{${labels},result="${result}"}`)).toBe(0);
    }
    for (const outcome of ["promoted", "rolled-back", "superseded", "failed"]) {
      expect(all.get(`fairlead_rollouts_total{${labels},outcome="${outcome}"}`)).toBe(0);
    }
    for (const outcome of ["verified", "missing", "invalid", "unavailable"]) {
      expect(all.get(`fairlead_signature_checks_total{${labels},outcome="${outcome}"}`)).toBe(0);
    }
    for (const outcome of ["moved", "unchanged", "refused", "failed"]) {
      expect(all.get(`fairlead_tag_promotions_total{${labels},outcome="${outcome}"}`)).toBe(0);
    }
    for (const type of conditionTypes) {
      const at = (status: string) => all.get(`fairlead_service_condition{${labels},type="${type}",status="${status}"}`);
      expect([at("True"), at("False"), at("Unknown")]).toEqual([0, 0, 1]);
    }
    expect(all.get(`fairlead_last_success_timestamp_seconds{${labels}}`)).toBe(0);
    for (const count of ["desired", "ready", "updated"]) {
      expect(all.get(`fairlead_service_replicas_${count}{${labels}}`)).toBe(0);
    }
    expect(all.get(`fairlead_service_sync{${labels},sync="Unknown"}`)).toBe(1);
    expect(all.get(`fairlead_service_sync{${labels},sync="Held"}`)).toBe(0);
    expect(all.get(`fairlead_service_reason{${labels},reason="NotObserved"}`)).toBe(1);
    expect(await seriesOf(metrics, "web")).toHaveLength(4 + 4 + 4 + 4 + 27 + 2 + 3 + 7 + 1);
  });

  test("shows exactly one status of each condition, and what it runs now only", async () => {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    const first = statusOf("shop/web", "nginx:1.27");
    metrics.status("shop/web", first);
    const digest = `sha256:${"b".repeat(64)}`;
    metrics.status("shop/web", {
      ...first,
      activeDigest: digest,
      conditions: first.conditions
        .filter(({ type }) => type !== "Progressing")
        .map((condition) => ({ ...condition, status: condition.type === "Healthy" ? "False" : condition.status })),
    });
    const shown = [...(await samples(metrics))].filter(
      ([series, value]) => series.includes("_condition{") && value === 1,
    );
    expect(shown.map(([series]) => /type="(\w+)",status="(\w+)"/.exec(series)?.slice(1).join("="))).toEqual([
      "Ready=True",
      "SpecValid=True",
      "DigestResolved=True",
      "Progressing=Unknown",
      "Healthy=False",
      "RolledBack=False",
      "StaleMount=False",
      "LocalChanges=False",
      "Promoted=True",
    ]);
    const infos = [...(await samples(metrics)).keys()].filter((series) => series.startsWith("fairlead_service_info"));
    expect(infos).toEqual([
      `fairlead_service_info{project="shop",service="web",image="nginx:1.27",digest="${digest}"}`,
    ]);
  });

  test("shows its sync, the reason of its state and its replicas, and nothing of what they were before", async () => {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    const synced = statusOf("shop/web", "nginx:1.27");
    metrics.status("shop/web", synced);
    metrics.status("shop/web", {
      ...synced,
      sync: "OutOfSync",
      replicas: { desired: 3, ready: 2, updated: 1 },
      conditions: synced.conditions.map((one) => (one.type === "Ready" ? { ...one, reason: "WaitingForWindow" } : one)),
    });
    const all = [...(await samples(metrics))].filter(([series]) => /_service_(sync|reason|replicas)/.test(series));
    expect(all.filter(([, value]) => value > 0)).toEqual([
      ['fairlead_service_sync{project="shop",service="web",sync="OutOfSync"}', 1],
      ['fairlead_service_reason{project="shop",service="web",reason="WaitingForWindow"}', 1],
      ['fairlead_service_replicas_desired{project="shop",service="web"}', 3],
      ['fairlead_service_replicas_ready{project="shop",service="web"}', 2],
      ['fairlead_service_replicas_updated{project="shop",service="web"}', 1],
    ]);
    expect(all).toHaveLength(7 + 1 + 3);
  });

  test("counts what is reported of it", async () => {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    metrics.serviceDeclared("shop/db");
    metrics.reconciled("shop/web", "requeue_after", 0.2);
    metrics.rolloutFinished("shop/web", "rolled-back", 7);
    metrics.tagPromoted("shop/web", "refused");
    metrics.succeeded("shop/web", 1_700_000_000);
    metrics.serviceDeclared("shop/web");
    const all = await samples(metrics);
    const labels = 'project="shop",service="web"';
    expect(all.get(`fairlead_reconcile_total{${labels},result="requeue_after"}`)).toBe(1);
    expect(all.get(`fairlead_reconcile_total{${labels},result="success"}`)).toBe(0);
    expect(all.get(`fairlead_rollouts_total{${labels},outcome="rolled-back"}`)).toBe(1);
    expect(all.get(`fairlead_tag_promotions_total{${labels},outcome="refused"}`)).toBe(1);
    expect(all.get(`fairlead_last_success_timestamp_seconds{${labels}}`)).toBe(1_700_000_000);
    expect(all.get("fairlead_reconcile_duration_seconds_sum")).toBe(0.2);
    expect(all.get("fairlead_rollout_duration_seconds_sum")).toBe(7);
    expect(all.get('fairlead_reconcile_total{project="shop",service="db",result="requeue_after"}')).toBe(0);
  });

  test("takes its series with it when it leaves, and no late report brings them back", async () => {
    const metrics = new Metrics("1.2.3");
    const before = [...(await samples(metrics)).keys()];
    metrics.serviceDeclared("shop/web");
    metrics.status("shop/web", statusOf("shop/web", "nginx:1.27"));
    metrics.serviceRemoved("shop/web");
    metrics.reconciled("shop/web", "success", 1);
    metrics.rolloutFinished("shop/web", "promoted", 1);
    metrics.status("shop/web", statusOf("shop/web", "nginx:1.27"));
    metrics.succeeded("shop/web", 1);
    metrics.serviceRemoved("shop/web");
    expect([...(await samples(metrics)).keys()]).toEqual(before);
  });

  test("begins at zero again when it comes back", async () => {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    metrics.reconciled("shop/web", "success", 1);
    metrics.serviceRemoved("shop/web");
    metrics.serviceDeclared("shop/web");
    const all = await samples(metrics);
    expect(all.get('fairlead_reconcile_total{project="shop",service="web",result="success"}')).toBe(0);
  });
});

test("what has no service is counted as reported", async () => {
  const metrics = new Metrics("1.2.3");
  metrics.added();
  metrics.depth(3);
  metrics.waited(0.5);
  metrics.worked(2);
  metrics.retried();
  metrics.running(9, 4);
  metrics.panicked("shop/web");
  metrics.stepDone("pull-image", 3);
  metrics.pushToHealthy("shop/web", 12);
  metrics.hookAnswered("generic", "limited");
  metrics.registryRequested("docker.io", "HEAD", 200);
  metrics.registryRequested("docker.io", "GET", "error");
  metrics.fileProblems("services.yaml", 2);
  const all = await samples(metrics);
  expect(
    Object.fromEntries(
      [
        'workqueue_adds_total{name="services"}',
        'workqueue_depth{name="services"}',
        'workqueue_queue_duration_seconds_sum{name="services"}',
        'workqueue_work_duration_seconds_sum{name="services"}',
        'workqueue_retries_total{name="services"}',
        'workqueue_unfinished_work_seconds{name="services"}',
        'workqueue_longest_running_processor_seconds{name="services"}',
        "fairlead_reconcile_panics_total",
        'fairlead_step_duration_seconds_sum{step="pull-image"}',
        "fairlead_push_to_healthy_seconds_sum",
        'fairlead_hooks_total{type="generic",outcome="limited"}',
        'fairlead_registry_requests_total{registry="docker.io",method="HEAD",code="200"}',
        'fairlead_registry_requests_total{registry="docker.io",method="GET",code="error"}',
        'fairlead_services_file_problems{file="services.yaml"}',
      ].map((series) => [series, all.get(series)]),
    ),
  ).toMatchInlineSnapshot(`
    {
      "fairlead_hooks_total{type="generic",outcome="limited"}": 1,
      "fairlead_push_to_healthy_seconds_sum": 12,
      "fairlead_reconcile_panics_total": 1,
      "fairlead_registry_requests_total{registry="docker.io",method="GET",code="error"}": 1,
      "fairlead_registry_requests_total{registry="docker.io",method="HEAD",code="200"}": 1,
      "fairlead_services_file_problems{file="services.yaml"}": 2,
      "fairlead_step_duration_seconds_sum{step="pull-image"}": 3,
      "workqueue_adds_total{name="services"}": 1,
      "workqueue_depth{name="services"}": 3,
      "workqueue_longest_running_processor_seconds{name="services"}": 4,
      "workqueue_queue_duration_seconds_sum{name="services"}": 0.5,
      "workqueue_retries_total{name="services"}": 1,
      "workqueue_unfinished_work_seconds{name="services"}": 9,
      "workqueue_work_duration_seconds_sum{name="services"}": 2,
    }
  `);
});

test("registries that are left alone or spread are shown, and at once when they are not any more", async () => {
  const metrics = new Metrics("1.2.3");
  const shown = async () => {
    const all = await samples(metrics);
    const of = (name: string) => all.get(`fairlead_registry_${name}{registry="reg.lan"}`);
    return [of("circuit_open"), of("pace_seconds")];
  };
  expect(await shown()).toEqual([undefined, undefined]);
  metrics.registryCircuit("reg.lan", false);
  expect(await shown()).toEqual([0, undefined]);
  metrics.registryCircuit("reg.lan", true);
  metrics.registryPaced("reg.lan", 216);
  expect(await shown()).toEqual([1, 216]);
  metrics.registryCircuit("reg.lan", false);
  metrics.registryPaced("reg.lan", 0);
  expect(await shown()).toEqual([0, 0]);
});

test("steps that take time are told apart, and they are not most of what is scraped", async () => {
  const metrics = new Metrics("1.2.3");
  metrics.serviceDeclared("shop/web");
  metrics.stepDone("stop-container", 11);
  metrics.stepDone("rename-container", 0.02);
  metrics.stepDone("tag-image", 0.03);
  const all = await samples(metrics);
  expect(all.get('fairlead_step_duration_seconds_bucket{le="10",step="stop-container"}')).toBe(0);
  expect(all.get('fairlead_step_duration_seconds_bucket{le="60",step="stop-container"}')).toBe(1);
  expect(all.get('fairlead_step_duration_seconds_count{step="other"}')).toBe(2);
  const ofSteps = [...all.keys()].filter((series) => series.startsWith("fairlead_step_duration_seconds"));
  expect(ofSteps.length / all.size).toBeLessThan(0.35);
});

describe("the exposition", () => {
  async function full(): Promise<string> {
    const metrics = new Metrics("1.2.3");
    metrics.serviceDeclared("shop/web");
    metrics.status("shop/web", statusOf("shop/web", 'odd"\n\\name'));
    metrics.registryRequested("docker.io", "HEAD", 200);
    metrics.fileProblems("services.yaml", 0);
    return metrics.render();
  }

  test("keeps Prometheus' naming rules", async () => {
    const text = await full();
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(25);
    for (const { name, type } of types) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      expect(text).toMatch(new RegExp(`^# HELP ${name} [A-Z0-9].*\\.$`, "m"));
    }
  });

  test.skipIf(!hasPromtool())("passes promtool check metrics", async () => {
    expect(promtool(["check", "metrics"], await full())).toBe("");
  });
});

test("the journal is told as of each scrape", async () => {
  const metrics = new Metrics("1.2.3");
  const journal: { state: JournalState } = { state: { kind: "written" } };
  metrics.journal(() => journal.state);
  expect(await metrics.render()).toContain("\nfairlead_journal_writable 1\n");
  journal.state = { kind: "stuck", forMs: 62_000 };
  const stuck = await metrics.render();
  expect(stuck).toContain("\nfairlead_journal_writable 0\n");
  expect(stuck).toContain("\nfairlead_journal_stuck_seconds 62\n");
  journal.state = { kind: "failing", message: "no space left" };
  expect(await metrics.render()).toContain("\nfairlead_journal_writable 0\n");
});

test("the hooks' certificate has its end, and whether another one is refused; without TLS there is no end", async () => {
  const metrics = new Metrics("1.2.3");
  const ends = "fairlead_tls_certificate_expiry_timestamp_seconds";
  expect((await samples(metrics)).has(ends)).toBe(false);
  metrics.tls.certificateEnds(1_800_000_000);
  metrics.tls.certificateRefused(true);
  metrics.tls.handshakeFailed();
  const found = await samples(metrics);
  expect(found.get(ends)).toBe(1_800_000_000);
  expect(found.get("fairlead_tls_certificate_refused")).toBe(1);
  expect(found.get("fairlead_tls_handshake_failures_total")).toBe(1);
});
