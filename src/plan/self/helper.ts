/*
 * What concerns the controller's own container and its line to the engine lives here.
 */

import type { ServiceSpec } from "../../compose/model/service.js";
import { isUnderWay } from "../judge/under-way.js";
import { formatMs } from "../judge/verdict.js";
import { baseOf } from "../model/host/names.js";
import type { ObservedHelper } from "../model/host/host-snapshot.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Plan } from "../model/outcome.js";
import type { CreateHelperStep, Step, StepOf } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";

/*
 * What a controller cannot do to itself, a helper does: a container like its own, of the image that has proved itself,
 * which stands by, is given the office, does it as any controller would, and gives way to the next one. The engine
 * restarts it whenever it ends. Whoever is in office and needs none clears away what is left of them.
 */

const pollMs = 1_000;
/** A process starts in a second or two, even on a small machine that has much to do. */
const comesUpMs = 60_000;
/** One that does not come up stays so long for inspection. */
const keptMs = 300_000;
const graceMs = 10_000;
const atOnceMs = 10_000;
const longestPauseMs = 300_000;

/** A container that the controller cannot do without would end. */
export interface Threat {
  readonly threatened: ObservedContainer;
  /** What the plan wants. */
  readonly because: string;
}

/**
 * A helper is made, awaited, and given the office. Undefined: none can be made. `steps` are those of the plan that may be
 * done now.
 */
export function planHelper(
  steps: readonly Step[],
  { threatened, because }: Threat,
  spec: ServiceSpec,
  view: View,
): Plan | undefined {
  const wanted = `${threatened.name} is to be replaced, and ${needOf(threatened)} (wanted: ${because})`;
  const { own, helpers = [] } = view;
  const step = own === undefined ? undefined : creation(threatened, own, spec, wanted);
  if (step === undefined) return undefined;
  const helper = helpers.find(({ of }) => of === own);
  if (helper === undefined) {
    const start: Step = { kind: "start-container", container: step.name, because: "it is to stand by" };
    return awaiting([...steps, step, start], view.now + pollMs, `a helper is to take over: ${wanted}`);
  }
  if (helper.state === "created" || helper.state === "dead") {
    const cause = "it could not be started, and is re-created";
    const outcome = { kind: "continue", reason: "HandingOver", because: wanted } as const;
    return { steps: [...steps, { kind: "remove-container", container: helper.name, because: cause }], outcome };
  }
  if (!isUp(helper)) {
    const start: Step = { kind: "start-container", container: helper.name, because: "it has ended, and is needed" };
    return awaiting([...steps, start], view.now + pollMs, `${helper.name} is to take over: ${wanted}`);
  }
  const pauseMs = pauseBefore(helper, view);
  if (pauseMs > 0) {
    const why = `it has handed back without having done it, and is to try again in ${formatMs(pauseMs)}`;
    return awaiting(steps, view.now + Math.min(pauseMs, 5 * pollMs), `${helper.name}: ${why}: ${wanted}`);
  }
  if (view.office?.standbys.has(helper.id) === true) {
    const over: Step = { kind: "hand-over", heir: helper.id, name: helper.name, because: wanted };
    return awaiting([...steps, over], view.now + 5 * pollMs, `${helper.name} takes over: ${wanted}`);
  }
  return untilUp(steps, helper, wanted, view);
}

/**
 * A controller that has been given the office back by a helper, with the same still to do, waits as long again as half of
 * all that has taken: what stands in the way may stay there for long.
 */
function pauseBefore({ createdAt }: ObservedHelper, { now, office }: View): number {
  const ageMs = office?.ageMs ?? 0;
  const before = now - ageMs - createdAt;
  return before < atOnceMs ? 0 : Math.min(longestPauseMs, before / 2) - ageMs;
}

/** It runs, and has not shown itself yet. */
function untilUp(steps: readonly Step[], helper: ObservedHelper, wanted: string, view: View): Plan {
  const { name } = helper;
  const waitedMs = Math.min(view.office?.ageMs ?? 0, view.now - helper.createdAt);
  if (waitedMs < comesUpMs) return awaiting(steps, view.now + pollMs, `${name} is to stand by: ${wanted}`);
  const because = `${name} does not stand by (\`docker logs ${name}\` says why): ${wanted}`;
  if (waitedMs < keptMs) {
    const until = view.now + 5 * pollMs;
    return { steps, outcome: waitFor("host", "OwnLifeline", because, until) };
  }
  const outcome = { kind: "continue", reason: "OwnLifeline", because } as const;
  return { steps: [...steps, ...discardHelper(helper, "it does not stand by, and is re-created")], outcome };
}

function awaiting(steps: readonly Step[], until: number, because: string): Plan {
  return { steps, outcome: waitFor("host", "HandingOver", because, until) };
}

function needOf({ lifeline }: ObservedContainer): string {
  return lifeline === "controller"
    ? "it is the container of this very controller"
    : "this controller reaches the engine through it";
}

/** Undefined: its line could not be had in another way, or the engine could not be told when nobody is needed any more. */
function creation(
  threatened: ObservedContainer,
  own: string,
  spec: ServiceSpec,
  because: string,
): (CreateHelperStep & { readonly because: string }) | undefined {
  const { lifeline = "controller", project, service, restartFixed } = threatened;
  if (restartFixed === true) return undefined;
  const socket = lifeline === "line" ? socketOf(threatened) : undefined;
  if (lifeline === "line" && socket === undefined) return undefined;
  const name = `${baseOf(threatened)}.helper-${own.slice(0, 12)}`;
  const files = lifeline === "controller" ? [...(spec.files ?? []), ...(spec.rewritable?.files ?? [])] : [];
  const line = socket === undefined ? {} : { socket };
  return { kind: "create-helper", name, project, service, lifeline, of: own, ...line, files, because };
}

/** The one socket of the host that a proxy has mounted. */
function socketOf({ mounts = [] }: ObservedContainer): string | undefined {
  const sockets = mounts.filter(({ type, source }) => type === "bind" && source.endsWith(".sock"));
  return sockets.length === 1 ? sockets[0]?.source : undefined;
}

/** Nobody needs them any more, once all is as it is to be. The one that the controller itself is stays. */
export function clearHelpers(plan: Plan, view: View): Plan {
  const done = (view.helpers ?? []).filter(({ id }) => id !== view.own);
  if (done.length === 0 || isUnderWay(plan, view)) return plan;
  const because = "what it was made for is done";
  const outcome: Outcome = { kind: "continue", reason: "HandingOver", because: `its helper goes: ${because}` };
  return { ...plan, steps: [...plan.steps, ...done.flatMap((helper) => discardHelper(helper, because))], outcome };
}

export type HelperEnd = StepOf<"set-restart-policy" | "stop-container" | "remove-container">;

export function discardHelper(helper: ObservedHelper, because: string): readonly HelperEnd[] {
  const { name: container, state } = helper;
  if (state === "removing") return [];
  const off = { name: "no", maximumRetryCount: 0 } as const;
  const end: readonly HelperEnd[] = [
    { kind: "set-restart-policy", container, policy: off, because },
    { kind: "stop-container", container, graceMs, because },
  ];
  return [...(isUp(helper) ? end : []), { kind: "remove-container", container, because }];
}
