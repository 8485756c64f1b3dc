import type { Ipam } from "../../compose/model/network.js";
import type { ObservedNetwork } from "../../plan/model/host/host-snapshot.js";
import type { ListedContainer, ListedNetwork } from "../client/schema.js";
import { readOrigin } from "../create/labels.js";
import { namesOf } from "./listing.js";

/** Networks by name. The engine's own list shows nobody on them: the containers' list does, those that do not run too. */
export function observeNetworks(
  listed: readonly ListedNetwork[],
  foreign: readonly ListedContainer[],
): ReadonlyMap<string, ObservedNetwork> {
  return new Map(listed.map((network) => [network.Name, observeNetwork(network, foreign)]));
}

function observeNetwork(network: ListedNetwork, foreign: readonly ListedContainer[]): ObservedNetwork {
  const labels = network.Labels ?? {};
  const isOnIt = ({ NetworkSettings }: ListedContainer) => Object.hasOwn(NetworkSettings?.Networks ?? {}, network.Name);
  return {
    ...readOrigin(labels),
    id: network.Id,
    driver: network.Driver ?? "",
    options: network.Options ?? {},
    internal: network.Internal ?? false,
    attachable: network.Attachable ?? false,
    ...(network.EnableIPv4 === undefined ? {} : { ipv4: network.EnableIPv4 }),
    ipv6: network.EnableIPv6 ?? false,
    ipam: ipamOf(network.IPAM ?? {}),
    labels,
    foreign: foreign
      .filter(isOnIt)
      .flatMap((container) => namesOf(container).slice(0, 1))
      .sort(),
  };
}

function ipamOf({ Driver, Options, Config }: NonNullable<ListedNetwork["IPAM"]>): Ipam {
  return {
    ...(Driver === undefined ? {} : { driver: Driver }),
    options: Options ?? {},
    config: (Config ?? []).map(({ Subnet, IPRange, Gateway, AuxiliaryAddresses }) => ({
      ...(Subnet ? { subnet: Subnet } : {}),
      ...(IPRange ? { ipRange: IPRange } : {}),
      ...(Gateway ? { gateway: Gateway } : {}),
      auxAddresses: AuxiliaryAddresses ?? {},
    })),
  };
}
