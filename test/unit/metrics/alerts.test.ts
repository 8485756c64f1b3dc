import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { hasPromtool } from "./promtool.js";
import { play, rules, type Series } from "./rules.js";

const page = readFileSync(new URL("../../../docs/monitoring.md", import.meta.url), "utf8");
const verbs = readFileSync(new URL("../../../docs/cli.md", import.meta.url), "utf8");

const from = { job: "fairlead", instance: "a:8421" };
const web = { ...from, project: "shop", service: "web" };

interface Case {
  readonly alert: string;
  /** What the alert bears besides its severity. */
  readonly labels: Readonly<Record<string, string>>;
  /** As `$value` is printed. */
  readonly value?: string;
  /** From the beginning on, a sample a minute. */
  readonly fires: readonly Series[];
  readonly at: string;
  /** What comes near it, by what it is. */
  readonly quiet: Readonly<Record<string, readonly Series[]>>;
}

/** `name{labels}` with these values for as long as it is played. */
function series(name: string, labels: Readonly<Record<string, string>>, values: string): Series {
  const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return { series: `${name}{${written.join(",")}}`, values };
}

const up = (value: number) => series("fairlead_engine_up", from, `${value}x200`);
const ready = (value: number) =>
  series("fairlead_service_condition", { ...web, type: "Ready", status: "True" }, `${value}x200`);
const reason = (word: string, values = "1x200") => series("fairlead_service_reason", { ...web, reason: word }, values);
const hooks = (outcome: string, values: string, receiver?: string) =>
  series("fairlead_hooks_total", { ...from, type: "dockerhub", outcome, ...(receiver && { receiver }) }, values);
const pushes = (below: Readonly<Record<string, string>>) =>
  Object.entries(below).map(([le, values]) =>
    series("fairlead_push_to_healthy_seconds_bucket", { ...from, le }, values),
  );
const registry = { ...from, registry: "docker.io" };
const requests = (code: string, values: string) =>
  series("fairlead_registry_requests_total", { ...registry, method: "HEAD", code }, values);
const ends = (seconds: number) => [series("fairlead_tls_certificate_expiry_timestamp_seconds", from, `${seconds}x200`)];
const source = { ...from, source: "https://forge.example/acme/fleet.git" };
const told = (outcome: string, values: string) =>
  series("fairlead_notifications_total", { ...from, name: "chat", outcome }, values);
const hour = 3_600;

