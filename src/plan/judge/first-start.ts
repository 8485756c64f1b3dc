import type { Outcome } from "../model/outcome.js";
import { inRole } from "../model/view.js";
import type { SlotView } from "../model/view.js";
import { isGone } from "./over.js";
import type { Judgement } from "./proven.js";

/**
 * A container that runs and is not healthy in time is left to get well where nothing could serve instead: to end it may cut
 * a migration in two, and brings nothing back. It is taken as soon as it is healthy. Undefined: there is something to go
 * back to, it has ended, or the file says what is to be done.
 */
export function awaitFirstHealth(judgement: Judgement, view: SlotView): Outcome | undefined {
  const { next, failure, desired } = judgement;
  const { fault, reason, because } = failure;
  if (fault !== "check" && fault !== "deadline") return undefined;
  if (next.state !== "running" || desired.spec.update.failureActionGiven === true) return undefined;
  if (hasOther(judgement, view)) return undefined;
  const hint = "a longer `start_period` gives it the time that it needs";
  return {
    kind: "wait",
    until: undefined,
    awaits: "health",
    standing: "unhealthy",
    reason,
    because: `${because}; nothing else could serve, so that it is left running, and taken once it is healthy (${hint})`,
  };
}

/** In this slot or another one: what serves, what could be started again, or a digest that has proved itself. */
function hasOther({ desired, next, active, memory }: Judgement, view: SlotView): boolean {
  const isOther = ({ digest, specHash }: { readonly digest: string; readonly specHash: string }) =>
    digest !== next.digest || specHash !== next.specHash;
  if (view.siblings.some((one) => one.slot !== view.slot && one.role === "active" && isOther(one))) return true;
  if (active !== undefined) return !isGone(desired.spec, { active, next }, view, memory);
  const { stableDigest } = memory;
  return inRole(view.containers, "previous") !== undefined || (stableDigest ?? next.digest) !== next.digest;
}
