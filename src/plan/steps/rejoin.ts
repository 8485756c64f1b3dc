import type { ServiceSpec } from "../../compose/model/service.js";
import { given } from "../../tools/present.js";
import { canMove } from "../contest/own-address.js";
import type { Desired } from "../model/desired.js";
import type { ActOf, Intent } from "../model/intent.js";
import type { ObservedContainer } from "../model/host/observed.js";
import type { Step } from "../model/step.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { connection } from "./steps.js";

type Ends = ActOf<"join">["ends"];

/** A network that somebody removed, or whose re-creation was cut off, is there again before anybody joins it. */
export function networksFirst(steps: readonly Step[], spec: ServiceSpec, view: View): readonly Step[] {
  const missing = spec.networks.flatMap(({ network }): readonly Step[] => {
    const asked = steps.findIndex((step) => step.kind === "connect-network" && step.network === network.name);
    const made = steps.findIndex((step) => step.kind === "create-network" && step.network.name === network.name);
    if (network.external || view.networks.has(network.name) || asked < 0 || (made >= 0 && made < asked)) return [];
    const because = "the service joins it and it is missing";
    return [{ kind: "create-network", network, project: spec.project, because }];
  });
  return [...missing, ...steps];
}

/**
 * Networks it was made for and is not on: it was taken off, or another network bears the name since it last ran; or it has
 * lost its fixed address there, and can have that again.
 */
export function rejoin(container: ObservedContainer, desired: Desired, intents: readonly Intent[], view: View): Ends {
  const { spec } = desired;
  const { declaredNetworks } = container;
  return spec.networks.flatMap((attachment): Ends => {
    const { network, settings } = attachment;
    const exists = view.networks.has(network.name);
    if (declaredNetworks?.includes(network.name) === false || (network.external && !exists)) return [];
    if (isJoinedBy(intents, container, network.name)) return [];
    const endpoint = container.networks.find((joined) => joined.network === network.name);
    const now = view.networks.get(network.name)?.id;
    const isOn = endpoint !== undefined && exists && (endpoint.networkId ?? now) === now;
    if (isOn && !canMove(container, attachment, desired, view)) return [];
    const aliases = endpoint?.aliases ?? (isAliased(container, view) ? attachment.aliases : []);
    const because = isOn ? "it is to have its own address" : "it was made for this network, and is not on it";
    const connect = connection(container.name, { network: network.name, aliases, ...given({ settings }) }, because);
    if (endpoint === undefined) return [connect];
    const why = isOn ? "an address can only be given on joining" : "the network it was on is gone";
    return [{ kind: "disconnect-network", container: container.name, network: network.name, because: why }, connect];
  });
}

function isJoinedBy(intents: readonly Intent[], one: ObservedContainer, network: string): boolean {
  return intents.some(
    (intent) =>
      intent.kind === "join" &&
      intent.one === one &&
      intent.ends.some((end) => end.kind === "connect-network" && end.network === network),
  );
}

/** One that has not proved itself answers to no alias beside one that serves. */
function isAliased({ role, slot }: ObservedContainer, view: View): boolean {
  if (role !== "next") return true;
  return !view.containers.some((other) => other.role === "active" && other.slot === slot && isUp(other));
}
