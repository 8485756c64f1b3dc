import { isMapping, type Node } from "../document/node.js";
import type { NetworkSpec } from "../model/network.js";
import type { ServiceSpec } from "../model/service.js";
import type { Declared } from "./declared.js";

/** Each network knows who joins it: whether one may be re-created is up to all of them. */
export function withMembers(services: readonly ServiceSpec[]): readonly ServiceSpec[] {
  const members = new Map<string, string[]>();
  for (const { name, networks } of services) {
    for (const { network } of networks) members.set(network.name, [...(members.get(network.name) ?? []), name]);
  }
  return services.map((service) => ({
    ...service,
    networks: service.networks.map((attachment) => {
      const { network } = attachment;
      return { ...attachment, network: { ...network, members: members.get(network.name) ?? [] } };
    }),
  }));
}

/** The networks of the project: `default` exists in every file, but counts where somebody declares or joins it. */
export function usedNetworks(
  declared: Declared<NetworkSpec>,
  services: readonly ServiceSpec[],
  written: Node | undefined,
): readonly NetworkSpec[] {
  const used = new Set(services.flatMap(({ networks }) => networks.map(({ network }) => network.key)));
  if (isMapping(written?.value)) for (const key of Object.keys(written.value)) used.add(key);
  return [...declared.values()].flatMap((network) => (network !== null && used.has(network.key) ? [network] : []));
}
