import type { Counter } from "prom-client";
import { hookOutcomes, hookTypes } from "../http/delivery/outcome.js";
import type { HookOutcome, HookType } from "../http/delivery/outcome.js";
import { atZero } from "./series.js";
import type { Series } from "./series.js";

/** What comes in from senders, and what goes out to registries. */
export function trafficSeries(series: Series) {
  const all = series.counter("fairlead_hooks_total", "Webhook deliveries, by receiver and outcome.", "type", "outcome");
  const hooks = new Map<string, Counter.Internal>();
  for (const type of hookTypes) {
    for (const outcome of hookOutcomes) hooks.set(`${type} ${outcome}`, atZero(all.labels(type, outcome)));
  }
  const requests = series.counter(
    "fairlead_registry_requests_total",
    "Requests to image registries and their token servers; code is the HTTP status, or error without an answer.",
    "registry",
    "method",
    "code",
  );
  const remaining = series.gauge(
    "fairlead_registry_pulls_remaining",
    "Pulls that a registry still allows in its window, where it says so.",
    "registry",
  );
  return {
    pullsRemaining: (registry: string, count: number) => {
      remaining.set({ registry }, count);
    },
    hookAnswered: (type: HookType, outcome: HookOutcome) => {
      hooks.get(`${type} ${outcome}`)?.inc();
    },
    registryRequested: (registry: string, method: string, code: number | "error") => {
      requests.inc({ registry, method, code });
    },
  };
}
