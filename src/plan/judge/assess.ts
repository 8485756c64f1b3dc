import type { ServiceSpec } from "../../compose/model/service.js";
import { isComplete } from "../model/dependency.js";
import type { SlotMemory } from "../model/desired.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { isStopped } from "../model/run-memory.js";
import { inRole } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { isGone } from "./over.js";
import { endedFromOutside, judge, pollMs } from "./verdict.js";
import type { Verdict } from "./verdict.js";

export type TrialMemory = Pick<SlotMemory, "holds" | "stops">;

/** By what its service is for: to serve, to end, or either. */
export function assess(next: ObservedContainer, spec: ServiceSpec, view: SlotView, memory: TrialMemory): Verdict {
  const cutShort = judgeCutShort(next, memory);
  if (cutShort !== undefined) return cutShort;
  if (spec.oneShot === true) return judgeRun(next, view);
  const ended = spec.mayEnd === true ? judgeEnd(next, spec, view, memory) : undefined;
  return ended ?? judge(next, spec.update.monitorMs, view);
}

/**
 * An end that we brought about says nothing new: neither that it is bad, nor that it has completed. Its failure, where that is
 * why it was ended, is in the journal before the end. Undefined: it ended of its own accord, as far as anybody knows.
 */
function judgeCutShort(next: ObservedContainer, memory: TrialMemory): Verdict | undefined {
  if (next.state !== "exited" || next.startError !== "" || !isStopped(memory.stops, next)) return undefined;
  return knownFailure(next, memory) ?? { kind: "not-started", because: "it was stopped before it had proved itself" };
}

function knownFailure(next: ObservedContainer, { holds }: TrialMemory): Verdict | undefined {
  const failed = holds.find(
    ({ specHash, digest, slot = 1 }) => specHash === next.specHash && digest === next.digest && slot === next.slot,
  );
  return failed === undefined
    ? undefined
    : { kind: "failed", fault: "container", reason: failed.reason, because: failed.message };
}

/** A run proves itself by ending well, however long it takes. */
function judgeRun(next: ObservedContainer, view: SlotView): Verdict {
  const { state, exitCode, startError } = next;
  if (state === "running") return { kind: "waiting", until: undefined, because: "it runs and has not completed yet" };
  if (state === "restarting") {
    const because = `it ended with exit code ${exitCode ?? "?"} and is tried again`;
    return { kind: "waiting", until: view.now + pollMs, because };
  }
  if (isComplete(next) && startError === "") return completed;
  return judge(next, 0, view);
}

const completed: Verdict = { kind: "proven", because: "it has completed" };

/**
 * One that may end and has ended well is done, however soon that was; unless it was to be healthy first, with another there
 * to go back to. Undefined: it is judged like any other.
 */
function judgeEnd(
  next: ObservedContainer,
  spec: ServiceSpec,
  view: SlotView,
  memory: TrialMemory,
): Verdict | undefined {
  if (next.state !== "exited" || next.startError !== "") return undefined;
  const failed = knownFailure(next, memory);
  if (failed !== undefined) return failed;
  if (!isComplete(next) || endedFromOutside(next, view)) return undefined;
  const active = inRole(view.containers, "active");
  const hasFallback = active !== undefined && !isGone(spec, { active, next }, view, memory);
  return isChecked(next, spec) && hasFallback ? undefined : completed;
}

function isChecked({ healthcheck }: ObservedContainer, { probe }: ServiceSpec): boolean {
  return healthcheck !== undefined || probe !== undefined;
}
