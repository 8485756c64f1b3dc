import type { ImageReference } from "../../values/image.js";
import type { ExecSettings } from "./hooks.js";

/** `x-fairlead.before` and `after` run once for each new digest and spec, `on_rollback` once for each failed rollout. */
export interface JobSpec {
  readonly command: readonly string[];
  /** Absent: the new image of the service itself. */
  readonly image?: ImageReference;
  readonly timeoutMs: number;
}

/** Compose `pre_start`: a job in a container that shares the service's mounts and networks, and little else. */
export interface PreStartSpec extends Omit<JobSpec, "command">, ExecSettings {
  /** Absent: the image's own. */
  readonly command?: readonly string[];
}

/** The images that jobs name themselves. */
export function jobImages({
  preStart = [],
  before = [],
  after = [],
  onRollback = [],
}: {
  readonly preStart?: readonly PreStartSpec[];
  readonly before?: readonly JobSpec[];
  readonly after?: readonly JobSpec[];
  readonly onRollback?: readonly JobSpec[];
}): readonly ImageReference[] {
  return [...before, ...preStart, ...after, ...onRollback].flatMap(({ image }) => image ?? []);
}
