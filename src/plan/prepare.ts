import type { ServiceSpec } from "../compose/model/service.js";
import type { Desired } from "./desired.js";
import type { ObservedContainer } from "./observed.js";
import type { Plan } from "./outcome.js";
import type { Step } from "./step.js";
import { isUp } from "./view.js";
import type { View } from "./view.js";
import { rewrite, writeAgain, writeFiles } from "./written.js";

/**
 * What any plan owes the containers in it, whatever it is about: the files of a new one are written before its start,
 * one that starts again joins the networks that are there now, and one that runs has the networks it was made for.
 */
export function prepare(plan: Plan, desired: Desired, view: View): Plan {
  const steps = plan.steps.flatMap((step): readonly Step[] => {
    if (step.kind === "create-container") return [step, ...writeFiles(step.name, step.spec)];
    const container = step.kind === "start-container" ? named(step.container, view) : undefined;
    if (container === undefined) return [step];
    return [...rejoin(container, desired.spec, plan, view), ...writeAgain(container, desired), step];
  });
  const first = plan.steps.flatMap((step): readonly Step[] => {
    const container = step.kind === "start-container" ? named(step.container, view) : undefined;
    // Nobody knows how far an earlier run got: until its first start they are written again, before anything else ends.
    const isNew = container?.state === "created" && container.specHash === desired.specHash;
    return isNew ? writeFiles(container.name, desired.spec) : [];
  });
  const staying = view.containers.filter((container) => isUp(container) && !isLeaving(container, plan));
  const returns = staying.flatMap((container) => [
    ...rejoin(container, desired.spec, plan, view),
    ...rewrite(container, desired),
  ]);
  return { ...plan, steps: networksFirst([...returns, ...first, ...steps], desired.spec, view) };
}

/** A network that somebody removed, or whose re-creation was cut off, is there again before anybody joins it. */
function networksFirst(steps: readonly Step[], spec: ServiceSpec, view: View): readonly Step[] {
  const missing = spec.networks.flatMap(({ network }): readonly Step[] => {
    const asked = steps.findIndex((step) => step.kind === "connect-network" && step.network === network.name);
    const made = steps.findIndex((step) => step.kind === "create-network" && step.network.name === network.name);
    if (network.external || view.networks.has(network.name) || asked < 0 || (made >= 0 && made < asked)) return [];
    const because = "the service joins it and it is missing";
    return [{ kind: "create-network", network, project: spec.project, because }];
  });
  return [...missing, ...steps];
}

function named(name: string, view: View): ObservedContainer | undefined {
  return view.containers.find((container) => container.name === name);
}

/** It serves or is to serve, and nothing in the plan ends that. */
function isLeaving({ name, role }: ObservedContainer, { steps }: Plan): boolean {
  if (role !== "active" && role !== "next") return true;
  return steps.some(
    (step) => (step.kind === "stop-container" || step.kind === "remove-container") && step.container === name,
  );
}

/** Networks it was made for and is not on: it was taken off, or another network bears the name since it last ran. */
function rejoin(container: ObservedContainer, spec: ServiceSpec, plan: Plan, view: View): readonly Step[] {
  const { declaredNetworks } = container;
  return spec.networks.flatMap((attachment): readonly Step[] => {
    const { network } = attachment;
    const exists = view.networks.has(network.name);
    if (declaredNetworks?.includes(network.name) === false || (network.external && !exists)) return [];
    if (isJoinedBy(plan, container.name, network.name)) return [];
    const endpoint = container.networks.find((joined) => joined.network === network.name);
    const now = view.networks.get(network.name)?.id;
    if (endpoint !== undefined && exists && (endpoint.networkId ?? now) === now) return [];
    const aliases = endpoint?.aliases ?? (isAliased(container, view) ? attachment.aliases : []);
    const connect: Step = {
      kind: "connect-network",
      container: container.name,
      network: network.name,
      aliases,
      ...(attachment.settings === undefined ? {} : { settings: attachment.settings }),
      because: "it was made for this network, and is not on it",
    };
    if (endpoint === undefined) return [connect];
    const because = "the network it was on is gone";
    return [{ kind: "disconnect-network", container: container.name, network: network.name, because }, connect];
  });
}

function isJoinedBy({ steps }: Plan, container: string, network: string): boolean {
  return steps.some(
    (step) => step.kind === "connect-network" && step.container === container && step.network === network,
  );
}

/** One that has not proved itself answers to no alias beside one that serves. */
function isAliased({ role, slot }: ObservedContainer, view: View): boolean {
  if (role !== "next") return true;
  return !view.containers.some((other) => other.role === "active" && other.slot === slot && isUp(other));
}
