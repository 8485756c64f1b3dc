import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired, Memory, SlotMemory } from "../model/desired.js";
import { activeName } from "../model/host/names.js";
import type { ObservedContainer, Role } from "../model/host/observed.js";
import type { Decision, Outcome, Plan } from "../model/outcome.js";
import { inRole, isReady, isUp, slotOf } from "../model/view.js";
import type { SlotView, View } from "../model/view.js";
import { discard, leaveAliases, nameAs, restore, retire } from "../steps/steps.js";
import { hasItsNeeds } from "./upkeep/come-back.js";
import { conflictWith } from "./conflict.js";
import { memoryOf } from "./failures.js";

/*
 * A container of ours that somebody has renamed is in no role: it keeps its ports, its names on the network and its restart
 * policy, and nobody would end it. It gets the name back that its life tells; where that is taken it goes, as soon as
 * another one serves.
 */

/** What to do about them in every slot, before anything else is concluded. Undefined: there is none, or nothing can be done now. */
export function planStrays(desired: Desired, view: View, memory: Memory, count: number): Decision | undefined {
  const slots = Array.from({ length: count }, (_, index) => slotOf(view, index + 1));
  const plans = slots
    .filter((slot) => straysOf(slot).length > 0 && conflictWith(desired.spec, slot) === undefined)
    .flatMap((slot) => planStray(desired, slot, memoryOf(memory, slot.slot)) ?? []);
  const [first] = plans;
  return first === undefined ? undefined : { intents: plans.flatMap(({ intents }) => intents), outcome: first.outcome };
}

/** What to do about one of them. Undefined: there is none, or nothing can be done now. */
export function planStray(desired: Desired, view: SlotView, memory: SlotMemory): Decision | undefined {
  for (const stray of straysOf(view)) {
    const role = roleFor(stray, view, memory);
    const plan = role === undefined ? planAway(desired.spec, stray, view) : rename(stray, role, desired.spec, view);
    if (plan !== undefined) return plan;
  }
  return undefined;
}

/** The newest first; of what the engine is removing nothing is to be done. */
function straysOf({ containers }: Pick<View, "containers">): readonly ObservedContainer[] {
  return containers
    .filter(({ role, state }) => role === "stray" && state !== "removing" && state !== "dead")
    .sort((one, other) => other.revision - one.revision);
}

type Known = Exclude<Role, "stray">;

/** The role that it had, as far as that is free and its life tells. Undefined: it is one too many. */
function roleFor(stray: ObservedContainer, view: SlotView, memory: SlotMemory): Known | undefined {
  const { containers } = view;
  const [active, next] = [inRole(containers, "active"), inRole(containers, "next")];
  const isFree = (role: Known) => inRole(containers, role) === undefined;
  if (active === undefined && next === undefined) {
    // Two at once: the newer one was to replace the older.
    const replaces = containers.some(({ role, revision }) => role === "stray" && revision < stray.revision);
    const role = replaces && !isHeld(stray, memory) ? "next" : roleAlone(stray, memory);
    return isFree(role) ? role : undefined;
  }
  if (active === undefined && next !== undefined)
    return stray.revision < next.revision && isFree("previous") ? "active" : undefined;
  const isNewer = stray.revision > (active?.revision ?? 0);
  if (isHeld(stray, memory)) return !isUp(stray) && isFree("failed") ? "failed" : undefined;
  if (isNewer) return next === undefined ? "next" : undefined;
  return !isUp(stray) && isFree("previous") && stray.revision < (active?.revision ?? 0) ? "previous" : undefined;
}

/** Nothing else serves or is about to: one that had its declared policy has served, another was to prove itself. */
function roleAlone(stray: ObservedContainer, memory: SlotMemory): Known {
  const { restartPolicy, declaredRestart, startedAt } = stray;
  const isTrusted = restartPolicy.name === declaredRestart.name && (declaredRestart.name !== "no" || !isUp(stray));
  if (isTrusted && startedAt !== undefined) return "active";
  if (isUp(stray) || startedAt === undefined) return "next";
  return isHeld(stray, memory) ? "failed" : "previous";
}

function isHeld({ specHash, digest }: ObservedContainer, { holds }: SlotMemory): boolean {
  return holds.some((hold) => hold.specHash === specHash && hold.digest === digest);
}

function rename(stray: ObservedContainer, role: Known, spec: ServiceSpec, view: SlotView): Decision {
  const base = stray.base ?? activeName(spec, view.slot);
  const because = `it was renamed to ${stray.name} by hand`;
  const named = nameAs(stray, role, because, base);
  // It has ended without leaving: its next start would be under the service's names.
  const isPast = role === "previous" || role === "failed";
  const left = spec.networks.filter(({ network }) => isPast && view.networks.has(network.name));
  return {
    intents: [...leaveAliases(stray, left), named],
    outcome: { kind: "continue", reason: "Restoring", because },
  };
}

/** It goes when it does not run, or when another one serves; one that only stands in the way of that one makes room. */
function planAway(spec: ServiceSpec, stray: ObservedContainer, view: SlotView): Decision | undefined {
  const active = inRole(view.containers, "active");
  const isNeeded = isUp(stray) && !isReady(spec, active);
  const because = `it is in no role of ${spec.project}/${spec.name}, and another one serves`;
  if (!isNeeded)
    return { intents: discard(stray, spec, because), outcome: { kind: "continue", reason: "Restoring", because } };
  const isInTheWay = active !== undefined && !isUp(active) && inRole(view.containers, "next") === undefined;
  if (!isInTheWay || spec.oneShot === true || !hasItsNeeds(spec, active, view)) return undefined;
  const why = `it keeps ${active.name} from serving, and is in no role`;
  const intents = [...retire(stray, spec, why), ...restore(active, "it serves: its place is free again")];
  return { intents, outcome: { kind: "continue", reason: "Restoring", because: why } };
}

/** What is in no role of the service, ours or made by Docker Compose for it, is told once all else is well. */
export function withStrays(plan: Plan, spec: ServiceSpec, view: View): Plan {
  if (plan.outcome.kind !== "converged") return plan;
  const ours = straysOf(view).map(({ name }) => `${name} bears the labels of this service and is in no role`);
  const told = [...ours, ...twinsOf(spec, view)];
  if (told.length === 0) return plan;
  const outcome: Outcome = {
    kind: "converged",
    reason: "StrayContainer",
    because: [plan.outcome.because, ...told].join("; "),
  };
  return { ...plan, outcome };
}

/** Never touched: they are not ours. */
function twinsOf({ project, name }: ServiceSpec, { foreign }: View): readonly string[] {
  return foreign
    .filter(({ compose }) => compose?.project === project && compose.service === name)
    .map((twin) => {
      const remedy = `remove it (docker rm -f ${twin.name}) if nobody needs it`;
      return `${twin.name} (${twin.image}) was made by Docker Compose for this very service and is not Fairlead's: ${remedy}`;
    });
}
