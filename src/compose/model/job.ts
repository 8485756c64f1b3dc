import type { ImageReference } from "../values/image.js";

/** `x-fairlead.before` and `after` run once for each new digest and spec, `on_rollback` once for each failed rollout. */
export interface JobSpec {
  readonly command: readonly string[];
  /** Absent: the new image of the service itself. */
  readonly image?: ImageReference;
  readonly timeoutMs: number;
}

/** The images that jobs name themselves. */
export function jobImages({
  before = [],
  after = [],
  onRollback = [],
}: {
  readonly before?: readonly JobSpec[];
  readonly after?: readonly JobSpec[];
  readonly onRollback?: readonly JobSpec[];
}): readonly ImageReference[] {
  return [...before, ...after, ...onRollback].flatMap(({ image }) => image ?? []);
}
