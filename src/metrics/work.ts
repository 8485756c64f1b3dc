import type { StepKind } from "../plan/model/step.js";
import { names, runBuckets } from "./series.js";
import type { Series } from "./series.js";

/** Seconds: a step takes some, a rollout minutes. */
const stepBuckets = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const rolloutBuckets = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

const steps = names<StepKind>({
  "create-network": 0,
  "remove-network": 0,
  "create-volume": 0,
  "pull-image": 0,
  "build-image": 0,
  "tag-image": 0,
  "create-container": 0,
  "write-files": 0,
  "connect-network": 0,
  "disconnect-network": 0,
  "rehearse-start": 0,
  "start-container": 0,
  "stop-container": 0,
  "signal-container": 0,
  "pre-stop": 0,
  "post-start": 0,
  "note-leaving": 0,
  "set-restart-policy": 0,
  "rename-container": 0,
  "remove-container": 0,
  "remove-image": 0,
  "set-routes": 0,
  "keep-logs": 0,
  "note-refusal": 0,
  "note-reload": 0,
  "create-helper": 0,
  "hand-over": 0,
});

/** How long work takes, of all services together, and what nobody foresaw in it. */
export function workSeries(series: Series) {
  const reconcileSeconds = series.histogram(
    "fairlead_reconcile_duration_seconds",
    runBuckets,
    "How long one reconcile run took.",
  );
  const panics = series.counter(
    "fairlead_reconcile_panics_total",
    "Reconcile runs that ended with an error nobody foresaw.",
  );
  const rolloutSeconds = series.histogram(
    "fairlead_rollout_duration_seconds",
    rolloutBuckets,
    "From the first step of a rollout to its outcome.",
  );
  const pushSeconds = series.histogram(
    "fairlead_push_to_healthy_seconds",
    rolloutBuckets,
    "From the acceptance of a hook to the new container serving.",
  );
  const stepSeconds = series.histogram(
    "fairlead_step_duration_seconds",
    stepBuckets,
    "How long one step of a plan took.",
    "step",
  );
  for (const histogram of [reconcileSeconds, rolloutSeconds, pushSeconds]) histogram.zero({});
  for (const step of steps) stepSeconds.zero({ step });
  return {
    reconcileSeconds,
    panics,
    rolloutSeconds,
    pushSeconds,
    stepDone: (step: StepKind, seconds: number) => {
      stepSeconds.observe({ step }, seconds);
    },
  };
}
