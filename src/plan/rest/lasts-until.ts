/*
 * Whether a service may be left alone lives here: until when a plan that changes nothing holds, and what it rests on.
 */

import type { Memory } from "../model/desired.js";
import type { Plan } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";

/**
 * Until when the same would be planned and said again, in epoch ms, if nothing changes but the time; Infinity: for good.
 * Undefined: something is done or under way, and every look may find something else.
 */
export function lastsUntil(plan: Plan, view: View, memory: Memory): number | undefined {
  const { outcome } = plan;
  const isSettled = outcome.kind === "converged" ? outcome.flawed !== true : outcome.lasts === true;
  if (!isSettled || changesAnything(plan) || isUnderWay(view) || isOnProbation(memory)) return undefined;
  return outcome.kind === "wait" ? (outcome.until ?? Infinity) : Infinity;
}

function changesAnything({ steps, heals = [], wake = [] }: Plan): boolean {
  return steps.length > 0 || heals.length > 0 || wake.length > 0;
}

/** A container is to prove itself or to end, or a controller is to give way. */
function isUnderWay({ containers, jobs, helpers = [], self, refusals = [] }: View): boolean {
  const isOnTrial = containers.some(({ role }) => role === "next");
  return isOnTrial || jobs.some(isUp) || helpers.length > 0 || self !== undefined || refusals.length > 0;
}

/** What has kept ending, or could not be started, is forgiven by time alone. */
function isOnProbation({ heals, crashLoops, refusals, reloads = [] }: Memory): boolean {
  const isWatched = reloads.some(({ outcome }) => outcome === undefined);
  return heals.size > 0 || (crashLoops?.size ?? 0) > 0 || (refusals?.size ?? 0) > 0 || isWatched;
}
