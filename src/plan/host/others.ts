import type { HostSnapshot, ObservedNetwork } from "../model/host/host-snapshot.js";
import type { ForeignContainer, ObservedContainer } from "../model/host/observed.js";
import type { Outcome, Plan } from "../model/outcome.js";
import type { View } from "../model/view.js";

/** The lease of containers that do not say whose they are: made before that was written on them. */
const unsaidLease = "default";

export function leaseOf({ lease = unsaidLease }: Pick<ObservedContainer, "lease">): string {
  return lease;
}

/**
 * The host as it is for a controller that shares it: what another one answers for is as foreign as anything that is not
 * ours. `others`: the leases of those that are in charge, and where each is to be found. `isConcerned`: whether this one
 * has such a project too.
 */
export function withoutOthers(
  host: HostSnapshot,
  others: ReadonlyMap<string, string>,
  isConcerned: (project: string) => boolean,
): HostSnapshot {
  const isTheirs = (one: ObservedContainer) => isConcerned(one.project) && others.has(leaseOf(one));
  const theirs = host.containers.filter(isTheirs);
  if (theirs.length === 0) return host;
  return {
    ...host,
    containers: host.containers.filter((one) => !isTheirs(one)),
    foreign: [...host.foreign, ...theirs.map((one) => foreignFrom(one, others.get(leaseOf(one)) ?? ""))],
    networks: new Map([...host.networks].map(([name, found]) => [name, withForeign(name, found, theirs)])),
  };
}

function foreignFrom(one: ObservedContainer, controller: string): ForeignContainer {
  const {
    id,
    name,
    image,
    project,
    service,
    ports = [],
    chosenPorts = [],
    fixedAddresses = [],
    chosenAddresses = [],
  } = one;
  const addresses = [...fixedAddresses, ...chosenAddresses];
  const isThere = one.state === "running" || one.state === "restarting" || one.state === "paused";
  return {
    ...{ id, name, image, compose: undefined, facts: undefined },
    ...(isThere ? { ports: [...ports, ...chosenPorts], addresses } : {}),
    other: { project, service, lease: leaseOf(one), controller },
  };
}

function withForeign(name: string, found: ObservedNetwork, theirs: readonly ObservedContainer[]): ObservedNetwork {
  const on = theirs.filter(({ networks }) => networks.some(({ network }) => network === name)).map((one) => one.name);
  return on.length === 0 ? found : { ...found, foreign: [...found.foreign, ...on] };
}

/** Nothing of a service is touched that another controller answers for. Undefined: none does. */
export function leftToOthers(
  service: { readonly project: string; readonly name: string },
  view: View,
): Plan | undefined {
  const theirs = view.foreign.find(
    ({ other }) => other !== undefined && other.project === service.project && other.service === service.name,
  );
  if (theirs?.other === undefined) return undefined;
  const { lease, controller, project } = theirs.other;
  const remedy =
    `give project ${project} another name in the files of one of the two, ` +
    `or stop that controller: then this one takes over`;
  const because = `${theirs.name} belongs to the controller with the lease ${lease} (${controller}): ${remedy}`;
  const outcome: Outcome = { kind: "blocked", reason: "OtherController", because };
  return { steps: [], outcome };
}
