import { notificationOutcomes, type NotificationTelemetry } from "../notify/model/standing.js";
import type { Series } from "./series.js";

/** Who is told of what happens: what came of it, and what waits. */
export function notificationSeries(series: Series): NotificationTelemetry {
  const told = series.counter(
    "fairlead_notifications_total",
    "Notices to those who are told: delivered, retried (a try that failed), refused, or dropped.",
    "name",
    "outcome",
  );
  const waiting = series.gauge("fairlead_notifications_waiting", "Notices that are not told yet.", "name");
  return {
    channelOpened: (name) => {
      for (const outcome of notificationOutcomes) told.inc({ name, outcome }, 0);
      waiting.set({ name }, 0);
    },
    notified: (name, outcome) => {
      told.inc({ name, outcome });
    },
    waiting: (name, count) => {
      waiting.set({ name }, count);
    },
  };
}