const cases: readonly Case[] = [
  {
    alert: "FairleadDown",
    labels: from,
    fires: [series("up", from, "0x200")],
    at: "5m",
    quiet: {
      "a scrape that was missed": [series("up", from, "1x3 0 1x190")],
      "another job": [series("up", { ...from, job: "other" }, "0x200")],
    },
  },
  {
    alert: "FairleadEngineUnreachable",
    labels: from,
    fires: [up(0)],
    at: "5m",
    quiet: { "a short restart": [series("fairlead_engine_up", from, "1x3 0 1x190")] },
  },
  {
    alert: "FairleadJournalNotWritten",
    labels: from,
    fires: [series("fairlead_journal_writable", from, "0x200")],
    at: "10m",
    quiet: { "a disk that hiccups": [series("fairlead_journal_writable", from, "1x5 0x2 1x190")] },
  },
  {
    alert: "FairleadQueueStuck",
    labels: { ...from, name: "services" },
    value: "20m 0s",
    fires: [series("workqueue_longest_running_processor_seconds", { ...from, name: "services" }, "1200x200")],
    at: "10m",
    quiet: {
      "a long stop": [series("workqueue_longest_running_processor_seconds", { ...from, name: "services" }, "600x200")],
    },
  },
  {
    alert: "FairleadFilesRunOut",
    labels: from,
    value: "90%",
    fires: [series("process_open_fds", from, "900x200"), series("process_max_fds", from, "1000x200")],
    at: "15m",
    quiet: {
      "room enough": [series("process_open_fds", from, "500x200"), series("process_max_fds", from, "1000x200")],
    },
  },
  {
    alert: "FairleadClockSkew",
    labels: from,
    value: "1m 0s",
    fires: [series("fairlead_engine_clock_skew_seconds", from, "-60x200")],
    at: "15m",
    quiet: { "what a network adds": [series("fairlead_engine_clock_skew_seconds", from, "2x200")] },
  },
  {
    alert: "FairleadReconcilePanics",
    labels: from,
    fires: [series("fairlead_reconcile_panics_total", from, "0x10 1x190")],
    at: "20m",
    quiet: { "one of long ago": [series("fairlead_reconcile_panics_total", from, "3x200")] },
  },
  {
    alert: "FairleadServiceNotReady",
    labels: { ...web, type: "Ready", status: "True" },
    fires: [up(1), ready(0), reason("DigestHeld")],
    at: "15m",
    quiet: {
      "what is ready": [up(1), ready(1), reason("Converged")],
      "an engine that is away": [up(0), ready(0), reason("EngineUnavailable")],
      "a crash loop, which has its own": [up(1), ready(0), reason("CrashLooping")],
    },
  },
  {
    alert: "FairleadCrashLooping",
    labels: { ...web, reason: "CrashLooping" },
    fires: [reason("CrashLooping")],
    at: "5m",
    quiet: { "one that has stopped": [reason("CrashLooping", "1 1 stale"), reason("Converged", "_ _ 1x190")] },
  },
  {
    alert: "FairleadStaleSuccess",
    labels: web,
    value: "2h 0m 0s",
    fires: [up(1), ready(1), series("fairlead_last_success_timestamp_seconds", web, "0x200")],
    at: "2h",
    quiet: {
      "what is confirmed": [up(1), ready(1), series("fairlead_last_success_timestamp_seconds", web, "0+60x200")],
      "what is not ready, which has its own": [
        ...[up(1), ready(0), series("fairlead_last_success_timestamp_seconds", web, "0x200")],
      ],
      "an engine that is away": [up(0), ready(1), series("fairlead_last_success_timestamp_seconds", web, "0x200")],
    },
  },
  {
    alert: "FairleadServicesFileInvalid",
    labels: { ...from, file: "services.yaml" },
    value: "2",
    fires: [series("fairlead_services_file_problems", { ...from, file: "services.yaml" }, "2x200")],
    at: "10m",
    quiet: {
      "a file that is saved twice": [
        series("fairlead_services_file_problems", { ...from, file: "services.yaml" }, "0x5 2 0x190"),
      ],
    },
  },
  {
    alert: "FairleadRolledBack",
    labels: { ...web, outcome: "rolled-back" },
    fires: [series("fairlead_rollouts_total", { ...web, outcome: "rolled-back" }, "0x10 1x190")],
    at: "15m",
    quiet: { "a promotion": [series("fairlead_rollouts_total", { ...web, outcome: "promoted" }, "0x10 1x190")] },
  },
  {
    alert: "FairleadRolloutFailed",
    labels: { ...web, outcome: "failed" },
    fires: [series("fairlead_rollouts_total", { ...web, outcome: "failed" }, "0x10 1x190")],
    at: "15m",
    quiet: { "one of long ago": [series("fairlead_rollouts_total", { ...web, outcome: "failed" }, "1x200")] },
  },
  {
    alert: "FairleadRolloutStuck",
    labels: web,
    value: "50m 0s",
    fires: [up(1), series("fairlead_rollout_started_timestamp_seconds", web, "0x9 600x190")],
    at: "1h",
    quiet: {
      "none under way": [up(1), series("fairlead_rollout_started_timestamp_seconds", web, "0x200")],
      "a long one": [up(1), series("fairlead_rollout_started_timestamp_seconds", web, "0x39 2400x190")],
      "an engine that is away": [up(0), series("fairlead_rollout_started_timestamp_seconds", web, "0x9 600x190")],
    },
  },
  {
    alert: "FairleadPushToHealthySlow",
    labels: from,
    value: "9m 30s",
    fires: pushes({ "300": "0x200", "600": "0x9 5x190", "+Inf": "0x9 5x190" }),
    at: "30m",
    quiet: {
      "quick ones": pushes({ "300": "0x9 5x190", "600": "0x9 5x190", "+Inf": "0x9 5x190" }),
      "no push": pushes({ "300": "3x200", "600": "7x200", "+Inf": "7x200" }),
    },
  },
  {
    alert: "FairleadHooksFail",
    labels: { ...from, type: "dockerhub", receiver: "hub" },
    fires: [hooks("accepted", "0x200", "hub"), hooks("invalid", "0x10 4x190", "hub")],
    at: "20m",
    quiet: {
      strangers: [hooks("unauthorized", "0+10x200")],
      "a single one": [hooks("invalid", "0x10 1x190", "hub")],
      "one for each of several receivers": ["a", "b", "c", "d"].map((name) => hooks("invalid", "0x10 1x190", name)),
    },
  },
  {
    alert: "FairleadHooksUnauthorized",
    labels: { ...from, type: "dockerhub" },
    fires: [hooks("accepted", "0x10 5x190"), hooks("ignored", "0x200"), hooks("unauthorized", "0x110 4x90")],
    at: "2h",
    quiet: {
      "strangers, where nobody was ever let in": [hooks("accepted", "0x200"), hooks("unauthorized", "0+10x200")],
      "strangers beside a sender": [hooks("accepted", "0+1x200"), hooks("unauthorized", "0+10x200")],
    },
  },
  {
    alert: "FairleadCertificateEnds",
    labels: from,
    value: "5d 22h 0m 0s",
    fires: ends(6 * 24 * hour),
    at: "2h",
    quiet: { "a month left": ends(30 * 24 * hour), "the last day, which has its own": ends(10 * hour) },
  },
  {
    alert: "FairleadCertificateExpires",
    labels: from,
    fires: ends(10 * hour),
    at: "1h",
    quiet: { "a week left": ends(6 * 24 * hour) },
  },
  {
    alert: "FairleadCertificateRefused",
    labels: from,
    fires: [series("fairlead_tls_certificate_refused", from, "1x200")],
    at: "15m",
    quiet: {
      "two files that are changed one after another": [series("fairlead_tls_certificate_refused", from, "0 1 0x190")],
    },
  },
  {
    alert: "FairleadNotificationsFail",
    labels: { ...from, name: "chat" },
    fires: [told("delivered", "0x200"), told("refused", "0x10 1x190")],
    at: "20m",
    quiet: {
      "what is tried again": [told("delivered", "0+1x200"), told("retried", "0+1x200"), told("refused", "2x200")],
    },
  },
  {
    alert: "FairleadNotificationsWait",
    labels: { ...from, name: "chat" },
    value: "3",
    fires: [series("fairlead_notifications_waiting", { ...from, name: "chat" }, "3x200")],
    at: "40m",
    quiet: {
      "a queue that empties": [
        series("fairlead_notifications_waiting", { ...from, name: "chat" }, "3 3 0 3 3 0 3x20 0x170"),
      ],
    },
  },
  {
    alert: "FairleadRegistryFails",
    labels: registry,
    fires: [requests("200", "0+1x200"), requests("503", "0+2x200")],
    at: "40m",
    quiet: { "a few": [requests("200", "0+2x200"), requests("503", "0+1x200")] },
  },
  {
    alert: "FairleadRegistryRateLimited",
    labels: registry,
    fires: [requests("200", "0+1x200"), requests("429", "_x30 1x160")],
    at: "40m",
    quiet: { "one of long ago": [requests("200", "0+1x200"), requests("429", "1x200")] },
  },
  {
    alert: "FairleadPullsRunOut",
    labels: registry,
    value: "7",
    fires: [series("fairlead_registry_pulls_remaining", registry, "7x200")],
    at: "10m",
    quiet: { enough: [series("fairlead_registry_pulls_remaining", registry, "95x200")] },
  },
  {
    alert: "FairleadSourceStale",
    labels: source,
    fires: [series("fairlead_source_last_success_timestamp_seconds", source, "0x200")],
    at: "1h",
    quiet: { "one that is read": [series("fairlead_source_last_success_timestamp_seconds", source, "0+60x200")] },
  },
  {
    alert: "FairleadWriteBackRefused",
    labels: { ...source, result: "refused" },
    fires: [series("fairlead_source_writebacks_total", { ...source, result: "refused" }, "0x10 1x190")],
    at: "20m",
    quiet: {
      "one that is tried again": [
        series("fairlead_source_writebacks_total", { ...source, result: "failed" }, "0+1x200"),
      ],
    },
  },
];

