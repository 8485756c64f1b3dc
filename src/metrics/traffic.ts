import type { Counter } from "prom-client";
import { hookOutcomes, hookTypes } from "../http/delivery/outcome.js";
import type { HookOutcome, HookType } from "../http/delivery/outcome.js";
import { given } from "../tools/present.js";
import { atZero } from "./series.js";
import type { Series } from "./series.js";

/** What comes in from senders, and what goes out to registries. */
export function trafficSeries(series: Series) {
  const all = series.counter(
    "fairlead_hooks_total",
    "Webhook deliveries, by the type of their receiver and by outcome; a named receiver has its name as receiver, others have no such label.",
    ...(["type", "outcome", "receiver"] as const),
  );
  const hooks = new Map<string, Counter.Internal>();
  const open = (type: HookType, receiver?: string) => {
    for (const outcome of hookOutcomes) {
      const labels = { type, outcome, ...given({ receiver }) };
      hooks.set(hookName(type, outcome, receiver), atZero(all.labels(labels)));
    }
  };
  for (const type of hookTypes) open(type);
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
  const circuits = series.gauge(
    "fairlead_registry_circuit_open",
    "1 while a registry or a mirror is left alone because it does not answer.",
    "registry",
  );
  const paces = series.gauge(
    "fairlead_registry_pace_seconds",
    "Time between two questions that nobody waits for, where a registry grants too few; 0: at once.",
    "registry",
  );
  return {
    registryCircuit: (registry: string, isOpen: boolean) => {
      circuits.set({ registry }, isOpen ? 1 : 0);
    },
    registryPaced: (registry: string, seconds: number) => {
      paces.set({ registry }, seconds);
    },
    pullsRemaining: (registry: string, count: number) => {
      remaining.set({ registry }, count);
    },
    receiverOpened: (type: HookType, receiver: string) => {
      open(type, receiver);
    },
    hookAnswered: (type: HookType, outcome: HookOutcome, receiver?: string) => {
      hooks.get(hookName(type, outcome, receiver))?.inc();
    },
    registryRequested: (registry: string, method: string, code: number | "error") => {
      requests.inc({ registry, method, code });
    },
  };
}

function hookName(type: HookType, outcome: HookOutcome, receiver: string | undefined): string {
  return [type, outcome, ...(receiver === undefined ? [] : [receiver])].join(" ");
}
