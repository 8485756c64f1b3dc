import type { HandlerOutcome, HandlerTelemetry } from "../control/ports/telemetry.js";
import { names } from "./series.js";
import type { Series } from "./series.js";

const outcomes = names<HandlerOutcome>({ done: 0, failed: 0, timeout: 0, stopped: 0, unstarted: 0 });

/** Programs of the settings file that are run on events. */
export function handlerSeries(series: Series): HandlerTelemetry {
  const runs = series.counter(
    "fairlead_handler_runs_total",
    "Runs of a handler: done, failed, timeout, stopped with Fairlead, or unstarted.",
    "name",
    "outcome",
  );
  const exitCode = series.gauge(
    "fairlead_handler_last_exit_code",
    "The exit code of a handler's last run; -1 where it had none: it was ended, or not started.",
    "name",
  );
  const seconds = series.gauge("fairlead_handler_last_duration_seconds", "How long a handler's last run took.", "name");
  return {
    handlerKnown: (name) => {
      for (const outcome of outcomes) runs.inc({ name, outcome }, 0);
    },
    handlerRan: (name, { outcome, exitCode: code = -1, seconds: took }) => {
      runs.inc({ name, outcome });
      exitCode.set({ name }, code);
      seconds.set({ name }, took);
    },
  };
}
