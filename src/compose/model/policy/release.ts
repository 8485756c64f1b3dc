/*
 * How a service is rolled out and looked after, as plain data, lives here: releases, tags, signatures, jobs, hooks, leaving.
 * What a container is made of does not.
 */

/** When a new digest or spec may begin to roll out; what runs is kept running meanwhile (`x-fairlead.window`, `min_age`, `approve`, `paused`). */
export interface ReleasePolicy {
  /** Absent: at any time. */
  readonly window?: MaintenanceWindow;
  /** How long a digest must have been known before it is rolled out. Absent: 0. */
  readonly minAgeMs?: number;
  /** It waits until a person approves that very digest and spec. */
  readonly approve?: boolean;
  /** Nothing is rolled out until the file says otherwise. */
  readonly paused?: boolean;
}

export interface MaintenanceWindow {
  /** When it opens: five fields, as cron has them. */
  readonly cron: string;
  readonly durationMs: number;
  /** IANA name, such as `Europe/Oslo`. */
  readonly timezone: string;
  /** False: the image of what waits is not pulled before the window opens. Absent: it is. */
  readonly prefetch?: false;
}
