import type { ServiceSpec } from "../compose/model/service.js";
import type { Desired } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { CreateContainerStep, Step, StepOf } from "./step.js";
import { inRole, isUp, localName } from "./view.js";
import type { View } from "./view.js";
import { isEndOf } from "./withhold.js";

/*
 * A log server or a device may have gone since the old container was started. Then neither the new one could be started nor
 * the old one again: what serves must not be stopped for that. So where a container leans on such things the engine is asked
 * first, by a start that cannot come to anything. Of its volumes it says nothing: those of the one that serves are mounted,
 * and a driver may let nobody else mount them.
 */

/** The plan, with each new container rehearsed before the one that serves in its place is stopped. */
export function rehearse(plan: Plan, desired: Desired, view: View): Plan {
  const { spec } = desired;
  const first = inRole(view.containers, "active");
  if (first === undefined || !leansOnHost(spec, first)) return plan;
  const ends = plan.steps.flatMap((step, index) => endAt(step, index, plan, view));
  if (ends.length === 0) return plan;
  const steps = plan.steps.flatMap((step, index) => {
    const births = ends.filter((end) => end.index === index).flatMap(({ slot }) => birthIn(slot, plan, desired, view));
    return [...births.map(rehearsalOf), step];
  });
  return { ...plan, steps };
}

interface End {
  readonly index: number;
  readonly slot: number;
}

/** The first step of the end of one that serves. */
function endAt(step: Step, index: number, { steps }: Plan, { containers }: View): readonly End[] {
  const served = containers.find((one) => one.role === "active" && isUp(one) && isEndOf(step, one));
  if (served === undefined || steps.findIndex((one) => isEndOf(one, served)) !== index) return [];
  return [{ index, slot: served.slot }];
}

/** The new container that is to take its place, made by this plan or waiting to be started. */
function birthIn(slot: number, { steps }: Plan, desired: Desired, view: View): readonly Birth[] {
  const made = steps.find((step) => step.kind === "create-container" && step.job === undefined && step.slot === slot);
  if (made?.kind === "create-container") return [made];
  const next = view.containers.find((one) => one.role === "next" && one.slot === slot && one.state === "created");
  if (next === undefined || next.specHash !== desired.specHash) return [];
  const { name, digest } = next;
  const byId = localName(view, desired.spec.image, digest) === digest;
  return [{ name, spec: desired.spec, digest, ...(byId ? { byId } : {}) }];
}

type Birth = Pick<CreateContainerStep, "name" | "spec" | "digest" | "byId">;

function rehearsalOf({ name: container, spec, digest, byId }: Birth): StepOf<"rehearse-start"> {
  const because = "what it needs of the host may have gone, and then the old one could not come back either";
  return { kind: "rehearse-start", container, spec, digest, ...(byId === undefined ? {} : { byId }), because };
}

/** The drivers that write to this host, and always can. */
const ownLogs: ReadonlySet<string> = new Set(["json-file", "local", "none"]);

function leansOnHost({ container }: ServiceSpec, { logDriver = "json-file" }: ObservedContainer): boolean {
  const { logging, devices, execution } = container;
  const log = logging?.driver ?? logDriver;
  const given = [...(devices?.mappings ?? []), ...(devices?.requests ?? [])];
  return !ownLogs.has(log) || given.length > 0 || execution?.runtime !== undefined;
}
