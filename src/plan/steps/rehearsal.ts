import type { ServiceSpec } from "../../compose/model/service.js";
import type { Desired } from "../model/desired.js";
import type { Intent } from "../model/intent.js";
import { activeName, nameInRole } from "../model/host/names.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Decision, Outcome } from "../model/outcome.js";
import type { CreateContainerStep } from "../model/step.js";
import { inRole, isUp, imageName } from "../model/view.js";
import type { View } from "../model/view.js";
import { slotIn } from "./fates.js";

/*
 * A log server or a device may have gone since the old container was started. Then neither the new one could be started nor
 * the old one again: what serves must not be stopped for that. So where a container leans on such things the engine is asked
 * first, by a start that cannot come to anything. Of its volumes it says nothing: those of the one that serves are mounted,
 * and a driver may let nobody else mount them.
 */

/** The decision, with each new container rehearsed before the one that serves in its place is stopped. */
export function rehearse(decision: Decision, desired: Desired, view: View): Decision {
  const { spec } = desired;
  const first = inRole(view.containers, "active");
  if (first === undefined || !leansOnHost(spec, first)) return decision;
  const intents = decision.intents.flatMap((intent): readonly Intent[] => {
    const ends = intent.kind === "end" && intent.one.role === "active" && isUp(intent.one);
    return ends ? [...rehearsalsIn(intent.one.slot, decision, desired, view), intent] : [intent];
  });
  return { ...decision, intents };
}

/** Of the new container that is to take its place, made by this plan or waiting to be started. */
function rehearsalsIn(slot: number, { intents, outcome }: Decision, desired: Desired, view: View): readonly Intent[] {
  const births = intents.flatMap((intent) =>
    intent.kind === "create" && slotIn(intent) === slot ? [intent.step] : [],
  );
  if (births[0] !== undefined) return [rehearsalOf(births[0], slot)];
  const next = view.containers.find((one) => one.role === "next" && one.slot === slot && one.state === "created");
  if (next === undefined) return isForHooks(desired, outcome) ? afterHooks(desired, slot, view) : [];
  if (next.specHash !== desired.specHash) return [];
  const { name, digest } = next;
  const from = imageName(view, desired.spec.image, digest);
  return [rehearsalOf({ name, spec: desired.spec, digest, from }, slot)];
}

type Birth = Pick<CreateContainerStep, "name" | "spec" | "digest" | "from">;

/** What serves makes room for hooks, and the new container is made once they have ended. */
function isForHooks({ spec }: Desired, { kind, reason }: Outcome): boolean {
  return spec.preStart !== undefined && kind === "continue" && reason === "RolloutStarted";
}

function afterHooks({ spec, target }: Desired, slot: number, view: View): readonly Intent[] {
  if (!target.known) return [];
  const { digest } = target;
  const name = nameInRole(activeName(spec, slot), "next");
  return [rehearsalOf({ name, spec, digest, from: imageName(view, spec.image, digest) }, slot)];
}

function rehearsalOf({ name, spec, digest, from }: Birth, slot: number): Intent {
  const because = "what it needs of the host may have gone, and then the old one could not come back either";
  const what = { container: name, spec, digest, from };
  return { kind: "rehearse", one: { name, slot }, step: { kind: "rehearse-start", ...what, because } };
}

/** The drivers that write to this host, and always can. */
const ownLogs: ReadonlySet<string> = new Set(["json-file", "local", "none"]);

function leansOnHost({ container }: ServiceSpec, { logDriver = "json-file" }: ObservedContainer): boolean {
  const { logging, devices, execution } = container;
  const log = logging?.driver ?? logDriver;
  const given = [...(devices?.mappings ?? []), ...(devices?.requests ?? [])];
  return !ownLogs.has(log) || given.length > 0 || execution?.runtime !== undefined;
}
