import type { SourceResult, SourceTelemetry, WriteBackResult } from "../control/ports/telemetry.js";
import { names } from "./series.js";
import type { Series } from "./series.js";

const results = names<SourceResult>({ unchanged: 0, fetched: 0, failed: 0 });
const writeBackResults = names<WriteBackResult>({ written: 0, refused: 0, failed: 0 });

/** Repositories that services files come from: when each was looked at, and which commit is in force. */
export function sourceSeries(series: Series): SourceTelemetry {
  const info = series.gauge(
    "fairlead_source_info",
    "Always 1: the commit of a repository that is in force.",
    "source",
    "revision",
  );
  const lastSuccess = series.gauge(
    "fairlead_source_last_success_timestamp_seconds",
    "When a repository was last reached and read, in Unix time; 0 before the first time.",
    "source",
  );
  const fetches = series.counter(
    "fairlead_source_fetches_total",
    "Looks at a repository: unchanged, fetched, or failed.",
    "source",
    "result",
  );
  const writeBacks = series.counter(
    "fairlead_source_writebacks_total",
    "Commits into a repository: written, refused, or failed.",
    "source",
    "result",
  );
  /** In force, by source. */
  const revisions = new Map<string, string>();
  return {
    sourceFollowed: (source) => {
      lastSuccess.set({ source }, 0);
      for (const result of results) fetches.inc({ source, result }, 0);
    },
    sourceFetched: (source, result) => {
      fetches.inc({ source, result });
    },
    sourceSucceeded: (source, at) => {
      lastSuccess.set({ source }, at);
    },
    sourceInForce: (source, revision) => {
      const before = revisions.get(source);
      if (before !== undefined) info.remove({ source, revision: before });
      revisions.set(source, revision);
      info.set({ source, revision }, 1);
    },
    sourceWritesBack: (source) => {
      for (const result of writeBackResults) writeBacks.inc({ source, result }, 0);
    },
    sourceWrittenBack: (source, result) => {
      writeBacks.inc({ source, result });
    },
  };
}
