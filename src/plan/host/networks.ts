/*
 * What concerns the whole host lives here: networks, ports and addresses that are contested, leftovers, adoption.
 */

import type { NetworkSpec } from "../../compose/model/network.js";
import type { ServiceSpec } from "../../compose/model/service.js";
import { blocksOverlap } from "../../compose/values/address-block.js";
import type { Intent } from "../model/intent.js";
import { keyOf } from "../model/host/observed.js";
import type { ObservedNetwork } from "../model/host/host-snapshot.js";
import type { ObservedContainer } from "../model/host/observed.js";
import { waitFor } from "../model/outcome.js";
import type { Outcome, Decision } from "../model/outcome.js";
import { isUp } from "../model/view.js";
import type { View } from "../model/view.js";
import { networkDrift } from "./drift.js";

/** What networks that are not as declared ask for, before anything else is looked at. */
export interface NetworkPlan {
  /** Undefined: there is nothing that we may do. */
  readonly change: Decision | undefined;
  /** Why one of them stays as it is. */
  readonly notice: Outcome | undefined;
}

const pollMs = 1_000;

/**
 * A network cannot be changed, only re-created, and only while nothing runs on it. Each service of the project takes its
 * own containers off a network that is not as declared; the one that finds nobody else on it removes it and makes it
 * again; then each joins again. Cut off anywhere, the next look goes on from what it sees.
 */
export function planNetworks(spec: ServiceSpec, view: View): NetworkPlan {
  const changes: Decision[] = [];
  const notices: Outcome[] = [];
  for (const { network } of spec.networks) {
    const found = network.external ? undefined : view.networks.get(network.name);
    const differences = found === undefined ? [] : networkDrift(network, found);
    if (found === undefined || differences.length === 0) continue;
    const what = `network ${network.name} differs from the file in ${differences.join(", ")}`;
    const obstacle = obstacleTo(spec, { network, found, what }, view);
    if (obstacle === undefined) changes.push(change(spec, { network, found, what }, view));
    else notices.push(obstacle);
  }
  return { change: combine(changes), notice: notices[0] };
}

/** Waits as long as one of them has to. */
function combine(changes: readonly Decision[]): Decision | undefined {
  const slowest = changes.find(({ outcome }) => outcome.kind === "wait") ?? changes[0];
  if (slowest === undefined) return undefined;
  const wake = changes.flatMap((one) => one.wake ?? []);
  return {
    intents: changes.flatMap(({ intents }) => intents),
    outcome: slowest.outcome,
    ...(wake.length === 0 ? {} : { wake }),
  };
}

interface Difference {
  readonly network: NetworkSpec;
  readonly found: ObservedNetwork;
  readonly what: string;
}

/** Who must not be touched stands on it, or it is not this project's at all. */
function obstacleTo(spec: ServiceSpec, { network, found, what }: Difference, view: View): Outcome | undefined {
  if (found.project !== spec.project) {
    const because = `${what}, and was not made for this project: remove it, give the file's another name, or declare it external`;
    return { kind: "blocked", reason: "NetworkConflict", because };
  }
  const rival = overlapping(network, view);
  if (rival !== undefined) {
    const because = `${what}, but its addresses are those of network ${rival}: give it another subnet`;
    return { kind: "blocked", reason: "NetworkConflict", because };
  }
  const ours = new Set([...view.containers, ...view.neighbours].map(({ name }) => name));
  const foreign = found.foreign.filter((name) => !ours.has(name));
  if (foreign.length > 0) {
    const because = `${what}; it is re-created once containers that are not Fairlead's have left it: ${foreign.join(", ")}`;
    return { kind: "blocked", reason: "NetworkInUse", because };
  }
  const strangers = standingOn(network, view.neighbours).filter((one) => !isMember(one, spec, network));
  if (strangers.length === 0) return undefined;
  const because = `${what}; it is re-created once ${namesOf(strangers)} has left it`;
  return waitFor("host", "NetworkInUse", because);
}

/** The engine would refuse it only once the old one is gone, and nobody could reach anybody. */
function overlapping({ name, ipam }: NetworkSpec, view: View): string | undefined {
  const subnets = (ipam?.config ?? []).flatMap(({ subnet }) => (subnet === undefined ? [] : [subnet]));
  const [rival] =
    [...view.networks].find(
      ([other, found]) =>
        other !== name &&
        found.ipam.config.some((pool) => subnets.some((subnet) => pool.subnet && blocksOverlap(subnet, pool.subnet))),
    ) ?? [];
  return rival;
}

function change(spec: ServiceSpec, { network, found, what }: Difference, view: View): Decision {
  const others = standingOn(network, [...view.neighbours, ...view.jobs]);
  const leave = standingOn(network, view.containers).map((container): Intent => {
    const because = `${what}; it is re-created, and until then this container cannot be reached on it`;
    return { kind: "disconnect-network", container: container.name, network: network.name, because };
  });
  if (others.length > 0) {
    const because = `${what}; it is re-created as soon as ${namesOf(others)} has left it`;
    return {
      intents: leave,
      outcome: waitFor("dependency", "NetworkChanging", because, view.now + pollMs),
      // Once: whoever is on it still has been told, and who was not there to be told looks by himself at his start.
      ...(leave.length === 0 ? {} : { wake: others.map(keyOf) }),
    };
  }
  const anew: readonly Intent[] = [
    { kind: "remove-network", network: network.name, id: found.id, because: what },
    { kind: "create-network", network, project: spec.project, because: "it is re-created as the file declares it" },
  ];
  return { intents: [...leave, ...anew], outcome: { kind: "continue", reason: "NetworkChanging", because: what } };
}

/** What does not run hinders nobody: it joins the new network before its next start. */
function standingOn(network: NetworkSpec, containers: readonly ObservedContainer[]): readonly ObservedContainer[] {
  return containers.filter(
    (container) => isUp(container) && container.networks.some((endpoint) => endpoint.network === network.name),
  );
}

function isMember({ project, service }: ObservedContainer, spec: ServiceSpec, { members }: NetworkSpec): boolean {
  return project === spec.project && (members === undefined || members.includes(service));
}

function namesOf(containers: readonly ObservedContainer[]): string {
  return containers.map(({ name }) => name).join(", ");
}
