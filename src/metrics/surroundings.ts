import type { JournalState } from "../control/journal/standing.js";
import type { Series } from "./series.js";

/** What the controller stands on: its files, the engine, its own disk. */
export function surroundingsSeries(series: Series) {
  const problems = series.gauge(
    "fairlead_services_file_problems",
    "Problems in the newest version of a services file; 0 means that version is in force.",
    "file",
  );
  const engineUp = series.gauge(
    "fairlead_engine_up",
    "1 while the engine can be reached; 0: nothing on its host is updated or repaired.",
  );
  const clockSkew = series.gauge(
    "fairlead_engine_clock_skew_seconds",
    "How far this process's clock is ahead of the engine's; 0 where no difference can be proven.",
  );
  const writable = series.gauge(
    "fairlead_journal_writable",
    "1 while the journal is written; 0: what is decided is lost if the controller ends.",
  );
  const stuck = series.gauge("fairlead_journal_stuck_seconds", "How long the journal's disk has not answered.");
  engineUp.set(0);
  clockSkew.set(0);
  return {
    problems,
    engineUp,
    clockSkew,
    journal: (state: JournalState) => {
      writable.set(state.kind === "written" ? 1 : 0);
      stuck.set(state.kind === "stuck" ? state.forMs / 1_000 : 0);
    },
  };
}
