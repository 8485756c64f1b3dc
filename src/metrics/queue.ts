import { runBuckets } from "./series.js";
import type { Series } from "./series.js";

const queue = { name: "services" } as const;

/** client-go's workqueue metrics, of our one queue. */
export function queueSeries(series: Series) {
  const adds = series.counter("workqueue_adds_total", "Keys added to the queue.", "name").labels(queue);
  const depth = series.gauge("workqueue_depth", "Keys waiting in the queue.", "name").labels(queue);
  const waited = series.histogram(
    "workqueue_queue_duration_seconds",
    runBuckets,
    "How long a key waited before its run began.",
    "name",
  );
  const worked = series.histogram(
    "workqueue_work_duration_seconds",
    runBuckets,
    "How long the work on a key took.",
    "name",
  );
  const retries = series
    .counter("workqueue_retries_total", "Keys added again by the queue itself, after an error or a wait.", "name")
    .labels(queue);
  const unfinished = series
    .gauge("workqueue_unfinished_work_seconds", "How long the runs under way have been running, all together.", "name")
    .labels(queue);
  const longest = series
    .gauge(
      "workqueue_longest_running_processor_seconds",
      "How long the longest of the runs under way has been running.",
      "name",
    )
    .labels(queue);
  adds.inc(0);
  depth.set(0);
  waited.zero(queue);
  worked.zero(queue);
  retries.inc(0);
  unfinished.set(0);
  longest.set(0);
  return {
    adds,
    depth,
    waited: (seconds: number) => {
      waited.observe(queue, seconds);
    },
    worked: (seconds: number) => {
      worked.observe(queue, seconds);
    },
    retries,
    unfinished,
    longest,
  };
}
