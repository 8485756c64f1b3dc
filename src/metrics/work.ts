import type { StepKind } from "../plan/model/step.js";
import { runBuckets } from "./series.js";
import type { Series } from "./series.js";

/** Seconds. A call takes some hundredths, a stop its grace period, a pull minutes. */
const stepBuckets = [0.1, 1, 10, 60, 600];
const rolloutBuckets = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];

const other = "other";

/** What takes time by its nature is told apart; the many short calls and notes are one. */
const labels = {
  "pull-image": "pull-image",
  "build-image": "build-image",
  "create-container": "create-container",
  "rehearse-start": "rehearse-start",
  "start-container": "start-container",
  "stop-container": "stop-container",
  "remove-container": "remove-container",
  "pre-stop": "pre-stop",
  "post-start": "post-start",
  "create-network": other,
  "remove-network": other,
  "create-volume": other,
  "tag-image": other,
  "write-files": other,
  "connect-network": other,
  "disconnect-network": other,
  "signal-container": other,
  "note-leaving": other,
  "set-restart-policy": other,
  "rename-container": other,
  "remove-image": other,
  "set-routes": other,
  "keep-logs": other,
  "note-refusal": other,
  "note-reload": other,
  "create-helper": other,
  "hand-over": other,
} satisfies Record<StepKind, StepKind | typeof other>;

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
    "How long one step of a plan took; a pull and a build to their end, other is all short calls.",
    "step",
  );
  for (const histogram of [reconcileSeconds, rolloutSeconds, pushSeconds]) histogram.zero({});
  for (const step of new Set(Object.values(labels))) stepSeconds.zero({ step });
  return {
    reconcileSeconds,
    panics,
    rolloutSeconds,
    pushSeconds,
    stepDone: (step: StepKind, seconds: number) => {
      stepSeconds.observe({ step: labels[step] }, seconds);
    },
  };
}
