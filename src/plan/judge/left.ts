import type { ServiceSpec } from "../../compose/model/service.js";
import { formatTime } from "../../tools/time.js";
import type { Memory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Outcome } from "../model/outcome.js";
import { ownReload } from "../model/reload-memory.js";
import { isStopped } from "../model/run-memory.js";
import type { View } from "../model/view.js";
import { isPaused } from "./paused.js";

/**
 * Somebody else has stopped it, and that is respected: for as long as the file says (`respect_stop`), or for as long as the
 * service is paused. Undefined: it is not so, or not any more.
 */
export function leftStopped(
  spec: ServiceSpec,
  container: ObservedContainer,
  view: Pick<View, "now" | "engineOutage">,
  memory: Pick<Memory, "stops" | "othersStops" | "pausedAt" | "startAskedAt" | "reloads">,
): Outcome | undefined {
  const { name, finishedAt } = container;
  const paused = isPaused(spec, memory);
  if (finishedAt === undefined || (!paused && spec.respectStopMs === undefined)) return undefined;
  if (!isStoppedByOthers(container, spec, view, memory) || isStopped(memory.stops, container)) return undefined;
  if ((memory.startAskedAt ?? 0) > finishedAt) return undefined;
  const who = `${name} was stopped by somebody else`;
  if (paused) {
    const because = `${who} while the service is paused: it is left so until \`fairlead resume\`, or until it is started`;
    return { kind: "wait", until: undefined, awaits: "person", standing: "stopped", reason: "Stopped", because };
  }
  const until = finishedAt + (spec.respectStopMs ?? 0);
  if (until <= view.now) return undefined;
  const because = `${who}: with \`respect_stop\` it is left so until ${formatTime(until)}, or until it is started`;
  return { kind: "wait", until, awaits: "person", standing: "stopped", reason: "Stopped", because };
}

/** Those of which it is to be written down that somebody else has stopped them, and that they are left so. */
export function newlyLeft(
  spec: ServiceSpec,
  { containers, ...view }: Pick<View, "containers" | "now" | "engineOutage">,
  memory: Parameters<typeof leftStopped>[3],
): readonly ObservedContainer[] {
  return containers.filter(
    (one) =>
      (one.role === "active" || one.role === "next") &&
      !isStopped(memory.othersStops, one) &&
      leftStopped(spec, one, view, memory) !== undefined,
  );
}

/**
 * Seen as it happened, now or by the journal; or, where the file asks for respect, told by its policy: the engine itself
 * starts again what ends by itself under `always` and `unless-stopped`, unless it was sent a signal. What ended with the
 * engine was stopped by nobody.
 */
function isStoppedByOthers(
  container: ObservedContainer,
  { respectStopMs }: ServiceSpec,
  { engineOutage: outage }: Pick<View, "engineOutage">,
  { reloads, othersStops }: Pick<Memory, "reloads" | "othersStops">,
): boolean {
  const { state, startError, endedByRequest, restartPolicy, finishedAt = 0 } = container;
  if (state !== "exited" || startError !== "") return false;
  if (outage !== undefined && finishedAt >= outage.from - 1_000 && finishedAt <= outage.to + 1_000) return false;
  if (endedByRequest === true || isStopped(othersStops, container)) return true;
  if (ownReload(reloads, container) !== undefined) return false;
  return respectStopMs !== undefined && (restartPolicy.name === "always" || restartPolicy.name === "unless-stopped");
}