test("each alert has its case here", () => {
  expect(cases.map(({ alert }) => alert).sort()).toEqual(rules.map(({ alert }) => alert).sort());
});

describe("each alert", () => {
  it.each(rules.map((rule) => [rule.alert, rule] as const))("%s says what it is, and what to do", (alert, rule) => {
    const { summary, description, runbook, ...others } = rule.annotations;
    expect(others).toEqual({});
    expect(summary?.length).toBeGreaterThan(20);
    expect(description?.length).toBeGreaterThan(40);
    expect(["warning", "critical"]).toContain(rule.labels["severity"]);
    expect(runbook).toBe(`docs/monitoring.md#${alert.toLowerCase()}`);
    expect(page).toContain(`\n### ${alert}\n`);
    const named = [...`${summary} ${description}`.matchAll(/`fairlead (\w+)/g)].map(([, verb]) => verb);
    for (const verb of named) expect(verbs).toContain(`\n## fairlead ${verb}\n`);
  });

  it("has its paragraph, and no paragraph is of one that is not there", () => {
    const paragraphs = [...page.matchAll(/^### (Fairlead\w+)$/gm)].map(([, alert]) => alert);
    expect(paragraphs).toEqual(rules.map(({ alert }) => alert));
  });
});

describe.skipIf(!hasPromtool())("an alert", () => {
  it.each(cases.map((one) => [one.alert, one] as const))("%s", (alert, { labels, value, fires, at, quiet }) => {
    play(fires, [{ alertname: alert, eval_time: at, alerts: [{ labels, ...(value && { value }) }] }]);
    for (const [what, input] of Object.entries(quiet)) {
      try {
        play(input, [{ alertname: alert, eval_time: at, alerts: [] }]);
      } catch (cause) {
        throw new Error(`it is none for ${what}`, { cause });
      }
    }
  });
});
